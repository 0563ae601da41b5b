"""What changed between two texts of a document, as a reader sees it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.chunk import split_paragraphs
from knowledge.documents import Document
from knowledge.fold import readable

AROUND = 1
"""Unchanged lines shown beside a change."""
MOST = 400
"""Lines shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison."""

    mark: str
    """`+` new, `-` gone, a space for an unchanged one, `…` where unchanged ones are left out."""
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The changes."""

    lines: tuple[Line, ...]
    added: int
    removed: int
    cut: bool
    """Whether there are more than are shown."""


def text_of(document: Document) -> list[str]:
    """Give a document's text, a line a sentence, item or row."""
    return [" ".join(readable(block.text).split()) for block in split_paragraphs(document).blocks]


def compare(before: Sequence[str], after: Sequence[str]) -> Comparison:
    """Compare two texts line by line; no lines where they are the same."""
    # The first two lines name files, which there are none of.
    found = list(difflib.unified_diff(before, after, n=AROUND, lineterm=""))[2:]
    lines = [Line("…", "") if line.startswith("@@") else Line(line[:1], line[1:]) for line in found]
    if lines and lines[0].mark == "…":
        lines = lines[1:]
    added, removed = (sum(line.mark == mark for line in lines) for mark in "+-")
    return Comparison(tuple(lines[:MOST]), added, removed, len(lines) > MOST)
