"""From a loader's parts to a document's blocks: headings, paragraphs, items and rows with their context."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.clean import bullet_of, drop_controls, is_blank, mend_spaces, without_bullet
from ingest.extract import Extract, Part, PartKind
from ingest.furniture import running_lines, without_furniture, without_page_numbers, without_repeated_slides
from ingest.lines import Piece, Rank, clean_cell, pieces
from ingest.tables import carry_down, header_of, names_of, trusted_header
from knowledge.documents import Block, BlockKind, Document, Source
from knowledge.fold import fold, readable

VERSION = "4"
"""Raised whenever the blocks of the same text would come out differently."""

_COUNTED = re.compile(r"(\d{1,2})(?:つ|カテゴリ|分野|種類|本柱|点|項目|ステップ)")
_AS_FOLLOWS = re.compile(r"(?:次|以下|下記)の(?:とおり|通り|ように|[一-龥]{0,4})")
_ORIGIN = re.compile(r"^(?:出典|原資料)\s*[:：]\s*(.+)$")


def structure(extract: Extract, source: Source, content_hash: str) -> Document:
    """Turn an extract into a document.

    Args:
        extract: What the loader gave.
        source: The source it came from, metadata included.
        content_hash: SHA-256 of the original's bytes, hex.
    Returns:
        The document; its blocks' texts are verbatim but for white space, tags and repeated furniture.
    """
    blocks: list[Block] = []
    path: list[tuple[int, str]] = []
    texts = iter(_texts([part for part in extract.parts if part.kind is PartKind.TEXT]))
    for group in _groups(without_repeated_slides(extract.parts)):
        if group[0].kind is PartKind.TEXT:
            blocks.extend(_text_blocks([piece for _ in group for piece in next(texts)], path))
        elif group[0].table is not None:
            blocks.extend(_table_blocks(group, path))
        else:
            blocks.extend(_part_blocks(group, path))
    return Document(source, tuple(_with_origins(blocks)), content_hash, extract.warnings)


def _texts(parts: Sequence[Part]) -> list[list[Piece]]:
    """Cut raw text into pieces, a list a part; what a document repeats is looked for in all of it, past its tables."""
    texts = without_page_numbers(parts)
    apart = running_lines(texts)
    found = [pieces(text, apart) for text in texts]
    for i, (part, some) in enumerate(zip(parts, found, strict=True)):
        for piece in some:
            piece.page = part.page
        if i > 0 and some:
            # A page number, a table or a page that could not be read may stand between.
            some[0].cut = True
    kept = {id(piece) for piece in without_furniture(piece for some in found for piece in some)}
    return [[piece for piece in some if id(piece) in kept] for some in found]


def _groups(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Group neighbouring parts that are read together: pages of text, one table's rows, the rest."""
    group: list[Part] = []
    for part in parts:
        key = (part.kind is PartKind.TEXT, part.table)
        if group and key != (group[0].kind is PartKind.TEXT, group[0].table):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _push(path: list[tuple[int, str]], level: int, text: str) -> None:
    while path and path[-1][0] >= level:
        path.pop()
    path.append((level, text))


def _headings(path: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(text for _, text in path)


def _text_blocks(found: list[Piece], path: list[tuple[int, str]]) -> Iterator[Block]:
    lead = ""
    last_kind: BlockKind | None = None
    following = False
    nested = 0
    i = 0
    while i < len(found):
        piece = found[i]
        if piece.cells:
            rows = [piece]
            while i + len(rows) < len(found) and found[i + len(rows)].cells and found[i + len(rows)].gap == 0:
                rows.append(found[i + len(rows)])
            title = path[-1][1] if path else ""
            yield from _rows(
                [row.cells for row in rows], [row.text for row in rows], _headings(path), piece.page, title
            )
            i += len(rows)
            lead = ""
            last_kind = BlockKind.ROW
            continue
        if piece.rank is not None:
            rank = piece.rank
            if nested and rank is Rank.TITLE:
                nested -= 1
                rank = Rank.ISOLATED
            elif rank is Rank.TITLE and (counted := _COUNTED.search(fold(piece.text))):
                # "the 5 categories": the next five titles are its parts
                nested = min(int(counted.group(1)), 9)
            if rank is Rank.TITLE and last_kind is BlockKind.HEADING and path and path[-1][0] == Rank.TITLE:
                # A title right below a title is its subtitle.
                rank = Rank.ISOLATED
            _push(path, int(rank), readable(without_bullet(piece.text)) or readable(piece.text))
            kind = BlockKind.HEADING
            lead = ""
        elif piece.bullet:
            kind = BlockKind.ITEM
        else:
            kind = BlockKind.PARAGRAPH
            if not following:
                lead = fold(piece.text) if piece.text.endswith(("：", ":", "。")) or not piece.prose else ""
        if _AS_FOLLOWS.search(piece.text) and piece.rank is None:
            lead, following = fold(piece.text), True
        elif piece.rank is not None or (piece.bullet and not following):
            following = following and piece.rank is None
        last_kind = kind
        yield Block(
            kind,
            piece.text,
            _headings(path),
            piece.page,
            lead=lead if (kind is BlockKind.ITEM or following) and lead != fold(piece.text) else "",
            joined=not piece.cut,
        )
        i += 1


def _part_blocks(group: Sequence[Part], path: list[tuple[int, str]]) -> Iterator[Block]:
    lead = ""
    for part in group:
        text = "\n".join(mend_spaces(line) for line in drop_controls(part.text).split("\n") if line.strip())
        if is_blank(text):
            continue
        if part.kind is PartKind.HEADING:
            # Levels of structured formats come after those of plain text, so that the two can mix.
            _push(path, 10 + part.level, readable(text))
            lead = ""
            yield Block(BlockKind.HEADING, text, _headings(path), part.page)
            continue
        kind = BlockKind.ITEM if part.kind is PartKind.ITEM or bullet_of(text) else BlockKind.PARAGRAPH
        if kind is BlockKind.PARAGRAPH:
            lead = fold(text) if len(text) <= 120 else ""
        yield Block(kind, text, _headings(path), part.page, lead=lead if kind is BlockKind.ITEM else "")


def _table_blocks(group: Sequence[Part], path: list[tuple[int, str]]) -> Iterator[Block]:
    marked = sum(part.kind is PartKind.HEADER for part in group)
    rows = [tuple(_clean_cell(cell) for cell in part.cells) for part in group]
    # Where the format sets something between cells (a bar, a comma), that belongs to what is quoted.
    plain = all(part.text == "\t".join(part.cells) for part in group)
    texts = ["\t".join(row).strip("\t") for row in rows] if plain else [_clean_cell(part.text) for part in group]
    title = next((fold(part.table_title) for part in group if part.table_title), path[-1][1] if path else "")
    for block in _rows(rows, texts, _headings(path), group[0].page, title, marked):
        yield block if plain else replace(block, joined=False)


def _clean_cell(cell: str) -> str:
    return "\n".join(clean_cell(line) for line in drop_controls(cell).split("\n") if line.strip())


def _rows(
    rows: Sequence[tuple[str, ...]],
    texts: Sequence[str],
    heading: tuple[str, ...],
    page: int | None,
    title: str,
    marked: int = 0,
) -> Iterator[Block]:
    count = marked or int(bool(header_of(rows)))
    body = list(rows[count:])
    for cells, text in zip(rows[:count], texts, strict=False):
        yield Block(BlockKind.HEADER, text, heading, page, cells=cells, table=title)
    carried = carry_down(body)
    trusted = trusted_header(names_of(rows[:count]), body)
    for cells, full, text in zip(body, carried, texts[count:], strict=True):
        if text.strip():
            names = (*(fold(name) for name in trusted), *[""] * len(full))[: len(full)]
            yield Block(
                BlockKind.ROW, text, heading, page, cells=cells, header=names, carried=full, table=title, joined=True
            )


def _with_origins(blocks: Sequence[Block]) -> Iterator[Block]:
    """Give each block the place in the original that its section names on its 出典 line."""
    origin: dict[tuple[str, ...], str] = {}
    for block in blocks:
        match = _ORIGIN.match(fold(block.text)) if block.kind is BlockKind.PARAGRAPH else None
        if match:
            origin[block.heading] = match.group(1)
    gap = False
    for block in blocks:
        if block.kind is BlockKind.PARAGRAPH and _ORIGIN.match(fold(block.text)):
            gap = True
            continue
        yield replace(block, origin=origin.get(block.heading, ""), joined=block.joined and not gap)
        gap = False
