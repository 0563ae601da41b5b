"""Which units answer: scored by what they are about and by whether they hold the kind of value asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.units import Unit, UnitKind
from bot.wants import Want, Wanted, holds
from knowledge.fold import fold
from knowledge.query import Query


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit as an answer to a question."""

    unit: Unit
    coverage: float
    """Share of the question's topics that the unit covers, itself or by its context; 0 to 1."""
    own: float
    """The same, counting the unit's own words only."""
    met: frozenset[Want]
    """Wants for which it holds a value."""
    score: float


IN_TEXT, IN_CONTEXT, IN_CHUNK, SYNONYM = 1.0, 0.65, 0.3, 0.8
"""How much a topic counts by where its word stands; a synonym counts for a little less."""
_NO_CONTENT = re.compile(r"^[\W\d_]*$")


def candidates(
    found: Sequence[Unit],
    query: Query,
    asked: Wanted,
    idf: Callable[[str], float],
) -> list[Candidate]:
    """Score units, best first.

    Args:
        found: Units of the best passages.
        query: The question; its topics without the words that only name the kind of value asked for.
        asked: What the question asks for.
        idf: Inverse document frequency of a word.
    """
    total = sum(topic.weight * idf(topic.word) for topic in query.topics) or 1.0
    best_passage = max((unit.score for unit in found), default=1.0) or 1.0
    scored: list[Candidate] = []
    for unit in found:
        covered = own = 0.0
        for topic in query.topics:
            weight = topic.weight * idf(topic.word)
            place = _place(topic.word, unit)
            similar = max((_place(word, unit) for word in topic.synonyms), default=0.0) * SYNONYM
            covered += weight * max(place, similar)
            if topic.word in unit.words:
                own += weight
            elif not topic.synonyms.isdisjoint(unit.words):
                own += weight * SYNONYM
        met = frozenset(want for want in asked.kinds if _meets(unit, want, asked))
        coverage, own = covered / total, own / total
        score = 0.55 * coverage + 0.2 * own + 0.35 * unit.score / best_passage
        hard = asked.hard | (asked.kinds & {Want.ORGANISATION, Want.REASON, Want.ELIGIBILITY})
        if hard:
            score += 0.3 * len(met & hard) / len(hard)
        if unit.kind is UnitKind.TITLE:
            score -= 0.2
        if _NO_CONTENT.match(fold(unit.say)) or len(unit.say) < 4:  # noqa: PLR2004 - a label's scrap says nothing
            score -= 0.3
        scored.append(Candidate(unit, coverage, own, met, score))
    scored.sort(key=lambda candidate: -candidate.score)
    return scored


def _place(word: str, unit: Unit) -> float:
    if word in unit.words:
        return IN_TEXT
    if word in unit.context:
        return IN_CONTEXT
    return IN_CHUNK if word in unit.near else 0.0


def _meets(unit: Unit, want: Want, asked: Wanted) -> bool:
    if holds(unit.say, want, asked):
        return True
    # A row's date or organisation may stand in its header or first cell.
    if want in (Want.ORGANISATION, Want.DATE) and unit.kind in (UnitKind.MENU, UnitKind.ROW, UnitKind.ITEM):
        return holds(unit.subject, want, asked)
    return False
