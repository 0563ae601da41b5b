"""A wish without a question (「エアコンを買い替えたい」): which grants there are for it, and who does it."""

from __future__ import annotations

import re

from bot.answer import Answer
from bot.draft import Draft
from bot.lists.grant_cases import BEFORE
from bot.lists.grants import grant_ward, is_tenant, office_of
from bot.lists.lines import Line, add_contact_line, finish, proved
from bot.lists.offers import HOME, by_organisation, offers_for
from bot.lists.proofs import Proofs
from bot.places import ward_name
from bot.reading import Reading
from knowledge.catalogue.load import Catalogue
from knowledge.catalogue.queries import grants_for, needs_in

_WISH = re.compile(
    r"(?:[替換変]え|かえ|交換し|新しくし|更新し|入れ|付け|つけ|設置し|導入し|買い|やり直し|にし|頼み|断熱し|改修し|リフォームし)たい|(?:[替換変]える|する|入れる|付ける|買う|頼む)(?:つもり|予定)"
)
_QUESTION = re.compile(
    r"[?？]|何|なに|なん|どこ|どの|誰|だれ|いつ|いくら|どう|教え|知りたい|ある\b|あります|でき(?:る|ます)か"
)
GRANTS, COMPANIES = 2, 3
"""Lines of each kind that are told."""


def wish(reading: Reading, catalogue: Catalogue, proofs: Proofs, public_url: str) -> Answer | None:
    """Answer a wish for equipment or work; None for a question, or where the index proves nothing for it."""
    if reading.english or reading.premise or not _WISH.search(reading.text) or _QUESTION.search(reading.text):
        return None
    needs = needs_in(catalogue, reading.text)
    ward = grant_ward(reading)
    purpose = [need.id for need in needs]
    tenant = True if is_tenant(reading.text) else None
    grants = [g for g in grants_for(catalogue, ward, tenant, purpose) if g.ward == ward] if ward and purpose else []
    companies = by_organisation(offers_for(reading, catalogue), catalogue, at_most=1) if ward in (HOME, None) else []
    grant_lines = proved([Line(f"助成：{g.name}（{g.about}）", (g.proof,)) for g in grants], proofs)[:GRANTS]
    company_lines = proved([Line(f"会社：{line.text}", line.proofs) for line in companies], proofs)[:COMPANIES]
    if not needs or not (grant_lines or company_lines):
        return None
    draft = Draft(public_url)
    name = needs[0].name
    where = f"{ward_name(ward)}の資料" if ward else "手元の資料（千代田区）"
    draft.add(f"「{name}」について、{where}にあるのは次のとおりです。")
    for line in (*grant_lines, *company_lines):
        draft.add(f"・{line.text}", *line.units)
    before = proofs.find(next((g.before for g in grants if g.before), BEFORE))
    if before is not None:
        draft.add("助成を使うなら、契約・注文・工事の前に窓口に聞いてください。", before)
    if ward:
        add_contact_line(draft, reading, office_of(grants, ward, catalogue), proofs, "助成の今年度の内容", ward)
    choices = [f"{name}の助成はいくら?"] * bool(grant_lines) + [f"{name}の会社は?"] * bool(company_lines)
    return finish(draft, choices=choices, confidence=0.75)
