"""Whether what only looks like a name stands in the passages: of a body, a programme, a person, or in quotes."""

from __future__ import annotations

import math
import re

from bot.guard.evidence import Evidence, quiet
from bot.guard.names import Named
from bot.guard.shapes import Shape
from bot.guard.statement import Statement


def person_of_another(shape: Shape, said: Statement, evidence: Evidence) -> bool:
    """Tell whether a person is put into a company that no passage names with them: 「山口氏は、A社の社長」."""
    if not _PERSONAL.match(said.text, shape.end):
        return False
    own = [name for name in said.names if name.kind == "organisation" and _belongs(shape, name, said)]
    wanted = quiet(shape.text)
    found = [i for i, spot in enumerate(evidence.spots) if wanted in quiet(spot.says.text)]
    things = frozenset(
        thing
        for i in found
        for statement in (
            evidence.spots[i].says,
            *evidence.spots[i].line,
            *evidence.spots[i].above,
            *_line_before(i, evidence),
        )
        for name in statement.names
        for thing in name.things
    )
    return bool(own and found) and not any(name.things & things for name in own)


_PERSONAL = re.compile(r"氏|さん|先生|教授")
_TITLE = re.compile(r"の?[^、。はがをも]{0,14}")
_IS = re.compile(r"(?:氏|さん|先生|教授)(?:は|が)、?")


def _belongs(shape: Shape, name: Named, said: Statement) -> bool:
    """Tell whether a sentence puts a person into an organisation: 「A社の社長 山口氏」, 「山口氏は、A社の社長」."""
    before = name.end <= shape.start and _TITLE.fullmatch(said.text, name.end, shape.start)
    behind = _IS.match(said.text, shape.end)
    return bool(before or (behind and behind.end() == name.start))


def _line_before(i: int, evidence: Evidence) -> tuple[Statement, ...]:
    return (evidence.spots[i - 1].says,) if i else ()


_CALLED = re.compile(
    r"(?:宣言|制度|事業|助成|補助金?|認証|スクール|プロジェクト|フォーラム|セミナー|会議|協定|ツール|プログラム)$"
)
"""The end of a name in quotes."""
_SPREAD = 2.5
"""Characters of a passage over which a name in quotes may be spread, for each of its own."""


def _in_order(name: str, evidence: Evidence) -> bool:
    """Tell whether the characters of a name follow one another in a sentence of a passage, with little between them."""
    wanted = quiet(name)
    return any(_spread(wanted, quiet(spot.says.text)) <= _SPREAD * len(wanted) for spot in evidence.spots)


def _spread(wanted: str, text: str) -> float:
    """Over how many characters of a text those that are wanted stand in order, at the least; infinite if they don't.

    A scan from each place where the first of them stands: no pattern, which the text could make run for ever.
    """
    best = math.inf
    for start in (i for i, char in enumerate(text) if char == wanted[:1]):
        at = start
        for char in wanted:
            at = text.find(char, at) + 1
            if not at:
                break
        if at:
            best = min(best, at - start)
    return best


def shape_holds(shape: Shape, said: Statement, evidence: Evidence) -> bool:
    """Tell whether what looks like a name stands in the passages, in whole or in its parts."""
    known = any(name.start <= shape.start and shape.end <= name.end for name in said.names)
    if known or evidence.holds(shape.text):
        return True
    # 「区の環境政策課」 for 「千代田区環境政策課」: the parts are checked where they are names themselves.
    inner = shape.text
    for name in said.names:
        if shape.start <= name.start and name.end <= shape.end:
            inner = inner.replace(name.said, "")
    if inner != shape.text and (len(inner) < 2 or evidence.holds(inner)):
        return True
    if shape.kind == "quote" and _CALLED.search(shape.text) and not _in_order(shape.text, evidence):
        return False
    if shape.kind == "organisation" and not _COMMON.search(shape.text):
        return False
    return said.part(shape.start, shape.end) <= evidence.terms | evidence.keys


_COMMON = re.compile(r"(?:電力|ガス|工業|グループ)$")
"""Words that end names and everyday compounds alike."""
