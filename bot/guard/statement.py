"""A sentence taken apart: its values, its names, and the words that stand beside each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.guard.names import Named, Names, named
from bot.guard.values import Value, comparable, values
from knowledge.tokens import words

_COMMA = re.compile(r"[、,;；。|]|(?=【)|(?<=[ぁ-んァ-ヴー一-龥])/(?=[\d一-龥ァ-ヴ])")
_ENDS = re.compile(
    r"(?:(?:です|ます|ません|でした|ました)(?:が|し|けれども?|けど)|て(?:おり|いて)|[でしりきいえけれみびせげべち])、"
)
"""Where a clause may end within a sentence."""
_SURELY_ENDS = re.compile(r"(?:(?:です|ます|ません|でした|ました)(?:が|し|けれども?|けど)|て(?:おり|いて))、")
_OF_THE_SAME = 5
"""Characters of a subject that needs another one to say of what it is: 上限, 助成率, 締め切り."""
_TOPIC = re.compile(r"(?<![でにと])は(?![いじず])")
_ATTRIBUTE = re.compile(
    r"(?:上限|下限|限度額?|単価|金額|額|率|割合|締め?切り?|期限|期間|対象|条件|窓口|電話(?:番号)?|場所|会場|時間|日時|料金|費用|参加費|定員|累計|合計)$"
)
"""Before は: something of the subject that was named before."""
_ALSO = re.compile(r"も(?=[^も、]{1,16}$)")


CLEFT = re.compile(
    r"(?:の|人|者|ところ|会社|企業|事業者|組織|団体|自治体)は、?(?P<who>[^、。]{2,40}?)(?:です|でした|である|だ)。?$"
)
"""「Xを行うのはYです」: Y is what it is said of."""


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

    def other(self, folded: str) -> Statement:
        """A statement of another text, read with the same names."""
        return Statement(folded, self._names)

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
        return self.part(0, len(self.text))

    def beside_value(self, value: Value) -> Beside:
        """What stands beside one of its values."""
        rivals = [(v.start, v.end) for v in self.values if v is value or comparable(value, v)]
        return self._beside(rivals, (value.start, value.end), value.keys)

    def beside_name(self, name: Named) -> Beside:
        """What stands beside one of its names."""
        # 「三井物産の森」 names a forest: what stands in quotes is no subject beside one outside.
        outside = not self._quoted(name)
        rivals = [
            (n.start, n.end)
            for n in self.names
            if n is name or (n.kind == name.kind and not (outside and self._quoted(n)))
        ]
        # What the name is made of stands in every place that has the name, and says nothing about it.
        own = [self.part(n.start, n.end) for n in self.names if n.kind == name.kind]
        return self._beside(rivals, (name.start, name.end), frozenset().union(*own))

    def listed_with(self, name: Named) -> frozenset[str]:
        """What is named side by side with a name, 「AとB」, the name's own things included."""
        return frozenset().union(*(n.things for n in self._side_by_side(name)))

    def count_with(self, name: Named) -> int:
        """How many names stand side by side with a name, itself included."""
        return len(self._side_by_side(name))

    def end_of_list(self, name: Named) -> int:
        """Where the last of the names ends that stand side by side with a name."""
        return max(other.end for other in self._side_by_side(name))

    def _side_by_side(self, name: Named) -> list[Named]:
        same = [n for n in self.names if n.kind == name.kind]
        spans = [(n.start, n.end) for n in same]
        start, end = next(span for span in _groups(self.text, spans) if span[0] <= name.start and name.end <= span[1])
        return [n for n in same if start <= n.start and n.end <= end]

    def _quoted(self, name: Named) -> bool:
        before = self.text[: name.start]
        return max(before.rfind("「"), before.rfind("『")) > max(before.rfind("」"), before.rfind("』"))

    def part(self, start: int, end: int) -> frozenset[str]:
        """The terms of a part of it."""
        found = set(terms(self._plain[start:end]))
        for value in self.values:
            if start <= value.start and value.end <= end:
                found |= value.keys
        return frozenset(found)

    def clause(self, at: int) -> frozenset[str]:
        """The terms of the clause around a place, with the sentence's subject where the clause has none of its own."""
        start, end = self._clause(at)
        first = self._clauses[0]
        found = self.part(start, end)
        topic = _TOPIC.search(self.text, start, end)
        # 「上限は」 is no subject, but something of the one before: 「空調は1/3以内で、上限は1,200万円です」.
        if start > first[0] and (not topic or topic.start() - start <= _OF_THE_SAME):
            found |= self._topic(first) or self.part(*first)
        return found

    def _topic(self, clause: tuple[int, int]) -> frozenset[str]:
        """The terms up to the first は of a clause; none where it has no subject."""
        topic = _TOPIC.search(self.text, *clause)
        return self.part(clause[0], topic.end()) if topic else frozenset()

    def topic_before(self, value: Value) -> tuple[int, int] | None:
        """Where the subject of a value's clause stands, up to its は or も; None where it has none before the value."""
        start = self._clause(value.start)[0]
        comma = self.text.rfind("、", start, value.start)
        found = _TOPIC.search(self.text, start, value.start) or _ALSO.search(self.text, start, value.start)
        if found and comma > found.end():
            # 「Aは50%、BとCは20%」: the nearest subject is the value's.
            later = _TOPIC.search(self.text, comma, value.start)
            return (comma + 1, later.start()) if later else (start, found.start())
        return (start, found.start()) if found else None

    def _clause(self, at: int) -> tuple[int, int]:
        return next((span for span in self._clauses if span[1] > at), self._clauses[-1])

    @cached_property
    def _plain(self) -> str:
        """The text with its values blanked: they are compared as values."""
        text = self.text
        for value in self.values:
            text = f"{text[: value.start]}{' ' * (value.end - value.start)}{text[value.end :]}"
        return text

    @cached_property
    def _clauses(self) -> tuple[tuple[int, int], ...]:
        """Clauses with a subject each; 「断熱性を上げ、結露を減らす」 is one with what comes before it."""
        found: list[tuple[int, int]] = []
        start = 0
        for match in _ENDS.finditer(self.text):
            following = _ENDS.search(self.text, match.end())
            rest = following.start() if following else len(self.text)
            own = _TOPIC.search(self.text, match.end(), rest) and _TOPIC.search(self.text, start, match.start())
            if own or _SURELY_ENDS.fullmatch(match.group()):
                found.append((start, match.end()))
                start = match.end()
        return (*found, (start, len(self.text)))

    def _beside(self, spans: Sequence[tuple[int, int]], own: tuple[int, int], keys: frozenset[str]) -> Beside:
        groups = list(_groups(self.text, spans))
        cuts = list(_segments(self.text, groups))
        place = next(i for i, (start, end) in enumerate(groups) if start <= own[0] and own[1] <= end)
        first, last = self._clause(own[0])
        near: frozenset[str] = frozenset()
        for start, end in reversed(cuts[: place + 1]):
            # 「3月2日（3/2）」: what says the same again has the same neighbours.
            start, end = max(start, first), min(end, max(last, own[1]))  # noqa: PLW2901 - within its clause
            near = self.part(start, own[0]) | self.part(own[1], end) if start <= own[0] < end else self.part(start, end)
            near -= keys
            if near:
                break
        subject = _TOPIC.search(self.text, max(cuts[place][0], first), own[0]) if place else None
        if subject and not _ATTRIBUTE.search(self.text, 0, subject.start()):
            # 「空調は20%、LEDは50%です」: it has a subject of its own, so the other one says nothing about it.
            return Beside(near, near)
        topic = _TOPIC.search(self.text, first, last)
        if topic and topic.end() <= own[0]:
            near |= self.part(first, topic.end()) - keys  # what the clause is about, each of its values is about
        return Beside(near, (self.clause(own[0]) | near) - keys)


@lru_cache(maxsize=16384)
def terms(text: str) -> frozenset[str]:
    """The content words of a text without its numbers, which are compared as values."""
    return frozenset(word for word in words(text) if not word[0].isdigit())


_JOINT = re.compile(r"[」』]?\s?(?:と、?|[、・や/,~-]|から|及び|および|または|か)\s?[「『]?")


def _groups(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join what is listed side by side, 「AとBの調査」: the same is said of all of it."""
    start, end = spans[0]
    for first, last in spans[1:]:
        if not _JOINT.fullmatch(text, end, first):
            yield start, end
            start = first
        end = last
    yield start, end


def _segments(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Share a sentence out among things of one kind that stand in it, in order.

    Between two of them it is cut where the last clause ends that is about the first, else at the first comma: what a
    predicate says of the first comes before it. Without a comma everything belongs to the second, whose subject it is.
    """
    start = 0
    for i, (_, end) in enumerate(spans):
        if i == len(spans) - 1:
            yield start, len(text)
            return
        following = spans[i + 1][0]
        clauses = list(_ENDS.finditer(text, end, following))
        comma = clauses[-1] if clauses else _COMMA.search(text, end, following)
        cut = comma.end() if comma else end
        yield start, cut
        start = cut
