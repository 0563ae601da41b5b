"""A span of days that a page is about, chosen in a form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from adapters.settings import TOKYO

LONGEST = 400
"""Days at most: more than a year, so that two years' same months can be seen side by side."""
SPANS = {7: "7日間", 30: "30日間", 90: "90日間", 365: "1年間"}
"""Spans to tap, by their days."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days in Tokyo, both included."""

    first: date
    last: date

    @property
    def since(self) -> float:
        """Its beginning, in seconds since 1970."""
        return _midnight(self.first)

    @property
    def until(self) -> float:
        """The midnight after its end, in seconds since 1970."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.last - self.first).days + 1

    @property
    def query(self) -> str:
        """Give it for an address."""
        return urlencode({"since": self.first.isoformat(), "until": self.last.isoformat()})

    def each(self) -> Iterator[date]:
        """List its days."""
        return (self.first + timedelta(days=n) for n in range(self.days))


def span(since: str, until: str, *, days: int = 30) -> Span:
    """Read a span from a form.

    Args:
        since: 2026-11-26; what is no day: `days` before the end.
        until: The same; what is no day: today by the clock, which is what everything is stamped with.
        days: Length where no beginning is given.
    Returns:
        A span of at most `LONGEST` days; ends that were given the wrong way round are turned.
    """
    last = _day(until) or datetime.now(TOKYO).date()
    first = _day(since) or last - timedelta(days=days - 1)
    first, last = min(first, last), max(first, last)
    return Span(max(first, last - timedelta(days=LONGEST - 1)), last)


def recent(days: int) -> Span:
    """Give the last days until today."""
    return span("", "", days=days)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    # Years at the end of the calendar have no days after them.
    return found if 2000 <= found.year <= 2200 else None


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=TOKYO).timestamp()
