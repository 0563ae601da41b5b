from __future__ import annotations

from adapters.web.page import Anchor, Shape, lay_out
from adapters.web.pages import facts
from knowledge.documents import Block, BlockKind, Kind, Source

HEADER = Block(BlockKind.HEADER, "窓口\t電話", cells=("窓口", "電話"), table="窓口一覧")
ROW = Block(BlockKind.ROW, "環境課\t03", cells=("環境課", "03"), table="窓口一覧")
OTHER_ROW = Block(BlockKind.ROW, "産業課\t04", cells=("産業課", "04"), table="別の表")


def test_items_make_one_list_and_rows_one_table_a_title() -> None:
    item = Block(BlockKind.ITEM, "電話")
    sections = lay_out(
        [Block(BlockKind.HEADING, "申込み", ("案内", "申込み")), item, item, HEADER, ROW, ROW, OTHER_ROW], []
    )

    assert [(section.shape, len(section.lines)) for section in sections] == [
        (Shape.HEADING, 1),
        (Shape.LIST, 2),
        (Shape.TABLE, 2),
        (Shape.TABLE, 1),
    ]
    assert sections[0].level == 3
    assert sections[2].header is not None
    assert sections[3].title == "別の表"


def test_a_title_that_is_the_heading_above_is_not_shown_twice() -> None:
    row = Block(BlockKind.ROW, "a", ("案内", "窓口一覧"), cells=("a",), table="窓口一覧")

    (table,) = lay_out([row], [])

    assert table.title == ""


def test_what_was_cut_for_its_length_is_shown_as_one() -> None:
    blocks = [
        Block(BlockKind.PARAGRAPH, "一つ目の文。"),
        Block(BlockKind.PARAGRAPH, "二つ目の文。", joined=True, continued=True),
        Block(BlockKind.PARAGRAPH, "次の段落。", joined=True),
    ]

    (first, second) = lay_out(blocks, [])

    assert [[piece.text for piece in line] for line in first.lines] == [["一つ目の文。", "二つ目の文。"]]
    assert [piece.n for piece in second.lines[0]] == [2]


def test_an_anchor_stands_where_its_chunk_begins_also_within_a_paragraph() -> None:
    blocks = [Block(BlockKind.PARAGRAPH, "一。"), Block(BlockKind.PARAGRAPH, "二。", continued=True)]
    whole, end = Anchor("aa", 0, 2), Anchor("bb", 1, 2)

    (section,) = lay_out(blocks, [whole, end])

    assert [piece.anchors for piece in section.lines[0]] == [(whole,), (end,)]


def test_a_page_is_named_where_it_begins() -> None:
    blocks = [Block(BlockKind.PARAGRAPH, str(n), page=page) for n, page in enumerate([1, 1, 2, None, 2])]

    assert [section.page for section in lay_out(blocks, [])] == [1, None, 2, None, None]


def test_every_block_is_shown_once() -> None:
    blocks = [HEADER, HEADER, ROW, HEADER, ROW, Block(BlockKind.ITEM, "a"), ROW]

    sections = lay_out(blocks, [])

    shown = [s.header.n for s in sections if s.header] + [
        piece.n for s in sections for line in s.lines for piece in line
    ]
    assert sorted(shown) == list(range(len(blocks)))


def test_facts_are_named_in_japanese_and_empty_ones_left_out() -> None:
    source = Source("a", publisher="みどり区", wards=("chiyoda", "all23"), kind=Kind.SUBSIDY, fiscal_year=2026)

    assert facts(source) == [
        ("発行", "みどり区"),
        ("対象", "千代田区、23区"),
        ("種類", "補助・助成"),
        ("年度", "2026年度"),
    ]
