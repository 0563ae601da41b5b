"""What wide questions share: the statements nearest to a topic, for the person's ward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.places import only_for
from bot.reading import Reading
from bot.text.abstain import telling
from bot.text.rows import row_saying
from bot.text.select import Candidate, candidates
from bot.text.units import Unit, UnitKind, units
from bot.wants import Wanted
from knowledge.query import query
from knowledge.retrieval import Filter, Retriever


def nearest(topic: str, reading: Reading, retriever: Retriever) -> Sequence[Candidate]:
    """Give the statements on a topic, nearest to what the person mentioned first.

    Args:
        topic: Words under which documents speak of it, with spaces between.
        reading: The person's question; what else it wants is left aside.
        retriever: Where to look.
    """
    wanted = query(topic)
    mentioned = {word: 0.35 * weight for word, weight in reading.query.words.items()}
    both = replace(wanted, words={**mentioned, **wanted.words})
    ranked = retriever.rank(both, Filter(reading.ward, reading.question.today, reading.named_wards), 10)
    found = [
        unit
        for i, item in enumerate(ranked)
        for unit in units(item.indexed.chunk, retriever.index.source(item.indexed.chunk.source), i, item.score)
    ]
    plain = replace(reading, query=both, asked=Wanted(frozenset()))
    return candidates(found, plain, retriever.idf, retriever.rarest)


def in_reach(reading: Reading, unit: Unit) -> bool:
    """Tell whether a statement may concern the person: of no ward alone, or of theirs, or theirs is not known."""
    only = only_for(unit.source)
    return not only or reading.ward is None or reading.ward in only


def statement(reading: Reading, unit: Unit) -> str:
    """Say all that a unit says."""
    return row_saying(unit, reading.own_words) if unit.kind is UnitKind.ROW else telling(unit)
