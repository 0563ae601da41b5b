"""What the person is told: in hours, out of hours, near closing, on a page that may be closed."""

from __future__ import annotations

import re
from datetime import datetime
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handoff import words
from bot.hours import Hours, parse

TOKYO = ZoneInfo("Asia/Tokyo")
HOURS = parse("Mon-Fri 09:00-17:00 Asia/Tokyo")
LUNCH = parse("Mon-Fri 09:00-12:00,13:00-17:00 Asia/Tokyo")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


def test_in_hours_the_usual_wait_is_said_and_not_promised() -> None:
    said = words.called(HOURS, at("2026-11-25 10:00"), here=False, reachable_by="このトーク")

    assert "このトークにお返事します" in said
    assert "平日 9:00〜17:00(土日祝休み)" in said
    assert "目安は30分ほど" in said
    assert "前後します" in said
    assert words.CANCEL in said
    assert "画面" not in said


@pytest.mark.parametrize(
    ("when", "following"),
    [
        ("2026-11-25 19:00", "11月26日(木)9:00から"),
        ("2026-11-20 17:00", "11月24日(火)9:00から"),  # Friday evening before a holiday on Monday
        ("2026-11-25 07:00", "11月25日(水)9:00から"),
    ],
)
def test_out_of_hours_the_next_opening_is_named(when: str, following: str) -> None:
    said = words.called(HOURS, at(when), here=False, reachable_by="このトーク")

    assert "受付時間の外" in said
    assert following in said
    assert "お預かりしています" in said
    assert "自動でお答えします" in said
    assert "30分" not in said


def test_shortly_before_closing_it_may_become_the_next_opening() -> None:
    said = words.called(LUNCH, at("2026-11-25 11:45"), here=False, reachable_by="このトーク")

    assert "いまの受付は12:00まで" in said
    assert "11月25日(水)13:00から" in said
    assert "いまの受付" not in words.called(LUNCH, at("2026-11-25 11:29"), here=False, reachable_by="このトーク")


def test_on_a_page_a_contact_can_be_left_or_is_there_already() -> None:
    said = words.called(HOURS, at("2026-11-25 10:00"), here=True, reachable_by="")
    kept = words.called(HOURS, at("2026-11-25 10:00"), here=True, reachable_by="", contact="090-****-5678")

    assert "この画面にお返事します" in said
    assert words.LEAVE_CONTACT in said
    assert "090-****-5678" in kept
    assert words.LEAVE_CONTACT not in kept


def test_hours_that_never_come_promise_nothing() -> None:
    said = words.called(Hours((), TOKYO), at("2026-11-25 10:00"), here=False, reachable_by="このトーク")

    assert "次の受付の日はまだお伝えできません" in said


def test_a_second_call_says_when_the_first_was() -> None:
    said = words.already_waiting(HOURS, at("2026-11-25 10:30"), at("2026-11-25 10:05"))

    assert "11月25日(水)10:05" in said
    assert "もう一度" in said


def test_waiting_longer_says_how_it_goes_on() -> None:
    said = words.takes_longer(HOURS, at("2026-11-25 10:30"), here=True)

    assert "お返事できていません" in said
    assert words.CANCEL in said
    assert words.LEAVE_CONTACT in said
    assert words.LEAVE_CONTACT not in words.takes_longer(HOURS, at("2026-11-25 10:30"))
    assert "目安" not in said, "that time is over"


def test_an_advisor_is_named_only_where_there_is_a_name() -> None:
    for say in (words.claimed, words.handed_over, words.returned, words.closed):
        assert "相談員の田中" in say("田中")
        assert "相談員の" not in say("")
        assert "advisor Tanaka" in say("Tanaka", english=True)


def test_the_end_asks_how_it_went_in_the_same_message() -> None:
    assert "いかがでしたか" in words.closed("田中")


def test_a_bad_rating_gets_an_apology_and_a_way_back() -> None:
    assert words.CALL in words.rated(1)
    assert "申し訳" in words.rated(1)
    assert words.rated(3) == words.rated(2) == words.rated()


def test_without_a_desk_nobody_calls_back() -> None:
    said = words.no_desk(HOURS, "みどり窓口(03-0000-0000)です。[1]")

    assert "折り返しのご連絡もしません" in said
    assert "みどり窓口(03-0000-0000)です。[1]" in said
    assert "平日 9:00〜17:00" in said
    assert "nobody will call back" in words.no_desk(HOURS, "Desk [1]", english=True)


def test_danger_comes_before_advice() -> None:
    said = words.safety()

    assert said.index("離れて") < said.index("119")
    assert "ガス会社" in said
    assert "電力会社" in said
    assert "緊急の対応ができません" in said


def test_consent_names_what_it_is_for() -> None:
    assert "090-****-5678" in words.confirm_contact("090-****-5678")
    assert "このご相談へのお返事だけ" in words.confirm_contact("090-****-5678")


@pytest.mark.parametrize("name", sorted(words.sentences()))
def test_every_sentence_stands_in_both_languages(name: str) -> None:
    sentence = words.sentences()[name]

    assert sentence.keys() == {"ja", "en"}
    assert all(sentence.values())
    assert re.search(r"[ぁ-ん]|画面", sentence["ja"])
    assert not re.search(r"[ぁ-んァ-ン一-龥]", sentence["en"])


@pytest.mark.parametrize("name", sorted(words.sentences()))
def test_nothing_is_promised_without_a_condition(name: str) -> None:
    assert not re.search(
        r"後ほど|のちほど|追って|すぐに(?:お返事|ご連絡)|必ず|折り返しご連絡", words.sentences()[name]["ja"]
    )


@pytest.mark.parametrize("name", sorted(words.sentences()))
def test_english_fills_in_nothing_that_japanese_does_not(name: str) -> None:
    ja, en = (
        {field for _, field, _, _ in Formatter().parse(words.sentences()[name][x]) if field} for x in ("ja", "en")
    )

    # The caution of a topic is a Japanese sentence.
    assert ja - {"caution"} == en


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=st.just(TOKYO)),
    st.booleans(),
    st.booleans(),
    st.sampled_from([HOURS, LUNCH]),
)
def test_whatever_the_time_a_full_sentence_comes_out(
    instant: datetime, here: bool, english: bool, hours: Hours
) -> None:
    for said in (
        words.called(hours, instant, here=here, reachable_by="LINE", english=english),
        words.takes_longer(hours, instant, here=here, english=english),
        words.already_waiting(hours, instant, instant, english=english),
    ):
        assert not re.search(r"[{}]|None", said)
        assert ("順にお返事します" in said) or english
        assert not ("目安は30分" in said and "受付時間の外" in said)
