"""Whether a sentence says of its subject what a passage says of another one: 「構成事業者は、…」 where it is 代表事業者は."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.guard.evidence import Evidence
from bot.guard.spots import Spot
from bot.guard.statement import CLEFT, Statement

_MARK = re.compile(
    r"(?:から|に)?(?<![でと])は(?![いじず])|の(?=(?:保有|所有|運営|主催|提供)する|持つ)|から(?=、?[^、。]{0,10}(?:紹介|説明|話が|報告|発表|提供)(?:さ|が|し))|が(?![、い])|\s?:"
)
"""Behind a subject, or behind the label of a list's item."""
_START = re.compile(r"[、。;(・|]|(?:て|り|し|き|い|え|け|れ|み|び|せ)、")
_ENDS = re.compile(
    r"(?:です|ます|ません|でした|ました)(?:が|し|けれども?|けど|ので)、|て(?:おり|いて)、|[りしきいえけれみびせげべち]、(?=[^、]{2,40}は)"
)
"""Where what is said of a subject ends within a sentence."""
_MOST = 0.5
"""Share of what is said of a subject, by weight, that a passage's sentence must have to be about the same."""
_SOME = 0.2
"""The same where a figure of the sentence stands there: it is what is told apart by."""
_NEARLY = 0.7
"""Share of the best place's weight from which on another place says the same."""
_ACTS = re.compile(
    r"(?:者|社|企業|店|区|市|町|村|県|都|国|庁|省|局|課|係|会|所|組合|機構|団体|組織|銀行|金庫|機関|大学|員|人|氏|さん|家|側|グループ|ホールディングス|サービス|システム|事業|制度)(?:等|ら|たち|など)?$"
)
"""The end of a subject that does something, or is a thing with parts: figures and days of other things are judged elsewhere."""
_TELLING = 2
"""Characters of a word that tells one subject from another: 区 does not."""
_LONGEST = 30
"""Characters of a subject."""


@dataclass(frozen=True, slots=True)
class _Subject:
    terms: frozenset[str]
    says: frozenset[str]
    """What is said of it."""
    topic: bool
    """It stands before は: a sentence with several of them says something of each."""
    acts: bool
    """It is somebody who does something, or a thing with parts."""


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A part of a passage that says something of one subject, or of none that is named."""

    terms: frozenset[str]
    subjects: tuple[frozenset[str], ...]
    framed: frozenset[str]
    tabled: bool

    @property
    def whole(self) -> frozenset[str]:
        """Its terms, with those that stand above it where it has no subject of its own."""
        return self.terms if self.subjects else self.terms | self.framed


def of_another_subject(said: Statement, evidence: Evidence) -> bool:
    """Tell whether a passage has what is said, of another subject, and has the sentence's own subject elsewhere.

    Where a passage says it without naming of whom, or does not name the sentence's subject at all, others judge.
    """
    weight = evidence.weights
    told = [part for spot in evidence.spots for part in _parts(spot)]
    for mine in _subjects(said, whole=True):
        full = _weigh(mine.says, weight)
        if not mine.acts or len(mine.says) < 2 or not full or max(map(len, mine.terms)) < _TELLING:
            continue
        # A figure is said where it stands.
        figures = [value.keys for value in said.values if value.keys <= mine.says]
        places = [part for part in told if all(keys & part.terms for keys in figures)] or told
        if not places:
            continue
        points = [_weigh(mine.says & part.terms, weight) for part in places]
        best = max(points)
        here = places[points.index(best)]
        known = frozenset(term for term in mine.terms if weight(term))
        if here.tabled or best < (_SOME if figures else _MOST) * full:
            continue
        if any(known <= part.whole for p, part in zip(points, places, strict=True) if p >= _NEARLY * best):
            continue
        missing = known - here.whole
        if not here.subjects or any(subject <= mine.terms for subject in here.subjects):
            continue
        nearest = max(_weigh(subject & mine.terms, weight) for subject in here.subjects)
        if any(
            missing <= subject and _weigh(subject & mine.terms, weight) > nearest
            for part in told
            if part is not here
            for subject in part.subjects
        ):
            return True
    return False


def _parts(spot: Spot) -> Iterator[_Part]:
    """A sentence of a passage, or what it says of each of its subjects: 「Aからは…、Bからは…」."""
    subjects = tuple(_subjects(spot.says, whole=False))
    own = [subject for subject in subjects if subject.topic and len(subject.says) > 1]
    if (
        len(own) > 1
        and not spot.row
        and all(one.says.isdisjoint(two.terms) for one in own for two in own if one is not two)
    ):
        for subject in own:
            yield _Part(subject.terms | subject.says, (subject.terms,), spot.framed, False)
    else:
        yield _Part(spot.terms, tuple(subject.terms for subject in subjects), spot.framed, bool(spot.row))


def _weigh(terms: frozenset[str], weight: Callable[[str], float]) -> float:
    return sum(weight(term) for term in terms)


def _subjects(said: Statement, *, whole: bool) -> Iterator[_Subject]:
    cleft = CLEFT.search(said.text) if whole else None
    if cleft:
        terms = said.part(*cleft.span("who"))
        yield _Subject(terms, said.part(0, cleft.start()) - terms, True, True)
        return
    marks = list(_marks(said.text))
    for i, (start, end, after) in enumerate(marks):
        terms = said.part(start, end)
        if not terms:
            continue
        first = start
        if i and not re.search(r"\w", said.text[marks[i - 1][2] : start]):
            first = marks[i - 1][0]  # 「申請は、Aが行います」: the first of the two is what is said of the second
        following = next((m[0] for m in marks[i + 1 :] if re.search(r"\w", said.text[after : m[0]])), len(said.text))
        ended = _ENDS.search(said.text, after, following)
        says = said.part(first, ended.end() if ended else following) - terms
        yield _Subject(terms, says, said.text[after - 1] != "が", bool(_ACTS.search(said.text[start:end])))


def _marks(text: str) -> Iterator[tuple[int, int, int]]:
    """Where subjects start, where they end, and where the word behind them ends."""
    for mark in _MARK.finditer(text):
        start = max((m.end() for m in _START.finditer(text, 0, mark.start())), default=0)
        if start < mark.start() <= start + _LONGEST:
            yield start, mark.start(), mark.end()
