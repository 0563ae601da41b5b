"""From a document to chunks: small ones to find, their neighbours to show.

A chunk is a run of blocks under one heading path. A table row is a chunk of its own, because header, title and
carried cells come with it as context. Runs of text are cut into overlapping windows at block ends; a paragraph
that is longer than a window is cut at sentence ends first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.clean import sentences
from knowledge.documents import Block, BlockKind, Chunk, Document

VERSION = "1"
"""Raised whenever the chunks of the same blocks would come out differently."""


@dataclass(frozen=True, slots=True)
class ChunkSize:
    """How large chunks are, in characters of verbatim text."""

    target: int = 320
    """A window is closed before the block that would take it past this."""
    merge: int = 260
    """Neighbouring sections under one top heading are joined up to this."""
    overlap: int = 90
    """A window starts again with the last blocks of the one before, as long as they are no longer than this."""
    row: int = 60
    """Rows shorter than this are joined with their neighbours up to `target` / 2."""


DEFAULT_SIZE = ChunkSize()


def split_paragraphs(document: Document, size: ChunkSize = DEFAULT_SIZE) -> Document:
    """Cut paragraphs and items that are longer than half a window at their sentence ends.

    Returns:
        The document with smaller blocks; all pieces but the first are `joined`, so a quote may run over them.
    """
    return replace(document, blocks=tuple(piece for block in document.blocks for piece in _split(block, size)))


def _split(block: Block, size: ChunkSize) -> Iterator[Block]:
    if block.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM) or len(block.text) <= size.target // 2:
        yield block
        return
    for i, sentence in enumerate(sentences(block.text)):
        yield replace(block, text=sentence, joined=i > 0 or block.joined, continued=i > 0 or block.continued)


def chunk(document: Document, size: ChunkSize = DEFAULT_SIZE) -> list[Chunk]:
    """Cut a document into chunks.

    Args:
        document: Its paragraphs are taken as they are; see `split_paragraphs`.
        size: Target sizes in characters.
    Returns:
        Chunks in document order. Each block but header rows and lone headings is in at least one.
    """
    chunks: list[Chunk] = []
    for first, section in _merged(list(_sections(document.blocks)), size):
        if section[0].kind is BlockKind.ROW:
            chunks.extend(_rows(document.source.id, first, section, size))
        else:
            chunks.extend(_windows(document.source.id, first, section, size))
    return chunks


def _sections(blocks: Sequence[Block]) -> Iterator[tuple[int, Sequence[Block]]]:
    """Cut the blocks where the heading path changes and where a table begins or ends."""
    start = 0
    for i in range(1, len(blocks) + 1):
        if i == len(blocks) or _parts(blocks[i - 1], blocks[i]):
            section = blocks[start:i]
            if (
                any(block.kind is not BlockKind.HEADING for block in section)
                and section[0].kind is not BlockKind.HEADER
            ) or (section[0].kind is BlockKind.HEADING and i == len(blocks)):
                yield start, section
            start = i


def _merged(sections: list[tuple[int, Sequence[Block]]], size: ChunkSize) -> Iterator[tuple[int, Sequence[Block]]]:
    """Join neighbouring small sections under one top heading, as long as they fit into a window together.

    A slide falls into many sections of a line or two, none of which says enough to be found by.
    """
    i = 0
    while i < len(sections):
        first, blocks = sections[i]
        merged = list(blocks)
        while i + 1 < len(sections) and _fits(merged, first, sections[i + 1], size):
            merged.extend(sections[i + 1][1])
            i += 1
        yield first, tuple(merged)
        i += 1


def _fits(merged: Sequence[Block], first: int, following: tuple[int, Sequence[Block]], size: ChunkSize) -> bool:
    start, blocks = following
    if start != first + len(merged) or BlockKind.ROW in (merged[0].kind, blocks[0].kind):
        return False
    top, other = merged[0].heading[:1], blocks[0].heading[:1]
    return top == other and sum(len(block.text) for block in (*merged, *blocks)) <= size.merge


def _parts(before: Block, after: Block) -> bool:
    if after.kind is BlockKind.HEADING:
        # A heading opens a section, unless it stands right below another one: then both open it together.
        return before.kind is not BlockKind.HEADING
    tabular = (BlockKind.ROW, BlockKind.HEADER)
    if (before.kind in tabular) != (after.kind in tabular):
        return True
    return before.kind is BlockKind.HEADER or after.kind is BlockKind.HEADER


def _rows(source: str, first: int, rows: Sequence[Block], size: ChunkSize) -> Iterator[Chunk]:
    i = 0
    while i < len(rows):
        j = i + 1
        length = len(rows[i].text)
        while j < len(rows):
            # A row that a cell above spans says little without it; both must stand in one chunk to be quoted.
            spanned = _spanned(rows[j]) and length + len(rows[j].text) <= size.target
            short = len(rows[j].text) < size.row and len(rows[j - 1].text) < size.row
            if not spanned and not (short and length + len(rows[j].text) <= size.target // 2):
                break
            length += len(rows[j].text)
            j += 1
        yield Chunk(source, first + i, tuple(rows[i:j]))
        i = j


def _spanned(row: Block) -> bool:
    return any(
        full and not cell for cell, full in zip((*row.cells, *[""] * len(row.carried)), row.carried, strict=False)
    )


def _windows(source: str, first: int, blocks: Sequence[Block], size: ChunkSize) -> Iterator[Chunk]:
    start = 0
    while start < len(blocks):
        end = start + 1
        length = len(blocks[start].text)
        while end < len(blocks) and length + len(blocks[end].text) <= size.target:
            length += len(blocks[end].text)
            end += 1
        yield Chunk(source, first + start, tuple(blocks[start:end]))
        if end == len(blocks):
            return
        back = end
        overlap = 0
        while back - 1 > start and overlap + len(blocks[back - 1].text) <= size.overlap:
            back -= 1
            overlap += len(blocks[back].text)
        start = back
