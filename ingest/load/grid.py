"""Tables as parts: what the loaders of every format with tables share."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.extract import Part, PartKind
from ingest.tables import header_of

_TITLE = re.compile(r"^(?:[【■▼◆●〇○◎□▽<＜〈《]|(?:図表|表|別表|別紙|Table)\s*[0-9０-９一二三四五六七八九十.・ー-]*)")
_TITLE_END = re.compile(r"(?:一覧|一覧表|表|内訳|概要|スケジュール|日程)(?:[】＞〉》>]|[((][^))]*[))])?$")
_NUMBER = re.compile(r"^[¥$▲△+-]?[\d０-９][\d０-９,，.．]*\s*[%％]?\w{0,3}$")


def table_parts(
    rows: Sequence[Sequence[str]],
    table: int,
    *,
    headers: int | None = None,
    title: str = "",
    page: int | None = None,
    originals: Sequence[str] | None = None,
) -> list[Part]:
    """Turn a grid of cells into header and row parts.

    Args:
        rows: Cells as displayed, a cell covered by a merged one empty; rows may differ in length.
        table: The table's number within its document.
        headers: How many leading rows the format itself marks as headers; None if it does not say, in which
            case the first row is one if `ingest.tables` takes it for one or it stands above amounts.
        title: The table's caption, if any.
        page: Page, slide or sheet number, from 1.
        originals: One text a row as it stands in the file, for formats that set more than white space between
            cells, so that what is quoted is found there.
    Returns:
        One part a row that has any text; all rows of equal length, without columns that are empty throughout.
    """
    # A tab separates cells in a part's text, so a cell can't keep one of its own.
    grid = [[cell.replace("\t", " ").strip() for cell in row] for row in rows]
    width = max((len(row) for row in grid), default=0)
    columns = [i for i in range(width) if any(i < len(row) and row[i] for row in grid)]
    cells = [tuple(row[i] if i < len(row) else "" for i in columns) for row in grid]
    if headers is None:
        filled = [row for row in cells if any(row)]
        headers = 1 if header_of(filled) or _heads_amounts(filled) else 0
    if headers < 2 and _is_split_header(cells):
        headers = 2
    parts = []
    for i, row in enumerate(cells):
        if any(row):
            kind = PartKind.HEADER if i < headers else PartKind.ROW
            text = originals[i] if originals is not None else "\t".join(row)
            parts.append(Part(kind, text, page=page, cells=row, table=table, table_title=title))
    return parts


def title_above(text: str) -> str:
    """Give the text right above a table back if it is obviously the table's title, else an empty string."""
    line = text.strip()
    if not line or "\n" in line or len(line) > 60 or line.endswith(("。", "、", "す", "た")):
        return ""
    return line if _TITLE.match(line) or _TITLE_END.search(line) else ""


def _is_split_header(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether the first two rows are one header: a cell over several columns, parted below, beside cells over both.

    『設備|令和8年度|』 over 『|件数|上限額』: what one of the two rows lacks, the other has, and the rows below are full.
    """
    if len(rows) < 3 or not names_columns(rows[0]) or not names_columns(rows[1]):
        return False
    upper, lower, full = rows[0], rows[1], rows[2]
    split = any(not over and under for over, under in zip(upper, lower, strict=True))
    spanning = any(over and not under for over, under in zip(upper, lower, strict=True))
    whole = all(over or under for over, under in zip(upper, lower, strict=True))
    amounts = any(_NUMBER.match(cell) for cell in full)
    return bool(upper[0]) and not lower[0] and split and spanning and whole and all(full) and amounts


def _heads_amounts(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether a first row of labels stands above a column that holds mostly amounts."""
    if len(rows) < 3 or not all(rows[0]) or not names_columns(rows[0]):
        return False
    for column in range(len(rows[0])):
        below = [row[column] for row in rows[1:] if row[column]]
        if len(below) > 1 and sum(bool(_NUMBER.match(cell)) for cell in below) * 2 > len(below):
            return True
    return False


def names_columns(row: Sequence[str]) -> bool:
    """Say whether a first row can be a header: every filled cell a short label, no amounts, none twice."""
    filled = [cell.strip() for cell in row if cell.strip()]
    return (
        len(filled) >= max(1, len(row) // 2)
        and len(set(filled)) == len(filled)
        and all(len(cell) <= 40 and not cell.endswith("。") and not _NUMBER.match(cell) for cell in filled)
    )
