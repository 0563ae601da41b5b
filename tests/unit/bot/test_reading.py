"""How a message is read: what is told before a question weighs less than the question."""

from __future__ import annotations

from datetime import date

from bot.answer import Question
from bot.policies import is_greeting
from bot.reading import Reading, read
from tests.unit.bot.shipped import index


def reading(text: str) -> Reading:
    return read(Question(text, date(2026, 11, 24), "chiyoda"), index())


def weight(found: Reading, word: str) -> float:
    return next(topic.weight for topic in found.query.topics if topic.word == word)


def test_what_is_told_before_a_question_weighs_less() -> None:
    asked = "区の収集に出せるごみの量と、業者に頼むときの決まりを教えてください?"
    found = reading(f"雑居ビルの2階で居酒屋をやっています。{asked}")
    assert weight(found, "居酒屋") < 0.5 < weight(found, "ごみ")


def test_a_short_question_keeps_what_is_told_before_it() -> None:
    assert weight(reading("窓が寒いです。会社は?"), "窓") == 1.0


def test_a_greeting_before_a_matter_is_no_greeting() -> None:
    assert is_greeting("お世話になっております。よろしくお願いします。")
    assert not is_greeting(
        "お世話になっております。倉庫の乾パンが来年3月で期限を迎えるので、引き取っていただける先を探しております。"
    )


def test_what_only_sounds_like_a_first_step_is_none() -> None:
    assert reading("何から始めればいい?").first_step
    assert reading("工事はムリ。どっから始めたらいいかな").first_step
    assert reading("社員8名の清掃会社です。はじめに何に着手するのがよいでしょうか").first_step
    assert reading("エコやってますと名乗りたい。手っ取り早いのはどれ").first_step
    assert not reading("ポイントは何したら上乗せになる案なの").first_step
    assert not reading("会議室とか入り口のところを展示会に使わせてくれる会社ある?").first_step


def test_a_word_that_asks_is_no_subject() -> None:
    found = reading("工場見学って何日だった?")
    assert weight(found, "何日") < 0.3 < weight(found, "見学")
