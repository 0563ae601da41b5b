"""What a grant does in a described case: work that is already done, a rented building, this year's figures.

In such a case the documents give a rule, seldom a verdict: the rule is quoted, the verdict is the office's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answer import Act, Answer
from bot.draft import Draft
from bot.lists.grants import asked_grants, grant_ward, is_about_grants, is_tenant, office_of, told_terms
from bot.lists.lines import Proved, add_contact_line, add_lines, finish
from bot.lists.proofs import Proofs
from bot.places import ward_name
from bot.reading import Reading
from bot.wants import Want
from knowledge.catalogue.load import Catalogue, shipped
from knowledge.catalogue.models import Grant, Pointer, Tenant
from knowledge.catalogue.queries import names_programme, needs_in
from knowledge.dates import fiscal_year, years

_DONE = re.compile(
    r"(?:替え|換え|変え|取り付け|付け|入れ|買|工事|発注|注文|契約|購入|施工|始め|着工|頼|払|申し込)[っんいし]?(?:を|も|は|が)?"
    r"(?:した|して(?:い(?!い)|る|しま|ある)|しちゃ|ちゃった|ちゃって|てしまっ|て[るい]|た(?!い|ら|め|く|とき)|済み|済んだ|終わった|終わって|だ(?:あと|後))"
)
_WORK = r"(?:工事|発注|注文|契約|購入|買い?|着工|施工|取り?付け|替え|換え|始め|頼)"
_ORDER = re.compile(
    rf"{_WORK}[っんしい]?(?:を|の)?(?:始め|し|っ)?(?:て(?:から|も)?|たあと|た後|後に?|あとに?)[^。]{{0,16}}(?:いい(?!会社|業者)|よい|大丈夫|OK|平気|申|間に合|もらえ|出[るま]|使え|だめ|ダメ|遅)|"
    rf"先に[^。]{{0,10}}{_WORK}|{_WORK}[^。]{{0,6}}(?:前|まえ)に[^。]{{0,10}}(?:申|必要|しないと|しなきゃ|要)|(?:申請|申し込み|申込)(?:は|って|の).{{0,8}}(?:前|後|あと|先)(?:です|でも|に|か|\?)"
)
_ALREADY = re.compile(
    r"もう|すでに|既に|とっくに|先月|先週|昨日|きのう|去年|昨年|この前|こないだ|今から|いまから|あとから|後から|さかのぼ|遡|事後"
)
_THIS_YEAR = re.compile(r"今年度?|本年度|ことし|今期|今の(?:率|額|上限|金額)")
BEFORE = Pointer(
    source="japan/ask-before-ordering.md",
    heading="先に契約・注文・工事をしない",
    words="補助金や助成金を使いたいときは、契約、注文、支払い、工事の前に",
)
AFTER = Pointer(
    source="japan/ask-before-ordering.md",
    heading="もう注文や工事をしてしまったとき",
    words="注文や工事を済ませてしまったあとに助成を受けられるかどうかは",
)
_LEFT = re.compile(r"予算|分(?:は|って)|残り|枠|受付|ある[?？]|まだ")
OTHER_WARDS = Pointer(
    source="all23/other-wards.md",
    heading="資料では確認できないこと",
    words="千代田区、港区、葛飾区のほかの区の助成の条件、割合、上限、締め切りは、資料では確認できません",
)
UNKNOWN_WARD = "{ward}の事業者向けの助成は、手元の資料には書かれていません。"
_FIGURES = frozenset({Want.AMOUNT, Want.RATE, Want.FEE, Want.QUANTITY})
_MAY = frozenset({Want.ELIGIBILITY, Want.CONDITION})


def grant_case(reading: Reading, proofs: Proofs, public_url: str) -> Answer | None:
    """Answer a question on a grant in a case that it describes.

    Args:
        reading: The question.
        proofs: Of the index, which must hold the shipped pages that are cited.
        public_url: Base of the citations' addresses.
    Returns:
        An abstention that quotes the rule nearest to the case and names the office; None for any other question,
        or where the index proves nothing.
    """
    catalogue = shipped()
    ward = grant_ward(reading)
    text = reading.text
    ordering = bool(_ORDER.search(text))
    grants = [g for g in asked_grants(reading, catalogue, ward, also_unsaid=ordering) if g.ward == ward] if ward else []
    about = bool(grants) or is_about_grants(reading)
    if reading.english or not (about or ordering) or len(reading.named_wards) > 1:
        return None
    if about and _DONE.search(text) and _ALREADY.search(text):
        return _after_the_fact(reading, grants, ward, catalogue, proofs, public_url)
    if ordering:
        return _before_the_order(reading, grants, ward, catalogue, proofs, public_url)
    if ward and _unknown_ward(reading, ward, catalogue):
        return _abstain(
            reading,
            UNKNOWN_WARD.format(ward=ward_name(ward)),
            _said(OTHER_WARDS, proofs),
            (),
            ward,
            catalogue,
            proofs,
            public_url,
        )
    if not ward or not grants:
        return None
    if is_tenant(text) and reading.asked.kinds & _MAY and all(g.tenant is Tenant.UNKNOWN for g in grants):
        return _for_a_tenant(reading, grants, ward, catalogue, proofs, public_url)
    this_year = fiscal_year(reading.question.today)
    if (_THIS_YEAR.search(text) or this_year in years(text)) and (reading.asked.kinds & _FIGURES or _LEFT.search(text)):
        return _this_year(reading, grants, ward, catalogue, proofs, public_url)
    return None


def _unknown_ward(reading: Reading, ward: str, catalogue: Catalogue) -> bool:
    """Tell whether grants are asked for of a ward of which none is known."""
    if not is_about_grants(reading) or reading.premise or any(grant.ward == ward for grant in catalogue.grants):
        return False
    return not names_programme(catalogue, reading.text) and not any(
        need.id == "subsidy-help" for need in needs_in(catalogue, reading.text)
    )


def _before_the_order(
    reading: Reading, grants: Sequence[Grant], ward: str | None, catalogue: Catalogue, proofs: Proofs, public_url: str
) -> Answer | None:
    rules = _lines([(grant, grant.before) for grant in grants], proofs) or _said(BEFORE, proofs)
    if not rules:
        return None
    draft = Draft(public_url)
    draft.add("助成を使うなら、契約・注文・工事は急がず、先に窓口に聞いてください。資料にあるきまりは次のとおりです。")
    add_lines(draft, rules, "助成", reading, 3)
    add_contact_line(draft, reading, office_of(grants, ward, catalogue), proofs, "いつから注文や工事をしてよいか", ward)
    return finish(draft, confidence=0.85)


def _after_the_fact(
    reading: Reading, grants: Sequence[Grant], ward: str | None, catalogue: Catalogue, proofs: Proofs, public_url: str
) -> Answer | None:
    rules = [*_said(AFTER, proofs), *_lines([(grant, grant.before) for grant in grants], proofs)]
    why = "すでに契約・注文・工事をしたあとで助成を使えるかどうかは、資料では確認できません。資料にあるのは、次のことです。"
    return _abstain(reading, why, rules, grants, ward, catalogue, proofs, public_url)


def _for_a_tenant(
    reading: Reading, grants: Sequence[Grant], ward: str, catalogue: Catalogue, proofs: Proofs, public_url: str
) -> Answer | None:
    rules = _lines([(grant, grant.tenant_proof) for grant in grants], proofs)
    why = "借りている建物から申請できるかどうかは、手元の資料では確認できません。建物の持ち主にも相談してください。"
    return _abstain(reading, why, rules, grants, ward, catalogue, proofs, public_url)


def _this_year(
    reading: Reading, grants: Sequence[Grant], ward: str, catalogue: Catalogue, proofs: Proofs, public_url: str
) -> Answer | None:
    current = fiscal_year(reading.question.today)
    if any(terms.fiscal_year == current for grant in grants for terms in grant.terms):
        return None
    figures = told_terms(grants, reading, catalogue, proofs)
    # The year's number is left out: no passage that is cited holds it.
    why = "今年度の額や率は、手元の資料では確認できません。資料にあるのは、次の年度のものです。"
    return _abstain(reading, why, figures, grants, ward, catalogue, proofs, public_url)


def _said(pointer: Pointer, proofs: Proofs) -> list[Proved]:
    unit = proofs.find(pointer)
    return [Proved(unit.say.rstrip("。"), (unit,))] if unit is not None else []


def _lines(found: Sequence[tuple[Grant, Pointer | None]], proofs: Proofs) -> list[Proved]:
    """Tell the rule of each grant in the page's own words."""
    told: dict[str, Proved] = {}
    for grant, pointer in found:
        unit = proofs.find(pointer) if pointer else None
        if unit is not None:
            say = unit.say.rstrip("。")
            text = say if any(name in say for name in (grant.name, *grant.names)) else f"{grant.name}：{say}"
            told.setdefault(unit.quote, Proved(text, (unit,)))
    return list(told.values())


def _abstain(
    reading: Reading,
    why: str,
    lines: Sequence[Proved],
    grants: Sequence[Grant],
    ward: str | None,
    catalogue: Catalogue,
    proofs: Proofs,
    public_url: str,
) -> Answer | None:
    if not lines:
        return None
    draft = Draft(public_url)
    draft.add(why)
    add_lines(draft, lines, "助成", reading, 3)
    add_contact_line(draft, reading, office_of(grants, ward, catalogue), proofs, "使えるかどうか", ward)
    return finish(draft, act=Act.ABSTAIN, confidence=0.3)
