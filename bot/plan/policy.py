"""Read the policy; a mistake in the table is an error that names its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from bot.errors import BotError
from bot.interview.state import UNKNOWN, VALUES
from knowledge.catalogue.load import shipped
from knowledge.catalogue.models import Pointer
from knowledge.fold import fold, squeeze

DATA = Path(__file__).parent / "policy.toml"
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
PLACES = ("chiyoda", "minato", "katsushika", "other", "outside", UNKNOWN)
SITUATIONS: Mapping[str, frozenset[str]] = {
    "concern": VALUES["concern"] | {"open"},
    "building": VALUES["building"],
    "place": frozenset(PLACES),
    "contract": VALUES["contract"],
    "trade": VALUES["trade"],
}
"""What a row can be written for; see `Interview.situation`."""
_COMMITS = re.compile(r"契約|切り替え|買う|注文|工事|改修|助成|補助金|制度|（有料）|競り下げ")
"""Words of a step that may lead to buying, ordering or work, so that the rule must stand beside it."""


class PolicyError(BotError):
    """The table is unusable: correct the entry that the message names."""


class Slot(StrEnum):
    """When a step is told."""

    TODAY = "today"
    MONTH = "month"
    LATER = "later"


class Row(BaseModel):
    """Anything in the table: it never changes, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Conditional(Row):
    """Something that holds in some situations."""

    when: dict[str, tuple[str, ...]]

    @model_validator(mode="after")
    def _known(self) -> Self:
        for field, values in self.when.items():
            unknown = set(values) - SITUATIONS.get(field, frozenset())
            if unknown or not values:
                raise ValueError(f"when.{field} can't be {sorted(unknown)}")
        return self

    def fits(self, situation: Mapping[str, str]) -> bool:
        """Tell whether it holds in a situation."""
        return all(situation[field] in values for field, values in self.when.items())


class Step(Row):
    """Something to do."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: Text
    """Short, for 「…」を済みにしました."""
    text: Text
    """A sentence without its full stop; `{when}` is the event's date."""
    places: tuple[str, ...] = PLACES
    """Where it may be advised at all, whatever the rules say."""
    buildings: tuple[str, ...] = tuple(sorted(VALUES["building"]))
    trades: tuple[str, ...] = tuple(sorted(VALUES["trade"]))
    event: str = ""
    """Id of an event of the catalogue: the step is dropped when it is over."""
    proofs: tuple[Pointer, ...]
    before: Pointer | None = None
    """The passage that says to ask or apply before ordering or work."""
    ask_first: str = ""
    """The same as said to the person; empty where `text` says it."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for field, values in (("place", self.places), ("building", self.buildings), ("trade", self.trades)):
            if not values or set(values) - SITUATIONS[field]:
                raise ValueError(f"{field} can't be {values}")
        if not self.proofs:
            raise ValueError("a step needs a proof")
        if re.search(r"\d", fold(self.name).replace("CO2", "")):
            raise ValueError("a name holds no number: it is said where nothing proves it")
        if _COMMITS.search(self.text) and self.before is None:
            raise ValueError("a step about buying, ordering or work needs `before`")
        if self.ask_first and self.before is None:
            raise ValueError("`ask_first` is said with the passage that `before` points at")
        if ("{when}" in self.text) != bool(self.event):
            raise ValueError("`{when}` goes with an event")
        return self

    @property
    def rules(self) -> tuple[Pointer, ...]:
        """The rule before ordering or work, if the step has one; it is told only together with it."""
        return (self.before,) if self.before else ()

    @property
    def stem(self) -> str:
        """The part of the text by which it is known again in an earlier message; folded, no white space."""
        return squeeze(fold(self.text.partition("{when}")[0]))

    def allowed(self, situation: Mapping[str, str]) -> bool:
        """Tell whether it may be advised in a situation at all."""
        return (
            situation["place"] in self.places
            and situation["building"] in self.buildings
            and situation["trade"] in self.trades
        )


class Rule(Conditional):
    """Which step is told when."""

    slot: Slot
    step: Text


class Call(Conditional):
    """Whom to call: a contact of the catalogue, or an office by its name."""

    contact: str = ""
    name: str = ""
    """`{office}` is the ward's office."""
    places: tuple[str, ...] = PLACES
    note: str = ""
    proof: Pointer | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if bool(self.contact) == bool(self.name) or bool(self.name) != (self.proof is not None):
            raise ValueError("either a contact, or a name with its proof")
        return self


class Lead(Conditional):
    """How the message begins."""

    text: Text
    proof: Pointer | None = None
    news: bool = False
    """It says something that must be said, even where the steps stay the same."""


class About(StrEnum):
    """What is said of an order."""

    ORDER = "order"
    """Something is to be bought, or work to be done."""
    POWER = "power"
    """The contract for electricity is to be changed."""
    DONE = "done"
    """It is bought or done already."""


class Caution(Conditional):
    """The rule that is told where the person speaks of an order."""

    about: About
    text: Text
    """Without its last full stop."""
    proof: Pointer

    @model_validator(mode="after")
    def _by_place(self) -> Self:
        if self.when.keys() - {"place"}:
            raise ValueError("a caution can differ by place alone")
        return self


class Policy(Row):
    """The whole table."""

    step: tuple[Step, ...]
    rule: tuple[Rule, ...]
    call: tuple[Call, ...]
    lead: tuple[Lead, ...]
    caution: tuple[Caution, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [step.id for step in self.step]
        if len(set(ids)) < len(ids):
            raise ValueError("an id is used twice")
        for rule in self.rule:
            if rule.step not in ids:
                raise ValueError(f"a rule names {rule.step!r}, which is no step")
        idle = set(ids) - {rule.step for rule in self.rule}
        if idle:
            raise ValueError(f"no rule uses {sorted(idle)}")
        stems = [step.stem for step in self.step]
        if any(a != b and a in b for a in stems for b in stems) or len(set(stems)) < len(stems):
            raise ValueError("one step's text must not stand in another's")
        events = {event.id for event in shipped().events}
        contacts = {contact.id for contact in shipped().contacts}
        if {step.event for step in self.step if step.event} - events:
            raise ValueError("a step names an event that the catalogue does not hold")
        if {call.contact for call in self.call if call.contact} - contacts:
            raise ValueError("a call names a contact that the catalogue does not hold")
        for about in About:
            if not any(row.about is about and not row.when for row in self.caution):
                raise ValueError(f"a caution about {about} that holds everywhere is needed")
        return self

    def by_id(self, id_: str) -> Step:
        """Give a step. Raises KeyError for an id that is no step's."""
        return self._steps[id_]

    @cached_property
    def _steps(self) -> dict[str, Step]:
        return {step.id: step for step in self.step}

    def pointers(self) -> list[Pointer]:
        """List the passages that the table points at."""
        found = [pointer for step in self.step for pointer in (*step.proofs, *step.rules)]
        found += [call.proof for call in self.call if call.proof]
        found += [lead.proof for lead in self.lead if lead.proof]
        return [*found, *(row.proof for row in self.caution)]


@cache
def policy() -> Policy:
    """Give the table that is shipped."""
    return load(DATA)


def load(path: Path) -> Policy:
    """Read and check a table.

    Raises:
        PolicyError: It is missing, no TOML, or breaks a rule; names file, entry and field.
    """
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(f"{path.name}: {error}") from error
    try:
        return Policy.model_validate(table)
    except ValidationError as error:
        found = "; ".join(f"{_place(e['loc'], table)}: {e['msg']}" for e in error.errors())
        raise PolicyError(f"{path.name}: {found}") from error


def _place(at: tuple[int | str, ...], table: Mapping[str, Any]) -> str:
    """Name an entry as the person who edits the file finds it: by its id, or counted from 1."""
    if len(at) < 2 or not isinstance(at[1], int):
        return ".".join(map(str, at)) or "table"
    entry = table[str(at[0])][at[1]]
    name = entry.get("id") or entry.get("step") if isinstance(entry, dict) else None
    return " ".join((f"{at[0]} {at[1] + 1}", *((f"({name})",) if name else ()), ".".join(map(str, at[2:])))).strip()
