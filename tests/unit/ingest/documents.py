"""Makers of small sample documents, with the kinds of damage and structure that real ones have."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ingest.extract import Extract, PartKind

PROSE = (
    "葛飾区では、区内の事業者が再生可能エネルギーの電力に切り替える費用の一部を補助しています。\n"
    "対象となるのは区内に事業所を持つ中小企業で、申請は先着順に受け付けます。詳しくは環境課までお問い合わせください。\n"
)
"""Two sentences of Japanese, one a line."""


def rows_of(extract: Extract) -> list[tuple[str, ...]]:
    """Give the cells of an extract's rows, headers included."""
    return [part.cells for part in extract.parts if part.table is not None]


def outline(extract: Extract) -> list[tuple[str, str]]:
    """Give kind and text of each part, in order; headings with their level."""
    return [(f"{p.kind}{p.level}" if p.kind is PartKind.HEADING else p.kind.value, p.text) for p in extract.parts]


def saved(document: Any) -> bytes:
    """Save a python-docx or python-pptx document, or an openpyxl workbook, to bytes."""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def repacked(data: bytes, changes: Mapping[str, bytes]) -> bytes:
    """Give an Office file with parts replaced or added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, content in changes.items():
            new.writestr(name, content)
    return buffer.getvalue()


def word_document() -> bytes:
    """A Word document with title, headings, lists, a merged table, a text box, a control and hidden text."""
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    document.core_properties.title = "省エネ助成のご案内"
    document.add_paragraph("省エネ助成のご案内", style="Title")
    document.add_heading("対象者", level=1)
    paragraph = document.add_paragraph("区内に")
    paragraph.add_run("事業所").bold = True
    paragraph.add_run("を持つ中小企業です。")
    hidden = paragraph.add_run("内部メモ")
    hidden.font.hidden = True
    document.add_heading("必要書類", level=2)
    document.add_paragraph("申請書", style="List Bullet")
    document.add_paragraph("見積書", style="List Number")
    outlined = document.add_paragraph("申請の期間")
    outlined._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="1"/>'))
    document.add_paragraph("表1 助成額の一覧")
    table = document.add_table(rows=4, cols=3)
    for row, cells in enumerate(
        [("分類", "設備", "上限額"), ("省エネ", "空調", "50万円"), ("", "照明", "8.69%"), ("合計", "", "2件")]
    ):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 0).merge(table.cell(3, 1))
    document.add_paragraph("本文の続きです。")
    frame = document.add_table(rows=1, cols=1)
    frame.cell(0, 0).text = "枠の中の注意書きです。"
    body = document.element.body
    body.insert(
        len(body) - 1,
        parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>コントロールの中の文です。</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        ),
    )
    box = "<w:txbxContent><w:p><w:r><w:t>囲みの中の文です。</w:t></w:r></w:p></w:txbxContent>"
    body.insert(
        len(body) - 1,
        parse_xml(
            f'<w:p {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
            'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
            'xmlns:v="urn:schemas-microsoft-com:vml">'
            "<w:ins><w:r><w:t>追記した文</w:t></w:r></w:ins><w:del><w:r><w:delText>消した文</w:delText></w:r></w:del>"
            f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><wps:txbx>{box}</wps:txbx></mc:Choice>'
            f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
            "<w:r><w:t>です。</w:t><w:br/><w:t>改行後</w:t></w:r></w:p>"
        ),
    )
    return saved(document)


def presentation() -> bytes:
    """A presentation with bullets, a group, a table, notes, a hidden slide and shapes in jumbled order."""
    import pptx
    from pptx.util import Cm

    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "脱炭素の\v第一歩"
    slide.placeholders[1].text_frame.text = "電気の使用量を知る"
    slide.placeholders[1].text_frame.add_paragraph().text = "削減目標を立てる"
    slide.notes_slide.notes_text_frame.text = "話すときのメモ"
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "支援の窓口"
    low = slide.shapes.add_textbox(Cm(2), Cm(15), Cm(8), Cm(1))
    low.text_frame.text = "下の注記です。"
    right = slide.shapes.add_textbox(Cm(12), Cm(5.1), Cm(8), Cm(1))
    right.text_frame.text = "右の箱です。"
    left = slide.shapes.add_textbox(Cm(2), Cm(5.2), Cm(8), Cm(1))
    left.text_frame.text = "左の箱です。"
    group = slide.shapes.add_group_shape()
    for top, text in ((9, "組の二つ目"), (7, "組の一つ目")):
        group.shapes.add_textbox(Cm(2), Cm(top), Cm(8), Cm(1)).text_frame.text = text
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "費用"
    table = slide.shapes.add_table(3, 3, Cm(2), Cm(6), Cm(20), Cm(4)).table
    for row, cells in enumerate([("分類", "設備", "上限額"), ("省エネ", "空調", "50万円"), ("", "照明", "8.69%")]):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    secret = deck.slides.add_slide(deck.slide_layouts[5])
    secret.shapes.title.text = "社内限り"
    secret._element.set("show", "0")
    return saved(deck)


def workbook() -> bytes:
    """A workbook with a titled table, merged cells, number formats, a list without header and a hidden sheet."""
    import openpyxl
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "助成一覧"
    sheet["B2"] = "表1 令和8年度の助成"
    rows: list[list[Any]] = [
        ["分類", "設備", "上限額", "率", "締切", "区分"],
        ["省エネ", "空調", 1000000, 0.0869, datetime(2026, 4, 5), "a"],
        [None, "照明", 250000, 0.5, datetime(2026, 12, 31), 1645],
        ["合計", None, 1250000, None, None, True],
    ]
    for r, row in enumerate(rows, 3):
        for c, value in enumerate(row, 2):
            sheet.cell(r, c, value)
    for r in range(4, 7):
        sheet.cell(r, 4).number_format = '#,##0"円"'
        sheet.cell(r, 5).number_format = "0.00%"
        sheet.cell(r, 6).number_format = '[$-411]ggge"年"m"月"d"日"'
    for c in range(2, 8):
        sheet.cell(3, c).font = Font(bold=True)
    sheet.merge_cells("B4:B5")
    sheet.merge_cells("B6:C6")
    sheet["B7"] = "※予算の範囲内で助成します。"
    sheet["B10"] = "窓口"
    sheet["C10"] = "環境課\n03-0000-0000"
    hidden = book.create_sheet("作業用")
    hidden["A1"] = "社内メモ"
    hidden.sheet_state = "hidden"
    book.create_sheet("空")
    last = book.create_sheet("連絡先")
    last["A1"] = "お問い合わせは環境課へ。"
    return saved(book)


class Pdf:
    """Draws PDF pages with Japanese text; y counts from the top, in points, page size A4."""

    def __init__(self, *, password: str = "", title: str = "", vertical: bool = False) -> None:
        from reportlab.lib.pdfencrypt import StandardEncryption
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont
        from reportlab.pdfgen.canvas import Canvas

        pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3", isVertical=vertical))
        self._buffer = io.BytesIO()
        encrypt = StandardEncryption(password, "owner") if password else None
        self.canvas = Canvas(self._buffer, pagesize=(595, 842), encrypt=encrypt, invariant=1)
        if title:
            self.canvas.setTitle(title)
        self._font()

    def _font(self) -> None:
        self.canvas.setFont("HeiseiMin-W3", 11)

    def write(self, x: float, y: float, *lines: str, pitch: float = 16) -> Pdf:
        """Draw lines one below the other."""
        for i, line in enumerate(lines):
            self.canvas.drawString(x, 842 - y - i * pitch, line)
        return self

    def grid(
        self, x: float, y: float, widths: list[float], rows: Sequence[Sequence[str | None]], height: float = 24
    ) -> Pdf:
        """Draw a ruled table, one frame a cell; a cell of None is joined to the one above it."""
        for r, row in enumerate(rows):
            left = x
            for c, (width, text) in enumerate(zip(widths, row, strict=True)):
                tall = 1
                while r + tall < len(rows) and rows[r + tall][c] is None:
                    tall += 1
                if text is not None:
                    self.canvas.rect(left, 842 - y - (r + tall) * height, width, tall * height)
                    self.write(left + 4, y + r * height + 15, *text.split("\n"), pitch=11)
                left += width
        return self

    def scan(self) -> Pdf:
        """Cover the page with a picture."""
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        self.canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 595, 842)
        return self

    def page(self) -> Pdf:
        """End the page and begin the next."""
        self.canvas.showPage()
        self._font()
        return self

    def done(self) -> bytes:
        """Give the file."""
        self.canvas.save()
        return self._buffer.getvalue()
