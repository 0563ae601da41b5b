"""An HTML table's cells put into a grid by their spans."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from ingest.errors import UnreadableSource

_MAX_SPAN = 100  # columns; HTML allows 1,000, and a page can ask for that in every cell
_MAX_CELLS = 2_000_000


class HtmlTable:
    """Collects a table's rows as its nodes are met."""

    def __init__(self) -> None:
        self.caption = ""
        self._rows: list[list[tuple[str, int, int]]] = []
        """Rows of cells: text, columns and rows that it spans (0 rows: down to the table's end)."""
        self._marked: list[bool] = []
        """For each row: whether it is in a thead or consists of th cells."""
        self._span = (1, 1)
        self._in_head = False

    def open_row(self, tag: str, entering: bool) -> None:
        """Begin a row, or enter or leave the table's head."""
        if tag == "thead":
            self._in_head = entering
        elif entering:
            self._rows.append([])
            self._marked.append(True)

    def open_cell(self, node: LexborNode) -> None:
        """Begin a cell; its spans are read now, its text comes with `close_cell`."""
        stated = node.attributes
        columns = min(max(_number(stated.get("colspan"), 1), 1), _MAX_SPAN)
        self._span = (columns, _number(stated.get("rowspan"), 1))
        if not self._rows:
            self.open_row("tr", True)
        if node.tag == "td" and not self._in_head:
            self._marked[-1] = False

    def close_cell(self, text: str) -> None:
        """End a cell."""
        self._rows[-1].append((text, *self._span))

    @property
    def headers(self) -> int | None:
        """Leading rows that are marked as headers; None if none is."""
        count = 0
        # A table of th cells alone has no header: it is set in bold.
        while count < len(self._marked) - 1 and self._marked[count]:
            count += 1
        return count or None

    def grid(self) -> list[list[str]]:
        """Give the rows with each cell in its column; cells covered by a span are empty.

        Raises:
            UnreadableSource: The spans add up to more cells than a page can reasonably have.
        """
        grid: list[list[str]] = []
        covered: dict[int, int] = {}  # column → rows still to be covered from above
        total = 0
        for index, cells in enumerate(self._rows):
            row: list[str] = []
            below: dict[int, int] = {}
            for text, columns, rows in cells:
                while covered.get(len(row), 0):
                    row.append("")
                left = len(self._rows) - index if rows == 0 else rows
                for column in range(len(row), len(row) + columns):
                    below[column] = left - 1
                row += [text, *[""] * (columns - 1)]
            covered = {c: n - 1 for c, n in covered.items() if n > 1} | {c: n for c, n in below.items() if n > 0}
            total += len(row)
            if total > _MAX_CELLS:
                raise UnreadableSource("表のセルが多すぎます。ページを分けてください")
            grid.append(row)
        return grid


def _number(value: str | None, default: int) -> int:
    digits = (value or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 6 else default
