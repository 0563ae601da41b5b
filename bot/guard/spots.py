"""The smallest things that a passage says: a sentence, list item or table cell, with what it takes for granted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.guard.names import Named, Names
from bot.guard.split import LONGEST
from bot.guard.statement import Beside, Statement
from knowledge.documents import Block, BlockKind
from knowledge.fold import fold, readable

_END = re.compile(r"(?<=[。!?！？])(?![」』）)])|\n")
_LABEL = re.compile(r"\s?[」』)]?\s?:")
_CUT = re.compile(r"[、。:].|.{12}")


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """A sentence, list item or table cell of a passage."""

    says: Statement
    beside: frozenset[str]
    """Terms that belong to it as if they stood in it: the cell's column and the words of its row."""
    row: frozenset[str]
    """Table cells only: terms of the rest of its row."""
    label: frozenset[str]
    """Table cells only: terms of the row's first cell."""
    line: tuple[Statement, ...]
    """Table cells only: the column and the rest of the row, which are about the same thing."""
    above: tuple[Statement, ...]
    """What it takes for granted, nearest first: sentence before, lead-in, headings."""
    title: tuple[Statement, ...]
    """What its document is called, and by whom it is."""
    section: frozenset[str] = frozenset()
    """Terms of the heading right above it, or of the marked line (■) that heads a few lines."""

    @property
    def terms(self) -> frozenset[str]:
        """Its own terms and those beside it."""
        return self.says.terms | self.beside | self.row

    def place(self, beside: Beside) -> Beside:
        """Add to what stands beside something in it what belongs to the spot as a whole."""
        return Beside(beside.near | self.beside, beside.whole | self.beside | self.row)

    def names(self, kind: str) -> tuple[tuple[Named, Beside], ...]:
        """The names of a kind in it, else the nearest ones around it, which it is then about."""
        own = [name for name in self.says.names if name.kind == kind]
        whole = Beside(self.terms, self.terms)
        if own:
            # 「A制度：Bの費用を助成」: all of it is said of A.
            return tuple(
                (name, whole if name is self.labelled else self.place(self.says.beside_name(name))) for name in own
            )
        for level in self.levels:
            found = [name for statement in level for name in statement.names if name.kind == kind]
            if found:
                return tuple((name, whole) for name in found)
        return ()

    @property
    def labelled(self) -> Named | None:
        """The name that stands before a colon at its beginning, and that all of it is about."""
        first = self.says.names[0] if self.says.names else None
        label = first and _LABEL.match(self.says.text, first.end) and not _CUT.search(self.says.text, 0, first.start)
        return first if label else None

    @property
    def levels(self) -> tuple[tuple[Statement, ...], ...]:
        """What stands around it, nearest first; what is on one level is equally near."""
        return (self.line, *((statement,) for statement in self.above))

    @property
    def framed(self) -> frozenset[str]:
        """Terms of all that stands above it."""
        return frozenset().union(*(statement.terms for statement in (*self.above, *self.title)))


def spots_of(blocks: Sequence[Block], title: tuple[Statement, ...], names: Names) -> tuple[Spot, ...]:
    """Take the blocks of a passage apart.

    Args:
        blocks: In the order of the document, without a table's header rows.
        title: What the document is called, and by whom it is.
        names: Of the index in use.
    """
    found: list[Spot] = []
    labels: list[Statement] = []
    heading: tuple[str, ...] = ()
    section: frozenset[str] = frozenset()
    names_go_on = False
    for block in blocks:
        if block.kind is BlockKind.ROW or block.heading != heading:
            labels = []
        if block.heading != heading:
            heading = block.heading
            section = _terms(block.heading[-1], names) if block.heading else frozenset()
        if _HEADS.fullmatch(block.text):
            section = _terms(block.text, names)
        for plain in _spots(block, title, names):
            spot = replace(plain, section=section)
            if found and block.kind is not BlockKind.ROW and _LEANS.fullmatch(spot.says.text):
                before = found[-1]
                if _DENIES.fullmatch(spot.says.text):
                    # 「質疑応答」 and below it 「なし」 say together that there was none.
                    found[-1] = replace(before, says=before.says.other(before.says.text + spot.says.text.strip()))
                else:
                    found.append(replace(spot, beside=before.terms, above=(before.says, *before.above)))
            elif block.kind is not BlockKind.ROW and _is_label(spot.says):
                labels = [*labels, spot.says] if names_go_on else [spot.says]
                names_go_on = True
                found.append(spot)
                continue
            elif labels and len(spot.says.text) > _COUNT and not _STATES.search(spot.says.text):
                found.append(replace(spot, above=(*reversed(labels), *spot.above)))
            else:
                found.append(spot)
            names_go_on = False
    return tuple(found)


_DENIES = re.compile(r"\s*(?:特に|とくに)?(?:なし|無し|未定)\s*")
_LEANS = re.compile(r"\s*(?:\([^()]{1,60}\)|(?:特に|とくに)?(?:なし|無し|あり|有り|未定))\s*")
"""A line that speaks of the line before: 「(再エネ導入)」, 「質疑応答」 and 「なし」."""
_STATES = re.compile(r"(?:です|ます|ました|ません|である|した|する|れる|った)[。)]?\s*$")
_COUNT = 6
"""Characters of a line that only counts what follows: 「7組織」."""
_SIGNS = re.compile(r"[\s・、,/&【】\[\]()「」『』<>|×*:-]+")


_HEADS = re.compile(r"\s*[■◆◇●▼▽□◎][^。\n]{1,16}")
"""A line that heads the few below it."""


def _terms(text: str, names: Names) -> frozenset[str]:
    return frozenset[str]().union(*(said.terms for said in sentences(text, names)))


def _is_label(said: Statement) -> bool:
    """Tell whether a line is a name, or some: what stands below it is then said of them, as on a slide."""
    named = [name for name in said.names if name.kind != "ward"]
    rest = said.text
    for name in reversed(named):
        rest = rest[: name.start] + rest[name.end :]
    return bool(named) and len(_SIGNS.sub("", re.sub(r"株式会社|有限会社|合同会社|一般社団法人", "", rest))) <= 1


def sentences(text: str, names: Names) -> Iterator[Statement]:
    """Cut a text into sentences."""
    for sentence in _END.split(readable(text)):
        folded = fold(sentence)
        for start in range(0, len(folded), LONGEST):
            yield Statement(folded[start : start + LONGEST], names)


def _spots(block: Block, title: tuple[Statement, ...], names: Names) -> Iterator[Spot]:
    none: frozenset[str] = frozenset()
    above = [said for line in (block.lead, block.table, *reversed(block.heading)) for said in sentences(line, names)]
    if block.kind is BlockKind.ROW and len(block.carried) > 1:
        yield from _cells(block, tuple(above), title, names)
        return
    before: list[Statement] = []
    for said in sentences(block.text, names):
        if said.text:
            yield Spot(said, none, none, none, (), (*reversed(before), *above), title)
            before.append(said)


def _cells(block: Block, above: tuple[Statement, ...], title: tuple[Statement, ...], names: Names) -> Iterator[Spot]:
    cells = [list(sentences(cell, names)) for cell in block.carried]
    words = [frozenset[str]().union(*(s.terms for s in cell)) for cell in cells]
    # A cell that is only a figure says nothing about its neighbours; a day or a name does.
    labels = [
        bool(cell) and (i == 0 or any(not s.values or len(s.text) > 12 for s in cell)) for i, cell in enumerate(cells)
    ]
    for i, cell in enumerate(cells):
        header = list(sentences(block.header[i], names)) if i < len(block.header) else []
        others = [j for j in range(len(cells)) if j != i and labels[j]]
        head = frozenset[str]().union(*(s.terms for s in header))
        row = frozenset[str]().union(*(words[j] for j in others))
        beside = [s for j in range(len(cells)) if j != i and (labels[j] or len(cells) <= 4) for s in cells[j]]
        for said in cell:
            if said.text:
                yield Spot(said, head, row, words[0] if i else frozenset(), (*header, *beside), above, title)
