"""A sentence taken apart: its values, its names, and the words that stand beside each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.guard.names import Named, Names, named
from bot.guard.values import Value, comparable, values
from knowledge.tokens import words

_TIME = re.compile(r"[年月日]\d")
_COMMA = re.compile(r"[、,;；。|]")


@dataclass(frozen=True, slots=True)
class Beside:
    """Where something stands in a sentence."""

    near: frozenset[str]
    """Terms of its own part of the sentence: up to the next thing of its kind."""
    whole: frozenset[str]
    """Terms of the sentence."""


class Statement:
    """One sentence of a draft or of a passage; computed when asked for, and never changed."""

    def __init__(self, folded: str, names: Names) -> None:
        """Take a folded sentence of bounded length."""
        self.text = folded
        self._names = names

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """Its values, in order."""
        return values(self.text)

    @cached_property
    def names(self) -> tuple[Named, ...]:
        """The organisations, programmes and wards it names, in order."""
        return named(self.text, self._names)

    @cached_property
    def terms(self) -> frozenset[str]:
        """All its terms."""
        return self._between(0, len(self.text))

    def beside_value(self, value: Value) -> Beside:
        """What stands beside one of its values."""
        rivals = [(v.start, v.end) for v in self.values if v is value or comparable(value, v)]
        return self._beside(rivals, (value.start, value.end), value.key)

    def beside_name(self, name: Named) -> Beside:
        """What stands beside one of its names."""
        rivals = [(n.start, n.end) for n in self.names if n.kind == name.kind]
        return self._beside(rivals, (name.start, name.end), "")

    def part(self, start: int, end: int) -> frozenset[str]:
        """The terms of a part of it."""
        return self._between(start, end)

    def _beside(self, spans: Sequence[tuple[int, int]], own: tuple[int, int], key: str) -> Beside:
        start, end = next(cut for span, cut in zip(spans, _segments(self.text, spans), strict=True) if span == own)
        near = self._between(start, own[0]) | self._between(own[1], end)
        whole = self.terms | near
        if len(spans) > 1:
            # Of several years each belongs to what stands beside it, and to nothing else in the sentence.
            years = {term for term in self.terms if _TIME.match(term)}
            whole -= years - near if len(years) > 1 else set()
        return Beside(near - {key}, whole - {key})

    def _between(self, start: int, end: int) -> frozenset[str]:
        found = set(terms(self.text[start:end]))
        found.update(value.key for value in self.values if start <= value.start and value.end <= end)
        return frozenset(found)


@lru_cache(maxsize=16384)
def terms(text: str) -> frozenset[str]:
    """The content words of a text without its numbers, which are compared as values."""
    return frozenset(word for word in words(text) if not word[0].isdigit())


def _segments(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Share a sentence out among things of one kind that stand in it, in order.

    Between two of them it is cut at the first comma: what a predicate says of the first comes before it. Without a
    comma everything belongs to the second, whose subject it is.
    """
    start = 0
    for i, (_, end) in enumerate(spans):
        if i == len(spans) - 1:
            yield start, len(text)
            return
        following = spans[i + 1][0]
        comma = _COMMA.search(text, end, following)
        cut = comma.end() if comma else end
        yield start, cut
        start = cut
