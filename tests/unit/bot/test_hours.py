from __future__ import annotations

from datetime import time

import pytest

from bot.hours import Span, parse


def test_a_week_with_a_lunch_break_and_a_short_saturday() -> None:
    hours = parse("Mon-Tue 09:00-12:00,13:00-17:00; Sat 10:00-12:00 Asia/Tokyo")

    assert hours.zone.key == "Asia/Tokyo"
    assert hours.spans == (
        Span(0, time(9), time(12)),
        Span(0, time(13), time(17)),
        Span(1, time(9), time(12)),
        Span(1, time(13), time(17)),
        Span(5, time(10), time(12)),
    )


def test_days_may_run_over_the_end_of_the_week() -> None:
    assert [span.day for span in parse("Sat-Mon 10:00-12:00 Asia/Tokyo").spans] == [0, 5, 6]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no time zone"),
        ("Mon-Fri 09:00-17:00", "no time zone"),
        ("Mon-Fri 09:00-17:00 Asia", "no time zone"),
        ("Mon-Fri 09:00-17:00 ../zone", "no time zone"),
        ("Mo-Fr 09:00-17:00 Asia/Tokyo", "'Mo-Fr' should be a day"),
        ("Mon-Fri 9-17 Asia/Tokyo", "should be a span"),
        ("Mon-Fri 09:00-25:00 Asia/Tokyo", "should be a span"),
        ("Mon-Fri 17:00-09:00 Asia/Tokyo", "ends before it begins"),
        ("Mon 09:00-12:00,11:00-15:00 Asia/Tokyo", "overlap"),
        ("Mon-Fri 09:00-17:00; Asia/Tokyo", "should be"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_part_that_is_wrong(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse(text)
