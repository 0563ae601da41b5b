"""Whether a name stands in the passages where a sentence puts it: of an organisation, programme or ward."""

from __future__ import annotations

import re

from bot.guard.evidence import Evidence
from bot.guard.fit import fits, score
from bot.guard.names import Named
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
