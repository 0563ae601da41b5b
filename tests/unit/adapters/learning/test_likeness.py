"""Questions that ask for the same are put together, the same way each time."""

from __future__ import annotations

import random

import pytest

from adapters.learning.likeness import groups

ASKED = (
    "自転車の駐輪場に補助金はありますか",
    "駐輪場をつくる補助金ってある?",
    "エアコンの助成金はいくらですか",
    "エアコンを買い替える助成金はいくらもらえますか",
    "LEDの助成金はいくらですか",
    "LED照明の助成はいくら",
    "看板の電気代を下げるには",
    "看板の照明の電気代を減らす方法は?",
    "屋上緑化に補助はでますか",
    "EV充電器の補助金は?",
    "EV充電器を置きたい。補助は出る?",
)
TOGETHER = [[0, 1], [2, 3], [4, 5], [6, 7], [8], [9, 10]]


def test_the_same_matter_in_other_words_is_one_group_and_the_same_words_on_another_matter_are_not() -> None:
    assert groups(ASKED) == TOGETHER


@pytest.mark.parametrize(
    "pair",
    [
        ("エアコンの助成金はいくらですか", "LEDの助成金はいくらですか"),
        ("窓の断熱の補助金の申請方法", "太陽光の補助金の申請方法"),
        ("千代田区の省エネ診断の費用", "千代田区の蓄電池の費用"),
    ],
)
def test_two_questions_alone_are_told_apart_by_what_they_are_about(pair: tuple[str, str]) -> None:
    assert groups(pair) == [[0], [1]]


def test_any_order_gives_the_same_groups_every_time() -> None:
    chance = random.Random(7)
    for _ in range(20):
        order = list(range(len(ASKED)))
        chance.shuffle(order)
        asked = [ASKED[place] for place in order]
        assert groups(asked) == groups(asked)
        together = sorted(sorted(order[place] for place in group) for group in groups(asked))
        assert together == TOGETHER


def test_what_holds_no_word_is_in_no_one_elses_group() -> None:
    assert groups(["", "?", "エアコンの助成金", "。。。"]) == [[0], [1], [2], [3]]
    assert groups([]) == []
