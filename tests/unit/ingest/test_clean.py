"""The cleaning rules one by one, each with a small example of the damage it repairs and of what it must leave."""

from __future__ import annotations

import pytest

from ingest.clean import (
    begins_with_mark,
    bullet_of,
    drop_controls,
    is_blank,
    mend_spaces,
    part_at_tags,
    runs_on,
    sentences,
    without_bullet,
)
from knowledge.fold import squeeze


@pytest.mark.parametrize(
    ("torn", "mended"),
    [
        ("二酸化炭素を排出し ない工夫", "二酸化炭素を排出しない工夫"),
        ("ゼロカ ーボンシティ", "ゼロカーボンシティ"),
        ("エネルギ ーの使用量", "エネルギーの使用量"),
        ("区 の 補助 金 を 申請 し ます", "区の補助金を申請します"),
        ("令和 ８ ０ 年", "令和８０年"),
        ("お問い合わせ は 、環境課 まで 。", "お問い合わせは、環境課まで。"),
        ("「 省エネ 」とは", "「省エネ」とは"),
        ("行全体　が　広い　空白で　割れ て いる", "行全体が広い空白で割れている"),
    ],
)
def test_spaces_inside_words_go(torn: str, mended: str) -> None:
    assert mend_spaces(torn) == mended
    assert squeeze(torn) == squeeze(mended)


@pytest.mark.parametrize(
    "line",
    [
        "株式会社リーテム 株式会社まち未来製作所",
        "株式会社 日比谷花壇 株式会社ステッチ",
        "東京海上日動火災保険株式会社 三菱電機株式会社",
        "省エネ診断 設備更新 再エネ電力",
        "千代田区 環境まちづくり部 環境政策課",
        "執行役員 藤井 太郎",
        "照明 LED 更新 50 万円",
        "Chiyoda Eco System",
        "10:00 開会 10:05 挨拶",
        "電話 03-0000-0000 内線 12",
    ],
)
def test_spaces_between_names_and_items_stay(line: str) -> None:
    assert mend_spaces(line) == line


def test_wide_and_repeated_spaces_become_one() -> None:
    assert mend_spaces("　照明　　LED\u00a0更新\u2003空調 ") == "照明 LED 更新 空調"


@pytest.mark.parametrize("line", ["か ゙", "ﾊ ﾟ", "あ  ﾞい し ない"])
def test_a_space_before_a_sound_mark_stays_since_nfkc_would_join_the_two(line: str) -> None:
    assert squeeze(mend_spaces(line)) == squeeze(line)
    assert begins_with_mark("ﾞい")


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ('<ul style="padding:0"> ・省エネ診断 ・設備更新</ul>', [("・省エネ診断", True), ("・設備更新", True)]),
        ("<ul><li>申請書</li><li>見積書</li></ul>添付", [("申請書", True), ("見積書", True), ("添付", False)]),
        ("省エネ<b>補助</b>金<br>50万円", [("省エネ補助金 50万円", False)]),
        ("株式会社A ・株式会社B<br/>", [("株式会社A ・株式会社B", False)]),
        ("<LI>R&amp;D</LI>", [("R&amp;D", True)]),
        ("A<B かつ B>C、5 < 6", [("A<B かつ B>C、5 < 6", False)]),
        ("<URL> と <a href='https://x.example/?a=b' target=_blank>リンク</a>", [("<URL> と リンク", False)]),
    ],
)
def test_left_over_html_becomes_list_items(line: str, pieces: list[tuple[str, bool]]) -> None:
    assert part_at_tags(line) == pieces


@pytest.mark.parametrize(
    ("line", "bullet"),
    [
        ("・申請書", "・"),
        ("● 申請書", "● "),
        ("✓✔ 申請書", "✓✔ "),
        ("\ue000申請書", "\ue000"),
        ("- 申請書", "- "),
        ("＊申請書", ""),
        ("①申請書", "①"),
        ("(1) 申請書", "(1) "),
        ("（ア）申請書", "（ア）"),
        ("1. 申請書", "1. "),
        ("２）申請書", "２）"),
        ("1.5度目標", ""),
        ("2026 年度", ""),
        ("-5%の削減", ""),
        ("申請書・見積書", ""),
    ],
)
def test_bullets_and_enumerations_are_known(line: str, bullet: str) -> None:
    assert bullet_of(line) == bullet
    assert bullet + without_bullet(line) == line


def test_control_characters_go_and_unseen_lines_are_blank() -> None:
    assert drop_controls("省\x00エ\x1bネ\t診断\n") == "省エネ\t診断\n"
    assert is_blank(" \u200b　\ufeff")
    assert not is_blank("\u200b。")


WRAPPED = {"gap": False, "width": 30, "prose": True}


@pytest.mark.parametrize(
    ("line", "following"),
    [
        ("葛飾区は区内の中小企業の皆さまに再生可能エネルギーへの切り", "替えを勧めています。"),
        ("申請の受付は、", "四月一日からです。"),
        ("助成の対象は", "次のとおりです。"),
        ("省エネ診断を受け", "られます。"),
        ("（注：この制度は", "予算の範囲内）"),
    ],
)
def test_a_line_broken_in_mid_sentence_goes_on(line: str, following: str) -> None:
    assert runs_on(line, following, **WRAPPED)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "following"),
    [
        ("費用の一部を補助します。", "申請は環境課で受け付けます。"),
        ("葛飾区は区内の中小企業の皆さまに再生可能エネルギーへの切り", "・申請書"),
        ("葛飾区は区内の中小企業の皆さまに再生可能エネルギーへの切り", "【問い合わせ】"),
        ("10:00 開会", "10:05 挨拶"),
        ("株式会社リーテム", "株式会社ステッチ"),
        ("窓口:", "環境課"),
        ("", "環境課"),
    ],
)
def test_a_line_that_was_ended_by_its_author_does_not(line: str, following: str) -> None:
    assert not runs_on(line, following, **WRAPPED)  # type: ignore[arg-type]


def test_over_a_blank_line_only_what_is_clearly_cut_goes_on() -> None:
    assert runs_on("申請の受付は、", "四月一日からです。", gap=True, width=0, prose=False)
    assert not runs_on("省エネ診断を受け", "られます。", gap=True, width=0, prose=False)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("一つ目。二つ目です。", ["一つ目。", "二つ目です。"]),
        ("区は「申請します。」と述べた。次へ。", ["区は「申請します。」と述べた。", "次へ。"]),
        ("本当ですか？！はい。", ["本当ですか？！", "はい。"]),
        ("（注。途中。）続き", ["（注。途中。）続き"]),
        ("閉じない「かっこ。続き。", ["閉じない「かっこ。続き。"]),
        ("句点がない", ["句点がない"]),
    ],
)
def test_paragraphs_are_cut_at_sentence_ends_outside_brackets(text: str, cut: list[str]) -> None:
    assert sentences(text) == cut
    assert "".join(sentences(text)) == text
