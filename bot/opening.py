"""Whether advisors are there at an instant, and when they are next: opening hours on a calendar with holidays.

All instants are aware `datetime`s of any zone; the hours are read in their own. Japanese public holidays are closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from bot.hours import DAYS, Hours, Span

WEEKDAYS = "月火水木金土日"
"""In the order of `date.weekday`."""
AHEAD = timedelta(days=60)
"""How far an opening is looked for; whoever is closed for longer has no hours to speak of."""


def is_holiday(day: date) -> bool:
    """Tell whether a day is a Japanese public holiday, substitute holidays included."""
    # Imported here: only what asks for a day should pay for it.
    import jpholiday

    return bool(jpholiday.is_holiday(day))


def is_open(hours: Hours, at: datetime) -> bool:
    """Tell whether advisors are there at an instant; the end of a span is closed already."""
    return any(start <= at < end for start, end in _openings(hours, at, at))


def next_opening(hours: Hours, at: datetime) -> datetime | None:
    """Give the next instant at which a span begins, later than `at`, in the zone of the hours.

    Returns:
        None where none begins within 60 days. While advisors are there it is the opening after this one.
    """
    starts = (start for start, _ in _openings(hours, at, at + AHEAD))
    found = next((start for start in starts if at < start <= at + AHEAD), None)
    return found.astimezone(hours.zone) if found else None


def open_seconds(hours: Hours, since: datetime, until: datetime) -> float:
    """Measure how long advisors were there between two instants, in seconds; 0 where `until` is not later."""
    return sum(
        max(0.0, (min(until, end) - max(since, start)).total_seconds()) for start, end in _openings(hours, since, until)
    )


def _openings(hours: Hours, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """List the stretches in which advisors are there on the days from `since` to `until`, in order.

    Given in UTC: within one zone Python compares and subtracts what clocks show, which is wrong by an hour across a
    change to summer time.
    """
    day, last = since.astimezone(hours.zone).date(), until.astimezone(hours.zone).date()
    while day <= last:
        spans = [span for span in hours.spans if span.day == day.weekday()]
        if spans and not is_holiday(day):
            for span in spans:
                start, end = (datetime.combine(day, edge, hours.zone) for edge in (span.start, span.end))
                yield start.astimezone(UTC), end.astimezone(UTC)
        day += timedelta(days=1)


def closing(hours: Hours, at: datetime) -> datetime | None:
    """Give the end of the span in which an instant lies, in the zone of the hours; None while nobody is there."""
    found = next((end for start, end in _openings(hours, at, at) if start <= at < end), None)
    return found.astimezone(hours.zone) if found else None


def moment(at: datetime, hours: Hours) -> str:
    """Write an instant as a clock in the zone of the hours shows it: 「11月26日(木)9:00」."""
    local = at.astimezone(hours.zone)
    return f"{local.month}月{local.day}日({WEEKDAYS[local.weekday()]}){clock(local.time())}"


def clock(at: time) -> str:
    """Write a time of day: 9:05."""
    return f"{at.hour}:{at.minute:02}"


def describe(hours: Hours, *, english: bool = False) -> str:
    """Say the hours: 「平日 9:00〜17:00(土日祝休み)」.

    Days with the same spans are named together, in the order of the week; days without any are said to be off.
    """
    by_times: dict[str, list[int]] = {}
    tilde, both = ("-", " and ") if english else ("〜", "と")
    for day in range(7):
        spans = [span for span in hours.spans if span.day == day]
        if spans:
            times = both.join(f"{clock(start)}{tilde}{clock(end)}" for start, end in _joined(spans))
            by_times.setdefault(times, []).append(day)
    if english:
        return ", ".join(f"{_runs(days, DAYS, '-', ', ')} {times}" for times, days in by_times.items()) + (
            " (closed on Japanese public holidays)"
        )
    off = "".join(WEEKDAYS[day] for day in range(7) if not any(day in days for days in by_times.values()))
    return (
        "、".join(f"{_named(days)} {times}" for times, days in by_times.items()) + f"({off}祝{'' if off else '日'}休み)"
    )


def _joined(spans: list[Span]) -> list[tuple[time, time]]:
    """Join the spans of one day that touch: 9-12 and 12-17 is 9-17 to whoever reads it."""
    starts = [spans[0].start, *(after.start for before, after in pairwise(spans) if before.end != after.start)]
    ends = [*(before.end for before, after in pairwise(spans) if before.end != after.start), spans[-1].end]
    return list(zip(starts, ends, strict=True))


def _named(days: list[int]) -> str:
    if days == [0, 1, 2, 3, 4]:
        return "平日"
    if days == [0, 1, 2, 3, 4, 5, 6]:
        return "毎日"
    return _runs(days, WEEKDAYS, "〜", "・")


def _runs(days: list[int], names: str | tuple[str, ...], tilde: str, between: str) -> str:
    """Name days of the week, three and more in a row by the first and the last."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return between.join(
        f"{names[run[0]]}{tilde}{names[run[-1]]}" if len(run) > 2 else between.join(names[day] for day in run)
        for run in runs
    )
