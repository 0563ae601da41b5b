"""Another ward's programme: said to be so, never offered."""

from __future__ import annotations

import re

from bot.answer import Answer
from bot.draft import Draft
from bot.places import only_for, ward_name
from bot.reading import Name, Reading
from bot.text.abstain import abstain, telling
from bot.text.choose import plain
from bot.text.contacts import Contact, office
from bot.text.material import Material, confidence, of_name
from bot.text.select import Candidate
from bot.text.units import UnitKind, label_of
from bot.wants import Want
from knowledge.fold import fold

_WHO = re.compile(
    r"区内(?:の)?(?:企業|事業者|中小|に(?:事業所|本店|住所)|の?店)|[一-龥]{2,3}区内の(?:事業者|企業|中小)|対象者"
)


def other_ward(reading: Reading, material: Material, contacts: tuple[Contact, ...], public_url: str) -> Answer | None:
    """Answer a question on using a programme of a ward that is not the person's.

    Returns:
        An answer where the documents say whom the programme is for, an abstention where they don't, None where
        the question is no such one.
    """
    asks = bool(reading.asked.kinds & {Want.ELIGIBILITY}) or re.search(
        r"使え|使う|[わらさま][せし]て(?:もら|くれ)|取れ(?:る|ます)|使わせ|申し?込|(?<![てで])もらえ|参加|対象|利用|いけ(?:る|ます)|も.{0,24}(?:もらえ|加われ|混ざ|混ぜ|乗れ|入れ(?:る|ます))|\buse\b|apply",
        reading.text,
    )
    if not reading.ward or not asks:
        return None
    pool = [c for c in of_name(material, reading.names) if c.unit.kind is not UnitKind.TITLE]
    elsewhere = [c for c in pool if only_for(c.unit.source) and reading.ward not in c.unit.source.wards]
    if not elsewhere:
        return None
    theirs_named = any((reading.named_wards - {reading.ward}) & only_for(c.unit.source) for c in elsewhere[:8])
    about_other = (theirs_named and (reading.subsidy or bool(reading.names))) or (
        reading.names and pool and pool[0] in elsewhere
    )
    if not about_other:
        return None
    subject = elsewhere[0].unit.source
    theirs = [c for c in elsewhere if c.unit.source.id == subject.id]
    scope = "・".join(ward_name(ward) for ward in sorted(only_for(subject)))
    here = ward_name(reading.ward)
    name = reading.names[0].value if reading.names else label_of(theirs[0].unit.say) or "この制度"
    stated = _stated(theirs, reading.names)
    if stated is None:
        why = f"「{name}」は{scope}の制度です。{here}の事業所が使えるかどうかは、手元の資料では確認できません。"
        if reading.english:
            why = f"This is a programme of {scope}. The documents do not say whether a business in {here} can use it."
        return abstain(
            reading,
            material,
            contacts,
            public_url,
            why=f"{why}{here}の制度は、{office(reading.ward)}にご確認ください。",
        )
    draft = Draft(public_url)
    if reading.english:
        draft.add(f"The documents say it is for businesses in {scope}:")
        draft.add(telling(stated.unit), stated.unit)
        draft.add(f"They do not say that a business in {here} can use it. Please ask {office(reading.ward)}.")
    else:
        draft.add(f"「{name}」は、資料では{scope}内の事業者向けと書かれています。")
        draft.add(telling(stated.unit), stated.unit)
        draft.add(f"{here}のお店や会社が使えるとは書かれていません。{office(reading.ward)}にご相談ください。")
    return draft.answer(material.passages(draft.cited), confidence=max(0.55, confidence(reading, [stated], material)))


def _speaks_of(candidate: Candidate, names: tuple[Name, ...]) -> bool:
    """The unit itself names the programme, not merely a neighbour of it."""
    return any(name.said in plain(candidate.unit) for name in names)


def _stated(found: list[Candidate], names: tuple[Name, ...]) -> Candidate | None:
    """The unit that says whom a programme is for, if it is about that programme."""
    if not found:
        return None
    # Without a name, only what stands with the best match is about the same programme.
    near = [c for c in found if _speaks_of(c, names) or (not names and c.unit.chunk.id == found[0].unit.chunk.id)]
    if not near:
        return None
    floor = 0.6 * max(candidate.coverage for candidate in near)
    return next((c for c in near if c.coverage >= floor and _WHO.search(fold(c.unit.say))), None)
