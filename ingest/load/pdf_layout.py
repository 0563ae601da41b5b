"""A PDF page's glyphs put into reading order; pure geometry.

PDFium gives glyphs about in the order in which the page draws them, which is nearly always the order of reading.
It is not where a page draws line by line across two columns, nor where lines run downwards (PDFium puts what
begins at the same height from left to right); then, and only then, the order is made anew.

Coordinates are PDF points (1/72 inch), x to the right, y upwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import NamedTuple

_MIN_GUTTER = 8.0  # points; white space between columns, about one character
_MIN_LINES = 4  # lines on both sides before two blocks count as columns
_MIN_CHARS = 8  # characters in a column's usual line; a table's labels are shorter
_MAX_DEPTH = 3


class Box(NamedTuple):
    """A rectangle. A tuple, like `Glyph`, because a page makes thousands of both."""

    x0: float
    y0: float
    x1: float
    y1: float

    def holds(self, x: float, y: float) -> bool:
        """Say whether a point lies in it."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


class Glyph(NamedTuple):
    """A character as drawn; `text` is a space or line feed where PDFium inferred one between two others."""

    text: str
    box: Box

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of its box."""
        return (self.box.x0 + self.box.x1) / 2, (self.box.y0 + self.box.y1) / 2


@dataclass(slots=True)
class Segment:
    """Characters in one line without a wide gap, or a table (`table` is its index, the text is empty)."""

    text: str
    box: Box
    glued: bool = False
    """Follows the segment before it on the same line."""
    table: int | None = None
    size: float = field(default=10.0)
    """Height of its glyphs, in points."""


def segments_of(glyphs: Iterable[Glyph]) -> list[Segment]:
    """Part a page's glyphs at line ends and at gaps wider than a character, in the order given."""
    found: list[Segment] = []
    run: list[Glyph] = []
    glued = False

    def close(follows: bool) -> None:
        nonlocal glued
        inked = [glyph for glyph in run if glyph.text.strip()]
        if inked:
            box = around(glyph.box for glyph in inked)
            size = max(glyph.box.y1 - glyph.box.y0 for glyph in inked)
            found.append(Segment("".join(glyph.text for glyph in run).strip(), box, glued, size=size))
        glued = follows and bool(found)
        run.clear()

    last: Glyph | None = None
    for glyph in glyphs:
        if glyph.text == "\n":
            close(False)
            last = None
            continue
        if glyph.text.strip():
            # The box is the ink's: punctuation leaves most of its square empty, so a gap is measured in squares.
            if last is not None and glyph.box.x0 - last.box.x1 > max(1.2 * _square(last, glyph), _MIN_GUTTER):
                close(True)
            last = glyph
        run.append(glyph)
    close(False)
    return found


def _square(one: Glyph, other: Glyph) -> float:
    """Give the side of the square that the larger of two glyphs fills."""
    a, b = one.box, other.box
    return max(a.x1 - a.x0, a.y1 - a.y0, b.x1 - b.x0, b.y1 - b.y0)


def around(boxes: Iterable[Box]) -> Box:
    """Give the smallest box around some (at least one)."""
    x0, y0, x1, y1 = zip(*((box.x0, box.y0, box.x1, box.y1) for box in boxes), strict=True)
    return Box(min(x0), min(y0), max(x1), max(y1))


def in_reading_order(segments: Sequence[Segment]) -> list[Segment]:
    """Put a page's segments into reading order: as given, unless they jump between columns or run downwards."""
    lines = [s for s in segments if s.table is None and len(s.text) > 1]
    if lines and median((s.box.y1 - s.box.y0) / max(s.box.x1 - s.box.x0, 0.1) for s in lines) > 1.5:
        return _downwards(segments)
    return _ordered(list(segments), 0)


def _downwards(segments: Sequence[Segment]) -> list[Segment]:
    """Order vertical writing: tier by tier from the top, in each the lines from right to left."""
    tiers: list[list[Segment]] = []
    floor = float("inf")
    for segment in sorted(segments, key=lambda s: -s.box.y1):
        if segment.box.y1 <= floor:
            tiers.append([])
            floor = segment.box.y0
        tiers[-1].append(segment)
        segment.glued = False
        floor = min(floor, segment.box.y0)
    return [segment for tier in tiers for segment in sorted(tier, key=lambda s: -s.box.x1)]


def _ordered(segments: list[Segment], depth: int) -> list[Segment]:
    gutter = _gutter(segments) if depth < _MAX_DEPTH else None
    if gutter is None or not _jumps(segments, gutter):
        return segments
    ordered: list[Segment] = []
    left: list[Segment] = []
    right: list[Segment] = []

    def close() -> None:
        for column in (left, right):
            ordered.extend(_ordered(_by_lines(column), depth + 1))
            column.clear()

    # What crosses the gutter (a title, a full-width table) parts the page into bands, read one after another, and
    # so does white space over the whole width: below it stand footers and page numbers, or a new subject.
    floor = max((segment.box.y1 for segment in segments), default=0.0)
    for segment in sorted(segments, key=lambda s: -s.box.y1):
        if floor - segment.box.y1 > 3 * segment.size:
            close()
        floor = min(floor, segment.box.y0)
        if segment.box.x1 <= gutter:
            left.append(segment)
        elif segment.box.x0 >= gutter:
            right.append(segment)
        else:
            close()
            ordered.append(segment)
    close()
    return ordered


def _by_lines(column: Sequence[Segment]) -> list[Segment]:
    """Sort a column's segments into lines; those beside one another are glued."""
    lines: list[list[Segment]] = []
    for segment in sorted(column, key=lambda s: -(s.box.y0 + s.box.y1)):
        middle = (segment.box.y0 + segment.box.y1) / 2
        first = lines[-1][0] if lines else None
        beside = first is not None and first.box.y0 <= middle <= first.box.y1
        if first is not None and beside and first.table is None and segment.table is None:
            lines[-1].append(segment)
        else:
            lines.append([segment])
    ordered = []
    for line in lines:
        for i, segment in enumerate(sorted(line, key=lambda s: s.box.x0)):
            segment.glued = i > 0
            ordered.append(segment)
    return ordered


def _gutter(segments: Sequence[Segment]) -> float | None:
    """Find the x of the white strip between two columns of text, if there is one."""
    texts = [s for s in segments if s.table is None]
    if len(texts) < 2 * _MIN_LINES:
        return None
    edge = around(s.box for s in texts)
    width = edge.x1 - edge.x0
    # Lines that run across the whole page (titles, notes) may be a few; a page of them has no columns.
    narrow = [s for s in texts if s.box.x1 - s.box.x0 < 0.6 * width]
    if len(narrow) < 2 * _MIN_LINES or len(texts) - len(narrow) > len(narrow):
        return None
    strips = [(_crossing(narrow, x), x) for x in range(int(edge.x0 + 0.25 * width), int(edge.x0 + 0.75 * width))]
    fewest = min(count for count, _ in strips)
    # A centred subtitle or page number may lie across.
    if fewest > len(narrow) // 10:
        return None
    free = [x for count, x in strips if count == fewest]
    runs = [[free[0]]]
    for x in free[1:]:
        if x == runs[-1][-1] + 1:
            runs[-1].append(x)
        else:
            runs.append([x])
    longest = max(runs, key=len)
    gutter = longest[len(longest) // 2]
    sides = ([s for s in narrow if s.box.x1 <= gutter], [s for s in narrow if s.box.x0 >= gutter])
    return gutter if all(map(_is_column, sides)) and _abreast(*sides) else None


def _crossing(segments: Sequence[Segment], x: float) -> int:
    """Count the segments that reach into the strip of `_MIN_GUTTER` around an x."""
    return sum(s.box.x0 < x + _MIN_GUTTER / 2 and s.box.x1 > x - _MIN_GUTTER / 2 for s in segments)


def _is_column(side: Sequence[Segment]) -> bool:
    """Tell running text from a table's cells: many lines, long ones, most of them filling the width."""
    if len(side) < _MIN_LINES or median(len(s.text) for s in side) < _MIN_CHARS:
        return False
    edge = around(s.box for s in side)
    return median(s.box.x1 - s.box.x0 for s in side) > 0.5 * (edge.x1 - edge.x0)


def _abreast(left: Sequence[Segment], right: Sequence[Segment]) -> bool:
    a, b = around(s.box for s in left), around(s.box for s in right)
    shared = min(a.y1, b.y1) - max(a.y0, b.y0)
    return shared > 0.5 * min(a.y1 - a.y0, b.y1 - b.y0)


def _jumps(segments: Sequence[Segment], gutter: float) -> bool:
    """Say whether the order given goes back and forth over the gutter more often than titles explain."""
    sides = [s.box.x0 >= gutter for s in segments if s.box.x1 <= gutter or s.box.x0 >= gutter]
    crossing = sum(s.box.x0 < gutter < s.box.x1 for s in segments)
    return sum(a != b for a, b in pairwise(sides)) > 2 * crossing + 1


def joined(segments: Iterable[Segment]) -> str:
    """Write segments out, one line each; an empty line where more than a line's height lies between two."""
    text = ""
    last: Segment | None = None
    for segment in segments:
        if last is not None:
            apart = last.box.y0 - segment.box.y1
            text += "  " if segment.glued else "\n\n" if apart > 1.2 * max(last.size, segment.size) else "\n"
        text += segment.text
        last = segment
    return text
