"""The citations of what is kept: for each passage the sentence, item or row that says it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer import Citation
from bot.draft import cite
from bot.guard.evidence import Evidence
from bot.guard.names import Names
from bot.guard.statement import Statement
from bot.text.units import Unit, UnitKind, units_of
from knowledge.documents import BlockKind, Passage
from knowledge.fold import fold


def citation(passage: Passage, said: Sequence[Statement], names: Names, n: int, public_url: str) -> Citation:
    """Cite a passage for sentences.

    Args:
        passage: What they rest on.
        said: The sentences that cite it.
        names: Of the index in use.
        n: The marker's number.
        public_url: Base of the address.
    Returns:
        A citation whose quote is the unit that shares most with the sentences, headings only where there is
        nothing else.
    """
    weight = Evidence((passage,), names).weights

    def shared(unit: Unit) -> float:
        held = Statement(fold(unit.say)[:2000], names).terms
        rank = 0.3 if unit.kind is UnitKind.TITLE else 1.0
        return rank * sum(weight(term) for sentence in said for term in sentence.terms & held)

    units = units_of(passage.chunk, passage.source) or (_whole(passage),)
    return cite(max(units, key=shared), n, public_url)


def _whole(passage: Passage) -> Unit:
    """A passage that cannot be cut, such as a lone header row."""
    blocks = passage.chunk.blocks
    block = next((block for block in blocks if block.kind is not BlockKind.HEADER), blocks[0])
    none: frozenset[str] = frozenset()
    return Unit(
        UnitKind.SENTENCE, passage.chunk, passage.source, block, block.text, block.text, "", none, none, none, 0, 0.0
    )
