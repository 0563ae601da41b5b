"""Tables as files that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi import Response

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What a cell begins with that a spreadsheet works out; Japanese ones take the wide forms, too."""


def sheet(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Give a table as a CSV file to be saved.

    Args:
        name: The file's, ASCII, without its ending.
        header: The columns.
        rows: Cells; numbers stay numbers, a text that begins like a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    headers = {"content-disposition": f'attachment; filename="{name}.csv"', "cache-control": "no-store"}
    # Excel reads a file as UTF-8 only if it begins with this mark.
    return Response(out.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA) else cell
