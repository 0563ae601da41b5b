"""The passages that a sentence cites, taken apart: what stands in them, and beside what."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

from bot.guard.days import Day
from bot.guard.names import Names, areas
from bot.guard.spots import Spot, sentences, spots_of
from bot.guard.statement import Statement
from bot.guard.units import words_of
from bot.guard.values import Reading, Value, ValueKind
from knowledge.documents import Block, BlockKind, Kind, Passage, Source
from knowledge.fold import fold, readable
from knowledge.wards import WARDS

_NOT_KNOWN = re.compile(
    r"(?:記載|記述|情報)(?:が|は)?(?:あり|見当たり|ござい)ません|確認(?:が|は)?できません|(?:書かれて|載って)(?:い)?ません|資料に(?:は)?(?:ありません|ない)|分かりません|わかりません|見つかりません"
)
_AND = re.compile(r"(?:[てりおしえれ]|です|ます)が?、(?=[^、]*$)|(?:ます|です)が、")
"""The end of a clause that stands by itself, before what is not known."""
_QUIET = re.compile(r"[\s・、。,.|()（）「」『』\[\]【】<>*`:：;；/~\-]+")


class Evidence:
    """What a set of passages holds; made once for a set, and never changed."""

    def __init__(
        self,
        passages: Sequence[Passage],
        names: Names,
        today: date | None = None,
        others: Sequence[Passage] = (),
    ) -> None:
        """Take passages apart; those that were before are remembered.

        Args:
            passages: What is cited.
            names: Of the index in use.
            others: More of the same documents: 「単位はt」 stands before a table, not in its rows.
            today: A day with its weekday but without its year lies within a year of it; None: it may lie nowhere.
        """
        self._now = frozenset(today.year + step for step in (-1, 0, 1)) if today else frozenset()
        parts = [_part(passage.chunk.id, _Key(passage), names) for passage in passages]
        self.spots = tuple(spot for part in parts for spot in part.spots)
        self._parts = parts
        self._others = [_part(passage.chunk.id, _Key(passage), names) for passage in others]

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """All values in text, headings, titles and metadata."""
        return tuple(value for part in self._parts for value in part.values)

    @cached_property
    def things(self) -> frozenset[str]:
        """All organisations, programmes and wards that are named, in text, context and metadata."""
        return frozenset().union(*(part.things for part in self._parts))

    @cached_property
    def areas(self) -> frozenset[str]:
        """Wider areas that are named."""
        return frozenset().union(*(part.areas for part in self._parts))

    @cached_property
    def terms(self) -> frozenset[str]:
        """All terms in text, context and titles."""
        return frozenset().union(*(part.terms for part in self._parts))

    @cached_property
    def stated(self) -> frozenset[str]:
        """All terms but those that stand only in what the passages say is not known."""
        unknown = [spot for spot in self.spots if is_unknown(spot.says.text)]
        if not unknown:
            return self.terms
        known = [spot for spot in self.spots if spot not in unknown]
        said = frozenset().union(*(spot.terms | spot.framed for spot in known), *(spot.framed for spot in unknown))
        return said.union(*(_before_the_unknown(spot.says) for spot in unknown))

    @cached_property
    def fiscal_years(self) -> frozenset[int]:
        """The fiscal years that are named, in text and metadata."""
        return self._fiscal

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of all values."""
        return frozenset().union(*(value.keys for value in self.values))

    def year_fits(self, day: Day, year: int) -> bool:
        """Tell whether a day that a passage writes without its year may lie in a year.

        It may where the passages speak of that year, unless they write the same day with another one.
        """
        same = [dated.year for dated in self._dated if day.within(replace(dated, part="", weekday=""))]
        if same:
            return year in same
        whole = replace(day, year=year)
        if day.weekday:
            spans = {span for fiscal in self._fiscal for span in (fiscal, fiscal + 1)}
            return whole.on_weekday() and year in spans | {dated.year for dated in self._dated} | self._now
        return any(dated.year == year for dated in self._dated) or any(
            year == (fiscal if day.month is None or day.month >= 4 else fiscal + 1) for fiscal in self._fiscal
        )

    @cached_property
    def _dated(self) -> tuple[Day, ...]:
        days = [reading.amount for value in self.values for reading in value.readings]
        return tuple(day for day in days if isinstance(day, Day) and day.year is not None and day.fiscal is not True)

    @cached_property
    def _fiscal(self) -> frozenset[int]:
        days = [reading.amount for value in self.values for reading in value.readings]
        return frozenset(day.year for day in days if isinstance(day, Day) and day.year is not None and day.fiscal)

    def measures(self, unit: str) -> bool:
        """Tell whether a unit stands in the passages, at a value or in a table's head."""
        readings = (
            reading for part in (*self._parts, *self._others) for value in part.values for reading in value.readings
        )
        return any(unit == reading.unit for reading in readings) or any(
            word in part.terms for part in (*self._parts, *self._others) for word in words_of(unit)
        )

    def holds(self, literal: str) -> bool:
        """Tell whether something stands in the passages letter by letter, white space and punctuation aside."""
        wanted = quiet(literal)
        return bool(wanted) and any(wanted in part.plain for part in self._parts)

    @cached_property
    def weights(self) -> Callable[[str], float]:
        """How much a term tells one spot from another: more the fewer spots have it; 0 if none has."""
        counts = Counter(term for spot in self.spots for term in spot.terms)
        for spot in self.spots:
            counts.update(spot.framed - spot.terms)
        total = len(self.spots) + 1
        table = {term: math.log(total / (count + 0.5)) + 0.05 for term, count in counts.items()}
        return lambda term: max(0.0, table.get(term, 0.0))


def is_unknown(folded: str) -> bool:
    """Tell whether a sentence says that something is not known: 「…は、資料に記載がありません」."""
    return bool(_NOT_KNOWN.search(folded))


def _before_the_unknown(said: Statement) -> frozenset[str]:
    """The terms of a sentence's first clause where it states something: 「会場は千代田区とだけあり、名前の記載はありません」."""
    phrase = _NOT_KNOWN.search(said.text)
    end = _AND.search(said.text, 0, phrase.start() if phrase else 0)
    return said.part(0, end.start()) if end else frozenset()


def quiet(text: str) -> str:
    """Give a text as it is compared letter by letter: folded, lower case, without の, white space and punctuation."""
    return _QUIET.sub("", fold(readable(text)).lower()).replace("の", "").replace("等", "")


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One passage, taken apart."""

    spots: tuple[Spot, ...]
    values: tuple[Value, ...]
    things: frozenset[str]
    areas: frozenset[str]
    terms: frozenset[str]
    plain: str


class _Key:
    """Carries a passage through the cache, which knows it by its chunk's id."""

    def __init__(self, passage: Passage) -> None:
        self.passage = passage

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.passage.source == other.passage.source

    def __hash__(self) -> int:
        return hash(self.passage.source.id)


@lru_cache(maxsize=2048)
def _part(chunk: str, key: _Key, names: Names) -> _Part:
    passage = key.passage
    title = _title(passage.source, names)
    spots = spots_of(_shown(passage), title, names)
    # A continued block's first sentence speaks of what the one before was about.
    context = {s.text: s for spot in spots for s in (*spot.line, *spot.above, *spot.title)}
    for line in (*passage.chunk.context.split("\n"), *title_lines(passage.source)):
        for said in sentences(line, names):
            context.setdefault(said.text, said)
    statements = [*(spot.says for spot in spots), *context.values()]
    wards = {f"ward/{ward}" for ward in passage.source.wards if ward in WARDS}
    text = f"{passage.chunk.text}\n{passage.chunk.context}\n" + "\n".join(title_lines(passage.source))
    return _Part(
        spots,
        (*(value for s in statements for value in s.values), *_metadata(passage.source)),
        frozenset(thing for s in statements for name in s.names for thing in name.things) | wards,
        areas(fold(text)) | _wide(passage.source),
        frozenset().union(*(s.terms for s in statements)),
        quiet(text),
    )


def _shown(passage: Passage) -> tuple[Block, ...]:
    return tuple(block for block in passage.chunk.blocks if block.kind is not BlockKind.HEADER)


def title_lines(source: Source) -> tuple[str, ...]:
    """What a source is called and by whom, a line each."""
    lines = (source.title, source.original, source.publisher, *(WARDS[w] for w in source.wards if w in WARDS))
    return tuple(line for line in lines if line)


def _title(source: Source, names: Names) -> tuple[Statement, ...]:
    lines = (*title_lines(source), *([_PROPOSED] if source.kind is Kind.PROPOSAL else []))
    return tuple(said for line in lines for said in sentences(line, names))


_PROPOSED = "提案の段階の案で、決定や実績ではありません。数字は想定値です"
"""What holds for all that a proposal says."""


def _metadata(source: Source) -> Iterator[Value]:
    if source.fiscal_year is not None:
        yield _day(Day(source.fiscal_year, fiscal=True))
    for day in (source.date, source.valid_from, source.valid_until):
        if day is not None:
            yield _day(Day(day.year, day.month, day.day))


def _day(day: Day) -> Value:
    return Value(ValueKind.DATE, (Reading("日付", day),), 0, 0)


def _wide(source: Source) -> frozenset[str]:
    words = {"all23": {"23区", "特別区"}, "tokyo": {"東京都", "都内"}, "japan": {"全国"}}
    return frozenset().union(*(words.get(ward, set()) for ward in source.wards))
