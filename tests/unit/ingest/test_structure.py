"""From lines and parts to blocks: what belongs together, what each piece is, and what stands above it."""

from __future__ import annotations

import pytest

from ingest.extract import Extract, Part, PartKind
from ingest.structure import structure
from knowledge.documents import Block, BlockKind, Document, Source


def read_text(*pages: str) -> Document:
    """Structure pages of plain text."""
    return structure(
        Extract(tuple(Part(PartKind.TEXT, page, page=i) for i, page in enumerate(pages, 1)), ""), Source("a"), ""
    )


def read_parts(*parts: Part) -> tuple[Block, ...]:
    return structure(Extract(parts, ""), Source("a"), "").blocks


def kinds(document: Document) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in document.blocks]


SLIDE = "脱炭素経営の進め方\n\n・電気の使用量を毎月記録して、どこで減らせるかを調べることから始めます。\n・削減の目標を立て、従業員みんなで取り組む体制を作ることが大切です。\n・区の補助金や専門家の診断を使い、費用を抑えながら進めます。"


def test_lines_broken_in_mid_sentence_are_joined_and_paragraphs_are_not() -> None:
    text = (
        "区内の事業者が再生可能エネルギーの電力に切り替える費用の\n一部を補助しています。申請は先着順で、予算がなくなり次第\n"
        "終了します。\n\n対象は区内に事業所を持つ中小企業です。\n"
    )
    assert kinds(read_text(text)) == [
        (
            "paragraph",
            "区内の事業者が再生可能エネルギーの電力に切り替える費用の一部を補助しています。申請は先着順で、予算がなくなり次第終了します。",
        ),
        ("paragraph", "対象は区内に事業所を持つ中小企業です。"),
    ]


def test_words_of_english_keep_the_space_that_the_line_break_was() -> None:
    (block,) = read_text("The ward supports small firms, which\nchange their lamps.").blocks
    assert block.text == "The ward supports small firms, which change their lamps."


def test_a_sign_that_was_written_downwards_is_one_word() -> None:
    assert "補助金" in [text for _, text in kinds(read_text("補\n助\n金\n\n申請は環境課です。"))]


def test_a_repeated_slide_is_kept_once() -> None:
    pages = [f"{SLIDE}\n\n{n}枚目だけにある大切な話です。" for n in "一二三四五六七"]
    texts = [text for _, text in kinds(read_text(*pages))]
    assert sum("電気の使用量を毎月記録して" in text for text in texts) == 1
    assert [text[0] for text in texts if "枚目だけ" in text] == list("一二三四五六七")


def test_a_running_header_is_kept_once_and_short_labels_stay() -> None:
    header = "葛飾区ゼロカーボンシティ推進会議 資料1"
    pages = [f"{header}\n\n取組状況\n\n{n}ページ目の本文として、区の取組を述べます。" for n in "一二三四"]
    texts = [text for _, text in kinds(read_text(*pages))]
    assert texts.count(header) == 1
    assert texts.count("取組状況") == 4
    assert sum("ページ目の本文" in text for text in texts) == 4


def test_an_organisation_that_slides_show_beside_what_it_does_stays() -> None:
    body = "一般社団法人みどり省エネ推進協議会"
    slides = [f"支援の体制その{n}\n\n{body}\n\n相談と普及を受け持ちます。その{n}の説明です。" for n in "一二三"]
    assert [block.text for block in read_text("\n\n\n".join(slides)).blocks].count(body) == 3

    footers = [f"{n}ページ目の本文として、区の取組を述べます。\n\n{body}" for n in "一二三四五六"]
    assert [block.text for block in read_text("\n\n\n".join(footers)).blocks].count(body) == 1


def test_a_running_header_is_known_past_the_tables_between() -> None:
    header = "葛飾区ゼロカーボンシティ推進会議 資料1"
    parts: list[Part] = []
    for n in range(4):
        parts.append(Part(PartKind.TEXT, f"{header}\n\n{n}ページ目の本文です。", page=n + 1))
        parts.append(Part(PartKind.ROW, f"照明\t{n}件", page=n + 1, cells=("照明", f"{n}件"), table=n))
    texts = [block.text for block in read_parts(*parts)]
    assert texts.count(header) == 1
    assert texts[-2:] == ["3ページ目の本文です。", "照明\t3件"]


def test_a_slide_shown_again_and_a_line_on_every_slide_are_kept_once() -> None:
    parts = []
    for page in range(1, 8):
        parts.append(Part(PartKind.HEADING, "本日の流れ", level=1, page=page))
        parts.append(Part(PartKind.ITEM, "知る", page=page))
    for page in range(8, 12):
        parts.append(Part(PartKind.HEADING, "測る", level=1, page=page))
        parts.append(Part(PartKind.PARAGRAPH, f"{page}枚目の話です。", page=page))
        parts.append(Part(PartKind.PARAGRAPH, "葛飾区ゼロカーボンシティ推進会議", page=page))
    texts = [(block.page, block.text) for block in read_parts(*parts)]
    assert texts[:2] == [(1, "本日の流れ"), (1, "知る")]
    assert [page for page, text in texts if text == "測る"] == [8, 9, 10, 11]
    assert [page for page, text in texts if "推進会議" in text] == [8]
    assert len([page for page, text in texts if "枚目" in text]) == 4


@pytest.mark.parametrize("number", ["- {} -", "{}", "{} / 12", "P. {}", "{}ページ", "－ {} －"])
def test_page_numbers_go_wherever_they_begin_to_count(number: str) -> None:
    pages = [f"{n}枚目の本文です。\n\n{number.format(n + 3)}" for n in range(4)]
    assert [text for _, text in kinds(read_text(*pages))] == [f"{n}枚目の本文です。" for n in range(4)]
    pages = [f"{number.format(n + 3)}\n\n{n}枚目の本文です。" for n in range(4)]
    assert [text for _, text in kinds(read_text(*pages))] == [f"{n}枚目の本文です。" for n in range(4)]


def test_a_number_that_does_not_count_the_pages_stays() -> None:
    pages = [f"{n}枚目の件数です。\n\n{amount}" for n, amount in enumerate([12, 7, 30])]
    assert [text for _, text in kinds(read_text(*pages)) if text.isdigit()] == ["12", "7", "30"]
    assert [text for _, text in kinds(read_text("件数です。\n\n1")) if text == "1"] == ["1"]


def test_no_quote_runs_from_page_to_page() -> None:
    assert [block.joined for block in read_text("一枚目です。", "二枚目です。").blocks] == [True, False]


def test_what_stood_beside_a_dropped_header_is_not_joined_over_it() -> None:
    header = "葛飾区ゼロカーボンシティ推進会議 資料1"
    blocks = read_text(*[f"{header}\n{n}ページ目の本文です。" for n in "一二三"]).blocks
    after = {block.text[0]: block.joined for block in blocks if "本文" in block.text}
    assert after == {"一": True, "二": False, "三": False}


def test_bullets_are_items_and_keep_their_lead_in() -> None:
    document = read_text("申請には次の書類が必要です。\n・申請書\n・見積書の写し\n\n受付は環境課です。\n")
    items = [block for block in document.blocks if block.kind is BlockKind.ITEM]
    assert [block.text for block in items] == ["・申請書", "・見積書の写し"]
    assert {block.lead for block in items} == {"申請には次の書類が必要です。"}


def test_list_tags_without_bullets_are_items_too() -> None:
    document = read_text(
        "必要な書類は次のとおりです。\n<ul style='x'><li>申請書</li><li>株式会社A 株式会社B の見積書</li></ul>\n"
    )
    assert kinds(document)[1:] == [("item", "申請書"), ("item", "株式会社A 株式会社B の見積書")]


def test_list_tags_in_a_cell_put_its_items_on_lines_of_their_own() -> None:
    document = read_text(
        "区分\t内容\n省エネ\t<ul style=padding:0> ・診断を受ける ・設備を更新する</ul>\n再エネ\t電力を切り替える\n"
    )
    rows = [block for block in document.blocks if block.kind is BlockKind.ROW]
    assert rows[0].cells == ("省エネ", "・診断を受ける\n・設備を更新する")


def test_headings_make_a_path() -> None:
    text = "\n\n\n支援の制度\n\n【省エネ診断】\n専門家が無料で事業所を訪れます。\n\n【設備の更新】\n費用の半分を助成します。\n"
    blocks = read_text(text).blocks
    assert [block.heading for block in blocks if block.kind is BlockKind.PARAGRAPH] == [
        ("支援の制度", "【省エネ診断】"),
        ("支援の制度", "【設備の更新】"),
    ]


def test_numbers_of_one_series_are_items_not_headings() -> None:
    document = read_text("手順です。\n\n1. 知る\n2. 測る\n3. 減らす\n")
    assert [kind for kind, _ in kinds(document)][1:] == ["item", "item", "item"]


def test_lines_of_tabs_are_a_table_with_header_title_and_carried_cells() -> None:
    text = "助成額の一覧\n分類\t設備\t上限額\n省エネ\t空調設備の更新\t50万円\n\t照明のLED化\t20万円\n合計\t\t70万円\n\n窓口は環境課です。\n"
    blocks = [block for block in read_text("\n\n\n制度の概要\n\n" + text).blocks if block.kind is BlockKind.ROW]
    assert [block.header for block in blocks] == [("分類", "設備", "上限額")] * 3
    assert [block.carried for block in blocks] == [
        ("省エネ", "空調設備の更新", "50万円"),
        ("省エネ", "照明のLED化", "20万円"),
        ("合計", "", "70万円"),
    ]
    assert blocks[1].text == "照明のLED化\t20万円"
    assert {block.table for block in blocks} == {"助成額の一覧"}


def test_a_table_of_several_header_rows_names_its_columns_by_all_of_them() -> None:
    def row(kind: PartKind, *cells: str) -> Part:
        return Part(kind, "\t".join(cells), cells=cells, table=0)

    blocks = read_parts(
        row(PartKind.HEADER, "設備", "令和8年度", ""),
        row(PartKind.HEADER, "", "件数", "上限額"),
        row(PartKind.ROW, "空調", "12", "50万円"),
    )
    assert [block.kind.value for block in blocks] == ["header", "header", "row"]
    assert blocks[-1].header == ("設備", "令和8年度 件数", "令和8年度 上限額")


def test_rows_with_something_between_their_cells_are_quoted_one_by_one() -> None:
    part = Part(PartKind.ROW, "照明 | 20万円", cells=("照明", "20万円"), table=0)
    (block,) = read_parts(part)
    assert (block.text, block.joined) == ("照明 | 20万円", False)


def test_the_origin_of_a_section_is_taken_from_its_line_and_the_line_goes() -> None:
    blocks = read_parts(
        Part(PartKind.HEADING, "助成", level=1),
        Part(PartKind.PARAGRAPH, "費用の半分を助成します。"),
        Part(PartKind.PARAGRAPH, "出典: 助成要綱 3ページ"),
        Part(PartKind.HEADING, "窓口", level=1),
        Part(PartKind.PARAGRAPH, "環境課です。"),
    )
    assert [(block.text, block.origin) for block in blocks] == [
        ("助成", "助成要綱 3ページ"),
        ("費用の半分を助成します。", "助成要綱 3ページ"),
        ("窓口", ""),
        ("環境課です。", ""),
    ]


def test_headings_of_a_structured_format_nest_by_level() -> None:
    levels = [(1, "章"), (2, "節"), (3, "項"), (2, "次の節"), (1, "次の章")]
    blocks = read_parts(*(Part(PartKind.HEADING, text, level=level) for level, text in levels))
    assert [block.heading for block in blocks] == [
        ("章",),
        ("章", "節"),
        ("章", "節", "項"),
        ("章", "次の節"),
        ("次の章",),
    ]


@pytest.mark.parametrize("text", ["\u200b", " \n　", "\ufeff\n\n\u200b"])
def test_what_shows_nothing_makes_no_block(text: str) -> None:
    assert read_text(text).blocks == ()
    assert read_parts(Part(PartKind.PARAGRAPH, text)) == ()


def test_pages_keep_their_numbers() -> None:
    blocks = read_text("一ページ目の文です。", "二ページ目の文です。").blocks
    assert [block.page for block in blocks] == [1, 2]
