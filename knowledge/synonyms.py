"""Everyday words and the words of the documents: what a shop owner says, and what is written.

The pairs are data: `synonyms.tsv` in Japanese, `synonyms.en.tsv` from English to the Japanese of the documents.
They add terms to a question at a lower weight; nothing that is quoted or indexed is rewritten.
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
from knowledge.tokens import content

_COLUMNS = 3
_JOIN = re.compile(r"[ -]")


@dataclass(frozen=True, slots=True)
class Group:
    """Words for one thing."""

    subject: str
    everyday: tuple[str, ...]
    written: tuple[str, ...]
    one_way: bool = False
    """True if only the everyday words lead to the others: 神田 lies in 千代田区, but 千代田区 is more than 神田."""


def parse(text: str, name: str = "synonyms.tsv") -> tuple[Group, ...]:
    """Read groups from tab-separated lines; lines that start with # are notes.

    Returns:
        One group a line, words folded and in lower case; `_` in a word stands for a space, and a subject that
        ends in → makes the group one-way.
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
        everyday, written = (tuple(fold(word.replace("_", " ")).lower() for word in column) for column in columns[1:])
        subject = columns[0][0]
        groups.append(Group(subject.removesuffix("→"), everyday, written, subject.endswith("→")))
    return tuple(groups)


@lru_cache(maxsize=1)
def shipped() -> tuple[Group, ...]:
    """The Japanese groups that come with Ippo."""
    return _read("synonyms.tsv")


@lru_cache(maxsize=1)
def english() -> tuple[Group, ...]:
    """The groups that lead from English words to Japanese ones, never back."""
    return _read("synonyms.en.tsv")


def _read(name: str) -> tuple[Group, ...]:
    return parse(resources.files("knowledge").joinpath(name).read_text(encoding="utf-8"), name)


@lru_cache(maxsize=1)
def version() -> str:
    """A short hash of the shipped groups: sources are indexed again when they change."""
    return hashlib.sha256(repr((shipped(), english())).encode()).hexdigest()[:12]


_VERB = 6
"""Characters; a longer entry is a phrase and is met as it stands."""


@lru_cache(maxsize=1)
def _by_word() -> dict[str, tuple[Group, ...]]:
    found: dict[str, list[Group]] = {}
    for group in shipped():
        for word in group.everyday:
            found.setdefault(word, []).append(group)
        for word in group.written:
            # Met even where it leads nowhere, so that a name's parts (東京 in 東京商工会議所) are left alone.
            found.setdefault(word, []).extend(() if group.one_way else (group,))
    return {word: tuple(groups) for word, groups in found.items()}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    # Longest first, so that 電気代が高い is met before 電気代. A single kanji (窓, 車) counts only where no other
    # kanji touches it: 車 is a car, 車両 has its own line or none. EV is not in every, nor CES in services.
    parts = []
    for word in sorted(_by_word(), key=len, reverse=True):
        if len(word) == 1:
            parts.append(rf"(?<![一-龥]){re.escape(word)}(?![一-龥])")
        elif word.isascii():
            parts.append(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])")
        else:
            parts.append(re.escape(word))
    return re.compile("|".join(parts))


@lru_cache(maxsize=1)
def _by_english() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for group in english():
        for word in group.everyday:
            found.setdefault(_JOIN.sub("", word), {}).update(dict.fromkeys(group.written))
    return {word: tuple(written) for word, written in found.items()}


@lru_cache(maxsize=1)
def _english_pattern() -> re.Pattern[str]:
    # Whole words; solar panel is also met as solar-panel, solarpanel and solar panels.
    words = sorted({word for group in english() for word in group.everyday}, key=len, reverse=True)
    parts = []
    for word in words:
        stem = "[ -]?".join(re.escape(part) for part in _JOIN.split(word[:-1]))
        parts.append(stem + ("(?:y|ies)" if word[-1] == "y" else re.escape(word[-1]) + "(?:s|es)?"))
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(parts)})(?![a-z0-9])")


def expand(text: str) -> Iterator[tuple[str, str]]:
    """Find the synonyms of what a text says.

    Args:
        text: A question, in Japanese or English.
    Yields:
        (word found, synonym) pairs: Japanese words in text order with their own group's members but themselves,
        then English words in text order with the Japanese words for them.
    """
    folded = fold(text).lower()
    seen: set[tuple[str, str]] = set()
    for word, other in (*_japanese(folded), *_inflected(folded), *_from_english(folded)):
        if other != word and (word, other) not in seen:
            seen.add((word, other))
            yield word, other


def _japanese(folded: str) -> Iterator[tuple[str, str]]:
    for match in _pattern().finditer(folded):
        word = match.group()
        for group in _by_word()[word]:
            back = word in group.written and not group.one_way
            for other in (*group.written, *(group.everyday if back else ())):
                yield word, other


@lru_cache(maxsize=1)
def _by_form() -> dict[str, tuple[Group, ...]]:
    """Verbs and adjectives of the file by their normal form: やめる is met in やめたい and やめられない."""
    found: dict[str, list[Group]] = {}
    for group in shipped():
        for word in group.everyday:
            forms = [found_word for found_word in content(word) if not found_word.part]
            if len(forms) == 1 and not forms[0].noun and len(word) <= _VERB:
                found.setdefault(forms[0].form, []).append(group)
    return {form: tuple(groups) for form, groups in found.items()}


def _inflected(folded: str) -> Iterator[tuple[str, str]]:
    for word in content(folded):
        if not word.noun and not word.part:
            for group in _by_form().get(word.form, ()):
                for other in group.written:
                    yield word.form, other


def _from_english(folded: str) -> Iterator[tuple[str, str]]:
    for match in _english_pattern().finditer(folded):
        word = match.group()
        joined = _JOIN.sub("", word)
        singulars = (joined, joined.removesuffix("s"), joined.removesuffix("es"), joined.removesuffix("ies") + "y")
        for other in next((_by_english()[form] for form in singulars if form in _by_english()), ()):
            yield word, other
