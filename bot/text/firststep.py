"""What to do first, asked without more.

The steps are fixed (know, measure, reduce, fund, ask); what is said for each comes from the documents, for the
person's ward, nearest to what the person mentioned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answer import Answer
from bot.draft import Draft
from bot.places import only_for, ward_name
from bot.reading import Reading
from bot.replies import WARD_CHOICES
from bot.text.abstain import add_contact
from bot.text.contacts import Contact
from bot.text.material import Material
from bot.text.units import Unit, UnitKind, denies
from bot.text.wide import in_reach, nearest, statement
from knowledge.retrieval import Retriever

LINE = 62
"""Characters of one step; five steps and a contact are a phone's screen."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step and the words under which documents speak of it."""

    title: str
    english: str
    search: str


STEPS = (
    Step("相談する", "Ask for guidance", "何から始めれば良いのか 悩む企業 現状の可視化 伴走支援 相談"),
    Step("現状を知る", "Know where you stand", "排出量の算定 見える化 把握 測定 省エネ診断"),
    Step(
        "むりなく減らす",
        "Reduce without much effort",
        "手間なし 安価 運用改善 省エネ 再エネ導入 電力コスト LED照明 高効率空調",
    ),
    Step("宣言する・学ぶ", "Commit and learn", "環境配慮宣言 宣言を開始 スクール 勉強会 交流会 セミナー"),
    Step("費用の支援を調べる", "Look for funding", "費用を助成 助成制度 補助金"),
)
FUNDING = STEPS[-1]


def first_step(
    reading: Reading,
    material: Material,
    retriever: Retriever,
    contacts: tuple[Contact, ...],
    public_url: str,
) -> Answer | None:
    """Answer a question on where to begin: up to four sourced steps, a contact, one question with choices."""
    if not reading.first_step:
        return None
    found = [(step, unit) for step in STEPS if (unit := _unit_for(step, reading, retriever)) is not None]
    own = _own(reading, material, [unit for _, unit in found])
    if len(found) + (own is not None) < 2:
        return None
    draft = Draft(public_url)
    draft.add(
        "First steps, from the documents:"
        if reading.english
        else "はじめの一歩は、相談しながら「知る→減らす」の順に進めるのが近道です。"
    )
    number = 1
    if own is not None:
        draft.add(f"{_circled(number)} {_tell(reading, own)}{_whose(reading, own)}", own)
        number += 1
    for step, unit in found:
        if own is not None and unit.quote == own.quote:
            continue
        title = step.english if reading.english else step.title
        draft.add(f"{_circled(number)} {title}：{_tell(reading, unit)}{_whose(reading, unit)}", unit)
        number += 1
    add_contact(draft, reading, contacts, found[0][1] if found else own)
    ask, choices = _question(reading)
    draft.add(ask)
    return draft.answer(material.passages(draft.cited), choices=choices, confidence=0.8)


def _unit_for(step: Step, reading: Reading, retriever: Retriever) -> Unit | None:
    ranked = [
        c
        for c in nearest(step.search, reading, retriever)
        if c.unit.kind is not UnitKind.TITLE
        and len(c.unit.say) >= 14
        and in_reach(reading, c.unit)
        and not denies(c.unit.say)
    ]
    if not ranked:
        return None
    # The person's own ward before matter of all wards, if it is nearly as good.
    home = [c for c in ranked if reading.ward in c.unit.source.wards]
    if home and home[0].score >= 0.6 * ranked[0].score:
        return home[0].unit
    return ranked[0].unit


def _own(reading: Reading, material: Material, taken: Sequence[Unit]) -> Unit | None:
    """The unit nearest to the question's own words, if it is near enough to lead."""
    for candidate in material.candidates[:3]:
        unit = candidate.unit
        if unit.kind is UnitKind.TITLE or not in_reach(reading, unit) or len(unit.say) < 12:
            continue
        if candidate.coverage >= 0.45:
            return unit
    return None


def _tell(reading: Reading, unit: Unit) -> str:
    told = statement(reading, unit)
    if len(told) <= LINE:
        return told
    kept = re.split(r"(?<=[。、）)])", told)
    short = ""
    for piece in kept:
        if short and len(short) + len(piece) > LINE:
            break
        short += piece
    return f"{short.rstrip('、。')}…" if len(short) <= 2 * LINE else f"{told[:LINE]}…"


def _whose(reading: Reading, unit: Unit) -> str:
    """Say which ward's matter it is, where the person's ward is not known."""
    only = only_for(unit.source)
    return f"({'・'.join(ward_name(ward) for ward in sorted(only))})" if only and reading.ward is None else ""


def _circled(number: int) -> str:
    return "①②③④⑤⑥"[number - 1]


def _question(reading: Reading) -> tuple[str, tuple[str, ...]]:
    if reading.ward is None:
        ask = "Which ward is your business in?" if reading.english else "お店や会社は、どちらの区にありますか?"
        return ask, WARD_CHOICES
    ask = "What matters most to you?" if reading.english else "いちばん気になるのはどれですか?"
    return ask, ("電気代を下げたい", "CO2を測りたい", "使える補助金は?", "セミナーに出たい", "人に相談したい")
