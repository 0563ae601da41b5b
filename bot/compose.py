"""The extractive answer: the units that answer, put plainly, each with its marker."""

from __future__ import annotations

from collections.abc import Sequence

from bot.abstain import telling
from bot.answer import Act, Answer
from bot.dating import is_past
from bot.draft import Draft
from bot.material import Material, answering, confidence
from bot.places import only_for, ward_name
from bot.premise import correction
from bot.reading import Reading
from bot.select import Candidate
from bot.tables import row_saying
from bot.units import Unit, UnitKind
from bot.wants import Want
from knowledge.dates import years
from knowledge.documents import Kind

LENGTH = 300
"""Characters an answer aims to stay below."""
AT_MOST = 6
"""Statements in a list."""


def compose(reading: Reading, material: Material, public_url: str) -> Answer | None:
    """Answer from the units that hold what was asked for; None where none does."""
    found = answering(reading, material)
    if not found:
        return None
    chosen = choose(reading, found)
    if not chosen:
        return None
    draft = Draft(public_url)
    corrected = correction(reading, chosen)
    if corrected:
        draft.add(corrected)
    elif reading.english:
        draft.add("According to the documents:")
    lead = _lead(reading, chosen)
    if lead:
        draft.add(lead)
    listed = len(chosen) > 1
    for candidate in chosen:
        text = saying(reading, candidate.unit)
        draft.add(f"・{text}" if listed else _sentence(text), candidate.unit)
    note = _note(reading, chosen)
    if note:
        draft.add(note)
    return Answer(
        Act.ANSWER,
        draft.text,
        draft.citations(),
        material.passages(draft.cited),
        confidence=max(0.46, confidence(reading, chosen, material)),
    )


def choose(reading: Reading, found: Sequence[Candidate]) -> list[Candidate]:
    """Pick the units to state: the best, and others nearly as good that add something."""
    real = [c for c in found if c.unit.kind is not UnitKind.TITLE] or list(found)
    best = real[0]
    several = bool(reading.asked.kinds & {Want.LIST, Want.COMPARISON}) or len(reading.names) > 1
    margin = 0.72 if several or Want.ORGANISATION in reading.asked else 0.85
    chosen = [best]
    length = len(best.unit.say)
    waiting = {name.said for name in reading.names}
    for candidate in real[1:]:
        unit = candidate.unit
        text = unit.say
        new_name = several and any(said in _plain(unit) for said in waiting - _named(chosen, waiting))
        if len(chosen) >= AT_MOST or (length + len(text) > LENGTH and not new_name):
            continue
        if any(text in other.unit.say or other.unit.say in text for other in chosen):
            continue
        if new_name or candidate.score >= margin * best.score:
            chosen.append(candidate)
            length += len(text)
    chosen.sort(key=lambda c: (c.unit.source.id != best.unit.source.id, c.unit.chunk.first if c.unit.source.id == best.unit.source.id else 0))
    return chosen


def _plain(unit: Unit) -> str:
    return (unit.subject + unit.say).lower().replace("・", "").replace(" ", "")


def _named(chosen: Sequence[Candidate], names: set[str]) -> set[str]:
    return {said for said in names for candidate in chosen if said in _plain(candidate.unit)}


def saying(reading: Reading, unit: Unit) -> str:
    """Say a unit so that it can stand alone."""
    if unit.kind is UnitKind.ROW:
        return row_saying(reading, unit)
    text = telling(unit)
    if unit.source.kind is Kind.MINUTES and unit.subject and unit.kind is UnitKind.SENTENCE and len(unit.subject) <= 20:  # noqa: PLR2004
        return f"{unit.subject}の発言：{text}"
    if unit.kind is UnitKind.ITEM and unit.subject and unit.subject not in text and len(text) < 60:  # noqa: PLR2004 - short items lean on their heading
        return f"{unit.subject}：{text}"
    if unit.kind is UnitKind.SENTENCE and len(text) < 30 and unit.subject and unit.subject not in text:  # noqa: PLR2004
        return f"{unit.subject}：{text}"
    return text


def _sentence(text: str) -> str:
    return text if text.endswith(("。", "！", "!", "?", "？", "…")) else f"{text}。"


def _lead(reading: Reading, chosen: Sequence[Candidate]) -> str:
    source = chosen[0].unit.source
    if reading.english:
        return ""
    if source.kind is Kind.PROPOSAL:
        return "提案資料では次のとおりです(提案の段階で、決定とは書かれていません)。"
    if len(chosen) == 1:
        return ""
    if Want.ORGANISATION in reading.asked and all(c.unit.kind is UnitKind.MENU for c in chosen):
        return "資料では、次のところが対応しています。"
    return "資料では次のとおりです。"


def _note(reading: Reading, chosen: Sequence[Candidate]) -> str:
    unit = chosen[0].unit
    notes: list[str] = []
    if not reading.english:
        around = tuple(sorted(years(unit.chunk.text + unit.chunk.context), reverse=True)) or (reading.question.today.year,)
        spoken_of = (*around, reading.question.today.year, reading.question.today.year - 1)
        if reading.asked.kinds & {Want.DATE, Want.TIME} and all(
            is_past(c.unit.say, spoken_of, reading.question.today) for c in chosen
        ):
            notes.append("(すでに終わった日程です)")
        scope = only_for(unit.source)
        if reading.ward and scope and reading.ward not in scope:
            named = "・".join(ward_name(ward) for ward in sorted(scope))
            notes.append(f"(これは{named}の資料です。{ward_name(reading.ward)}での扱いは書かれていません)")
        if reading.asked.kinds & {Want.ELIGIBILITY}:
            notes.append("対象になるかどうかの最終判断は窓口が行います。")
    return "".join(notes)
