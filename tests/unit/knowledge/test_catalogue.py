"""The shipped catalogue: sound entries, each proved by the passage of the shipped knowledge that it points at."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pytest

from ingest.load import read
from ingest.structure import structure
from knowledge.catalogue.events import Event
from knowledge.catalogue.load import CatalogueError, load, shipped
from knowledge.catalogue.models import Category, Pointer
from knowledge.dates import dates
from knowledge.documents import Block, BlockKind, Source
from knowledge.fold import fold, squeeze

PROJECT = Path(__file__).parents[3]
SOURCES = PROJECT / "knowledge" / "sources"
CATALOGUE = shipped()
MENU = {"000": [*range(38, 53), *range(62, 69), *range(74, 85), *range(89, 93), *range(94, 98), *range(98, 123)]}
"""Facts of the press conference that are items of the menu."""


@cache
def blocks(source: str) -> tuple[Block, ...]:
    return structure(read((SOURCES / source).read_bytes(), source), Source(source), "").blocks


def proved_by(pointer: Pointer) -> list[Block]:
    wanted = squeeze(fold(pointer.words))
    under = [
        b for b in blocks(pointer.source) if b.kind is not BlockKind.HEADING and b.heading[-1:] == (pointer.heading,)
    ]
    exactly = [block for block in under if squeeze(fold(block.text)) == wanted]
    return exactly or [block for block in under if wanted in squeeze(fold(block.text))]


@pytest.mark.parametrize(("entry", "pointer"), CATALOGUE.pointers())
def test_every_pointer_means_one_block_of_a_shipped_page(entry: str, pointer: Pointer) -> None:
    assert (SOURCES / pointer.source).is_file()
    assert len(proved_by(pointer)) == 1, f"{entry}: {pointer}"


def told(pointer: Pointer) -> str:
    """What a pointer's passage says, as compared."""
    return squeeze(fold(proved_by(pointer)[0].text)).replace(",", "")


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", fold(text).replace(",", "")))


def test_every_item_of_the_menu_is_an_offer_in_its_category_and_section() -> None:
    with (PROJECT / "knowledge" / "coverage.tsv").open(encoding="utf-8", newline="") as file:
        places = {
            row["id"]: (row["file"], row["heading"])
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        }
    first = {
        Category.ENERGY: 38,
        Category.BUILDINGS: 62,
        Category.CIRCULAR: 74,
        Category.FUNDING: 89,
        Category.CONSULTING: 98,
    }

    covered = {fact for offer in CATALOGUE.offers for fact in offer.facts}
    assert covered == {f"000-{n:03}" for n in MENU["000"]}
    for offer in CATALOGUE.offers:
        numbered = int(offer.facts[0].removeprefix("000-"))
        assert offer.category is max((c for c in Category if first[c] <= numbered), key=lambda c: first[c]), offer.what
        if offer.organisation not in ("ces", "chiyoda-ward"):
            assert (offer.proof.source, offer.proof.heading) in {places[fact] for fact in offer.facts}, offer.what


def test_an_offers_passage_names_the_organisation() -> None:
    for offer in CATALOGUE.offers:
        organisation = CATALOGUE.organisation(offer.organisation)
        passage = told(offer.proof)
        assert squeeze(fold(organisation.short)) in passage or offer.organisation == "ces", offer.what


def test_the_numbers_of_an_entry_stand_in_its_passage() -> None:
    for offer in CATALOGUE.offers:
        assert numbers(offer.what) <= numbers(told(offer.proof)), offer.what
    for programme in CATALOGUE.programmes:
        assert numbers(programme.about) <= numbers(told(programme.proof) + programme.proof.heading), programme.id
    for grant in CATALOGUE.grants:
        assert numbers(grant.about) <= numbers(told(grant.proof)), grant.id
        assert not re.search(r"円|分の|割", grant.about), grant.id
        for terms in grant.terms:
            assert numbers(terms.text) <= numbers(told(terms.proof)), f"{grant.id}: {terms.text}"
            # A second-hand page gives no amount, rate or deadline.
            assert read((SOURCES / terms.proof.source).read_bytes(), "page.md").metadata["trust"] in ("seed", "public")
            assert not terms.fiscal_year or terms.label.removesuffix("の案内") in told(terms.proof), (
                f"{grant.id}: {terms.text}"
            )
    for contact in CATALOGUE.contacts:
        for value in (contact.phone, contact.email, contact.url):
            everywhere = "".join(squeeze(fold(block.text)) for block in blocks(contact.proof.source))
            assert squeeze(fold(value)) in everywhere, contact.id
    for term in CATALOGUE.glossary:
        for sentence, pointer in ((term.sentence, term.proof), (term.also, term.used)):
            if pointer:
                held = told(pointer) + "".join(pointer.heading) + blocks(pointer.source)[0].text
                assert numbers(sentence.replace(term.name, "")) <= numbers(held), term.id


def test_a_grants_name_stands_in_its_passage_or_above_it() -> None:
    for grant in CATALOGUE.grants:
        block = proved_by(grant.proof)[0]
        held = squeeze(fold("".join((*block.heading, block.text))))
        assert squeeze(fold(grant.name.removesuffix("制度"))) in held, grant.id


@pytest.mark.parametrize("event", CATALOGUE.events, ids=lambda event: event.id)
def test_an_events_dates_and_people_stand_on_its_page(event: Event) -> None:
    page = squeeze(fold("".join(block.text for block in blocks(event.proof.source))))
    passage = told(event.proof)

    for day in dates(event.when):
        assert event.start <= day <= event.end
        assert day in dates(passage)
    month = re.match(r"\d{4}年(\d{1,2})月", event.when)
    if month:
        assert int(month[1]) == event.start.month
        assert f"{int(month[1])}月" in passage or f"{int(month[1])}月" in event.proof.heading
    for text in (*event.speakers, event.time):
        assert squeeze(fold(text)) in page
    assert event.when.split("（")[0].removesuffix("ごろ")[:5] in page or "春" in event.when
    if event.inferred:
        assert "図の並びから読み取ったもの" in passage


def test_every_organisation_with_an_offer_and_every_need_is_used() -> None:
    offered = {need for offer in CATALOGUE.offers for need in offer.needs}
    granted = {need for grant in CATALOGUE.grants for need in grant.needs}

    assert {need.id for need in CATALOGUE.needs} <= offered | granted
    assert len({offer.organisation for offer in CATALOGUE.offers}) == 19


def test_the_words_of_needs_are_folded() -> None:
    for need in CATALOGUE.needs:
        for word in (*need.words, *need.without):
            assert word == fold(word).lower().replace(" ", ""), word


def test_a_sentence_of_the_glossary_is_one_sentence() -> None:
    for term in CATALOGUE.glossary:
        for sentence in filter(None, (term.sentence, term.also)):
            assert sentence.count("。") == 1, sentence
            assert sentence.endswith("。"), sentence
            assert len(sentence) <= 100, sentence


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("events.toml", "[[entry]]\nid = 'x'\n", "events.toml: entry 1 \\(x\\): name"),
        ("events.toml", "[[event]]\n", "only \\[\\[entry\\]\\]"),
        ("events.toml", "= broken", "events.toml"),
        ("offers.toml", None, "offers.toml: .*No such file"),
        ("organisations.toml", "entry = []", "offers.toml: .* names 'ueno-glass', which is no entry"),
        ("contacts.toml", "entry = []", "names 'chiyoda-environment', which is no entry"),
    ],
)
def test_a_mistake_in_a_data_file_names_its_place(tmp_path: Path, file: str, text: str | None, message: str) -> None:
    for path in (PROJECT / "knowledge" / "catalogue" / "data").glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    if text is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(text, encoding="utf-8")

    with pytest.raises(CatalogueError, match=message):
        load(tmp_path)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('precision = "part"', 'precision = "month"', "co-creation-2026.*is no month"),
        ('wards = ["japan"]', 'wards = ["atlantis"]', "unknown wards: atlantis"),
        ('id = "lecture-2026"', 'id = "press-2026"', "'press-2026' is used twice"),
        ('kind = "visit"', 'kind = "visit"\ncolour = "red"', "colour"),
    ],
)
def test_an_event_that_breaks_a_rule_is_refused(tmp_path: Path, before: str, after: str, message: str) -> None:
    for path in (PROJECT / "knowledge" / "catalogue" / "data").glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    events = (tmp_path / "events.toml").read_text(encoding="utf-8")
    (tmp_path / "events.toml").write_text(events.replace(before, after, 1), encoding="utf-8")

    with pytest.raises(CatalogueError, match=message):
        load(tmp_path)
