"""Lists for a phone: lines of the catalogue, each proved, the first few now and the rest on request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answer import Act, Answer
from bot.draft import Draft
from bot.lists.proofs import Proofs
from bot.reading import Reading
from bot.text.contacts import office
from bot.text.units import Unit
from knowledge.catalogue.models import Contact, Pointer

AT_MOST = 6
"""Lines shown at once."""
_MORE = re.compile(r"のほか(\d{1,3})件")


@dataclass(frozen=True, slots=True)
class Line:
    """Something to be said, with the passages that prove it."""

    text: str
    proofs: tuple[Pointer, ...]


@dataclass(frozen=True, slots=True)
class Proved:
    """A line whose passages all stand in the index."""

    text: str
    units: tuple[Unit, ...]


def proved(lines: Sequence[Line], proofs: Proofs) -> list[Proved]:
    """Keep the lines that the index proves."""
    found = []
    for line in lines:
        units = proofs.all_found(*line.proofs)
        if units is not None:
            # Two pointers may mean one block, which needs one marker.
            found.append(Proved(line.text, tuple({(unit.chunk.id, unit.quote): unit for unit in units}.values())))
    return found


def remaining(reading: Reading) -> int:
    """Give how many lines the choice that asks for the rest of a list names; 0 for any other message."""
    match = _MORE.search(reading.text)
    return int(match[1]) if match else 0


def add_lines(
    draft: Draft, lines: Sequence[Proved], subject: str, reading: Reading, at_most: int = AT_MOST
) -> tuple[str, ...]:
    """Add the lines that fit on a phone, or those after them if the question is the choice that asks for the rest.

    Args:
        draft: Gets the lines.
        lines: All of them.
        subject: What the list is of, in words that ask for the same list again.
        reading: The question.
        at_most: Lines to show in the first answer; the following ones show `AT_MOST`.
    Returns:
        The choice that asks for the rest; empty where nothing is left.
    """
    left = remaining(reading)
    start = max(0, len(lines) - left) if left else 0
    shown = lines[start : start + (AT_MOST if left else at_most)]
    for line in shown:
        draft.add(f"・{line.text}", *line.units)
    left = len(lines) - start - len(shown)
    # The number stands on the button alone: in the text it would be a figure that no passage holds.
    return (f"{subject}のほか{left}件",) if left > 0 else ()


def add_contact_line(
    draft: Draft, reading: Reading, contact: Contact | None, proofs: Proofs, about: str, ward: str | None = None
) -> None:
    """Say whom to ask, cited where the index proves it, else the ward's office by its name.

    Args:
        draft: Gets the line.
        reading: The question.
        contact: Whom the catalogue names.
        proofs: The index.
        about: What to ask for, such as "料金や申し込み"; a noun phrase.
        ward: Whose office it is, where the question is about a ward that need not be the person's.
    """
    unit = proofs.find(contact.proof) if contact else None
    if contact is None or unit is None:
        place = office(ward or reading.ward)
        draft.add(f"Please ask {place}." if reading.english else f"{about}は、{place}に聞いてください。")
        return
    ways = " / ".join(way for way in (contact.phone, contact.email) if way) or contact.url
    told = f"{contact.name}({ways})" if ways else contact.name
    note = f"({contact.note})" if contact.note and not reading.english else ""
    draft.add(f"Please ask {told}." if reading.english else f"{about}は、{told}に聞いてください{note}。", unit)


def finish(draft: Draft, *, act: Act = Act.ANSWER, choices: Sequence[str] = (), confidence: float = 0.85) -> Answer:
    """Make the answer of a draft."""
    return draft.answer(act=act, choices=tuple(choices), confidence=confidence)
