"""Days, months, years and fiscal years in a text, as exact as they are written and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from knowledge.dates import year_of_era, years


@dataclass(frozen=True, slots=True)
class Day:
    """A date as far as it is said; None is what is not said."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    part: str = ""
    """上旬, 春, 末: a part of what is said."""
    fiscal: bool | None = False
    """True: a fiscal year. None: it may be one (`R8`, `2026`), the writing does not say."""
    weekday: str = ""
    """As it stands behind the day: 木."""

    def within(self, held: Day) -> bool:
        """Tell whether a passage that says `held` says this as well: it may be less exact, never more."""
        if self.fiscal is not None and held.fiscal is not None and self.fiscal != held.fiscal:
            return False
        return all(
            not said or said == known
            for said, known in (
                (self.year, held.year),
                (self.month, held.month),
                (self.day, held.day),
                (self.part, held.part),
                (self.weekday if held.weekday else "", held.weekday),
            )
        )

    def on_weekday(self) -> bool:
        """Tell whether the weekday, where there is one, is that of the day; true where the day is not complete."""
        if not self.weekday or self.year is None or self.month is None or self.day is None:
            return True
        try:
            return "月火水木金土日"[date(self.year, self.month, self.day).weekday()] == self.weekday
        except ValueError:
            return False

    def like(self, other: Day) -> bool:
        """Tell whether both are of one sort: years, or days of a month."""
        if self.month is None or other.month is None:
            return self.month is other.month
        return True

    def __str__(self) -> str:
        return f"{self.year}-{self.month}-{self.day}{self.part}"


_NUMERAL = r"(?:元|\d{1,2}|[一二三四五六七八九十]{1,3})"
_M = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九](?![十百千万億]))"
_D = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_ERA = rf"(?:(?P<era>令和|平成|昭和|(?<![A-Za-z])[RH])\s?\.?\s?(?P<n>{_NUMERAL})(?![\dA-Za-z])|(?P<fy>FY\s?)?(?P<year>(?<!\d)(?:19|20)\d\d)(?![\d,]|\.\d{{3}}))"
_DAY = re.compile(
    rf"{_ERA}(?P<twin>\s?\((?:(?:令和|平成|昭和|R|H)\s?{_NUMERAL}|(?:19|20)\d\d)\s?年?度?\))?"
    rf"(?:\s?(?P<fiscal>年度|年会計)|\s?(?:年の(?=(?:\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s?月)|年|[./-])\s?(?P<month>{_M})(?:\s?(?:月|[./-])\s?(?P<day>{_D})(?:日|(?!\d))|\s?月|(?![\d.]))|\s?(?P<plain>年(?!間|度)))?"
)
_MONTH = re.compile(
    rf"(?:(?<![\d/年.一二三四五六七八九十数])|(?<=[翌同来今昨本]年))(?P<month>1[0-2]|0?[1-9]|十[一二]?(?=月)|[一二三四五六七八九](?=月))\s?(?:月(?!間|額|次)(?:\s?(?P<day>{_D})\s?日)?|/(?P<slash>\d{{1,2}})(?=\s?\([月火水木金土日祝]))"
)
_PART = re.compile(r"\s?の?(上旬|中旬|下旬|初旬|初め|はじめ|末|春|夏|秋|冬|前半|後半)")
_WEEKDAY = re.compile(r"\s?\(([月火水木金土日])(?:曜日?)?(?:・祝)?\)|\s?([月火水木金土日])曜")
_ENGLISH = re.compile(
    r"(?:(?P<d1>\d{1,2})(?:[snrt][tdh])?\s)?(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
    r"(?:\s(?P<d2>\d{1,2})(?:[snrt][tdh])?(?!\d))?(?:,?\s(?P<year>(?:19|20)\d\d))?(?![a-z\d])"
)
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_NEXT_DAY = re.compile(r"\s?(?:から|~|-|、|・|と|および|及び)\s?(?P<day>\d{1,2})\s?日(?!間)")
_COUNTED = re.compile(r"\s?(?:円|%|社|人|名|件|台|トン|t(?![a-z])|k|か|ヶ|カ|万|億|千|個|つ|本|m|ha)")
_KANJI = {c: i for i, c in enumerate("〇一二三四五六七八九")}


def days(folded: str) -> Iterator[tuple[Day, int, int]]:
    """Find the dates of a folded text.

    Yields:
        (date, start, end). A day without its year has none, also where the year stands just before (「3月1日から5日」
        takes the month over, no more).
    """
    taken = 0
    found: list[tuple[Day, int, int]] = [item for match in _ENGLISH.finditer(folded) if (item := _english(match))]
    for match in _DAY.finditer(folded):
        day = _full(match)
        if match["twin"] and day is None:
            found += [
                (part, match.start() + a, match.start() + b) for part, a, b in days(match.group().replace("(", " "))
            ]
            continue
        if day is None or (match["year"] and match.end("year") == match.end() and _COUNTED.match(folded, match.end())):
            continue
        found.append((day, match.start(), match.end()))
    rest = list(folded)
    for _, start, end in found:
        rest[start:end] = "|" * (end - start)
    for match in _MONTH.finditer("".join(rest)):
        number = int(_digits(match["day"] or match["slash"] or "0"))
        if number <= 31:
            month = int(_digits(match["month"]))
            found.append((Day(month=month, day=number or None), match.start(), match.end()))
    for day, start, end in sorted(found, key=lambda item: item[1]):
        if start < taken:
            continue
        part = (
            _PART.match(folded, end) if day.day is None and (day.month is not None or day.fiscal is not True) else None
        )
        said, taken = (replace(day, part=_one_form(part[1])), part.end()) if part else (day, end)
        weekday = _WEEKDAY.match(folded, taken) if said.day is not None else None
        if weekday:
            said, taken = replace(said, weekday=weekday[1] or weekday[2]), weekday.end()
        yield said, start, taken
        if said.day is not None:
            following = _NEXT_DAY.match(folded, taken)
            if following and int(following["day"]) <= 31:
                taken = following.end()
                yield replace(said, day=int(following["day"]), weekday=""), following.start("day"), taken


def _english(match: re.Match[str]) -> tuple[Day, int, int] | None:
    day, year = match["d1"] or match["d2"], match["year"]
    if not day and not year:
        return None  # "may", "march"
    month = _MONTHS.index(match["month"]) // 3 + 1
    return Day(int(year) if year else None, month, int(day) if day else None), match.start(), match.end()


def _one_form(part: str) -> str:
    return {"初旬": "上旬", "初め": "はじめ"}.get(part, part)


def _full(match: re.Match[str]) -> Day | None:
    year = int(match["year"]) if match["year"] else year_of_era(match["era"], _digits(match["n"]))
    if match["twin"] and year not in years(match["twin"]):
        return None  # 「R9(令和7)」 contradicts itself, and is read as two years
    if match["fiscal"] or match["fy"]:
        return Day(year, fiscal=True)
    if match["month"]:
        month, day = int(_digits(match["month"])), int(_digits(match["day"])) if match["day"] else None
        return Day(year, month, day) if 1 <= month <= 12 and (day is None or 1 <= day <= 31) else None
    # A Kanji era with no 年 behind it is a year all the same; nothing says which kind.
    return Day(year, fiscal=False if match["plain"] else None)


def _digits(numeral: str) -> str:
    if numeral == "元" or numeral.isdigit():
        return numeral
    tens, _, ones = numeral.rpartition("十")
    if "十" not in numeral:
        return str(_KANJI[numeral[0]]) if len(numeral) == 1 else "0"
    return str((_KANJI.get(tens, 1) if tens else 1) * 10 + (_KANJI.get(ones, 0) if ones else 0))
