"""Scores a question set: the metrics of `ippo eval`."""

from __future__ import annotations

import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.answer import Act, Answer, Question, Turn
from bot.grounding import unsupported
from bot.ports import Answering
from knowledge.fold import squeeze

BUDGETS = (1000, 2000, 4000)
"""Characters of passages within which evidence is looked for."""


@dataclass(slots=True)
class Result:
    """One item's outcome."""

    item: Mapping[str, Any]
    answer: Answer
    strings: bool
    act: bool
    evidence: bool
    reciprocal_rank: float
    within: dict[int, tuple[bool, bool]]
    """Budget → (any, all) evidence found."""
    invalid_citations: int
    forbidden: bool
    unsupported: list[tuple[str, str]]
    milliseconds: float

    @property
    def passed(self) -> bool:
        """Strings, act and, if it is answerable, a citation with evidence."""
        return self.strings and self.act and (self.evidence or not self.item["answerable"])


@dataclass(slots=True)
class Report:
    """All figures of a run."""

    results: list[Result] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """Compute the figures; shares are 0 to 1, times milliseconds."""
        items = self.results
        answerable = [r for r in items if r.item["answerable"]]
        silent = [r for r in items if r.item["expect"] in ("abstain", "refuse")]
        unanswerable = [r for r in items if not r.item["answerable"]]
        by_kind: dict[str, list[Result]] = defaultdict(list)
        for result in items:
            by_kind[result.item["kind"]].append(result)
        times = sorted(r.milliseconds for r in items)
        area, low, high = auc([r.answer.confidence for r in answerable], [r.answer.confidence for r in silent])
        cited = sum(len(r.answer.citations) for r in items)
        return {
            "items": len(items),
            "passed": _share(r.passed for r in items),
            "passed_by_kind": {kind: _share(r.passed for r in found) for kind, found in sorted(by_kind.items())},
            "acts_right": _share(r.act for r in items),
            "evidence_recall": {
                str(budget): {
                    "any": _share(r.within[budget][0] for r in answerable),
                    "all": _share(r.within[budget][1] for r in answerable),
                }
                for budget in BUDGETS
            },
            "mrr": round(statistics.fmean(r.reciprocal_rank for r in answerable), 4) if answerable else None,
            "citations": cited,
            "citation_validity": round(1 - sum(r.invalid_citations for r in items) / cited, 4) if cited else None,
            "unsupported": sum(len(r.unsupported) for r in items),
            "must_not_contain_violations": sum(r.forbidden for r in items),
            "unanswerable_not_answered": _share(r.answer.act is not Act.ANSWER for r in unanswerable),
            "answerable_answered": _share(r.answer.act is Act.ANSWER for r in answerable),
            "auc": area,
            "auc_95": [low, high],
            "followups_passed": _share(r.passed for r in items if r.item["history"]),
            "followups_evidence": _share(r.within[2000][0] for r in answerable if r.item["history"]),
            "p50_ms": round(times[len(times) // 2], 2) if times else None,
            "p95_ms": round(times[min(len(times) - 1, int(len(times) * 0.95))], 2) if times else None,
        }

    def failed(self) -> list[Result]:
        """The items that did not pass."""
        return [result for result in self.results if not result.passed]


def _share(values: Iterable[bool]) -> float | None:
    found = list(values)
    return round(sum(found) / len(found), 4) if found else None


def evaluate(
    assistant: Answering, items: Sequence[Mapping[str, Any]], originals: Mapping[str, str], today: date
) -> Report:
    """Answer every item and score it.

    Args:
        assistant: The one to score.
        items: Of the form of `devset/questions.jsonl`.
        originals: Source id → extracted text of the original; a citation of a source that is missing here is
            checked against nothing and counts as invalid.
        today: Date of the answers; an item's own `today` wins.
    """
    report = Report()
    squeezed = {key: squeeze(text) for key, text in originals.items()}
    if items:
        assistant.answer(Question("こんにちは。省エネ?", today))  # dictionaries are loaded before the clock runs
    for item in items:
        question = Question(
            item["question"],
            date.fromisoformat(item["today"]) if item.get("today") else today,
            item.get("ward"),
            tuple(Turn(turn["role"], turn["text"]) for turn in item.get("history", ())),
        )
        start = time.perf_counter()
        answer = assistant.answer(question)
        milliseconds = (time.perf_counter() - start) * 1000
        report.results.append(_score(item, answer, squeezed, milliseconds))
    return report


def _score(item: Mapping[str, Any], answer: Answer, originals: Mapping[str, str], milliseconds: float) -> Result:
    text = squeeze(answer.text)
    forbidden = any(bad in text for bad in item["must_not_contain"])
    strings = all(any(good in text for good in group) for group in item["must_contain"]) and not forbidden
    evidence = [squeeze(quote) for quote in item["evidence"]]
    passages = [squeeze(passage.chunk.text) for passage in answer.passages]
    chunks = {passage.chunk.id: squeeze(passage.chunk.text) for passage in answer.passages}
    proven = any(quote in chunks.get(citation.chunk, "") for citation in answer.citations for quote in evidence)
    ranks = [i for i, passage in enumerate(passages, 1) if any(quote in passage for quote in evidence)]
    within: dict[int, tuple[bool, bool]] = {}
    for budget in BUDGETS:
        seen: list[str] = []
        used = 0
        for passage, plain in zip(answer.passages, passages, strict=True):
            used += len(passage.chunk.text)
            if used > budget and seen:
                break
            seen.append(plain)
        hits = [any(quote in passage for passage in seen) for quote in evidence]
        within[budget] = (any(hits), bool(hits) and all(hits))
    invalid = sum(squeeze(c.quote) not in originals.get(c.source, "") for c in answer.citations)
    return Result(
        item,
        answer,
        strings,
        answer.act.value == item["expect"],
        proven,
        1 / ranks[0] if ranks else 0.0,
        within,
        invalid,
        forbidden,
        unsupported(answer) if answer.act is Act.ANSWER else [],
        milliseconds,
    )


def auc(
    positive: Sequence[float], negative: Sequence[float], *, rounds: int = 1000
) -> tuple[float | None, float, float]:
    """Area under the ROC curve with its 95 % bootstrap interval.

    Returns:
        (area, low, high); (None, 0, 1) if either side is empty. Ties count half.
    """
    if not positive or not negative:
        return None, 0.0, 1.0
    drawn = random.Random(20260101)  # noqa: S311 - a bootstrap, repeatable on purpose
    areas = sorted(
        _area(drawn.choices(positive, k=len(positive)), drawn.choices(negative, k=len(negative))) for _ in range(rounds)
    )
    return (
        round(_area(positive, negative), 4),
        round(areas[int(rounds * 0.025)], 4),
        round(areas[int(rounds * 0.975)], 4),
    )


def _area(positive: Sequence[float], negative: Sequence[float]) -> float:
    counts = Counter(negative)
    values = sorted(counts)
    below: dict[float, float] = {}
    total = 0
    for value in values:
        below[value] = total + counts[value] / 2
        total += counts[value]
    wins = 0.0
    for score in positive:
        if score in below:
            wins += below[score]
        else:
            wins += sum(counts[value] for value in values if value < score)
    return wins / (len(positive) * len(negative))
