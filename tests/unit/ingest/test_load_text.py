"""Plain text and CSV: encodings, pages, delimiters."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import UnreadableSource
from ingest.extract import PartKind
from ingest.load import read
from ingest.load.encoding import decode, decode_html
from tests.unit.ingest.documents import PROSE, rows_of

ENCODINGS = [
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-32",
    "cp932",
    "euc_jp",
    "iso2022_jp",
    "iso2022_jp_2004",
    "euc_jis_2004",
]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "text", [PROSE, "補助金", "①ﾊﾝｶｸ ㈱リーテム 〜 髙﨑"], ids=["prose", "one word", "odd characters"]
)
def test_japanese_text_is_read_in_every_usual_encoding(encoding: str, text: str) -> None:
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        data, text = PROSE.encode(encoding), PROSE
    assert decode(data).replace("～", "〜") == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_recognised(encoding: str) -> None:
    (part,) = read(PROSE.encode(encoding), "a.txt").parts
    assert part.text == PROSE


def test_text_in_a_european_encoding_is_not_taken_for_japanese() -> None:
    text = "Les entreprises déjà engagées réduisent leurs émissions à côté. Où ça ? Très près du café.\n" * 3
    assert decode(text.encode("latin-1")) == text
    assert decode("Don’t wait – apply now. ".encode("cp1252") * 20).startswith("Don’t wait – apply")


def test_a_damaged_byte_costs_one_character_not_the_file() -> None:
    data = bytearray((PROSE * 4).encode())
    data[40] = 0xFF
    assert "中小企業" in read(bytes(data), "a.txt").parts[0].text


def test_a_page_that_states_shift_jis_is_read_so_unless_it_is_utf_8() -> None:
    page = f'<html><head><meta http-equiv="content-type" content="text/html; charset=Shift_JIS"></head>①{PROSE}'
    assert decode_html(page.encode("cp932")) == page
    assert decode_html(page.encode("utf-8")) == page


def test_plain_text_is_one_part_with_its_own_line_breaks() -> None:
    extract = read("一行目\r\n\r\n二行目\r三行目".encode(), "a.txt")
    (part,) = extract.parts
    assert (part.kind, part.text, part.page) == (PartKind.TEXT, "一行目\n\n二行目\n三行目", None)
    assert extract.media_type == "text/plain"


def test_form_feeds_part_pages_and_keep_their_numbers() -> None:
    extract = read("一ページ目です\f\n \f三ページ目です\f".encode(), "a.txt")
    assert [(part.page, part.text) for part in extract.parts] == [(1, "一ページ目です"), (3, "三ページ目です")]


def test_a_garbled_page_is_dropped_and_named() -> None:
    bad = PROSE.encode().decode("cp932", errors="replace")
    extract = read(f"{PROSE}\f{bad}\f{PROSE}".encode(), "a.txt")
    assert [part.page for part in extract.parts] == [1, 3]
    (warning,) = extract.warnings
    assert warning.startswith("2ページ: 文字化け")
    assert "UTF-8" in warning


def test_a_text_that_is_garbled_as_a_whole_is_refused_with_advice() -> None:
    with pytest.raises(UnreadableSource, match=r"文字化け.*UTF-8"):
        read(PROSE.encode().decode("cp932", errors="replace").encode(), "a.txt")


@pytest.mark.parametrize("data", [b"", b" \n\t", b"\xef\xbb\xbf \n", b"\f\f"])
def test_an_empty_text_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableSource):
        read(data, "a.txt")


def test_the_real_documents_are_read_whole() -> None:
    folder = Path(__file__).parents[4] / "shared" / "documents"
    if not folder.is_dir():
        pytest.skip("needs ../shared/documents")
    for path in sorted(folder.glob("*.txt")):
        extract = read(path.read_bytes(), path.name)
        assert "".join(part.text for part in extract.parts).strip() == path.read_text("utf-8").strip()
        assert not extract.warnings


TABLE = '制度名,上限額,窓口\n省エネ設備更新助成,"1,000,000円",環境課\n"再エネ電力\n切替補助",500000円,産業課\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_csv_has_a_header_row_and_cells_as_written(encoding: str) -> None:
    extract = read(TABLE.encode(encoding), "助成.csv")
    assert extract.media_type == "text/csv"
    assert [part.kind for part in extract.parts] == [PartKind.HEADER, PartKind.ROW, PartKind.ROW]
    assert extract.parts[1].text == '省エネ設備更新助成,"1,000,000円",環境課'
    assert rows_of(extract)[2] == ("再エネ電力\n切替補助", "500000円", "産業課")
    # What is quoted is found in the file.
    assert all(part.text in TABLE for part in extract.parts)


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_delimiters_are_found(delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in [("年", "月", "件数"), ("2026", "4", "12"), ("2026", "5", "9")])
    assert rows_of(read(text.encode(), "a.csv")) == [("年", "月", "件数"), ("2026", "4", "12"), ("2026", "5", "9")]


def test_a_csv_that_begins_with_amounts_has_no_header() -> None:
    assert {part.kind for part in read("千代田区,1200\n港区,900\n".encode(), "a.csv").parts} == {PartKind.ROW}


def test_a_csv_of_one_column_and_empty_lines_is_rows() -> None:
    assert rows_of(read("名称\n\n千代田区\n\n港区\n".encode(), "a.csv")) == [("名称",), ("千代田区",), ("港区",)]


def test_a_csv_beyond_the_bound_says_what_was_left_out() -> None:
    extract = read(("名称,件数\n" + "千代田区,1\n" * 50_010).encode(), "a.csv")
    assert len(extract.parts) == 50_000
    assert "50,000行" in extract.warnings[0]


def test_a_field_beyond_all_reason_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="CSV"):
        read(b'a,"' + b"x" * 200_000 + b'",c\n', "a.csv")
