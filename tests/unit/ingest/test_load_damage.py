"""Whatever a file holds, reading it ends in text or in a reason."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import UnreadableSource
from ingest.extract import Extract
from ingest.garble import garble_of
from ingest.load import read
from tests.unit.ingest.documents import PROSE, Pdf, presentation, repacked, word_document, workbook

MARKDOWN = f"---\ntitle: 題\nwards: [chiyoda]\n---\n# 題\n\n{PROSE}\n- 一\n- 二\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
HTML = f"<!doctype html><title>題</title><h1>題</h1><p>{PROSE}</p><table><tr><th>a<th>b<tr><td rowspan=2>1<td>2</table>"
CSV = '制度,金額\n助成,"1,000"\n補助,"2\n3"\n'


@cache
def sample(name: str) -> bytes:
    """A sound file of each type."""
    match name:
        case "a.pdf":
            rows = [["区", "件数"], ["千代田区", "12"], ["港区", "9"]]
            return Pdf(title="題").write(50, 50, "案内の文です。").grid(50, 90, [120, 120], rows).page().scan().done()
        case "a.docx":
            return word_document()
        case "a.pptx":
            return presentation()
        case "a.xlsx":
            return workbook()
        case "a.html":
            return HTML.encode()
        case "a.md":
            return MARKDOWN.encode()
        case "a.csv":
            return CSV.encode("cp932")
        case _:
            return PROSE.encode("utf-16")


NAMES = ["a.pdf", "a.docx", "a.pptx", "a.xlsx", "a.html", "a.md", "a.csv", "a.txt"]
MAIN_PART = {
    "a.docx": ("word/document.xml", "word/styles.xml"),
    "a.pptx": ("ppt/slides/slide3.xml", "ppt/presentation.xml"),
    "a.xlsx": ("xl/worksheets/sheet1.xml", "xl/styles.xml"),
}
modest = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def text_or_reason(data: bytes, name: str) -> Extract | None:
    """Read; any other exception than the expected one fails the test by itself."""
    reason = ""
    try:
        extract = read(data, name)
    except UnreadableSource as refusal:
        reason = str(refusal)
    else:
        assert any(part.text.strip() for part in extract.parts)
        return extract
    assert reason
    return None


@pytest.mark.parametrize("name", NAMES)
def test_the_sound_file_is_read(name: str) -> None:
    assert isinstance(text_or_reason(sample(name), name), Extract)


@pytest.mark.parametrize("name", NAMES)
@given(share=st.floats(0, 1))
@modest
def test_a_truncated_file_gives_text_or_a_reason(name: str, share: float) -> None:
    data = sample(name)
    text_or_reason(data[: int(len(data) * share)], name)


@pytest.mark.parametrize("name", NAMES)
@given(flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=12))
@modest
def test_a_file_with_flipped_bits_gives_text_or_a_reason(name: str, flips: list[tuple[float, int]]) -> None:
    data = bytearray(sample(name))
    for place, mask in flips:
        data[int(place * len(data))] ^= mask
    text_or_reason(bytes(data), name)


@pytest.mark.parametrize("name", MAIN_PART)
@given(
    part=st.integers(0, 1),
    cut=st.floats(0, 1),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 127)), max_size=4),
)
@modest
def test_an_office_file_with_damaged_xml_inside_gives_text_or_a_reason(
    name: str, part: int, cut: float, flips: list[tuple[float, int]]
) -> None:
    """Flips in the archive are caught by its checksums; these go past them."""
    path = MAIN_PART[name][part]
    with zipfile.ZipFile(io.BytesIO(sample(name))) as archive:
        xml = bytearray(archive.read(path))
    for place, mask in flips:
        xml[int(place * len(xml))] ^= mask
    text_or_reason(repacked(sample(name), {path: bytes(xml if flips else xml[: int(len(xml) * cut)])}), name)


@pytest.mark.parametrize("name", MAIN_PART)
def test_an_office_file_that_lacks_its_main_part_is_refused(name: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(MAIN_PART[name][0 if name == "a.docx" else 1].replace("styles", "workbook"), b"<a/>")
    with pytest.raises(UnreadableSource, match="壊れ"):
        read(buffer.getvalue(), name)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.binary(max_size=300))
@modest
def test_any_bytes_give_text_or_a_reason(name: str, data: bytes) -> None:
    text_or_reason(data, name)


@given(text=st.text(max_size=300))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_text_is_judged_without_failing(text: str) -> None:
    garble_of(text)
    text_or_reason(text.encode("utf-8", errors="surrogatepass"), "a.md")
