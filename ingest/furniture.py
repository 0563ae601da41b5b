"""What a document repeats on its pages: running headers and footers, page numbers, slides shown again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from ingest.clean import is_blank
from ingest.extract import Part, PartKind
from ingest.lines import Piece, key_of
from knowledge.fold import fold

RUNNING = 3
"""Times that a line stands, before it is taken for a header or footer."""
MIN_RUNNING = 12
"""Characters of a header or footer that is dropped; shorter ones ("取組状況") are labels, which structure each page."""
NAMED = 5
"""The same for the name of an organisation, which slides show beside what it does."""
_BODY = re.compile(r"(?:協議会|連合会|協会|支部|会社|銀行|会議所|組合|大学)$")
_PAGE_NUMBER = re.compile(
    r"^[-~\s]*(?:p(?:age)?\.?|ページ)?\s*(\d{1,4})(?:\s*(?:/|of)\s*\d{1,4})?\s*(?:ページ|頁)?[-~\s]*$", re.IGNORECASE
)


def without_page_numbers(parts: Sequence[Part]) -> list[str]:
    """Drop the lines that number the pages: the first or last of a page, counting on from page to page.

    Args:
        parts: Raw text; a table may part a page's text into several.
    Returns:
        The text of each part. A number that does not count on with two others at least stays: it says something.
    """
    lines = [part.text.split("\n") for part in parts]
    found: dict[tuple[int, bool], list[tuple[int, int]]] = {}
    for page, group in groupby(range(len(parts)), key=lambda i: parts[i].page):
        filled = [(i, n) for i in group for n, line in enumerate(lines[i]) if not is_blank(line)]
        for last, (i, n) in ((False, filled[0]), (True, filled[-1])) if filled and page else ():
            if match := _PAGE_NUMBER.match(fold(lines[i][n])):
                # A cover without a number shifts the count, but by the same on each page.
                found.setdefault((int(match[1]) - (page or 0), last), []).append((i, n))
    for numbered in found.values():
        for i, n in numbered if len(numbered) >= RUNNING else ():
            lines[i][n] = ""
    return ["\n".join(some) for some in lines]


def without_repeated_slides(parts: Sequence[Part]) -> list[Part]:
    """Keep a slide that is shown again once, and a line that stands on three slides or more as well.

    Raw text is looked through by `without_furniture`, piece by piece.
    """
    lines = Counter(key for key, _ in {(_line(part), part.page) for part in parts} if key)
    seen: set[object] = set()
    kept: list[Part] = []
    for page, group in groupby(parts, key=lambda part: part.page):
        slide = list(group)
        content = tuple(part.text for part in slide)
        if page is not None and len(content) > 1 and slide[0].kind is not PartKind.TEXT:
            if content in seen:
                continue
            seen.add(content)
        for part in slide:
            key = _line(part)
            if not key or lines[key] < RUNNING or key not in seen:
                kept.append(part)
            seen.add(key)
    return kept


def _line(part: Part) -> str:
    """Give a paragraph of a slide as it is compared with others; empty for what is no running line."""
    text = fold(part.text).replace(" ", "")
    return text if part.kind is PartKind.PARAGRAPH and part.page is not None and len(text) >= MIN_RUNNING else ""


def running_lines(pages: Sequence[str]) -> frozenset[str]:
    """Find what stands at the top or bottom of three pages or more: headers and footers, however close to the text."""
    counts: dict[str, int] = {}
    for page in pages:
        lines = [line for line in page.split("\n") if not is_blank(line)]
        for key in {key_of(line) for line in (*lines[:1], *lines[-1:])}:
            counts[key] = counts.get(key, 0) + 1
    return frozenset(key for key, count in counts.items() if count >= RUNNING)


def without_furniture(found: Iterable[Piece]) -> list[Piece]:
    """Keep repeated slides and running headers once.

    A run of pieces that stood before, word for word, is a repeated slide; a line that stands three times is
    a running header.
    """
    items = list(found)
    keys = [key_of(piece.text) for piece in items]
    counts: dict[str, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    kept: list[Piece] = []
    seen: dict[str, int] = {}
    i = 0
    while i < len(items):
        run = _repeated_run(keys, i, seen)
        if run and sum(len(key) for key in keys[i : i + run]) >= 60:
            _mark_cut(items, i + run)
            i += run
            continue
        often = NAMED if _BODY.search(keys[i]) else RUNNING
        running = counts[keys[i]] >= often and len(keys[i]) >= MIN_RUNNING and not items[i].cells and keys[i] in seen
        if running:
            _mark_cut(items, i + 1)
        else:
            kept.append(items[i])
            seen.setdefault(keys[i], i)
        i += 1
    return kept


def _repeated_run(keys: list[str], start: int, seen: dict[str, int]) -> int:
    first = seen.get(keys[start])
    if first is None:
        return 0
    length = 0
    while start + length < len(keys) and first + length < start and keys[start + length] == keys[first + length]:
        length += 1
    return length


def _mark_cut(items: list[Piece], i: int) -> None:
    if i < len(items):
        items[i].cut = True
