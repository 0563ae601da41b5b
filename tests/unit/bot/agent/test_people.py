"""Which words of a message are names of persons and of their companies."""

from __future__ import annotations

import pytest

from bot.agent.masking import Masks
from bot.agent.people import Who, names_in

HELD = {"山口", "周", "田中", "青空サッシ", "青空サッシ株式会社"}


def found(text: str) -> list[tuple[str, str]]:
    return [(name.who.value, text[name.start : name.end]) for name in names_in(text, HELD.__contains__)]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("神田で喫茶店をやっている佐藤花子と申します", "佐藤花子"),
        ("佐藤 花子です。LEDの助成は?", "佐藤 花子"),
        ("高橋です、よろしく", "高橋"),
        ("名前は渡辺といいます", "渡辺"),
        ("店長の鈴木から聞きました", "鈴木"),
        ("担当の山田さんに電話した", "山田"),
        ("小林さんの紹介です", "小林"),
        ("纐纈と申します", "纐纈"),
        ("田中と申します。助成は?", "田中"),
    ],
)
def test_a_persons_name(text: str, person: str) -> None:
    assert found(text) == [(Who.PERSON, person)]


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("株式会社みどり商会です", "株式会社みどり商会"),
        ("うちはみどり商会株式会社です", "みどり商会株式会社"),
        ("有限会社タナカ電機の者です", "有限会社タナカ電機"),
        ("(株)さくら工務店と言います", "(株)さくら工務店"),
        ("店名は「喫茶かもめ」です", "喫茶かもめ"),
    ],
)
def test_a_companys_name(text: str, company: str) -> None:
    assert found(text) == [(Who.COMPANY, company)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("マイナンバーは1234 5678 9012です", "1234 5678 9012"),
        ("口座番号 普通 1234567に振り込んで", "1234567"),
        ("カードは1234-5678-9012-3456", "1234-5678-9012-3456"),
    ],
)
def test_a_number_that_is_as_good_as_a_name(text: str, number: str) -> None:
    assert found(text) == [(Who.NUMBER, number)]


@pytest.mark.parametrize(
    "text",
    [
        "助成は1,234,567円です",
        "普通の店で年間123456kWh使います",
        "山口周さんの講演はいつ?",
        "田中さんの話はどこで聞ける?",
        "青空サッシ株式会社に頼みたい",
        "株式会社青空サッシさんに頼める?",
        "千代田区の補助金は?",
        "森の保全に協力したい",
        "石川県の会社に頼める?",
        "会社名は何ですか",
        "株式会社でも使えますか",
        "LEDに替えたいです",
        "神田で蕎麦屋です",
        "秋葉原です",
        "うちは賃貸です",
        "担当の課はどこ?",
        "東さくら通り商店街です",
        "What is the grant for LED lamps?",
        "",
    ],
)
def test_no_name_or_one_that_the_documents_have(text: str) -> None:
    assert found(text) == []


def test_names_come_home_as_they_were() -> None:
    masks = Masks(known=HELD.__contains__)
    hidden = masks.hide("株式会社みどり商会の佐藤です。090-1234-5678、佐藤あてに")
    assert hidden == "[会社名1]の[名前1]です。[電話番号1]、佐藤あてに"
    assert masks.hide("佐藤さんへ") == "[名前1]さんへ"
    checked = masks.for_the_guard("[名前1]さん、[会社名1]の件ですね。上限は50万円です。[S1]")
    assert "佐藤" not in checked
    assert masks.show(checked) == "佐藤さん、株式会社みどり商会の件ですね。上限は50万円です。[S1]"
