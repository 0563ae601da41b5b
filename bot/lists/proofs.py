"""From a catalogue entry to what proves it: the passage in the index, as something that can be cited."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.text.units import Unit, UnitKind, spoken
from knowledge.catalogue.models import Pointer
from knowledge.documents import Block, BlockKind, Chunk
from knowledge.fold import fold, squeeze
from knowledge.index import Field, Index
from knowledge.tokens import words

_LOOKED_AT = 40
"""Chunks that are looked through for a pointer's words; the words stand in very few."""
_KINDS = {BlockKind.ROW: UnitKind.ROW, BlockKind.ITEM: UnitKind.ITEM, BlockKind.PARAGRAPH: UnitKind.SENTENCE}


@dataclass(slots=True)
class Proofs:
    """Finds passages in one index; asked twice for the same, it remembers."""

    index: Index
    _found: dict[Pointer, Unit | None] = field(default_factory=dict)

    def find(self, pointer: Pointer) -> Unit | None:
        """Give the block that a pointer means, or None where the index does not hold it.

        It must be of the pointer's source, under its heading, and hold its words: a document of someone else's
        that happens to have the same name proves nothing.
        """
        if pointer not in self._found:
            self._found[pointer] = self._search(pointer)
        return self._found[pointer]

    def all_found(self, *pointers: Pointer) -> list[Unit] | None:
        """Give the blocks of several pointers, or None if one is missing."""
        found = [unit for pointer in pointers if (unit := self.find(pointer)) is not None]
        return found if len(found) == len(pointers) else None

    def _search(self, pointer: Pointer) -> Unit | None:
        terms = {
            Field.WORDS: dict.fromkeys(words(pointer.words), 1.0),
            Field.CONTEXT: dict.fromkeys(words(pointer.heading), 0.5),
        }
        wanted, heading = squeeze(fold(pointer.words)), squeeze(fold(pointer.heading))
        ids = [chunk for chunk, _ in self.index.lexical(terms, _LOOKED_AT)]
        best: Unit | None = None
        for indexed in self.index.chunks(ids):
            chunk = indexed.chunk
            if chunk.source != pointer.source and not chunk.source.endswith(f"/{pointer.source}"):
                continue
            for block in chunk.blocks:
                # A pointer to a row names its cells without what the file sets between them.
                text = squeeze(fold("".join(block.cells) or block.text))
                if block.kind not in _KINDS or wanted not in text:
                    continue
                if block.heading and squeeze(fold(block.heading[-1])) == heading:
                    unit = _unit(chunk, block, self.index)
                    if text == wanted:
                        # 千代田区 in a list, not 千代田区商店街連合会 below it.
                        return unit
                    best = best or unit
        return best


def _unit(chunk: Chunk, block: Block, index: Index) -> Unit:
    return Unit(
        _KINDS[block.kind], chunk, index.source(chunk.source), block, block.text, spoken(block.text),
        block.heading[-1] if block.heading else "", frozenset(), frozenset(), frozenset(), 0, 1.0,
    )  # fmt: skip
