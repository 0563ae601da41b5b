"""Values in a text, whatever way they are written: 1,500万円 · 千五百万円 · 3割5分 · 三分の二 · R8.3.31 · 午後3時.

Everything here works on folded text, and every length is bounded: a text of any kind takes time in proportion to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from bot.estimate.numerals import value as read_number
from bot.guard.bounds import Bound, bound_at
from bot.guard.days import Day, days
from bot.guard.units import COUNTERS, UNITS, VAGUE, canonical


class ValueKind(StrEnum):
    """What sort of value; the reason that is given when it stands in no cited passage."""

    NUMBER = "number"
    DATE = "date"
    RATE = "rate"
    PHONE = "phone"
    ADDRESS = "address"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a value may mean."""

    unit: str
    """Canonical: 円, %, kWh, 社, 時刻; empty for a bare number, `語` for a code that is compared as a word."""
    amount: Fraction | str | Day
    written: Fraction | None = None
    """The number as it is written, before its unit: a table has 4,023 in a cell and t in its title."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it stands in a text."""

    kind: ValueKind
    readings: tuple[Reading, ...]
    """More than one where the writing is ambiguous: 2/3 is a rate or a day."""
    start: int
    end: int
    """Where it stands in the folded text, its unit included."""
    bound: Bound = Bound.NONE

    @property
    def keys(self) -> frozenset[str]:
        """Words that equal values share, for comparing what stands beside a name or another value."""
        return frozenset().union(*(_keys(reading) for reading in self.readings))


def _keys(reading: Reading) -> frozenset[str]:
    day = reading.amount
    if not isinstance(day, Day):
        return frozenset({f"={reading.unit}:{day}", f"={reading.written}"} - {"=None"})
    year = {f"=年{day.year}"} if day.year is not None else set()
    month = {f"=日{day.month}-{day.day}{day.part}"} if day.month is not None else set()
    return frozenset(year | month)


def meets(said: Value, held: Value) -> bool:
    """Tell whether a value of a passage holds the one that is said, bounds aside."""
    return any(_same(a, b) for a in said.readings for b in held.readings)


def comparable(said: Value, held: Value) -> bool:
    """Tell whether two values answer the same sort of question, so that one may be taken for the other."""
    return any(_comparable(a, b) for a in said.readings for b in held.readings)


def _same(a: Reading, b: Reading) -> bool:
    if isinstance(a.amount, Day) or isinstance(b.amount, Day):
        return isinstance(a.amount, Day) and isinstance(b.amount, Day) and a.amount.within(b.amount)
    return a.amount == b.amount and _same_unit(a.unit, b.unit)


def _comparable(a: Reading, b: Reading) -> bool:
    if isinstance(a.amount, Day) or isinstance(b.amount, Day):
        return isinstance(a.amount, Day) and isinstance(b.amount, Day) and a.amount.like(b.amount)
    if a.unit == b.unit == "語":
        return str(a.amount)[:1] == str(b.amount)[:1]  # EN-S-006 and P398 answer different questions
    return _same_unit(a.unit, b.unit) or {a.unit, b.unit} <= _SPANS


_SPANS = {"日", "営業日", "週", "か月", "年"}
"""「1年間」 may be taken for 「1か月前」."""


def _same_unit(a: str, b: str) -> bool:
    if a == b:
        return True
    if "つ" in (a, b):
        # 「7つ」 may count anything that is counted.
        return {a, b} <= COUNTERS
    # 「1500万」 says 円 without writing it, and a bare number in a table has its unit above it.
    return "万" in (a, b) and {a, b} <= {"万", "円", ""}


_URL = re.compile(
    r"(?:https?://|www\.)[!-'*-~]{1,300}|[A-Z0-9._%+-]{1,64}@[A-Z0-9.-]{1,100}\.[A-Z]{2,12}", re.IGNORECASE
)
_BARE_HOST = re.compile(
    r"(?<![\w.@-])(?:[A-Za-z0-9-]{2,40}\.){1,4}(?:jp|com|org|net|info|lg|go|io|tokyo)(?:/[!-'*-~]{0,200})?(?![A-Za-z0-9])"
)
_PHONE = re.compile(
    r"(?<![\d-])(?:\+81[- ]?\d{1,4}|\(?0\d{1,4}\)?)(?:[-() ]|の){1,2}\d{1,4}[-() ]{1,2}\d{3,4}(?!\d)|(?<!\d)0\d{9,10}(?!\d)"
)
_POSTCODE = re.compile(r"〒\s?\d{3}-?\d{4}|(?<![\d-])\d{3}-\d{4}(?![\d-])")
_N = r"(?:\d{1,4}|[一二三四五六七八九十]{1,3})"
_PLACE = r"[一-龥々ヶケノァ-ヴー]{1,12}?"
_ADDRESS = re.compile(
    rf"(?P<place>{_PLACE})(?P<numbers>{_N}\s?丁目(?:\s?{_N}\s?(?:番地?|-|の|号))?(?:の?\s?{_N}\s?(?:号|番地?)?)?|"
    rf"{_N}\s?番地?\s?(?:の?{_N})?\s?号|{_N}\s?番地(?:の?{_N})?|\d{{1,3}}-\d{{1,3}}-\d{{1,4}}(?![\d-]))|"
    rf"(?P<town>[区市町村][一-龥々ヶケ]{{1,8}})(?P<block>\d{{1,3}}-\d{{1,4}}(?![\d社人名件%月日年~-]))"
)
_CODE = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Za-z]{1,12}\s?\d(?:から|~)(?:[A-Za-z]{1,12}\s?)?\d(?![\d.,%-])|(?:[A-Za-z]{1,6}-){0,2}[A-Za-z]{1,12}[-–]?\d[\dA-Za-z.-]{0,20}|\d{1,4}[A-Za-z]{1,3}\d[\dA-Za-z]{0,10})"
)
_CO2 = re.compile(r"-?co2e?(?:q|eq)?(?![0-9A-Za-z])|(?<=[A-Za-z])-?co2", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?:(?P<half>午前|午後)\s?)?(?:(?<!\d)(?P<h>\d{1,2})(?::(?P<m>\d{2})(?!\d)|時(?!間|点|期|代)(?:(?P<m2>\d{1,2})分|(?P<半>半))?))|正午"
)
_ONE_OF = re.compile(r"の(?:方法|手|案|目安|選択肢|考え方|例|きっかけ)")
"""Behind 「一つ」: nothing is counted."""
_HALF = re.compile(r"(?<!\d年)(?<!年)半(?P<unit>年|月)(?:間)?(?!額|期|分)")
_SPAN = re.compile(r"\s?(?:から|より|~|-)、?\s?")
"""Between the ends of a span of time."""
_PART = re.compile(rf"(?P<under>{_N}|\d{{1,4}})\s?分の\s?(?P<over>\d{{1,4}}|[一二三四五六七八九十]{{1,3}})")
_SLASH = re.compile(r"(?<![\d./年月])(?P<a>\d{1,3})\s?[/⁄]\s?(?P<b>\d{1,4})(?![\d/年月]|\.\d)")
_TENTHS = re.compile(
    r"(?P<n>\d{1,2}(?:\.\d)?|[一二三四五六七八九十])\s?割(?:\s?(?P<b>\d|[一二三四五六七八九])\s?分(?!の))?(?![り当増安愛高合])"
)
_WHOLE = re.compile(r"(?P<half>半額|半分|半数|2分の1)|(?P<all>全額(?!の))|(?P<double>倍増)")
_NUMBER = re.compile(
    r"(?:\d{1,3}(?:,\d{3})+|\d{1,18})(?:\.\d{1,8})?(?:[〇零一二三四五六七八九十百千万億](?:[0-9,.〇零一二三四五六七八九十百千万億]{0,24}[0-9〇零一二三四五六七八九十百千万億])?)?|"
    r"[〇零一二三四五六七八九十百千万億](?:[0-9,.〇零一二三四五六七八九十百千万億]{0,24}[0-9〇零一二三四五六七八九十百千万億])?"
)
_KANJI_ALONE = re.compile(r"[〇零一二三四五六七八九十百千万億]")
_WEIGHTY = re.compile(r"[十百千万億]")
_IN_RANGE = re.compile(r"\d{1,2}[-~]\d|(?<=[-~])\d{1,2}")
_SIGN = re.compile(r"(?:マイナス|▲|△)\s?$")


def _number(text: str) -> Fraction | None:
    found = read_number(text)
    return Fraction(found) if found is not None else None


@lru_cache(maxsize=8192)
def values(folded: str) -> tuple[Value, ...]:
    """List the values of a text, in text order.

    Args:
        folded: Folded text of any length and kind; `CO2` and the like are words, not values.
    Returns:
        Values that do not overlap. A number that can't be read for certain (数十社) is compared as it is written.
    """
    return _Reader(folded).read()


class _Reader:
    """Takes the values out of a text, the most telling writing first; what is taken is not read again."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._left = text
        self._found: list[Value] = []

    def read(self) -> tuple[Value, ...]:
        self._addresses()
        self._take(_CO2)
        for day, start, end in days(self._left):
            self._add(ValueKind.DATE, (Reading("日付", day),), start, end)
        self._codes()
        self._clocks()
        for match in _HALF.finditer(self._left):
            reading = Reading("か月", Fraction(6)) if match["unit"] == "年" else Reading("日", Fraction(15))
            self._add(ValueKind.NUMBER, (reading,), match.start(), match.end())
        self._rates()
        self._numbers()
        return tuple(sorted(self._found, key=lambda value: value.start))

    def _add(self, kind: ValueKind, readings: tuple[Reading, ...], start: int, end: int) -> None:
        self._found.append(Value(kind, readings, start, end, bound_at(self._text, start, end)))
        self._blank(start, end)

    def _blank(self, start: int, end: int) -> None:
        # A mark that belongs to no value, so that what stood around it does not grow together.
        self._left = f"{self._left[:start]}{'|' * (end - start)}{self._left[end:]}"

    def _take(self, pattern: re.Pattern[str]) -> None:
        self._left = pattern.sub(lambda match: "|" * len(match.group()), self._left)

    def _addresses(self) -> None:
        for pattern in (_URL, _BARE_HOST):
            for match in pattern.finditer(self._left):
                address = match.group().rstrip(".,)>;:!?'\"]")
                plain = re.sub(r"^https?://|^www\.", "", address.lower()).rstrip("/")
                self._add(ValueKind.URL, (Reading("語", plain),), match.start(), match.start() + len(address))
        for match in _PHONE.finditer(self._left):
            digits = re.sub(r"^\+81", "0", re.sub(r"[^\d+]", "", match.group()))
            self._add(ValueKind.PHONE, (Reading("電話", digits),), match.start(), match.end())
        for match in _POSTCODE.finditer(self._left):
            self._add(ValueKind.ADDRESS, (Reading("〒", re.sub(r"\D", "", match.group())),), match.start(), match.end())
        for match in _ADDRESS.finditer(self._left):
            numbers = re.findall(_N, match["numbers"] or match["block"])
            plain = "-".join(str(_number(n) or n) for n in numbers)
            start = match.start("numbers") if match["numbers"] else match.start("block")
            place = (match["place"] or match["town"][1:])[-3:]
            self._add(ValueKind.ADDRESS, (Reading("番地", f"{place}{plain}"),), start, match.end())

    def _codes(self) -> None:
        for match in _CODE.finditer(self._left):
            digits = len(match.group()) - len(match.group().lstrip("0123456789"))
            unit = UNITS.match(self._text, match.start() + digits)
            if unit and match.group()[0].isdigit():
                continue  # 3m2 is an area
            plain = re.sub(r"(?:から|~)[a-z]+", "", match.group().lower())
            plain = re.sub(r"[-–~\s]|から", "", plain).rstrip(".")
            self._add(ValueKind.NUMBER, (Reading("語", plain),), match.start(), match.end())

    def _clocks(self) -> None:
        afternoon = -1  # where a time ends that 午後 stands before
        for match in _CLOCK.finditer(self._left):
            hour = 12 if match["h"] is None else int(match["h"])
            # 「午後2時から4時」: the half of the day holds for the end of the span as well.
            goes_on = afternoon >= 0 and not match["half"] and _SPAN.fullmatch(self._text, afternoon, match.start())
            half = "午後" if goes_on else match["half"]
            if half == "午後" and hour < 12:
                hour += 12
            afternoon = match.end() if half == "午後" else -1
            minute = 30 if match["半"] else int(match["m"] or match["m2"] or 0)
            self._add(ValueKind.NUMBER, (Reading("時刻", Fraction(hour * 60 + minute)),), match.start(), match.end())

    def _rates(self) -> None:
        for match in _PART.finditer(self._left):
            under, over = _number(match["under"]), _number(match["over"])
            if under and over is not None:
                self._add(ValueKind.RATE, (Reading("%", over / under),), match.start(), match.end())
        for match in _SLASH.finditer(self._left):
            a, b = int(match["a"]), int(match["b"])
            if b:
                readings = [Reading("%", Fraction(a, b))] if a <= b <= 100 else []
                if 1 <= a <= 12 and 1 <= b <= 31:
                    readings.append(Reading("日付", Day(month=a, day=b)))
                if readings:
                    self._add(ValueKind.RATE, tuple(readings), match.start(), match.end())
        for match in _TENTHS.finditer(self._left):
            tenths, parts = _number(match["n"]), _number(match["b"] or "0")
            if tenths is not None and parts is not None:
                self._add(ValueKind.RATE, (Reading("%", tenths / 10 + parts / 100),), match.start(), match.end())
        for match in _WHOLE.finditer(self._left):
            unit = "倍" if match["double"] else "%"
            share = Fraction(2) if match["double"] else Fraction(1) if match["all"] else Fraction(1, 2)
            self._add(ValueKind.RATE, (Reading(unit, share),), match.start(), match.end())

    def _numbers(self) -> None:
        pending: tuple[Fraction, int, int] | None = None
        taken = 0
        for match in _NUMBER.finditer(self._left):
            if match.start() < taken:
                continue  # the 3 of m3
            start, run, unit, scale, end = self._measured(match)
            taken = end
            before = self._left[max(0, start - 5) : start]
            if before and VAGUE.search(before[-1]):
                self._add(ValueKind.NUMBER, (Reading("語", "数" + self._left[start:end]),), start - 1, end)
                continue
            if not self._is_number(run, unit, start, end):
                continue
            amount = _number(run)
            if amount is None:
                self._add(ValueKind.NUMBER, (Reading("語", self._left[start:end]),), start, end)
                continue
            if _SIGN.search(before):
                amount = -amount
            if pending and re.fullmatch(r"\s?(?:~|-|から)\s?(?:約|[¥])?", self._left[pending[2] : start]):
                # 「8-12社」: the unit of a range stands at its end.
                if unit:
                    self._measure(pending[0], unit, scale, pending[1], pending[2])
                else:
                    self._bare(*pending)
            elif pending:
                self._bare(*pending)
            pending = None
            if unit:
                self._measure(amount, unit, scale, start, end)
            else:
                pending = (amount, start, end)
        if pending:
            self._bare(*pending)

    def _bare(self, amount: Fraction, start: int, end: int) -> None:
        # 「1500万」 is money; 「九十二の自治体」 is 92 of them.
        unit = "万" if re.search(r"[万億]", self._text[start:end]) else ""
        readings = [Reading(unit, amount, amount)]
        if amount <= 24 and _IN_RANGE.match(self._text[max(0, start - 1) : end + 2], 1 if start else 0):
            # 「15-17」 in a timetable.
            readings.append(Reading("時刻", amount * 60))
        self._add(ValueKind.NUMBER, tuple(readings), start, end)

    def _measure(self, amount: Fraction, unit: str, scale: Fraction, start: int, end: int) -> None:
        kind = ValueKind.RATE if unit == "%" else ValueKind.NUMBER
        self._add(kind, (Reading(unit, amount * scale, amount),), start, end)

    def _measured(self, match: re.Match[str]) -> tuple[int, str, str, Fraction, int]:
        """Where a number starts, its digits, its unit with what that is worth, and where it ends."""
        start, run = match.start(), match.group()
        if start and self._left[start - 1] == "¥":
            return start, run, "円", Fraction(1), match.end()
        found = UNITS.match(self._left, match.end())
        if not found:
            return start, run, "", Fraction(1), match.end()
        unit, scale = canonical(found)
        if re.search(r"第\s?$", self._left[max(0, start - 2) : start]):
            unit = f"第{unit}"
        return start, run, unit, scale, found.end()

    def _is_number(self, run: str, unit: str, start: int, end: int) -> bool:
        """Tell 三社 and 千五百万円 from 三菱, 一部 and 千代田."""
        if run[0].isdigit():
            return True
        if not unit:
            return len(run) >= 3 and bool(_WEIGHTY.search(run)) and run not in ("千万", "百万")
        if start and re.match(r"[一-龥々]", self._left[start - 1]) and len(run) == 1 and self._left[start - 1] != "第":
            return False
        if (
            unit == "つ"
            and run in ("一", "1")
            and (
                re.search(r"(?:の|ただ|たった)$", self._left[max(0, start - 3) : start])
                or _ONE_OF.match(self._left, end)
            )
        ):
            return False  # 「条件の一つです」 counts nothing
        word = self._left[start : end + 1]
        return not re.match(
            r"一(?:部|般|方|定|体|緒|度|番|時|環|覧|括|連|貫|切|層|律|致|員|因|概|種|面|見|挙|新|歩|本化|人ひ|日も|つの?と|社一|社だけ)|十分|万[一全]|千代|二次|三者|百貨|一階層|"
            r"四半期|二酸|二重|三位|五感|一期一|(?:一|二)の",
            word + self._left[end + 1 : end + 3],
        )
