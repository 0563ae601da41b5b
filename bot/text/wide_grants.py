"""Which grants there are, asked without more: the ward is asked for, or those of the ward are listed."""

from __future__ import annotations

import re

from bot.answer import Act, Answer
from bot.draft import Draft
from bot.places import named, only_for, ward_name
from bot.reading import Reading
from bot.replies import WARD_CHOICES
from bot.text.abstain import add_contact
from bot.text.contacts import Contact
from bot.text.firststep import FUNDING
from bot.text.material import Material
from bot.text.units import Unit, UnitKind, denies
from bot.text.wide import in_reach, nearest, statement
from bot.wants import Want, holds
from knowledge.documents import Kind
from knowledge.fold import fold, squeeze
from knowledge.retrieval import Retriever
from knowledge.tokens import words

LENGTH = 260
"""Characters of a list of grants; an amount is never cut from its year."""
ALL = 420
"""The same where all of them are asked for."""
AT_MOST = 6
"""Grants in a list."""
_ALL = re.compile(r"ぜんぶ|全部|すべて|全て|一覧|一通り|何種類|いくつ")
_GRANTS = re.compile(r"(?:助成|補助)(?:金|制度|事業)?(?:の)?(?:メニュー|名|名称|種類|一覧)?$")
"""The head of a column that names grants."""
_MONEY = re.compile(r"補助|助成|交付金|給付|支援金|奨励金")
_FOR_FIRMS = re.compile(r"事業者|企業|法人|店")
_BY_WARD = frozenset({Want.SUBSIDY, Want.AMOUNT, Want.RATE, Want.CONTACT, Want.PHONE, Want.ELIGIBILITY, Want.DEADLINE})
"""What differs from ward to ward."""
_WITHOUT_MORE = frozenset(
    "補助金 助成金 補助 助成 金 支援 支援金 お金 制度 店 会社 うち 使う 出る 貰う 設備 対象 資料 名前 全部 一覧 並べる 教える 区 区内 メニュー いろいろ 色々 grant subsidy 案内 情報 種類".split()
)
"""Words that a question on grants may hold without being on one of them."""


def clarify_ward(reading: Reading, material: Material, public_url: str) -> Answer | None:
    """Ask for the ward before speaking of grants: they differ by ward, and a wrong one costs the owner money."""
    if reading.either[0] and reading.asked.kinds & _BY_WARD:
        return _which_of(reading)
    if not reading.subsidy or reading.ward or reading.named_wards or reading.names or reading.leaning:
        return None
    specific = [topic for topic in reading.query.topics if topic.weight >= 0.9 and topic.word not in _WITHOUT_MORE]
    if len(specific) > 1:
        return None
    offered = [c for c in material.candidates if c.unit.source.wards and Want.SUBSIDY in c.met]
    best = sorted(offered, key=lambda c: not named(c.unit.subject))[:1]
    draft = Draft(public_url)
    if reading.english:
        draft.add("Which ward is your business in? Grants differ by ward.")
    else:
        draft.add("お店や会社は、どちらの区にありますか? 使える補助金・助成金は区によって違います。")
        if best:
            place = ward_name(best[0].unit.source.wards[0])
            draft.add(f"(手元の資料には、{place}の制度などがあります)", best[0].unit)
    return draft.answer(material.passages(draft.cited), act=Act.CLARIFY, choices=WARD_CHOICES, confidence=0.5)


def _which_of(reading: Reading) -> Answer:
    """Ask in which ward a place lies that lies in several."""
    place, wards = reading.either
    names = [ward_name(ward) for ward in wards]
    if reading.english:
        text = f"{place} lies in several wards ({', '.join(names)}). Which one is your business in? Support differs by ward."
    else:
        text = f"{place}のあたりは{'と'.join(names)}にまたがります。お店や会社の住所は、どちらの区ですか? 使える支援は区によって違います。"
    return Answer(Act.CLARIFY, text, (), (), (*(f"{name}です" for name in names), "わからない"), confidence=0.5)


def _names_a_grant(unit: Unit) -> bool:
    """Tell whether it is a row of a table of grants, with their names in the first column."""
    block = unit.block
    return unit.kind is UnitKind.ROW and bool(block.header) and bool(_GRANTS.search(fold(block.header[0])))


def wide_subsidy(
    reading: Reading,
    material: Material,
    retriever: Retriever,
    contacts: tuple[Contact, ...],
    public_url: str,
) -> Answer | None:
    """Answer "which grants are there" for a known ward: those that the documents name, never "you will get"."""
    if (
        not reading.subsidy
        or reading.names
        or not reading.ward
        or reading.leaning
        or reading.first_step
        or reading.asked.hard - {Want.AMOUNT}
    ):
        return None
    wards = {word for ward in reading.named_wards for word in words(ward_name(ward))}
    specific = [t for t in reading.query.topics if t.weight >= 0.9 and t.word not in _WITHOUT_MORE | wards]
    if specific:
        return None
    found = [
        unit
        for unit in (candidate.unit for candidate in nearest(FUNDING.search, reading, retriever))
        if in_reach(reading, unit)
        and unit.kind is not UnitKind.TITLE
        and not denies(unit.say)
        # A proposal speaks of grants on every page; those there are stand in its table of them.
        and (
            _names_a_grant(unit)
            or (unit.source.kind is not Kind.PROPOSAL and _MONEY.search(fold(statement(reading, unit))))
        )
    ]
    found.sort(key=lambda unit: _names_a_grant(unit) and not _FOR_FIRMS.search(unit.say))
    if Want.AMOUNT in reading.asked:
        found = [unit for unit in found if holds(unit.say, Want.AMOUNT)]
    if not found:
        return None
    draft = Draft(public_url)
    here = ward_name(reading.ward)
    whose = here if any(reading.ward in only_for(unit.source) for unit in found) else f"{here}を含む地域"
    draft.add(f"{whose}の資料には、次の支援が書かれています。金額や条件、今年度の受付は窓口での確認が必要です。")
    told: list[str] = []
    most = ALL if _ALL.search(reading.text) else LENGTH
    for unit in found:
        line = statement(reading, unit)
        # A table of names says again what stands in a list with its purpose.
        if any(squeeze(unit.say) in squeeze(before) for before in told) or len(told) == AT_MOST:
            continue
        if told and sum(map(len, told)) + len(line) > most:
            continue
        draft.add(f"・{line}", unit)
        told.append(line)
    if any(unit.source.kind is Kind.PROPOSAL for unit in draft.cited):
        draft.add("(提案資料に名前があるものを含みます。決定とは書かれていません)")
    add_contact(draft, reading, contacts, found[0])
    return draft.answer(material.passages(draft.cited), confidence=0.75)
