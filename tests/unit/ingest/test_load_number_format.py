"""Cells are read as they are shown."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from ingest.load.date_format import show_date
from ingest.load.number_format import show_number

NUMBERS = [
    (0.0869, "0.00%", "8.69%"),
    (0.5, "0%", "50%"),
    (1645, "General", "1645"),
    (1234567.891, "General", "1234567.891"),
    (0.1 + 0.2, "General", "0.3"),
    (0.00001234, "General", "0.00001234"),
    (1645, "#,##0", "1,645"),
    (0, "#,##0", "0"),
    (1234.5, "#,##0.00", "1,234.50"),
    (1234.5, "#,##0.##", "1,234.5"),
    (1000000, '#,##0"円"', "1,000,000円"),
    (1000000, "¥#,##0", "¥1,000,000"),
    (1000000, "[$¥-411]#,##0", "¥1,000,000"),
    (1000000, '#,##0,"千円"', "1,000千円"),
    (2500000, '0.0,,"百万円"', "2.5百万円"),
    (-1200, "#,##0;[Red]-#,##0", "-1,200"),
    (-1200, '#,##0;"▲ "#,##0', "▲ 1,200"),
    (0, '#,##0;-#,##0;"-"', "-"),
    (-1200, "#,##0_);(#,##0)", "(1,200)"),
    (-3, "0", "-3"),
    (7, "000", "007"),
    (1020094, "000\\-0000", "102-0094"),
    (2.5, "0", "3"),
    (1.005, "0.00", "1.01"),
    (123456, "0.00E+00", "1.23E+05"),
    (0.5, "# ?/?", "0.5"),
    (12, "0.0_ ", "12.0"),
    (95, "[<100]0;[>=100]0.0E+00", "95"),
    (3, 'General"件"', "3件"),
    (0.3, '"約"0.0%', "約30.0%"),
    (5, ";;;", ""),
]


@pytest.mark.parametrize(("value", "code", "shown"), NUMBERS)
def test_numbers_are_shown_by_their_format(value: float, code: str, shown: str) -> None:
    assert show_number(value, code) == shown


MOMENT = datetime(2026, 4, 5, 14, 7, 9)
DATES = [
    (MOMENT, "yyyy/m/d", "2026/4/5"),
    (MOMENT, "yyyy-mm-dd h:mm", "2026-04-05 14:07"),
    (MOMENT, 'yyyy"年"m"月"d"日"', "2026年4月5日"),
    (MOMENT, "yyyy年m月d日", "2026年4月5日"),
    (MOMENT, '[$-411]ggge"年"m"月"d"日"', "令和8年4月5日"),
    (MOMENT, '[$-ja-JP-x-gannen]ggge"年"m"月"d"日";@', "令和8年4月5日"),
    (MOMENT, "[$-411]ge.m.d;@", "R8.4.5"),
    (date(2019, 4, 30), "[$-411]gee.mm.dd", "H31.04.30"),
    (date(2019, 5, 1), "[$-411]ggge", "令和1"),
    (MOMENT, "m/d(aaa)", "4/5(日)"),
    (MOMENT, "aaaa", "日曜日"),
    (MOMENT, "d-mmm-yy", "5-Apr-26"),
    (MOMENT, "mm-dd-yy", "2026/4/5"),
    (MOMENT, "h:mm AM/PM", "2:07 PM"),
    (MOMENT, "hh:mm:ss", "14:07:09"),
    (MOMENT, "mm:ss", "07:09"),
    (time(9, 5), 'h"時"mm"分"', "9時05分"),
    (timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
    (MOMENT, "General", "2026/4/5 14:07"),
    (date(2026, 4, 5), "@", "2026/4/5"),
]


@pytest.mark.parametrize(("value", "code", "shown"), DATES)
def test_dates_are_shown_by_their_format(value: datetime | date | time | timedelta, code: str, shown: str) -> None:
    assert show_date(value, code) == shown
