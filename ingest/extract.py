"""What a loader hands on: the original's parts in reading order, not yet cleaned.

Structured formats (docx, html, xlsx …) know their headings, items and rows and say so. Plain text and PDF
pages come as one `text` part per page, and `ingest.structure` finds the structure in their lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class PartKind(StrEnum):
    """What a loader knows about a part."""

    TEXT = "text"
    """Raw lines; structure not known. Line breaks are the original's."""
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    HEADER = "header"
    """A table's header row."""
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of an original, verbatim."""

    kind: PartKind
    text: str
    """Rows and header rows: the cells joined by tabs, or as the file has them (`a | b`)."""
    level: int = 0
    """Headings only: 1 is the outermost."""
    page: int | None = None
    """Page, slide or sheet number, from 1."""
    cells: tuple[str, ...] = ()
    """Rows and header rows: one string a cell, the value as displayed (8.69%, not 0.0869). A cell hidden
    below or beside a merged one is empty."""
    table: int | None = None
    """Rows and header rows: parts with the same number belong to one table."""
    table_title: str = ""


@dataclass(frozen=True, slots=True)
class Extract:
    """An original's text."""

    parts: tuple[Part, ...]
    media_type: str
    """`text/plain`, `application/pdf` …, as sniffed rather than as named."""
    title: str = ""
    """The title that the file states about itself (document properties, <title>), else empty."""
    metadata: dict[str, object] = field(default_factory=dict)
    """Front matter of a Markdown file, keys as written."""
    warnings: tuple[str, ...] = ()
    """What was left out and why, one sentence each; a page skipped by the garble alarm is named here."""
