"""Which row is a table's header, and what an empty cell stands for."""

from __future__ import annotations

import pytest

from ingest.load.grid import table_parts
from ingest.tables import Row, carry_down, header_of, names_of, trusted_header

LABELS = ("分類", "設備", "上限額")


@pytest.mark.parametrize(
    "rows",
    [
        [LABELS, ("省エネ", "空調設備の更新", "50万円"), ("再エネ", "太陽光発電設備の設置", "100万円")],
        [("年度", "R6", "R7", "R8"), ("件数", "12", "15", "18"), ("金額", "1,200", "1,500", "1,800")],
    ],
    ids=["labels", "periods"],
)
def test_short_labels_above_longer_or_numeric_rows_are_a_header(rows: list[Row]) -> None:
    assert header_of(rows) == rows[0]


@pytest.mark.parametrize(
    "rows",
    [
        [LABELS],
        [("株式会社A", "診断"), ("株式会社B", "設備の更新とその後の相談")],
        [("・省エネ診断", "・設備更新"), ("・太陽光発電の相談窓口", "・電力の切替の相談窓口")],
        [("千代田区", "1200"), ("港区", "900")],
        [("日時", "日時"), ("場所", "日時")],
        [("", "", "環境課"), ("省エネ診断の申し込み", "窓口", "環境課")],
    ],
    ids=["alone", "names", "items", "amounts", "repeated", "empty"],
)
def test_no_header_is_made_of_what_is_none(rows: list[Row]) -> None:
    assert header_of(rows) == ()


def test_an_empty_cell_continues_the_one_above() -> None:
    rows = [("省エネ", "空調", "50万円"), ("", "", "60万円"), ("", "照明", "20万円")]
    assert carry_down(rows) == [rows[0], ("省エネ", "空調", "60万円"), ("省エネ", "照明", "20万円")]


def test_beside_a_label_of_its_own_an_empty_cell_says_nothing() -> None:
    assert carry_down([("省エネ", "空調", "要相談"), ("再エネ", "電力", "")])[1] == ("再エネ", "電力", "")


def test_numbers_and_totals_are_never_carried() -> None:
    assert carry_down([("空調", "更新", "12"), ("照明", "更新", "")])[1] == ("照明", "更新", "")
    assert carry_down([("省エネ", "空調", "50万円"), ("合計", "", "50万円")])[1] == ("合計", "", "50万円")


def test_in_a_calendar_only_the_first_column_is_carried() -> None:
    rows = [("セミナー", "開催", "", "", ""), ("", "", "募集", "", ""), ("診断", "", "", "受付", "")]
    assert carry_down(rows)[1] == ("セミナー", "", "募集", "", "")


def test_rows_of_unequal_length_are_filled_up() -> None:
    assert carry_down([("a", "b", "c"), ("d",)])[1][0] == "d"
    assert {len(row) for row in carry_down([("a", "b", "c"), ("d",)])} == {3}
    assert carry_down([]) == []


def test_month_columns_that_their_cells_contradict_are_not_trusted() -> None:
    header = ("催し", "1月", "2月")
    assert trusted_header(header, [("講習", "1/15", "2月3日")]) == header
    assert trusted_header(header, [("講習", "3/2", "")]) == ("催し", "", "")
    assert trusted_header((), [("講習", "3/2")]) == ()


def test_header_rows_are_read_from_the_top_down() -> None:
    assert names_of([]) == ()
    assert names_of([LABELS]) == LABELS
    assert names_of([("令和8年度", "", "備考"), ("件数", "額", "")]) == ("令和8年度 件数", "令和8年度 額", "備考")
    assert names_of([("実績", ""), ("令和8年度", ""), ("件数", "額")]) == ("実績 令和8年度 件数", "実績 令和8年度 額")


SPLIT = [("設備", "令和8年度", ""), ("", "件数", "上限額"), ("空調", "12", "50万円"), ("照明", "3", "20万円")]


def test_a_header_of_two_rows_is_known_by_how_they_fill_each_other() -> None:
    kinds = [part.kind.value for part in table_parts(SPLIT, 0)]
    assert kinds == ["header", "header", "row", "row"]


@pytest.mark.parametrize(
    "rows",
    [
        [("省エネ", "空調", "要相談"), ("", "照明", "要相談"), ("再エネ", "電力", "5万円")],
        [("省エネ", "空調", ""), ("", "照明", "要相談"), ("再エネ", "電力", "要相談")],
        [("設備", "件数", "上限額"), ("空調", "12", "50万円"), ("", "3", "20万円")],
        SPLIT[:2],
    ],
    ids=["no gap above", "no amounts", "one header", "no rows"],
)
def test_rows_that_a_cell_spans_are_no_second_header(rows: list[Row]) -> None:
    assert [part.kind.value for part in table_parts(rows, 0)].count("header") < 2
