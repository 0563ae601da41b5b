"""When the things that a text speaks of happen: days with and without a year, and what is past."""

from __future__ import annotations

import re
from datetime import date

from knowledge.dates import dates, fiscal_year, year_months
from knowledge.fold import fold

_WEEKDAYS = "月火水木金土日"
_DAY = re.compile(r"(?<![\d/年])(\d{1,2})(?:/|月)(\d{1,2})日?\s*[(（]([月火水木金土日])")
_BARE = re.compile(r"(?<![\d/])(\d{1,2})月(\d{1,2})日|(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])")


def days(text: str, around: tuple[int, ...]) -> list[date]:
    """List the days a text names.

    A day without a year but with its weekday (4/24(金)) belongs to the year, among those given, in which it falls
    on that weekday; without a weekday it is left out unless only one year is given.

    Args:
        text: A unit of a document.
        around: Years that the document speaks of, likeliest first.
    """
    folded = fold(text)
    found = dates(folded)
    for month, day, weekday in _DAY.findall(folded):
        for year in around:
            candidate = _day(year, int(month), int(day))
            if candidate and _WEEKDAYS[candidate.weekday()] == weekday and candidate not in found:
                found.append(candidate)
                break
    if not found and len(around) == 1:
        for m1, d1, m2, d2 in _BARE.findall(folded):
            candidate = _day(around[0], int(m1 or m2), int(d1 or d2))
            if candidate:
                found.append(candidate)
    return found


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_YEAR_MONTH = re.compile(r"((?:19|20)\d\d)年\s?(1[0-2]|0?[1-9])月(?!\s?\d{1,2}日)")


def months(text: str) -> list[tuple[int, int]]:
    """List the months that a text names with their years, as (year, month)."""
    folded = fold(text)
    return [*year_months(folded), *((int(year), int(month)) for year, month in _YEAR_MONTH.findall(folded))]


def is_dated(text: str, around: tuple[int, ...]) -> bool:
    """Tell whether a text names a day or month whose year is known; see `days`."""
    return bool(days(text, around) or months(text))


def is_past(text: str, around: tuple[int, ...], today: date) -> bool:
    """Tell whether everything a text dates is over. False where it dates nothing."""
    found = [(day.year, day.month, day.day) for day in days(text, around)]
    # A month is over with its last day.
    found += [(year, month, 31) for year, month in months(text)]
    return bool(found) and max(found) < (today.year, today.month, today.day)


def fiscal_label(day: date) -> str:
    """Name a fiscal year: 令和8年度."""
    return f"令和{fiscal_year(day) - 2018}年度"
