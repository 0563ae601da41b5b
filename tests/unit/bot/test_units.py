"""Answer units: what is quoted stands in the file."""

from __future__ import annotations

from bot.text.units import UnitKind, units_of
from knowledge.fold import squeeze
from tests.library import MemoryLibrary


def test_a_markdown_tables_row_is_quoted_as_it_stands_in_the_file() -> None:
    page = "# 助成\n\n| 設備 | 上限額 | 窓口 |\n|---|---|---|\n| LED照明 | 10万円 | 環境課 |\n| 空調 |  | 環境課 |\n"
    shown = MemoryLibrary({"助成.md": page}).document("助成.md")
    assert shown is not None
    rows = [
        unit for chunk in shown.chunks for unit in units_of(chunk, shown.document.source) if unit.kind is UnitKind.ROW
    ]
    assert [unit.quote for unit in rows] == ["LED照明 | 10万円 | 環境課", "空調 | | 環境課"]
    assert all(squeeze(unit.quote) in squeeze(page) for unit in rows)
    assert rows[0].say == "LED照明 10万円 環境課"


def test_no_quote_runs_over_the_bars_between_two_rows() -> None:
    page = "# 助成\n\n| 区分 | 設備 | 上限額 |\n|---|---|---|\n| 省エネ | 空調 | 50万円 |\n|  | 照明 | 20万円 |\n"
    shown = MemoryLibrary({"助成.md": page}).document("助成.md")
    assert shown is not None
    quotes = [unit.quote for chunk in shown.chunks for unit in units_of(chunk, shown.document.source)]
    assert all(squeeze(quote) in squeeze(page) for quote in quotes)
