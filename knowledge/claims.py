"""What documents say about the money of a programme, so that two that contradict each other are found.

Only what is plain is read: the ceiling and the share of a programme that is named beside it. Where a document gives
several ceilings (for dwellings, for offices …), none is compared: which belongs to which is not known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from knowledge.dates import years
from knowledge.documents import Block, BlockKind, Chunk, Source
from knowledge.fold import fold
from knowledge.index import Index, MentionKind
from knowledge.mentions import find


class Sort(StrEnum):
    """What an amount is of its programme."""

    CEILING = "ceiling"
    """In yen."""
    SHARE = "share"
    """Of the costs, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One amount, as one document gives it."""

    programme: str
    """As it is written."""
    key: str
    """The same without year and endings: equal means the same programme."""
    sort: Sort
    value: Fraction
    written: str
    """The amount as it is written, folded: 上限50万円 → 50万円."""
    block: Block
    chunk: Chunk
    source: Source
    years: frozenset[int]
    """Fiscal or calendar years that it is said to hold for; empty where none is named."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two documents that give different amounts for the same."""

    one: Claim
    other: Claim


_ERA = r"(?:令和|平成|[RH])\s?(?:元|\d{1,2})|(?:19|20)\d\d"
_DATED = re.compile(
    rf"[(（\[【〈《]?(?:{_ERA})\s*(?:年度?|[./-]\d{{1,2}}(?:[./-]\d{{1,2}})?)?(?:\d{{1,2}}月(?:\d{{1,2}}日)?)?"
    r"\s*(?:現在|時点|版|分|改[訂定]|更新)?[)）\]】〉》]?"
)
_EDITED = re.compile(
    r"[(（\[【]?(?:第?\d+(?:\.\d+)*版|改[訂定]版?|更新版?|最新版?|新版|旧版|確定版|ver\.?\s?\d[\d.]*)[)）\]】]?",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[\W_]+")
_ENDING = re.compile(r"(?:制度|金|事業|要綱|要領|案内)$")
_POINTING = re.compile(r"^(?:本|当|同|各|当該|他|別|新)(?=助成|補助|制度)")
_YEN = r"(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>億|千万|百万|万|千)?円"
_CEILING = re.compile(
    rf"(?:上限(?:額|金額)?|限度額?|最大|最高)(?:[はがをも:]|として|合わせて|、|\s)*{_YEN}|(?P<late>{_YEN.replace('number', 'n2').replace('unit', 'u2')})(?:を|が)?(?:上限|限度)"
)
_SHARE = re.compile(
    r"(?P<of>\d{1,2})分の(?P<parts>\d{1,2})|(?<![\d/])(?P<up>\d{1,2})/(?P<down>\d{1,2})(?![\d/])|(?P<percent>\d{1,3}(?:\.\d+)?)\s?%"
)
_GIVES = re.compile(r"助成|補助|支給|交付")
_TIMES = {"億": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "千": 10**3, None: 1}
_DENIED = re.compile(r"(?:では|じゃ)(?:ない|ありません)|確認できません|記載がありません|限りません")


def timeless(text: str) -> str:
    """Give a title or name without its year, edition and signs: equal for all editions of the same thing."""
    return _SIGNS.sub("", _EDITED.sub("", _DATED.sub("", fold(text)))).lower()


def programme_key(name: str) -> str:
    """Give what tells programmes apart; empty for a word that points at one (本制度)."""
    key = timeless(name)
    shorter = _ENDING.sub("", key)
    return "" if _POINTING.match(key) or len(shorter) < 4 else shorter


def claims_of(chunk: Chunk, source: Source) -> Iterator[Claim]:
    """List the amounts of a chunk, in text order."""
    for block in chunk.blocks:
        if block.kind in (BlockKind.HEADING, BlockKind.HEADER):
            continue
        text = fold(block.text)
        amounts = list(_amounts(text))
        if not amounts or _DENIED.search(text):
            continue
        named = _programmes(block, source)
        if len(named) != 1:
            continue  # of several programmes in a sentence it is not known which one is meant
        [(key, name)] = named.items()
        held = frozenset(years(text)) or frozenset(year for part in block.heading for year in years(part))
        if not held and source.fiscal_year:
            held = frozenset((source.fiscal_year,))
        for sort, value, written in amounts:
            yield Claim(name, key, sort, value, written, block, chunk, source, held)


class Claims:
    """The amounts of one state of the knowledge, by programme. Safe to share between threads."""

    def __init__(self, index: Index) -> None:
        """Take the index; nothing is read before it is asked."""
        self._index = index

    def conflicts(self, claims: Iterable[Claim], today: date) -> list[Conflict]:
        """Find what contradicts some amounts of one document.

        Args:
            claims: Of one document.
            today: What is not valid on this day contradicts nothing.
        Returns:
            Each pair of programme and other document once.
        """
        mine = _single(claims)
        found: list[Conflict] = []
        for (key, sort), claim in mine.items():
            if not _holds(claim.source, today):
                continue
            by_source: defaultdict[str, list[Claim]] = defaultdict(list)
            for other in self._of(key):
                by_source[other.source.id].append(other)
            for source_id, theirs in by_source.items():
                rival = _single(theirs).get((key, sort))
                if source_id == claim.source.id or rival is None or rival.value == claim.value:
                    continue
                if _holds(rival.source, today) and _same_place(claim.source, rival.source) and _same_time(claim, rival):
                    found.append(Conflict(claim, rival))
        return found

    def against(self, claim: Claim, today: date) -> list[Conflict]:
        """Find what contradicts one amount; nothing where its own document gives several."""
        own = [other for other in self._of(claim.key) if other.source.id == claim.source.id]
        return [found for found in self.conflicts([claim, *own], today) if found.one.sort is claim.sort]

    def _of(self, key: str) -> list[Claim]:
        chunks = self._index.chunks(self._by_key.get(key, ()))
        every = [claim for held in chunks for claim in claims_of(held.chunk, self._index.source(held.chunk.source))]
        return [claim for claim in every if claim.key == key]

    @cached_property
    def _by_key(self) -> dict[str, Sequence[str]]:
        """Chunk ids by the programmes that they name."""
        found: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for mention in self._index.mentions(MentionKind.PROGRAMME):
            if key := programme_key(mention.value):
                found[key].setdefault(mention.chunk)
        return {key: tuple(chunks) for key, chunks in found.items()}


def _single(claims: Iterable[Claim]) -> dict[tuple[str, Sort], Claim]:
    """Keep the programmes for which a document gives one amount of a sort."""
    found: dict[tuple[str, Sort], Claim] = {}
    several = set()
    for claim in claims:
        first = found.setdefault((claim.key, claim.sort), claim)
        if first.value != claim.value:
            several.add((claim.key, claim.sort))
    return {pair: claim for pair, claim in found.items() if pair not in several}


def _programmes(block: Block, source: Source) -> dict[str, str]:
    """Name the programme that a block is about: one it names itself, else one of the headings above it."""
    for text in (block.text, *reversed(block.heading), source.title):
        line = Chunk(source.id, 0, (Block(BlockKind.PARAGRAPH, text),))
        named = {
            key: mention.value
            for mention in find(line)
            if mention.kind is MentionKind.PROGRAMME and (key := programme_key(mention.value))
        }
        if named:
            return named
    return {}


def _amounts(text: str) -> Iterator[tuple[Sort, Fraction, str]]:
    for match in _CEILING.finditer(text):
        number, unit = (match["number"], match["unit"]) if match["number"] else (match["n2"], match["u2"])
        yield Sort.CEILING, Fraction(number.replace(",", "")) * _TIMES[unit], f"{number}{unit or ''}円"
    if not _GIVES.search(text):
        return
    for match in _SHARE.finditer(text):
        if match["percent"]:
            value = Fraction(match["percent"]) / 100
        else:
            parts, of = (match["parts"], match["of"]) if match["of"] else (match["up"], match["down"])
            value = Fraction(int(parts), int(of)) if int(of) else Fraction(0)
        if 0 < value <= 1:
            yield Sort.SHARE, value, match.group()


def _holds(source: Source, today: date) -> bool:
    return not (source.valid_until and source.valid_until < today) and not (
        source.valid_from and source.valid_from > today
    )


def _same_place(one: Source, other: Source) -> bool:
    if one.wards or other.wards:
        return bool(set(one.wards) & set(other.wards))
    return fold(one.publisher) == fold(other.publisher)


def _same_time(one: Claim, other: Claim) -> bool:
    return not one.years or not other.years or bool(one.years & other.years)
