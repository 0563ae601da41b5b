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


def is_past(text: str, around: tuple[int, ...], today: date) -> bool:
    """Tell whether everything a text dates is over. False where it dates nothing."""
    found = days(text, around)
    if found:
        return max(found) < today
    months = year_months(text)
    return bool(months) and max(months) < (today.year, today.month)


def fiscal_label(day: date) -> str:
    """Name a fiscal year: 令和8年度."""
    return f"令和{fiscal_year(day) - 2018}年度"
