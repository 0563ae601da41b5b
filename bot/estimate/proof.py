"""The passage of the shipped knowledge that proves an entry of the catalogue, where the index holds it."""

from __future__ import annotations

from bot.units import Unit, UnitKind, spoken
from knowledge.catalogue.models import Pointer
from knowledge.documents import BlockKind
from knowledge.fold import fold, squeeze
from knowledge.index import Field, Index
from knowledge.tokens import words

_LIMIT = 200


def prove(pointer: Pointer, index: Index) -> Unit | None:
    """Find the passage that a pointer names.

    Returns:
        A unit whose quote is the block as it stands; None where the index holds other documents, or this page in
        another version.
    """
    try:
        source = index.source(pointer.source)
    except KeyError:
        return None
    terms = {
        Field.WORDS: dict.fromkeys(words(pointer.words), 1.0),
        Field.CONTEXT: dict.fromkeys(words(pointer.heading), 0.5),
    }
    hits = index.lexical(terms, _LIMIT)
    wanted = _form(pointer.words)
    for indexed in index.chunks([key for key, _ in hits]):
        if indexed.chunk.source != pointer.source:
            continue
        for block in indexed.chunk.blocks:
            if _form(block.heading[-1] if block.heading else "") == _form(pointer.heading) and wanted in _form(block.text):
                kind = UnitKind.ROW if block.kind is BlockKind.ROW else UnitKind.ITEM
                nothing: frozenset[str] = frozenset()
                return Unit(
                    kind, indexed.chunk, source, block, block.text, spoken(block.text), "",
                    nothing, nothing, nothing, 0, 0.0,
                )  # fmt: skip
    return None


def _form(text: str) -> str:
    return squeeze(fold(text))
