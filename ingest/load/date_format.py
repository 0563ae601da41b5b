"""What a spreadsheet shows for a date or time, Japanese eras and weekdays included."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|(?P<elapsed>\[(?:h+|m+|s+)\])|\[[^\]]*\]|(?P<half>AM/PM|A/P|午前/午後|上午/下午)'
    r"|(?P<fraction>\.0+)|(?P<field>y+|g+|e+|m+|d+|a+|h+|s+)|(?P<literal>.)",
    re.DOTALL | re.IGNORECASE,
)
_ERAS = (
    (date(2019, 5, 1), "令和", "R"),
    (date(1989, 1, 8), "平成", "H"),
    (date(1926, 12, 25), "昭和", "S"),
    (date(1912, 7, 30), "大正", "T"),
    (date(1868, 1, 25), "明治", "M"),
)
_WEEKDAYS = "月火水木金土日"
_ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# Two built-in formats follow the reader's locale; ours is Japanese.
_BY_LOCALE = {"mm-dd-yy": "yyyy/m/d", "m/d/yy h:mm": "yyyy/m/d h:mm"}

BUILT_IN: dict[int, str] = (
    dict.fromkeys((27, 36, 50, 57), "[$-411]ge.m.d")
    | dict.fromkeys((28, 29, 51, 54, 58), '[$-411]ggge"年"m"月"d"日"')
    | dict.fromkeys((34, 52, 55), 'yyyy"年"m"月"')
    | dict.fromkeys((35, 53, 56), 'm"月"d"日"')
    | {30: "m/d/yy", 31: 'yyyy"年"m"月"d"日"', 32: 'h"時"mm"分"', 33: 'h"時"mm"分"ss"秒"'}
)
"""Format numbers whose codes Japanese Excel knows by heart and leaves out of the file.

Source: ECMA-376 part 1, 18.8.30, the table for ja-jp.
"""


def show_date(value: datetime | date | time | timedelta, code: str) -> str:
    """Give a date, time or duration as a spreadsheet shows it.

    Args:
        value: What openpyxl made of the cell.
        code: The cell's format code, such as `yyyy/m/d` or `[$-411]ggge"年"m"月"d"日"`.
    Returns:
        The text; an unusable code falls back to YYYY/M/D, with the time if it is not midnight.
    """
    code = code.split(";", maxsplit=1)[0]
    code = _BY_LOCALE.get(code, code)
    moment, elapsed = _moment(value)
    tokens = [(match.lastgroup, match[0], match) for match in _TOKEN.finditer(code)]
    if code in ("General", "G/標準") or not any(kind in ("field", "elapsed") for kind, _, _ in tokens):
        return _fallback(value, moment)
    twelve = any(kind == "half" for kind, _, _ in tokens)
    era = re.search("g|-411", code, re.IGNORECASE) is not None
    shown = ""
    for i, (kind, text, match) in enumerate(tokens):
        if kind == "field":
            unit = text.lower()
            if unit[0] == "m" and _minutes(tokens, i):
                shown += f"{moment.minute:0{min(len(unit), 2)}}"
            else:
                shown += _field(moment, unit, twelve=twelve, era=era)
        elif kind == "elapsed":
            seconds = int(elapsed.total_seconds())
            shown += str(seconds // {"h": 3600, "m": 60, "s": 1}[text[1].lower()])
        elif kind == "half":
            names = ("午前", "午後") if "午" in text else ("AM", "PM") if len(text) > 3 else ("A", "P")
            shown += names[moment.hour >= 12]
        elif kind in ("quoted", "escaped", "literal"):
            shown += match[kind]
    return shown.strip()


def _moment(value: datetime | date | time | timedelta) -> tuple[datetime, timedelta]:
    """Give a value as a moment and as the time elapsed since midnight of day 0."""
    midnight = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no zones
    if isinstance(value, datetime):
        return value, value - midnight
    if isinstance(value, timedelta):
        return midnight + value, value
    if isinstance(value, time):
        elapsed = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
        return midnight + elapsed, elapsed
    moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return moment, moment - midnight


def _minutes(tokens: list[tuple[str | None, str, re.Match[str]]], at: int) -> bool:
    """Say whether an `m` counts minutes: it does after hours and before seconds."""
    units = [
        (i, text.strip("[]").lower()[0]) for i, (kind, text, _) in enumerate(tokens) if kind in ("field", "elapsed")
    ]
    place = next(n for n, (i, _) in enumerate(units) if i == at)
    return (place > 0 and units[place - 1][1] == "h") or (place + 1 < len(units) and units[place + 1][1] == "s")


def _field(moment: datetime, unit: str, *, twelve: bool, era: bool) -> str:
    size = len(unit)
    match unit[0]:
        case "y":
            return f"{moment.year:04}" if size > 2 else f"{moment.year % 100:02}"
        case "g":
            return _era_name(moment, size)
        case "e":
            return f"{_era_year(moment):0{min(size, 2)}}" if era else str(moment.year)
        case "m":
            name = _ENGLISH_MONTHS[moment.month - 1]
            return {3: name[:3], 5: name[0]}.get(size, name) if size > 2 else f"{moment.month:0{size}}"
        case "d":
            name = _ENGLISH_DAYS[moment.weekday()]
            return (name[:3] if size == 3 else name) if size > 2 else f"{moment.day:0{size}}"
        case "a":
            return _WEEKDAYS[moment.weekday()] + ("曜日" if size > 3 else "")
        case "h":
            return f"{(moment.hour + 11) % 12 + 1 if twelve else moment.hour:0{min(size, 2)}}"
        case _:
            return f"{moment.second:0{min(size, 2)}}"


def _era(moment: datetime) -> tuple[date, str, str] | None:
    return next((era for era in _ERAS if moment.date() >= era[0]), None)


def _era_name(moment: datetime, size: int) -> str:
    era = _era(moment)
    if era is None:
        return ""
    return (era[2], era[1][0], era[1])[min(size, 3) - 1]


def _era_year(moment: datetime) -> int:
    era = _era(moment)
    return moment.year - era[0].year + 1 if era else moment.year


def _fallback(value: datetime | date | time | timedelta, moment: datetime) -> str:
    clock = f"{moment.hour}:{moment.minute:02}"
    if isinstance(value, time | timedelta):
        return clock
    day = f"{moment.year}/{moment.month}/{moment.day}"
    return f"{day} {clock}" if moment.hour or moment.minute else day
