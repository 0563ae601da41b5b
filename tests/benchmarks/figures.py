"""Metrics: recall of the evidence, rank, time; differences with their intervals; tables."""

from __future__ import annotations

import resource
import statistics
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from bot.answer import Act, Answer, Question
from bot.evaluation import Result, evaluate
from knowledge.documents import Block, BlockKind, Chunk, Passage, Source
from tests.benchmarks.corpus import TODAY

SHOWN = 10
"""Passages that each system may hand out, the contract's limit."""
ROUNDS = 10_000


class Searching(Protocol):
    """A system under measurement that finds passages."""

    def search(self, question: Question) -> Sequence[Passage]:
        """Give passages, best first."""


@runtime_checkable
class Answering(Protocol):
    """A system under measurement that gives whole answers; their passages count."""

    def answer(self, question: Question) -> Answer:
        """Answer a question."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One system's outcome on all questions, in their order."""

    name: str
    results: list[Result]

    def recall(self, budget: int, *, every: bool = False) -> np.ndarray[Any, Any]:
        """1 for each question whose evidence (any of it, or all) lies within so many characters of passages."""
        return np.array([result.within[budget][every] for result in self.results], dtype=float)

    @property
    def ranks(self) -> np.ndarray[Any, Any]:
        """Reciprocal rank of the first passage with evidence, per question."""
        return np.array([result.reciprocal_rank for result in self.results])

    @property
    def passed(self) -> np.ndarray[Any, Any]:
        """1 for each question whose answer passed, as `ippo eval` counts it."""
        return np.array([result.passed for result in self.results], dtype=float)

    @property
    def leaning(self) -> np.ndarray[Any, Any]:
        """True for the questions that have a history."""
        return np.array([bool(result.item["history"]) for result in self.results])

    @property
    def p50(self) -> float:
        """Median time of a question in milliseconds."""
        return statistics.median(result.milliseconds for result in self.results)

    def part(self, chosen: Sequence[bool]) -> Measured:
        """Keep some of the questions."""
        return Measured(self.name, [r for r, keep in zip(self.results, chosen, strict=True) if keep])


class _Answering:
    """Hands a system's passages to `bot.evaluation`, so that all are counted by the code behind `ippo eval`."""

    def __init__(self, system: Searching) -> None:
        self._system = system

    def answer(self, question: Question) -> Answer:
        return Answer(Act.ANSWER, "", passages=tuple(self._system.search(question)[:SHOWN]))


def measure(
    name: str, system: Searching | Answering, items: Sequence[Mapping[str, Any]], *, rounds: int = 2
) -> Measured:
    """Ask a system all questions so many times; the last round counts, the ones before warm its caches."""
    answering = system if isinstance(system, Answering) else _Answering(system)
    report = [evaluate(answering, items, {}, TODAY) for _ in range(rounds)][-1]
    return Measured(name, report.results)


def passages(texts: Iterable[str]) -> list[Passage]:
    """Make passages of plain text, as peers give it."""
    plain = Source("peer")
    return [Passage(Chunk("peer", 0, (Block(BlockKind.PARAGRAPH, text),), id="-"), plain, 0.0) for text in texts]


@dataclass(frozen=True, slots=True)
class Gain:
    """A difference of means with its 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def proven(self) -> bool:
        """The interval leaves zero out."""
        return self.low > 0 or self.high < 0


def gain(ours: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any]) -> Gain:
    """Bootstrap the mean difference over questions, paired."""
    difference = ours - theirs
    drawn = np.random.default_rng(20261101).integers(0, len(difference), (ROUNDS, len(difference)))
    low, high = np.percentile(difference[drawn].mean(axis=1), (2.5, 97.5))
    return Gain(float(difference.mean()), float(low), float(high))


def points(value: Gain) -> str:
    """Write a difference of shares in percentage points."""
    return f"{100 * value.mean:+.1f} [{100 * value.low:+.1f}, {100 * value.high:+.1f}]"


def thousandths(value: Gain) -> str:
    """Write a difference of mean reciprocal ranks."""
    return f"{value.mean:+.3f} [{value.low:+.3f}, {value.high:+.3f}]"


def _share(found: np.ndarray[Any, Any]) -> str:
    return f"{100 * found.mean():.1f}" if found.size else "–"


COLUMNS: dict[str, Callable[[Measured], str]] = {
    "R@1k": lambda m: _share(m.recall(1000)),
    "R@2k": lambda m: _share(m.recall(2000)),
    "R@4k": lambda m: _share(m.recall(4000)),
    "all@2k": lambda m: _share(m.recall(2000, every=True)),
    "MRR": lambda m: f"{m.ranks.mean():.3f}",
    "follow-ups": lambda m: _share(m.recall(2000)[m.leaning]),
    "p50 ms": lambda m: f"{m.p50:.2f}",
}
"""The figures of a system by their names: R is any of the evidence, all is all of it, follow-ups is R@2k."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def row(name: str, value: str) -> None:
    """Print one figure."""
    print(f"{name:<44}{value}", flush=True)


def peak() -> float:
    """Give the most memory that this process has held so far, in MiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in KiB, macOS in bytes.
    return most / (1024 if sys.platform != "darwin" else 1024 * 1024)
