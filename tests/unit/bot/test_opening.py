"""When advisors are there: weekends, Japanese public holidays, lunch, other zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hours import Hours, parse
from bot.opening import closing, describe, is_open, moment, next_opening, open_seconds

TOKYO = ZoneInfo("Asia/Tokyo")
OFFICE = parse("Mon-Fri 09:00-17:00 Asia/Tokyo")
LUNCH = parse("Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-12:00 Asia/Tokyo")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-11-25 08:59", False),
        ("2026-11-25 09:00", True),  # a Wednesday
        ("2026-11-25 16:59", True),
        ("2026-11-25 17:00", False),
        ("2026-11-28 10:00", False),  # Saturday
        ("2026-11-23 10:00", False),  # 勤労感謝の日
        ("2026-09-22 10:00", False),  # between two holidays: 国民の休日
        ("2027-03-22 10:00", False),  # substitute for a Sunday
        ("2026-12-31 10:00", True),  # the year's end is no public holiday
        ("2027-01-01 10:00", False),
    ],
)
def test_open_on_weekdays_that_are_no_holidays(when: str, expected: bool) -> None:
    assert is_open(OFFICE, at(when)) is expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-11-25 08:00", "2026-11-25 09:00"),
        ("2026-11-25 10:00", "2026-11-25 13:00"),  # open now: the opening after
        ("2026-11-25 12:30", "2026-11-25 13:00"),
        ("2026-11-27 18:00", "2026-11-28 10:00"),
        ("2026-11-21 12:00", "2026-11-24 09:00"),  # over Sunday and a holiday
        ("2026-05-02 12:00", "2026-05-07 09:00"),  # Golden Week
    ],
)
def test_the_next_opening_steps_over_lunch_weekends_and_holidays(when: str, expected: str) -> None:
    assert next_opening(LUNCH, at(when)) == at(expected)


def test_who_never_opens_has_no_next_opening() -> None:
    assert next_opening(Hours((), TOKYO), at("2026-11-25 10:00")) is None


def test_an_instant_of_another_zone_is_read_in_that_of_the_hours() -> None:
    midnight = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)  # 9:00 in Tokyo

    assert is_open(OFFICE, midnight)
    assert not is_open(OFFICE, midnight - timedelta(seconds=1))
    assert next_opening(OFFICE, midnight - timedelta(hours=1)) == midnight


def test_closing_is_the_end_of_the_span_one_is_in() -> None:
    assert closing(LUNCH, at("2026-11-25 11:59")) == at("2026-11-25 12:00")
    assert closing(LUNCH, at("2026-11-25 12:00")) is None


@pytest.mark.parametrize(
    ("since", "until", "minutes"),
    [
        ("2026-11-25 09:10", "2026-11-25 09:40", 30),
        ("2026-11-25 11:50", "2026-11-25 13:20", 30),  # lunch doesn't count
        ("2026-11-25 16:50", "2026-11-26 09:20", 30),
        ("2026-11-20 16:45", "2026-11-24 09:05", 20 + 120),  # Saturday's two hours, Sunday and the holiday none
        ("2026-11-25 18:00", "2026-11-25 22:00", 0),
        ("2026-11-25 10:00", "2026-11-25 09:00", 0),
    ],
)
def test_only_the_time_in_which_somebody_is_there_is_measured(since: str, until: str, minutes: int) -> None:
    assert open_seconds(LUNCH, at(since), at(until)) == minutes * 60


def test_an_hour_lost_to_summer_time_is_no_hour_of_waiting() -> None:
    berlin = parse("Sun 01:00-04:00 Europe/Berlin")
    day = datetime(2026, 3, 29, tzinfo=berlin.zone)

    assert open_seconds(berlin, day, day + timedelta(days=1)) == 2 * 3600


INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(TOKYO))


@given(INSTANTS, INSTANTS, INSTANTS)
def test_waiting_adds_up(a: datetime, b: datetime, c: datetime) -> None:
    a, b, c = sorted((a, b, c))
    c = min(c, a + timedelta(days=20))
    b = min(b, c)

    whole = open_seconds(LUNCH, a, c)

    assert whole == pytest.approx(open_seconds(LUNCH, a, b) + open_seconds(LUNCH, b, c))
    assert 0 <= whole <= (c - a).total_seconds()


@given(INSTANTS)
def test_it_is_open_at_the_next_opening_and_not_just_before(instant: datetime) -> None:
    opening = next_opening(LUNCH, instant)

    assert opening is not None
    assert opening > instant
    assert is_open(LUNCH, opening)
    assert not is_open(LUNCH, opening - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ("Mon-Fri 09:00-17:00 Asia/Tokyo", "平日 9:00〜17:00(土日祝休み)"),
        ("Mon-Fri 09:00-12:00,13:00-17:00 Asia/Tokyo", "平日 9:00〜12:00と13:00〜17:00(土日祝休み)"),
        (
            "Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-12:00 Asia/Tokyo",
            "平日 9:00〜12:00と13:00〜17:00、土 10:00〜12:00(日祝休み)",
        ),
        ("Mon-Sun 08:30-20:05 Asia/Tokyo", "毎日 8:30〜20:05(祝日休み)"),
        ("Mon-Thu 09:00-17:00; Fri 09:00-15:00 Asia/Tokyo", "月〜木 9:00〜17:00、金 9:00〜15:00(土日祝休み)"),
        ("Mon 09:00-12:00; Wed 09:00-12:00 Asia/Tokyo", "月・水 9:00〜12:00(火木金土日祝休み)"),
        ("Sat-Mon 10:00-12:00 Asia/Tokyo", "月・土・日 10:00〜12:00(火水木金祝休み)"),
        ("Mon-Fri 09:00-12:00,12:00-17:00 Asia/Tokyo", "平日 9:00〜17:00(土日祝休み)"),
    ],
)
def test_hours_are_said_as_people_say_them(hours: str, said: str) -> None:
    assert describe(parse(hours)) == said


def test_hours_in_english() -> None:
    assert describe(LUNCH, english=True) == (
        "Mon-Fri 9:00-12:00 and 13:00-17:00, Sat 10:00-12:00 (closed on Japanese public holidays)"
    )


def test_a_moment_names_the_weekday() -> None:
    assert moment(datetime(2026, 11, 26, 0, 5, tzinfo=UTC), OFFICE) == "11月26日(木)9:05"
