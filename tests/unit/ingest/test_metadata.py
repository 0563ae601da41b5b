"""What a document says about itself is read off clear signs, is marked as derived, and else stays empty."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.extract import Extract, Part, PartKind
from ingest.metadata import describe
from knowledge.documents import Kind, Source

LETTER = """令和8年4月1日

省エネ補助金のご案内

主催：千代田区 環境まちづくり部

千代田区では、千代田区内の中小企業が千代田区の省エネ診断を受ける費用を補助します。
詳しい報告書は後日、記者会見で配布します。
"""


def said_of(text: str, title: str = "", **stated: object) -> Source:
    return describe("dir/a.txt", Extract((Part(PartKind.TEXT, text),), "", title=title), stated)


def test_clear_signs_are_read_and_marked_as_derived() -> None:
    source = said_of(LETTER)
    assert source.date == date(2026, 4, 1)
    assert source.publisher == "千代田区 環境まちづくり部"
    assert source.wards == ("chiyoda",)
    assert source.kind is Kind.SUBSIDY
    assert source.derived == ("date", "kind", "publisher", "title", "wards")


def test_what_is_stated_wins_and_is_not_derived() -> None:
    source = said_of(
        LETTER,
        title="文書の題",
        date=date(2025, 1, 1),
        kind=Kind.MENU,
        wards=("minato",),
        publisher="港区",
    )
    assert (source.date, source.kind, source.wards, source.publisher) == (
        date(2025, 1, 1),
        Kind.MENU,
        ("minato",),
        "港区",
    )
    assert source.title == "文書の題"
    assert source.derived == ("title",)


def test_without_signs_everything_but_the_name_stays_empty() -> None:
    source = said_of("照明を取り替えると電気の使用量が減ります。\n")
    assert (source.title, source.derived) == ("a.txt", ("title",))
    assert (source.date, source.publisher, source.wards, source.kind) == (None, "", (), Kind.OTHER)
    assert (source.valid_from, source.valid_until, source.fiscal_year, source.url) == (None, None, None, "")


@pytest.mark.parametrize(
    "text",
    [
        "令和8年4月1日から令和9年3月31日までに申請してください。これより後は受け付けません。ご注意ください。\n",
        "申請は4月1日からです。\n",
        "2026年の目標\n",
    ],
)
def test_a_date_in_a_sentence_or_without_a_year_is_not_the_documents(text: str) -> None:
    assert said_of(text).date is None


def test_a_ward_that_is_only_mentioned_is_not_the_documents() -> None:
    assert said_of("千代田区と港区と中央区の例を示します。港区の例です。\n").wards == ()
    assert said_of("新港区画整理の新港区域と新港区割です。\n").wards == ()
    assert said_of("特別区の取組。" * 5).wards == ("all23",)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("第3回 会議 議事概要", Kind.MINUTES),
        ("連携協定書", Kind.AGREEMENT),
        ("企画提案の背景", Kind.PROPOSAL),
        ("PRESS RELEASE", Kind.PRESS),
        ("再エネ助成金 募集要項", Kind.SUBSIDY),
        ("脱炭素セミナー開催のお知らせ", Kind.EVENT),
        ("令和7年度 取組状況について報告", Kind.REPORT),
        ("お知らせ", Kind.OTHER),
    ],
)
def test_a_kind_is_what_a_line_of_its_own_says(line: str, kind: Kind) -> None:
    assert said_of(f"{line}\n\n本文です。\n").kind is kind
    mention = f"くわしくは、後日配布する資料「{line}」をご覧ください。\n"
    assert said_of(mention).kind is Kind.OTHER
    assert said_of(f"本文です。\n出典: {line}\n").kind is Kind.OTHER


def test_the_files_own_title_goes_before_headings_and_lines() -> None:
    heading = Part(PartKind.HEADING, "見出し", level=1)
    assert describe("a.md", Extract((heading,), "", title="題**名**"), {}).title == "題名"
    assert describe("a.md", Extract((heading,), ""), {}).title == "見出し"
    assert describe("d/a.csv", Extract((Part(PartKind.ROW, "a", cells=("a",), table=0),), ""), {}).title == "a.csv"
