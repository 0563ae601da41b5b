"""What the program remarks on a model's words: whose they are, that they are proposed, that a day is over."""

from __future__ import annotations

from datetime import date

import pytest

from bot.agent.remarks import remarks
from bot.answer import Citation, Question
from bot.reading import read
from knowledge.documents import Block, BlockKind, Chunk, Kind, Passage, Source
from knowledge.memory import MemoryIndex

INDEX = MemoryIndex((), ())
CITED = Citation(1, "a.md", "A", "", "引用", "chunk", "https://x")


def passage(text: str = "引用", **facts: object) -> Passage:
    chunk = Chunk("a.md", 0, (Block(BlockKind.PARAGRAPH, text),), "chunk")
    return Passage(chunk, Source("a.md", **facts), 1.0)  # type: ignore[arg-type]


def said(text: str, held: Passage | None = None, question: str = "催しは?", ward: str | None = "chiyoda") -> list[str]:
    reading = read(Question(question, date(2026, 11, 24), ward), INDEX)
    return list(remarks(text, [CITED], {"chunk": held or passage()}, reading))


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("経営フォーラムは2026年3月12日に開催します。[1]", "2026年3月12日"),
        ("共創会議は2026年5月中旬の予定です。[1]", "2026年5月中旬"),
        ("申込みは令和8年4月30日までです。[1]", "令和8年4月30日"),
        ("2026年3月12日(木) 14:00 経営フォーラム[1]", "2026年3月12日(木)"),
    ],
)
def test_a_day_that_is_over_is_called_that(text: str, over: str) -> None:
    assert said(text) == [f"※{over}は、すでに過ぎています。"]


@pytest.mark.parametrize(
    "text",
    [
        "経営フォーラムは2026年12月12日に開催します。[1]",
        "経営フォーラムは2026年3月12日に開催されました。[1]",
        "経営フォーラム(2026年3月12日)はもう終わっています。[1]",
        "2025年11月から2027年2月ごろに開催する予定です。[1]",
        "2024年4月5日の広報では、申込みは環境課です。[1]",
        "令和6年度の上限は50万円です。[1]",
        "2026年3月12日の気温は12度です。[1]",
        "経営フォーラムは来月に開催します。[1]",
    ],
)
def test_nothing_is_remarked_on_what_is_to_come_or_is_told_as_past(text: str) -> None:
    assert said(text) == []


def test_a_day_without_its_year_lies_in_the_year_of_its_weekday() -> None:
    held = passage("2026年の催し。3/12(木) 経営フォーラム")
    assert said("経営フォーラムは3/12(木)に開催します。[1]", held) == ["※3/12(木)は、すでに過ぎています。"]


def test_another_wards_document_and_a_proposal_are_called_that_once() -> None:
    other = passage(wards=("minato",))
    assert said("助成は50万円です。[1]", other) == ["※[1]は港区の資料です。千代田区での扱いは書かれていません。"]
    assert said("港区の助成は50万円です。[1]", other) == []
    assert said("助成は50万円です。[1]", other, ward=None) == []
    plan = passage(kind=Kind.PROPOSAL)
    assert said("設備を広げます。[1]", plan) == ["※[1]は提案の資料です。決まったことではありません。"]
    assert said("設備を広げることが提案されています。[1]", plan) == []
