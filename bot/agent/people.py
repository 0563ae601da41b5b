"""Names of persons and of their companies in what people write to us, and numbers that are as good as a name.

A name is told by where it stands: who introduces themselves (「佐藤と申します」), whom they speak of (「山田さん」, 「店長の鈴木」), a
company by its legal form (「株式会社…」) or after a word for it (「店名は…」). What the documents themselves name is nobody's secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from knowledge.tokens import PersonName, person_names


class Who(StrEnum):
    """What a name is of."""

    PERSON = "名前"
    COMPANY = "会社名"
    NUMBER = "番号"
    """Of a person, an account or a card."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text."""

    who: Who
    start: int
    end: int


Known = Callable[[str], bool]
"""Whether the documents name it."""

_INTRODUCED = re.compile(r"\s?(?:と申|ともうし|と(?:い|言)いま|です(?=[。、.!！\s]|が|けど|$))")
"""Behind a name: somebody's own."""
_OWN = re.compile(r"(?:名前|氏名|なまえ)(?:は|:|：)\s?$|(?:私|わたし|わたくし|僕|俺)(?:は|、|が)?\s?$")
"""Before a name: somebody's own."""
_SPOKEN_OF = re.compile(r"\s?(?:さん|様|さま|氏|先生|くん|君|ちゃん|社長|専務|部長|課長|店長|会長|オーナー)")
"""Behind a name: somebody's whom they know."""
_ROLE = re.compile(
    r"(?:担当(?:者)?|店主|店長|社長|代表(?:取締役|者)?|部長|課長|専務|オーナー|経理|総務|主人|妻|夫|父|母|息子|娘|友人|知り合い)(?:の|は|:|：)\s?$"
)
_JOINED = re.compile(r"[一-龥々ァ-ヴー]")
"""Behind words that are a name elsewhere, and here begin the name of a place."""
_SAID = re.compile(r"(?P<name>[一-龥々ァ-ヴー]{1,4}[ 　]?[一-龥々ァ-ヴーぁ-ん]{0,4}?)(?=と申し|ともうし)")
"""A name that no dictionary knows."""
_BODY = r"[一-龥々ァ-ヴーぁ-んA-Za-z0-9０-９・&＆]"
_FORM = r"(?:株式会社|有限会社|合同会社|合資会社|合名会社|[(（][株有同][)）])"
_COMPANY = re.compile(
    # 「株式会社でも使える」 names none.
    rf"{_FORM}\s?(?!です|でしょ|では|って|とか|から|など|(?:でも?|[のはがをにともやかだじ])(?![ぁ-ん]))(?P<after>{_BODY}{{2,20}}?)(?=[のはがをにとでもや、。,.!?！？\s「」()（）]|です|さん|から|$)|"
    rf"(?:(?<=[はがのも、。:：\s])|^)(?P<before>[^\sはがをの、。「」()（）:：①-⑳]{{2,20}}?){_FORM}|"
    rf"(?:店名|屋号|会社名|社名|店の名前|会社の名前)(?:は|:|：)\s?[「『]?(?P<told>{_BODY}{{2,20}}?)(?=[」』、。,.!?！？\s]|です|と(?:い|言|申)|$)"
)
_NUMBER = re.compile(
    r"(?:マイナンバー|個人番号)[^0-9０-９\n]{0,6}(?P<person>[0-9０-９]{4}[ -]?[0-9０-９]{4}[ -]?[0-9０-９]{4})(?![0-9０-９])|"
    r"(?:口座(?:番号)?[^0-9０-９\n]{0,6}|(?:普通|当座)(?:預金|口座)?\s?)(?P<account>[0-9０-９]{6,8})(?![0-9０-９])|"
    r"(?<![0-9０-９])(?P<card>[0-9０-９]{4}(?:[ -]?[0-9０-９]{4}){3})(?![0-9０-９])"
)
_ASKS = re.compile(r"^(?:何|なに|なん|どこ|どれ|どう)")


def names_in(text: str, known: Known) -> tuple[Name, ...]:
    """List the names of persons and companies in a message, and the numbers of persons, accounts and cards.

    Args:
        text: As the person wrote it.
        known: Whether the documents name something, so that it may be asked about.
    Returns:
        In text order, without overlaps. A company's legal form belongs to its name.
    """
    found = sorted(
        (*_numbers(text), *_companies(text, known), *_persons(text, known)), key=lambda name: (name.start, -name.end)
    )
    kept: list[Name] = []
    for name in found:
        if not kept or name.start >= kept[-1].end:
            kept.append(name)
    return tuple(kept)


def _numbers(text: str) -> Iterator[Name]:
    for match in _NUMBER.finditer(text):
        yield Name(Who.NUMBER, *match.span(str(match.lastgroup)))


def _companies(text: str, known: Known) -> Iterator[Name]:
    for match in _COMPANY.finditer(text):
        group = str(match.lastgroup)
        if known(match[group]) or _ASKS.match(match[group]):
            continue
        start, end = match.span(group) if group == "told" else match.span()
        yield Name(Who.COMPANY, start, end)


def _persons(text: str, known: Known) -> Iterator[Name]:
    for run in _runs(text):
        start, end = run[0].start, run[-1].end
        own = _INTRODUCED.match(text, end) or _OWN.search(text, 0, start)
        whole = len(run) > 1 and not _JOINED.match(text, end)
        theirs = whole or _SPOKEN_OF.match(text, end) or _ROLE.search(text, 0, start)
        if own or (theirs and not all(known(part) for word in run for part in word.words)):
            yield Name(Who.PERSON, start, end)
    for match in _SAID.finditer(text):
        yield Name(Who.PERSON, match.start("name"), match.end("name"))


def _runs(text: str) -> Iterator[list[PersonName]]:
    """Join family and given name, side by side or with a space between them."""
    run: list[PersonName] = []
    for name in person_names(text):
        if run and text[run[-1].end : name.start].strip(" 　"):
            yield run
            run = []
        run.append(name)
    if run:
        yield run
