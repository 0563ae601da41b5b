"""Presentations: a slide is a page, its title a heading, its bullets items.

Speaker's notes are not part of what was shown and are left out.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import pptx
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.oxml.ns import qn

from ingest.extract import Extract, Part, PartKind
from ingest.load.grid import table_parts, title_above
from ingest.load.package import check_package
from ingest.load.sniff import PPTX

_TITLES = {PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE}
_BULLETED = {PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY, PP_PLACEHOLDER.VERTICAL_OBJECT}
_FURNITURE = {PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER}
_SAME_LINE = 180_000  # EMU (5 mm): shapes whose tops differ by less stand beside one another


def load(data: bytes, name: str) -> Extract:
    """Read a presentation.

    Raises:
        UnreadableSource: Encrypted, a bomb or damaged.
    """
    check_package(data)
    presentation = pptx.Presentation(io.BytesIO(data))
    reader = _Reader()
    warnings = []
    for number, slide in enumerate(presentation.slides, 1):
        if slide._element.get("show") in ("0", "false"):  # noqa: SLF001 - python-pptx has no property for it
            warnings.append(f"{number}ページ: 非表示のスライドなので読んでいません")
        else:
            reader.read(slide, number)
    title = (presentation.core_properties.title or "").strip()
    # The name that PowerPoint gives every presentation whose author gave none.
    title = "" if title in ("PowerPoint Presentation", "PowerPoint プレゼンテーション", "スライド 1") else title
    return Extract(tuple(reader.parts), PPTX, title=title, warnings=tuple(warnings))


class _Reader:
    """Gathers the slides' parts."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._table = 0

    def read(self, slide: Any, number: int) -> None:
        """Add one slide's parts: its title, then the rest from top to bottom."""
        shapes = list(_flat(slide.shapes))
        for shape in shapes:
            if _placeholder(shape) in _TITLES and shape.text_frame.text.strip():
                text = " ".join(shape.text_frame.text.replace("\v", "\n").split("\n")).strip()
                self.parts.append(Part(PartKind.HEADING, text, level=1, page=number))
        for shape in shapes:
            kind = _placeholder(shape)
            if kind in _TITLES or kind in _FURNITURE:
                continue
            if getattr(shape, "has_table", False):
                self._add_table(shape.table, number)
            elif shape.has_text_frame:
                for paragraph in shape.text_frame.paragraphs:
                    text = paragraph.text.replace("\v", "\n").strip()
                    if text:
                        role = PartKind.ITEM if _bulleted(paragraph, kind) else PartKind.PARAGRAPH
                        self.parts.append(Part(role, text, page=number))

    def _add_table(self, table: Any, number: int) -> None:
        rows = [["" if cell.is_spanned else cell.text.replace("\v", "\n") for cell in row.cells] for row in table.rows]
        above = self.parts[-1] if self.parts else None
        title = title_above(above.text) if above and above.page == number and above.kind is PartKind.PARAGRAPH else ""
        headers = 1 if table.first_row and len(rows) > 1 else None
        self.parts += table_parts(rows, self._table, headers=headers, title=title, page=number)
        self._table += 1


def _flat(shapes: Iterable[Any]) -> Iterator[Any]:
    """Give the shapes in reading order, groups opened; a group is read as a whole."""
    placed = [(shape.top or 0, shape.left or 0, index, shape) for index, shape in enumerate(shapes)]
    placed.sort(key=lambda entry: entry[:3])
    lines: list[list[tuple[int, int, int, Any]]] = []
    for entry in placed:
        if lines and entry[0] - lines[-1][0][0] < _SAME_LINE:
            lines[-1].append(entry)
        else:
            lines.append([entry])
    for line in lines:
        for *_, shape in sorted(line, key=lambda entry: entry[1:3]):
            if shape._element.tag == qn("p:grpSp"):  # noqa: SLF001 - `shape_type` raises for shapes it doesn't know
                yield from _flat(shape.shapes)
            else:
                yield shape


def _placeholder(shape: Any) -> Any:
    return shape.placeholder_format.type if shape.is_placeholder else None


def _bulleted(paragraph: Any, placeholder: Any) -> bool:
    properties = paragraph._p.pPr  # noqa: SLF001 - python-pptx has no property for bullets
    if properties is not None:
        if properties.find(qn("a:buNone")) is not None:
            return False
        if any(properties.find(qn(tag)) is not None for tag in ("a:buChar", "a:buAutoNum", "a:buBlip")):
            return True
    return placeholder in _BULLETED
