"""Negation and scope: on which side of 対象/対象外, できる/できない, 提案/決定 a sentence and its passages stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from bot.guard.evidence import Evidence
from bot.guard.fit import CLOSE, score
from bot.guard.statement import Beside, Statement

DATA = Path(__file__).with_name("turns.toml")
_CLAUSE = re.compile(r"(?:[、。;；!?！？\n|()]|:(?!\d)|(?<!\d),|,(?!\d))+")
_NEGATION = re.compile(
    r"(?:では|じゃ)(?:な(?:く|い|かった)|ありません)|ません|ない(?:$|[。、)」』|の|で|こと|もの|場合|とき|ため|と[きさい]|[一-龥])|なかった|なく|"
    r"[せらかわえけべめげねてさじれき]ず(?:に|、|$|と)|(?<=[一-龥ァ-ヴー])(?<!記載)な(?:し(?!に関)|き(?=$|[。、]))|不(?:十分|足|使用|参加|可能|能|実施|採択|完全)|未(?:実施|着手|達|整備|対応|策定|導入|使用|登録)"
)
_NO_NEGATION = re.compile(
    r"を?問わ(?:ず|ない)|なければ(?:なり|いけ)ま?せ?(?:ん|ない)|なくては(?:なり|いけ)ません|ないと(?:いけ|なり)ません|だけで(?:は)?なく|のみなら[ずぬ]|かもしれ(?:ません|ない)|少なくな|少なくとも|間違いな|欠かせ(?:ません|ない)|"
    r"ほかな(?:りません|らない)|必ず|まず|はず|わずか|いずれ|ではない(?:でしょう)?か|ませんか|なくな(?:る|り|っ)|にもかかわらず|ないように|ないよう|(?:に|ば)とどまら[ずな]|だけで(?:は)?な(?:く|い)|ばかりで(?:は)?な(?:く|い)"
)
_PREDICATE = re.compile(
    r"(?:です|ます|でした|ました|だ|る|た|[うくすつぬむ]|て|で|[しりきいえけれみびせげべち])(?:が|し|けど|ので|から)?\)?$"
)
"""At a clause's end: something is stated, not only named."""
_FOCUS = 14
"""Characters before a word that turns a sentence, in which stands what it turns."""
_ENOUGH = 0.55
"""Share of a clause's weight that a passage must have for it to be about the same."""


@dataclass(frozen=True, slots=True)
class _Turn:
    reason: str
    one: re.Pattern[str]
    other: re.Pattern[str]
    flips: bool
    strict: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Side:
    turn: int
    """Index of the pair; -1 for negation as such."""
    side: str
    beside: Beside


@cache
def _turns() -> tuple[_Turn, ...]:
    table = tomllib.loads(DATA.read_text("utf-8"))
    return tuple(
        _Turn(
            entry["reason"],
            re.compile("|".join(entry["one"])),
            re.compile("|".join(entry["other"])),
            entry.get("flips", False),
            frozenset(entry["strict"]),
        )
        for entry in table["turn"]
    )


def turned(said: Statement, evidence: Evidence) -> str:
    """Tell whether a sentence stands on another side than what it cites.

    Returns:
        The reason, `negation` or `scope`; empty where it agrees.
    """
    held = [(side, spot) for spot in evidence.spots for side in sides(spot.says)]
    weight = evidence.weights
    for mine in sides(said):
        if mine.turn < 0 and not mine.beside.near:
            continue  # 「そうでない場合は」
        own: list[float] = []
        rivals: list[float] = []
        for theirs, spot in held:
            if theirs.turn == mine.turn:
                points = score(mine.beside, spot.place(theirs.beside), spot.framed, weight)
                if theirs.side == mine.side:
                    own.append(points)
                elif mine.turn >= 0 or mine.side == "other" or _same_predicate(mine, spot.place(theirs.beside), weight):
                    rivals.append(points)
        turn = _turns()[mine.turn] if mine.turn >= 0 else None
        reason = turn.reason if turn else "negation"
        strict = mine.side in turn.strict if turn else mine.side == "other"
        if not own and strict and not _says_above(mine, evidence):
            return reason
        if rivals:
            full = sum(weight(term) for term in mine.beside.near) or 1.0
            if not own and max(rivals) >= _ENOUGH * full:
                return reason
            if own and max(own) < max(rivals) - CLOSE:
                return reason
    return ""


def _same_predicate(mine: _Side, theirs: Beside, weight: Callable[[str], float]) -> bool:
    """Tell whether what is negated in a passage is what is said: half of it by weight, at least."""
    full = sum(weight(term) for term in mine.beside.near)
    return sum(weight(term) for term in mine.beside.near & theirs.near) >= full / 2


def _says_above(mine: _Side, evidence: Evidence) -> bool:
    """A heading, lead-in or column may say it for all that stands below."""
    return any(
        side.turn == mine.turn and side.side == mine.side
        for spot in evidence.spots
        for level in (*spot.levels, spot.title)
        for statement in level
        for side in sides(statement)
    )


def sides(statement: Statement) -> tuple[_Side, ...]:
    """List the sides that a sentence takes, clause by clause."""
    return _sides(statement)


@lru_cache(maxsize=8192)
def _sides(statement: Statement) -> tuple[_Side, ...]:
    return tuple(_read(statement))


def _read(statement: Statement) -> Iterator[_Side]:
    text = statement.text
    plain = _NO_NEGATION.sub(lambda match: "〇" * len(match.group()), text)
    for start, end in _clauses(text):
        negation = _last(_NEGATION, plain, start, end)
        if negation:
            yield _Side(-1, "other", _beside(statement, start, negation.start()))
        # 「手間なく使えます」 denies the one and states the other.
        if (negation is None and end == len(text)) or _PREDICATE.search(
            text[negation.end() if negation else start : end]
        ):
            stated = _beside(statement, negation.end() if negation else start, end)
            if stated.near or not (negation or start):  # nothing is stated by the rest of 「ありませんでした」
                yield _Side(-1, "one", stated)
        for i, turn in enumerate(_turns()):
            other = turn.other.search(text, start, end)
            one = turn.one.search(text, start, end)
            # 「負荷の削減と快適性の向上」 has both, each of its own thing; of 「対象外」 and 「対象」 the longer one.
            within = (
                one
                and other
                and (other.start() <= one.start() < other.end() or one.start() <= other.start() < one.end())
            )
            if other and not (within and one and one.start() <= other.start() and one.end() >= other.end()):
                yield _Side(i, _flipped("other", turn, plain, other.end(), end), _beside(statement, start, other.end()))
                if one and not within:
                    yield _Side(i, _flipped("one", turn, plain, one.end(), end), _beside(statement, start, one.end()))
            elif one:
                yield _Side(i, _flipped("one", turn, plain, one.end(), end), _beside(statement, start, one.end()))


def _flipped(side: str, turn: _Turn, plain: str, at: int, end: int) -> str:
    if turn.flips and _NEGATION.search(plain, at, min(end, at + 10)):
        return "one" if side == "other" else "other"
    return side


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    found = None
    for match in pattern.finditer(text, start, end):
        found = match
    return found


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _CLAUSE.finditer(text):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def _beside(statement: Statement, start: int, at: int) -> Beside:
    near = statement.part(max(start, at - _FOCUS), at)
    return Beside(near, statement.clause(start) | near)
