"""The structure of plain text: which lines belong together, and what each piece is.

Text files and PDF pages give lines, nothing more. This module joins the lines that were broken in
mid-sentence and tells headings, list items, table rows and paragraphs apart by what a reader sees: blank
lines, bullets, tabs, brackets, numbering and length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from ingest.clean import (
    NEXT_BULLET,
    begins_with_mark,
    bullet_of,
    drop_controls,
    has_tags,
    is_blank,
    mend_spaces,
    part_at_tags,
    runs_on,
)
from knowledge.fold import drop_hidden, fold

MAX_HEADING = 60
"""Characters; anything longer is a sentence."""


class Rank(IntEnum):
    """Classes of headings in plain text, outermost first."""

    TITLE = 1
    NUMBERED = 2
    MARKED = 3
    BRACKETED = 4
    ISOLATED = 5


@dataclass(slots=True)
class Piece:
    """A line or several joined ones."""

    text: str
    gap: int = 0
    """Blank lines before it."""
    cells: tuple[str, ...] = ()
    """Cells of a table row; empty for anything else."""
    rank: Rank | None = None
    """Set on headings."""
    cut: bool = False
    """True when something other than white space (a tag) stood before it in the original."""
    bullet: str = ""
    page: int | None = None

    @property
    def prose(self) -> bool:
        """True for a sentence rather than a label."""
        return len(self.text) > MAX_HEADING or self.text.endswith(("。", "．", "？", "！", "?", "!", "︕", "、"))


def pieces(text: str, apart: frozenset[str] = frozenset()) -> list[Piece]:
    """Cut raw text into pieces, joined and ranked.

    Args:
        text: Raw lines of a file or page.
        apart: Lines that are joined with no other, as `running_lines` gives them.
    Returns:
        Pieces in order, white space repaired; no other character of the original is missing but tags.
    """
    return _rank(_join(list(_raw(text)), apart))


def key_of(text: str) -> str:
    """Give a line as it is compared with others of its document."""
    return fold(text).replace(" ", "")


def _raw(text: str) -> Iterator[Piece]:
    gap = 3  # the top of a page is as good as a wide gap
    hidden = False  # something that is no white space stood on the blank lines
    for raw in drop_controls(text).replace("\f", "\n\n\n\n").split("\n"):
        if is_blank(raw):
            gap += 1
            hidden |= bool(raw.strip())
            continue
        if "\t" in raw.strip() or ("\t" in raw and raw.count("\t") > 1):
            cells = tuple(clean_cell(cell) for cell in raw.rstrip("\r\n").split("\t"))
            yield Piece("\t".join(cells).strip("\t"), gap, cells, cut=hidden)
        else:
            for i, (part, item) in enumerate(part_at_tags(raw) if has_tags(raw) else [(raw, False)]):
                line = mend_spaces(part)
                if not is_blank(line):
                    bullet = bullet_of(line) or ("<li>" if item else "")
                    yield Piece(line, gap if i == 0 else 0, cut=hidden or has_tags(raw), bullet=bullet)
        gap = 0
        # A tag may have left an end of the line without anything to see.
        hidden = has_tags(raw) and raw != drop_hidden(raw)


def clean_cell(raw: str) -> str:
    """Clean one line of a cell; items that a list tag introduced are put on lines of their own."""
    if not has_tags(raw):
        return mend_spaces(raw)
    lines: list[str] = []
    for part, _ in part_at_tags(raw):
        # A bullet after a space starts the next item; where the converter lost the bullets too, a space between
        # two phrases does.
        lines.extend(item for item in NEXT_BULLET.split(mend_spaces(part)) if item)
    return "\n".join(piece for line in lines for piece in _phrases(line))


def _phrases(line: str) -> list[str]:
    if bullet_of(line):
        return [line]
    found: list[str] = []
    for part in line.split(" "):
        # Shorter parts are names with a space inside ("執行役員 藤井"), not items.
        if found and len(part) >= 10 and len(found[-1]) >= 10 and not part[0].isascii():
            found.append(part)
        elif found:
            found[-1] += " " + part
        else:
            found.append(part)
    return found


def _join(lines: list[Piece], apart: frozenset[str]) -> list[Piece]:
    joined: list[Piece] = []
    for i, line in enumerate(lines):
        previous = joined[-1] if joined else None
        runs = bool(apart) and not apart.isdisjoint(key_of(near.text) for near in lines[max(0, i - 1) : i + 1])
        if previous and not previous.cells and not line.cells and not _torn_off(line) and not runs:
            last_line = lines[i - 1].text
            # Vertical writing in a box comes out one character a line.
            vertical = len(last_line) == 1 and len(line.text) == 1
            width, prose = _column(lines, i) if line.gap == 0 else (_page_width(lines, i), False)
            if vertical or runs_on(last_line, line.text, gap=line.gap > 0, width=width, prose=prose):
                # A space between two Latin words is the author's; between Japanese ones it would be a tear.
                glue = " " if previous.text[-1].isascii() and line.text[0].isascii() else ""
                previous.text = mend_spaces(previous.text + glue + line.text)
                continue
        joined.append(Piece(line.text, line.gap, line.cells, None, line.cut, line.bullet))
    return joined


def _torn_off(line: Piece) -> bool:
    """Say whether a line can't continue the one before, whatever it says."""
    return line.cut or line.gap > 1 or begins_with_mark(line.text)


def _column(lines: list[Piece], i: int) -> tuple[int, bool]:
    """Width of the text box that line i stands in, and whether it holds sentences."""
    first, last = i - 1, i
    while first > 0 and lines[first].gap == 0 and not lines[first].bullet and not lines[first - 1].cells:
        first -= 1
    while (
        last + 1 < len(lines) and lines[last + 1].gap == 0 and not lines[last + 1].bullet and not lines[last + 1].cells
    ):
        last += 1
    box = [piece.text for piece in lines[first : last + 1]]
    width = max(map(len, box))
    prose = any("。" in text or "、" in text for text in box) and width >= 12
    return width, prose or (bool(lines[first].bullet) and width >= 16)


def _page_width(lines: list[Piece], i: int) -> int:
    """Width at which lines around line i are wrapped; 0 when fewer than three reach a common width."""
    lengths = sorted((len(p.text) for p in lines[max(0, i - 12) : i + 12] if not p.cells), reverse=True)
    if len(lengths) < 3 or lengths[2] < 0.85 * lengths[0]:
        return 0
    return lengths[2]


_CLAUSE = re.compile(r"^第[0-9０-９一二三四五六七八九十]+[条章節]")
_NUMBERED = re.compile(r"^(?:[0-9０-９]{1,2}|[ⅠⅡⅢⅣⅤ])[ 　.．、]+\S")
_MARKED = re.compile(r"^[▼■◆◇○●□▶★][ 　]*\S")
_BRACKETED = re.compile(r"^【[^】]+】$")
# Labelled values, dates and times, notes on sources, halves of a phrase, and lines without a Japanese character.
_NEVER = re.compile(
    r"^【[^】]+】\S|[0-9０-９]\s?日|[0-9０-９][:：][0-9０-９]{2}|^\d*\s*(?:出所|出典|引用|※|注\b)|(?:の|による|を)$|"
    r"^[^ぁ-んァ-ヶ一-龥]+$"
)


def _rank(found: list[Piece]) -> list[Piece]:
    for i, piece in enumerate(found):
        before = found[i - 1] if i else None
        after = found[i + 1] if i + 1 < len(found) else None
        piece.rank = _rank_of(piece, before, after)
    return found


def _rank_of(piece: Piece, before: Piece | None, after: Piece | None) -> Rank | None:
    text = piece.text
    if piece.cells or piece.prose or after is None or len(text) < 3 or _NEVER.search(text):
        return None
    if _CLAUSE.match(text) and len(text) <= 30:
        return Rank.NUMBERED
    if _BRACKETED.match(text):
        return Rank.BRACKETED
    if _NUMBERED.match(text):
        return None if _same_series(piece, before) or _same_series(piece, after) else Rank.NUMBERED
    if _MARKED.match(text):
        return None if _same_series(piece, before) or _same_series(piece, after) else Rank.MARKED
    if piece.bullet or text.endswith(("：", ":")):
        return None
    label = after.gap == 0 and not (after.prose or after.bullet or after.cells)
    if label:
        return None
    # A wide gap is a page break, and a table ends its section, so what follows either one opens a new section;
    # so does the line right above a table, which is its title.
    if piece.gap >= 3 or (before is not None and before.cells) or (piece.gap >= 1 and after.cells):
        return Rank.TITLE
    if piece.gap >= 1 and (after.bullet or after.prose or _BRACKETED.match(after.text)):
        return Rank.ISOLATED
    return None


def _same_series(piece: Piece, other: Piece | None) -> bool:
    """Two neighbouring lines with the same kind of mark are items of one list, not headings."""
    if other is None or other.cells or other.prose:
        return False
    if _NUMBERED.match(piece.text):
        return bool(_NUMBERED.match(other.text))
    return piece.text[0] == other.text[0]
