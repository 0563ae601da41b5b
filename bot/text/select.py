"""Which units answer: scored by what they are about and by whether they hold the kind of value asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot import places
from bot.reading import Reading
from bot.text.rows import is_numeric, pointed
from bot.text.units import Unit, UnitKind, kana_pairs_of, pairs_of
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
    column: float = 0.35
    """A row of figures in a column that the question names."""
    scrap: float = 0.12
    told: float = 0.5
    """How much of a unit's score goes where the last answer has said it all."""


WEIGHING = Weighing()
SCRAP = 12
"""Characters; a shorter unit is a label or half a line of a figure, and says little by itself."""
_SOFT = frozenset({Want.ORGANISATION, Want.REASON, Want.SUBSIDY, Want.BENEFIT})
_YEAR = re.compile(r"(?:19|20)\d\d|R\d+|令和|平成")
_NO_CONTENT = re.compile(r"^[\W\d_]*$")


def candidates(found: Sequence[Unit], reading: Reading, idf: Callable[[str], float], rarest: float) -> list[Candidate]:
    """Score units, best first.

    Args:
        found: Units of the best passages.
        reading: The question.
        idf: Inverse document frequency of a word.
        rarest: The idf of a word that stands in one chunk.
    """
    asking = _asking(found, reading, idf, rarest)
    scored = [_candidate(unit, asking) for unit in found]
    scored.sort(key=lambda candidate: -candidate.score)
    return scored


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is the same for all units of one question."""

    reading: Reading
    topics: list[tuple[Topic, float]]
    """Each with its weight: by part of speech and idf."""
    total: float
    rarest: float
    misspelt: dict[str, frozenset[str]]
    """Words that the documents don't know, with their character pairs."""
    pairs: dict[str, float]
    told: frozenset[str]
    """Character pairs of the last answer, where the question leans on it."""
    speakers: set[str]
    """Speakers of minutes that the question names."""
    wants: frozenset[Want]
    best_passage: float


def _asking(found: Sequence[Unit], reading: Reading, idf: Callable[[str], float], rarest: float) -> _Asking:
    topics = [(topic, topic.weight * idf(topic.word)) for topic in reading.query.topics]
    unknown = {topic.word: _pairs_of_unknown(topic.word) for topic, _ in topics if idf(topic.word) > rarest}
    minutes = {unit.subject for unit in found if unit.source.kind is Kind.MINUTES}
    return _Asking(
        reading,
        topics,
        sum(weight for _, weight in topics) or 1.0,
        rarest,
        {word: pairs for word, pairs in unknown.items() if pairs},
        {pair: weight for pair, weight in reading.query.bigrams.items() if weight >= 0.99},
        frozenset(bigrams(reading.told)) if reading.leaning else frozenset(),
        {speaker for speaker in minutes if _names_speaker(reading.text, speaker)},
        reading.asked.hard | (reading.asked.kinds & _SOFT),
        max((unit.score for unit in found), default=1.0) or 1.0,
    )


def _candidate(unit: Unit, asking: _Asking) -> Candidate:
    w = WEIGHING
    covered = own = around = 0.0
    says: set[str] = set()
    for topic, weight in asking.topics:
        place = _place(topic.word, unit)
        best = place if place == 1.0 or not topic.synonyms else max(place, _similar(topic, unit) * w.synonym)
        mine = _said(topic, unit)
        if topic.word in asking.misspelt and _nearly(asking.misspelt[topic.word], unit):
            best, mine = max(best, w.nearly), max(mine, w.nearly)
        covered += weight * best
        around += weight * _near(topic, unit)
        if mine:
            own += weight * mine
            says.add(topic.word)
    met = frozenset(want for want in asking.reading.asked.kinds if meets(unit, want, asking.reading.asked))
    score = _score(unit, covered / asking.total, own / asking.total, met, asking)
    return Candidate(
        unit,
        covered / asking.total,
        own / asking.total,
        around / asking.total,
        covered / asking.rarest,
        frozenset(says),
        met,
        score,
    )


def _score(unit: Unit, coverage: float, own: float, met: frozenset[Want], asking: _Asking) -> float:
    w, reading = WEIGHING, asking.reading
    score = w.coverage * coverage + w.own * own + w.passage * unit.score / asking.best_passage
    if asking.wants:
        score += w.wants * len(met & asking.wants) / len(asking.wants)
    score += w.pairs * _shared(unit, asking.pairs)
    if unit.kind is UnitKind.ROW and reading.asked.kinds & _MEASURED and _points_at_a_column(unit, reading):
        score += w.column
    if unit.kind is UnitKind.ROW and not any(unit.block.header) and Want.LIST not in reading.asked:
        score -= 0.2  # a row of names says of none what it does
    if asking.told and unit.kind is not UnitKind.ROW:
        # A follow-up asks for what has not been said yet.
        score *= 1 - w.told * _told(unit, asking.told)
    score *= _ward_factor(unit, reading) * _speaker_factor(unit, asking.speakers)
    if len(unit.say) < SCRAP and not met & reading.asked.hard:
        score -= w.scrap
    if Want.SUBSIDY in reading.asked and Want.SUBSIDY not in met:
        score *= 0.8
    if unit.kind is UnitKind.TITLE:
        score -= 0.15
    if _NO_CONTENT.match(fold(unit.say)) or (len(unit.say) < 4 and not met):
        score -= 0.3
    return score


_MEASURED = frozenset({Want.QUANTITY, Want.COUNT, Want.AMOUNT, Want.FEE})


def _points_at_a_column(unit: Unit, reading: Reading) -> bool:
    return is_numeric(unit.block) and any(pointed(name, reading.own_words) for name in unit.block.header)


def _said(topic: Topic, unit: Unit) -> float:
    """How much of a topic the unit's own words say."""
    if topic.word in unit.words:
        return 1.0
    return 0.0 if topic.synonyms.isdisjoint(unit.words) else WEIGHING.synonym


def _near(topic: Topic, unit: Unit) -> float:
    """How much of a topic the unit's chunk says."""
    if topic.word in unit.near or topic.word in unit.context:
        return 1.0
    known = topic.synonyms.isdisjoint(unit.near) and topic.synonyms.isdisjoint(unit.context)
    return 0.0 if known else WEIGHING.synonym


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
    return frozenset(bigrams(word)) if len(word) >= 5 else frozenset()


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
    """Tell whether a question names a speaker, in full or by the beginning of a company's name: 「日立さん」."""
    if not 2 <= len(speaker) <= 14:
        return False
    short = any(f"{speaker[:length]}さん" in text for length in range(2, len(speaker)))
    return short or bool(re.search(rf"(?<![一-龥]){re.escape(speaker)}", text))


def _speaker_factor(unit: Unit, asked: set[str]) -> float:
    """In minutes, who said it matters: a question that names a speaker is about that speaker."""
    if not asked:
        return WEIGHING.minutes if unit.source.kind is Kind.MINUTES else 1.0
    return 1.4 if unit.source.kind is Kind.MINUTES and unit.subject in asked else 0.7


def _told(unit: Unit, told: frozenset[str]) -> float:
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
    if (
        want is Want.ORGANISATION
        and not asked.bodies - {"company"}
        and unit.kind in (UnitKind.MENU, UnitKind.ROW, UnitKind.ITEM)
    ):
        return holds(unit.subject, want, asked)
    if want in (Want.DATE, Want.TIME) and unit.kind in (UnitKind.MENU, UnitKind.ROW, UnitKind.ITEM, UnitKind.SENTENCE):
        # Items below a dated heading are dated by it, and what a timetable has at an hour is at that hour.
        return holds(unit.subject, want, asked)
    return False


def names_year(candidate: Candidate) -> bool:
    """A year without month: the second-best answer to "when"."""
    return bool(_YEAR.search(fold(candidate.unit.say)))
