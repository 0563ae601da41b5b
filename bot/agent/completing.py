"""What the assistant has proved and the model's answer leaves out is added to it, as the assistant says it.

A model tells well, and forgets: the year of an amount, the fourth of five companies, that a day is over, whom to ask.
The assistant's own answer is at hand and proved, so nothing of it need be lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.answer import Citation
from bot.guard import Names
from bot.guard.statement import Statement
from bot.guard.values import Value, meets
from bot.reading import Reading
from bot.text.material import SHOWN
from bot.wants import Want, Wanted, holds
from knowledge.fold import fold

_CITATION = re.compile(r"\[(\d+)\]")
_LISTED = ("・", "-")
_ANNOUNCES = re.compile(r"次の?(?:とおり|ところ|もの|年度|予定|催し|支援)|こちら|[:：]$|です。$")
_PART = re.compile(r"(?<=[。!?！？])(?![」』）)])|。?※|(?<=[^。])(?=\((?:一般|提案|すでに|これは))")
"""Where a line says one thing and then another: a second sentence, or a remark on the first, such as that it is over."""
_SAME_WORDS = 0.6
"""Share of a statement's words that a line must have to have told it; figures and names it must have all."""
_SINGLE = frozenset(
    {
        Want.AMOUNT,
        Want.FEE,
        Want.RATE,
        Want.DEADLINE,
        Want.DATE,
        Want.TIME,
        Want.PERIOD,
        Want.PHONE,
        Want.EMAIL,
        Want.URL,
    }
)
"""What one line can tell. How many there are, and on what conditions, is told by all lines of a list."""
_SAY, _SAY_EN = "資料には、こう書かれています。", "The documents say:"
"""Before what is added, where the assistant has no lead-in of its own."""
_CONTACT = re.compile(r"聞いて|問い?合わ?せ|相談して|電話|\bask\b")


@dataclass(frozen=True, slots=True)
class Completed:
    """A text with its citations, numbered in order of first use."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    leads: bool
    """It announces the list below it, and says nothing without it."""


@dataclass(frozen=True, slots=True)
class _Said:
    """One line of the model's."""

    values: tuple[Value, ...]
    terms: frozenset[str]


class _Told:
    """What a text says, to be looked for in it."""

    def __init__(self, text: str, citations: Sequence[Citation], names: Names, *, english: bool) -> None:
        self._names = names
        self._english = english
        self._chunks = {citation.chunk for citation in citations}
        said = [self._read(line) for line in text.split("\n")]
        self._lines = [_Said(line.values, line.terms) for line in said]
        # Whom a text is about is said once, in its first line or the last.
        self._things = frozenset(thing for line in said for name in line.names for thing in name.things)

    def untold(self, line: str, proofs: Sequence[Citation]) -> list[str]:
        """List the parts of a line whose figures, names and most of whose words are not said together."""
        parts = [part for part in _PART.split(line) if re.search(r"\w", _CITATION.sub("", part))]
        if self._english and not all(proof.chunk in self._chunks for proof in proofs):
            return parts
        return [part for part in parts if not self._tells(self._read(part))]

    def _tells(self, said: Statement) -> bool:
        if any(not name.things & self._things for name in said.names):
            return False
        # The names are looked for everywhere, so they don't count among the words.
        named = frozenset().union(*(said.part(name.start, name.end) for name in said.names))
        # The passages are not in English: their words tell nothing there, figures and sources do.
        own = frozenset() if self._english else {t for t in said.terms - named if not t.startswith("=")}
        return any(_has(line, said) and len(own & line.terms) >= _SAME_WORDS * len(own) for line in self._lines)

    def _read(self, text: str) -> Statement:
        return Statement(fold(_CITATION.sub("", text)), self._names)


def _has(line: _Said, said: Statement) -> bool:
    return all(any(meets(value, held) for held in line.values) for value in said.values)


def complete(
    text: str, citations: tuple[Citation, ...], own: str, proofs: Sequence[Citation], reading: Reading, names: Names
) -> Completed:
    """Add to a model's answer what it leaves out of the assistant's.

    Args:
        text: The model's, as the guard left it.
        citations: Its citations.
        own: The assistant's.
        proofs: The assistant's citations.
        reading: The question.
        names: Of the index in use.
    Returns:
        The model's text, unchanged, and below it the assistant's lines that it does not tell, with their citations.
        Where a figure or the like is asked for, lines without one are left out, but not what is remarked on it and whom to ask.
    """
    known = {proof.n: proof for proof in proofs}
    told = _Told(text, citations, names, english=reading.english)
    kept = list(citations)
    added: list[str] = []
    for line in _missing(own, known, told, reading.asked):
        cited = [known[n] for n in _numbers(line) if n in known]
        if len({c.chunk for c in (*kept, *cited)}) > SHOWN:
            continue
        if cited and not added and not _CONTACT.search(line):
            added.append(_SAY_EN if reading.english else _SAY)
        added.append(_renumbered(line, {proof.n: _place(proof, kept) for proof in cited}))
    return Completed("\n".join((text, *added)), tuple(kept))


def _renumbered(line: str, places: Mapping[int, int]) -> str:
    return _CITATION.sub(lambda mark: f"[{places[int(mark[1])]}]", line)


def _missing(own: str, known: Mapping[int, Citation], told: _Told, asked: Wanted) -> Iterator[str]:
    """List the lines that are not told, each list's lead-in only where a line of the list is."""
    lead = ""
    for line in _lines(own):
        if line.leads:
            lead = line.text
            continue
        if not line.text.startswith(_LISTED):
            lead = ""
        untold = told.untold(line.text, [known[n] for n in _numbers(line.text) if n in known])
        if untold and _matters(line.text, untold, asked):
            if lead:
                yield lead
                lead = ""
            yield line.text


def _matters(line: str, untold: Sequence[str], asked: Wanted) -> bool:
    """Tell whether what is not told of a line belongs to what was asked for, or is a remark or a contact."""
    if (
        not asked.hard
        or not asked.kinds - {Want.SUBSIDY} <= _SINGLE
        or not _CITATION.search(line)
        or _CONTACT.search(line)
    ):
        return True
    return any(holds(_CITATION.sub("", part), want, asked) for part in untold for want in asked.hard)


def _lines(text: str) -> Iterator[_Line]:
    lines = [line for line in text.split("\n") if line.strip()]
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        listed = following.startswith(_LISTED) and not line.startswith(_LISTED)
        yield _Line(line, listed and not _CITATION.search(line) and bool(_ANNOUNCES.search(line)))


def _numbers(line: str) -> list[int]:
    return [int(n) for n in _CITATION.findall(line)]


def _place(proof: Citation, kept: list[Citation]) -> int:
    """Give the number of a citation, a new one where it is not yet there."""
    for citation in kept:
        if citation.chunk == proof.chunk and proof.quote in citation.quote:
            return citation.n
    kept.append(replace(proof, n=len(kept) + 1))
    return len(kept)
