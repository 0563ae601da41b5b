"""Everyday words and the words of the documents: what a shop owner says, and what is written.

The pairs are data (`synonyms.tsv`). They add terms to a question at a lower weight; nothing that is quoted or
indexed is rewritten.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from knowledge.errors import ManifestError
from knowledge.fold import fold

_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Words for one thing."""

    subject: str
    everyday: tuple[str, ...]
    written: tuple[str, ...]


def parse(text: str, name: str = "synonyms.tsv") -> tuple[Group, ...]:
    """Read groups from tab-separated lines; lines that start with # are notes.

    Raises:
        ManifestError: A line has not three columns, or an empty one; names file and line.
    """
    groups: list[Group] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = [column.split() for column in line.split("\t")]
        if len(columns) != _COLUMNS or not all(columns):
            raise ManifestError(f"{name}: line {number}: three columns are needed (group, everyday, written)")
        groups.append(Group(columns[0][0], *(tuple(fold(word).lower() for word in column) for column in columns[1:])))
    return tuple(groups)


@lru_cache(maxsize=1)
def shipped() -> tuple[Group, ...]:
    """The groups that come with Ippo."""
    return parse(resources.files("knowledge").joinpath("synonyms.tsv").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def version() -> str:
    """A short hash of the shipped groups: sources are indexed again when they change."""
    return hashlib.sha256(repr(shipped()).encode()).hexdigest()[:12]


@lru_cache(maxsize=1)
def _by_word() -> dict[str, tuple[Group, ...]]:
    found: dict[str, list[Group]] = {}
    for group in shipped():
        for word in (*group.everyday, *group.written):
            found.setdefault(word, []).append(group)
    return {word: tuple(groups) for word, groups in found.items()}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    # Longest first, so that 電気代が高い is met before 電気代. A single kanji (窓, 車) counts only where no other
    # kanji touches it: 車 is a car, 車両 has its own line or none.
    words = sorted(_by_word(), key=len, reverse=True)
    parts = [
        rf"(?<![一-龥]){re.escape(word)}(?![一-龥])" if len(word) == 1 or word.isascii() else re.escape(word)
        for word in words
    ]
    return re.compile("|".join(parts))


def expand(text: str) -> Iterator[tuple[str, str]]:
    """Find the synonyms of what a text says.

    Args:
        text: A question.
    Yields:
        (word found, synonym) pairs, in text order; a word's own group members but itself.
    """
    folded = fold(text).lower()
    seen: set[tuple[str, str]] = set()
    for match in _pattern().finditer(folded):
        word = match.group()
        for group in _by_word()[word]:
            for other in (*group.written, *(group.everyday if word in group.written else ())):
                if other != word and (word, other) not in seen:
                    seen.add((word, other))
                    yield word, other
