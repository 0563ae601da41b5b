"""The words of the trade: source → document → chunk → passage.

A *source* is what we were given, a *document* its text in blocks, a *chunk* what is indexed, a *passage* a
chunk retrieved with a score. A citation (a passage shown to a person) belongs to `bot`.

Text is verbatim throughout: white space is repaired and tags are gone, but no character is rewritten, so a
quote can always be found in the original after NFKC and removal of white space. What search and answers
need instead (radicals folded, widths unified) is derived by `knowledge.fold`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What sort of source it is; decides how an answer speaks of it ("proposed", "said at a meeting")."""

    PRESS = "press"
    MENU = "menu"
    SUBSIDY = "subsidy"
    EVENT = "event"
    MINUTES = "minutes"
    AGREEMENT = "agreement"
    PROPOSAL = "proposal"
    REPORT = "report"
    FAQ = "faq"
    GUIDE = "guide"
    OTHER = "other"


class BlockKind(StrEnum):
    """The smallest structural unit of a document."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    HEADER = "header"
    """A table's header row; its cells are repeated as `Block.header` on each of the table's rows."""


CONFIRMED = "advisor"
"""`Source.trust` of an answer that an advisor wrote and an administrator approved."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document as given, and what is known about it. An empty field means "not stated, not derived"."""

    id: str
    """Path relative to the argument of `ippo ingest` (posix), a single file's name, or the URL."""
    title: str = ""
    publisher: str = ""
    date: dt.date | None = None
    """When it was published or, failing that, the day it speaks of itself."""
    wards: tuple[str, ...] = ()
    """Whom it is for: ward names in romaji, or `all23`, `tokyo`, `japan`. Empty: unknown."""
    kind: Kind = Kind.OTHER
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    """Last day on which it holds, inclusive."""
    fiscal_year: int | None = None
    """The Japanese fiscal year (April to March) its amounts belong to, as the year it begins in."""
    url: str = ""
    """Public address of the original, if there is one."""
    original: str = ""
    """Title of the original document which this source reports in its own words."""
    trust: str = ""
    reviewed_on: dt.date | None = None
    derived: tuple[str, ...] = ()
    """Names of the fields above that were derived from the text rather than stated."""

    @property
    def is_confirmed(self) -> bool:
        """Whether it is one question and the answer that a person has confirmed to it."""
        return self.kind is Kind.FAQ and self.trust == CONFIRMED


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, sentence group, list item or table row, in document order."""

    kind: BlockKind
    text: str
    """Verbatim; a row's cells are joined by tabs, or by what the format sets between them (`a | b`)."""
    heading: tuple[str, ...] = ()
    """Headings above it, outermost first."""
    page: int | None = None
    """Page, slide or sheet number, from 1."""
    cells: tuple[str, ...] = ()
    """Rows only. A cell that is empty because the one above spans it stays empty here."""
    header: tuple[str, ...] = ()
    """Rows only: the header cell above each cell, after spans are carried down; empty where unknown."""
    carried: tuple[str, ...] = ()
    """Rows only: the cells with spanning cells from above filled in; same length as `cells`."""
    table: str = ""
    """Rows only: the table's title."""
    lead: str = ""
    """Items only: the sentence that introduces the list."""
    origin: str = ""
    """Place in the original document that this block reports, when the source says so ("出典")."""
    joined: bool = False
    """True where nothing but white space lies between this block and the one before it in the original, so
    that a quote may run over both."""
    continued: bool = False
    """True where it was cut off the paragraph or item before it, for length: a reader sees both as one."""


@dataclass(frozen=True, slots=True)
class Document:
    """A source's text as blocks."""

    source: Source
    blocks: tuple[Block, ...]
    content_hash: str
    """SHA-256 of the bytes the source was read from, hex."""
    warnings: tuple[str, ...] = ()
    """What was left out or looked wrong, one sentence each ("page 3 has no text layer")."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is indexed: a run of neighbouring blocks of one document. Chunks may overlap."""

    source: str
    """Source id."""
    first: int
    """Ordinal of its first block in the document, from 0."""
    blocks: tuple[Block, ...]
    id: str = field(default="")
    """24 hex digits, from source id, position and content: the same content has the same id."""

    def __post_init__(self) -> None:
        if not self.id:
            digest = hashlib.sha256(f"{self.source}\0{self.first}\0{self.text}\0{self.context}".encode()).hexdigest()
            object.__setattr__(self, "id", digest[:24])

    @property
    def last(self) -> int:
        """Ordinal after its last block."""
        return self.first + len(self.blocks)

    @property
    def text(self) -> str:
        """The blocks' verbatim text, one a line."""
        return "\n".join(block.text for block in self.blocks)

    @property
    def context(self) -> str:
        """What the chunk's own text takes for granted: headings, table title, header cells, lead-in."""
        seen: dict[str, None] = {}
        text = self.text
        for block in self.blocks:
            for part in (*block.heading, block.table, *block.header, *block.carried, block.lead):
                if part and part not in text:
                    seen.setdefault(part)
        return "\n".join(seen)

    @property
    def heading(self) -> tuple[str, ...]:
        """Heading path of its first block."""
        return self.blocks[0].heading

    @property
    def page(self) -> int | None:
        """Page of its first block, from 1."""
        return self.blocks[0].page

    @property
    def place(self) -> str:
        """Where it stands, for a reader: `heading › subheading (p. 12)`."""
        path = " › ".join(self.blocks[0].heading)
        page = f"p. {self.page}" if self.page is not None else ""
        if path and page:
            return f"{path} ({page})"
        return path or page


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk retrieved for a question."""

    chunk: Chunk
    source: Source
    score: float
    """Higher is better; comparable within one retrieval only."""
