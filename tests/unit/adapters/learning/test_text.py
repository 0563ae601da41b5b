"""What an advisor typed is what is read: nothing of it is Markdown."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.learning.text import as_source, one_line, plain
from ingest.load import read
from ingest.manifest import fields_from_front_matter
from knowledge.documents import CONFIRMED, Kind

WHEN = {"expires": date(2027, 3, 31), "approved": date(2026, 11, 25)}
LINES = st.text(st.sampled_from("あ漢アa1 -*+#>|<`~[]().=_:!&\\・、。"), max_size=12)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("- 対象\r\n* 期間\n+ 額", "・対象\n・期間\n・額"),
        ("1. まず\n2) 次に", "1．まず\n2．次に"),
        ("# 題\n> 引用\n| a |", "＃ 題\n＞ 引用\n｜ a |"),
        ("<b>太字</b>", "＜b＞太字＜/b＞"),
        ("一行\n\n\n   二行  ", "一行\n二行"),
        ("題\n====\n---\n文", "題\n文"),
        ("-5度になります", "-5度になります"),
        ("3.5%です", "3.5%です"),
    ],
)
def test_marks_at_the_beginning_become_words(typed: str, kept: str) -> None:
    assert plain(typed) == kept
    assert plain(kept) == kept


@given(st.lists(LINES, max_size=6))
def test_every_line_is_one_part_as_it_was_typed(lines: list[str]) -> None:
    answer = plain("\n".join(["はい。", *lines, "以上。"]))
    text = as_source(question="質問", answer=answer, based_on="要綱", ward=None, **WHEN)
    extract = read(text.encode(), "1.md")
    said = [part.text for part in extract.parts]
    assert said[:2] == ["質問", "(相談員が確認した回答・2026年11月25日)"]
    assert said[-1] == "根拠: 要綱"
    assert said[2:-1] == answer.split("\n")


def test_the_facts_stand_at_its_head() -> None:
    text = as_source(
        question='「はい」: "いいえ" # どちら?',
        answer="50万円です。",
        based_on="https://example.jp/a",
        ward="minato",
        **WHEN,
    )
    extract = read(text.encode(), "1.md")
    assert fields_from_front_matter(extract.metadata) == {
        "title": '「はい」: "いいえ" # どちら?',
        "publisher": "Ippo相談員",
        "date": date(2026, 11, 25),
        "wards": ("minato",),
        "kind": Kind.FAQ,
        "valid_until": date(2027, 3, 30),
        "reviewed_on": date(2026, 11, 25),
        "trust": CONFIRMED,
        "url": "https://example.jp/a",
        "fiscal_year": 2026,
    }
    assert "(金額は令和8年度のものです)" in text


def test_a_question_is_one_line() -> None:
    assert one_line(" 補助金は\n\nありますか ") == "補助金は ありますか"
