"""Web pages: what a reader sees, in order, and nothing else."""

from __future__ import annotations

import pytest

from ingest.errors import UnreadableSource
from ingest.load import read
from tests.unit.ingest.documents import outline, rows_of

PAGE = """<!DOCTYPE html>
<html lang="ja"><head><title>省エネ
 助成</title><style>p{color:red}</style><script>alert("危険")</script></head>
<body><nav><a href="/">ホーム</a></nav>
<h1>省エネ<br>助成</h1>
<p>対象は<b>中小</b><ruby>企業<rt>きぎょう</rt></ruby>です。<br>申請は4月からです。<!-- 注釈 -->
改行した文。</p>
ばらの文字
<ul><li>申請書<ul><li>様式1</li></ul></li><li><p>見積書</p></li></ul>
<dl><dt>受付</dt><dd>環境課</dd></dl>
<p hidden>隠し1</p><p style="display : none">隠し2</p><div aria-hidden="true">隠し3</div><template>隠し4</template>
<pre>一行目
  二行目</pre>
<footer>Copyright</footer></body></html>"""


def page(body: str) -> bytes:
    """A page with this body, as bytes."""
    return f"<!doctype html><title>題</title><body>{body}".encode()


def test_a_page_gives_its_visible_text_in_order() -> None:
    extract = read(PAGE.encode(), "index.html")
    assert extract.title == "省エネ 助成"
    assert extract.media_type == "text/html"
    assert outline(extract) == [
        ("heading1", "省エネ 助成"),
        ("paragraph", "対象は中小企業です。\n申請は4月からです。 改行した文。"),
        ("paragraph", "ばらの文字"),
        ("item", "申請書"),
        ("item", "様式1"),
        ("item", "見積書"),
        ("paragraph", "受付"),
        ("item", "環境課"),
        ("paragraph", "一行目\n  二行目"),
    ]


def test_spans_leave_covered_cells_empty() -> None:
    table = """<table><caption>表2 支援一覧</caption>
    <thead><tr><th>分類<th>名称<th>金額</thead>
    <tr><td rowspan="2">省エネ<td>診断<td>無料
    <tr><td colspan="2">更新<br>(上限あり)
    <tr><td>再エネ<td>切替<td><ul><li>5万円</li><li>8万円</li></ul></table>"""
    extract = read(page(table), "a.html")
    assert rows_of(extract) == [
        ("分類", "名称", "金額"),
        ("省エネ", "診断", "無料"),
        ("", "更新\n(上限あり)", ""),
        ("再エネ", "切替", "5万円\n8万円"),
    ]
    assert [part.kind for part in extract.parts] == ["header", "row", "row", "row"]
    assert {part.table_title for part in extract.parts} == {"表2 支援一覧"}


def test_a_first_column_of_row_headings_does_not_make_header_rows() -> None:
    extract = read(page("<table><tr><th>日時<td>4月1日<tr><th>場所<td>区役所</table>"), "a.html")
    assert [part.kind for part in extract.parts] == ["row", "row"]


def test_the_line_above_names_a_table_without_caption() -> None:
    extract = read(page("<p>【相談窓口】</p><table><tr><th>窓口<th>電話<tr><td>環境課<td>03-1</table>"), "a.html")
    assert extract.parts[1].table_title == "【相談窓口】"
    extract = read(page("<p>次のとおりです。</p><table><tr><th>窓口<th>電話<tr><td>環境課<td>03-1</table>"), "a.html")
    assert extract.parts[1].table_title == ""


def test_tables_that_only_place_things_are_read_as_text() -> None:
    layout = "<table><tr><td><h2>左</h2><p>本文</p></td><td><table><tr><td>年<td>値<tr><td>2026<td>1</table></td></tr></table>"
    extract = read(page(layout), "a.html")
    assert outline(extract)[:2] == [("heading2", "左"), ("paragraph", "本文")]
    assert rows_of(extract) == [("年", "値"), ("2026", "1")]
    assert rows_of(read(page("<table><tr><td>一列だけ<tr><td>の箱</table>"), "a.html")) == []


def test_html_is_known_by_its_content() -> None:
    assert read(PAGE.encode(), "no-ending").media_type == "text/html"
    assert (
        read(b"<?xml version='1.0'?>\n<!-- c -->\n<html><body><p>a b c</p></html>", "a.txt").media_type == "text/html"
    )


def test_a_page_without_text_is_refused() -> None:
    with pytest.raises(UnreadableSource):
        read(page("<script>var a = 1</script><img src=a.png>"), "a.html")


def test_absurd_nesting_and_spans_are_survived() -> None:
    assert read(page("<div>" * 1_500 + "底"), "a.html").parts[0].text == "底"
    assert len(read(page("<p>段落" * 5_000), "a.html").parts) == 5_000
    with pytest.raises(UnreadableSource, match="入れ子"):
        read(page("<div>" * 60_000 + "底"), "a.html")
    bomb = "<table>" + "<tr>" + '<td colspan="1000" rowspan="65534">x' * 30_000
    with pytest.raises(UnreadableSource, match="セルが多すぎます"):
        read(page(bomb), "a.html")
    assert rows_of(read(page('<table><tr><td rowspan="0">上<td>右<tr><td colspan="x">下</table>'), "a.html")) == [
        ("上", "右"),
        ("", "下"),
    ]
