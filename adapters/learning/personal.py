"""What of a draft may be somebody's own: phone numbers, addresses, and what a case's person left of themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.privacy import ADDRESS_MASK, PHONE_MASK, ContactKind, contacts_in, mask
from knowledge.fold import fold

_BETWEEN = re.compile(r"[、,,/\s()()]+")
_SHORTEST = 2
"""Characters of a name that is looked for: a single one stands in too many words."""


class Sort(StrEnum):
    """What it looks like."""

    PHONE = "電話番号"
    EMAIL = "メールアドレス"
    ADDRESS = "住所"
    PERSON = "相談者の名前や連絡先"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a draft that may be somebody's own."""

    sort: Sort
    field: str
    """Name of the field that it stands in."""
    shown: str
    """What was found, for the advisor; empty where it can't be cut out of the text."""

    @property
    def may_be_an_office_s(self) -> bool:
        """Whether an administrator can say that it belongs to an office; what the person left never does."""
        return self.sort is not Sort.PERSON


def personal(fields: Mapping[str, str], contact: str = "") -> Sequence[Finding]:
    """Look through a draft.

    Args:
        fields: Texts by the name of their field.
        contact: What the person of the case left to be reached by, as it was written.
    Returns:
        Findings in the order of the fields; empty where nothing was found.
    """
    found: list[Finding] = []
    for name, text in fields.items():
        theirs = [part for part in _parts(contact) if _key(part) in _key(text)]
        found += [Finding(Sort.PERSON, name, part) for part in theirs]
        known = {_key(part) for part in theirs}
        for one in contacts_in(text):
            if _key(one.value) not in known:
                found.append(Finding(Sort.PHONE if one.kind is ContactKind.PHONE else Sort.EMAIL, name, one.value))
        masked = mask(text)
        # A number without its area code, and an address, are known by their mask alone.
        if PHONE_MASK in masked and not any(one.kind is ContactKind.PHONE for one in contacts_in(text)):
            found.append(Finding(Sort.PHONE, name, ""))
        if ADDRESS_MASK in masked:
            found.append(Finding(Sort.ADDRESS, name, ""))
    return tuple(dict.fromkeys(found))


def _parts(contact: str) -> list[str]:
    return [part for part in _BETWEEN.split(contact) if len(_key(part)) >= _SHORTEST]


def _key(text: str) -> str:
    """Write a name or number in one form: 090-1234-5678 and 090 1234 5678 are the same."""
    return re.sub(r"[\s\-‐ー()・]", "", fold(text)).lower()
