"""The extractive answer: the units that answer, put plainly, each with its marker."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answer import Answer
from bot.draft import Draft
from bot.lists.grants import grant_ward, office_for
from bot.lists.lines import add_contact_line
from bot.lists.proofs import Proofs
from bot.places import only_for, ward_name
from bot.reading import Reading, parts
from bot.text.abstain import telling
from bot.text.choose import NEXT, choose, in_text_order
from bot.text.dating import is_dated, is_past
from bot.text.material import Material, answering, confidence, narrowed, of_it
from bot.text.premise import correction
from bot.text.rows import row_saying
from bot.text.select import Candidate
from bot.text.units import Unit, UnitKind, pairs_of
from bot.wants import Want
from knowledge.catalogue.load import shipped
from knowledge.dates import years
from knowledge.documents import Kind
from knowledge.fold import fold

_CLAUSE = re.compile(r"第\s?\d+\s?条")
_DIGITS = re.compile(r"\d+")

SAME = 0.45
"""Share of character pairs from which on two sentences with the same numbers say the same."""


def compose(reading: Reading, material: Material, proofs: Proofs, public_url: str) -> Answer | None:
    """Answer from the units that hold what was asked for; None where none does."""
    chosen = _for_parts(reading, material) or _for_whole(reading, material)
    if not chosen or _asks_for_the_next_of_what_is_over(reading, chosen):
        return None
    draft = Draft(public_url)
    chosen = in_text_order(chosen)
    corrected = correction(reading, chosen)
    if corrected:
        draft.add(corrected)
    elif reading.english:
        draft.add("According to the documents:")
    lead = _lead(reading, chosen)
    if lead:
        draft.add(lead)
    listed = len(chosen) > 1
    last = ""
    for candidate in chosen:
        text = saying(reading, candidate.unit)
        subject = candidate.unit.subject
        if subject == last and text.startswith(f"{subject}："):
            text = text.removeprefix(f"{subject}：")  # said on the line above
        last = subject
        held = (candidate.unit, *_also(candidate, chosen, material))
        draft.add(f"・{text}" if listed else _sentence(text), *held)
    note = _note(reading, chosen)
    if note:
        draft.add(note)
    _add_office(draft, reading, proofs)
    return draft.answer(material.passages(draft.cited), confidence=max(0.46, confidence(reading, chosen, material)))


def _add_office(draft: Draft, reading: Reading, proofs: Proofs) -> None:
    """Name the office where the answer is about a grant and has not named it yet."""
    contact = office_for(reading, shipped())
    if contact is None or proofs.find(contact.proof) is None or contact.name.split()[-1] in draft.text:
        return
    add_contact_line(draft, reading, contact, proofs, "今年度の内容や、対象になるか", grant_ward(reading))


def _for_whole(reading: Reading, material: Material) -> list[Candidate]:
    material = of_it(reading, material)
    found = answering(reading, material)
    return choose(reading, found, material) if found else []


def _for_parts(reading: Reading, material: Material) -> list[Candidate]:
    """Choose for each part of a question that asks several things; nothing if a part can't be answered."""
    chosen: list[Candidate] = []
    if len(reading.names) > 1:
        return []
    for part in parts(reading):
        mine = narrowed(material, part)
        taken = {candidate.unit.quote for candidate in chosen}
        found = answering(part, mine)
        if not found:
            return []
        # The next part asks for something else; only a value that it needs may be told twice.
        found = tuple(c for c in found if c.unit.quote not in taken) or found
        for candidate in choose(part, found, mine)[:2]:
            if not any(candidate.unit.quote == other.unit.quote for other in chosen):
                chosen.append(candidate)
    return chosen


def saying(reading: Reading, unit: Unit) -> str:
    """Say a unit so that it can stand alone."""
    if unit.kind is UnitKind.ROW:
        return row_saying(unit, reading.own_words)
    text = telling(unit)
    if unit.source.kind is Kind.MINUTES and unit.subject and unit.kind is UnitKind.SENTENCE and len(unit.subject) <= 20:
        return f"{unit.subject}の発言：{text}"
    if _CLAUSE.match(unit.subject):
        return f"{unit.subject}：{text}"
    if text.endswith("。"):
        return text
    if unit.kind is UnitKind.ITEM and unit.subject and unit.subject not in text and len(text) < 60:
        return f"{unit.subject}：{text}"
    if unit.kind is UnitKind.SENTENCE and len(text) < 30 and unit.subject and unit.subject not in text:
        return f"{unit.subject}：{text}"
    return text


def _also(candidate: Candidate, chosen: Sequence[Candidate], material: Material) -> tuple[Unit, ...]:
    """A unit of another document that says the same, with the same numbers: two sources are better than one."""
    mine, said = pairs_of(candidate.unit.say), _DIGITS.findall(fold(candidate.unit.say))
    for other in material.candidates[:20]:
        unit = other.unit
        if unit.source.id == candidate.unit.source.id or any(unit.quote == c.unit.quote for c in chosen):
            continue
        theirs = pairs_of(unit.say)
        same = len(mine & theirs) >= SAME * min(len(mine), len(theirs)) and len(theirs) >= 20
        if same and set(_DIGITS.findall(fold(unit.say))) & set(said):
            return (unit,)
    return ()


def _sentence(text: str) -> str:
    text = text.rstrip("、")
    return text if text.endswith(("。", "！", "!", "?", "？", "…")) else f"{text}。"


def _lead(reading: Reading, chosen: Sequence[Candidate]) -> str:
    source = chosen[0].unit.source
    if reading.english:
        return ""
    if source.kind is Kind.PROPOSAL and correction(reading, chosen):
        return ""
    if source.kind is Kind.PROPOSAL:
        return "提案資料では次のとおりです(提案の段階で、決定とは書かれていません)。"
    if len(chosen) == 1:
        return ""
    if Want.ORGANISATION in reading.asked and all(c.unit.kind is UnitKind.MENU for c in chosen):
        return "資料では、次のところが対応しています。"
    return "資料では次のとおりです。"


def _asks_for_the_next_of_what_is_over(reading: Reading, chosen: Sequence[Candidate]) -> bool:
    """Tell whether the next time is asked for and the documents know of past ones only."""
    return bool(NEXT.search(reading.text)) and Want.DATE in reading.asked and _all_over(chosen, reading)


def _all_over(chosen: Sequence[Candidate], reading: Reading) -> bool:
    """Tell whether something is dated, and all that is lies before today."""
    today, unit = reading.question.today, chosen[0].unit
    around = tuple(sorted(years(unit.chunk.text + unit.chunk.context), reverse=True)) or (today.year,)
    spoken_of = (*around, today.year, today.year - 1)
    says = [candidate.unit.say for candidate in chosen]
    dated = [say for say in says if is_dated(say, spoken_of)] or says
    return all(is_past(say, spoken_of, today) for say in dated)


def _note(reading: Reading, chosen: Sequence[Candidate]) -> str:
    unit = chosen[0].unit
    notes: list[str] = []
    if not reading.english:
        if reading.asked.kinds & {Want.DATE, Want.TIME, Want.DEADLINE} and _all_over(chosen, reading):
            notes.append("(すでに過ぎた期日です)" if Want.DEADLINE in reading.asked else "(すでに終わった日程です)")
        scope = only_for(unit.source)
        if reading.ward is None and scope and not reading.named_wards and not reading.names:
            notes.append(f"({'・'.join(ward_name(ward) for ward in sorted(scope))}の資料による案内です)")
        if reading.ward and scope and reading.ward not in scope:
            named = "・".join(ward_name(ward) for ward in sorted(scope))
            notes.append(f"(これは{named}の資料です。{ward_name(reading.ward)}での扱いは書かれていません)")
        if reading.asked.kinds & {Want.ELIGIBILITY}:
            notes.append("対象になるかどうかの最終判断は窓口が行います。")
    return "".join(notes)
