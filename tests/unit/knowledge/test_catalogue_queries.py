"""What the catalogue is asked: pure functions, tables of question and answer, every day fixed."""

from __future__ import annotations

import datetime as dt

import pytest

from knowledge.catalogue.events import EventKind
from knowledge.catalogue.load import shipped
from knowledge.catalogue.models import About, Category, Tenant
from knowledge.catalogue.queries import (
    Status,
    companies_offering,
    contact_for,
    define,
    events,
    grants_for,
    needs_in,
    next_event,
    offers_in,
    offers_of,
    organisations_in,
    programmes_for,
    status,
    terms_in,
)

CATALOGUE = shipped()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("need", "organisations"),
    [
        ("SBTの目標づくりを手伝ってほしい", {"arkel", "tokio-marine"}),
        ("cdp", {"arkel", "tokio-marine"}),
        ("冬は窓が結露、夏は西日で暑い", {"ueno-glass", "zenith"}),
        ("内窓をつけたい", {"ueno-glass", "kuboko", "zenith"}),
        ("紙コップのリサイクル", {"mitsui-packaging"}),
        ("古いパソコンとコピー機を資源に", {"re-tem"}),
        ("期限切れの備蓄の水と乾パン", {"tokio-marine"}),
        ("弁当の残りものの食品ロス", {"zenith"}),
        ("補助金の申請を手伝ってほしい", {"ueno-glass", "kuboko", "yamazen"}),
        ("太陽光パネルを処分したい", {"re-tem"}),
        ("太陽光を屋根につけたい", {"ueno-glass", "yamazen", "abc"}),
        ("Jクレジットを買いたい", {"mitsui", "tokio-marine"}),
        ("社員に脱炭素の研修を受けさせたい", {"arkel", "members"}),
        ("おいしいランチ", set()),
    ],
)
def test_all_companies_for_a_need_are_found(need: str, organisations: set[str]) -> None:
    assert {offer.organisation for offer in companies_offering(CATALOGUE, need)} == organisations


@pytest.mark.parametrize(
    ("category", "offers", "organisations"),
    [
        (Category.ENERGY, 15, 7),
        (Category.BUILDINGS, 7, 4),
        (Category.CIRCULAR, 11, 7),
        (Category.FUNDING, 8, 4),
        (Category.CONSULTING, 25, 10),
    ],
)
def test_a_category_holds_every_item_of_the_menu(category: Category, offers: int, organisations: int) -> None:
    found = offers_in(CATALOGUE, category)

    assert (len(found), len({offer.organisation for offer in found})) == (offers, organisations)


def test_an_organisation_offers_over_several_categories() -> None:
    assert {offer.category for offer in offers_of(CATALOGUE, "ueno-glass")} == set(Category) - {Category.CIRCULAR}
    assert [offer.what for offer in offers_of(CATALOGUE, "mitsui-packaging")] == ["紙コップのリサイクル"]
    assert offers_of(CATALOGUE, "mufg") == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("三井物産パッケージングに頼みたい", ["mitsui-packaging"]),
        ("三井物産と三井物産パッケージングの違い", ["mitsui", "mitsui-packaging"]),
        ("ABC商会さん", ["abc"]),
        ("UFJは?", ["mufg"]),
        ("東商に聞く", ["tcci-chiyoda"]),
        ("うちの会社", []),
    ],
)
def test_organisations_are_known_by_their_short_names(text: str, found: list[str]) -> None:
    assert [organisation.id for organisation in organisations_in(CATALOGUE, text)] == found


def test_words_beside_which_a_need_means_something_else_exclude_it() -> None:
    assert "solar" in {need.id for need in needs_in(CATALOGUE, "太陽光をつけたい")}
    assert "solar" not in {need.id for need in needs_in(CATALOGUE, "太陽光パネルの廃棄")}


@pytest.mark.parametrize(
    ("ward", "tenant", "purpose", "found"),
    [
        ("chiyoda", None, ["lighting"], ["chiyoda-energy-renovation", "tokyo-zero-emission"]),
        ("chiyoda", None, ["accounting"], ["chiyoda-management-support"]),
        ("chiyoda", True, ["building"], []),
        ("chiyoda", None, ["building"], ["chiyoda-low-carbon-building"]),
        ("chiyoda", None, ["greening"], ["chiyoda-heat-island"]),
        ("minato", None, ["solar"], ["minato-solar"]),
        ("minato", None, ["renewable"], ["minato-renewable-100"]),
        ("katsushika", None, ["window"], ["katsushika-eco"]),
        ("shinagawa", None, ["window"], []),
    ],
)
def test_grants_fit_ward_and_purpose(ward: str, tenant: bool | None, purpose: list[str], found: list[str]) -> None:
    assert [grant.id for grant in grants_for(CATALOGUE, ward, tenant, purpose)] == found


@pytest.mark.parametrize("ward", ["chiyoda", "minato", "katsushika", "bunkyo", "shinagawa"])
def test_no_ward_gets_another_wards_grant(ward: str) -> None:
    assert {grant.ward for grant in grants_for(CATALOGUE, ward)} <= {ward, "tokyo", "japan"}


def test_for_a_tenant_what_asks_for_no_building_comes_first() -> None:
    found = [grant for grant in grants_for(CATALOGUE, "chiyoda", tenant=True) if grant.ward == "chiyoda"]

    assert [grant.tenant for grant in found] == [Tenant.ANY, Tenant.ANY, Tenant.UNKNOWN, Tenant.UNKNOWN]
    assert "chiyoda-low-carbon-building" not in {grant.id for grant in found}


@pytest.mark.parametrize(
    ("today", "kinds", "ward", "found"),
    [
        ("2026-03-05", (), "chiyoda", "strategy-forum-2026"),
        ("2026-03-12", (), "chiyoda", "strategy-forum-2026"),
        ("2026-03-13", (), "chiyoda", "lecture-2026"),
        ("2026-04-02", (), "chiyoda", "seminar-2026-04"),
        ("2026-05-20", (), "chiyoda", "co-creation-2026"),
        ("2026-05-21", (), "chiyoda", "spogomi-2026"),
        ("2026-07-01", (), "chiyoda", "renewable-day-2026"),
        ("2026-11-24", (), "chiyoda", "school-2026"),
        ("2026-12-15", (), "chiyoda", "school-2026"),
        ("2027-02-28", (), "chiyoda", "school-2026"),
        ("2027-03-01", (), "chiyoda", "exchange-2027-03"),
        ("2027-04-02", (), "chiyoda", None),
        ("2026-04-25", (EventKind.SEMINAR,), "chiyoda", "seminar-2026-08"),
        ("2026-11-24", (EventKind.EXCHANGE,), "chiyoda", "exchange-2026-12"),
        ("2025-01-10", (), "katsushika", "katsushika-seminar-2025"),
        ("2026-11-24", (), "katsushika", None),
        ("2026-11-24", (), "minato", None),
    ],
)
def test_the_next_event(today: str, kinds: tuple[EventKind, ...], ward: str, found: str | None) -> None:
    event = next_event(CATALOGUE, day(today), kinds=kinds, ward=ward)

    assert (event.id if event else None) == found


@pytest.mark.parametrize(
    ("event", "today", "expected"),
    [
        ("co-creation-2026", "2026-05-10", Status.AHEAD),
        ("co-creation-2026", "2026-05-11", Status.WITHIN),
        ("co-creation-2026", "2026-05-20", Status.WITHIN),
        ("co-creation-2026", "2026-05-21", Status.PAST),
        ("seminar-2026-04", "2026-04-24", Status.WITHIN),
        ("seminar-2026-04", "2026-04-25", Status.PAST),
        ("school-2026", "2026-11-24", Status.WITHIN),
    ],
)
def test_a_vague_date_is_past_when_its_last_possible_day_is(event: str, today: str, expected: Status) -> None:
    assert status(CATALOGUE.event(event), day(today)) is expected


def test_on_an_autumn_day_the_spring_events_are_past() -> None:
    today = day("2026-11-24")
    past = {event.id for event in events(CATALOGUE, before=today, ward="chiyoda")}
    coming = {event.id for event in events(CATALOGUE, after=today, ward="chiyoda")}

    assert {"strategy-forum-2026", "lecture-2026", "seminar-2026-04", "co-creation-2026", "spogomi-2026"} <= past
    assert past.isdisjoint(coming)
    assert past | coming == {event.id for event in CATALOGUE.events if {"chiyoda", "japan"} & set(event.wards)}


@pytest.mark.parametrize(
    ("ward", "about", "found"),
    [
        ("chiyoda", About.SUPPORT, "ces-office"),
        ("chiyoda", About.GRANTS, "chiyoda-environment"),
        ("minato", About.GRANTS, "minato-environment"),
        ("katsushika", About.SUPPORT, "katsushika-environment"),
        ("shinagawa", About.SUPPORT, "cool-net"),
        ("chiyoda", About.REPORTS, "tokyo-report"),
        (None, About.SUPPORT, None),
    ],
)
def test_the_contact_is_the_wards_own(ward: str | None, about: About, found: str | None) -> None:
    contact = contact_for(CATALOGUE, ward, about)

    assert (contact.id if contact else None) == found


def test_programmes_stand_beside_companies() -> None:
    assert {p.id for p in programmes_for(CATALOGUE, "diagnosis", "minato")} == {"cool-net-diagnosis", "ecc-diagnosis"}
    assert "minato-renewable-100" not in {p.id for p in programmes_for(CATALOGUE, "renewable", "chiyoda")}


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("SBT", "sbt"),
        ("スコープ３", "scope3"),
        ("Ｊ－クレジット", "j-credit"),
        ("競り下げ", "reverse-auction"),
        ("ランチ", None),
    ],
)
def test_a_word_is_defined_in_any_of_its_forms(word: str, found: str | None) -> None:
    term = define(CATALOGUE, word)

    assert (term.id if term else None) == found


def test_the_longer_term_hides_the_one_inside_it() -> None:
    assert [term.id for term in terms_in(CATALOGUE, "中小企業版SBTって何?")] == ["sbt-sme"]
    assert {term.id for term in terms_in(CATALOGUE, "中小企業版SBTとSBTの違い")} == {"sbt-sme", "sbt"}
    assert {term.id for term in terms_in(CATALOGUE, "ZEBとZEHの違い")} == {"zeb", "zeh"}
