"""Answer units: the sentences, items, rows and cells of passages, each with what it is about.

A unit is the smallest thing an answer can state with one citation. Its text is a contiguous, verbatim span of
the chunk, so it is the citation's quote as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from knowledge.documents import Block, BlockKind, Chunk, Source
from knowledge.fold import fold, readable
from knowledge.tokens import bigrams, plain_kana, words

_BULLET = re.compile(r"^(?:[・･•●○◯◆◇■□▼✓✔☑※–—*+\-]\s*|[①-⑳]\s*|[(（]?\d{1,2}[)）]\s*)+")
_BETWEEN_CELLS = re.compile(r"\t| \| ")
_LABEL = re.compile(r"^([^：:。、\n]{2,24})\s*[：:]\s*(?=\S)")
_NUMBER_CELL = re.compile(r"^[-+]?[\d,.]+\s*\S{0,4}$")
_ENDS_LABEL = re.compile(r"[：:]\**$")
_HEADING_NAME = re.compile(r"^【(.+)】$")


VALUE = 18
"""Characters up to which a cell with a figure in it is a value."""


class UnitKind(StrEnum):
    """What a unit is in its document; decides how it is phrased."""

    SENTENCE = "sentence"
    ITEM = "item"
    MENU = "menu"
    """An item in a table's cell; `subject` is the row's first cell."""
    ROW = "row"
    TITLE = "title"
    """A heading; it may answer "what is it called", never more."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Something that can be said with one citation."""

    kind: UnitKind
    chunk: Chunk
    source: Source
    block: Block
    quote: str
    """Verbatim span of the chunk."""
    say: str
    """The same, readable: no bullet, markup or wide digits."""
    subject: str
    """Whom or what it is about: the row's first cell, the speaker, the label or heading above it."""
    words: frozenset[str]
    """Terms of `say`."""
    context: frozenset[str]
    """Terms of subject, headings, header cells, lead-in, table title and document title."""
    near: frozenset[str]
    """Terms of the chunk as a whole."""
    passage: int
    """Rank of its passage, from 0."""
    score: float
    """Its passage's retrieval score."""


@lru_cache(maxsize=16384)
def _terms(text: str) -> frozenset[str]:
    return frozenset(words(text))


@lru_cache(maxsize=16384)
def pairs_of(say: str) -> frozenset[str]:
    """The character pairs of what a unit says."""
    return frozenset(bigrams(say))


@lru_cache(maxsize=16384)
def kana_pairs_of(say: str) -> frozenset[str]:
    """The same with small kana as large ones, for comparison with normalised words."""
    return frozenset(bigrams(plain_kana(say)))


@lru_cache(maxsize=4096)
def units_of(chunk: Chunk, source: Source) -> tuple[Unit, ...]:
    """Cut a chunk into units, in text order; passage and score are filled in by `units`."""
    return tuple(_units(chunk, source))


def units(chunk: Chunk, source: Source, passage: int, score: float) -> Iterator[Unit]:
    """Cut a passage into units, in text order."""
    for unit in units_of(chunk, source):
        yield replace(unit, passage=passage, score=score)


def _units(chunk: Chunk, source: Source) -> Iterator[Unit]:
    near = _terms(chunk.text)
    for i, block in enumerate(chunk.blocks):
        for kind, quote, subject in _pieces(block, chunk.blocks[:i]):
            say = spoken(quote)
            # A quote that runs over the rows above holds their other cells too, which are nothing of this row's.
            own = " ".join(map(readable, block.carried)) if kind is UnitKind.ROW and quote != block.text else say
            if say:
                around = "\n".join((subject, *block.heading, *block.header, block.lead, block.table, source.title))
                yield Unit(
                    kind,
                    chunk,
                    source,
                    block,
                    quote,
                    say,
                    subject,
                    _terms(own),
                    _terms(around),
                    near,
                    0,
                    0.0,
                )


def spoken(quote: str) -> str:
    """Make a quote readable: bullet, markup, wide digits and tabs gone."""
    lines = [_BULLET.sub("", readable(line)).strip() for line in _BETWEEN_CELLS.sub(" ", quote).split("\n")]
    return " ".join(line for line in lines if line)


def _pieces(block: Block, above: Sequence[Block]) -> Iterator[tuple[UnitKind, str, str]]:
    before = above[-1] if above else None
    match block.kind:
        case BlockKind.ROW:
            yield from _row_pieces(block, above)
        case BlockKind.HEADING:
            yield UnitKind.TITLE, block.text, _subject(block)
        case BlockKind.ITEM:
            yield UnitKind.ITEM, block.text, _subject(block)
        case BlockKind.PARAGRAPH:
            labelled = (
                before and before.kind is BlockKind.ITEM and len(before.text) <= 30 and _ENDS_LABEL.search(before.text)
            )
            label = readable(before.text) if before and labelled else ""
            yield UnitKind.SENTENCE, block.text, label or _subject(block)
        case BlockKind.HEADER:
            return


def _row_pieces(block: Block, above: Sequence[Block]) -> Iterator[tuple[UnitKind, str, str]]:
    filled = [(i, cell) for i, cell in enumerate(block.cells) if cell]
    first = readable(block.carried[0]) if block.carried else ""
    texts = [(i, cell) for i, cell in filled if i > 0]
    if is_menu(block):
        for _, cell in texts:
            for item in cell.split("\n"):
                yield UnitKind.MENU, item, first
        if not texts:
            yield UnitKind.ROW, block.text, first
    elif is_calendar(block):
        for _, cell in texts:
            yield UnitKind.MENU, cell, first
    else:
        yield UnitKind.ROW, _with_spanning_rows(block, above), first


def _with_spanning_rows(block: Block, above: Sequence[Block]) -> str:
    """Extend a row's quote upwards to the rows whose cells span it, so that the quote holds what is said."""
    missing = [full for full in block.carried if full and full not in block.cells]
    quote, joined = block.text, block.joined
    for row in reversed(above):
        # Where something stands between the rows (a Markdown table's bars), no quote can run over both.
        if not missing or row.kind is not BlockKind.ROW or not joined:
            break
        quote, joined = f"{row.text}\n{quote}", row.joined
        missing = [full for full in missing if full not in row.cells]
    return block.text if missing else quote


def is_menu(block: Block) -> bool:
    """A row of two columns whose second one is prose or a list (who, and what they offer), or one with lists in its cells.

    Where a cell holds a list, something stood between its items that is not quoted, so each item is a quote of its own.
    """
    if any("\n" in cell for cell in block.cells):
        return True
    return len(block.carried) == 2 and len(block.header) == 2 and not _is_value(fold(block.carried[1]))


def _is_value(cell: str) -> bool:
    """A number, or a date or amount with its words: it says nothing without the cell beside it."""
    return bool(_NUMBER_CELL.match(cell)) or (len(cell) <= VALUE and bool(re.search(r"\d", cell)))


def is_calendar(block: Block) -> bool:
    """A row with many cells, most of them empty, whose columns can't be trusted or are months."""
    empty = sum(not cell for cell in block.cells)
    return len(block.cells) > 5 and empty * 2 >= len(block.cells)


def _subject(block: Block) -> str:
    """The nearest heading that names someone (【…】), else the innermost heading."""
    for heading in reversed(block.heading):
        match = _HEADING_NAME.match(heading)
        if match:
            return match.group(1)
    return block.heading[-1] if block.heading else ""


_DENIES = re.compile(
    r"(?:記載|記述|説明)(?:が|は)?(?:あり|ござい)ません|(?:確認|案内)(?:が|は)?できません|(?<!とは)(?<!文としては)(?:書かれて|載って)(?:い)?(?:ません|ない)"
)


_SAYS_BEFORE = re.compile(r"は\d[\d:：/.\-~から月日年時分]*[^。、は]{0,6}、[^。]*$")


def denies(say: str) -> bool:
    """Tell whether a unit says that something is not stated: it proves an abstention, never an answer."""
    found = _DENIES.search(say)
    # 「時間は14:00-16:00、会場名の記載はありません」 says something, too.
    return found is not None and not _SAYS_BEFORE.search(say[: found.start()])


def label_of(say: str) -> str:
    """Give the label of "label: text", else an empty string."""
    match = _LABEL.match(say)
    return match.group(1) if match else ""
