"""What may be quoted is found in the original, after NFKC and removal of white space; tags aside.

The original is the file itself where it is text, else what the format's usual library gives of it, read here without
any part of the program.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

import docx
import openpyxl
import pptx
import pypdfium2 as pdfium
import pytest
from docx.oxml.ns import qn
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pptx.enum.shapes import MSO_SHAPE_TYPE

from ingest.chunk import chunk, split_paragraphs
from ingest.errors import UnreadableSource
from ingest.load import read
from ingest.metadata import describe
from ingest.structure import structure
from knowledge.documents import BlockKind, Document
from knowledge.fold import squeeze
from tests.unit.ingest.documents import Pdf, presentation, saved, word_document

_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")


def document_of(data: bytes, name: str) -> Document:
    """What ingest makes of a file."""
    extract = read(data, name)
    return split_paragraphs(structure(extract, describe(name, extract, {}), ""))


def quotes(document: Document) -> Iterator[str]:
    """Everything a citation may quote: a block, a cell, and blocks that say they follow one another without a gap."""
    for piece in chunk(document):
        run = ""
        for block in piece.blocks:
            if block.kind is BlockKind.HEADER:
                continue
            yield block.text
            yield from (line for cell in block.cells for line in cell.split("\n"))
            run = f"{run}\n{block.text}" if block.joined and block is not piece.blocks[0] else block.text
            yield run


def missing(data: bytes, name: str, *originals: str) -> list[str]:
    """Give the quotes that are found in no reading of the original."""
    there = [squeeze(_TAG.sub(instead, original)) for original in originals for instead in ("", " ")]
    return [
        quote
        for quote in quotes(document_of(data, name))
        if not any(squeeze(_TAG.sub(instead, quote)) in text for text in there for instead in ("", " "))
    ]


JAPANESE = "区の補助金を申請するとき、ー々ヶ。株式会社"
ODD = "ﾊﾟﾊﾞｶﾞ㈱①２０²㎡⻑⼾〜・◆●「」（）：:*_`[]()#>|\\\"',;&-+1234.ABé"
GAPS = (" ", "　", "  ", "\n", "\n\n", "\t", "\u200b", "\u00ad", "\ufeff", "\u00a0")
MARKS = ("\u3099", "\uff9e", "\uff9f", "\u0301")
TAGS = ("<br>", "<ul style='a'><li>", "</li>", "<b>", "</b>", "&amp;", "&nbsp;", "<p>")
pieces = st.one_of(
    st.text(JAPANESE, min_size=1, max_size=30),
    st.text(JAPANESE + ODD, min_size=1, max_size=6),
    st.sampled_from(GAPS),
    st.builds("".join, st.tuples(st.sampled_from("きハﾊe"), st.sampled_from(("", *GAPS)), st.sampled_from(MARKS))),
    st.sampled_from(TAGS),
    st.sampled_from(
        ("\n- ", "\n1. ", "\n## ", "\n> ", "\n|", "|", "\n|---|---|\n", "・", "\n出典: 資料\n", "\f", ",", '"')
    ),
)
texts = st.lists(pieces, min_size=1, max_size=40).map("".join)
# Tabs and semicolons could be taken for the delimiter; which one it is, is another question.
cells = texts.map(lambda text: re.sub(r"[\t;]", " ", text))
many = settings(max_examples=150, deadline=None)


@pytest.mark.parametrize("ending", ["txt", "md"])
@many
@example(text="> <ul><li>助成の額\n> 上限は50万円</li></ul>")
@example(text="> ```\n> 助成の額\n> 上限は50万円\n> ```")
@given(text=texts)
def test_whatever_a_text_file_holds(ending: str, text: str) -> None:
    try:
        # HTML inside Markdown is read as such, entities included.
        found = missing(text.encode(), f"a.{ending}", text, html.unescape(text))
    except UnreadableSource:
        return
    assert not found


@many
@given(rows=st.lists(st.lists(cells, min_size=1, max_size=4), min_size=1, max_size=6))
def test_whatever_a_csv_file_holds(rows: list[list[str]]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    try:
        found = missing(file.getvalue().encode(), "a.csv", file.getvalue())
    except UnreadableSource:
        return
    assert not found


@many
@given(text=texts)
def test_whatever_a_web_page_holds(text: str) -> None:
    page = f"<!doctype html><title>t</title><body>{text}"
    try:
        found = missing(page.encode(), "a.html", html.unescape(page))
    except UnreadableSource:
        return
    assert not found


def word_text(data: bytes) -> str:
    """What python-docx gives of a Word document, a paragraph or row a line, text boxes and controls last."""
    document = docx.Document(io.BytesIO(data))
    rows = [" ".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
    boxed = (
        "".join(text.text or "" for text in p.iter(qn("w:t")) if next(text.iterancestors(qn("w:p"))) is p)
        for p in document.element.body.iter(qn("w:p"))
    )
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *rows, *boxed])


def slides_text(data: bytes) -> str:
    """What python-pptx gives of a presentation, groups opened."""
    found = []

    def gather(shapes: Iterable[Any]) -> None:
        for shape in shapes:
            if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
                gather(shape.shapes)
            elif shape.has_text_frame:
                found.append(shape.text_frame.text)
            elif shape.has_table:
                found.extend(" ".join(cell.text for cell in row.cells) for row in shape.table.rows)

    for slide in pptx.Presentation(io.BytesIO(data)).slides:
        gather(slide.shapes)
    return "\n".join(found)


def pdf_text(data: bytes) -> str:
    """What pypdfium2 gives of a PDF."""
    return "\n".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(data))


def test_what_a_word_document_says() -> None:
    assert not missing(word_document(), "a.docx", word_text(word_document()))


def test_what_slides_say() -> None:
    assert not missing(presentation(), "a.pptx", slides_text(presentation()))


def test_what_a_workbook_says_as_it_shows_it() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [("名称", "区分", "件数"), ("省エネ 診断", "<b>無料</b><br>(区内)", 12), ("LED\n更新", "有料", 8)]:
        book.active.append(row)
    data = saved(book)
    shown = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    original = "\n".join("\t".join(str(value) for value in row) for row in shown.iter_rows(values_only=True))
    assert not missing(data, "a.xlsx", original)


def test_what_a_pdf_says() -> None:
    pdf = Pdf().write(50, 60, "令和８年度の補助金に", "ついて、区が決めます。", "表1 助成額の一覧")
    pdf.grid(
        50, 120, [120, 160, 120], [["分類", "設備", "上限額"], ["省エネ", "空調", "50万円"], [None, "照明", "8.69%"]]
    )
    data = pdf.page().write(50, 60, "二ページ目の文です。", "・項目 の一つ").done()
    assert not missing(data, "a.pdf", pdf_text(data))


def test_something_that_is_not_there_is_found_out() -> None:
    assert missing("区の補助金です。".encode(), "a.txt", "区の助成金です。") == ["区の補助金です。"] * 2
