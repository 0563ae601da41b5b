"""Until when a person has time, read on Wednesday, 2026-11-25."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handoff.deadlines import deadline

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12/5までに出さないといけない", (2026, 12, 5)),
        ("12月5日締切の書類", (2026, 12, 5)),
        ("12月5日(土)15時までに提出", (2026, 12, 5)),
        ("締切は12/5です", (2026, 12, 5)),
        ("１２／５必着です", (2026, 12, 5)),
        ("1/10までに提出", (2027, 1, 10)),  # the next one
        ("11/25までに回答", (2026, 11, 25)),  # today counts
        ("11/24までに回答", (2027, 11, 24)),
        ("令和8年12月5日までに提出", (2026, 12, 5)),
        ("2026/12/1締切", (2026, 12, 1)),
        ("20日までにCO2を出さないと", (2026, 12, 20)),
        ("30日までに返事", (2026, 11, 30)),
        ("来月10日必着", (2026, 12, 10)),
        ("今月末までに提出", (2026, 11, 30)),
        ("12月中に回答が必要", (2026, 12, 31)),
        ("2月末までに報告", (2027, 2, 28)),
        ("今週中に回答しろと言われた", (2026, 11, 29)),
        ("来週までに返事しないと", (2026, 12, 6)),
        ("週明けまでに", (2026, 11, 30)),
        ("金曜日締切", (2026, 11, 27)),
        ("来週の金曜まで", (2026, 12, 4)),
        ("月曜までって言われてる", (2026, 11, 30)),
        ("明日まで", (2026, 11, 26)),
        ("期限が明後日です", (2026, 11, 27)),
        ("今日の17時まで", (2026, 11, 25)),
        ("あと3日", (2026, 11, 28)),
        ("残り五日しかない", (2026, 11, 30)),
        ("あと一週間で締切", (2026, 12, 2)),
        ("2週間以内に提出しないといけない", (2026, 12, 9)),
        ("12/20までだけど、できれば12/5までに出したい", (2026, 12, 5)),  # the nearest
        ("2/30までに提出", None),
        ("13/45までに提出", None),
        ("令和6年12月5日までに提出", None),  # past
        ("締切は12/5?", None),  # asked, not told
        ("12/5まで申し込める?", None),
        ("12月5日までですか?", None),
        ("締切いつ?", None),
        ("5/31までの電気代", None),
        ("11月から2月までのスクール", None),
        ("申請は11/1から12/5まで?", None),
        ("3日以内に返事来る?", None),
        ("12月5日のセミナー", None),
        ("明日の天気", None),
        ("", None),
    ],
)
def test_until_when(text: str, expected: tuple[int, int, int] | None) -> None:
    assert deadline(text, TODAY) == (date(*expected) if expected else None)


@given(
    st.text(alphabet="0123456789/月日今来週明末金曜までに締切あと以内中提出(). ", max_size=40),
    st.dates(date(2024, 1, 1), date(2031, 12, 31)),
)
def test_a_deadline_is_never_past_and_nothing_breaks(text: str, today: date) -> None:
    found = deadline(text, today)

    assert found is None or found >= today
