"""Whether what a sentence puts under a heading stands under it in the passages."""

from __future__ import annotations

import re

from bot.guard.evidence import Evidence
from bot.guard.statement import Statement

_MOST = 0.5
"""Share of a sentence's words, by weight, that a passage's sentence must have to be about the same."""
_PUTS = re.compile(
    r"分類|カテゴリ|位置[づ付]け|にとっての|の(?:効果|分野|区分|方策|メニュー|項目|欄|章)(?:として|に(?:は|あ|入|含)|です|の(?:一つ|中))"
)
"""A sentence that says under what something stands."""
_CLEARLY = 1.5
"""How many times the words under the heading that is named those under another one must be."""


def of_another_section(said: Statement, evidence: Evidence) -> bool:
    """Tell whether what a sentence puts under one heading of a passage stands under another: 「Xは、Aの効果です」."""
    if not _PUTS.search(said.text):
        return False
    sections = {spot.section for spot in evidence.spots if spot.section}
    named = {section for section in sections if section <= said.terms}
    named = {section for section in named if not any(section < other for other in named)}
    weight = evidence.weights
    rest = said.terms - frozenset().union(*named)
    full = sum(weight(term) for term in rest)
    if not named or len(sections) < 2 or not full:
        return False
    told = [
        (sum(weight(term) for term in rest & spot.terms), spot)
        for spot in evidence.spots
        if spot.section and not spot.row
    ]
    best, here = max(told, key=lambda pair: pair[0], default=(0.0, None))
    if here is None or best < _MOST * full or here.section in named or here.section <= said.terms:
        return False
    if any(section <= here.terms for section in named):
        return False
    there = max((points for points, spot in told if spot.section in named), default=0.0)
    return best > _CLEARLY * there
