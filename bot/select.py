"""Which units answer: scored by what they are about and by whether they hold the kind of value asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot import places
from bot.reading import Reading
from bot.rows import is_numeric
from bot.units import Unit, UnitKind, kana_pairs_of, pairs_of
from bot.wants import Want, Wanted, holds
from knowledge.documents import Kind
from knowledge.fold import fold
from knowledge.query import Topic
from knowledge.tokens import bigrams


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit as an answer to a question."""

    unit: Unit
    coverage: float
    """Share of the question's topics that the unit covers, itself or by its context; 0 to 1."""
    own: float
    """The same, counting the unit's own words only."""
    around: float
    """The same as coverage, for the unit's chunk as a whole."""
    evidence: float
    """What it covers, in words of the highest idf: 1 is as much as one rare noun."""
    says: frozenset[str]
    """Topics that its own words cover, synonyms included."""
    met: frozenset[Want]
    """Wants for which it holds a value."""
    score: float


@dataclass(frozen=True, slots=True)
class Weighing:
    """Constants of the scoring, no units; found by search over question sets, see `docs/benchmarks.md`."""

    context: float = 0.65
    """A topic in headings, header cells or lead-in, as a share of one in the unit's own words."""
    chunk: float = 0.3
    """A topic elsewhere in the chunk."""
    synonym: float = 0.8
    """A synonym, as a share of the word itself."""
    nearly: float = 0.8
    """A misspelt word, as a share of the word itself."""
    coverage: float = 0.55
    own: float = 0.2
    passage: float = 0.5
    pairs: float = 0.2
    wants: float = 0.25
    minutes: float = 0.7
    """What was said at a meeting, where no speaker is asked about."""
    scrap: float = 0.12
    told: float = 0.5
    """How much of a unit's score goes where the last answer has said it all."""


WEIGHING = Weighing()
SCRAP = 12
"""Characters; a shorter unit is a label or half a line of a figure, and says little by itself."""
_SOFT = frozenset({Want.ORGANISATION, Want.REASON, Want.SUBSIDY, Want.BENEFIT})
_YEAR = re.compile(r"(?:19|20)\d\d|R\d+|令和|平成")
_NO_CONTENT = re.compile(r"^[\W\d_]*$")


def candidates(
    found: Sequence[Unit], reading: Reading, idf: Callable[[str], float], rarest: float
) -> list[Candidate]:
    """Score units, best first.

    Args:
        found: Units of the best passages.
        reading: The question.
        idf: Inverse document frequency of a word.
        rarest: The idf of a word that stands in one chunk.
    """
    topics = reading.query.topics
    w = WEIGHING
    unknown = {t.word: _pairs_of_unknown(t.word) for t in topics if idf(t.word) > rarest}
    misspelt = {word: pairs for word, pairs in unknown.items() if pairs}
    weighed = [(topic, topic.weight * idf(topic.word)) for topic in topics]
    total = sum(weight for _, weight in weighed) or 1.0
    asks_list = Want.LIST in reading.asked
    told = set(bigrams(reading.told)) if reading.leaning else set()
    pairs = {pair: weight for pair, weight in reading.query.bigrams.items() if weight >= 0.99}  # noqa: PLR2004
    spoken_of = {u.subject for u in found if u.source.kind is Kind.MINUTES and _names_speaker(reading.text, u.subject)}
    best_passage = max((unit.score for unit in found), default=1.0) or 1.0
    scored: list[Candidate] = []
    for unit in found:
        covered = own = around = 0.0
        says: set[str] = set()
        for topic, weight in weighed:
            place = _place(topic.word, unit)
            best = place if place == 1.0 or not topic.synonyms else max(place, _similar(topic, unit) * w.synonym)
            if topic.word in misspelt and _nearly(misspelt[topic.word], unit):
                best = max(best, w.nearly)
                own += weight * w.nearly
                says.add(topic.word)
            covered += weight * best
            if topic.word in unit.near or topic.word in unit.context:
                around += weight
            elif not topic.synonyms.isdisjoint(unit.near) or not topic.synonyms.isdisjoint(unit.context):
                around += weight * w.synonym
            if topic.word in unit.words:
                own += weight
                says.add(topic.word)
            elif not topic.synonyms.isdisjoint(unit.words):
                own += weight * w.synonym
                says.add(topic.word)
        met = frozenset(want for want in reading.asked.kinds if meets(unit, want, reading.asked))
        score = w.coverage * covered / total + w.own * own / total + w.passage * unit.score / best_passage
        wants = reading.asked.hard | (reading.asked.kinds & _SOFT)
        if wants:
            score += w.wants * len(met & wants) / len(wants)
        score += w.pairs * _shared(unit, pairs)
        if unit.kind is UnitKind.ROW and not any(unit.block.header) and not asks_list:
            score -= 0.2  # a row of names says of none what it does
        if told:
            # A follow-up asks for what has not been said yet.
            score *= 1 - w.told * _told(unit, told)
        score *= _ward_factor(unit, reading) * _speaker_factor(unit, spoken_of)
        if len(unit.say) < SCRAP and not met & reading.asked.hard:
            score -= w.scrap
        if Want.SUBSIDY in reading.asked and Want.SUBSIDY not in met:
            score *= 0.8
        if unit.kind is UnitKind.TITLE:
            score -= 0.15
        if _NO_CONTENT.match(fold(unit.say)) or (len(unit.say) < 4 and not met):  # noqa: PLR2004 - a label's scrap
            score -= 0.3
        scored.append(
            Candidate(
                unit,
                covered / total,
                own / total,
                around / total,
                covered / rarest, frozenset(says),
                met,
                score,
            )
        )
    scored.sort(key=lambda candidate: -candidate.score)
    return scored


def _place(word: str, unit: Unit) -> float:
    if word in unit.words:
        return 1.0
    if word in unit.context:
        return WEIGHING.context
    return WEIGHING.chunk if word in unit.near else 0.0


def _similar(topic: Topic, unit: Unit) -> float:
    if not topic.synonyms.isdisjoint(unit.words):
        return 1.0
    if not topic.synonyms.isdisjoint(unit.context):
        return WEIGHING.context
    return 0.0 if topic.synonyms.isdisjoint(unit.near) else WEIGHING.chunk


def _pairs_of_unknown(word: str) -> frozenset[str]:
    """Character pairs of a word that the documents don't know, empty for a short one, which shares pairs by chance."""
    return frozenset(bigrams(word)) if len(word) >= 5 else frozenset()  # noqa: PLR2004


def _nearly(pairs: frozenset[str], unit: Unit) -> bool:
    """Tell whether a text holds most of a word's pairs: it was misspelt, there or here."""
    return len(pairs & kana_pairs_of(unit.say)) >= max(3, 0.7 * len(pairs))


def _ward_factor(unit: Unit, reading: Reading) -> float:
    """A unit that speaks of another ward than the one asked about answers something else."""
    if not reading.named_wards:
        return 1.0
    spoken_of = places.named(unit.say)
    if not spoken_of:
        return 1.0
    return 1.12 if spoken_of & reading.named_wards else 0.65


def _names_speaker(text: str, speaker: str) -> bool:
    return 2 <= len(speaker) <= 14 and bool(re.search(rf"(?<![一-龥]){re.escape(speaker)}", text))  # noqa: PLR2004 - a label


def _speaker_factor(unit: Unit, asked: set[str]) -> float:
    """In minutes, who said it matters: a question that names a speaker is about that speaker."""
    if not asked:
        return WEIGHING.minutes if unit.source.kind is Kind.MINUTES else 1.0
    return 1.4 if unit.source.kind is Kind.MINUTES and unit.subject in asked else 0.7


def _told(unit: Unit, told: set[str]) -> float:
    """Share of the unit's character pairs that the last answer has already said."""
    held = pairs_of(unit.say)
    return sum(pair in told for pair in held) / len(held) if held else 0.0


def _shared(unit: Unit, pairs: dict[str, float]) -> float:
    """Share of the question's character pairs that stand in the unit: exact names and phrases."""
    if not pairs:
        return 0.0
    held = pairs_of(unit.say)
    return sum(weight for pair, weight in pairs.items() if pair in held) / sum(pairs.values())


def meets(unit: Unit, want: Want, asked: Wanted) -> bool:
    """Tell whether a unit holds a value of a kind, in itself or in the cell that says whom it is about."""
    if holds(unit.say, want, asked):
        return True
    if want is Want.CONDITION and any("対象" in name for name in unit.block.header):
        return True
    if want is Want.REASON and re.search(r"背景|理由|課題|目的|ねらい", "".join(unit.block.heading)):
        return True
    if want is Want.SUBSIDY and re.search(r"助成|補助", unit.subject + "".join(unit.block.heading)):
        return True
    if (want is Want.QUANTITY or (want is Want.COUNT and not asked.counters)) and unit.kind is UnitKind.ROW:
        return is_numeric(unit.block)
    if want is Want.ORGANISATION and not asked.bodies - {"company"} and unit.kind in (UnitKind.MENU, UnitKind.ROW, UnitKind.ITEM):
        return holds(unit.subject, want, asked)
    if want is Want.DATE and unit.kind in (UnitKind.MENU, UnitKind.ROW, UnitKind.ITEM, UnitKind.SENTENCE):
        # Items below a dated heading are dated by it.
        return holds(unit.subject, want, asked)
    return False


def names_year(candidate: Candidate) -> bool:
    """A year without month: the second-best answer to "when"."""
    return bool(_YEAR.search(fold(candidate.unit.say)))
