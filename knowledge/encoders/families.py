"""What a model was trained to read: its prefixes for questions and passages, and how its tokens become one vector.

A model that is asked without its prefixes answers all the same, only worse, so nobody would notice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.index import IndexedChunk

Pooling = Literal["mean", "cls"]


@dataclass(frozen=True, slots=True)
class Family:
    """Models that are used alike."""

    name: str
    """Part of the embedding's name: other prefixes make other vectors. Empty where there is nothing to say."""
    query: str = ""
    passage: str = ""
    pooling: Pooling = "mean"

    def question(self, text: str) -> str:
        """Give what the model is to read for a question."""
        return self.query + text

    def passages(self, chunks: Sequence[IndexedChunk]) -> list[str]:
        """Give what the model is to read for each chunk: what stands above it, then its text."""
        return [
            self.passage + "\n".join(part for part in (indexed.chunk.context, indexed.chunk.text) if part)
            for indexed in chunks
        ]


PLAIN = Family("")
"""A model without prefixes, or one whose server adds them."""

_FAMILIES: Sequence[tuple[str, Family]] = (
    # Instruction-tuned e5 wants a task description before the question and nothing before the passage.
    (
        r"e5-[a-z0-9]+-instruct|e5-mistral",
        Family("e5-instruct", "Instruct: Given a question, retrieve passages that answer it\nQuery: "),
    ),
    (r"(^|[-_/])(multilingual-)?e5([-_:.]|$)", Family("e5", "query: ", "passage: ")),
    (r"ruri-v3", Family("ruri-v3", "検索クエリ: ", "検索文書: ")),
    # Versions 1 and 2, which no name tells apart from "ruri" alone.
    (r"(^|[-_/])ruri([-_:.]|$)", Family("ruri", "クエリ: ", "文章: ")),
    # bge-m3 and the Chinese and English ones; their hint for questions is optional since v1.5.
    (r"(^|[-_/])bge([-_:.]|$)", Family("bge", pooling="cls")),
)


def family_of(model: str) -> Family:
    """Find how a model is used, by its name or its folder's: `intfloat/multilingual-e5-small`, `ruri-v3-30m`."""
    lowered = model.lower()
    return next((family for pattern, family in _FAMILIES if re.search(pattern, lowered)), PLAIN)
