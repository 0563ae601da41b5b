"""What retrieval needs from an index, and what one chunk looks like inside it.

`Index` is written by its caller (`knowledge.retrieval`); `knowledge.generations` meets it with tantivy, Chroma
and SQL, `tests.fakes` with lists in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from knowledge.documents import Chunk, Source


class Field(StrEnum):
    """The lexical fields."""

    WORDS = "words"
    """`tokens.words` of the chunk's text."""
    CONTEXT = "context"
    """`tokens.words` of `Chunk.context` and the source's title."""
    BIGRAMS = "bigrams"
    """`tokens.bigrams` of text and context."""


class MentionKind(StrEnum):
    """What a chunk names; collected at ingest so that no answer has to read the whole corpus."""

    ORGANISATION = "organisation"
    PROGRAMME = "programme"
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Mention:
    """A name or address that stands in a chunk."""

    kind: MentionKind
    value: str
    """Folded (`knowledge.fold.fold`)."""
    chunk: str
    """Chunk id."""


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """A chunk with the terms it is indexed under; tokenised once, at ingest."""

    chunk: Chunk
    words: tuple[str, ...]
    context: tuple[str, ...]


class Index(Protocol):
    """One consistent state of the knowledge; it never changes while it is held."""

    @property
    def generation(self) -> int:
        """Number of the generation it shows."""

    @property
    def size(self) -> int:
        """Chunks in it."""

    @property
    def mean_words(self) -> float:
        """Mean number of words (field WORDS) in a chunk."""

    def document_frequency(self, field: Field, term: str) -> int:
        """Count the chunks that hold a term in a field."""

    def lexical(self, terms: Mapping[Field, Mapping[str, float]], limit: int) -> list[tuple[str, float]]:
        """Search by weighted terms: chunk ids with their BM25 sums, best first."""

    def nearest(self, text: str, limit: int) -> list[tuple[str, float]]:
        """Search by vector: chunk ids with cosine similarity (-1 to 1), best first."""

    def chunks(self, ids: Sequence[str]) -> list[IndexedChunk]:
        """Give the chunks with these ids, in this order; unknown ids are left out."""

    def source(self, source_id: str) -> Source:
        """Give a source by its id. Raises KeyError if it is not in this generation."""

    def sources(self) -> Sequence[Source]:
        """List all sources, by id."""

    def mentions(self, *kinds: MentionKind) -> Iterable[Mention]:
        """List the mentions of these kinds, in document order."""
