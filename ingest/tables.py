"""Tables: which row is the header, and what an empty cell stands for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.fold import fold

Row = tuple[str, ...]

_NAME = re.compile(r"株式会社|有限会社|一般社団法人|協議会|^[・●✓-]")
_PERIOD = re.compile(r"^(?:[RHS]?\d{1,4}年?度?|\d{1,2}月|令和\d+年度?|\d{1,2}:\d\d-?)$")
_NUMBER = re.compile(r"^[-+]?[\d,.]+\s*%?$")
_TOTAL = re.compile(r"^(?:合計|小計|総計|計)$")
_MONTH = re.compile(r"^(\d{1,2})月$")
_DATE_IN_CELL = re.compile(r"(?<!\d)(\d{1,2})(?:/\d{1,2}|月)")


def header_of(rows: Sequence[Row]) -> Row:
    """Give the first row if it is a header, else an empty tuple.

    A header names columns: short cells without company names or bullets, numbers only as periods (R8, 4月),
    above rows that are longer, numeric, or at least two.
    """
    if len(rows) < 2:
        return ()
    first = [fold(cell) for cell in rows[0]]
    filled = [cell for cell in first if cell]
    if not filled or len(filled) < max(1, len(first) // 2):
        return ()
    for cell in filled:
        if len(cell) > 24 or "\n" in cell or _NAME.search(cell):
            return ()
        if re.search(r"\d", cell) and not _PERIOD.match(cell):
            return ()
    below = [fold(cell) for row in rows[1:] for cell in row if cell]
    longer = sum(len(cell) for cell in below) / max(1, len(below)) > 1.3 * sum(map(len, filled)) / len(filled)
    numeric = sum(bool(_NUMBER.match(cell)) for cell in below) * 2 > len(below)
    labels = all(cell not in {fold(c) for row in rows[1:] for c in row} for cell in filled)
    return tuple(rows[0]) if labels and (longer or numeric) else ()


def names_of(headers: Sequence[Row]) -> Row:
    """Name each column by the header rows above it, outermost first.

    Args:
        headers: Rows of equal length; a cell that another spans is empty.
    Returns:
        One name a column, its parts joined by spaces: 『令和8年度』 over 『件数』 is 『令和8年度 件数』.
    """
    names = list(headers[-1]) if headers else []
    for row in reversed(headers[:-1]):
        over = ""
        for column, cell in enumerate(row):
            # The lowest row has a cell for each column, so an empty one above it is spanned from the left.
            over = cell or over
            if over != names[column]:
                names[column] = f"{over} {names[column]}".strip()
    return tuple(names)


def carry_down(rows: Sequence[Row]) -> list[Row]:
    """Fill each cell that a cell above spans.

    An empty text cell below a filled one continues it, if those to its left do: beside a label of its own it means
    "nothing". So it does in a sparse table (a calendar), where only the first column is carried. Numbers never are.
    """
    width = max((len(row) for row in rows), default=0)
    cells = [cell for row in rows for cell in row]
    sparse = sum(not cell for cell in cells) * 10 > 4 * len(cells)
    filled: list[Row] = []
    above: list[str] = [""] * width
    for row in rows:
        full = [*row, *[""] * (width - len(row))]
        for column, cell in enumerate(full):
            total = column > 0 and bool(_TOTAL.match(fold(full[0])))
            if (
                not cell
                and above[column]
                and not total
                and not _NUMBER.match(fold(above[column]))
                and (column == 0 or not sparse)
                and not any(row[:column])
            ):
                full[column] = above[column]
        filled.append(tuple(full))
        above = full
    return filled


def trusted_header(header: Row, rows: Sequence[Row]) -> Row:
    """Empty the month columns of a header whose cells contradict it.

    A calendar whose merged cells were lost shows 3/2 under January; then no cell may be dated by its column.
    """
    months = {i: int(match.group(1)) for i, cell in enumerate(header) if (match := _MONTH.match(fold(cell)))}
    if not months:
        return header
    for row in rows:
        for column, month in months.items():
            if column >= len(row):
                continue
            dates = {int(m) for m in _DATE_IN_CELL.findall(fold(row[column]))}
            if dates and month not in dates:
                return tuple("" if i in months else cell for i, cell in enumerate(header))
    return header
