"""What the documents hold for a question: passages, units, candidates, and how sure that they answer it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.policies import on_topic
from bot.reading import Name, Reading
from bot.select import Candidate, candidates
from bot.units import Unit, units
from bot.wants import Want
from knowledge.documents import Passage
from knowledge.fold import fold
from knowledge.index import MentionKind
from knowledge.retrieval import Filter, Ranked, Retriever

READ = 14
"""Passages that are cut into units."""
SHOWN = 10
"""Passages handed out, the contract's limit."""


@dataclass(frozen=True, slots=True)
class Material:
    """The evidence for one question."""

    ranked: tuple[Ranked, ...]
    candidates: tuple[Candidate, ...]
    """Best first."""
    retriever: Retriever

    @property
    def coverage(self) -> float:
        """How much of the question's topics the best unit covers, 0 to 1."""
        return max((candidate.coverage for candidate in self.candidates[:8]), default=0.0)

    @property
    def off_topic(self) -> bool:
        """Nothing in the documents is about this."""
        return self.coverage < OFF_TOPIC_BELOW

    def passages(self, cited: Sequence[Unit] = ()) -> tuple[Passage, ...]:
        """Give the passages for a reply, those that prove it first, scores never rising, at most ten."""
        found: dict[str, Passage] = {}
        for unit in cited:
            found.setdefault(unit.chunk.id, Passage(unit.chunk, unit.source, 0.0))
        scores = {item.indexed.chunk.id: item.score for item in self.ranked}
        for item in self.ranked:
            found.setdefault(item.indexed.chunk.id, self.retriever.passage(item.indexed.chunk, item.score))
        shown = list(found.values())[:SHOWN]
        top = max(scores.values(), default=1.0) or 1.0
        result: list[Passage] = []
        ceiling = 1.0
        for passage in shown:
            ceiling = min(ceiling, max(scores.get(passage.chunk.id, 0.0) / top, 0.0) or ceiling)
            result.append(Passage(passage.chunk, passage.source, round(ceiling, 4)))
        return tuple(result)


OFF_TOPIC_BELOW = 0.22
"""Coverage below which a question is about something else."""


def gather(reading: Reading, retriever: Retriever) -> Material:
    """Retrieve for a question and score what is found."""
    where = Filter(reading.ward, reading.question.today, reading.named_wards)
    ranked = retriever.rank(reading.query, where)
    found: list[Unit] = []
    for i, item in enumerate(ranked[:READ]):
        chunk = item.indexed.chunk
        found.extend(units(chunk, retriever.index.source(chunk.source), i, item.score))
    scored = candidates(found, reading.query, reading.asked, retriever.idf)
    return Material(tuple(_by_units(ranked, scored)), tuple(scored), retriever)


def _by_units(ranked: Sequence[Ranked], scored: Sequence[Candidate]) -> list[Ranked]:
    """Order passages by their best unit, which knows what kind of value was asked for."""
    best: dict[str, float] = {}
    for candidate in scored:
        key = candidate.unit.chunk.id
        best[key] = max(best.get(key, -math.inf), candidate.score)
    read = [item for item in ranked if item.indexed.chunk.id in best]
    rest = [item for item in ranked if item.indexed.chunk.id not in best]
    return [*sorted(read, key=lambda item: -best[item.indexed.chunk.id]), *rest]


def about(candidate: Candidate, name: Name) -> bool:
    """Tell whether a candidate speaks of a named organisation or programme."""
    unit = candidate.unit
    plain = fold("\n".join((unit.chunk.text, unit.chunk.context, unit.subject))).lower()
    plain = plain.replace("・", "").replace(" ", "").replace("ちょエコ", "ちよエコ")
    return name.said in plain


def of_name(material: Material, names: Sequence[Name]) -> tuple[Candidate, ...]:
    """Keep the candidates that speak of the names in a question; all of them where it names none.

    Where it names several, a candidate that speaks of any one is kept.
    """
    if not names:
        return material.candidates
    return tuple(c for c in material.candidates if any(about(c, name) for name in names))


def programmes(names: Sequence[Name]) -> tuple[Name, ...]:
    """The programmes among names."""
    return tuple(name for name in names if name.kind is MentionKind.PROGRAMME)


def answering(reading: Reading, material: Material) -> tuple[Candidate, ...]:
    """Keep the candidates that can answer: about the subject, and holding the kind of value asked for.

    "About the subject" is judged against the best that the documents have, so that a value that stands
    somewhere else does not answer for the programme that was asked about.
    """
    pool = of_name(material, reading.names)
    if not pool:
        return ()
    floor = max(MIN_COVERAGE, SAME_SUBJECT * max(candidate.coverage for candidate in pool))
    hard = reading.asked.hard
    kept = tuple(c for c in pool if c.coverage >= floor and (not hard or c.met & hard))
    if hard & {Want.AMOUNT, Want.FEE, Want.RATE, Want.DEADLINE, Want.APPLICATION, Want.PLACE, Want.PERSON, Want.TIME}:
        # These must stand in the unit that is about the subject, not merely near it.
        kept = tuple(c for c in kept if c.coverage >= 0.9 * max(candidate.coverage for candidate in pool))
    return kept


MIN_COVERAGE = 0.3
SAME_SUBJECT = 0.7


def confidence(reading: Reading, chosen: Sequence[Candidate], material: Material) -> float:
    """Estimate the probability that the documents answer a question, 0 to 1.

    A logistic of how much of the question the best unit covers and whether it holds what was asked for.
    """
    best = chosen[0] if chosen else (material.candidates[0] if material.candidates else None)
    if best is None:
        return 0.01
    hard = reading.asked.hard
    met = len(best.met & hard) / len(hard) if hard else 0.6
    z = -2.2 + 3.6 * best.coverage + 1.2 * best.own + 1.6 * met + (0.6 if on_topic(reading.text) else 0.0)
    if not chosen:
        z -= 2.5
    return round(1 / (1 + math.exp(-z)), 3)
