"""Who asks to be erased, or to see what is stored, and who only asks about such things."""

from __future__ import annotations

import pytest

from bot import erasing
from bot.erasing import asks_to_erase, asks_to_export

ERASE = [
    "データ削除",
    "データの削除",
    "私のデータを消して",
    "私のデータをすべて消してください",
    "わたしの情報を全部削除してください。",
    "履歴を削除してください",
    "会話履歴を消してほしい",
    "トーク履歴を消して",
    "チャットの履歴を削除して",
    "個人情報を消して",
    "個人情報の削除をお願いします",
    "個人情報を削除したいです",
    "データを削除したいのですが",
    "データの消去を希望します",
    "保存されている私のデータを削除してもらえますか?",
    "保存しているデータを消して",
    "これまでの会話を全部消してください",
    "すみません、私のデータを削除してください。よろしくお願いします",
    "登録情報を削除して",
    "私のことを忘れて",
    "私のことは忘れてください",
    "デ-タ削除".replace("-", "ー"),
    "データを全部消して!",
    "アカウントを削除したい",
    "相談の記録を消去してください",
    "delete my data",
    "Please delete all my data.",
    "forget my conversation",
]
EXPORT = [
    "データ開示",
    "データの開示をお願いします",
    "個人情報の開示請求",
    "私のデータを見せて",
    "私のデータを見せてください。",
    "保存しているデータをください",
    "保存されている情報を教えてください",
    "私について保存しているデータを全部見せて",
    "自分の会話履歴をダウンロードしたい",
    "私の情報を開示してください",
    "Show me my data",
    "please send me all my data",
]
NEITHER = [
    "データを削除したファイルの復元方法は?",
    "データ削除ソフトに補助金は出ますか",
    "パソコンのデータ消去サービスを頼みたい",
    "電気使用量のデータを見せて",
    "補助金のデータをください",
    "CO2削減のデータを教えて",
    "削減のデータを教えてください",
    "個人情報保護法について教えて",
    "個人情報を書いても大丈夫ですか",
    "廃棄物を削除するには",
    "古い照明を処分したい",
    "顧客データを削除する義務はありますか",
    "履歴書の書き方は?",
    "データの削除はどうなりますか",
    "データセンターの省エネを教えて",
    "エネルギーのデータを記録してください",
    "消して",
    "最初から",
    "私の店の情報を送ればいいですか",
    "融資の申請履歴を見せてと言われました",
    "補助金の情報をください",
    "無駄な電力を削除したい",
    "データを消してしまいました。どうすればいいですか",
    "",
]


@pytest.mark.parametrize("text", ERASE)
def test_a_request_to_erase(text: str) -> None:
    assert asks_to_erase(text)
    assert not asks_to_export(text)


@pytest.mark.parametrize("text", EXPORT)
def test_a_request_to_see(text: str) -> None:
    assert asks_to_export(text)
    assert not asks_to_erase(text)


@pytest.mark.parametrize("text", NEITHER)
def test_a_question_about_data_is_no_request(text: str) -> None:
    assert not asks_to_erase(text)
    assert not asks_to_export(text)


@pytest.mark.parametrize("text", [erasing.YES_ERASE, erasing.NO_ERASE])
def test_a_tap_does_not_ask_again(text: str) -> None:
    """What is tapped after the question is an answer to it, and nothing by itself."""
    assert not asks_to_erase(text)


def test_a_long_message_tells_of_something_else() -> None:
    assert not asks_to_erase("私のデータを消して" + "ください" * 20)


def test_it_is_said_what_goes_and_that_it_does_not_come_back() -> None:
    assert "元には戻せません" in erasing.confirm()
    assert "削除しました" in erasing.erased()
    assert "削除していません" in erasing.kept()
    assert all(len(choice) <= 20 for choice in erasing.CHOICES)  # LINE's limit for a quick reply
