"""The shipped knowledge: complete, dated, traceable to its originals, and told in our own words.

`knowledge/coverage.tsv` says for each fact of the originals in which section it is told, and which numbers,
dates and names must stand there. The originals themselves are not part of the project: where `../shared` is
absent, what compares with them is skipped.
"""

from __future__ import annotations

import datetime as dt
import re

import pytest

from ingest.load import read
from ingest.manifest import fields_from_front_matter
from ingest.structure import structure
from knowledge.documents import BlockKind, Kind, Source
from knowledge.fold import fold
from knowledge.wards import AREAS, WARDS
from tests.unit.knowledge import pages
from tests.unit.knowledge.pages import FIELDS, NAMES, PAGES, REQUIRED, SEED, SHARED, SOURCES, copied, page

FACTS = {"000": 205, "001": 47, "002": 64, "003": 56, "004": 32}
"""How many facts each of the five originals holds; they are numbered from 001 without a gap."""

ORIGINALS = (
    "千代田モデル記者会見資料",
    "ゼロカーボンシティ特別区に向けた取組について",
    "港区J-クレジット連携事業の提案書（概要版）",
    "特別区長会 共同宣言・推進組織・連携協定書",
    "第26回関東地域エネルギー・温暖化対策推進会議 議事概要",
)
"""How the 出典 lines name the originals."""


def rows() -> list[dict[str, str]]:
    return pages.rows("coverage.tsv")


def test_there_are_pages_for_every_area() -> None:
    assert {name.split("/")[0] for name in PAGES} == {
        "chiyoda",
        "katsushika",
        "minato",
        "all23",
        "kanto",
        "tokyo",
        "japan",
    }


@pytest.mark.parametrize("name", PAGES)
def test_front_matter_states_what_an_answer_needs(name: str) -> None:
    metadata = page(name).metadata

    assert metadata.keys() <= FIELDS
    assert metadata.keys() >= REQUIRED
    stated = fields_from_front_matter(metadata, name=name)
    assert stated["kind"] in Kind
    assert stated["kind"] is not Kind.OTHER
    assert stated["wards"]
    assert set(stated["wards"]) <= {*WARDS, *AREAS}
    assert stated["trust"] in {"seed", "public", "secondary"}
    assert stated["reviewed_on"] >= dt.date(2026, 11, 24)
    assert stated.get("date", dt.date.min) <= stated["reviewed_on"]
    assert re.search("[ぁ-んァ-ヶ一-龥]", stated["title"])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_begins_with_its_title(name: str) -> None:
    assert page(name).lines[0] == f"# {page(name).metadata['title']}"


@pytest.mark.parametrize("name", SEED)
def test_every_section_ends_with_its_place_in_the_original(name: str) -> None:
    for heading, text in page(name).sections.items():
        if heading == page(name).metadata["title"]:
            assert not text, "text above the first section has no 出典"
            continue
        last = text.splitlines()[-1]
        assert last.startswith("出典: "), heading
        assert last.removeprefix("出典: ").startswith(ORIGINALS), heading
        assert text.count("\n出典") == 1, heading


@pytest.mark.parametrize("name", PAGES)
def test_every_block_knows_its_origin_after_loading(name: str) -> None:
    document = structure(read((SOURCES / name).read_bytes(), name), Source(name), "")

    telling = [block for block in document.blocks if block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.ROW)]
    assert telling
    assert [block.text for block in telling if not block.origin and not block.text.startswith("出典")] == []


@pytest.mark.parametrize("name", PAGES)
def test_tables_have_a_full_header_and_full_rows(name: str) -> None:
    width = 0
    for line in page(name).lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        assert all(cells), line
        assert not width or not cells or len(cells) == width, line
        width = len(cells)


@pytest.mark.parametrize("name", SEED)
def test_no_other_contact_than_the_secretariats_is_given(name: str) -> None:
    told = page(name).told

    assert set(re.findall(r"\d{2,4}-\d{2,4}-\d{4}", fold(told))) <= {"03-5211-5085"}
    assert set(re.findall(r"[\w.-]+@[\w.-]+\w", told)) <= {"info@chiyoda-ces.jp"}
    assert set(re.findall(r"https?://\S+", told)) <= {
        "https://chiyoda-ces.jp/",
        "https://www.env.go.jp/press/press_00096.html",
    }


@pytest.mark.parametrize("name", SEED)
def test_nothing_is_said_to_come_without_its_date(name: str) -> None:
    # 今後, 来月 or 来年 read wrong from the day after; a date does not. The meeting's own 来年度・再来年度 is
    # told together with the meeting it was said at.
    told = page(name).told.replace("会議の年から見た来年度・再来年度", "")

    assert re.findall("今後|来年|来月|先月|昨年|今年|本年度|先日", told) == []


@pytest.mark.parametrize("name", [name for name in PAGES if page(name).metadata["kind"] == "proposal"])
def test_a_proposal_is_called_one_throughout(name: str) -> None:
    for heading, text in page(name).sections.items():
        if text:
            told = text.rpartition("\n出典")[0]
            assert re.search("提案|想定|としています", told), heading


def test_every_fact_is_covered_once() -> None:
    wanted = [f"{document}-{n:03}" for document, count in FACTS.items() for n in range(1, count + 1)]

    assert [row["id"] for row in rows()] == wanted


@pytest.mark.parametrize("document", FACTS)
def test_each_fact_stands_in_the_section_that_is_named_for_it(document: str) -> None:
    assert pages.missing([row for row in rows() if row["id"].startswith(document)]) == []


def test_a_copied_run_would_be_noticed() -> None:
    original = "この制度は、区内の中小企業者が行う設備の更新にかかる費用の一部を\n区が助成するものです。"
    told = "- この制度は、区内の中小企業者が行う設備の更新にかかる費用の一部を助ける制度です。"
    names = "、".join(["千代田区", *NAMES[1:11]])

    assert copied(told, original)
    assert copied("区内の中小企業が設備を新しくするとき、区がその費用の一部を出す制度です。", original) == []
    assert copied(names, names) == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared with the original documents is absent")
@pytest.mark.parametrize("name", PAGES)
def test_no_sentence_of_an_original_is_copied(name: str) -> None:
    originals = "\0".join(path.read_text(encoding="utf-8") for path in sorted((SHARED / "documents").glob("*.txt")))

    assert originals
    assert copied(page(name).told, originals) == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared with the list of facts is absent")
def test_the_facts_are_those_of_the_list() -> None:
    facts = (SHARED / "domain" / "facts.md").read_text(encoding="utf-8")

    assert [row["id"] for row in rows()] == re.findall(r"^- \[(\d{3}-\d{3})\]", facts, flags=re.MULTILINE)


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared with the list of facts is absent")
def test_every_number_of_a_fact_stands_in_its_section() -> None:
    facts = (SHARED / "domain" / "facts.md").read_text(encoding="utf-8")
    told = {row["id"]: fold(page(row["file"]).sections[row["heading"]]) for row in rows()}
    missing = []
    for fact, text in re.findall(r"^- \[(\d{3}-\d{3})\] (.*)", facts, flags=re.MULTILINE):
        # `000-P` and ① are the list's own references and bullets; 1,086 is one number, 2026/3/12 three.
        numbers = re.findall(r"\d+(?:[,.]\d+)*", fold(re.sub(r"00\d-[A-Z]|[①-⑳]", "", text)))
        missing += [
            (fact, number) for number in numbers if not re.search(rf"(?<!\d){re.escape(number)}(?!\d)", told[fact])
        ]

    assert missing == []
