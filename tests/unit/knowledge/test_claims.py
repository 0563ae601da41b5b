"""What counts as the same programme, and which amounts are read of it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from ingest.single import cut, open_document
from knowledge.claims import Claims, Sort, claims_of, programme_key, timeless
from knowledge.memory import MemoryIndex


def claims(text: str) -> list[tuple[str, Sort, Fraction]]:
    document = open_document("a.md", text.encode(), "a.md")
    return [
        (claim.key, claim.sort, claim.value) for chunk in cut(document) for claim in claims_of(chunk, document.source)
    ]


@pytest.mark.parametrize(
    "title",
    [
        "LED助成のご案内 令和7年度",
        "LED助成のご案内 令和8年度",
        "令和8年度 LED助成のご案内",
        "LED助成のご案内(令和8年4月1日現在)",
        "LED助成のご案内(2026年度版)",
        "LED助成のご案内 第2版",
        "ＬＥＤ助成のご案内【改訂版】",
        "R8年度LED助成のご案内",
    ],
)
def test_editions_of_a_title_are_the_same_but_for_their_time(title: str) -> None:
    assert timeless(title) == "led助成のご案内"


def test_other_titles_are_others() -> None:
    assert timeless("LED助成のご案内") != timeless("蓄電池助成のご案内")


def test_a_programme_is_known_with_and_without_its_ending() -> None:
    assert programme_key("商店街LED照明助成制度") == programme_key("商店街LED照明助成金") == "商店街led照明助成"
    assert programme_key("本助成制度") == ""


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("上限は50万円です。", [(Sort.CEILING, Fraction(500_000))]),
        ("上限額2,000万円", [(Sort.CEILING, Fraction(20_000_000))]),
        ("上限1.5億円", [(Sort.CEILING, Fraction(150_000_000))]),
        ("最大１２５万円を助成します。", [(Sort.CEILING, Fraction(1_250_000))]),
        ("50万円を上限とします。", [(Sort.CEILING, Fraction(500_000))]),
        ("経費の2分の1を助成します。", [(Sort.SHARE, Fraction(1, 2))]),
        ("経費の2/3を補助します。", [(Sort.SHARE, Fraction(2, 3))]),
        ("経費の20%を助成します。", [(Sort.SHARE, Fraction(1, 5))]),
        ("経費の300%を助成します。", []),
        ("経費の1/0を助成します。", []),
        ("費用は3,300円です。", []),
        ("「750万円」は事業所ビルの上限750万円ではありません。", []),
    ],
)
def test_amounts_are_read_as_they_are_written(said: str, found: list[tuple[Sort, Fraction]]) -> None:
    assert claims(f"# 案内\n\n商店街LED照明助成は、{said}\n") == [("商店街led照明助成", *one) for one in found]


def test_where_two_programmes_are_named_none_is_meant() -> None:
    assert claims("# 案内\n\n商店街LED照明助成と屋上緑化対策助成は、上限50万円です。\n") == []


def test_the_heading_tells_the_programme_where_the_line_does_not() -> None:
    assert claims("# 商店街LED照明助成\n\n- 上限は50万円です。\n") == [
        ("商店街led照明助成", Sort.CEILING, Fraction(500_000))
    ]


@pytest.mark.parametrize(("other", "several"), [("令和7年度は", 0), ("令和8年度は", 1), ("", 1)])
def test_amounts_of_other_years_do_not_contradict(other: str, several: int) -> None:
    texts = {
        "a.md": "# 一\n\n令和8年度は、商店街LED照明助成の上限は50万円です。\n",
        "b.md": f"# 二\n\n{other}、商店街LED照明助成の上限は80万円です。\n",
    }
    documents = [open_document(name, text.encode(), name) for name, text in texts.items()]
    index = MemoryIndex([one.source for one in documents], [chunk for one in documents for chunk in cut(one)])
    mine = [claim for chunk in cut(documents[0]) for claim in claims_of(chunk, documents[0].source)]

    assert len(Claims(index).conflicts(mine, date(2026, 11, 26))) == several
