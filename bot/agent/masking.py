"""Personal data leaves the house as what it is, 「[電話番号1]」, and is put back into what comes home."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from bot.agent.people import Known, Who, names_in
from bot.guard.markers import LOOKS_LIKE
from bot.privacy import mask

_KINDS = ("電話番号", "メール", "住所", Who.PERSON.value, Who.COMPANY.value)
_BARE = re.compile(rf"\[({'|'.join(_KINDS)})\]")
_NUMBERED = re.compile(rf"[\[［【]({'|'.join(_KINDS)})\s*([0-9０-９]+)[\]］】]")
_STATEMENT = re.compile(
    r"[^。！？!?\n]*[。！？!?\n]?(?:\s*[\[［【(（〔]\s*[SsＳｓ][^\]］】)）〕\n]{0,12}[\]］】)）〕])*"
)
_FIRST_PRIVATE = 0xE100
"""Private characters that stand for values while a draft is checked; no text of ours or of a model holds any."""
_FIRST_HELD = 0xE800
"""The same for whole sentences."""
_PRIVATE = re.compile("[\ue100-\uf8ff]")
_THANKS = "ありがとうございます。"
"""What is checked in place of a sentence that is held: it states nothing."""
_HELD = re.compile(f"([\ue800-\uf8ff]){_THANKS}")
_ACKNOWLEDGED = re.compile(
    r"(?:[^。、\d]{0,8}(?:電話|番号|連絡先|メール|アドレス|住所|お店|場所)[^。、\d]{0,8}?)?(?:は|が|、)?[\ue100-\ue7ff](?:"
    r"(?:とのこと|のよう)?です(?:よ)?ね|と(?:伺い|うかがい|お聞きし|聞い)(?:ました|ています)|で(?:よろしい|間違いない|合ってい)(?:でしょうか|ですか|ますか)|"
    r"を?(?:、|の)?(?:お知らせ|ご連絡|教えて)?(?:いただき)?(?:、)?ありがとうございます|(?:の件)?(?:も|は|、)?(?:承知|了解)(?:し|いたし)ました)[。?？!！]?\s*"
)
_OFFICE = re.compile(r"窓口|区|課|係|局|担当|相談|問い?合わ?せ|協議会|役所")
_DIGITS = re.compile(r"[^0-9]")
_PHONE = re.compile(r"[-0-9()+ .・のー‐−–—]+")


def key_of(value: str) -> str:
    """Give a phone number, mail address or postal address in the form in which two spellings of it are one."""
    narrow = unicodedata.normalize("NFKC", value).strip()
    if "@" in narrow:
        return narrow.lower()
    # An address is no number, though it has some.
    return _DIGITS.sub("", narrow) if _PHONE.fullmatch(narrow) else narrow


class Masks:
    """The personal data of one run, each value under one name throughout."""

    def __init__(self, public: Container[str] = frozenset(), known: Known = lambda name: False) -> None:
        """Take what is nobody's personal data.

        Args:
            public: The numbers and addresses that documents hold, as `key_of` writes them.
            known: Whether they name a person or company.
        """
        self._public = public
        self._known = known
        self._names: dict[tuple[str, str], str] = {}
        self._values: dict[str, str] = {}
        self._held: list[str] = []

    def hide(self, text: str) -> str:
        """Replace phone numbers, mail and postal addresses, names of persons and companies by numbered names."""
        # What a message itself writes as a private character or as one of our names would come home as somebody's value.
        return self._without_names(self._without_contacts(_PRIVATE.sub("", text)))

    def _without_names(self, text: str) -> str:
        pieces, at = [], 0
        for name in names_in(text, self._known):
            pieces += [text[at : name.start], self._name(name.who.value, text[name.start : name.end])]
            at = name.end
        return "".join((*pieces, text[at:]))

    def _without_contacts(self, text: str) -> str:
        masked = mask(text)
        pieces = _BARE.split(masked)
        kept, kinds = pieces[::2], pieces[1::2]
        if not kinds:
            return text
        # The mask leaves everything else as it was written, so what it took away stands between what is left.
        found = re.fullmatch("(.+?)".join(map(re.escape, kept)), text, re.DOTALL)
        if found is None:
            return masked
        named = [self._name(kind, value) for kind, value in zip(kinds, found.groups(), strict=True)]
        return "".join(part for pair in zip(kept, [*named, ""], strict=True) for part in pair)

    def _name(self, kind: str, value: str) -> str:
        if key_of(value) in self._public or _BARE.fullmatch(value):
            return value
        before = sum(known == kind for known, _ in self._names)
        name = self._names.setdefault((kind, key_of(value)), f"[{kind}{before + 1}]")
        self._values.setdefault(name, value.strip())
        return name

    def for_the_guard(self, draft: str) -> str:
        """Put numbers and addresses back, so that they are checked as any other: a person's must not pass for an office's.

        A sentence that does no more than repeat them (「お電話は…ですね」) states nothing, though it holds a number. It is held
        until `show`, and thanks are checked in its place.
        """
        # A model may write such a character as well.
        own = _PRIVATE.sub("", draft)
        return "".join(self._statement(match.group()) for match in _STATEMENT.finditer(own))

    def _statement(self, text: str) -> str:
        said = _NUMBERED.sub(lambda match: self._back(_plain(match)), text)
        if LOOKS_LIKE.search(text) or not _ACKNOWLEDGED.fullmatch(said) or _OFFICE.search(said):
            return _PRIVATE.sub(self._contact, said)
        self._held.append(said.rstrip())
        return f"{chr(_FIRST_HELD + len(self._held) - 1)}{_THANKS}{said[len(said.rstrip()) :]}"

    def _contact(self, match: re.Match[str]) -> str:
        """Give a value where it is one; a name stays away, it states nothing and no passage holds it."""
        name = list(self._values)[ord(match.group()) - _FIRST_PRIVATE]
        return match.group() if name.startswith(tuple(f"[{who}" for who in Who)) else self._values[name]

    def _back(self, name: str) -> str:
        return chr(_FIRST_PRIVATE + list(self._values).index(name)) if name in self._values else ""

    def show(self, text: str) -> str:
        """Put back the sentences and values that characters stand for."""
        values = list(self._values.values())
        text = _HELD.sub(lambda match: _at(self._held, ord(match[1]) - _FIRST_HELD), text)
        return _PRIVATE.sub(lambda match: _at(values, ord(match.group()) - _FIRST_PRIVATE), text)

    def numbers(self) -> frozenset[str]:
        """Give the digits of all values, in runs: they are the person's own, and no passage holds them."""
        return frozenset(run for value in self._values.values() for run in re.findall(r"\d+", value))


def _plain(match: re.Match[str]) -> str:
    return f"[{match[1]}{int(match[2])}]"


def _at(values: list[str], place: int) -> str:
    return values[place] if place < len(values) else ""
