"""What tests ask of an index."""

from __future__ import annotations

from knowledge import tokens
from knowledge.index import Field, Index


def found(index: Index, text: str) -> list[str]:
    """Source ids by the lexical arm, best first, each once."""
    hits = index.lexical({Field.WORDS: dict.fromkeys(tokens.words(text), 1.0)}, 50)
    return list(dict.fromkeys(chunk.chunk.source for chunk in index.chunks([chunk_id for chunk_id, _ in hits])))


def nearest(index: Index, text: str) -> str:
    """Source id of the best hit of the dense arm."""
    (best,) = index.chunks([chunk_id for chunk_id, _ in index.nearest(text, 1)])
    return best.chunk.source


def texts(index: Index, word: str) -> list[str]:
    """Texts of all chunks that hold a word."""
    hits = index.lexical({Field.WORDS: dict.fromkeys(tokens.words(word), 1.0)}, 1000)
    return [chunk.chunk.text for chunk in index.chunks([chunk_id for chunk_id, _ in hits])]
