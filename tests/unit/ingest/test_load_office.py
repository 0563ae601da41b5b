"""Word and PowerPoint: structure in document order, and files that must not be opened."""

from __future__ import annotations

import io
import zipfile

import pytest

from ingest.errors import UnreadableSource
from ingest.load import package, read
from tests.unit.ingest.documents import outline, presentation, repacked, rows_of, word_document

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def test_a_word_document_comes_in_order_with_its_structure() -> None:
    extract = read(word_document(), "案内.docx")
    assert extract.title == "省エネ助成のご案内"
    assert outline(extract) == [
        ("heading1", "省エネ助成のご案内"),
        ("heading1", "対象者"),
        ("paragraph", "区内に事業所を持つ中小企業です。"),
        ("heading2", "必要書類"),
        ("item", "申請書"),
        ("item", "見積書"),
        ("heading2", "申請の期間"),
        ("paragraph", "表1 助成額の一覧"),
        ("header", "分類\t設備\t上限額"),
        ("row", "省エネ\t空調\t50万円"),
        ("row", "\t照明\t8.69%"),
        ("row", "合計\t\t2件"),
        ("paragraph", "本文の続きです。"),
        ("paragraph", "枠の中の注意書きです。"),
        ("paragraph", "コントロールの中の文です。"),
        ("paragraph", "追記した文です。\n改行後"),
        ("paragraph", "囲みの中の文です。"),
    ]
    assert {part.table_title for part in extract.parts if part.table is not None} == {"表1 助成額の一覧"}


def test_a_word_file_is_known_by_its_content_not_its_name() -> None:
    assert read(word_document(), "download.php").media_type.endswith("wordprocessingml.document")
    assert read(word_document(), "a.pdf").media_type.endswith("wordprocessingml.document")


def test_a_table_with_marked_header_rows_keeps_them() -> None:
    import docx
    from docx.oxml import OxmlElement

    from tests.unit.ingest.documents import saved

    document = docx.Document()
    table = document.add_table(rows=3, cols=2)
    for row, cells in enumerate([("株式会社A", "株式会社B"), ("1", "2"), ("3", "4")]):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    assert [part.kind for part in read(saved(document), "a.docx").parts] == ["header", "row", "row"]


def test_a_presentation_gives_each_slide_as_a_page_in_reading_order() -> None:
    extract = read(presentation(), "a.pptx")
    assert [(part.page, part.kind.value, part.text) for part in extract.parts] == [
        (1, "heading", "脱炭素の 第一歩"),
        (1, "item", "電気の使用量を知る"),
        (1, "item", "削減目標を立てる"),
        (2, "heading", "支援の窓口"),
        (2, "paragraph", "左の箱です。"),
        (2, "paragraph", "右の箱です。"),
        (2, "paragraph", "組の一つ目"),
        (2, "paragraph", "組の二つ目"),
        (2, "paragraph", "下の注記です。"),
        (3, "heading", "費用"),
        (3, "header", "分類\t設備\t上限額"),
        (3, "row", "省エネ\t空調\t50万円"),
        (3, "row", "\t照明\t8.69%"),
    ]
    assert rows_of(extract)[2] == ("", "照明", "8.69%")
    assert extract.title == ""
    assert [w for w in extract.warnings if "非表示" in w] == list(extract.warnings)
    assert extract.warnings[0].startswith("4ページ")


def test_an_encrypted_office_file_says_what_to_do() -> None:
    with pytest.raises(UnreadableSource, match=r"暗号化されています。パスワードを外して保存し直してください"):
        read(OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100, "a.docx")


def test_an_old_office_file_names_the_formats_to_use() -> None:
    with pytest.raises(UnreadableSource, match=r"古い形式.*\.docx"):
        read(OLE + "WordDocument".encode("utf-16-le"), "a.doc")


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    buffer = io.BytesIO(word_document())
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            with archive.open(f"word/media/{number}.bin", "w", force_zip64=True) as part:
                for _ in range(90):
                    part.write(bytes(1024 * 1024))
    assert len(buffer.getvalue()) < 2 * 1024 * 1024
    assert package.MAX_UNPACKED < 6 * 90 * 1024 * 1024
    with pytest.raises(UnreadableSource, match="展開すると大きすぎます"):
        read(buffer.getvalue(), "a.docx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entity_declarations_are_refused(encoding: str) -> None:
    bomb = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "{"x" * 100}"><!ENTITY b "&a;&a;&a;">]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
        "<w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
    )
    with pytest.raises(UnreadableSource, match="実体宣言"):
        read(repacked(word_document(), {"word/document.xml": bomb.encode(encoding)}), "a.docx")


def test_an_archive_is_no_document() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "中身")
    with pytest.raises(UnreadableSource, match=r"書庫.*\.docx"):
        read(buffer.getvalue(), "a.zip")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 8, "a.png"),
        (b"\xff\xd8\xff\xe0" + bytes(range(32)) * 8, "photo.txt"),
        (b"\x7fELF" + bytes(200), "program"),
        (b'{"a": 1}', "data.json"),
        (b"[a]\nb = 1\n", "settings.toml"),
        (b"print(1)\n", "script.py"),
    ],
)
def test_another_type_is_refused_and_the_accepted_ones_named(data: bytes, name: str) -> None:
    with pytest.raises(UnreadableSource, match=r"\.txt \.md \.html \.pdf \.docx \.pptx \.xlsx \.csv"):
        read(data, name)


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.xlsx"])
def test_a_file_that_is_not_what_its_name_says_is_refused(name: str) -> None:
    for data in (bytes(range(256)) * 4, "ただの文字です。".encode()):
        with pytest.raises(UnreadableSource, match="保存し直してください"):
            read(data, name)


def test_a_file_over_the_size_limit_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="50 MiB"):
        read(b"a" * (50 * 1024 * 1024 + 1), "a.txt")
