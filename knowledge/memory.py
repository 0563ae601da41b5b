"""An index of a few documents in memory, which is there at once and which nobody else sees."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from knowledge.documents import Chunk, Source
from knowledge.index import Field, IndexedChunk, Mention, MentionKind
from knowledge.mentions import find
from knowledge.tokens import bigrams, words

_K1, _B = 1.2, 0.75
"""Of BM25, as tantivy has them."""


class MemoryIndex:
    """An `Index` over lists; BM25 as tantivy computes it. It has no vectors, so `nearest` finds nothing."""

    generation = 1

    def __init__(self, sources: Iterable[Source], chunks: Iterable[Chunk]) -> None:
        """Index chunks.

        Args:
            sources: What the chunks belong to.
            chunks: In document order, source by source.
        """
        self._sources = {source.id: source for source in sources}
        self._chunks: dict[str, IndexedChunk] = {}
        self._mentions: list[Mention] = []
        self._postings: dict[Field, dict[str, dict[str, int]]] = {field: {} for field in Field}
        self._lengths: dict[Field, dict[str, int]] = {field: {} for field in Field}
        for chunk in chunks:
            context = words(f"{chunk.context}\n{self._sources[chunk.source].title}")
            indexed = IndexedChunk(chunk, words(chunk.text), context)
            self._chunks[chunk.id] = indexed
            self._add(Field.WORDS, chunk.id, indexed.words)
            self._add(Field.CONTEXT, chunk.id, context)
            self._add(Field.BIGRAMS, chunk.id, bigrams(f"{chunk.text}\n{chunk.context}"))
            self._mentions.extend(find(chunk))
        self._mean = {field: sum(of.values()) / max(1, self.size) for field, of in self._lengths.items()}

    @property
    def size(self) -> int:
        """Chunks in it."""
        return len(self._chunks)

    @property
    def mean_words(self) -> float:
        """Mean number of words in a chunk."""
        return self._mean[Field.WORDS]

    def document_frequency(self, field: Field, term: str) -> int:
        """Count the chunks that hold a term in a field."""
        return len(self._postings[field].get(term, ()))

    def lexical(self, terms: Mapping[Field, Mapping[str, float]], limit: int) -> list[tuple[str, float]]:
        """Search by weighted terms: chunk ids with their BM25 sums, best first."""
        scores: dict[str, float] = {}
        for field, weights in terms.items():
            mean, lengths = self._mean[field], self._lengths[field]
            for term, weight in weights.items():
                held = self._postings[field].get(term, {})
                idf = math.log(1 + (self.size - len(held) + 0.5) / (len(held) + 0.5))
                for chunk, count in held.items():
                    damped = count + _K1 * (1 - _B + _B * lengths[chunk] / mean)
                    scores[chunk] = scores.get(chunk, 0.0) + weight * idf * count * (_K1 + 1) / damped
        # By place where scores are equal, so that it is the same each time.
        place = {chunk: i for i, chunk in enumerate(self._chunks)}
        ranked = sorted(scores.items(), key=lambda pair: (-pair[1], place[pair[0]]))
        return [(chunk, score) for chunk, score in ranked[:limit] if score > 0]

    def nearest(self, text: str, limit: int) -> list[tuple[str, float]]:
        """Find nothing."""
        return []

    def chunks(self, ids: Sequence[str]) -> list[IndexedChunk]:
        """Give the chunks with these ids, in this order; unknown ids are left out."""
        return [self._chunks[chunk] for chunk in ids if chunk in self._chunks]

    def source(self, source_id: str) -> Source:
        """Give a source by its id. Raises KeyError if it is not here."""
        return self._sources[source_id]

    def sources(self) -> Sequence[Source]:
        """List all sources, by id."""
        return [self._sources[source] for source in sorted(self._sources)]

    def mentions(self, *kinds: MentionKind) -> Sequence[Mention]:
        """List the mentions of these kinds, in document order."""
        return [mention for mention in self._mentions if mention.kind in kinds]

    def _add(self, field: Field, chunk: str, terms: Sequence[str]) -> None:
        self._lengths[field][chunk] = len(terms)
        for term, count in Counter(terms).items():
            self._postings[field].setdefault(term, {})[chunk] = count
