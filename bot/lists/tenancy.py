"""Whether a programme is for a rented building too, where the catalogue knows."""

from __future__ import annotations

from bot.answer import Answer
from bot.draft import Draft
from bot.lists.grants import is_tenant
from bot.lists.lines import add_contact_line, finish
from bot.lists.proofs import Proofs
from bot.reading import Reading
from bot.wants import Want
from knowledge.catalogue.load import shipped
from knowledge.catalogue.models import Programme
from knowledge.catalogue.queries import contact_for, needs_in, plain, programmes_for

_ASKS = frozenset({Want.ELIGIBILITY, Want.CONDITION})


def for_a_tenant(reading: Reading, proofs: Proofs, public_url: str) -> Answer | None:
    """Answer whether a programme, named or meant by a need, is for tenants.

    Returns:
        What its page says of rented buildings, cited, with the final word left to the office; None for any other
        question, where it is about grants, or where the index proves nothing.
    """
    if not is_tenant(reading.text) or not reading.asked.kinds & _ASKS or reading.subsidy:
        return None
    told = [(p, unit) for p in _meant(reading) if p.tenant_proof and (unit := proofs.find(p.tenant_proof))]
    if not told:
        return None
    draft = Draft(public_url)
    if reading.english:
        draft.add("According to the documents; the office decides whether you can apply:")
    for programme, unit in told[:2]:
        say = unit.say.rstrip("。")
        draft.add(say if plain(programme.name) in plain(say) else f"{programme.name}：{say}", unit)
    if not reading.english:
        draft.add("申し込めるかどうかを決めるのは窓口です。")
    ward = told[0][0].wards[0]
    add_contact_line(draft, reading, contact_for(shipped(), ward), proofs, "いまの受付")
    return finish(draft, confidence=0.8)


def _meant(reading: Reading) -> tuple[Programme, ...]:
    said = plain(reading.text)
    catalogue = shipped()
    named = tuple(p for p in catalogue.programmes if any(plain(name) in said for name in (p.name, *p.names)))
    needs = [need.id for need in needs_in(catalogue, reading.text)]
    return named or tuple(p for need in needs for p in programmes_for(catalogue, need, reading.ward))
