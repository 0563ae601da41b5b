"""Whom to ask: the contact that the documents give for a ward, else the ward's own office by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.places import only_for, ward_name
from bot.text.units import Unit, UnitKind, spoken
from knowledge.documents import BlockKind, Chunk, Source
from knowledge.fold import fold, readable
from knowledge.index import Index, MentionKind

CARD_LINE = 40
"""Characters; a longer line is a sentence."""
_BEFORE_NUMBER = re.compile(
    r"([^\s、。（(「」のはに]{2,30}?(?:事務局|窓口|係|課|センター|協議会))(?=[（(]?(?:電話|TEL|の?電話番号は|の?窓口は)?\s?0\d|[（(]電話|の電話)"
)
_OFFICE = re.compile(r"事務局|窓口|相談|係|課|センター|問い?合わ?せ")


@dataclass(frozen=True, slots=True)
class Contact:
    """A place to ask that stands in a document."""

    name: str
    phone: str
    email: str
    url: str
    chunk: Chunk
    source: Source

    def unit(self) -> Unit:
        """The contact as something that can be cited: the span that holds its name and addresses."""
        blocks = self.chunk.blocks
        given = [i for i, block in enumerate(blocks) if self._stands_in(readable(block.text))]
        addressed = [
            i for i in given if any(part in readable(blocks[i].text) for part in (self.phone, self.email) if part)
        ]
        # A sentence that gives the number says whose it is; a card has the name on a line above.
        first = addressed[0] if len(readable(blocks[addressed[0]].text)) > CARD_LINE else given[0]
        quote = blocks[first].text
        for i in range(first + 1, given[-1] + 1):
            if not blocks[i].joined or len(blocks[first].text) > CARD_LINE:
                break
            quote += "\n" + blocks[i].text
        return Unit(
            UnitKind.ITEM, self.chunk, self.source, blocks[first], quote, spoken(quote), self.name,
            frozenset(), frozenset(), frozenset(), 0, 0.0,
        )  # fmt: skip

    def _stands_in(self, text: str) -> bool:
        return any(part and part in text for part in (self.name, self.phone, self.email, self.url))


def contacts(index: Index) -> tuple[Contact, ...]:
    """List the contacts of a generation: chunks that give a phone number or mail address."""
    by_chunk: dict[str, dict[MentionKind, str]] = {}
    for mention in index.mentions(MentionKind.PHONE, MentionKind.EMAIL, MentionKind.URL):
        by_chunk.setdefault(mention.chunk, {}).setdefault(mention.kind, mention.value)
    found: list[Contact] = []
    for indexed in index.chunks([key for key, kinds in by_chunk.items() if kinds.keys() - {MentionKind.URL}]):
        chunk, kinds = indexed.chunk, by_chunk[indexed.chunk.id]
        source = index.source(chunk.source)
        if source.is_confirmed:
            # It holds until a day, and for one question: it is no directory.
            continue
        found.append(
            Contact(
                _name(chunk),
                kinds.get(MentionKind.PHONE, ""),
                kinds.get(MentionKind.EMAIL, ""),
                kinds.get(MentionKind.URL, ""),
                chunk,
                source,
            )
        )
    # The most complete one first: it is the one made to be asked. One that is named by its heading only is last.
    found.sort(key=lambda contact: (-_completeness(contact), bool(re.search(r"記載|書かれて", contact.unit().say))))
    return tuple(found)


def _completeness(contact: Contact) -> int:
    parts = sum(map(bool, (contact.phone, contact.email, contact.url)))
    return parts + 2 * (contact.name not in contact.chunk.heading)


def _name(chunk: Chunk) -> str:
    texts = [readable(block.text) for block in chunk.blocks if block.kind is not BlockKind.HEADING]
    for text in texts:
        if _OFFICE.search(text) and len(text) <= CARD_LINE and not re.search(r"[:：。]|^お?問", text):
            return text
    for text in texts:
        match = _BEFORE_NUMBER.search(text)
        if match:
            # 連絡先があるCES事務局 → CES事務局: what a verb says of it is no part of a name.
            return re.sub(r"^.*[ぁ-ん](?=[^ぁ-ん]+$)", "", match.group(1))
    named = [heading for heading in chunk.heading if not re.match(r"資料[にで]", heading)]
    return named[-1] if named else ""


def contact_for(found: tuple[Contact, ...], ward: str | None, source: Source | None) -> Contact | None:
    """Choose the contact to name.

    Args:
        found: All contacts of the generation.
        ward: The person's ward, if known.
        source: The source that the answer speaks of, if any.
    Returns:
        A contact from that source, else one for that ward, else one that is for no ward in particular; None where
        the only contacts are another ward's.
    """
    if source is not None:
        same = next((contact for contact in found if contact.source.id == source.id), None)
        if same and (ward is None or not only_for(source) or ward in source.wards):
            return same
    place = ward or next(iter(only_for(source)), None) if source else ward
    fitting = [c for c in found if (place in c.source.wards if place else True) or not c.source.wards]
    return fitting[0] if fitting else None


def office(ward: str | None) -> str:
    """Name the office to ask where the documents give no contact."""
    return (
        f"{ward_name(ward)}役所の環境・脱炭素の担当窓口"
        if ward and ward.isalpha()
        else "お店のある区の区役所の担当窓口"
    )


def mentions_contact(text: str) -> bool:
    """Tell whether a text gives a phone number or mail address."""
    return bool(re.search(r"0\d{1,4}-\d{1,4}-\d{3,4}|[\w.+-]+@[\w-]+\.\w", fold(text)))
