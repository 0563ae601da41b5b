"""Dates and fiscal years as Japanese texts write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.fold import fold

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "R": 2018, "H": 1988}
_ERA_YEAR = re.compile(r"(令和|平成|昭和|(?<![A-Za-z])[RH])\s*\.?(元|\d{1,2})(?![\dA-Za-z])")
_FULL = re.compile(
    r"(?:(?P<era>令和|平成|昭和|(?<![A-Za-z])[RH])\s*(?P<n>元|\d{1,2})|(?P<year>(?:19|20)\d\d))\s*[年./-]\s*"
    r"(?P<month>\d{1,2})\s*[月./-]\s*(?P<day>\d{1,2})(?!\d)"
)
_YEAR_MONTH = re.compile(r"(令和|平成|(?<![A-Za-z])[RH])\s*(元|\d{1,2})(?:\.|年)\s*(\d{1,2})(?!\s*[.\d日])")
_MONTH_DAY = re.compile(r"(?<![\d/年])(\d{1,2})\s*(?:月\s*(\d{1,2})\s*日|/(\d{1,2})(?![\d/]))")


def year_of_era(era: str, number: str) -> int:
    """Give the year of an era year: 令和8 → 2026."""
    return _ERAS[era] + (1 if number == "元" else int(number))


def first_date(text: str) -> date | None:
    """Find the first full date (with year), in any of 令和7年3月18日, R7.3.18, 2026/3/12, 2026年3月12日."""
    found = dates(text)
    return found[0] if found else None


def dates(text: str) -> list[date]:
    """List all full dates of a text, in order."""
    result: list[date] = []
    for match in _FULL.finditer(fold(text)):
        year = int(match["year"]) if match["year"] else year_of_era(match["era"], match["n"])
        try:
            result.append(date(year, int(match["month"]), int(match["day"])))
        except ValueError:
            continue
    return result


def years(text: str) -> set[int]:
    """Collect the years a text names, era years converted."""
    folded = fold(text)
    found = {year_of_era(era, number) for era, number in _ERA_YEAR.findall(folded)}
    found.update(int(year) for year in re.findall(r"(?<!\d)((?:19|20)\d\d)(?=\D|$)", folded))
    return found


def fiscal_year(day: date) -> int:
    """Give the Japanese fiscal year (April to March) of a day, as the year it begins in."""
    return day.year if day.month >= 4 else day.year - 1


def year_months(text: str) -> list[tuple[int, int]]:
    """List months written as era year and month (R6.12, 令和6年12月), as (year, month), in order."""
    found = [(year_of_era(era, n), int(month)) for era, n, month in _YEAR_MONTH.findall(fold(text))]
    return [(year, month) for year, month in found if 1 <= month <= 12]


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day written without its year."""

    month: int
    day: int

    def near(self, anchor: date) -> date | None:
        """The occurrence nearest to a date (the document's own), or None for an impossible day."""
        options = []
        for year in (anchor.year - 1, anchor.year, anchor.year + 1):
            try:
                options.append(date(year, self.month, self.day))
            except ValueError:
                continue
        return min(options, key=lambda day: abs(day - anchor), default=None)


def month_days(text: str) -> list[MonthDay]:
    """List days written without a year (4/24, 4月24日), in order."""
    return [MonthDay(int(m), int(d1 or d2)) for m, d1, d2 in _MONTH_DAY.findall(fold(text)) if 1 <= int(m) <= 12]


def end_of_fiscal_year(year: int) -> date:
    """The last day of a fiscal year."""
    return date(year + 1, 4, 1) - timedelta(days=1)
