"""When what a text speaks of takes place, and whether that is over."""

from __future__ import annotations

from datetime import date

import pytest

from bot.text.dating import is_dated, is_past, months

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "past"),
    [
        ("令和7年2月7日に開催", True),
        ("2026年5月中旬の予定", True),
        ("2026年11月に開く", False),
        ("2025年11月6日から始まり、2026年11月から2027年2月ごろ", False),
        ("R7.2 冬の山でハイキング", True),
        ("11月から2月ごろ", False),
        ("電話で聞けます", False),
    ],
)
def test_what_lies_before_today_is_past(text: str, past: bool) -> None:
    assert is_past(text, (2026, 2025), TODAY) is past


def test_months_are_read_in_both_calendars() -> None:
    assert months("令和6年12月と2027年2月") == [(2024, 12), (2027, 2)]
    assert is_dated("2027年2月ごろ", ())
    assert not is_dated("2月ごろ", ())
