"""The pages about public programmes: complete, dated wherever a figure stands, and free of second-hand figures.

`knowledge/coverage-public.tsv` numbers the facts by their source (S20-3 is the third fact of source S20). What
was found, and how far it may be trusted, is a list outside the project; where `../shared` is absent, what
compares with it is skipped.
"""

from __future__ import annotations

import re
from functools import cache

import pytest

from knowledge.fold import fold, squeeze
from tests.unit.knowledge import pages
from tests.unit.knowledge.pages import PUBLIC, SHARED, page

COVERED = pages.rows("coverage-public.tsv")
SUBSIDIES = [name for name in PUBLIC if page(name).metadata["kind"] == "subsidy"]

MONEY = r"\d[\d,.]*(?:万|億|千)?(?:円|ユーロ)"
RATE = r"\d[\d.]*%|\d+分の\d+|\d+割"
LIMIT = r"上限|期限|締め切り|受付の期間|助成率"
DATED = re.compile(r"令和\d+年|平成\d+年|20\d\d年|日付の表示")
"""A fiscal year, a date, or the statement that the source shows none."""
UNKNOWN = re.compile("確認できません")

PHONES = {"03-5211-4255", "03-5654-8228", "03-5388-3433"}
"""Numbers that the originals themselves give; others are only known second-hand."""

CUE = r"(?:【[^】]+】|\[[SD]\d[^\]]*\])"
CUES = re.compile(rf"{CUE}(?:[^【\[。;/→]{{0,24}}?{CUE})*")
"""Trust marks and source ids behind a statement of the list: 【公】令和6年度 [S01, 2024-04-01]."""

VERSIONS = "abcdefg"
"""A letter behind a source's number is another version of the same page."""

LISTED_AS_UNKNOWN = {"S01e"}
"""What this source says is contradicted by others, so the list of questions to abstain on holds it too."""


def sentences(name: str) -> list[str]:
    lines = [line for line in page(name).lines if not line.startswith("出典")]
    return [part for line in lines for part in re.split(r"(?<=。)", fold(line)) if part.strip()]


def figures(text: str) -> set[str]:
    """Read the amounts, rates and days of a text, each in one spelling: 4分の1 and 1/4, 50万円 and 50万."""
    text = re.sub(r"(\d+)分の(\d+)", r"\2/\1", fold(text))
    text = re.sub(r"÷(\d+)", r"1/\1", text)
    text = re.sub(r"(20\d\d)(?:-|年)0?(\d+)(?:-|月)0?(\d+)日?", r"\1-\2-\3", text)
    found = re.findall(r"20\d\d-\d+-\d+|\d+/\d+|[\d,.]+万|[\d,.]+(?=円)|[\d.]+%|[\d,]+kL|[\d,.]+USD|\d+年以内", text)
    return {figure.replace(",", "") for figure in found}


@cache
def listed() -> tuple[tuple[str, frozenset[str], bool], ...]:
    """Read the list: (statement, ids of its sources, whether it is public) for each statement of its section 1."""
    text = (SHARED / "domain" / "programmes.md").read_text(encoding="utf-8")
    marks = dict(line.split("\t")[:2] for line in (SHARED / "domain" / "sources.tsv").read_text("utf-8").splitlines())
    found = []
    for line in text[text.index("## 1. ") : text.index("## 2. ")].splitlines():
        start, public = 0, False
        for cues in CUES.finditer(line):
            ids = re.findall(r"\[(S\d+[a-z]?)", cues[0])
            # What stands before the first mark is marked by it; a second one belongs to what follows.
            stated = re.findall("【([^】]+)】", cues[0])[:1] or [marks[source] for source in ids]
            public = bool(re.search("[公種導]", "".join(stated)))
            trusted = frozenset(source for source in ids if marks[source] != "二")
            found.append((line[start : cues.start()], trusted, public))
            start = cues.end()
        found.append((line[start:], frozenset(), public))
    return tuple(found)


needs_list = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared with the list of programmes is absent")


def test_each_public_fact_stands_in_the_section_that_is_named_for_it() -> None:
    assert pages.missing(COVERED) == []


def test_every_page_is_covered_and_every_fact_once() -> None:
    ids = [row["id"] for row in COVERED]

    assert len(ids) == len(set(ids))
    named = {name for name in PUBLIC if page(name).metadata["trust"] == "secondary"}
    assert set(PUBLIC) - named <= {row["file"] for row in COVERED}


@needs_list
def test_every_public_source_is_told() -> None:
    sources = (SHARED / "domain" / "sources.tsv").read_text(encoding="utf-8").splitlines()
    public = {line.split("\t")[0] for line in sources if line.split("\t")[1] in {"公", "公系"}}

    assert public - {row["id"].rsplit("-", 1)[0] for row in COVERED} == set()


@needs_list
def test_every_number_of_a_public_statement_stands_where_its_source_is_told() -> None:
    told: dict[str, str] = {}
    for row in COVERED:
        source = row["id"].rsplit("-", 1)[0].rstrip(VERSIONS)
        told[source] = told.get(source, "") + fold(page(row["file"]).sections[row["heading"]])
    absent = []
    for statement, ids, public in listed():
        if not public or not ids or ids & LISTED_AS_UNKNOWN:
            continue
        text = "".join(told.get(source.rstrip(VERSIONS), "") for source in ids)
        stated = re.sub(r"§[\d./]+|[①-⑳]|R(\d+)", "", statement)
        numbers = {number.lstrip("0") for number in re.findall(r"\d+(?:[,.]\d+)*", fold(stated))} - {""}
        held = {number.lstrip("0") for number in re.findall(r"\d+(?:[,.]\d+)*", text)}
        absent += [(statement, number) for number in sorted(numbers - held)]

    assert absent == []


@needs_list
@pytest.mark.parametrize("name", PUBLIC)
def test_no_figure_is_told_that_is_only_known_second_hand(name: str) -> None:
    public = set().union(*(figures(statement) for statement, _, trusted in listed() if trusted))
    second = set().union(*(figures(statement) for statement, _, trusted in listed() if not trusted))

    assert {"15万", "40万", "60万", "2/3", "4500万", "2026-2-13", "1000USD", "1/3"} <= second - public
    assert {"250万", "50%", "1/2", "3/4"} <= public
    assert figures(page(name).told) & (second - public) == set()


@pytest.mark.parametrize("name", PUBLIC)
def test_every_figure_stands_in_a_sentence_with_its_year(name: str) -> None:
    undated = []
    for sentence in sentences(name):
        figure = re.search(rf"{MONEY}|{RATE}|\d+月\d+日", sentence)
        limit = re.search(LIMIT, sentence)
        if (figure and not DATED.search(sentence)) or (
            limit and not DATED.search(sentence) and not UNKNOWN.search(sentence)
        ):
            undated.append(sentence)

    assert undated == []


@pytest.mark.parametrize("name", [*SUBSIDIES, "japan/energy-diagnosis.md"])
def test_an_amount_is_followed_by_where_to_ask_for_this_years(name: str) -> None:
    amounts = [s for s in sentences(name) if not s.startswith("#") and re.search(rf"{MONEY}|{RATE}", s)]
    # A sales pitch that the page warns of is no amount.
    amounts = [sentence for sentence in amounts if "実質0円" not in sentence]

    assert amounts or name == "katsushika/grants.md"
    assert [s for s in amounts if not re.search("今年度の内容は.+(?:に|で)確認|上限ではありません", s)] == []


@pytest.mark.parametrize("name", SUBSIDIES)
def test_a_programme_says_to_apply_or_ask_first(name: str) -> None:
    told = [line for line in page(name).lines if line.startswith("- ")]

    assert any(
        re.search("(?:契約|申し込む|工事|注文|切り替える).*前に.*(?:聞い|相談し)てください", line) for line in told
    )


@pytest.mark.parametrize("name", SUBSIDIES)
def test_a_programme_that_is_not_this_years_names_its_year(name: str) -> None:
    metadata = page(name).metadata

    assert "fiscal_year" in metadata or "日付の表示なし" in page(name).told


@pytest.mark.parametrize("name", PUBLIC)
def test_nobody_is_told_to_be_eligible(name: str) -> None:
    told = page(name).told

    assert re.findall("(?:あなた|御社|貴社)|受けられます(?!か)|もらえます|対象になります", told) == []


@pytest.mark.parametrize("name", PUBLIC)
def test_every_section_ends_with_its_dated_source(name: str) -> None:
    for heading, text in page(name).sections.items():
        if heading == page(name).metadata["title"]:
            assert not text, "text above the first section has no 出典"
            continue
        last = text.splitlines()[-1]
        assert re.match("出典: .+「.+」", last), heading
        assert re.search(r"20\d\d|令和\d|日付の表示なし", last), heading
        assert text.count("\n出典") == 1, heading


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_not_known_names_an_office(name: str) -> None:
    told = [line for line in page(name).lines if UNKNOWN.search(line) and not line.startswith(("#", "出典"))]

    assert [line for line in told if not re.search("へ問い合わせて|へ相談して|を見て|確かめて|聞いて", line)] == []


@pytest.mark.parametrize("name", PUBLIC)
def test_phones_and_addresses_are_those_of_the_originals(name: str) -> None:
    told = page(name).told

    assert set(re.findall(r"\d{2,4}-\d{3,4}-\d{4}", fold(told))) <= PHONES
    assert set(re.findall(r"https?://[\w./?=&-]+", told)) <= {
        "https://www.tokyo-co2down.jp/learn/one-stop",
        "https://www.httnavi.metro.tokyo.lg.jp/",
        "https://shoeneshindan.jp/guide/about/",
        "https://eco.jcci.or.jp/checksheet",
    }


@needs_list
@pytest.mark.parametrize("name", PUBLIC)
def test_the_address_is_the_one_on_record(name: str) -> None:
    record = (SHARED / "domain" / "sources.tsv").read_text(encoding="utf-8")
    url = page(name).metadata.get("url")

    assert url is None or str(url) in record


@needs_list
@pytest.mark.parametrize("name", PUBLIC)
def test_no_statement_of_the_list_is_copied(name: str) -> None:
    statements = "\0".join(statement for statement, _, _ in listed())
    told, stated = (re.sub(r"https?://[\w./-]+", "", text) for text in (page(name).told, statements))

    assert pages.copied(told, squeeze(stated)) == []
