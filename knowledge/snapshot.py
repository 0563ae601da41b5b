"""One generation, opened: what retrieval sees (`knowledge.index.Index`)."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property

from knowledge import reading
from knowledge.documents import Source
from knowledge.embedding import Embedding
from knowledge.index import Field, IndexedChunk, Mention, MentionKind
from knowledge.reading import Generation
from knowledge.shelf import Shelf
from knowledge.store import Store
from knowledge.vectors import VectorIndex

log = logging.getLogger(__name__)

_KEPT = 20_000
"""Chunks held in memory, about 5 KB each."""


class Snapshot:
    """One generation of the knowledge, opened for search. Safe to share between threads.

    The lexical side is open from the start. Chroma is imported and opened (2 s) by the first `nearest`.
    """

    def __init__(self, store: Store, shelf: Shelf, generation: Generation, embedding: Embedding) -> None:
        self._store = store
        self._shelf = shelf
        self._generation = generation
        self._embedding = embedding
        self._lexical = shelf.open_lexical(generation)
        self._vectors: VectorIndex | None = None
        self._opening = threading.Lock()
        self._kept: OrderedDict[str, IndexedChunk] = OrderedDict()
        self._keeping = threading.Lock()
        self._mentions: dict[tuple[MentionKind, ...], list[Mention]] = {}

    @property
    def generation(self) -> int:
        """Number of the generation it shows."""
        return self._generation.number

    @property
    def size(self) -> int:
        """Chunks in it."""
        return self._generation.chunks

    @property
    def mean_words(self) -> float:
        """Mean number of words in a chunk."""
        return self._generation.words / max(1, self._generation.chunks)

    @property
    def has_vectors(self) -> bool:
        """Whether its vectors were made by the embedding in use, without which `nearest` finds nothing."""
        return self._generation.embedding == self._embedding.name

    def document_frequency(self, field: Field, term: str) -> int:
        """Count the chunks that hold a term in a field."""
        return self._lexical.document_frequency(field, term)

    def lexical(self, terms: Mapping[Field, Mapping[str, float]], limit: int) -> list[tuple[str, float]]:
        """Search by weighted terms: chunk ids with their BM25 sums, best first."""
        return self._lexical.search(terms, limit)

    def nearest(self, text: str, limit: int) -> list[tuple[str, float]]:
        """Search by vector: chunk ids with cosine similarity (-1 to 1), best first.

        Raises:
            EmbeddingUnavailable: The question's vector can't be made, or not in time.
            StoreUnavailable: The vector index can neither be opened nor built.
        """
        if not self.has_vectors or not self.size:
            return []
        return self._opened().search(self._embedding.embed_query(text), limit)

    def alike(self, chunk_id: str, limit: int) -> list[tuple[str, float]]:
        """Search by the vector that a chunk has: works whatever made it, and asks no model. As `nearest`.

        Raises:
            StoreUnavailable: The vector index can neither be opened nor built.
        """
        with self._store.read() as connection:
            vector = reading.vector_of(connection, self._generation, chunk_id)
        return [] if vector is None else self._opened().search(vector, limit)

    def chunks(self, ids: Sequence[str]) -> list[IndexedChunk]:
        """Give the chunks with these ids, in this order; unknown ids are left out."""
        found: dict[str, IndexedChunk] = {}
        with self._keeping:
            for chunk_id in ids:
                if kept := self._kept.get(chunk_id):
                    self._kept.move_to_end(chunk_id)
                    found[chunk_id] = kept
        missing = [chunk_id for chunk_id in dict.fromkeys(ids) if chunk_id not in found]
        if missing:
            with self._store.read() as connection:
                read = reading.chunks_by_id(connection, self.generation, missing)
            found |= read
            with self._keeping:
                self._kept.update(read)
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return [found[chunk_id] for chunk_id in ids if chunk_id in found]

    def source(self, source_id: str) -> Source:
        """Give a source by its id. Raises KeyError if it is not in this generation."""
        return self._by_id[source_id]

    def sources(self) -> Sequence[Source]:
        """List all sources, by id."""
        return list(self._by_id.values())

    def mentions(self, *kinds: MentionKind) -> Sequence[Mention]:
        """List the mentions of these kinds, in document order."""
        if kinds not in self._mentions:
            with self._store.read() as connection:
                self._mentions[kinds] = reading.mentions_of(connection, self.generation, kinds)
        return self._mentions[kinds]

    @cached_property
    def _by_id(self) -> dict[str, Source]:
        with self._store.read() as connection:
            return {source.id: source for source, _ in reading.sources_of(connection, self.generation)}

    def _opened(self) -> VectorIndex:
        with self._opening:
            if self._vectors is None:
                with self._store.read() as connection:
                    versions = reading.versions_of(connection, self.generation)
                self._vectors = self._shelf.open_vectors(self._generation, versions)
            return self._vectors


class NothingKnown:
    """The knowledge before the first ingest."""

    generation = 0
    size = 0
    mean_words = 0.0
    has_vectors = True

    def document_frequency(self, field: Field, term: str) -> int:
        """Count nothing."""
        return 0

    def lexical(self, terms: Mapping[Field, Mapping[str, float]], limit: int) -> list[tuple[str, float]]:
        """Find nothing."""
        return []

    def nearest(self, text: str, limit: int) -> list[tuple[str, float]]:
        """Find nothing."""
        return []

    def chunks(self, ids: Sequence[str]) -> list[IndexedChunk]:
        """Give nothing."""
        return []

    def source(self, source_id: str) -> Source:
        """Raise KeyError."""
        raise KeyError(source_id)

    def sources(self) -> Sequence[Source]:
        """List nothing."""
        return []

    def mentions(self, *kinds: MentionKind) -> Sequence[Mention]:
        """List nothing."""
        return []
