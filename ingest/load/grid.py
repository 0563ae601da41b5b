"""Tables as parts: what the loaders of every format with tables share."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.extract import Part, PartKind
from ingest.tables import header_of

_TITLE = re.compile(r"^(?:[【■▼◆●〇○◎□▽<＜〈《]|(?:図表|表|別表|別紙|Table)\s*[0-9０-９一二三四五六七八九十.・ー-]*)")
_TITLE_END = re.compile(r"(?:一覧|一覧表|表|内訳|概要|スケジュール|日程)(?:[】＞〉》>]|[((][^))]*[))])?$")
_NUMBER = re.compile(r"^[¥$▲△+-]?[\d０-９][\d０-９,，.．]*\s*[%％円件人トンtk]?\w{0,2}$")


def table_parts(
    rows: Sequence[Sequence[str]],
    table: int,
    *,
    headers: int | None = None,
    title: str = "",
    page: int | None = None,
) -> list[Part]:
    """Turn a grid of cells into header and row parts.

    Args:
        rows: Cells as displayed, a cell covered by a merged one empty; rows may differ in length.
        table: The table's number within its document.
        headers: How many leading rows the format itself marks as headers; None if it does not say, in which
            case `ingest.tables` looks at the first row.
        title: The table's caption, if any.
        page: Page, slide or sheet number, from 1.
    Returns:
        One part a row that has any text; all rows of equal length, without columns that are empty throughout.
    """
    # A tab separates cells in a part's text, so a cell can't keep one of its own.
    grid = [[cell.replace("\t", " ").strip() for cell in row] for row in rows]
    width = max((len(row) for row in grid), default=0)
    columns = [i for i in range(width) if any(i < len(row) and row[i] for row in grid)]
    cells = [tuple(row[i] if i < len(row) else "" for i in columns) for row in grid]
    if headers is None:
        headers = 1 if header_of([row for row in cells if any(row)]) else 0
    parts = []
    for i, row in enumerate(cells):
        if any(row):
            kind = PartKind.HEADER if i < headers else PartKind.ROW
            parts.append(Part(kind, "\t".join(row), page=page, cells=row, table=table, table_title=title))
    return parts


def title_above(text: str) -> str:
    """Give the text right above a table back if it is obviously the table's title, else an empty string."""
    line = text.strip()
    if not line or "\n" in line or len(line) > 60 or line.endswith(("。", "、", "す", "た")):
        return ""
    return line if _TITLE.match(line) or _TITLE_END.search(line) else ""


def names_columns(row: Sequence[str]) -> bool:
    """Say whether a first row can be a header: every filled cell a short label, no amounts, none twice."""
    filled = [cell.strip() for cell in row if cell.strip()]
    return (
        len(filled) >= max(1, len(row) // 2)
        and len(set(filled)) == len(filled)
        and all(len(cell) <= 40 and not cell.endswith("。") and not _NUMBER.match(cell) for cell in filled)
    )
