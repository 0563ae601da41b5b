"""A look-up of something known on both arms: does search work at all?

No model is asked: it is looked at by `ippo doctor`, and without it words are searched all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from knowledge import tokens
from knowledge.index import Field, IndexedChunk
from knowledge.snapshot import Snapshot

_JAPANESE = re.compile(r"[一-龥ァ-ヶー]{2,}")
_AGAIN = "ippo ingest をもう一度実行してください"
_HITS = 10
_TRIED = 20
"""Words looked at before it is said that the tokeniser no longer knows any of them."""


def problems_of(index: Snapshot, sample: Sequence[str]) -> list[str]:
    """Look up a Japanese word that is known to be there, by words and by vectors.

    Args:
        index: With at least one chunk.
        sample: Ids of some of its chunks; the first with a usable word serves.
    Returns:
        What is wrong, one sentence each in Japanese; empty if all is well or no chunk has a Japanese word.
    """
    for tried, (chunk, word) in enumerate(_words(index.chunks(sample)), 1):
        if word in tokens.words(word):
            return [*_by_words(index, word), *_by_vectors(index, chunk, word)]
        if tried == _TRIED:
            return [f"索引の語「{word}」が今の辞書では別の語になります。{_AGAIN}"]
    return []


def _words(chunks: Sequence[IndexedChunk]) -> Iterator[tuple[IndexedChunk, str]]:
    for chunk in chunks:
        for word in dict.fromkeys(chunk.words):
            if _JAPANESE.fullmatch(word):
                yield chunk, word


def _by_words(index: Snapshot, word: str) -> list[str]:
    asked = dict.fromkeys(tokens.words(word), 1.0)
    hits = index.chunks([found for found, _ in index.lexical({Field.WORDS: asked}, _HITS)])
    if any(word in hit.words for hit in hits):
        return []
    return [f"語の索引で「{word}」が見つかりません。{_AGAIN}"]


def _by_vectors(index: Snapshot, chunk: IndexedChunk, word: str) -> list[str]:
    try:
        hits = index.chunks([found for found, _ in index.alike(chunk.chunk.id, _HITS)])
    except Exception as error:  # Chroma may fail in its own ways, and all of them mean the same here
        return [f"ベクトル索引を調べられません({type(error).__name__})。IPPO_CHROMA_URL を確かめてください"]
    # Not this very chunk: the same text may stand in many documents.
    if any(word in hit.words for hit in hits):
        return []
    return [f"ベクトル索引で「{word}」の文が見つかりません。{_AGAIN}"]
