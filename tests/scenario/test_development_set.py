"""The development set, where it stands beside the project: on its documents, and on the shipped knowledge alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.assistant import Assistant
from bot.evaluation import Report, evaluate
from tests.fakes import MemoryIndex
from tests.library import MemoryLibrary
from tests.unit.bot.shipped import index

PROJECT = Path(__file__).parents[2]
SHARED = PROJECT.parent / "shared"
CHANGED = PROJECT / "tests" / "evals" / "changed.jsonl"
TODAY = date(2026, 11, 24)
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared: the development set and its documents")


class Shelf:
    """The shipped pages as the assistant reads them."""

    def current(self) -> MemoryIndex:
        return index()


def items() -> list[dict[str, Any]]:
    lines = (SHARED / "devset" / "questions.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@cache
def on_documents() -> Report:
    texts = {path.name: path.read_text("utf-8") for path in sorted((SHARED / "documents").glob("*.txt"))}
    return evaluate(Assistant(MemoryLibrary(texts), public_url="https://ippo.example"), items(), texts, TODAY)


def said_right(report: Report, without: set[str]) -> float:
    """Share of items with the right act and words; the sources are not compared."""
    kept = [r for r in report.results if r.item["id"] not in without]
    return sum(r.strings and r.act for r in kept) / len(kept)


def test_what_the_documents_hold_is_answered_and_proved() -> None:
    figures: Mapping[str, Any] = on_documents().figures()
    assert figures["passed"] >= 0.80
    assert figures["evidence_recall"]["2000"]["any"] >= 0.95
    assert figures["mrr"] >= 0.80
    assert figures["auc"] >= 0.88
    assert figures["citation_validity"] == 1.0
    assert figures["unsupported"] == 0
    assert figures["must_not_contain_violations"] == 0
    assert figures["followups_evidence"] == 1.0


def test_on_the_shipped_pages_it_falls_by_five_points_at_most() -> None:
    changed = {json.loads(line)["id"] for line in CHANGED.read_text("utf-8").splitlines()}
    shipped = evaluate(Assistant(Shelf(), public_url="https://ippo.example"), items(), {}, TODAY)
    assert said_right(shipped, changed) >= said_right(on_documents(), changed) - 0.05
