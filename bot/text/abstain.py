"""When the documents do not say: say so, say what they do say, and name whom to ask."""

from __future__ import annotations

from bot.answer import Act, Answer
from bot.draft import Draft, clip
from bot.lists.grants import grant_ward, office_for
from bot.lists.lines import add_contact_line
from bot.lists.proofs import Proofs
from bot.reading import Reading
from bot.text.contacts import Contact, contact_for, office
from bot.text.material import Material, about, confidence, of_name
from bot.text.select import Candidate
from bot.text.units import Unit, UnitKind, denies
from bot.wants import NAMES, Want
from knowledge.catalogue.load import shipped


def abstain(
    reading: Reading,
    material: Material,
    contacts: tuple[Contact, ...],
    public_url: str,
    *,
    why: str = "",
    proofs: Proofs | None = None,
) -> Answer:
    """Write an abstention.

    Args:
        reading: The question.
        material: What was found; the nearest unit is told, if it is about the same thing.
        contacts: Contacts of the documents.
        public_url: Base of the citations' addresses.
        why: What the documents do not say, as a sentence; derived from the question if empty.
        proofs: Of the index, to name the office for a grant; None: whoever the documents name is named.
    """
    draft = Draft(public_url)
    nearest = _nearest(reading, material)
    unit = nearest.unit if nearest else None
    draft.add(why or _missing(reading, nearest))
    if unit is not None:
        lead = "What the documents do say: " if reading.english else "資料にあるのは、次の内容です。\n・"
        draft.add(lead + telling(unit), unit)
    add_whom(draft, reading, contacts, unit, proofs)
    sure = min(0.45, confidence(reading, (), material))
    return draft.answer(material.passages([unit] if unit else [], draft.cited), act=Act.ABSTAIN, confidence=sure)


def add_whom(
    draft: Draft, reading: Reading, contacts: tuple[Contact, ...], unit: Unit | None, proofs: Proofs | None
) -> None:
    """Name the office for the grant that a question is about, else the contact of the documents."""
    contact = office_for(reading, shipped()) if proofs else None
    if proofs and contact and proofs.find(contact.proof):
        add_contact_line(draft, reading, contact, proofs, "くわしいこと", grant_ward(reading))
    else:
        add_contact(draft, reading, contacts, unit)


def telling(unit: Unit) -> str:
    """Say what a unit says, with its subject where the words alone would not tell whom they are about."""
    say = clip(unit)
    if unit.kind is UnitKind.MENU and unit.subject and unit.subject not in say:
        return f"{unit.subject}：{say}"
    return say


def add_contact(draft: Draft, reading: Reading, contacts: tuple[Contact, ...], unit: Unit | None) -> None:
    """Name the contact of the documents, with a citation, else the ward's office."""
    contact = contact_for(contacts, reading.ward, unit.source if unit else None)
    if contact is None:
        place = office(reading.ward)
        draft.add(f"Please ask {place}." if reading.english else f"くわしくは、{place}にお問い合わせください。")
        return
    numbers = " / ".join(part for part in (contact.phone, contact.email) if part)
    if reading.english:
        draft.add(f"Please ask {contact.name} ({numbers}).", contact.unit())
    else:
        draft.add(f"くわしくは、{contact.name}({numbers})にお問い合わせください。", contact.unit())


def _missing(reading: Reading, nearest: Candidate | None) -> str:
    kinds = [NAMES[want] for want in sorted(reading.asked.hard, key=list(Want).index)][:2]
    # A name is said only beside a citation that holds it.
    named = [name for name in reading.names if nearest is not None and about(nearest, name)]
    subject = named[0].value if named else ""
    if reading.english:
        return "The documents I have do not say that."
    if kinds and subject:
        return f"{subject}の{'や'.join(kinds)}は、手元の資料には書かれていません。"
    if kinds:
        return f"お尋ねの{'や'.join(kinds)}は、手元の資料には書かれていません。"
    return "お尋ねの内容は、手元の資料では確認できませんでした。"


def _nearest(reading: Reading, material: Material) -> Candidate | None:
    pool = [c for c in of_name(material, reading.names) if c.unit.kind is not UnitKind.TITLE and len(c.unit.say) >= 8]
    best = max(pool, key=lambda c: c.coverage + 0.3 * c.own + 0.2 * denies(c.unit.say), default=None)
    if best is None or best.coverage < 0.35:
        return None
    return best
