"""What was shown to the model in one run: passages with numbers that stay."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import replace

from bot.places import ward_name
from bot.policies import instructs
from knowledge.documents import Passage
from knowledge.fold import readable

AT_MOST = 1_600
"""Characters of a passage that the model is shown."""
_MARKER = re.compile(r"[\[［]\s*[SsＳ]\s*([\d０-９]+)\s*[\]］]")


def without_instructions(passages: Iterable[Passage]) -> list[Passage]:
    """Take out of passages what is written to a machine rather than to a reader: it is shown to no model, proves nothing.

    A passage that is nothing else is left out. Ids stay, so that a citation opens the chunk as it stands.
    """
    found = []
    for passage in passages:
        chunk = passage.chunk
        kept = tuple(block for block in chunk.blocks if not instructs(block.text))
        if len(kept) == len(chunk.blocks):
            found.append(passage)
        elif kept:
            found.append(replace(passage, chunk=replace(chunk, blocks=kept)))
    return found


class Showing:
    """Numbers passages from 1, each once. Safe to use from several threads: a model may use several tools at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: dict[str, int] = {}
        self._passages: dict[int, Passage] = {}
        self.computed: frozenset[str] = frozenset()
        """Numbers that were worked out for the person, which no passage can hold."""

    def number(self, passage: Passage) -> int:
        """Give a passage's number; a new one for a passage not shown before."""
        with self._lock:
            number = self._numbers.setdefault(passage.chunk.id, len(self._numbers) + 1)
            self._passages.setdefault(number, passage)
            return number

    def passages(self) -> dict[int, Passage]:
        """Give what was shown, by number."""
        with self._lock:
            return dict(sorted(self._passages.items()))

    def compute(self, numbers: Iterable[str]) -> None:
        """Allow numbers that were worked out."""
        with self._lock:
            self.computed |= frozenset(numbers)

    def marker(self, passage: Passage) -> str:
        """Give the marker that proves by a passage: `[S1]`."""
        return f"[S{self.number(passage)}]"

    def block(self, passage: Passage) -> str:
        """Write a passage for the model: marker, text, then where it is from, for whom and for which year."""
        chunk, source = passage.chunk, passage.source
        text = readable(chunk.text)
        shown = text if len(text) <= AT_MOST else f"{text[:AT_MOST]}…"
        facts = [source.original or source.title or source.id, chunk.place]
        if chunk.context:
            facts.append("見出し・列名: " + " / ".join(readable(chunk.context).split("\n"))[:200])
        if source.wards:
            facts.append("対象: " + "・".join(map(ward_name, source.wards)))
        if source.fiscal_year:
            facts.append(f"年度: 令和{source.fiscal_year - 2018}年度")
        if source.valid_until:
            facts.append(f"有効: {source.valid_until.isoformat()}まで")
        told = _harmless(f"{shown}\n(出典: {'; '.join(filter(None, facts))})")
        return f"{self.marker(passage)} {told}"


def _harmless(text: str) -> str:
    """Take away what a document could pass off as a marker of ours."""
    return _MARKER.sub(r"(S\1)", text)
