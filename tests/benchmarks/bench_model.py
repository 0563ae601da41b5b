"""What a model that answers from its sources does to the figures: scripted ones, beside the extractive answer."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from bot.assistant import Assistant
from bot.evaluation import Report
from tests.benchmarks.figures import table
from tests.library import MemoryLibrary
from tests.reciting import WAYS, recite
from tests.scenario.test_development_set import SHARED, TODAY, Shelf, items, on_documents
from tests.unit.bot.shipped import SOURCES
from tests.unit.test_shipped_answers import report
from tests.unit.test_shipped_evals import SHIPPED, TRAVEL

FIGURES = ("passed", "acts_right", "mrr", "citation_validity", "unsupported", "must_not_contain_violations")


def main(ways: list[str]) -> None:
    """Measure and print, all ways or those that are named."""
    print("## With a model that answers from its sources\n")
    shelf = Assistant(Shelf(), public_url="https://ippo.example")
    pages = {path.relative_to(SOURCES).as_posix(): path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.md")}
    for name, questions in (("shipped", SHIPPED), ("timetravel", TRAVEL)):
        lines = [_line("none", report(name), 0)]
        for way in ways or WAYS:
            recited = recite(way, shelf, questions, pages, TODAY)
            lines.append(_line(way, recited.report, recited.journal.counters()["outcome"].get("sent", 0)))
        print(_table(f"shipped pages, `{name}.jsonl`", lines))
    if not SHARED.is_dir():
        print("The development set is not here.")
        return
    texts = {path.name: path.read_text("utf-8") for path in sorted((SHARED / "documents").glob("*.txt"))}
    documents = Assistant(MemoryLibrary(texts), public_url="https://ippo.example")
    lines = [_line("none", on_documents(), 0)]
    for way in ways or WAYS:
        recited = recite(way, documents, items(), texts, TODAY)
        lines.append(_line(way, recited.report, recited.journal.counters()["outcome"].get("sent", 0)))
    print(_table("development set", lines))


def _table(title: str, lines: list[list[str]]) -> str:
    return table([f"{title}: it repeats", "its words sent", *FIGURES], lines) + "\n"


def _line(way: str, found: Report, sent: int) -> list[str]:
    figures: Mapping[str, Any] = found.figures()
    return [way, str(sent), *(str(figures[name]) for name in FIGURES)]


if __name__ == "__main__":
    main(sys.argv[1:])
