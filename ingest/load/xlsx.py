"""Spreadsheets: a sheet is a page and a heading, its blocks of cells are tables, its lone lines paragraphs."""

from __future__ import annotations

import io
import math
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

import openpyxl
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel

from ingest.errors import UnreadableSource
from ingest.extract import Extract, Part, PartKind
from ingest.load.date_format import BUILT_IN, show_date
from ingest.load.grid import names_columns, table_parts, title_above
from ingest.load.number_format import show_number
from ingest.load.package import check_package
from ingest.load.sniff import XLSX

MAX_ROWS = 50_000
"""Rows read of one workbook."""
_MAX_SHEET = 64 * 1024 * 1024  # bytes of XML; openpyxl needs about ten times that in memory
_MAX_MERGED = 2_000_000  # cells; openpyxl visits each one of a merged range, and a range can name 17 thousand million
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*>")
_RANGE = re.compile(rb"""\bref\s*=\s*["']([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?["']""")
_NEVER_CALCULATED = re.compile(rb"(?:</f>|<f\b[^>]*/>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")

Row = list[tuple[int, Any]]
"""A row's filled cells: column from 1, and openpyxl's cell."""


def load(data: bytes, name: str) -> Extract:
    """Read a workbook.

    Raises:
        UnreadableSource: Encrypted, a bomb, too big or damaged.
    """
    check_package(data)
    found = [_CALCULATE] if _check_sheets(data) else []
    with warnings.catch_warnings():
        # openpyxl warns of every extension it does not keep; nothing is written back here.
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    reader = _Reader(workbook.epoch)
    for number, sheet in enumerate(workbook.worksheets, 1):
        if sheet.sheet_state != "visible":
            found.append(f"{number}枚目のシート「{sheet.title}」: 非表示なので読んでいません")
        elif reader.left:
            reader.read(sheet, number)
    if reader.left == 0:
        found.append(f"{MAX_ROWS:,}行を超える部分は読んでいません。ファイルを分けてください")
    title = (workbook.properties.title or "").strip()
    return Extract(tuple(reader.parts), XLSX, title=title, warnings=tuple(found))


_CALCULATE = "計算結果が保存されていない数式があり、そのセルは空です。表計算ソフトで開いて保存し直してください"


def _check_sheets(data: bytes) -> bool:
    """Refuse sheets that would exhaust memory; say whether a formula lacks its result."""
    uncalculated = False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.infolist():
            if not part.filename.startswith("xl/worksheets/") or not part.filename.endswith(".xml"):
                continue
            if part.file_size > _MAX_SHEET:
                raise UnreadableSource("シートが大きすぎます。ファイルを分けてください")
            content = archive.read(part)
            merged = 0
            for tag in _MERGE.findall(content):
                corners = _RANGE.search(tag)
                merged += _area(corners) if corners else _MAX_MERGED + 1
            # Other encodings than the usual one would hide a range from this check.
            if merged > _MAX_MERGED or not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
                raise UnreadableSource("シートの作りが通常と違い、安全に開けません。表計算ソフトで保存し直してください")
            uncalculated |= _NEVER_CALCULATED.search(content) is not None
    return uncalculated


def _area(corners: re.Match[bytes]) -> int:
    left, top, right, bottom = (group.decode() if group else "" for group in corners.groups())
    if not right:
        return 1
    return (abs(column_index_from_string(right) - column_index_from_string(left)) + 1) * (
        abs(int(bottom) - int(top)) + 1
    )


class _Reader:
    """Gathers the sheets' parts."""

    def __init__(self, epoch: datetime) -> None:
        self.parts: list[Part] = []
        self.left = MAX_ROWS
        """Rows that may still be read."""
        self._epoch = epoch
        self._table = 0

    def read(self, sheet: Any, number: int) -> None:
        """Add one sheet's parts."""
        rows = _filled_rows(sheet)
        if not rows:
            return
        self.parts.append(Part(PartKind.HEADING, sheet.title.strip() or f"Sheet{number}", level=1, page=number))
        marked = {int(re.sub(r"\D", "", table.ref.split(":")[0]) or 0) for table in sheet.tables.values()}
        if sheet.auto_filter.ref:
            marked.add(int(re.sub(r"\D", "", sheet.auto_filter.ref.split(":")[0]) or 0))
        for block in _blocks(rows[: self.left]):
            self._add(block, marked, number)
        self.left = max(0, self.left - len(rows))

    def _add(self, block: Sequence[tuple[int, Row]], marked: set[int], page: int) -> None:
        """Add one block: lines of a single cell above and below are paragraphs, the rest is a table."""
        first, last = 0, len(block)
        while first < last and len(block[first][1]) == 1 and block[first][0] not in marked:
            first += 1
        while last > first and len(block[last - 1][1]) == 1:
            last -= 1
        lines = [self._show(block[i][1][0][1]) for i in range(first)]
        self._paragraphs(lines, page)
        body = block[first:last]
        if body:
            title = next((line for line in reversed(lines) if title_above(line)), "")
            if not title and len(lines) == 1 and len(lines[0]) <= 60 and not lines[0].endswith("。"):
                title = lines[0]
            self._add_table(body, marked, title, page)
        self._paragraphs([self._show(block[i][1][0][1]) for i in range(last, len(block))], page)

    def _paragraphs(self, lines: Sequence[str], page: int) -> None:
        self.parts += [Part(PartKind.PARAGRAPH, line, page=page) for line in lines if line]

    def _add_table(self, body: Sequence[tuple[int, Row]], marked: set[int], title: str, page: int) -> None:
        columns = sorted({column for _, row in body for column, _ in row})
        place = {column: i for i, column in enumerate(columns)}
        grid = [[""] * len(columns) for _ in body]
        for cells, (_, row) in zip(grid, body, strict=True):
            for column, cell in row:
                cells[place[column]] = self._show(cell)
        stated = body[0][0] in marked or _set_apart(body)
        headers = 1 if len(body) > 1 and stated and names_columns(grid[0]) else None
        self.parts += table_parts(grid, self._table, headers=headers, title=title, page=page)
        self._table += 1

    def _show(self, cell: Any) -> str:
        """Give a cell's value as the spreadsheet shows it."""
        value, code = cell.value, cell.number_format or "General"
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, int | float):
            known = BUILT_IN.get(cell._style.numFmtId)  # noqa: SLF001 - `number_format` says General for these
            if known is None:
                return show_number(value, code) if math.isfinite(value) else str(value)
            value, code = from_excel(value, self._epoch), known
        if isinstance(value, datetime | date | time | timedelta):
            return show_date(value, code)
        # _x000D_ is how Excel writes a carriage return inside a cell.
        return "" if value is None else str(value).replace("_x000D_", "").replace("\r\n", "\n").strip()


def _filled_rows(sheet: Any) -> list[tuple[int, Row]]:
    """List a sheet's rows that hold anything, with their numbers.

    Goes by openpyxl's own dictionary of cells: its `iter_rows` makes a cell for every place up to the last one,
    and one stray value in XFD1048576 would make 17 thousand million of them.
    """
    cells = sorted(
        ((row, column, cell) for (row, column), cell in sheet._cells.items() if _filled(cell)),  # noqa: SLF001
        key=lambda entry: entry[:2],
    )
    return [
        (row, [(column, cell) for _, column, cell in group])
        for row, group in groupby(cells, key=lambda entry: entry[0])
    ]


def _filled(cell: Any) -> bool:
    return cell.value is not None and (not isinstance(cell.value, str) or bool(cell.value.strip()))


def _blocks(rows: Sequence[tuple[int, Row]]) -> Iterator[list[tuple[int, Row]]]:
    """Part a sheet's rows where rows are left empty."""
    block: list[tuple[int, Row]] = []
    for row in rows:
        if block and row[0] > block[-1][0] + 1:
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def _set_apart(body: Sequence[tuple[int, Row]]) -> bool:
    """Say whether the first row's cells are all bold or all coloured, and the second row's are not."""
    if len(body) < 2:
        return False
    first, second = ([cell for _, cell in row] for _, row in body[:2])
    return any(all(map(mark, first)) and not all(map(mark, second)) for mark in (_bold, _coloured))


def _bold(cell: Any) -> bool:
    return bool(cell.font and cell.font.bold)


def _coloured(cell: Any) -> bool:
    return bool(cell.fill and cell.fill.fill_type)
