"""Stand-ins that keep everything in memory; they meet the same ports as the real parts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from knowledge.documents import Chunk, Source
from knowledge.index import Field, IndexedChunk, Mention, MentionKind
from knowledge.mentions import find
from knowledge.tokens import bigrams, words


class MemoryIndex:
    """An `Index` over lists; BM25 as tantivy computes it."""

    generation = 1

    def __init__(self, sources: Iterable[Source], chunks: Iterable[Chunk]) -> None:
        self._sources = {source.id: source for source in sources}
        self._chunks: dict[str, IndexedChunk] = {}
        self._terms: dict[Field, dict[str, Counter[str]]] = {field: {} for field in Field}
        self._mentions: list[Mention] = []
        for chunk in chunks:
            title = self._sources[chunk.source].title
            context = words(f"{chunk.context}\n{title}")
            indexed = IndexedChunk(chunk, words(chunk.text), context)
            self._chunks[chunk.id] = indexed
            self._terms[Field.WORDS][chunk.id] = Counter(indexed.words)
            self._terms[Field.CONTEXT][chunk.id] = Counter(context)
            self._terms[Field.BIGRAMS][chunk.id] = Counter(bigrams(f"{chunk.text}\n{chunk.context}"))
            self._mentions.extend(find(chunk))
        self._df = {
            field: Counter(term for counts in by_chunk.values() for term in counts)
            for field, by_chunk in self._terms.items()
        }

    @property
    def size(self) -> int:
        return len(self._chunks)

    @cached_property
    def mean_words(self) -> float:
        return sum(len(indexed.words) for indexed in self._chunks.values()) / max(1, self.size)

    def document_frequency(self, field: Field, term: str) -> int:
        return self._df[field][term]

    def lexical(self, terms: Mapping[Field, Mapping[str, float]], limit: int) -> list[tuple[str, float]]:
        scores: Counter[str] = Counter()
        for field, weights in terms.items():
            by_chunk = self._terms[field]
            mean = sum(sum(c.values()) for c in by_chunk.values()) / max(1, self.size)
            for chunk_id, counts in by_chunk.items():
                length = sum(counts.values())
                for term, weight in weights.items():
                    tf = counts.get(term, 0)
                    if tf:
                        df = self._df[field][term]
                        idf = math.log(1 + (self.size - df + 0.5) / (df + 0.5))
                        scores[chunk_id] += weight * idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / mean))
        return [(key, score) for key, score in scores.most_common(limit) if score > 0]

    def nearest(self, text: str, limit: int) -> list[tuple[str, float]]:
        return []

    def chunks(self, ids: Sequence[str]) -> list[IndexedChunk]:
        return [self._chunks[key] for key in ids if key in self._chunks]

    def source(self, source_id: str) -> Source:
        return self._sources[source_id]

    def sources(self) -> Sequence[Source]:
        return [self._sources[key] for key in sorted(self._sources)]

    def mentions(self, *kinds: MentionKind) -> Iterable[Mention]:
        return [mention for mention in self._mentions if mention.kind in kinds]
