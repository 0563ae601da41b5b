"""What search and answers see: widths, radicals, entities and unseen characters made one; the text itself stays."""

from __future__ import annotations

import unicodedata

import pytest

from knowledge.fold import fold, readable, squeeze


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("２０２４年度", "2024年度"),
        ("ﾃﾞｰﾀ", "データ"),
        ("㈱リーテム", "(株)リーテム"),
        ("①診断", "1診断"),
        ("CO₂", "CO2"),
        ("35,691㎡", "35,691m2"),
        ("㌔", "キロ"),
        ("令和６〜８年", "令和6~8年"),
        ("10–20", "10-20"),
        ("10−20", "10-20"),
        ("  a　\n b  ", "a b"),
        ("R&amp;D&nbsp;部&#160;門", "R&D 部 門"),
        ("AT&T; R&D", "AT&T; R&D"),
        ("省\u200bエネ\u00ad診断\ufeff", "省エネ診断"),
    ],
)
def test_widths_forms_and_the_unseen_are_unified(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    "pair", ["⻑長", "⻄西", "⺠民", "⻘青", "⻝食", "⽇日", "⽉月", "⼾戸", "⿊黒", "⽊木", "⾃自"]
)
def test_a_radical_becomes_the_character_it_is_drawn_like(pair: str) -> None:
    radical, character = pair
    assert fold(f"あ{radical}い") == readable(f"あ{radical}い") == f"あ{character}い"


@pytest.mark.parametrize("block", [range(0x2E80, 0x2F00), range(0x2F00, 0x2FE0)], ids=["supplement", "kangxi"])
def test_no_radical_of_either_block_is_left(block: range) -> None:
    assigned = [chr(code) for code in block if unicodedata.category(chr(code)) == "So"]
    assert len(assigned) in (115, 214)
    left = [radical for radical in assigned if any(ord(c) in range(0x2E80, 0x2FE0) for c in fold(radical))]
    assert left == []


def test_what_is_read_keeps_what_a_reader_expects() -> None:
    assert readable("①**省エネ**`診断`🌱 ２０㎡（無料）\n二行目") == "①省エネ診断 20㎡（無料）\n二行目"
    assert readable("R&amp;D\u200b部門") == "R&D部門"


def test_a_quote_is_compared_without_white_space_only() -> None:
    assert squeeze("令和 ８\t年\n度　の") == "令和8年度の"
    assert squeeze("⻑い") == "⻑い", "radicals are not rewritten in what is quoted"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[中小企業の支援](https://example.jp/a?b=1)をします", "中小企業の支援をします"),
        ("![図](./a.png)の説明", "図の説明"),
        ("[注](1)のとおり、f[x](y)", "[注](1)のとおり、f[x](y)"),
    ],
)
def test_a_link_is_read_by_its_words(text: str, said: str) -> None:
    assert readable(text) == said
