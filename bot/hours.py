"""When advisors answer: opening hours as people write them.

`Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-12:00 Asia/Tokyo`: days, spans of the day, and one time zone at the
end for all of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from itertools import pairwise
from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one weekday."""

    day: int
    """0 is Monday, as in `date.weekday`."""
    start: time
    end: time
    """Exclusive; later than `start`."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of a week."""

    spans: tuple[Span, ...]
    zone: ZoneInfo


def parse(text: str) -> Hours:
    """Read opening hours.

    Args:
        text: Groups of days with their spans, separated by semicolons, and a time zone after the last.
    Returns:
        The spans ordered by day and start.
    Raises:
        ValueError: Says which part is wrong and how it should look.
    """
    body, _, zone_name = text.strip().rpartition(" ")
    try:
        zone = ZoneInfo(zone_name)
    except (ValueError, KeyError, OSError):  # OSError: a name that is a folder of the zone database ("Asia")
        raise ValueError(f"{zone_name!r} is no time zone; end with one like Asia/Tokyo") from None
    spans: list[Span] = []
    for group in body.split(";"):
        days, _, times = group.strip().partition(" ")
        for piece in times.split(","):
            start, end = _times(piece.strip())
            spans.extend(Span(day, start, end) for day in _days(days))
    spans.sort(key=lambda span: (span.day, span.start))
    for before, after in pairwise(spans):
        if before.day == after.day and after.start < before.end:
            raise ValueError(f"two spans of {DAYS[after.day]} overlap")
    return Hours(tuple(spans), zone)


def _days(text: str) -> list[int]:
    """List the days of `Mon-Fri` or `Sat`; a range may run over the week's end (`Sat-Mon`)."""
    first, dash, last = text.partition("-")
    try:
        start, end = DAYS.index(first), DAYS.index(last if dash else first)
    except ValueError:
        raise ValueError(f"{text!r} should be a day or a range of days like Mon-Fri ({', '.join(DAYS)})") from None
    return [(start + step) % 7 for step in range((end - start) % 7 + 1)]


def _times(text: str) -> tuple[time, time]:
    found = _SPAN.fullmatch(text)
    try:
        if not found:
            raise ValueError(text)
        hour, minute, end_hour, end_minute = map(int, found.groups())
        start, end = time(hour, minute), time(end_hour, end_minute)
    except ValueError:
        raise ValueError(f"{text!r} should be a span like 09:00-17:00") from None
    if end <= start:
        raise ValueError(f"{text!r} ends before it begins")
    return start, end
