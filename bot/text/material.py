"""What the documents hold for a question: passages, units, candidates, and how sure that they answer it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.places import only_for
from bot.policies import on_topic
from bot.reading import Name, Reading
from bot.text.select import Candidate, candidates, names_year
from bot.text.units import Unit, denies, pairs_of, units
from bot.wants import Want
from knowledge.dates import years
from knowledge.documents import BlockKind, Passage
from knowledge.fold import fold
from knowledge.index import Field, MentionKind
from knowledge.query import Topic
from knowledge.retrieval import Filter, Ranked, Retriever
from knowledge.tokens import words

BY_UNIT = 0.5
"""Weight of a passage's best unit beside its own score."""
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
    units: tuple[Unit, ...]
    """What the candidates were made of, in passage order."""
    retriever: Retriever
    topics: tuple[Topic, ...] = ()
    """The question's, weighted."""
    known: float = 0.0
    """Share of the question's topics that stand anywhere in the documents, 0 to 1."""

    @property
    def coverage(self) -> float:
        """How much of the question's topics the best unit covers, 0 to 1."""
        return max((candidate.coverage for candidate in self.candidates[:8]), default=0.0)

    @property
    def off_topic(self) -> bool:
        """Nothing in the documents is about this."""
        best = max((candidate.evidence for candidate in self.candidates[:8]), default=0.0)
        return best < OFF_TOPIC_BELOW and self.known < MOSTLY_KNOWN

    def passages(self, cited: Sequence[Unit] = (), last: Sequence[Unit] = ()) -> tuple[Passage, ...]:
        """Give the passages for a reply, best first, scores never rising, at most ten.

        The best-ranked passage that the reply cites comes first, then the best-ranked of all, then whatever else
        the reply cites: what an answer rests on is always among them.

        Args:
            cited: Units that the reply rests on.
            last: Units that it cites by the way (whom to ask); their passages come last.
        """
        index = self.retriever.index
        ranked = {item.indexed.chunk.id: item for item in self.ranked}
        order = {key: i for i, key in enumerate(ranked)}
        proofs = {unit.chunk.id: unit.chunk for unit in cited}
        lead = sorted(proofs, key=lambda key: order.get(key, len(order)))[:1]
        aside = {unit.chunk.id: unit.chunk for unit in last if unit.chunk.id not in proofs}
        first = list(dict.fromkeys([*lead, *list(ranked)[:1], *proofs, *ranked]))
        keys = [key for key in first if key not in aside][: SHOWN - len(aside)] + list(aside)
        proofs |= aside
        top = max((item.score for item in self.ranked), default=1.0) or 1.0
        result: list[Passage] = []
        ceiling = 1.0
        for key in keys:
            chunk = ranked[key].indexed.chunk if key in ranked else proofs[key]
            if key in ranked:
                ceiling = min(ceiling, ranked[key].score / top)
            result.append(Passage(chunk, index.source(chunk.source), round(ceiling, 4)))
        return tuple(result)


MOSTLY_KNOWN = 0.5
"""Share of a question's topics that stand somewhere in the documents."""
OFF_TOPIC_BELOW = 0.45
"""Evidence below which a question is about something else: not even one rare word of it stands anywhere."""


def gather(reading: Reading, retriever: Retriever) -> Material:
    """Retrieve for a question and score what is found."""
    where = Filter(reading.ward, reading.question.today, reading.named_wards, reading.kinds)
    ranked = retriever.rank(reading.query, where)
    found: list[Unit] = []
    for i, item in enumerate(ranked[:READ]):
        chunk = item.indexed.chunk
        found.extend(units(chunk, retriever.index.source(chunk.source), i, item.score))
    scored = candidates(found, reading, retriever.idf, retriever.rarest)
    return Material(
        tuple(_by_units(ranked, scored)),
        tuple(scored),
        tuple(found),
        retriever,
        reading.query.topics,
        _known(reading, retriever),
    )


def narrowed(material: Material, reading: Reading) -> Material:
    """The same units, scored for one part of the question."""
    retriever = material.retriever
    scored = candidates(material.units, reading, retriever.idf, retriever.rarest)
    return Material(material.ranked, tuple(scored), material.units, retriever, reading.query.topics, material.known)


def _known(reading: Reading, retriever: Retriever) -> float:
    topics = reading.query.topics
    total = sum(topic.weight for topic in topics)
    found = sum(topic.weight for topic in topics if any(retriever.stands(w) for w in (topic.word, *topic.synonyms)))
    return found / total if total else 0.0


def _by_units(ranked: Sequence[Ranked], scored: Sequence[Candidate]) -> list[Ranked]:
    """Order passages by their best unit, which knows what kind of value was asked for."""
    best: dict[str, float] = {}
    for candidate in scored:
        key = candidate.unit.chunk.id
        best[key] = max(best.get(key, -math.inf), candidate.score)
    top = max((item.score for item in ranked), default=1.0) or 1.0
    read = [item for item in ranked if item.indexed.chunk.id in best]
    rest = [item for item in ranked if item.indexed.chunk.id not in best]
    read.sort(key=lambda item: -(item.score / top + BY_UNIT * best[item.indexed.chunk.id]))
    return [*read, *rest]


def about(candidate: Candidate, name: Name) -> bool:
    """Tell whether a candidate speaks of a named organisation or programme."""
    unit = candidate.unit
    plain = fold("\n".join((unit.chunk.text, unit.chunk.context, unit.subject, unit.source.title))).lower()
    plain = plain.replace("・", "").replace(" ", "").replace("ちょエコ", "ちよエコ")
    return name.said in plain


def of_name(material: Material, names: Sequence[Name], *, strict: bool = False) -> tuple[Candidate, ...]:
    """Keep the candidates that speak of the names in a question; all of them where it names none.

    Where it names several, a candidate that speaks of any one is kept.
    """
    if not names:
        return material.candidates
    kept = tuple(c for c in material.candidates if any(about(c, name) for name in names))
    # A name in passing (the ministry that came to visit) is not the subject; then what speaks of it knows less of
    # the question than what does not.
    best = max((c.coverage for c in material.candidates), default=0.0)
    programme = strict and any(name.kind is MentionKind.PROGRAMME for name in names)
    if programme or max((c.coverage for c in kept), default=0.0) >= 0.75 * best:
        return kept
    return material.candidates


def programmes(names: Sequence[Name]) -> tuple[Name, ...]:
    """The programmes among names."""
    return tuple(name for name in names if name.kind is MentionKind.PROGRAMME)


def answering(reading: Reading, material: Material) -> tuple[Candidate, ...]:
    """Keep the candidates that can answer: about the subject, and holding the kind of value asked for.

    "About the subject" is judged against the best that the documents have, so that a value that stands
    somewhere else does not answer for the programme that was asked about.
    """
    allowed = _sources_of_years(reading, material)
    others_of_it = _asks_others_of_it(reading)
    pool = tuple(
        c
        for c in of_name(material, reading.names, strict=bool(reading.asked.hard))
        if not denies(c.unit.say)
        and (_near_enough(c) or others_of_it)
        and _for_this_ward(reading, c)
        and (allowed is None or c.unit.source.id in allowed)
    )
    if reading.told and OTHERS.search(reading.text):
        # 「ほかには?」 after one of them: what has been told is no measure for the others.
        pool = tuple(c for c in pool if not _told(c, reading)) or pool
    if not pool:
        return ()
    top = max(candidate.coverage for candidate in pool)
    hard = reading.asked.hard
    near = tuple(c for c in pool if c.coverage >= (CLOSE if hard & CLOSE_WANTS else SAME_SUBJECT) * top)
    if not hard:
        return near
    if Want.CONDITION in hard:
        # A rule answers for the case described only if it speaks of that case.
        near = tuple(c for c in near if c.own >= SAME_CASE or _states_whom(c) or (c.own >= 0.4 and c.coverage >= 0.6))
        near = (*near, *(c for c in pool if c not in near and _rules_on(c, reading)))
    kept = tuple(c for c in near if c.met & hard)
    if Want.SUBSIDY in reading.asked and hard & _OF_A_GRANT:
        # 「何割出る?」 is not answered by seven tenths of a forest.
        kept = tuple(c for c in kept if Want.SUBSIDY in c.met)
    if hard & NEARBY_WANTS and not hard & CLOSE_WANTS:
        # The day, hour or place of something often stands on a line of its own beside it.
        widest = max(candidate.around for candidate in pool)
        beside = [
            c
            for c in pool
            if c.unit.block.kind is not BlockKind.ROW and c.met & hard & NEARBY_WANTS and c.around >= 0.8 * widest
        ]
        kept = tuple(dict.fromkeys((*kept, *beside)))
        most = max((len(c.met & hard) for c in kept), default=0)
        kept = tuple(sorted(kept, key=lambda c: (-len(c.met & hard) if len(c.met & hard) == most else 0, -c.score)))
    if not kept and Want.DATE in hard and Want.SUBSIDY not in reading.asked:
        kept = tuple(c for c in near if names_year(c))
    return kept


def _told(candidate: Candidate, reading: Reading) -> bool:
    """The last answer has said most of it."""
    mine = pairs_of(candidate.unit.say)
    return len(mine & pairs_of(reading.told)) >= _MOSTLY * len(mine)


_MOSTLY = 0.7
OTHERS = re.compile(r"ほか|他に|以外|あと(?:は|誰|だれ)")
"""Others than those that were told are asked for."""


def of_it(reading: Reading, material: Material) -> Material:
    """What else there is of 「その会社」, of the one that was spoken of."""
    if not _asks_others_of_it(reading):
        return material
    kept = tuple(
        c
        for c in material.candidates
        if any(name.said in fold(f"{c.unit.subject} {c.unit.say}").lower() for name in reading.names)
        and not _told(c, reading)
    )
    return replace(material, candidates=kept) if kept else material


def _asks_others_of_it(reading: Reading) -> bool:
    return bool(reading.told and reading.names and OTHERS.search(reading.text) and _OF_IT.search(reading.text))


_OF_IT = re.compile(r"その(?:会社|企業|団体|組織|ところ|所|店)|そこ(?:は|って|の|、)|おたく")


def _rules_on(candidate: Candidate, reading: Reading) -> bool:
    """A rule in a list of rules: its lead-in names the matter, it names the case."""
    lead = set(words(candidate.unit.block.lead))
    if not lead or candidate.coverage < LISTED_RULE:
        return False
    return any(t.weight >= 0.9 and t.word in candidate.says and t.word not in lead for t in reading.query.topics)


def _states_whom(candidate: Candidate) -> bool:
    """A table with a column that says whom each row is for."""
    return any("対象" in name for name in candidate.unit.block.header)


def _for_this_ward(reading: Reading, candidate: Candidate) -> bool:
    """Another ward's matter answers only a question that names that ward or the thing itself."""
    only = only_for(candidate.unit.source)
    wanted = reading.named_wards or (frozenset({reading.ward}) if reading.ward else frozenset())
    if not only or not wanted or only & wanted:
        return True
    return any(about(candidate, name) for name in reading.names)


def _sources_of_years(reading: Reading, material: Material) -> set[str] | None:
    """Sources that speak of the years a question names; None where it names none, or names it to be corrected."""
    asked = years(reading.text)
    if not asked or reading.premise:
        return None
    index = material.retriever.index
    found: set[str] = set()
    for year in asked:
        for field in (Field.WORDS, Field.CONTEXT):
            hits = index.lexical({field: {f"年{year}": 1.0}}, 50)
            found |= {item.chunk.source for item in index.chunks([key for key, _ in hits])}
    return found


def _near_enough(candidate: Candidate) -> bool:
    """Enough of the question stands in the unit: two thirds of a rare word, or a good share of a short question."""
    return candidate.evidence >= MIN_EVIDENCE or (
        candidate.coverage >= MIN_COVERAGE and candidate.evidence >= MIN_EVIDENCE / 2
    )


MIN_EVIDENCE = 0.78
MIN_COVERAGE = 0.25
SAME_SUBJECT = 0.5
CLOSE = 0.85
SAME_CASE = 0.5
LISTED_RULE = 0.4
CLOSE_WANTS = frozenset(
    {Want.AMOUNT, Want.FEE, Want.RATE, Want.DEADLINE, Want.APPLICATION, Want.PHONE, Want.EMAIL, Want.CONDITION}
)
"""Values that must stand with the subject itself, not merely near it."""
_OF_A_GRANT = frozenset({Want.AMOUNT, Want.RATE, Want.DEADLINE})
NEARBY_WANTS = frozenset({Want.DATE, Want.TIME, Want.PLACE, Want.PERSON, Want.COUNT})
"""Values that may stand on a neighbouring line."""


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
