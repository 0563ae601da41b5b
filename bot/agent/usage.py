"""What a model used, and what that costs where the operator has named prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Price:
    """Of a million tokens, in whatever currency the operator counts in."""

    tokens_in: float
    tokens_out: float


@dataclass(frozen=True, slots=True)
class Usage:
    """What one or several requests used."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    """None where a model's price is not known."""

    @property
    def tokens(self) -> int:
        """In and out."""
        return self.tokens_in + self.tokens_out

    def __add__(self, other: Usage) -> Usage:
        """Add up; the cost is known only where all of it is."""
        if not self.calls or not other.calls:
            return other if not self.calls else self
        cost = None if self.cost is None or other.cost is None else self.cost + other.cost
        return Usage(
            self.calls + other.calls, self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out, cost
        )


UNUSED = Usage()


def usage_of(tokens_in: int, tokens_out: int, price: Price | None) -> Usage:
    """Give what one request used."""
    cost = (tokens_in * price.tokens_in + tokens_out * price.tokens_out) / 1_000_000 if price else None
    return Usage(1, tokens_in, tokens_out, cost)


def read_prices(text: str) -> Mapping[str, Price]:
    """Read prices of a million tokens: `openai:gpt-4.1-mini=0.40/1.60, openai:other=2/8` (in/out).

    Raises:
        ValueError: An entry has another form.
    """
    found = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _, both = entry.rpartition("=")
        sent, _, received = both.partition("/")
        try:
            found[name.strip()] = Price(float(sent), float(received))
        except ValueError:
            name = ""
        if not name.strip() or min(found[name.strip()].tokens_in, found[name.strip()].tokens_out) < 0:
            raise ValueError("should be like openai:gpt-4.1-mini=0.40/1.60 (a million tokens in/out), several by comma")
    return found
