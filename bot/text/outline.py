"""Questions on how something is divided: the parts are the headings below the one that names it."""

from __future__ import annotations

import re

from bot.answer import Answer
from bot.draft import Draft
from bot.reading import Reading
from bot.text.material import Material, confidence
from bot.text.select import Candidate
from bot.text.units import UnitKind
from bot.wants import Want
from knowledge.fold import readable

_DIVIDED = re.compile(
    r"\d+つ|\d+(?:カテゴリ|分野|種類|本柱|項目)|分け方|分かれ|種類|分類|内訳|カテゴリ|categories|kinds of"
)
_MOST = 9


def outline(reading: Reading, material: Material, public_url: str) -> Answer | None:
    """List the headings right below the heading that a question is about; None if there is no such heading."""
    if not _DIVIDED.search(reading.text) or reading.asked.hard - {Want.COUNT}:
        return None
    titles = [c for c in material.candidates if c.unit.kind is UnitKind.TITLE]
    if not titles:
        return None
    if any(c.unit.block.lead and c.evidence >= 0.8 for c in material.candidates[:5]):
        return None  # a lead-in with its items says it
    parent = max(titles, key=lambda c: c.own)
    best = max((c.own for c in material.candidates if c.unit.kind is not UnitKind.TITLE), default=0.0)
    if parent.own < 0.9 * best or parent.own < 0.3 or parent.evidence < 0.8:
        return None
    parts = _below(parent, titles)
    if not 2 <= len(parts) <= _MOST:
        return None
    draft = Draft(public_url)
    names = "、".join(_name(part) for part in parts)
    proofs = {part.unit.chunk.id: part.unit for part in parts}
    draft.add(f"{_name(parent)}：{names}", *proofs.values())
    return draft.answer(material.passages(draft.cited), confidence=max(0.6, confidence(reading, [parent], material)))


def _name(candidate: Candidate) -> str:
    return readable(candidate.unit.say)


def _below(parent: Candidate, titles: list[Candidate]) -> list[Candidate]:
    path = parent.unit.block.heading
    found = {
        c.unit.block.heading: c
        for c in titles
        if c.unit.source.id == parent.unit.source.id
        and len(c.unit.block.heading) == len(path) + 1
        and c.unit.block.heading[: len(path)] == path
    }
    return sorted(found.values(), key=lambda c: (c.unit.chunk.first, c.unit.chunk.text.find(c.unit.quote)))
