"""PDF: a page's text as one part, its ruled tables as rows.

PDFium is not safe to call from two threads at once; ingest reads one source at a time.
"""

from __future__ import annotations

import ctypes
import re
from contextlib import closing
from itertools import islice

import pypdfium2 as pdfium
from pypdfium2 import raw

from ingest.errors import UnreadableSource
from ingest.extract import Extract, Part, PartKind
from ingest.garble import garble_of, garble_of_page
from ingest.load.grid import table_parts, title_above
from ingest.load.pdf_fonts import use_square_font
from ingest.load.pdf_layout import Box, Glyph, Segment, in_reading_order, joined, segments_of
from ingest.load.pdf_tables import RuledTable, TableFinder
from ingest.load.sniff import PDF

MAX_PAGES = 2_000
_MAX_OBJECTS = 20_000  # drawn objects looked at; beyond that a page is a map or a plan
_RULES = range(4, 4_001)  # thin or rectangular paths a page with tables has; pdfplumber takes seconds for more
_THIN = 3.0  # points
_UNTITLED = re.compile(
    r"^(?:untitled|無題|スライド \d+|slide \d+|powerpoint .*|microsoft \w+ -.*|.*\.\w{2,5})$", re.IGNORECASE
)
# What PDFium gives for a hyphen at a line's end.
_HYPHENS = {0x02: "-", 0xFFFE: "-", 0xAD: "-"}


def load(data: bytes, name: str) -> Extract:
    """Read a PDF.

    Raises:
        UnreadableSource: Encrypted or damaged.
    """
    use_square_font()
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise UnreadableSource("暗号化されています。パスワードを外して保存し直してください") from error
        raise UnreadableSource("壊れた PDF です。元の文書から PDF を作り直してください") from error
    with closing(document), closing(TableFinder(data)) as finder:
        reader = _Reader(document, finder)
        reader.read()
        title = (document.get_metadata_value("Title") or "").replace("\0", "").strip()
    if _UNTITLED.match(title) or garble_of(title):
        title = ""
    return Extract(tuple(reader.parts), PDF, title=title, warnings=tuple(reader.warnings))


class _Reader:
    """One pass over the pages."""

    def __init__(self, document: pdfium.PdfDocument, finder: TableFinder) -> None:
        self.parts: list[Part] = []
        self.warnings: list[str] = []
        self._document = document
        self._finder = finder
        self._table = 0

    def read(self) -> None:
        count = len(self._document)
        for index in range(min(count, MAX_PAGES)):
            try:
                self._page(index)
            except pdfium.PdfiumError:
                self.warnings.append(
                    f"{index + 1}ページ: 壊れているため読めません。元の文書から PDF を作り直してください"
                )
        if count > MAX_PAGES:
            self.warnings.append(f"{MAX_PAGES:,}ページを超える部分は読んでいません。ファイルを分けてください")

    def _page(self, index: int) -> None:
        page = self._document[index]
        with closing(page), closing(page.get_textpage()) as textpage:
            glyphs, unmapped = _glyphs(textpage)
            drawing = _Drawing(page)
            straight = page.get_rotation() == 0 and page.get_mediabox()[:2] == (0, 0)
        text = "".join(glyph.text for glyph in glyphs)
        if unmapped > len(glyphs) - text.count("\n"):
            text = "\ufffd" * unmapped  # most glyphs have no character to go with them
        garble = garble_of_page(text, image_share=drawing.image_share, outlines=drawing.paths)
        if garble is not None:
            self.warnings.append(f"{index + 1}ページ: {garble}")
            return
        # A page whose origin is moved or that is turned has its rules elsewhere than its glyphs.
        tables = self._finder.tables(index) if straight and drawing.rules in _RULES else []
        self._add(glyphs, tables, index + 1)

    def _add(self, glyphs: list[Glyph], tables: list[RuledTable], number: int) -> None:
        filled: list[tuple[RuledTable, list[list[str]]]] = []
        for table in tables:
            rows = table.texts(glyphs)
            # Frames around text make grids too; those hardly fill their cells.
            if sum(bool(cell) for row in rows for cell in row) >= 3 and sum(any(row) for row in rows) >= 2:
                filled.append((table, rows))
        rest = [glyph for glyph in glyphs if not any(table.box.holds(*glyph.centre) for table, _ in filled)]
        segments = segments_of(rest)
        for place, (table, _) in enumerate(filled):
            segments.insert(_place(segments, table.box), Segment("", table.box, table=place))
        lines: list[Segment] = []
        for segment in in_reading_order(segments):
            if segment.table is None:
                lines.append(segment)
                continue
            self._add_text(lines, number)
            near = lines and lines[-1].box.y0 - segment.box.y1 < 3 * lines[-1].size
            title = title_above(lines[-1].text) if near else ""
            lines = []
            self.parts += table_parts(filled[segment.table][1], self._table, title=title, page=number)
            self._table += 1
        self._add_text(lines, number)

    def _add_text(self, lines: list[Segment], number: int) -> None:
        text = joined(lines)
        if text.strip():
            self.parts.append(Part(PartKind.TEXT, text, page=number))


def _place(segments: list[Segment], box: Box) -> int:
    """Find where a table belongs among segments in reading order: before the first that stands below it."""
    for i, segment in enumerate(segments):
        if segment.box.y1 <= box.y1 and segment.box.x0 < box.x1 and segment.box.x1 > box.x0:
            return i
    return len(segments)


def _glyphs(textpage: pdfium.PdfTextPage) -> tuple[list[Glyph], int]:
    """List a page's glyphs in drawing order, and count those without a character."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    found: list[Glyph] = []
    unmapped = 0
    high = 0  # first half of a character beyond the 16-bit plane
    for i in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, i)
        if code == 0:
            unmapped += 1
            continue
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code, high = (0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), 0) if high else (0xFFFD, 0)
        text = "" if code == 0x0D else _HYPHENS.get(code) or chr(code)
        raw.FPDFText_GetCharBox(textpage, i, left, right, bottom, top)
        if text:
            found.append(Glyph(text, Box(left.value, bottom.value, right.value, top.value)))
    return found, unmapped


class _Drawing:
    """What a page draws besides text, counted."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self.paths = 0
        self.rules = 0
        """Paths that may be a table's lines or frames."""
        covered = 0.0
        width, height = page.get_size()
        form = 0.0  # area of the form last entered; an image inside it is placed by the form
        for thing in islice(page.get_objects(), _MAX_OBJECTS):
            if thing.type == raw.FPDF_PAGEOBJ_PATH:
                self.paths += 1
                self.rules += _rules(thing)
            elif thing.type == raw.FPDF_PAGEOBJ_FORM and thing.level == 0:
                form = _area(thing)
            elif thing.type == raw.FPDF_PAGEOBJ_IMAGE:
                covered += _area(thing) if thing.level == 0 else form
                form = form if thing.level == 0 else 0.0
        self.image_share = covered / max(width * height, 1.0)


def _area(thing: pdfium.PdfObject) -> float:
    left, bottom, right, top = thing.get_bounds()
    return float(max(right - left, 0.0) * max(top - bottom, 0.0))


def _rules(path: pdfium.PdfObject) -> int:
    """Count a path's straight pieces if it can be a rule, a frame or a whole grid."""
    left, bottom, right, top = path.get_bounds()
    pieces = raw.FPDFPath_CountSegments(path)
    thin = min(right - left, top - bottom) <= _THIN
    if thin or pieces in (4, 5, 6):
        return 1
    return pieces // 2 if pieces >= 8 and pieces % 2 == 0 else 0
