"""The garble alarm fires on damage and stays quiet on genuine text of every sort."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.garble import garble_of, garble_of_page

PROSE = (
    "千代田区では、区内の中小企業が行う省エネルギー設備の更新に対して助成を行っています。申請は四月一日から受け付けます。\n"
    "まずは自社のエネルギー使用量を把握し、次に削減の目標を立てることが必要です。詳しくは環境政策課にお問い合わせください。\n"
    "なお、予算の上限に達した場合は、受付を終了することがありますので、あらかじめご了承ください。"
)
ENGLISH = (
    "Small businesses can apply for a subsidy of up to 1,000,000 yen from April 1.\nAsk the ward office first.\n" * 3
)
GENUINE = {
    "prose": PROSE,
    "spaces inside words": "地球温暖化の原因と なる温室効果ガスを 排出し ない脱炭素社会の\n\n実現は、人類共通の課題であると と も に\n"
    * 2,
    "radicals": "再⽣可能エネルギー電⼒の利⽤を⾦融機関と⻑期的に進め、⺠間の⻄側地域でも⽬標を⽰します。" * 3,
    "english": ENGLISH,
    "french": "Le café « à côté » coûte 3 €… déjà réservé – l’été passé, où ? ça ira : œuvre naïve.",
    "numbers": "年度\t件数\t金額\n2023\t1,200\t3,400,000\n2024\t1,645\t8.69%\n2025\t▲12\t¥5,000\n" * 5,
    "half-width names": "ｶﾌﾞｼｷｶﾞｲｼｬ ﾁﾖﾀﾞｼﾖｳｼﾞ\nﾄｳｷﾖｳﾄﾁﾖﾀﾞｸ ｸﾀﾞﾝﾐﾅﾐ\nｴｺｼｽﾃﾑ･ｾﾝﾀｰ\n" * 4,
    "symbol bullets": "\uf0b7 申請書\n\uf0b7 見積書\n\uf0d8 写真\n\uf0b7 決算書\n\uf06c 図面\n",
    "one odd character": PROSE + "\ufffd",
    "prices": "定価 ¥1,200 ¥3,400 送料 ¥500 合計 ¥5,100(税込)",
    "price list": "¥500\n¥600\n¥80\n¥1,200\n",
    "contents": "もくじ\n1 はじめに………1\n2 補助金………3\n3 相談窓口………8\n",
    "organisations": "株式会社日比谷花壇\n株式会社リーテム\n東京商工会議所\n三井住友銀行\n" * 8,
    "kana words that read both ways": "ところで、ときどき、すでに、したがって、まします、ときには。" * 4,
    "broken before punctuation": "再エネ電気を購入します\n。そのため、各区が協力して\n、価格を下げることとしています\n。\n"
    * 4,
    "short": "はい",
    "empty": "",
}


@pytest.mark.parametrize("text", GENUINE.values(), ids=GENUINE)
def test_genuine_text_raises_no_alarm(text: str) -> None:
    assert garble_of(text) is None


def test_the_real_documents_raise_no_alarm() -> None:
    folder = Path(__file__).parents[4] / "shared" / "documents"
    if not folder.is_dir():
        pytest.skip("needs ../shared/documents")
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text("utf-8")
        assert garble_of(text) is None, path.name
        for start in range(0, len(text), 700):
            assert garble_of(text[start : start + 700]) is None, (path.name, start)


def misread(written: str, read: str) -> str:
    """Text as it looks when bytes of one encoding are read as another."""
    return PROSE.encode(written).decode(read, errors="replace")


def latin(written: str) -> str:
    """Bytes read as cp1252 where it has a character and as Latin-1 where not, as browsers do."""
    return "".join(
        bytes([b]).decode("cp1252") if b not in b"\x81\x8d\x8f\x90\x9d" else chr(b) for b in PROSE.encode(written)
    )


MOJIBAKE = {
    "utf-8 as latin-1": misread("utf-8", "latin-1"),
    "utf-8 as cp1252": latin("utf-8"),
    "utf-8 as cp932": misread("utf-8", "cp932"),
    "cp932 as utf-8": misread("cp932", "utf-8"),
    "cp932 as cp1252": latin("cp932"),
    "cp932 as latin-1": misread("cp932", "latin-1"),
    "euc as latin-1": misread("euc_jp", "latin-1"),
    "euc as cp932": misread("euc_jp", "cp932"),
}


@pytest.mark.parametrize("text", MOJIBAKE.values(), ids=MOJIBAKE)
def test_mojibake_is_named_with_advice(text: str) -> None:
    garble = garble_of(text)
    assert garble is not None
    assert "文字化け" in garble.reason
    assert "UTF-8" in garble.advice


def test_half_width_soup_is_mojibake() -> None:
    garble = garble_of("､ｳ､ﾎﾊｸｽ､ﾏﾆｰ､ﾟ､ﾃ､ﾆ､､､ﾞ､ｻ､ﾐ､ｳ､ﾈ､ｬ､｢､ﾃ､ｿ" * 2)
    assert garble is not None
    assert "半角カタカナ" in garble.reason


def test_cid_soup_needs_another_pdf() -> None:
    garble = garble_of("(cid:12)(cid:845)(cid:3)の(cid:99)(cid:1024)")
    assert garble is not None
    assert "cid" in garble.reason
    assert "PDF" in garble.advice


def test_letters_from_the_private_use_area_are_not_text() -> None:
    garble = garble_of("".join(chr(0xE000 + i) for i in range(60)) + " 2026")
    assert garble is not None
    assert "外字" in garble.reason


def test_control_characters_are_not_text() -> None:
    assert garble_of("\x03\x12\x07\x19 \x05\x14a\x01\x02") is not None


def test_reversed_vertical_text_is_caught_whichever_way_its_lines_run() -> None:
    lines = PROSE.splitlines()
    each_line_reversed = "\n".join(line[::-1] for line in lines)
    for text in (PROSE[::-1], each_line_reversed, "\n".join(reversed(each_line_reversed.splitlines()))):
        garble = garble_of(text)
        assert garble is not None
        assert "逆" in garble.reason


def test_a_scanned_page_needs_character_recognition() -> None:
    for text, share in (("", 0.9), ("- 3 -", 0.95), ("", 0.1)):
        garble = garble_of_page(text, image_share=share, outlines=0)
        assert garble is not None
        assert "OCR" in garble.advice


def test_letters_drawn_as_outlines_are_no_text_layer() -> None:
    assert garble_of_page("", image_share=0, outlines=900) is not None


def test_a_blank_page_and_a_page_with_a_picture_are_fine() -> None:
    assert garble_of_page("", image_share=0, outlines=4) is None
    assert garble_of_page(PROSE, image_share=1.0, outlines=900) is None
    assert garble_of_page("ご清聴ありがとうございました。", image_share=1.0, outlines=0) is None
