"""Markdown: structure is found and the source's characters are kept."""

from __future__ import annotations

import pytest

from ingest.extract import PartKind
from ingest.load import read
from knowledge.fold import squeeze
from tests.unit.ingest.documents import outline, rows_of

PAGE = """---
title: 支援メニュー
date: 2026-02-30
wards: [chiyoda]
fiscal_year: 2026
---
# 支援メニュー **第1弾**

中小企業の[脱炭素](https://example.jp)を
**支援**します。R&amp;D も対象です。

## 手順

1. 知る
2. 測る
   - `CO2` の量を
     記録する

   続きの段落
3) 減らす

> 引用の一行目
> 引用の二行目

表1 費用の一覧

| 項目 | 上限額<br>(税込) |
|------|-----:|
| 診断 a\\|b | 10万円 |
| 更新 | |

<div class="x"><p>囲みの<b>文</b></p><ul><li>一つ目</li><li>二つ目</li></ul></div>

文中の<span style="color:red">赤い字</span>と<br>改行。

```
コード例
```

- - -
"""


def test_headings_paragraphs_items_and_tables_come_in_order() -> None:
    assert outline(read(PAGE.encode(), "a.md")) == [
        ("heading1", "支援メニュー **第1弾**"),
        ("paragraph", "中小企業の[脱炭素](https://example.jp)を\n**支援**します。R&amp;D も対象です。"),
        ("heading2", "手順"),
        ("item", "1. 知る"),
        ("item", "2. 測る"),
        ("item", "`CO2` の量を\n記録する"),
        ("paragraph", "続きの段落"),
        ("item", "3) 減らす"),
        ("paragraph", "引用の一行目"),
        ("paragraph", "引用の二行目"),
        ("paragraph", "表1 費用の一覧"),
        ("header", "項目 | 上限額\n(税込)"),
        ("row", "診断 a\\|b | 10万円"),
        ("row", "更新"),
        ("paragraph", "囲みの文"),
        ("item", "一つ目"),
        ("item", "二つ目"),
        ("paragraph", "文中の赤い字と\n改行。"),
        ("paragraph", "コード例"),
    ]


def test_every_text_is_found_in_the_source_file() -> None:
    source = squeeze(PAGE)
    for part in read(PAGE.encode(), "a.md").parts:
        for text in part.cells or (part.text,):
            if "改行" not in text and "囲み" not in text and "税込" not in text:  # tags go
                assert squeeze(text) in source


def test_front_matter_becomes_metadata_with_dates_as_written() -> None:
    extract = read(PAGE.encode(), "a.md")
    assert extract.metadata == {
        "title": "支援メニュー",
        "date": "2026-02-30",
        "wards": ["chiyoda"],
        "fiscal_year": 2026,
    }
    assert extract.title == "支援メニュー"
    assert extract.media_type == "text/markdown"
    assert not extract.warnings


def test_a_table_knows_its_title_and_number() -> None:
    extract = read((PAGE + "\n| a | b |\n|---|---|\n| 1 | 2 |\n").encode(), "a.md")
    rows = [part for part in extract.parts if part.table is not None]
    assert [row.table for row in rows] == [0, 0, 0, 1, 1]
    assert rows[1].table_title == "表1 費用の一覧"
    assert rows_of(extract)[-1] == ("1", "2")


@pytest.mark.parametrize("text", ["---\n本文です\n---\n続き\n", "---\n\n本文です\n", "本文\n---\n題: 値\n---\n"])
def test_a_rule_across_the_page_is_not_front_matter(text: str) -> None:
    extract = read(text.encode(), "a.md")
    assert extract.metadata == {}
    assert "本文" in extract.parts[0].text


@pytest.mark.parametrize(
    "block",
    [
        "title: [unclosed",
        "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]",
        "n: 0x" + "f" * 9000 + "_",
        "a: " + "[" * 3000,
        "? [a, b]\n: c",
        "t: !!python/object/apply:os.system [ls]",
    ],
)
def test_broken_front_matter_is_left_out_with_a_warning_and_the_text_is_read(block: str) -> None:
    extract = read(f"---\n{block}\n---\n本文です。\n".encode(), "a.md")
    assert [part.text for part in extract.parts] == ["本文です。"]
    assert not extract.metadata or extract.metadata.keys() <= {"n", "('a', 'b')"}
    assert extract.warnings or extract.metadata


def test_a_markdown_file_is_known_by_its_ending_alone() -> None:
    assert read("# 題\n\n本文".encode(), "a.txt").parts[0].kind is PartKind.TEXT
    assert read("# 題\n\n本文".encode(), "dir/A.MARKDOWN").parts[0].kind is PartKind.HEADING
