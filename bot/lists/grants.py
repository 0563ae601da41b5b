"""Which grants there are: for a ward, a purpose, a tenant; amounts with their fiscal year, the rest with the office.

Never "you will get": whether an application is granted is the office's word, and this year's amounts are too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answer import Answer
from bot.draft import Draft
from bot.lists.lines import Line, Proved, add_contact_line, add_lines, finish, proved
from bot.lists.proofs import Proofs
from bot.places import ward_name
from bot.reading import Reading
from bot.wants import Want
from knowledge.catalogue.load import Catalogue
from knowledge.catalogue.models import About, Contact, Grant, Need, Pointer, Tenant, Terms
from knowledge.catalogue.queries import contact_for, grants_for, names_programme, needs_in, plain

_TENANT = re.compile(
    r"テナント|借り(?:て|た|る|物)|賃貸|貸しビル|貸事務所|間借り|雑居ビル|入居|\btenants?\b|\brent", re.IGNORECASE
)
_OWNER = re.compile(r"自社ビル|持ちビル|自社所有|持ち家|自分の建物|自己所有")
_WHICH = re.compile(
    r"何|なに|どんな|どれ|ある|一覧|全部|(?:使|申し込|もら|受け)\w{1,4}(?:そうな)?(?:補助|助成|支援|制度|もの|お金)"
)
_SUBSIDY = re.compile(r"補助|助成|支援金|給付")
_MONEY = frozenset({Want.AMOUNT, Want.RATE})


def grant_listing(reading: Reading, catalogue: Catalogue, proofs: Proofs, public_url: str) -> Answer | None:
    """Answer "which grants": None for another question, an unknown ward, or where the index proves nothing."""
    ward = grant_ward(reading)
    tenant = True if is_tenant(reading.text) else False if _OWNER.search(reading.text) else None
    # "Also for a tenant" is a condition that the list itself is made by.
    answerable = _MONEY if tenant is None else _MONEY | {Want.CONDITION}
    if not ward or reading.asked.hard - answerable or reading.premise or reading.first_step:
        return None
    named = _named(reading, catalogue, ward)
    money = bool(reading.asked.kinds & _MONEY)
    needs = needs_of(reading, catalogue)
    if any(need.id == "subsidy-help" for need in needs) or not (is_about_grants(reading) or named):
        return None
    if names_programme(catalogue, reading.text):
        # How a grant and a programme go together is not told by a list of grants.
        return None
    purpose = [need.id for need in needs]
    if named:
        return _amounts(reading, named, purpose, catalogue, proofs, public_url) if money else None
    if Want.ELIGIBILITY in reading.asked and not purpose and tenant is None and not _WHICH.search(reading.text):
        return None
    found = grants_for(catalogue, ward, tenant, purpose)
    if purpose and not any(grant.ward == ward for grant in found):
        # What the ward has is worth a look, where nothing is known to be for this very purpose.
        nameless = [
            grant for grant in grants_for(catalogue, ward, tenant, []) if grant.ward == ward and not grant.needs
        ]
        found = tuple(nameless) or found
    if not purpose and not re.search(r"都の|東京都", reading.text):
        # Tokyo's own come in where they fit something; in a list of everything they only make it long.
        found = tuple(grant for grant in found if grant.ward == ward)
    if not any(grant.ward == ward for grant in found):
        return None
    if money:
        return _amounts(reading, [g for g in found if g.ward == ward], purpose, catalogue, proofs, public_url)
    return _list(reading, found, ward, purpose, catalogue, proofs, public_url, tenant=tenant)


def said_of_it(reading: Reading) -> str:
    """Give what is said of the matter: the message, and where it leans on the talk (「いくら出る?」) the one before."""
    before = [turn.text for turn in reading.question.history if turn.role == "user"][-1:]
    return " ".join((reading.text, *before)) if reading.leaning else reading.text


def is_about_grants(reading: Reading) -> bool:
    """Tell whether a message, or the one it leans on, speaks of grants."""
    return reading.subsidy or (reading.leaning and bool(_SUBSIDY.search(f"{said_of_it(reading)} {reading.told}")))


def needs_of(reading: Reading, catalogue: Catalogue) -> Sequence[Need]:
    """Find what grants are asked for: in the message, else in the one that it leans on."""
    return needs_in(catalogue, reading.text) or needs_in(catalogue, said_of_it(reading))


def grant_ward(reading: Reading) -> str | None:
    """Give the ward whose grants a question means: the person's, else the one it names.

    Another ward's grant is None: what may be said of it is decided elsewhere.
    """
    if len(reading.named_wards) > 1 or (reading.ward and reading.named_wards - {reading.ward}):
        return None
    return reading.ward or next(iter(reading.named_wards), None)


def is_tenant(text: str) -> bool:
    """Tell whether a folded text speaks of a rented building."""
    return bool(_TENANT.search(text))


def asked_grants(reading: Reading, catalogue: Catalogue, ward: str, *, also_unsaid: bool = False) -> Sequence[Grant]:
    """List the grants that a question means: by name, else by what it is for; empty where it means none.

    Args:
        reading: The question.
        catalogue: Where to look.
        ward: Whose grants.
        also_unsaid: Also where the question names what is to be bought and no grant.
    """
    named = _named(reading, catalogue, ward)
    purpose = [need.id for need in needs_of(reading, catalogue)]
    return named or (
        grants_for(catalogue, ward, None, purpose) if (is_about_grants(reading) or also_unsaid) and purpose else ()
    )


def office_for(reading: Reading, catalogue: Catalogue) -> Contact | None:
    """Give whom to ask about the grants that a question means; None for a question on anything else."""
    ward = grant_ward(reading)
    if not ward or not (is_about_grants(reading) or _named(reading, catalogue, ward)):
        return None
    return office_of(asked_grants(reading, catalogue, ward), ward, catalogue)


def _named(reading: Reading, catalogue: Catalogue, ward: str) -> list[Grant]:
    said = plain(said_of_it(reading))
    return [
        grant
        for grant in catalogue.grants
        if grant.ward in (ward, "tokyo", "japan") and any(plain(name) in said for name in (grant.name, *grant.names))
    ]


def _list(
    reading: Reading,
    grants: Sequence[Grant],
    ward: str,
    purpose: Sequence[str],
    catalogue: Catalogue,
    proofs: Proofs,
    public_url: str,
    *,
    tenant: bool | None,
) -> Answer | None:
    lines = [_line(grant, ward, purpose, proofs, tenant=tenant) for grant in grants]
    if tenant and not purpose:
        diagnosis = catalogue.programme("cool-net-diagnosis")
        if diagnosis.tenant_proof:
            lines.insert(0, Line(f"{diagnosis.name}：{diagnosis.about}", (diagnosis.tenant_proof,)))
    found = proved(lines, proofs)
    if not any(proofs.find(grant.proof) for grant in grants if grant.ward == ward):
        return None
    draft = Draft(public_url)
    here = ward_name(ward)
    if reading.english:
        draft.add(f"Grants that the documents name for {here}; whether you can use one is the office's decision:")
    elif tenant:
        draft.add(f"借りている建物の方が{here}で調べるとよい支援です。対象になるかどうかは窓口が決めます。")
    else:
        draft.add(f"資料にある{here}の事業者向けの支援です。対象になるかどうかは窓口が決めます。")
    more = add_lines(draft, found, f"{here}の{'テナントの' if tenant else ''}助成", reading)
    _close(draft, reading, grants, ward, catalogue, proofs)
    choices = [f"{grant.name}の額は?" for grant in grants if grant.terms and grant.ward == ward and not purpose]
    return finish(draft, choices=(*more, *choices[:4]))


def _line(grant: Grant, ward: str, purpose: Sequence[str], proofs: Proofs, *, tenant: bool | None) -> Line:
    if grant.ward != ward:
        text = f"{grant.name}（{ward_name(grant.ward)}）：{grant.about}。※今年度あるかは要確認"
        return Line(text, (grant.proof,))
    terms = [t for t in _terms(grant, purpose) if proofs.find(t.proof)] if purpose else []
    text = f"{grant.name}：{_told(terms) if terms else grant.about}"
    used: list[Pointer] = [t.proof for t in terms] or [grant.proof]
    if tenant and grant.tenant_proof and proofs.find(grant.tenant_proof):
        if grant.tenant is Tenant.WITH_CONSENT:
            text += "。※建物の所有者の同意書が要るとする古い案内があります"
            used.append(grant.tenant_proof)
        elif grant.tenant is Tenant.UNKNOWN:
            text += "。※借りている建物から申請できるかは要確認"
            used.append(grant.tenant_proof)
    return Line(text, tuple(used))


def _terms(grant: Grant, purpose: Sequence[str]) -> list[Terms]:
    """The terms for a purpose: its own, and those that hold for every purpose; without a purpose all of them."""
    return [t for t in grant.terms if not purpose or not t.needs or set(t.needs) & set(purpose)]


def _told(terms: Sequence[Terms]) -> str:
    """Say terms, each year once: 令和6年度の案内では…、…."""
    years: dict[str, list[str]] = {}
    for t in terms:
        years.setdefault(t.label, []).append(t.text)
    return "。".join(f"{label}では{'、'.join(texts)}" for label, texts in years.items())


def _amounts(
    reading: Reading,
    grants: Sequence[Grant],
    purpose: Sequence[str],
    catalogue: Catalogue,
    proofs: Proofs,
    public_url: str,
) -> Answer | None:
    """Tell what grants paid, each figure with its year; None where the documents give no figure."""
    found = _figures(grants, purpose, proofs)
    if not found:
        return None
    draft = Draft(public_url)
    draft.add(
        "From the documents; this year's figures may differ:"
        if reading.english
        else "資料で確認できる額は、次の年度のものです。今年度の額は変わっていることがあります。"
    )
    more = add_lines(draft, found, "助成の額", reading)
    _close(draft, reading, grants, grants[0].ward, catalogue, proofs)
    return finish(draft, choices=more)


def told_terms(grants: Sequence[Grant], reading: Reading, catalogue: Catalogue, proofs: Proofs) -> Sequence[Proved]:
    """Tell the terms of grants for the purpose that a question names, each with its fiscal year."""
    return _figures(grants, [need.id for need in needs_of(reading, catalogue)], proofs)


def _figures(grants: Sequence[Grant], purpose: Sequence[str], proofs: Proofs) -> list[Proved]:
    lines = []
    for grant in grants:
        terms = [t for t in _terms(grant, purpose) if proofs.find(t.proof)]
        if terms:
            lines.append(Line(f"{grant.name}：{_told(terms)}", tuple(t.proof for t in terms)))
    return proved(lines, proofs)


def _close(
    draft: Draft, reading: Reading, grants: Sequence[Grant], ward: str, catalogue: Catalogue, proofs: Proofs
) -> None:
    """The rule before order and work, and whom to ask."""
    before = next((grant.before for grant in grants if grant.before and proofs.find(grant.before)), None)
    unit = proofs.find(before) if before else None
    if unit is not None and not reading.english:
        draft.add("契約・注文・工事の前に、窓口に聞いてください。", unit)
    add_contact_line(draft, reading, office_of(grants, ward, catalogue), proofs, "今年度の額や受付", ward)


def office_of(grants: Sequence[Grant], ward: str | None, catalogue: Catalogue) -> Contact | None:
    """The office that the ward's own grants share; where they have several, the ward's office for all of them."""
    ids = {grant.contact for grant in grants if grant.contact and grant.ward == ward}
    if len(ids) == 1:
        return catalogue.contact(ids.pop())
    contact = contact_for(catalogue, ward, About.GRANTS)
    return contact if contact and ward in contact.wards else None
