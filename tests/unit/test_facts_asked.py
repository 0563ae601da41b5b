"""Sixty facts of the originals, drawn by seed: each is asked about and answered with the passage that tells it.

`knowledge/coverage.tsv` says in which section a fact is told and what must stand there. Some facts are told in a
second section as well; an answer may come from it.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pytest

from bot.answer import Act, Answer, Question, Turn
from bot.assistant import Assistant
from knowledge.documents import Chunk
from knowledge.fold import fold, squeeze
from tests.fakes import MemoryIndex
from tests.unit.bot.shipped import index
from tests.unit.knowledge.pages import PROJECT, page, rows

WANTED = 0.76
FOUND = 0.93
"""What is reached; 0.9 is the aim."""
SEED, DRAWN = 404, 60
WARDS = {"000": "chiyoda", "001": "katsushika", "002": "minato", "003": None, "004": None}
"""Who asks: someone of the ward that the fact's original is about."""
FACTS = {row["id"]: row for row in rows("coverage.tsv")}
ITEMS: list[dict[str, Any]] = [
    json.loads(line) for line in (PROJECT / "tests/evals/facts.jsonl").read_text(encoding="utf-8").splitlines()
]
ALSO: dict[str, set[tuple[str, str]]] = {
    "000-052": {("chiyoda/first-steps.md", "③減らす：設備や建物を替える方法")},
    "000-057": {("chiyoda/e-cycle.md", "どこの電気が届くか")},
    "000-092": {("chiyoda/first-steps.md", "③減らす：設備や建物を替える方法")},
    "000-095": {("chiyoda/grant-consulting.md", "対象になる相談")},
    "000-152": {("chiyoda/events-2026.md", "日付順の一覧")},
    "001-003": {("all23/declaration.md", "いつ、だれが、何を宣言したか")},
    "001-005": {("katsushika/electricity.md", "共同購入とは")},
    "001-013": {("all23/electricity.md", "そのあとの実績（令和6年度の報告）")},
    "002-033": {("minato/j-credit-amounts.md", "年ごとの想定値の表")},
}
"""Sections that, read by a person, answer the question with the same fact."""


class Shelf:
    """The shipped pages as the assistant reads them."""

    def current(self) -> MemoryIndex:
        return index()


def folded(text: str) -> str:
    return squeeze(fold(text))


def holds(text: str, value: str) -> bool:
    """Whether a folded text holds a value; 25 is not held by 2025."""
    value = folded(value)
    before = r"(?<![\d,.])" if value[0].isdigit() else ""
    after = r"(?![\d,.]*\d)" if value[-1].isdigit() else ""
    return re.search(before + re.escape(value) + after, text) is not None


def must(fact: str) -> list[str]:
    return FACTS[fact]["must"].split("|")


def unsaid(item: dict[str, Any]) -> list[str]:
    """What must stand in the fact's passage and the question doesn't say itself: to repeat it is no answer."""
    return [value for value in must(item["id"]) if not holds(folded(item["question"]), value)]


def telling(fact: str) -> set[tuple[str, str]]:
    """The (page, heading) pairs of the sections that tell a fact."""
    return {(FACTS[fact]["file"], FACTS[fact]["heading"])} | ALSO.get(fact, set())


@dataclass(frozen=True)
class Asked:
    """A fact's question and what came of it."""

    item: dict[str, Any]
    answer: Answer

    def cited(self) -> Iterator[Chunk]:
        by_id = {passage.chunk.id: passage.chunk for passage in self.answer.passages}
        wanted = [citation.chunk for citation in self.answer.citations]
        yield from (by_id.get(key) or index().chunks([key])[0].chunk for key in wanted)

    @property
    def places(self) -> set[tuple[str, str]]:
        """The sections that the cited chunks stand in."""
        return {
            (chunk.source, heading) for chunk in self.cited() for block in chunk.blocks for heading in block.heading
        }

    @property
    def told(self) -> str:
        return folded("\n".join([self.answer.text, *(citation.quote for citation in self.answer.citations)]))

    @property
    def passed(self) -> bool:
        # None of the drawn facts is that something isn't stated, so none is answered by abstaining.
        return (
            self.answer.act is Act.ANSWER
            and bool(self.places & telling(self.item["id"]))
            and any(holds(self.told, value) for value in unsaid(self.item))
        )

    def __str__(self) -> str:
        fact = FACTS[self.item["id"]]
        places = [f"{citation.source} {citation.place}" for citation in self.answer.citations]
        return "\n".join(
            (
                f"{self.item['id']} {self.item['question']}",
                f"  wanted {fact['file']} › {fact['heading']}: {' or '.join(unsaid(self.item))}",
                f"  {self.answer.act}, cites {places}",
                f"  {self.answer.text!r}",
            )
        )


@cache
def asked() -> tuple[Asked, ...]:
    assistant = Assistant(Shelf(), public_url="http://localhost:8000")
    found = []
    for item in ITEMS:
        history = tuple(Turn(turn["role"], turn["text"]) for turn in item["history"])
        question = Question(item["question"], date(2026, 11, 24), item["ward"], history)
        found.append(Asked(item, assistant.answer(question)))
    return tuple(found)


def test_the_facts_are_those_drawn() -> None:
    assert [item["id"] for item in ITEMS] == random.Random(SEED).sample(sorted(FACTS), DRAWN)


def test_no_question_is_asked_twice() -> None:
    assert len({item["question"] for item in ITEMS}) == DRAWN


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["id"])
def test_a_question_has_its_form(item: dict[str, Any]) -> None:
    assert set(item) == {"id", "question", "ward", "history"}
    assert item["question"].strip() == item["question"] != ""
    assert item["ward"] == WARDS[item["id"][:3]]
    assert item["history"] == []


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["id"])
def test_a_question_does_not_give_its_answer(item: dict[str, Any]) -> None:
    assert unsaid(item)


def test_a_section_that_tells_a_fact_as_well_is_there() -> None:
    assert ALSO.keys() <= {item["id"] for item in ITEMS}
    assert [place for places in ALSO.values() for place in places if place[1] not in page(place[0]).sections] == []


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["id"])
def test_the_section_named_for_a_fact_holds_what_must_stand_there(item: dict[str, Any]) -> None:
    file, heading = FACTS[item["id"]]["file"], FACTS[item["id"]]["heading"]
    text = folded(page(file).sections[heading])
    assert [value for value in must(item["id"]) if not holds(text, value)] == []


def test_drawn_facts_are_found_among_the_passages() -> None:
    lost = [
        str(result)
        for result in asked()
        if not any(
            (passage.chunk.source, heading) in telling(result.item["id"])
            for passage in result.answer.passages
            for block in passage.chunk.blocks
            for heading in block.heading
        )
    ]
    assert 1 - len(lost) / len(ITEMS) >= FOUND, "\n".join(lost)


def test_drawn_facts_are_answered_with_the_passage_that_tells_them() -> None:
    failed = [result for result in asked() if not result.passed]
    share = (len(ITEMS) - len(failed)) / len(ITEMS)
    assert share >= WANTED, "\n".join((f"{share:.3f} of {len(ITEMS)} answered", *map(str, failed)))
