"""Where a person says they are: stations and neighbourhoods, those in several wards asked back."""

from __future__ import annotations

import pytest

from bot import places
from bot.answer import Act
from tests.unit.bot.town import ask, town


@pytest.mark.parametrize(
    ("text", "ward"),
    [
        ("虎ノ門のオフィスだけど", "minato"),
        ("亀有で小さな電器屋やってます", "katsushika"),
        ("神保町の古本屋です。電気代が高い", "chiyoda"),
        ("うち神田なんだけど", "chiyoda"),
        ("秋葉原の店です", None),
        ("上野硝子の電話番号は?", None),
        ("上野さんはいますか", None),
        ("日比谷花壇のメニューは?", None),
        ("青山学院大学の取組は?", None),
        ("浅草のイベントは?", None),
    ],
)
def test_a_place_of_ones_own_tells_the_ward(text: str, ward: str | None) -> None:
    assert places.own(text) == ward


@pytest.mark.parametrize(
    ("text", "wards"),
    [
        ("秋葉原の店なんだけど、LEDの助成ある?", ("千代田区です", "台東区です")),
        ("飯田橋の事務所です。補助金の窓口は?", ("千代田区です", "新宿区です", "文京区です")),
        ("品川駅の近くで飲食やってる。照明の助成いくら?", ("港区です", "品川区です")),
    ],
)
def test_a_place_in_several_wards_is_asked_back(text: str, wards: tuple[str, ...]) -> None:
    answer = ask(town(), text, ward=None)
    assert answer.act is Act.CLARIFY
    assert answer.choices[: len(wards)] == wards


def test_who_has_told_the_ward_is_not_asked() -> None:
    assert ask(town(), "秋葉原の店なんだけど、LEDの助成ある?", ward="chiyoda").act is not Act.CLARIFY
