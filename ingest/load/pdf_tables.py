"""Ruled tables on a PDF page: pdfplumber finds the cells, PDFium's glyphs fill them."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from ingest.load.pdf_layout import Box, Glyph

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table's cells by row; None where a merged cell of another place covers it."""

    box: Box
    rows: tuple[tuple[Box | None, ...], ...]

    def texts(self, glyphs: Sequence[Glyph]) -> list[list[str]]:
        """Fill the cells with the glyphs whose middle lies in them, lines kept."""
        inside = [glyph for glyph in glyphs if self.box.holds(*glyph.centre)]
        texts = []
        for row in self.rows:
            filled = []
            for cell in row:
                own = [glyph for glyph in inside if cell is not None and cell.holds(*glyph.centre)]
                filled.append(_lines(own))
            texts.append(filled)
        return texts


def _lines(glyphs: Sequence[Glyph]) -> str:
    text = ""
    last: Glyph | None = None
    for glyph in glyphs:
        if not glyph.text.strip():
            text += " " if text and not text.endswith((" ", "\n")) and glyph.text != "\n" else ""
            continue
        if last is not None:
            height = max(last.box.y1 - last.box.y0, glyph.box.y1 - glyph.box.y0)
            if glyph.box.x0 < last.box.x0 and abs(glyph.centre[1] - last.centre[1]) > 0.5 * height:
                text = text.rstrip() + "\n"
        text += glyph.text
        last = glyph
    return text.strip()


class TableFinder:
    """pdfplumber on one document, opened when the first page asks for it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._stack = ExitStack()
        self._pdf: Any = None

    def close(self) -> None:
        """Let go of the document."""
        self._stack.close()

    def tables(self, index: int) -> list[RuledTable]:
        """Find the ruled tables of a page.

        Args:
            index: Page number from 0.
        Returns:
            Tables of at least two rows and two columns, top first; none where pdfplumber fails, since the page's
            text is readable without them.
        """
        try:
            page = self._open().pages[index]
            found = [_table(table, float(page.height)) for table in page.find_tables()]
            page.close()
        # pdfminer is stricter than PDFium and raises whatever a damaged object makes it stumble over.
        except Exception as error:
            log.info("no tables", extra={"page": index + 1, "error": type(error).__name__})
            return []
        tables = [table for table in found if len(table.rows) > 1 and max(map(len, table.rows)) > 1]
        return sorted(tables, key=lambda table: -table.box.y1)

    def _open(self) -> Any:
        if self._pdf is None:
            import pdfplumber

            # pdfminer reports every font it finds odd; nobody can do anything about it.
            logging.getLogger("pdfminer").setLevel(logging.ERROR)
            self._pdf = self._stack.enter_context(pdfplumber.open(io.BytesIO(self._data)))
        return self._pdf


def _table(table: Any, height: float) -> RuledTable:
    """Turn pdfplumber's table around: its y counts downwards from the page's top."""

    def box(corners: Any) -> Box:
        x0, top, x1, bottom = map(float, corners)
        return Box(x0, height - bottom, x1, height - top)

    rows = tuple(tuple(box(cell) if cell else None for cell in row.cells) for row in table.rows)
    return RuledTable(box(table.bbox), rows)
