"""Spreadsheets: tables are found, values read as shown, and nothing can be made to grow without bound."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest

from ingest.errors import UnreadableSource
from ingest.extract import Extract
from ingest.load import read
from tests.unit.ingest.documents import repacked, rows_of, saved, workbook

SHEET = "xl/worksheets/sheet1.xml"


def changed(pattern: str, instead: str) -> bytes:
    """The sample workbook with its first sheet's XML changed."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        xml, count = re.subn(pattern, instead, archive.read(SHEET).decode(), count=1)
    assert count == 1
    return repacked(workbook(), {SHEET: xml.encode()})


def sheet_of(rows: list[list[object]]) -> Extract:
    """Read a workbook of one sheet with these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    return read(saved(book), "a.xlsx")


def test_a_workbook_gives_sheets_titles_tables_and_notes_as_shown() -> None:
    extract = read(workbook(), "a.xlsx")
    assert [(part.page, part.kind.value, part.text) for part in extract.parts] == [
        (1, "heading", "助成一覧"),
        (1, "paragraph", "表1 令和8年度の助成"),
        (1, "header", "分類\t設備\t上限額\t率\t締切\t区分"),
        (1, "row", "省エネ\t空調\t1,000,000円\t8.69%\t令和8年4月5日\ta"),
        (1, "row", "\t照明\t250,000円\t50.00%\t令和8年12月31日\t1645"),
        (1, "row", "合計\t\t1,250,000円\t\t\tTRUE"),
        (1, "paragraph", "※予算の範囲内で助成します。"),
        (1, "row", "窓口\t環境課\n03-0000-0000"),
        (4, "heading", "連絡先"),
        (4, "paragraph", "お問い合わせは環境課へ。"),
    ]
    tables = {part.table: part.table_title for part in extract.parts if part.table is not None}
    assert tables == {0: "表1 令和8年度の助成", 1: ""}


def test_a_hidden_sheet_is_left_out_and_named() -> None:
    (warning,) = read(workbook(), "a.xlsx").warnings
    assert "作業用" in warning
    assert "非表示" in warning


def test_a_header_without_emphasis_is_found_above_amounts() -> None:
    extract = sheet_of([["区", "件数"], ["千代田区", 12], ["港区", 9]])
    assert [part.kind.value for part in extract.parts] == ["heading", "header", "row", "row"]


def test_pairs_of_label_and_value_have_no_header() -> None:
    extract = sheet_of([["対象", "区内中小企業"], ["補助率", "2分の1"], ["受付", "環境課の窓口"]])
    assert [part.kind.value for part in extract.parts] == ["heading", "row", "row", "row"]


def test_dates_in_formats_that_excel_leaves_out_of_the_file_are_shown() -> None:
    """Numbers 27 to 58 stand for Japanese dates, and openpyxl knows nothing of them."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"] = 46117, "申請締切"  # type: ignore[index]
    book.active["A1"].number_format = "0.000"  # type: ignore[index]
    data = saved(book)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        styles = archive.read("xl/styles.xml").decode()
    number = re.search(r'numFmtId="(16\d)" formatCode', styles)
    assert number
    styles = styles.replace(f'xf numFmtId="{number[1]}"', 'xf numFmtId="31"')
    assert rows_of(read(repacked(data, {"xl/styles.xml": styles.encode()}), "a.xlsx")) == [("2026年4月5日", "申請締切")]


def test_a_formula_that_was_never_calculated_is_named() -> None:
    extract = sheet_of([["件数", 1], ["合計", "=SUM(B1:B1)"]])
    assert "数式" in extract.warnings[0]
    assert "数式" not in "".join(read(workbook(), "a.xlsx").warnings)


def test_rows_beyond_the_bound_are_left_out_and_named() -> None:
    extract = sheet_of([["区", "件数"], *[["千代田区", 1] for _ in range(50_100)]])
    assert len(rows_of(extract)) == 50_000
    assert "50,000行" in extract.warnings[-1]


def test_a_stray_cell_in_the_last_corner_costs_nothing() -> None:
    data = changed("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    assert rows_of(read(data, "a.xlsx"))[1][0] == "省エネ"


@pytest.mark.parametrize("reference", ["A1:XFD1048576", "A&#49;:XFD1048576"])
def test_a_merged_range_of_the_whole_sheet_is_refused(reference: str) -> None:
    with pytest.raises(UnreadableSource, match="保存し直してください"):
        read(changed('mergeCell ref="B4:B5"', f'mergeCell ref="{reference}"'), "a.xlsx")
