"""What the catalogue is asked. Pure functions: the same catalogue, question and day give the same answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

from knowledge.catalogue.events import Event, EventKind, Precision
from knowledge.catalogue.load import Catalogue
from knowledge.catalogue.models import (
    About,
    Category,
    Contact,
    Grant,
    Need,
    Offer,
    Organisation,
    Programme,
    Tenant,
    Term,
)
from knowledge.fold import fold


def plain(text: str) -> str:
    """Give a text in the form in which names and words of the catalogue are looked for in it."""
    return fold(text).lower().replace(" ", "").replace("・", "").replace("ちょエコ", "ちよエコ")


def needs_in(catalogue: Catalogue, text: str) -> tuple[Need, ...]:
    """Find what a text says that someone wants done, longest wording first.

    A need whose wording stands inside another one's ("断熱" in "窓の断熱") is kept: both may hold.
    """
    said = plain(text)
    found: list[tuple[int, Need]] = []
    for need in catalogue.needs:
        lengths = [len(plain(word)) for word in need.words if plain(word) in said]
        if lengths and not any(plain(word) in said for word in need.without):
            found.append((max(lengths), need))
    return tuple(need for _, need in sorted(found, key=lambda pair: -pair[0]))


def companies_offering(catalogue: Catalogue, need: str) -> tuple[Offer, ...]:
    """List the offers of the organisations that meet a need best, in the order of the menu.

    Args:
        catalogue: Where to look.
        need: A need's id, or a text that says what is wanted. Where a text says several things, only organisations
            are given that meet as many of them as any other does, each with its offers for any of them.
    """
    known = {entry.id for entry in catalogue.needs}
    needs = {need} if need in known else {found.id for found in needs_in(catalogue, need)}
    met: dict[str, set[str]] = {}
    for offer in catalogue.offers:
        met.setdefault(offer.organisation, set()).update(needs & set(offer.needs))
    most = max(map(len, met.values()), default=0)
    if not most:
        return ()
    return tuple(o for o in catalogue.offers if len(met[o.organisation]) == most and needs & set(o.needs))


def programmes_for(catalogue: Catalogue, need: str, ward: str | None) -> tuple[Programme, ...]:
    """List the programmes that meet a need (by id) and are for a ward's businesses; all of them for no ward."""
    return tuple(p for p in catalogue.programmes if need in p.needs and (ward is None or _holds_for(p.wards, ward)))


def offers_in(catalogue: Catalogue, category: Category) -> tuple[Offer, ...]:
    """List a category's offers, in the order of the menu."""
    return tuple(offer for offer in catalogue.offers if offer.category is category)


def offers_of(catalogue: Catalogue, organisation: str) -> tuple[Offer, ...]:
    """List an organisation's offers (by id), in the order of the menu."""
    return tuple(offer for offer in catalogue.offers if offer.organisation == organisation)


def organisations_in(catalogue: Catalogue, text: str) -> tuple[Organisation, ...]:
    """Find the organisations that a text names, each once; 三井物産 is not named by 三井物産パッケージング."""
    said = plain(text)
    spans: list[tuple[int, int, Organisation]] = []
    for organisation in catalogue.organisations:
        for name in (organisation.name, organisation.short, *organisation.names):
            start = said.find(plain(name))
            if start >= 0:
                spans.append((start, start + len(plain(name)), organisation))
    kept = [s for s in spans if not any(o[0] <= s[0] and s[1] <= o[1] and o[1] - o[0] > s[1] - s[0] for o in spans)]
    return tuple({span[2].id: span[2] for span in sorted(kept, key=lambda span: span[0])}.values())


def grants_for(
    catalogue: Catalogue, ward: str, tenant: bool | None = None, purpose: Sequence[str] = ()
) -> tuple[Grant, ...]:
    """List the grants for a ward's businesses: the ward's own, then Tokyo's and the country's.

    Args:
        catalogue: Where to look.
        ward: In romaji.
        tenant: True leaves out grants for who builds or owns, and puts those first of which the documents say that
            a tenant may use them. None or False: everything, in the order of the file.
        purpose: Ids of needs; only grants for one of them. Empty: all.
    """
    found = [grant for grant in catalogue.grants if grant.ward == ward]
    found += [grant for grant in catalogue.grants if grant.ward in ("tokyo", "japan")]
    if purpose:
        found = [grant for grant in found if set(purpose) & set(grant.needs)]
    if tenant:
        order = list(Tenant)
        found = sorted(
            (g for g in found if g.tenant is not Tenant.NO), key=lambda g: (g.ward != ward, order.index(g.tenant))
        )
    return tuple(found)


class Status(StrEnum):
    """How an event's dates lie to a day."""

    PAST = "past"
    WITHIN = "within"
    """The day is inside the span it is known to take place in: it runs, or may be over, or is yet to come."""
    AHEAD = "ahead"


def status(event: Event, today: dt.date) -> Status:
    """Tell how an event lies to a day; an event of that very day is WITHIN."""
    if event.end < today:
        return Status.PAST
    return Status.AHEAD if event.start > today else Status.WITHIN


def events(
    catalogue: Catalogue,
    *,
    after: dt.date | None = None,
    before: dt.date | None = None,
    kinds: Sequence[EventKind] = (),
    ward: str | None = None,
) -> tuple[Event, ...]:
    """List events, earliest first.

    Args:
        catalogue: Where to look.
        after: Only events that are not over by this day: it may be their last.
        before: Only events whose last possible day lies before this one.
        kinds: Only these; empty: all.
        ward: Only events for this ward's businesses.
    """
    found = [
        event
        for event in catalogue.events
        if (after is None or event.end >= after)
        and (before is None or event.end < before)
        and (not kinds or event.kind in kinds)
        and (ward is None or _holds_for(event.wards, ward))
    ]
    if after is None:
        return tuple(sorted(found, key=lambda event: (event.start, event.end)))
    return tuple(sorted(found, key=lambda event: (_expected(event, after), event.inferred, event.end)))


def next_event(
    catalogue: Catalogue, today: dt.date, *, kinds: Sequence[EventKind] = (), ward: str | None = None
) -> Event | None:
    """Give the event to tell of first: running or next, a stated date before one read off a layout; None if none."""
    coming = events(catalogue, after=today, kinds=kinds, ward=ward)
    return min(coming, key=lambda event: event.inferred, default=None)


def _expected(event: Event, today: dt.date) -> dt.date:
    """The day to sort a coming event by.

    A course fills its span, so it is on from its first day. Anything else takes place once: where only a span is
    known, its last day is the one until which it may still come, and a known day before that goes first.
    """
    if event.kind is EventKind.COURSE or event.precision is Precision.DAY:
        return max(event.start, today)
    return event.end


def contact_for(catalogue: Catalogue, ward: str | None, about: About = About.SUPPORT) -> Contact | None:
    """Choose whom to ask for a ward: its own contact for the matter, else its own for another, else Tokyo's.

    Returns:
        None where the ward is unknown or only other wards' contacts are known for it.
    """
    if ward is None:
        return None
    own = [contact for contact in catalogue.contacts if ward in contact.wards]
    wider = [contact for contact in catalogue.contacts if ward not in contact.wards and _holds_for(contact.wards, ward)]
    fitting = [contact for contact in (*own, *wider) if about in contact.about]
    return next(iter(fitting or own), None)


def names_programme(catalogue: Catalogue, text: str) -> bool:
    """Tell whether a text names a programme (no grant)."""
    said = plain(text)
    return any(plain(name) in said for programme in catalogue.programmes for name in (programme.name, *programme.names))


def terms_in(catalogue: Catalogue, text: str) -> tuple[Term, ...]:
    """Find the terms that a text names, longest first; none inside another ("SBT" in "中小企業版SBT")."""
    said = plain(text)
    found: list[tuple[str, Term]] = []
    for term in catalogue.glossary:
        forms = [form for name in (term.name, *term.names) if (form := plain(name)) in said]
        if forms:
            found.append((max(forms, key=len), term))
    found.sort(key=lambda pair: -len(pair[0]))
    kept: list[tuple[str, Term]] = []
    for form, term in found:
        rest = said
        for longer, _ in kept:
            rest = rest.replace(longer, "\n")
        if form in rest:
            kept.append((form, term))
    return tuple(term for _, term in kept)


def define(catalogue: Catalogue, word: str) -> Term | None:
    """Give the entry for exactly this word, in any of its forms; None if there is none."""
    said = plain(word)
    return next((t for t in catalogue.glossary if said in {plain(name) for name in (t.name, *t.names)}), None)


def _holds_for(wards: Sequence[str], ward: str) -> bool:
    return ward in wards or bool({"all23", "tokyo", "japan"} & set(wards))
