"""Where two documents give different amounts for what was asked: both are told, and the office is named."""

from __future__ import annotations

from datetime import date

from bot.answer import Act, Answer
from bot.draft import Draft, clip
from bot.reading import Reading
from bot.text.abstain import add_contact
from bot.text.contacts import Contact
from bot.text.material import Material
from bot.text.units import Unit, units_of
from bot.wants import Want
from knowledge.claims import Claim, Claims, Conflict, Sort, claims_of
from knowledge.fold import fold

_ASKED = frozenset({Want.AMOUNT, Want.RATE})
_SORTS = {Sort.CEILING: ("上限", "ceiling"), Sort.SHARE: ("割合", "share")}


def both_told(
    answer: Answer,
    reading: Reading,
    material: Material,
    claims: Claims,
    contacts: tuple[Contact, ...],
    public_url: str,
) -> Answer | None:
    """Tell both sides of a contradiction instead of an answer that rests on one.

    Args:
        answer: What was to be said.
        reading: The question.
        material: What was found for it.
        claims: Of the index.
        contacts: Contacts of the documents.
        public_url: Base of the citations' addresses.
    Returns:
        None: no amount was asked, or nothing contradicts the amounts that the answer gives.
    """
    if answer.act is not Act.ANSWER or not reading.asked.kinds & _ASKED:
        return None
    conflict = _conflict(answer, claims, reading.question.today)
    if conflict is None:
        return None
    # The newer one first: it is the likelier one.
    sides = sorted((conflict.one, conflict.other), key=lambda one: one.source.date or date.min, reverse=True)
    proofs = [_unit(side) for side in sides]
    draft = Draft(public_url)
    name, (japanese, english) = conflict.one.programme, _SORTS[conflict.one.sort]
    draft.add(
        f"The documents give different {english}s for {name}."
        if reading.english
        else f"{name}の{japanese}は、資料によって違います。"
    )
    for side, proof in zip(sides, proofs, strict=True):
        if proof is None:
            return None
        said = clip(proof)
        amount = "" if side.written in fold(said) else f"({side.written})"
        draft.add(f"・{said}{amount}", proof)
    draft.add(
        "Which one holds has to be asked at the office."
        if reading.english
        else "どちらが正しいかは、窓口で確かめてください。"
    )
    add_contact(draft, reading, contacts, proofs[0])
    return draft.answer(material.passages(draft.cited), confidence=answer.confidence, choices=answer.choices)


def _conflict(answer: Answer, claims: Claims, today: date) -> Conflict | None:
    """Find what contradicts an amount that stands in the answer and in what it cites."""
    cited = {citation.chunk for citation in answer.citations}
    said = fold(answer.text)
    for passage in answer.passages:
        if passage.chunk.id not in cited:
            continue
        for claim in claims_of(passage.chunk, passage.source):
            if claim.written in said and (found := claims.against(claim, today)):
                return found[0]
    return None


def _unit(claim: Claim) -> Unit | None:
    """Give the smallest thing that can be cited for an amount."""
    units = units_of(claim.chunk, claim.source)
    return next((unit for unit in units if unit.block == claim.block and claim.written in fold(unit.say)), None)
