"""The questions of our own on the shipped pages, asked: how many are answered right, and that nothing is misquoted or invented."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from bot.assistant import Assistant
from bot.evaluation import Report, Result, evaluate
from knowledge.fold import squeeze
from tests.fakes import MemoryIndex
from tests.unit.bot.shipped import SOURCES, index
from tests.unit.test_shipped_evals import SHIPPED, TRAVEL, Item

WANTED = 0.92


class Shelf:
    """The shipped pages as the assistant reads them."""

    def current(self) -> MemoryIndex:
        return index()


@cache
def report(name: str) -> Report:
    items = {"shipped": SHIPPED, "timetravel": TRAVEL}[name]
    pages = {path.relative_to(SOURCES).as_posix(): path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.md")}
    return evaluate(Assistant(Shelf(), public_url="http://localhost:8000"), items, pages, date(2026, 11, 24))


def reasons(result: Result) -> str:
    """One line on why an item failed."""
    item: Item = dict(result.item)
    text = squeeze(result.answer.text)
    told = [item["id"]]
    if not result.act:
        told.append(f"{result.answer.act}, expected {item['expect']}")
    told += [f"lacks {words[:3]}" for words in item["must_contain"] if not any(word in text for word in words)]
    told += [f"says {word!r}" for word in item["must_not_contain"] if word in text]
    if item["answerable"] and not result.evidence:
        told.append("cites no evidence")
    if result.invalid_citations:
        told.append(f"{result.invalid_citations} quotes not in their page")
    told += [f"unsupported {kind} {value!r}" for kind, value in result.unsupported]
    return "; ".join(told)


@pytest.mark.parametrize("name", ["shipped", "timetravel"])
def test_the_shipped_knowledge_answers_our_questions(name: str) -> None:
    results = report(name).results
    failed = [reasons(result) for result in results if not result.passed]
    share = 1 - len(failed) / len(results)
    assert share >= WANTED, "\n".join((f"{share:.3f} of {len(results)} passed", *failed))


@pytest.mark.parametrize("name", ["shipped", "timetravel"])
def test_no_answer_misquotes_invents_or_says_what_is_dangerous(name: str) -> None:
    bad = [r for r in report(name).results if r.invalid_citations or r.unsupported or r.forbidden]
    assert [reasons(result) for result in bad] == []
