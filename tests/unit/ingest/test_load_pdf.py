"""PDF: reading order, ruled tables, pages without text."""

from __future__ import annotations

import pytest
from pypdfium2 import PdfDocument

from ingest.errors import UnreadableSource
from ingest.load import read, square_font
from tests.unit.ingest.documents import Pdf, outline, rows_of

LEFT = [f"左の段の{i}行目。脱炭素の取組を進めることです。" for i in range(8)]
RIGHT = [f"右の段の{i}行目。補助金の申請は環境課が受け付けます。" for i in range(8)]
FULL = "千代田区の地域連携モデルについて、区内の中小企業の皆さまにお知らせします。ご確認ください。"


def text_of(data: bytes) -> str:
    """The text of all pages, a line each."""
    return "\n".join(part.text for part in read(data, "a.pdf").parts)


def across(pdf: Pdf, y: float = 100) -> Pdf:
    """Draw two columns line by line over both."""
    for i, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        pdf.write(40, y + 16 * i, left).write(315, y + 16 * i, right)
    return pdf


def test_each_page_is_a_text_with_its_number() -> None:
    pdf = Pdf(title="ご案内").write(50, 50, FULL).page().page().write(50, 50, "三ページ目です。", "二行目です。")
    extract = read(pdf.done(), "a.pdf")
    assert [(part.page, part.text) for part in extract.parts] == [(1, FULL), (3, "三ページ目です。\n二行目です。")]
    assert extract.title == "ご案内"
    assert not extract.warnings


def test_columns_drawn_line_by_line_are_read_one_after_the_other() -> None:
    assert text_of(across(Pdf()).done()).splitlines() == LEFT + RIGHT


def test_titles_across_the_page_part_the_columns_into_bands() -> None:
    pdf = across(Pdf().write(60, 60, FULL))
    pdf = across(pdf.write(60, 260, FULL), 300).write(280, 800, "- 1 -")
    lines = [line for line in text_of(pdf.done()).splitlines() if line]
    assert lines == [FULL, *LEFT, *RIGHT, FULL, *LEFT, *RIGHT, "- 1 -"]


def test_columns_drawn_one_after_the_other_stay_as_they_are() -> None:
    assert text_of(Pdf().write(40, 100, *LEFT).write(315, 100, *RIGHT).done()).splitlines() == LEFT + RIGHT


def test_labels_beside_their_values_stay_together() -> None:
    pdf = Pdf()
    rows = [
        ("対象", "区内に事業所を持つ中小企業"),
        ("金額", "上限100万円"),
        ("受付", "四月一日から"),
        ("窓口", "環境課の窓口まで"),
    ] * 2
    for i, (label, value) in enumerate(rows):
        pdf.write(60, 100 + 18 * i, label).write(320, 100 + 18 * i, value)
    assert [line.split() for line in text_of(pdf.done()).splitlines()] == [list(row) for row in rows]


def test_vertical_writing_is_read_from_right_to_left() -> None:
    pdf = Pdf(vertical=True)
    upper = [f"上の段の{i}行目です。脱炭素を進めます。" for i in range(6)]
    lower = [f"下の段の{i}行目です。補助金があります。" for i in range(6)]
    for i in range(6):
        pdf.write(500 - i * 20, 60, upper[i])
    for i in range(6):
        pdf.write(500 - i * 20, 460, lower[i])
    assert [line for line in text_of(pdf.done()).splitlines() if line] == upper + lower


def test_a_ruled_table_becomes_rows_and_leaves_the_text() -> None:
    pdf = Pdf().write(50, 60, FULL, "表1 助成額の一覧")
    pdf.grid(
        50,
        90,
        [120, 160, 120],
        [["分類", "設備", "上限額"], ["省エネ", "空調設備の\n更新", "50万円"], [None, "照明", "8.69%"]],
    )
    pdf.write(50, 200, "詳しくは環境課までお問い合わせください。")
    extract = read(pdf.done(), "a.pdf")
    assert outline(extract) == [
        ("text", f"{FULL}\n表1 助成額の一覧"),
        ("header", "分類\t設備\t上限額"),
        ("row", "省エネ\t空調設備の\n更新\t50万円"),
        ("row", "\t照明\t8.69%"),
        ("text", "詳しくは環境課までお問い合わせください。"),
    ]
    assert {part.table_title for part in extract.parts if part.table is not None} == {"表1 助成額の一覧"}
    assert {part.page for part in extract.parts} == {1}


def test_two_tables_on_two_pages_have_numbers_of_their_own() -> None:
    rows = [["区", "件数"], ["千代田区", "12"], ["港区", "9"]]
    pdf = Pdf().grid(50, 90, [120, 120], rows).write(50, 300, FULL).page().grid(50, 90, [120, 120], rows)
    extract = read(pdf.done(), "a.pdf")
    assert [(part.page, part.table) for part in extract.parts if part.kind == "header"] == [(1, 0), (2, 1)]
    assert len(rows_of(extract)) == 6


def test_a_character_that_stands_alone_is_read_though_the_file_lacks_its_font() -> None:
    pdf = Pdf().grid(50, 90, [120, 120], [["区", "円"], ["港", "9"]]).write(50, 300, "一").write(50, 340, FULL)
    extract = read(pdf.done(), "a.pdf")
    assert rows_of(extract) == [("区", "円"), ("港", "9")]
    assert [part.text for part in extract.parts if part.table is None] == [f"一\n\n{FULL}"]


def test_no_font_of_the_system_is_looked_at() -> None:
    """With a font of its own the system draws "。" as a dot; in ours every character fills its square."""
    read(Pdf().write(50, 50, FULL).done(), "a.pdf")
    page = PdfDocument(Pdf().write(50, 50, "。一").done())[0]
    boxes = [page.get_textpage().get_charbox(i) for i in range(2)]
    assert [box[3] - box[1] for box in boxes] == pytest.approx([11, 11], abs=0.5)


def test_the_font_is_what_its_maker_makes() -> None:
    assert square_font.FILE.read_bytes() == square_font.make()


def test_a_frame_around_text_is_not_a_table() -> None:
    pdf = Pdf().grid(40, 40, [500], [["囲みの中の文です。"]]).grid(40, 90, [500], [["次の囲みの文です。"]])
    assert rows_of(read(pdf.done(), "a.pdf")) == []


def test_a_turned_page_keeps_its_text_whatever_becomes_of_its_table() -> None:
    pdf = Pdf()
    pdf.canvas.setPageRotation(90)
    pdf.grid(50, 90, [120, 120], [["区", "件数"], ["千代田区", "12"], ["港区", "9"]])
    assert "千代田区" in text_of(pdf.done())


def test_a_scanned_page_is_left_out_and_named() -> None:
    extract = read(Pdf().write(50, 50, FULL).page().scan().done(), "a.pdf")
    assert [part.page for part in extract.parts] == [1]
    (warning,) = extract.warnings
    assert warning.startswith("2ページ: ")
    assert "OCR" in warning


def test_a_scanned_document_is_refused_with_the_reason_and_what_to_do() -> None:
    with pytest.raises(UnreadableSource, match=r"1ページ.*文字の情報がない.*OCR"):
        read(Pdf().scan().page().scan().done(), "a.pdf")


def test_a_page_of_reversed_lines_is_left_out_and_named() -> None:
    backwards = [line[::-1] for line in (FULL, *LEFT)]
    extract = read(Pdf().write(50, 50, FULL).page().write(20, 50, *backwards).done(), "a.pdf")
    assert [part.page for part in extract.parts] == [1]
    assert extract.warnings[0].startswith("2ページ: 文字の並びが逆")


def test_an_encrypted_pdf_says_what_to_do() -> None:
    with pytest.raises(UnreadableSource, match="暗号化されています。パスワードを外して保存し直してください"):
        read(Pdf(password="secret").write(50, 50, FULL).done(), "a.pdf")


@pytest.mark.parametrize(
    "title", ["Microsoft Word - 資料1.docx", "資料.pptx", "untitled", "PowerPoint プレゼンテーション"]
)
def test_a_title_that_a_program_made_up_is_no_title(title: str) -> None:
    assert read(Pdf(title=title).write(50, 50, FULL).done(), "a.pdf").title == ""


def test_a_pdf_is_known_by_its_content() -> None:
    assert read(b"\n\n" + Pdf().write(50, 50, FULL).done(), "download").media_type == "application/pdf"
    assert read("資料の先頭は %PDF-1.7 です。".encode(), "a.txt").media_type == "text/plain"
