"""Questions for a phone number, an address or whom to ask."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.answer import Act, Answer
from bot.draft import Draft
from bot.lists.grants import grant_ward, office_for
from bot.lists.lines import add_contact_line, finish
from bot.lists.proofs import Proofs
from bot.places import only_for
from bot.reading import Reading
from bot.text.contacts import Contact, contact_for
from bot.text.material import Material, answering
from bot.wants import Want
from knowledge.catalogue.load import shipped
from knowledge.catalogue.models import Contact as Office
from knowledge.documents import Chunk
from knowledge.fold import fold
from knowledge.index import MentionKind
from knowledge.tokens import words


def contact_answer(
    reading: Reading, material: Material, contacts: tuple[Contact, ...], proofs: Proofs, public_url: str
) -> Answer | None:
    """Give the contact where a question asks for one; None where it asks for another body's, which is not known."""
    kinds = reading.asked.kinds & {Want.PHONE, Want.EMAIL, Want.URL}
    if not kinds and Want.CONTACT in reading.asked and not _has_subject(reading):
        kinds = frozenset({Want.PHONE, Want.EMAIL})
    if not kinds or reading.first_step:
        return None
    granting = office_for(reading, shipped())
    if granting is not None and proofs.find(granting.proof):
        if reading.asked.kinds & {Want.PLACE, Want.TIME} and answering(reading, material):
            return None
        return _granting(reading, granting, proofs, public_url)
    usual, contact = contact_for(contacts, reading.ward, None), _of_the_matter(reading, material, contacts)
    if contact and usual and contact.phone != usual.phone and answering(reading, material):
        # The sentence that gives the number says more: whose it is, and when it is answered.
        return None
    contact = usual if usual and contact and usual.phone == contact.phone else contact or usual
    if contact is None:
        return None
    here = fold(reading.text).lower().replace("・", "").replace(" ", "")
    strangers = [
        name
        for name in reading.names
        if name.kind is MentionKind.ORGANISATION
        and name.said not in _plain(contact)
        # What the talk before named is meant only where the question points back at it.
        and (name.said in here or _POINTING.search(reading.text))
    ]
    mine = [name for name in reading.names if name.said in _plain(contact)]
    if (strangers and not mine) or (reading.leaning and strangers):
        return None
    if reading.named_wards and not reading.named_wards & set(contact.source.wards):
        return None
    parts = []
    if contact.phone and (Want.PHONE in kinds or "電話" in reading.text):
        parts.append(("phone" if reading.english else "電話", contact.phone))
    if contact.email and (Want.EMAIL in kinds or (Want.PHONE in kinds and _general(reading))):
        parts.append(("email" if reading.english else "メール", contact.email))
    if contact.url and Want.URL in kinds:
        parts.append(("website" if reading.english else "ホームページ", contact.url))
    if not parts:
        return None
    draft = Draft(public_url)
    told = "、".join(f"{label} {value}" for label, value in parts)
    if reading.english:
        draft.add(
            f"You can reach {contact.name}: {', '.join(f'{label} {value}' for label, value in parts)}.", contact.unit()
        )
    else:
        draft.add(f"{contact.name}の{told}です。", contact.unit())
    return draft.answer(material.passages(draft.cited), confidence=0.9)


def _granting(reading: Reading, office: Office, proofs: Proofs, public_url: str) -> Answer:
    """Name the office for a grant; its number where the documents give one, else say that they don't."""
    draft = Draft(public_url)
    known = bool(office.phone) if Want.PHONE in reading.asked else bool(office.phone or office.email)
    if not known:
        what = "The number or address" if reading.english else "電話番号などの連絡先"
        draft.add(
            f"{what} is not in the documents." if reading.english else f"{what}は、手元の資料には書かれていません。"
        )
    add_contact_line(draft, reading, office, proofs, "この助成のこと", grant_ward(reading))
    return finish(draft, act=Act.ANSWER if known else Act.ABSTAIN, confidence=0.9 if known else 0.3)


_POINTING = re.compile(r"それ|その|そこ|そちら|そっち|じゃあ?|そこの|あそこ|あと")
OF_THE_MATTER = 0.6
"""Share of the question that a contact's passage must speak of to be the one for the matter."""
_ABOUT_ASKING = frozenset(
    "相談窓口 相談先 問い合わせる 問い合わせ 問合せ 相談 窓口 連絡 連絡先 正解 事務局 モデル 千代田 千代田モデル 区 千代田区 脱炭素 炭素 脱 メニュー 聞く 誰 直接 office reach chiyoda model run small cafe".split()
)


@lru_cache(maxsize=1024)
def _held(chunk: Chunk) -> frozenset[str]:
    return frozenset(words(f"{chunk.text}\n{chunk.context}"))


def _of_the_matter(reading: Reading, material: Material, contacts: tuple[Contact, ...]) -> Contact | None:
    """The contact whose passage speaks of what the question is about; None where none does more than another."""
    idf = material.retriever.idf
    topics = [t for t in reading.query.topics if t.weight >= 0.9 and t.word not in _ABOUT_ASKING]
    total = sum(idf(t.word) for t in topics)
    if not total:
        return None

    def share(contact: Contact) -> float:
        held = _held(contact.chunk)
        return sum(idf(t.word) for t in topics if t.word in held or not t.synonyms.isdisjoint(held)) / total

    allowed = [c for c in contacts if not reading.ward or not only_for(c.source) or reading.ward in c.source.wards]
    best = max(allowed, key=share, default=None)
    return best if best is not None and share(best) >= OF_THE_MATTER else None


def _has_subject(reading: Reading) -> bool:
    """The question is about some matter, so "whom to ask" means who does it."""
    return any(t.weight >= 0.9 and t.word not in _ABOUT_ASKING for t in reading.query.topics)


def _general(reading: Reading) -> bool:
    return "電話" not in reading.text


def _plain(contact: Contact) -> str:
    return fold(contact.name + contact.chunk.text).lower().replace("・", "").replace(" ", "")
