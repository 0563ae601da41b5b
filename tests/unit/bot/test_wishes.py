"""A wish for equipment or work: grants, companies, the rule that comes before an order, all cited."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answer import Act, Answer, Question
from bot.grounding import unsupported
from bot.lists.proofs import Proofs
from bot.lists.wishes import wish
from bot.reading import read
from knowledge.catalogue.load import shipped
from tests.fakes import MemoryIndex
from tests.unit.bot.shipped import index


def told(text: str, ward: str | None = "chiyoda", within: MemoryIndex | None = None) -> Answer | None:
    found = within or index()
    reading = read(Question(text, date(2026, 11, 24), ward), found)
    return wish(reading, shipped(), Proofs(found), "http://localhost:8000")


@pytest.mark.parametrize(
    ("text", "ward", "said", "never"),
    [
        ("エアコンを買い替えたい", "chiyoda", ["助成：省エネルギー改修等", "会社：", "環境政策課"], ["円", "％"]),
        (
            "照明をLEDに替えたい",
            "minato",
            ["助成：省エネルギー診断に基づく設備改修", "港区 環境課"],
            ["千代田", "会社："],
        ),
        ("太陽光パネルを入れたい", None, ["会社：", "千代田区"], ["助成："]),
        ("窓の工事を頼むつもりです", "chiyoda", ["助成：", "上野硝子工業"], ["円"]),
        ("店の前にミストを付けたい", "chiyoda", ["ヒートアイランド"], ["円"]),
    ],
)
def test_grants_companies_and_the_rule_are_told(text: str, ward: str | None, said: list[str], never: list[str]) -> None:
    answer = told(text, ward)
    assert answer is not None
    assert answer.act is Act.ANSWER
    assert all(part in answer.text for part in said), answer.text
    assert not any(part in answer.text for part in never), answer.text
    assert "契約・注文・工事の前に窓口に聞いてください" in answer.text
    assert unsupported(answer) == []


@pytest.mark.parametrize(
    "text",
    ["エアコンを買い替えたいけどいくら?", "車を買い替えたい", "何から始めたらいいか知りたい", "LEDの助成は?", "I want a new air conditioner"],
)  # fmt: skip
def test_questions_and_unknown_things_are_left_to_others(text: str) -> None:
    assert told(text) is None


def test_nothing_is_said_without_the_pages() -> None:
    assert told("エアコンを買い替えたい", within=MemoryIndex([], [])) is None
