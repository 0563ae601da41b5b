"""Whether a name stands in the passages where a sentence puts it: of an organisation, programme or ward, or what looks like one."""

from __future__ import annotations

import math
import re

from bot.guard.evidence import Evidence, quiet
from bot.guard.fit import fits, score
from bot.guard.names import Named
from bot.guard.shapes import Shape
from bot.guard.spots import Spot
from bot.guard.statement import Beside, Statement

_BRANCH = re.compile(r"(?:支部|支店|支社|本部|本店)$")
_MEMBERS = re.compile(
    r"(?:など|等|ら)?(?:の[^、。]{1,8})?(?:も|が|を|に|は)[^、。]{0,12}(?:加わ|含ま|参加し|参画し|名を連ね|並[びん]|挙が|挙げられ|となってい|になってい|入ってい)"
)
"""A sentence that says who is among some: 「A、B、Cなどが加わっています」."""
_LITERAL = 5
"""Characters of a programme's name that is looked up as it is written."""


def name_holds(name: Named, said: Statement, evidence: Evidence) -> bool:
    """Tell whether the passages name it, and say of it rather than of another what the sentence says."""
    if not name.things & evidence.things:
        # 「清掃事務所の視察」 is there as 清掃事務所視察.
        whole = name.kind == "programme" or _BRANCH.search(name.said)
        return bool(whole) and len(name.said) >= _LITERAL and evidence.holds(name.said)
    if said.count_with(name) > 1 and _MEMBERS.match(said.text, said.end_of_list(name)):
        return True  # of those that a list names nothing else is said
    beside = said.beside_name(name)
    beside_it = said.listed_with(name)
    several = sum(other.kind == name.kind for other in said.names) > 1
    if several:
        beside = Beside(beside.near, beside.near)
    own: list[float] = []
    rivals: list[float] = []
    frames = _frames(name, evidence)
    for spot in evidence.spots:
        there = spot.names(name.kind)
        inside = any(held.things & name.things for held, _ in there)
        for held, place in there:
            points = score(beside, place, spot.framed, evidence.weights)
            if held not in spot.says.names and held.things & frames:
                points *= _FRAMED  # a heading over both is nearer to neither
            if held.things & name.things:
                own.append(points)
            elif inside and held is spot.labelled:
                continue  # 「A制度：B、Cの費用を助成」: that A is what it is about does not tell against B
            elif not held.things & beside_it:
                # What stands in a row of its own name is said of that name too.
                (own if _in_row(name, spot) else rivals).append(points)
    # Named in a title only, it may be what the whole document is about or by; then nothing tells against it.
    return not own or fits(own, rivals)


def _frames(name: Named, evidence: Evidence) -> frozenset[str]:
    """What is named above the places that name a thing themselves."""
    return frozenset(
        thing
        for spot in evidence.spots
        if any(held.things & name.things for held in spot.says.names)
        for statement in (*spot.above, *spot.title)
        for held in statement.names
        for thing in held.things
    )


_FRAMED = 0.7
"""Weight of a name that stands in a heading above the one that is said as well."""


def _in_row(name: Named, spot: Spot) -> bool:
    """Tell whether a table's row names something beside the cell."""
    return any(other.things & name.things for statement in spot.line for other in statement.names)


def torn_from_its_row(said: Statement, evidence: Evidence) -> str:
    """Find a name that stands in rows of tables only, and in none with a name beside it in the sentence.

    「AのプロジェクトはX」 where X stands in B's row is made of names that are all there, and says what no row says.
    """
    names = [name for name in said.names if name.kind != "ward"]
    rows = [_named_in_row(spot) for spot in evidence.spots if spot.line]
    elsewhere = frozenset(
        thing for spot in evidence.spots if not spot.line for name in spot.says.names for thing in name.things
    )
    tabled = [bool(name.things & frozenset().union(*rows)) and not name.things & elsewhere for name in names]
    for i, name in enumerate(names):
        beside = [
            j
            for j in (i - 1, i + 1)
            if 0 <= j < len(names)
            and not names[j].things & said.listed_with(name)
            and not _each_its_own(names[min(i, j)], names[max(i, j)], said)
        ]
        if (
            tabled[i]
            and beside
            and all(tabled[j] for j in beside)
            and not any(name.things & row and names[j].things & row for j in beside for row in rows)
        ):
            return name.kind
    return ""


_OWN = re.compile(r"[」』]?(?:から)?(?:は|が|も)(?![いじず])")


def _each_its_own(one: Named, other: Named, said: Statement) -> bool:
    """Tell whether each of two names is the subject of a clause of its own: 「Aは改修を、Bは診断を行います」."""
    return bool(
        _OWN.match(said.text, one.end) and _OWN.match(said.text, other.end) and "、" in said.text[one.end : other.start]
    )


def _named_in_row(spot: Spot) -> frozenset[str]:
    statements = (spot.says, *spot.line)
    return frozenset(thing for statement in statements for name in statement.names for thing in name.things)


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
