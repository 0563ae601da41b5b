"""Who does what: all companies for a need, a field of the menu of support, an organisation's own items."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answer import Answer
from bot.draft import Draft
from bot.lists.lines import AT_MOST, Line, add_contact_line, add_lines, finish, proved
from bot.lists.proofs import Proofs
from bot.places import ward_name
from bot.reading import Reading
from bot.wants import Want
from knowledge.catalogue.load import Catalogue
from knowledge.catalogue.models import Category, Need, Offer
from knowledge.catalogue.queries import (
    companies_offering,
    names_programme,
    needs_in,
    offers_in,
    offers_of,
    organisations_in,
    programmes_for,
)

HOME = "chiyoda"
"""Whose businesses the menu of support is for."""
HOME_WARD = "chiyoda-ward"
"""The ward as an organisation; what it offers are grants."""
_COMPANY = re.compile(
    r"(?:会社|企業|業者|ところ|所|とこ|専門家|メーカー|お店|人)(?:さん)?(?:は|って|を|が(?:ある|いる|あれば|いれば)|(?:って)?(?:ある|いる|あり|いま|ない|知|どこ)|[?？]|$|に(?:頼|お願い|相談|任せ))|どこ|どちら|(?:誰|だれ|どなた)(?:が|に|か)|頼め|頼みたい|頼む|お願い(?:でき|したい|する)|やってくれ|してくれ|相談先|支援先|のほか\d+件|compan|who\b|which",
    re.IGNORECASE,
)
_TOGETHER = re.compile(r"組(?:ん|み合わせ|める)|一度に|まとめて|\d社|ワンストップ")
_ALL = re.compile(r"全部|ぜんぶ|すべて|全て|一覧|もれなく|漏れなく|\ball\b", re.IGNORECASE)
WHOLE = 10
"""Lines shown at once where all of them are asked for."""
_BEST = re.compile(r"一番|いちばん|おすすめ|お勧め|オススメ|どこがいい|どこが良い|best|recommend", re.IGNORECASE)
_FIELD = re.compile(
    r"カテゴリ|分野|メニュー|会社|企業|誰|だれ|どこ|何|なに|一覧|全部|どんな|のほか\d+件|which|who\b|list",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:カテゴリー?|分野|メニュー|支援メニュー)の?\s*([1-5])(?!\d)")
_TITLES = {
    Category.ENERGY: r"再エネ・?省エネ等",
    Category.BUILDINGS: r"建築・?空間デザイン|空間デザイン",
    Category.CIRCULAR: r"資源循環(?:・?廃棄物削減)?|廃棄物削減",
    Category.FUNDING: r"資金調達(?:・?補助金支援)?|補助金支援",
    Category.CONSULTING: r"コンサルティング・?共創",
}
_HELP = re.compile(r"手伝|支援|代行|サポ|助け|頼|任せ|会社|業者|企業|してくれ|ところ|help", re.IGNORECASE)
_OWN = re.compile(
    r"何(?:を|が|して|の)|なに(?:を|が)|どんな|メニュー|サービス|全部|一覧|すべて|頼め|できる|のほか\d+件|what|offer|services",
    re.IGNORECASE,
)


def offer_listing(reading: Reading, catalogue: Catalogue, proofs: Proofs, public_url: str) -> Answer | None:
    """Answer "who does what"; None for any other question, or where the index proves nothing."""
    best = bool(_BEST.search(reading.text))
    if reading.asked.hard - ({Want.FEE} if best else set()) or reading.first_step:
        return None
    category = _category(reading)
    if category and _FIELD.search(reading.text):
        return _in_category(reading, category, catalogue, proofs, public_url)
    if reading.premise:
        return None
    organisations = organisations_in(catalogue, reading.text)
    if len(organisations) == 1 and not needs_in(catalogue, reading.text) and _OWN.search(reading.text):
        return _of_organisation(reading, organisations[0].id, catalogue, proofs, public_url)
    if organisations or names_programme(catalogue, reading.text) or _TOGETHER.search(reading.text):
        return None
    return _for_need(reading, catalogue, proofs, public_url, best=best)


def _category(reading: Reading) -> Category | None:
    # Folding makes ③ a bare 3, so the field's number is read from the message as it was written.
    for category in Category:
        if category.circled in reading.question.text or re.search(_TITLES[category], reading.text):
            return category
    match = _NUMBERED.search(reading.text)
    return Category(int(match[1])) if match else None


def _in_category(
    reading: Reading, category: Category, catalogue: Catalogue, proofs: Proofs, public_url: str
) -> Answer | None:
    name = f"{category.circled}{category.title}"
    lines = by_organisation(offers_in(catalogue, category), catalogue, at_most=2)
    lead = f"千代田モデルの支援メニュー{name}では、次の組織が支援しています。"
    return _answer(reading, lead, lines, name, catalogue, proofs, public_url)


def _of_organisation(
    reading: Reading, organisation: str, catalogue: Catalogue, proofs: Proofs, public_url: str
) -> Answer | None:
    offers = offers_of(catalogue, organisation)
    if len(offers) < 2 or organisation == HOME_WARD:
        return None
    name = catalogue.organisation(organisation).short
    lines = [Line(f"{offer.category.circled}{offer.what}", (offer.proof,)) for offer in offers]
    return _answer(
        reading, f"{name}の支援メニューは次のとおりです。", lines, f"{name}のメニュー", catalogue, proofs, public_url
    )


def _for_need(reading: Reading, catalogue: Catalogue, proofs: Proofs, public_url: str, *, best: bool) -> Answer | None:
    needs = needs_in(catalogue, reading.text)
    asks = Want.ORGANISATION in reading.asked or bool(_COMPANY.search(reading.text))
    if any(need.id == "subsidy-help" for need in needs):
        # Where to hand in an application is the office's matter; who helps with it is ours.
        asks = bool(_HELP.search(reading.text))
    elif reading.subsidy:
        return None
    offers = offers_for(reading, catalogue)
    if not needs or not asks or not offers:
        return None
    away = bool(reading.ward and reading.ward != HOME)
    lines = by_organisation(offers, catalogue, at_most=2 if len({o.organisation for o in offers}) <= 3 else 1)
    programmes = {p.id: p for need in needs for p in programmes_for(catalogue, need.id, reading.ward)}
    beside = [Line(f"{p.name}：{p.about}", (p.proof,)) for p in programmes.values()]
    name = _narrowest(needs, offers, catalogue).name
    if best:
        lead = f"どこがよいかはお答えできませんが、「{name}」の候補は次のとおりです。見積もりを比べてください。"
    elif beside:
        lead = f"「{name}」は、資料では次のところが対応しています。"
    else:
        lead = f"「{name}」は、千代田モデルの支援メニューでは次のところが対応しています。"
    told = [*beside, *lines] if away else [*lines, *beside]
    return _answer(reading, lead, told, f"{name}の会社", catalogue, proofs, public_url)


def offers_for(reading: Reading, catalogue: Catalogue) -> Sequence[Offer]:
    """List the companies' offers that meet what a message wants done."""
    return [o for o in companies_offering(catalogue, reading.text) if o.organisation != HOME_WARD]


def _narrowest(needs: Sequence[Need], offers: Sequence[Offer], catalogue: Catalogue) -> Need:
    """The need that says most about what was found: 紙コップ rather than リサイクル."""
    met = [need for need in needs if any(need.id in offer.needs for offer in offers)]
    return min(met, key=lambda need: sum(need.id in offer.needs for offer in catalogue.offers))


def by_organisation(offers: Sequence[Offer], catalogue: Catalogue, at_most: int) -> list[Line]:
    """One line an organisation, in the order of the menu, with its first offers."""
    grouped: dict[str, list[Offer]] = {}
    for offer in offers:
        grouped.setdefault(offer.organisation, []).append(offer)
    lines = []
    for organisation, own in grouped.items():
        told = "、".join(offer.what for offer in own[:at_most])
        more = "など" if len(own) > at_most else ""
        lines.append(
            Line(f"{catalogue.organisation(organisation).short}：{told}{more}", tuple(o.proof for o in own[:at_most]))
        )
    return lines


def _answer(
    reading: Reading,
    lead: str,
    lines: Sequence[Line],
    subject: str,
    catalogue: Catalogue,
    proofs: Proofs,
    public_url: str,
) -> Answer | None:
    found = proved(lines, proofs)
    if not found:
        return None
    draft = Draft(public_url)
    draft.add("From the Chiyoda model's menu of support:" if reading.english else lead)
    more = add_lines(draft, found, subject, reading, WHOLE if _ALL.search(reading.text) else AT_MOST)
    if reading.ward and reading.ward != HOME and not reading.english:
        draft.add(
            f"千代田モデルの会社の支援は千代田区内に向けたものです。{ward_name(reading.ward)}から頼めるかどうかは、資料に書かれていません。"
        )
    add_contact_line(draft, reading, catalogue.contact("ces-office"), proofs, "料金や頼み方")
    return finish(draft, choices=more)
