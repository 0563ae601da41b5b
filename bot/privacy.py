"""Phone numbers, mail addresses and postal addresses in what persons write: masked, or read as a contact.

For people's own messages. Offices' numbers in answers are there to be read and never go through this.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

PHONE_MASK = "[電話番号]"
EMAIL_MASK = "[メール]"
ADDRESS_MASK = "[住所]"

# One character for one, so that a place found in the narrow text is the same place in the text as written.
_NARROW = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys("‐‑‒–—―−ーｰ‧", "-")
    | {"　": " ", "\u00a0": " ", "\t": " "}
)

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")

_GAP = r" ?[-().・の]{0,2} ?"
"""What may stand between the groups of a phone number: 03-1234-5678, 03(1234)5678, 090の1234の5678."""
# Every Japanese number begins with a zero and a digit that is none, and has ten digits, or eleven where its third is
# 0 again (mobile, IP) or it is 0800: so an amount, a year or a date can't be one.
_NATIONAL = re.compile(
    rf"(?<![0-9])\(?(?P<a>0[1-9]0)(?:{_GAP})(?P<b>[0-9]{{4}})(?:{_GAP})(?P<c>[0-9]{{4}})(?![0-9])|"
    + "|".join(
        rf"(?<![0-9])\(?(?P<a{i}>0[1-9][0-9]{{{area}}})(?:{_GAP})(?P<b{i}>[0-9]{{{middle}}})(?:{_GAP})(?P<c{i}>[0-9]{{{last}}})(?![0-9])"
        for i, (area, middle, last) in enumerate(((0, 4, 4), (1, 3, 4), (2, 2, 4), (3, 1, 4), (2, 3, 3), (2, 3, 4)))
    )
)
_INTERNATIONAL = re.compile(
    r"(?<![0-9])(?:\+ ?|00)81[- ]?(?:\(0\)|0)?[- ]?(?P<rest>[1-9](?:[-() ]{0,2}[0-9]){8,9})(?![0-9])"
)
# Without an area code it could be anything, a span of years above all: only after a word for it.
_LOCAL = re.compile(
    r"(?P<word>(?:電話|でんわ|TEL|携帯|ケータイ|℡|☎|FAX|ファックス)(?:番号)?(?:は|が|:|\.|=)? ?)(?P<n>[0-9]{2,4}-[0-9]{4})(?![0-9])",
    re.IGNORECASE,
)

_NUMERAL = r"[0-9〇一二三四五六七八九十]{1,4}"
_PREFECTURE = r"(?:北海道|東京都|(?:京都|大阪)府|[一-龥]{2,3}県)"
_TOWN = r"お?[一-龥々ァ-ヶ](?:[一-龥々ァ-ヶぁ-ん]{0,11}?[一-龥々ァ-ヶ])??"
_NO_ADDRESS = r"(?! ?(?:[年月日円件人台割%万千億時分本枚社店個kKtTm℃㎡度倍回]|番組|か月|ヶ月|カ月))"
"""What may not follow a number: then it counts something."""
_CHOME = rf"{_NUMERAL}丁目(?: ?{_NUMERAL}(?:番地?|-)?(?:の| )?(?:{_NUMERAL}号?)?(?:-{_NUMERAL})?{_NO_ADDRESS})?"
_BANCHI = rf"{_NUMERAL}番地?(?!町)(?:の? ?{_NUMERAL})?(?:号(?!線))?"
_ROW = rf"[0-9]{{1,4}}(?:-[0-9]{{1,4}}){{1,3}}(?![0-9]){_NO_ADDRESS}"
_LONG_ROW = rf"[0-9]{{1,3}}(?:-[0-9]{{1,4}}){{2,3}}(?![0-9]){_NO_ADDRESS}"
_BUILDING = r"(?: ?[一-龥々ァ-ヶー-]{1,14}(?:ビル(?:ディング)?|マンション|ハイツ|コーポ|荘|タワー|レジデンス)(?: ?[0-9]{1,4}(?:階|F|号室?)?)?|(?: |-)[0-9]{1,4}(?:階|F|号室))?"
_POSTCODE = (
    rf"(?:〒 ?[0-9]{{3}}-?[0-9]{{4}}|(?<![0-9-])[0-9]{{3}}-[0-9]{{4}}(?= ?(?:{_PREFECTURE}|[一-龥々]{{1,5}}[市区])))"
)
_ADDRESS = re.compile(
    # A postcode: by its mark, or by the place behind it.
    rf"(?P<code>{_POSTCODE} ?)|"
    # A municipality stays, it is as coarse as a ward; the rest goes.
    rf"(?P<kept>(?:{_PREFECTURE} ?(?:[一-龥々ァ-ヶぁ-ん]{{1,6}}?[市区郡])?|[一-龥々]{{1,5}}[市区]) ?)"
    rf"(?P<rest>{_TOWN} ?(?:{_CHOME}|{_BANCHI}|{_ROW}){_BUILDING}|{_LONG_ROW}{_BUILDING})|"
    # A town alone, where the numbers leave no doubt.
    rf"(?P<town>[一-龥々]{{1,8}}(?:町|村|台|丘)? ?(?:{_NUMERAL}丁目 ?{_NUMERAL}(?:番地?|-)(?:の? ?{_NUMERAL}号?)?|{_NUMERAL}番(?:地(?:の? ?{_NUMERAL})?|{_NUMERAL}号)){_BUILDING}|"
    rf"[一-龥々]{{1,8}}町 ?{_LONG_ROW}{_BUILDING})"
)


class ContactKind(StrEnum):
    """By what a person can be reached."""

    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach a person, as they wrote it."""

    kind: ContactKind
    value: str
    """Half-width: `090-1234-5678`, `taro@example.jp`. A number from abroad's view (+81) is given as dialled at home."""
    masked: str
    """Enough for its owner to recognise it: `090-****-5678`, `t***@example.jp`."""


def mask(text: str) -> str:
    """Replace phone numbers, mail addresses and postal addresses by what they are: 「[電話番号]」.

    Prefecture, city and ward stay. Everything else is left as it was written; masking twice changes nothing.
    """
    while True:
        masked = _masked_once(text)
        if masked == text:
            return text
        # What stood beside a number may be readable as one only now; every round leaves fewer characters to read.
        text = masked


def _masked_once(text: str) -> str:
    for pattern, instead in (
        (_EMAIL, EMAIL_MASK),
        (_INTERNATIONAL, PHONE_MASK),
        (_NATIONAL, PHONE_MASK),
        (_LOCAL, PHONE_MASK),
        (_ADDRESS, ADDRESS_MASK),
    ):
        pieces, end = [], 0
        for match in pattern.finditer(text.translate(_NARROW)):
            kept = {
                name: match.end(name) for name, found in match.groupdict().items() if name in ("word", "kept") and found
            }
            start = max(kept.values(), default=match.start())
            pieces += [text[end:start], instead]
            end = match.end()
        text = "".join((*pieces, text[end:]))
    return text


def contacts_in(text: str) -> tuple[Contact, ...]:
    """Read the phone numbers and mail addresses of a message, in its order, each once.

    A phone number without its area code can't be dialled and is none.
    """
    narrow = text.translate(_NARROW)
    found: list[tuple[int, Contact]] = [
        (match.start(), Contact(ContactKind.EMAIL, match.group(), _hidden_email(match.group())))
        for match in _EMAIL.finditer(narrow)
    ]
    found += [
        (match.start(), _phone("0" + re.sub(r"[^0-9]", "", match["rest"]))) for match in _INTERNATIONAL.finditer(narrow)
    ]
    for match in _NATIONAL.finditer(_INTERNATIONAL.sub(lambda m: " " * len(m.group()), narrow)):
        groups = [part for part in match.groups() if part]
        # Without separators the groups are the pattern's, not the person's.
        written_apart = len(re.sub(r"[^0-9]", "", match.group())) < len(match.group().strip("() "))
        found.append((match.start(), _phone("".join(groups), groups if written_apart else None)))
    found.sort(key=lambda pair: pair[0])
    return tuple(dict.fromkeys(contact for _, contact in found))


def has_contact(text: str) -> bool:
    """Tell whether a message holds a phone number or mail address."""
    return bool(contacts_in(text))


def _hidden_email(value: str) -> str:
    name, _, domain = value.rpartition("@")
    return f"{name[0]}***@{domain}"


def _phone(digits: str, groups: list[str] | None = None) -> Contact:
    """Write a number in its usual groups, the middle one hidden; as the person grouped it where there is none."""
    if len(digits) == 11:
        groups = (
            [digits[:4], digits[4:7], digits[7:]]
            if digits.startswith("0800")
            else [digits[:3], digits[3:7], digits[7:]]
        )
    elif digits[:4] in ("0120", "0570"):
        groups = [digits[:4], digits[4:7], digits[7:]]
    elif digits[:2] in ("03", "06"):
        groups = [digits[:2], digits[2:6], digits[6:]]
    if groups is None:
        return Contact(ContactKind.PHONE, digits, f"{digits[:2]}{'*' * (len(digits) - 6)}{digits[-4:]}")
    return Contact(ContactKind.PHONE, "-".join(groups), f"{groups[0]}-{'*' * len(groups[1])}-{groups[2]}")
