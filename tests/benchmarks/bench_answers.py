"""Whole answers through the real command: `ippo eval`'s figures, and how long a terminal waits for `ippo`."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.benchmarks.corpus import TODAY, Corpus, Item, load
from tests.benchmarks.figures import row, table

QUESTION = "千代田区で小さな会社をやっています。脱炭素は何から始めればいいですか"
TIMES = 5
"""Starts of a command, of which the median counts."""


class Command:
    """The installed `ippo`, with a data directory of its own."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._program = Path(sys.executable).with_name("ippo")
        own = {name: value for name, value in os.environ.items() if not name.startswith("IPPO_")}
        self._environment = {**own, "IPPO_DATA_DIR": str(place / "data")}

    def run(self, *arguments: str) -> str:
        """Run it, and give its standard output; ends the program if it fails."""
        # Not in the project's folder: a developer's `.env` there would be read.
        call = [str(self._program), *arguments]
        done = subprocess.run(call, cwd=self._place, env=self._environment, check=False, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"ippo {arguments[0]} failed:\n{done.stderr}")
        return done.stdout

    def seconds(self, *arguments: str) -> float:
        """Time it by the wall clock."""
        spent = []
        for _ in range(TIMES):
            started = time.perf_counter()
            self.run(*arguments)
            spent.append(time.perf_counter() - started)
        return statistics.median(spent)

    def evaluate(self, items: Iterable[Item]) -> dict[str, Any]:
        """Give the figures of `ippo eval --json`."""
        file = self._place / "questions.jsonl"
        dated = ({"today": TODAY.isoformat(), **item} for item in items)
        file.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in dated), encoding="utf-8")
        return dict(json.loads(self.run("eval", str(file), "--json")))


def main() -> None:
    """Measure and print."""
    corpus = load()
    print("## Answers\n")
    with tempfile.TemporaryDirectory(prefix="ippo-bench-") as directory:
        command = Command(Path(directory))
        command.run("ingest", str(corpus.folder))
        print(table(["figure", *_titles(corpus)], _figures([command.evaluate(items) for items in _sets(corpus)])))
        print()
        row("ippo --help", f"{command.seconds('--help'):.2f} s  (under 0.4)")
        row("ippo ask, index existing", f"{command.seconds('ask', QUESTION):.2f} s  (under 4)")


def _titles(corpus: Corpus) -> list[str]:
    together = ["Together"] if len(corpus.sets) > 1 else []
    return [f"{title} ({len(items)})" for title, items in zip([*corpus.sets, *together], _sets(corpus), strict=True)]


def _sets(corpus: Corpus) -> list[list[Item]]:
    sets = list(corpus.sets.values())
    return [*sets, [item for items in sets for item in items]] if len(sets) > 1 else sets


def _figures(reports: list[dict[str, Any]]) -> list[list[str]]:
    rows = {
        "items passed, %": [_percent(report["passed"]) for report in reports],
        "evidence in 2,000 characters, %": [_percent(report["evidence_recall"]["2000"]["any"]) for report in reports],
        "MRR": [f"{report['mrr']:.3f}" for report in reports],
        "follow-ups with evidence, %": [_percent(report["followups_evidence"]) for report in reports],
        "AUC of the confidence, 95 %": [_area(report) for report in reports],
        "unanswerable not answered, %": [_percent(report["unanswerable_not_answered"]) for report in reports],
        "answerable answered, %": [_percent(report["answerable_answered"]) for report in reports],
        "valid citations, %": [_percent(report["citation_validity"]) for report in reports],
        "unsupported values": [str(report["unsupported"]) for report in reports],
        "must_not_contain violations": [str(report["must_not_contain_violations"]) for report in reports],
        "p50 / p95 ms": [f"{report['p50_ms']:.1f} / {report['p95_ms']:.1f}" for report in reports],
    }
    return [[name, *values] for name, values in rows.items()]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}"


def _area(report: dict[str, Any]) -> str:
    if report["auc"] is None:
        return "–"
    low, high = report["auc_95"]
    return f"{report['auc']:.3f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
