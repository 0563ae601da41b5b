"""What span of time an amount is for: per month, per year, for two months, for May."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.estimate.numerals import value


@dataclass(frozen=True, slots=True)
class Period:
    """How often an amount is used."""

    times: int
    """Amounts a year holds, times `of`: 12 of 1 for a month, 365 of 1 for a day, 12 of 2 for two months."""
    of: int = 1
    month: str = ""
    """The calendar month that was named, so that several of them can be put together."""

    @property
    def whole_year(self) -> bool:
        """True where nothing is extrapolated."""
        return self.times == self.of


YEAR = Period(1)
MONTH = Period(12)
_COUNT = r"(?P<n>\d{1,3}|[一二三四五六七八九十]{1,2})"
_ENGLISH = {"two": 2, "three": 3, "six": 6, "twelve": 12}
_WORDS = re.compile(
    rf"{_COUNT}\s*(?:か|ヶ|カ|ケ|ヵ|ヵ|箇|個|ヶ)\s*月(?:間|分)?|(?P<en>\d{{1,3}}|two|three|six|twelve) months|"
    r"(?P<half>半年|half a year)|(?P<quarter>四半期|quarter(?:ly)?)|(?P<two>隔月)|(?P<span>(?<!\d)\d{1,2})年間|"
    r"(?P<skip>\d{1,2}年(?:前|目|使)|\d{1,2}月\d{1,2}日|月曜|年齢|年末|年始|年中)|"
    r"(?<!\d)(?P<month>1[0-2]|[1-9])月|(?P<monthly>月|ひとつき|\bper month\b|\bmonthly\b|\b(?:a|each|every|one) month\b|\bmonth\b|/\s?mo\b)|"
    r"(?P<yearly>年|ねんかん|\bper (?:year|annum)\b|\bannual(?:ly)?\b|\byearly\b|\b(?:a|each|every|one) year\b|\byear\b|/\s?yr?\b)|"
    r"(?P<weekly>毎週|週|\bper week\b|\bweekly\b|\ba week\b)|(?P<daily>毎日|日(?=あた|当た|に|で|平均|量)|(?<![\d月])(?:1|一)日|(?<=/)\s?日|\bper day\b|\bdaily\b|\ba day\b)",
    re.IGNORECASE,
)
# What can only mean a period, wherever it stands in the message.
_PLAIN = re.compile(
    r"\d{1,2}\s?[かヶカケヵ箇]\s?月(?:間|分)?|半年分?|年間|年分|[1一]年|毎月|月々|月間|月分|per (?:month|year)|monthly|annual|yearly",
    re.IGNORECASE,
)


def found(text: str) -> Iterator[Period]:
    """List the periods that a text names, in its order."""
    for match in _WORDS.finditer(text):
        period = _period(match)
        if period is not None:
            yield period


def _period(match: re.Match[str]) -> Period | None:
    if match["skip"]:
        return None
    counted = match["n"] or match["en"]
    if counted:
        number = _ENGLISH.get(counted.lower()) or int(value(counted) or 0)
        return Period(12, number) if number else None
    if match["span"]:
        return Period(1, int(match["span"])) if int(match["span"]) else None
    if match["month"]:
        return Period(12, month=match["month"])
    for name, period in (("half", Period(12, 6)), ("quarter", Period(12, 3)), ("two", Period(12, 2)),
                         ("monthly", MONTH), ("weekly", Period(52)), ("daily", Period(365))):  # fmt: skip
        if match[name]:
            return period
    return YEAR


def only_one(text: str) -> Period | None:
    """Give the period of a message that names exactly one without doubt, wherever it stands."""
    named = {period for match in _PLAIN.finditer(text) for period in found(match.group())}
    return named.pop() if len(named) == 1 else None


_ATTACHED = re.compile(r"^\s*(?:くらい|ぐらい|程度|ほど)?\s*[/(毎]\s*毎?(?P<unit>[^\s、。,)]{1,6})\)?")

_ATTACHED_ENGLISH = re.compile(
    r"^\s*(?:of (?:[a-z]+ ){1,3}?)?(?:per|an?|each|every)\s+(?P<unit>month|year|annum|week|day)\b", re.IGNORECASE
)


def attached(text: str) -> tuple[Period | None, int]:
    """Read `/月`, `(年)`: a period tied to the amount before it, and where it ends (0 if there is none)."""
    match = _ATTACHED_ENGLISH.match(text)
    if match:
        return next(found(f"per {match['unit']}"), None), match.end()
    match = _ATTACHED.match(text)
    if match:
        period = next(found(match["unit"] if match["unit"] not in ("日", "day") else "毎日"), None) or _slash(
            match["unit"]
        )
        if period:
            return period, match.end()
    return None, 0


def _slash(unit: str) -> Period | None:
    return {"mo": MONTH, "month": MONTH, "m": MONTH, "yr": YEAR, "y": YEAR, "year": YEAR}.get(unit.lower())
