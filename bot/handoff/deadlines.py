"""Until when a person has time: 「12/5まで」「来週の金曜締切」「今週中」「あと3日」 → a date.

A day without a year is its next occurrence. When something was used, is open or is asked for is no deadline:
「5/31までの電気代」, 「12/5まで申し込める?」.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from bot.estimate.numerals import value
from knowledge.dates import dates
from knowledge.fold import fold

_WEEKDAYS = "月火水木金土日"
_DUE = r"締め?切り?|しめ?きり|シメキリ|〆切?り?|期限|必着|リミット|納期"
_DUTY = r"提出|出さ|出せ|出し|回答|返答|返事|報告|送ら|送る|答え|納め|決め|申請しな|用意|そろえ|揃え"
_OF_A_THING = (
    rf"の(?!{_DUE}|{_DUTY}|約束)|(?:分|間)|(?:は)?(?:申し?込め|受け?付け|受付|やって|開いて|使え|募集|公募|できる|もらえ|出る)|"
    r"(?:なの|です|でした|だ|でしょう)?(?:か|よね|っけ)?[?？]"
)
"""After 「まで」: then it is the time of something else, or asked for."""
_UNTIL = rf"(?:(?:頃|ごろ)?(?:ま[でに]|迄)(?!{_OF_A_THING})|(?:が|の)?(?:{_DUE})(?:です|だ|な|で|の|が|に|と|[、。!]|$)|(?:に|には|が)?(?:{_DUTY}))"
_AFTER = rf"\s?(?:\([{_WEEKDAYS}][^)]{{0,3}}\))?(?:曜日?)?\s?(?:いっぱい|の?[0-9]{{1,2}}時|正午|朝一?|夕方|昼|午前|午後)?(?:{_UNTIL})"
_BEFORE = rf"(?:{_DUE}|提出日?)(?:は|が|って|:|=|の日?が)?\s?(?:もう|たしか|確か)?"
_SOON = r"(?:いっぱい|中|じゅう)(?:に|で|が|の|です|だ|[、。!]|$)"

_NOT_ASKED = r"(?!(?:日|\([^)]*\))?(?:です|でした|だ)?(?:か|よね|っけ)?\s?[?？])"
_MONTH_DAY = r"(?<![\d/年.から~-])(?P<month>\d{1,2})\s?[/月]\s?(?P<day>\d{1,2})(?![\d/])日?"
_DAY = r"(?:(?P<which>今月|来月|再来月)の?|(?<![\d月/.]))(?P<day>\d{1,2})日(?!間|以内|後|前)"
_MONTH_END = r"(?P<which>今月|来月|再来月|\d{1,2}月)?の?(?:末|おわり|終わり)日?"
_WEEKDAY = rf"(?P<which>今週|来週|再来週|今度|次)?の?(?P<weekday>[{_WEEKDAYS}])曜日?"
_NEAR_DAY = r"(?P<near>今日|きょう|本日|明日|あした|あす|明後日|あさって|明々後日|しあさって)"
_WEEK = r"(?P<week>今週|来週|再来週|週明け)(?:末)?"
_MONTH = r"(?P<month_word>今月|来月|(?<!\d)\d{1,2}月)"
_COUNT = r"(?P<n>[0-9一二三四五六七八九十]{1,3})\s?(?P<unit>日|週間?|[かヶカケヵ箇]月|時間)"

_NEAR = {
    "今日": 0, "きょう": 0, "本日": 0, "明日": 1, "あした": 1, "あす": 1, "明後日": 2, "あさって": 2, "明々後日": 3, "しあさって": 3,
}  # fmt: skip
_WEEKS = {"今週": 0, "来週": 1, "再来週": 2}
_WEEK_ENDS = {"今週": 6, "来週": 13, "再来週": 20, "週明け": 7}
"""Days from this week's Monday to the last day that is meant."""
_MONTHS = {"今月": 0, "来月": 1, "再来月": 2}


def _around(expression: str, after: str = _AFTER) -> re.Pattern[str]:
    """A date before its 「まで」, or after its 「締切は」."""
    # A group's name may stand only once in a pattern, so what must follow depends on what stood before.
    return re.compile(rf"(?:(?P<due>{_BEFORE}))?(?:{expression})(?(due){_NOT_ASKED}|(?:{after}))")


_MONTH_DAY_DUE = _around(_MONTH_DAY)
_DAY_DUE = _around(_DAY)
_MONTH_END_DUE = _around(_MONTH_END, rf"{_AFTER}|{_SOON}")
_WEEKDAY_DUE = _around(_WEEKDAY, rf"{_AFTER}|{_SOON}")
_NEAR_DUE = _around(_NEAR_DAY, rf"{_AFTER}|{_SOON}")
_WEEK_DUE = _around(_WEEK, rf"{_AFTER}|{_SOON}")
_MONTH_DUE = _around(_MONTH, rf"{_AFTER}|{_SOON}")
_COUNT_DUE = re.compile(
    rf"(?:あと|残り|のこり){_COUNT}(?:しか|です|だ|なん|で(?:{_DUE}|{_DUTY})|以内|も?な[いく]|[、。!]|$)|"
    rf"{_COUNT.replace('?P<n>', '?P<n2>').replace('?P<unit>', '?P<unit2>')}(?:以内|後)(?:に|で|が|まで)?[^、。?？]{{0,8}}?(?!返事が?(?:来|くる|もら|くれ|あ))(?:{_DUE}|{_DUTY}|ないと|なきゃ|と言われ|って言われ)"
)
_FULL_DUE = re.compile(rf"年?\s?\d{{1,2}}[月./-]\d{{1,2}}日?{_AFTER}|{_BEFORE}(?:令和|R|20\d\d)")


def deadline(text: str, today: date) -> date | None:
    """Give the nearest deadline that a message names, today or later; None where it names none.

    Args:
        text: A message.
        today: The day on which it was written.
    """
    return min((day for day in _deadlines(fold(text), today) if day >= today), default=None)


def _deadlines(text: str, today: date) -> Iterator[date]:
    if _FULL_DUE.search(text):
        yield from dates(text)
    for match in _MONTH_DAY_DUE.finditer(text):
        yield from _next_occurrence(int(match["month"]), int(match["day"]), today)
    for match in _DAY_DUE.finditer(text):
        yield from _day_of_month(int(match["day"]), match["which"], today)
    for match in _MONTH_END_DUE.finditer(text):
        yield _end_of_month(match["which"], today)
    for match in _MONTH_DUE.finditer(text):
        yield _end_of_month(match["month_word"], today)
    for match in _WEEKDAY_DUE.finditer(text):
        yield _weekday(_WEEKDAYS.index(match["weekday"]), match["which"], today)
    for match in _NEAR_DUE.finditer(text):
        yield today + timedelta(days=_NEAR[match["near"]])
    for match in _WEEK_DUE.finditer(text):
        yield today + timedelta(days=_WEEK_ENDS[match["week"]] - today.weekday())
    for match in _COUNT_DUE.finditer(text):
        yield _counted(match["n"] or match["n2"], match["unit"] or match["unit2"], today)


def _next_occurrence(month: int, day: int, today: date) -> Iterator[date]:
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            yield found
            return


def _shift(today: date, months: int) -> tuple[int, int]:
    """Give year and month, so many months later."""
    years, month = divmod(today.month - 1 + months, 12)
    return today.year + years, month + 1


def _day_of_month(day: int, which: str | None, today: date) -> Iterator[date]:
    months = _MONTHS[which] if which else int(day < today.day)
    year, month = _shift(today, months)
    if 1 <= day <= monthrange(year, month)[1]:
        yield date(year, month, day)


def _end_of_month(which: str | None, today: date) -> date:
    if which and which not in _MONTHS:
        number = int(which[:-1])
        month = number if 1 <= number <= 12 else today.month
        year = today.year + (month < today.month)
    else:
        year, month = _shift(today, _MONTHS[which] if which else 0)
    return date(year, month, monthrange(year, month)[1])


def _weekday(weekday: int, which: str | None, today: date) -> date:
    if which in _WEEKS:
        return today + timedelta(days=weekday - today.weekday() + 7 * _WEEKS[which])
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def _counted(number: str, unit: str, today: date) -> date:
    days = {"日": 1, "週": 7, "週間": 7, "時間": 0}.get(unit, 30)
    return today + timedelta(days=int(value(number) or 0) * days)
