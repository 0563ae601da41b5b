"""Whether a figure, day or rate stands in the passages where a sentence puts it: its row, its subject, its side."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.guard.bounds import ATTACHED, Bound, agrees
from bot.guard.days import Day
from bot.guard.evidence import Evidence
from bot.guard.fit import fits, score
from bot.guard.spots import Spot
from bot.guard.statement import Beside, Statement
from bot.guard.units import COUNTERS
from bot.guard.values import Value, ValueKind, comparable, meets

_IN_QUOTES = re.compile(r"「[^「」]{2,30}」")
_TALLY = re.compile(r"(?:の|という|、)?\s?(?:計|合計|合わせて|あわせて)?\s?$")


def counts_itself(value: Value, said: Statement, evidence: Evidence) -> bool:
    """Tell whether a figure counts what the sentence lists: 「A、B、Cの3社」."""
    reading = value.readings[0]
    if reading.unit not in COUNTERS and reading.unit != "本":
        return False
    if any(
        reading.unit in {other.unit for other in held.readings} and len(spot.terms & said.terms) * 2 > len(said.terms)
        for spot in evidence.spots
        for held in spot.says.values
    ):
        return False  # the passage has a count of its own
    tally = _TALLY.search(said.text, 0, value.start)
    before = [name for name in said.names if name.end == (tally.start() if tally else value.start)]
    if before and reading.amount == said.count_with(before[0]) > 1:
        return True
    listed = re.sub(r"\([^()]*\)|「[^「」]*」", "x", said.text[: tally.start() if tally else value.start])
    listed = re.split(r"(?:は|には|では)、?(?=[^は]*$)", listed)[-1]
    count = len(re.split(r"、|・|および|及び|と(?=[一-龥ァ-ヴA-Za-zx])", listed))
    items = Counter((spot.label, spot.beside) for spot in evidence.spots if spot.line and spot.label <= said.terms)
    return reading.amount == count > 1 or any(
        reading.amount == cell or _lists(spot, reading.amount, reading.unit)
        for spot in evidence.spots
        for cell in (items[spot.label, spot.beside] if spot.label else 0,)
    )


def _lists(spot: Spot, count: object, unit: str) -> bool:
    """Tell whether a sentence of a passage names so many companies, programmes or things in quotes: 「A × B × C」."""
    kinds = Counter(name.kind for name in spot.says.names)
    banks = sum("銀行" in name.said for name in spot.says.names) if unit == "行" else 0
    listed = (kinds["organisation"], kinds["programme"], banks, len(_IN_QUOTES.findall(spot.says.text)))
    return count in listed and count != 1


def figure_holds(value: Value, said: Statement, evidence: Evidence) -> bool:
    """Tell whether the passages hold a value of a sentence, and hold it for what the sentence says it of."""
    if value.kind in (ValueKind.PHONE, ValueKind.URL, ValueKind.ADDRESS):
        return any(meets(value, held) for held in evidence.values)
    code = value.readings[0].unit == "語"
    literal = code and evidence.holds(said.text[value.start : value.end])
    beside = said.beside_value(value)
    own: list[float] = []
    rivals: list[float] = []
    bounds: list[Bound] = []
    elsewhere = False
    rows = _rows_named(beside, evidence)
    for spot in evidence.spots:
        for held, place in _places(value, spot):
            points = score(beside, place, spot.framed, evidence.weights) - _foreign(spot, said, evidence)
            denied = _DENIED.search(spot.says.text, held.end) and not _DENIED.search(said.text)
            if denied or (rows and spot.label and spot.label not in rows):
                # 「750万円は事業所ビルの上限ではありません」 proves no limit, and another row than the one named no figure of it.
                rivals.append(points)
                elsewhere = elsewhere or _meets(value, held, evidence, tabled=bool(spot.line))
            elif _meets(value, held, evidence, tabled=bool(spot.line)):
                own.append(points)
                bounds += _bounds(held, spot)
            elif _of_a_sort(value, held, spot):
                rivals.append(points)
    if not _each_subject(value, said, evidence):
        return False
    year = _of_the_year(value, said, evidence)
    if year is not None:
        return year
    if not own:
        return not elsewhere and (
            literal or any(_meets(value, held, evidence, tabled=False) for held in evidence.values)
        )
    return fits(own, rivals) and (code or _bounded(value, said, bounds))


_NEXT_WORD = re.compile(r"の?「?(?P<word>[^、。・/（()「」\s]{3,14}?)(?=[、。・/（()」\s]|と|を|の|に|が|は|実現|$)")


def _of_the_year(value: Value, said: Statement, evidence: Evidence) -> bool | None:
    """Tell whether a year that stands right before a word, 「2050年ゼロカーボン」, does so in the passages.

    Returns:
        None where the passages put no year before that word.
    """
    day = value.readings[0].amount
    if not isinstance(day, Day) or day.year is None or day.month is not None:
        return None
    word = _NEXT_WORD.match(said.text, value.end)
    if not word:
        return None
    before = [
        held
        for spot in evidence.spots
        for held in spot.says.values
        if comparable(value, held)
        and (after := _NEXT_WORD.match(spot.says.text, held.end))
        and after["word"] == word["word"]
    ]
    return any(meets(value, held) for held in before) if before else None


_AND = re.compile(r"と(?=[^は、。]{2,})|や|および|及び|・|、|も")


def _each_subject(value: Value, said: Statement, evidence: Evidence) -> bool:
    """Tell whether a figure that is said of several, 「AとBは50%です」, holds for each of them that has one of its own."""
    topic = said.topic_before(value)
    subjects = [said.part(start, end) for start, end in _cut(_AND, *topic, said.text)] if topic else []
    subjects = [terms for terms in subjects if terms]
    if len(subjects) < 2:
        return True
    for subject in subjects:
        held = [
            _meets(value, other, evidence, tabled=bool(spot.line))
            for spot in evidence.spots
            if subject <= spot.terms
            for other in spot.says.values
            if comparable(value, other)
        ]
        if held and not any(held):
            return False
    return True


def _cut(between: re.Pattern[str], start: int, end: int, text: str) -> Iterator[tuple[int, int]]:
    at = start
    for match in between.finditer(text, start, end):
        yield at, match.start()
        at = match.end()
    yield at, end


def _of_a_sort(value: Value, held: Value, spot: Spot) -> bool:
    """Tell whether one value may be taken for the other: a figure in a table has its unit above it."""
    bare = spot.line and any(reading.unit == "" for reading in held.readings)
    return comparable(value, held) or bool(bare and value.kind is ValueKind.NUMBER)


def _rows_named(beside: Beside, evidence: Evidence) -> frozenset[frozenset[str]]:
    """The labels of those rows of tables that the words beside a value name in full; the longest of several."""
    labels = {spot.label for spot in evidence.spots if spot.label and spot.label <= beside.near}
    return frozenset(label for label in labels if not any(label < other for other in labels))


_LISTED = 10
"""Below it a bare number outside a table numbers a heading or an item."""
_DENIED = re.compile(r"(?:では|じゃ)(?:ありません|ない|なく)")
_FOREIGN = 0.1
"""Weight of a word of a row's label that the sentence does not say."""


def _foreign(spot: Spot, said: Statement, evidence: Evidence) -> float:
    return _FOREIGN * sum(evidence.weights(term) for term in spot.label - said.terms)


def _places(value: Value, spot: Spot) -> Iterator[tuple[Value, Beside]]:
    """The values of a spot that may be meant, each with what stands beside it."""
    own = [held for held in spot.says.values if _of_a_sort(value, held, spot) or meets(value, held)]
    for held in own:
        yield held, spot.place(spot.says.beside_value(held))
    if value.kind is ValueKind.DATE and not own:
        whole = Beside(spot.terms, spot.terms)
        for level in spot.levels:
            # In a timetable's row each cell has its own day, which is none of its neighbours'.
            dated = [s for s in level if level is not spot.line or s.terms <= spot.beside or s.terms <= spot.label]
            found = [held for statement in dated for held in statement.values if comparable(value, held)]
            if found:
                yield from ((held, whole) for held in found)
                return


def _meets(value: Value, held: Value, evidence: Evidence, *, tabled: bool) -> bool:
    if meets(value, held):
        return True
    for said in value.readings:
        for known in held.readings:
            if isinstance(said.amount, Day) and isinstance(known.amount, Day):
                # 「3/12」 in a text of 2026 is a day of 2026.
                year = said.amount.year
                if (
                    known.amount.year is None
                    and year is not None
                    and evidence.year_fits(known.amount, year)
                    and said.amount.within(replace(known.amount, year=year))
                ):
                    return True
            elif said.unit == "" and said.amount == known.written:
                return True
            elif (
                known.unit == ""
                and said.written is not None
                and said.written == known.written
                and evidence.measures(said.unit)
                # 「効果2：」 is no count of two.
                and (tabled or (said.unit not in COUNTERS and known.written >= _LISTED))
            ):
                # A table's unit stands in its head.
                return True
    return False


def _bounds(held: Value, spot: Spot) -> list[Bound]:
    at_most = any(
        word in spot.says.text or any(word in s.text for level in spot.levels for s in level)
        for word in ("上限", "最大", "限度")
    )
    return [held.bound, *([Bound.AT_MOST] if at_most and held.bound is Bound.NONE else [])]


def _bounded(value: Value, said: Statement, held: Sequence[Bound]) -> bool:
    if any(agrees(value.bound, bound) for bound in held):
        return True
    # 「上限は」 may stand far before its value.
    at_most = any(word in said.text for word in ("上限", "最大", "限度"))
    return value.bound in (Bound.NONE, Bound.ABOUT) and at_most and Bound.AT_MOST in held and not ATTACHED & {*held}
