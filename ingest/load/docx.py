"""Word documents: headings, paragraphs, list items and tables in document order.

The body's XML is walked directly: python-docx's own iteration passes over content controls, text boxes and
tracked insertions, and forms from ward offices are full of them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import docx
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from ingest.extract import Extract, Part, PartKind
from ingest.load.grid import table_parts, title_above
from ingest.load.package import check_package
from ingest.load.sniff import DOCX

if TYPE_CHECKING:
    from docx.document import Document

_WORD = qn("w:p").removesuffix("p")
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# What is deleted, a field's code, a reading beside a word, and the copy of a text box for old versions.
_UNSEEN = {qn(tag) for tag in ("w:del", "w:moveFrom", "w:instrText", "w:rt", "w:pPr", "w:rPr", "w:txbxContent")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_MAX_SPAN = 63  # columns; Word's own bound


def load(data: bytes, name: str) -> Extract:
    """Read a Word document.

    Raises:
        UnreadableSource: Encrypted, a bomb or damaged.
    """
    check_package(data)
    document = docx.Document(io.BytesIO(data))
    title = document.core_properties.title or ""
    return Extract(tuple(_Reader(document).parts()), DOCX, title=title.strip())


class _Reader:
    """One pass over the body."""

    def __init__(self, document: Document) -> None:
        self._body = document.element.body
        self._styles = _Styles(document)
        self._parts: list[Part] = []
        self._table = 0

    def parts(self) -> list[Part]:
        self._blocks(self._body)
        return self._parts

    def _blocks(self, container: BaseOxmlElement) -> None:
        for block in _block_elements(container):
            if block.tag == qn("w:p"):
                self._paragraph(block)
            else:
                self._close_table(block)

    def _paragraph(self, paragraph: BaseOxmlElement) -> None:
        text = _text_of(paragraph).strip()
        if text:
            level = self._styles.level(paragraph)
            if level:
                self._parts.append(Part(PartKind.HEADING, text.replace("\n", " "), level=level))
            else:
                kind = PartKind.ITEM if self._styles.numbered(paragraph) else PartKind.PARAGRAPH
                self._parts.append(Part(kind, text))
        for box in _text_boxes(paragraph):
            self._blocks(box)

    def _close_table(self, table: BaseOxmlElement) -> None:
        rows = table.findall(qn("w:tr"))
        grid = [_cells(row) for row in rows]
        if max((len(row) for row in grid), default=0) < 2:
            # A frame around text, not a table.
            for cell in (cell for row in rows for cell in _own_cells(row)):
                self._blocks(cell)
            return
        marked = 0
        while marked < len(rows) - 1 and rows[marked].find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None:
            marked += 1
        above = self._parts[-1] if self._parts else None
        title = title_above(above.text) if above and above.kind is PartKind.PARAGRAPH else ""
        self._parts += table_parts(grid, self._table, headers=marked or None, title=title)
        self._table += 1


def _block_elements(container: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
    """Give the paragraphs and tables directly in a body, cell or text box, through content controls."""
    for child in container:
        if child.tag in (qn("w:p"), qn("w:tbl")):
            yield child
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml"), qn("w:smartTag")):
            yield from _block_elements(child)


def _text_of(element: BaseOxmlElement) -> str:
    return "".join(_pieces(element))


def _pieces(element: BaseOxmlElement) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if not isinstance(tag, str) or tag in _UNSEEN or (tag == qn("w:r") and _vanished(child)):
            continue
        if tag == qn("w:t"):
            yield child.text or ""
        elif tag.startswith(_WORD) and tag.removeprefix(_WORD) in _BREAKS:
            yield _BREAKS[tag.removeprefix(_WORD)]
        else:
            yield from _pieces(child)


def _vanished(run: BaseOxmlElement) -> bool:
    vanish = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return vanish is not None and vanish.get(qn("w:val")) not in ("0", "false")


def _seen(element: BaseOxmlElement, inside: BaseOxmlElement) -> bool:
    """Say whether nothing between an element and one around it keeps it from being read there."""
    for ancestor in element.iterancestors():
        if ancestor is inside:
            return True
        if ancestor.tag in _UNSEEN:
            return False
    return False


def _text_boxes(paragraph: BaseOxmlElement) -> list[BaseOxmlElement]:
    """List the text boxes anchored in a paragraph, without the copies kept for old versions of Word."""
    return [box for box in paragraph.iter(qn("w:txbxContent")) if _seen(box, paragraph)]


def _own_cells(row: BaseOxmlElement) -> list[BaseOxmlElement]:
    """List a row's cells, without those of a table inside a cell."""
    return [cell for cell in row.iter(qn("w:tc")) if next(cell.iterancestors(qn("w:tr"))) is row]


def _cells(row: BaseOxmlElement) -> list[str]:
    """Give a row's cells by column; columns covered by a merged cell are empty."""
    cells = [""] * _number(row.find(f"{qn('w:trPr')}/{qn('w:gridBefore')}"), 0)
    for cell in _own_cells(row):
        merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
        covered = merge is not None and merge.get(qn("w:val")) != "restart"
        span = _number(cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}"), 1)
        cells += ["" if covered else _cell_text(cell), *[""] * (span - 1)]
    return cells


def _cell_text(cell: BaseOxmlElement) -> str:
    lines = []
    for paragraph in cell.iter(qn("w:p")):
        if _seen(paragraph, cell):
            lines.append(_text_of(paragraph).strip())
            lines += [_text_of(inner).strip() for box in _text_boxes(paragraph) for inner in box.iter(qn("w:p"))]
    return "\n".join(filter(None, lines))


def _number(element: Any, default: int) -> int:
    value = "" if element is None else element.get(qn("w:val")) or ""
    return min(int(value), _MAX_SPAN) if value.isascii() and value.isdigit() and len(value) < 6 else default


class _Styles:
    """What a paragraph's style says of its role; styles inherit from one another."""

    def __init__(self, document: Document) -> None:
        self._styles = {style.get(qn("w:styleId")): style for style in document.styles.element.iter(qn("w:style"))}

    def level(self, paragraph: BaseOxmlElement) -> int:
        """Give a heading's level from 1, or 0 for body text."""
        for properties, name in self._chain(paragraph):
            outline = properties.find(qn("w:outlineLvl")) if properties is not None else None
            if outline is not None:
                level = _number(outline, 9)
                return level + 1 if level < 9 else 0
            if name in ("title", "表題"):
                return 1
            for prefix in ("heading ", "見出し "):
                digits = name.removeprefix(prefix)
                if digits != name and digits.isdigit():
                    return int(digits)
        return 0

    def numbered(self, paragraph: BaseOxmlElement) -> bool:
        """Say whether a paragraph has a bullet or number."""
        for properties, _ in self._chain(paragraph):
            number = properties.find(f"{qn('w:numPr')}/{qn('w:numId')}") if properties is not None else None
            if number is not None:
                return bool(number.get(qn("w:val")) != "0")  # 0 takes an inherited bullet away
        return False

    def _chain(self, paragraph: BaseOxmlElement) -> Iterator[tuple[BaseOxmlElement | None, str]]:
        """Give paragraph properties and style name (lower case), from the paragraph's own to its base style's."""
        properties = paragraph.find(qn("w:pPr"))
        yield properties, ""
        stated = properties.find(qn("w:pStyle")) if properties is not None else None
        identity = stated.get(qn("w:val")) if stated is not None else None
        for _ in range(12):  # a damaged file may inherit in a circle
            style = self._styles.get(identity)
            if style is None:
                return
            name, base = style.find(qn("w:name")), style.find(qn("w:basedOn"))
            yield style.find(qn("w:pPr")), (name.get(qn("w:val")) or "").lower() if name is not None else ""
            identity = base.get(qn("w:val")) if base is not None else None
