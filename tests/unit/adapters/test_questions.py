from __future__ import annotations

from datetime import date

import pytest

from adapters.questions import clean, read
from bot.answer import Question, Turn

TODAY = date(2026, 4, 1)


def test_a_line_becomes_a_question() -> None:
    item = read(
        '{"id": "d1", "question": "いくら?", "ward": "chiyoda", "today": "2026-05-01", '
        '"history": [{"role": "user", "text": "省エネ診断とは"}], "expect": "answer"}'
    )

    assert item.id == "d1"
    assert item.asked(TODAY) == Question("いくら?", date(2026, 5, 1), "chiyoda", (Turn("user", "省エネ診断とは"),))


def test_what_is_left_out_is_empty_and_the_date_is_today() -> None:
    assert read('{"question": "いくら?", "ward": null}').asked(TODAY) == Question("いくら?", TODAY)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "JSON"),
        ("[]", "object"),
        ("{}", "question"),
        ('{"question": 1}', "question"),
        ('{"question": "a", "ward": "千代田区"}', "none of the 23 wards"),
        ('{"question": "a", "today": "1 April"}', "today"),
        ('{"question": "a", "history": [{"role": "system", "text": "a"}]}', "history.0.role"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_on_one_line(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as raised:
        read(line)

    assert "\n" not in str(raised.value)


def test_half_a_character_is_replaced() -> None:
    assert clean("a\ud83d") == "a?"
