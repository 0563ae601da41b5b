"""Vectors for the dense arm.

`Embedding` is the seam for real ones (`knowledge.encoders`); the built-in `HashedEmbedding` needs no download. It is lexical: two texts
are near when they share words and character pairs, not when they mean the same.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.fold import fold
from knowledge.index import IndexedChunk

Vectors = NDArray[np.float32]


class Embedding(Protocol):
    """Turns texts into vectors whose cosine says how near they are."""

    @property
    def name(self) -> str:
        """What made the vectors; vectors of different names are never compared. At most 200 characters."""

    def embed_documents(self, chunks: Sequence[IndexedChunk]) -> Vectors:
        """Embed chunks: (n, dimensions), rows of unit length. Their terms are given so as not to be found twice.

        Raises:
            EmbeddingUnavailable: The model is not there, or does not answer.
        """

    def embed_query(self, text: str) -> Vectors:
        """Embed a question: (dimensions,), unit length; all zero if there is nothing in it to go by.

        Raises:
            EmbeddingUnavailable: The model is not there, or does not answer in time.
        """


class HashedEmbedding:
    """Sudachi words and character bigrams hashed into 1,024 signed dimensions. Lexical, no model, no download.

    Each feature falls into dimension `crc32 mod 1024` with a sign taken from another bit, so that collisions
    cancel out on average; its weight is 1 + ln(tf).

    Source:
        Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009.
    """

    name = "hashed-1024-v1"
    dimensions = 1024
    _CONTEXT = 0.5
    """Weight of a word that stands only above the chunk (heading, table header)."""
    _BIGRAM = 0.5
    """Weight of a character pair: most of them only repeat what the words say."""

    def embed_documents(self, chunks: Sequence[IndexedChunk]) -> Vectors:
        """Embed chunks by the terms they carry."""
        from knowledge.tokens import bigrams

        matrix = np.zeros((len(chunks), self.dimensions), dtype=np.float32)
        for row, chunk in zip(matrix, chunks, strict=True):
            weights = _weights("w", chunk.words, 1.0)
            for feature, weight in _weights("w", chunk.context, self._CONTEXT).items():
                weights.setdefault(feature, weight)
            weights.update(_weights("b", bigrams(chunk.chunk.text), self._BIGRAM))
            self._fill(row, weights)
        return matrix

    def embed_query(self, text: str) -> Vectors:
        """Embed a question."""
        from knowledge.tokens import bigrams, words

        folded = fold(text)
        vector = np.zeros(self.dimensions, dtype=np.float32)
        self._fill(vector, _weights("w", words(folded), 1.0) | _weights("b", bigrams(folded), self._BIGRAM))
        return vector

    def _fill(self, row: Vectors, weights: Mapping[str, float]) -> None:
        """Add the features to an empty row and scale it to unit length."""
        if not weights:
            return
        hashes = np.fromiter((_hash(feature) for feature in weights), dtype=np.int64, count=len(weights))
        values = np.fromiter(weights.values(), dtype=np.float64, count=len(weights))
        signs = np.where((hashes >> 20) & 1, 1.0, -1.0)
        total = np.bincount(hashes % self.dimensions, weights=values * signs, minlength=self.dimensions)
        length = float(np.linalg.norm(total))
        if length > 0:
            row[:] = total / length


@lru_cache(maxsize=1 << 17)
def _hash(feature: str) -> int:
    return zlib.crc32(feature.encode())


def _weights(kind: str, terms: Iterable[str], weight: float) -> dict[str, float]:
    return {f"{kind}:{term}": weight * (1 + math.log(count)) for term, count in Counter(terms).items()}
