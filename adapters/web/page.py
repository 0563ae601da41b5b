"""A document's blocks → what the source page shows: headings, paragraphs, lists and tables with anchors for its chunks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.documents import Block, BlockKind


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a chunk begins; the target of a citation's link."""

    chunk: str
    """Chunk id, the link's fragment."""
    first: int
    """Ordinal of its first block, from 0."""
    last: int
    """Ordinal after its last block."""


class Shape(StrEnum):
    """What a section of the page is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Line:
    """One block as shown."""

    n: int
    """Its ordinal in the document, from 0."""
    text: str
    cells: tuple[str, ...]
    anchors: tuple[Anchor, ...]


@dataclass(slots=True)
class Section:
    """Neighbouring blocks that are shown together."""

    shape: Shape
    level: int = 0
    """Headings only: 2 to 6; 1 is the page's title."""
    page: int | None = None
    """Page, slide or sheet on which it begins, where that differs from the section before."""
    title: str = ""
    """Tables only."""
    header: Line | None = None
    """Tables only: the header row, as a line of its own where the document has it as a block."""
    lines: list[list[Line]] = field(default_factory=list)
    """Each is one paragraph, item or row; several pieces where it was cut for its length."""


_SHAPES = {
    BlockKind.HEADING: Shape.HEADING,
    BlockKind.PARAGRAPH: Shape.PARAGRAPH,
    BlockKind.ITEM: Shape.LIST,
    BlockKind.ROW: Shape.TABLE,
    BlockKind.HEADER: Shape.TABLE,
}


def lay_out(blocks: Sequence[Block], anchors: Iterable[Anchor]) -> list[Section]:
    """Group a document's blocks into sections.

    Args:
        blocks: All blocks of one document, in order.
        anchors: Its chunks; they may overlap, and several may begin at one block.
    Returns:
        Sections in order; each block stands in exactly one.
    """
    starts: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        starts.setdefault(anchor.first, []).append(anchor)
    sections: list[Section] = []
    page: int | None = None
    before: Block | None = None
    for n, block in enumerate(blocks):
        line = Line(n, block.text, block.cells or (block.text,), tuple(starts.get(n, ())))
        if sections and sections[-1].lines and block.continued:
            sections[-1].lines[-1].append(line)
            continue
        if not sections or not _goes_on(before, block):
            sections.append(_section(block, page))
            page = block.page if block.page is not None else page
        section = sections[-1]
        if block.kind is BlockKind.HEADER and section.header is None and not section.lines:
            section.header = line
        else:
            section.lines.append([line])
        before = block
    return sections


def _section(block: Block, page: int | None) -> Section:
    # A table's title is often the heading above it, which the page shows already.
    section = Section(_SHAPES[block.kind], title="" if block.heading[-1:] == (block.table,) else block.table)
    if block.kind is BlockKind.HEADING:
        section.level = min(max(len(block.heading), 1) + 1, 6)
    if block.page is not None and block.page != page:
        section.page = block.page
    return section


def _goes_on(before: Block | None, block: Block) -> bool:
    """Tell whether a block goes into the list or table of the block before it."""
    if before is None or before.page != block.page:
        return False
    if block.kind is BlockKind.ITEM:
        return before.kind is BlockKind.ITEM
    if block.kind is BlockKind.ROW:
        return before.kind in (BlockKind.ROW, BlockKind.HEADER) and before.table == block.table
    if block.kind is BlockKind.HEADER:
        # A second header row belongs to the table as long as no row has come between.
        return before.kind is BlockKind.HEADER and before.table == block.table
    return False
