"""Words that say on which side of a value the truth lies: 以上, 未満, 上限, まで, 約."""

from __future__ import annotations

import re
from enum import StrEnum


class Bound(StrEnum):
    """The side of a value."""

    NONE = ""
    ABOUT = "about"
    AT_MOST = "at most"
    BELOW = "below"
    AT_LEAST = "at least"
    ABOVE = "above"
    FROM = "from"
    """The beginning of a range, or the day from which something holds."""
    UNTIL = "until"
    """Its end."""


_AFTER = (
    (Bound.BELOW, re.compile(r"(?:を|に)?(?:未満|満たない|下回)")),
    (Bound.ABOVE, re.compile(r"(?:を)?(?:超|上回)|より(?:多|大き|高)")),
    (Bound.AT_LEAST, re.compile(r"(?:分)?以上|が(?:下限|最低)")),
    (Bound.AT_MOST, re.compile(r"(?:分)?(?:以内|以下)|[がを](?:上限|限度|最大)")),
    (Bound.FROM, re.compile(r"\s?(?:以降|から(?!の|も)|より(?!も)|~|-(?=\d))")),
    (Bound.UNTIL, re.compile(r"\s?(?:まで(?!に?は?(?:増|減|伸|拡|広が|上が|下が|高ま))|以前)")),
    (Bound.ABOUT, re.compile(r"程度|前後|ほど|くらい|ぐらい|弱|強(?![いく化調])|ごろ|頃")),
)
_BEFORE = (
    (Bound.AT_MOST, re.compile(r"(?:上限|最大|最高|限度|多くて)[^。、|]{0,8}$")),
    (Bound.AT_LEAST, re.compile(r"(?:下限|最低|少なくとも|最小)[^。、|]{0,6}$")),
    (Bound.UNTIL, re.compile(r"~\s?$|\d-$|\d[^\d\s、。]{0,5}から\s?$")),
    (Bound.ABOUT, re.compile(r"(?:約|およそ|おおよそ|概ね|おおむね)\s?$")),
)
_ASIDE = re.compile(r"^\s?\([^()]{1,18}\)")
ATTACHED = frozenset({Bound.BELOW, Bound.ABOVE, Bound.AT_LEAST})
"""Sides without which a value says something else."""


def bound_at(text: str, start: int, end: int) -> Bound:
    """Give the side that the words around a value name.

    Args:
        text: Folded.
        start: Where the value begins.
        end: Where it ends, with its unit.
    """
    # 「令和7年度(2025年度)以降」: what stands in brackets is the value once more.
    after = _ASIDE.sub("", text[end : end + 30])[:8]
    for bound, pattern in _AFTER:
        if pattern.match(after):
            return bound
    before = text[max(0, start - 14) : start]
    return next((bound for bound, pattern in _BEFORE if pattern.search(before)), Bound.NONE)


def agrees(said: Bound, held: Bound) -> bool:
    """Tell whether what is said of a value's side may be said where a passage says `held`."""
    plain = {Bound.NONE, Bound.ABOUT}
    if said is held or (said in plain and held in plain):
        return True
    if said is Bound.FROM or held is Bound.FROM:
        return {said, held} <= {*plain, Bound.FROM, Bound.AT_LEAST}
    if said is Bound.UNTIL:
        return held is Bound.AT_MOST
    return said in (*plain, Bound.AT_MOST) and held in (Bound.AT_MOST, Bound.UNTIL)
