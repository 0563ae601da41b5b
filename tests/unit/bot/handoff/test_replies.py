"""Short replies: yes, no, never mind, and how it went."""

from __future__ import annotations

import pytest

from bot.handoff.replies import is_cancel, is_no, is_yes, rating_of
from bot.handoff.words import CALL, CANCEL, LEAVE_CONTACT, NO, RATINGS, YES
from bot.policies import wants_person

CONSENTS = [
    YES, "はい", "はい。", "はーい", "うん", "ええ", "お願いします", "はい、お願いします!", "おねがいします", "いいですよ", "いいよ", "構いません", "OK", "ＯＫです",
    "オッケー", "どうぞ", "ぜひ", "もちろん", "伝えてください", "はい、伝えてください", "それでいいですよ", "yes please", "同意します", "残しておいてください",
]  # fmt: skip
REFUSALS = [
    NO, "いいえ。", "いや", "いえ、結構です", "結構です", "けっこうです", "いりません", "いいえ、いりません", "不要です", "やめておきます", "やめてください", "だめです", "遠慮します",
    "伝えないでください", "残したくないです", "困ります", "no", "No thank you", "まだいらない", "嫌です",
]  # fmt: skip
CANCELS = [
    CANCEL, "やっぱりいいです", "やっぱいいや", "もういいです", "もういい", "もう大丈夫です", "キャンセル", "キャンセルで", "キャンセルしてください", "キャンセルお願いします", "取り消して", "取消",
    "相談を取り消したいです", "取り消してください。", "すみません、やっぱりやめます", "やっぱりやめておきます", "今回は結構です", "相談員は呼ばなくていいです", "中止して", "cancel", "never mind", "やっぱりキャンセルで",
]  # fmt: skip
NEITHER = [
    "はい、でも電話は困ります", "はい?", "大丈夫です", "いいです", "補助金はいくら?", "やっぱりいい補助金は?", "もういい時間ですか?", "いいえ、事務所です。LEDの補助は?",
    "契約をキャンセルしたら違約金はかかる?", "申請を取り消したらどうなる?", "090-1234-5678", "お願いしたいのは窓の工事です", "やめたほうがいい設備は?", "noteに書いてある補助金", "はいってる保険の話",
    "解決しましたか?", "キャンセルできますか?補助金の申請", "",
]  # fmt: skip


@pytest.mark.parametrize("text", CONSENTS)
def test_yes(text: str) -> None:
    assert is_yes(text)
    assert not is_no(text)
    assert not is_cancel(text)


@pytest.mark.parametrize("text", REFUSALS)
def test_no(text: str) -> None:
    assert is_no(text)
    assert not is_yes(text)


@pytest.mark.parametrize("text", CANCELS)
def test_never_mind(text: str) -> None:
    assert is_cancel(text)
    assert not is_yes(text)


@pytest.mark.parametrize("text", NEITHER)
def test_what_says_more_or_asks_is_none_of_them(text: str) -> None:
    assert not is_yes(text)
    assert not is_no(text)
    assert not is_cancel(text)
    assert rating_of(text) is None


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        *zip(RATINGS, (3, 2, 1), strict=True),
        ("解決した!", 3),
        ("おかげさまで解決しました。ありがとうございました", 3),
        ("助かりました", 3),
        ("ありがとう、助かりました", 3),
        ("ばっちりです", 3),
        ("役に立ちました", 3),
        ("少し役に立った", 2),
        ("まあまあです", 2),
        ("少しだけ", 2),
        ("ちょっとだけ助かりました", 2),
        ("だいたい解決しました", 2),
        ("ふつう", 2),
        ("解決してない", 1),
        ("解決していません", 1),
        ("全然役に立たなかった", 1),
        ("役に立ちませんでした", 1),
        ("いまいちでした", 1),
        ("ダメでした", 1),
        ("不満です", 1),
        ("3", None),
        ("5", None),
        ("解決したいことがまだあります", None),
        ("よかったらLEDの補助も教えて", None),
        ("少し聞きたいことがある", None),
        ("普通のエアコンの補助は?", None),
    ],
)
def test_how_it_went(text: str, rating: int | None) -> None:
    assert rating_of(text) == rating


def test_a_tap_on_the_call_asks_for_a_person_and_other_taps_do_not() -> None:
    assert wants_person(CALL)
    assert wants_person(f"{CALL}。")
    assert not wants_person("相談員に聞くといくらかかりますか?")
    for tap in (CANCEL, LEAVE_CONTACT, YES, NO, *RATINGS):
        assert not wants_person(tap)


def test_taps_fit_a_quick_reply() -> None:
    assert all(len(tap) <= 20 for tap in (CALL, CANCEL, LEAVE_CONTACT, YES, NO, *RATINGS))
