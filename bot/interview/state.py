"""What is known of a business: recognised values only, never a person's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.errors import BotError
from knowledge.wards import WARDS

UNKNOWN = "unknown"
"""The answer 「わからない」: asked and not known, so it is not asked again."""
OTHER = "other"
"""One of the 23 wards that is not told which."""
OUTSIDE = "outside"
"""Outside the 23 wards."""
FIELDS = ("concern", "building", "place", "contract", "trade")
"""In the order in which they are asked."""
VALUES: Mapping[str, frozenset[str]] = {
    "concern": frozenset({"bill", "subsidy", "client", "heat", "waste", "renewable", "unsure"}),
    "building": frozenset({"tenant", "owner", "home", "landlord", UNKNOWN}),
    "place": frozenset({*WARDS, OTHER, OUTSIDE, UNKNOWN}),
    "contract": frozenset({"own", "building", UNKNOWN}),
    "trade": frozenset({"office", "food", "shop", "factory", "property", "other", UNKNOWN}),
}
"""What each field can hold; empty stands for "not asked yet" in all of them."""
KNOWN_WARDS = ("chiyoda", "minato", "katsushika")
"""Wards whose own programmes the policy knows; the others share one row, `other`."""


class InvalidState(BotError):
    """A stored interview is unusable: start it anew."""


@dataclass(frozen=True, slots=True)
class Interview:
    """The answers so far; empty where nothing is known yet."""

    concern: str = ""
    building: str = ""
    place: str = ""
    """A ward in romaji, `other`, `outside` or `unknown`."""
    contract: str = ""
    """In whose name the electricity is bought: `own`, `building` or `unknown`."""
    trade: str = ""
    done: tuple[str, ...] = ()
    """Ids of the plan's steps that the person has done, in that order."""

    def __post_init__(self) -> None:
        """Refuse values that no question can give.

        Raises:
            InvalidState: A field holds anything else.
        """
        for field in FIELDS:
            value = getattr(self, field)
            if value and value not in VALUES[field]:
                raise InvalidState(f"{field} can't be {value!r}")

    def with_values(self, values: Mapping[str, str]) -> Interview:
        """Take over answers, the later ones replacing the earlier; 「わからない」 replaces nothing that is known."""
        kept = {k: v for k, v in values.items() if v not in (UNKNOWN, "unsure") or not getattr(self, k)}
        return self.from_dict({**self.to_dict(), **kept}) if kept else self

    def answered(self) -> int:
        """Count the answers, 「わからない」 included."""
        return sum(bool(getattr(self, field)) for field in FIELDS)

    def situation(self) -> dict[str, str]:
        """Give the values that the policy's rows are written in: a row for a ward, `other`, `outside`, `unknown`."""
        place = self.place or UNKNOWN
        if place in WARDS and place not in KNOWN_WARDS:
            place = OTHER
        return {
            "concern": self.concern or "open",
            "building": self.building or UNKNOWN,
            "place": place,
            "contract": self.contract or UNKNOWN,
            "trade": self.trade or UNKNOWN,
        }

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        return {**asdict(self), "done": list(self.done)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Interview:
        """Read what `to_dict` gave.

        Raises:
            InvalidState: A field is unknown or holds a value that no question gives.
        """
        if values.keys() - {*FIELDS, "done"}:
            raise InvalidState(f"unknown fields: {sorted(values.keys() - {*FIELDS, 'done'})}")
        done = values.get("done", ())
        texts = {field: values.get(field, "") for field in FIELDS}
        if isinstance(done, str) or not all(isinstance(text, str) for text in (*texts.values(), *done)):
            raise InvalidState("only texts may be held")
        return cls(done=tuple(done), **texts)
