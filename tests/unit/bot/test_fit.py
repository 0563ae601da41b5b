"""A list of the catalogue's gives way where a passage speaks of what the list leaves out."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answer import Question
from bot.lists.fit import fits, left_over
from bot.lists.listing import listing
from bot.lists.proofs import Proofs
from bot.reading import read
from bot.text.material import gather
from knowledge.retrieval import Retriever
from tests.unit.bot.shipped import index

RETRIEVER = Retriever(index())


def fit(text: str, ward: str = "chiyoda") -> tuple[bool, dict[str, float]]:
    reading = read(Question(text, date(2026, 11, 24), ward), index())
    answer = listing(reading, Proofs(index()), "http://localhost:8000")
    assert answer is not None, text
    material = gather(reading, RETRIEVER)
    return fits(reading, answer, material), left_over(reading, answer, material)


@pytest.mark.parametrize(
    "text",
    [
        "LEDの補助金ある?",
        "千代田区の補助金を全部教えて",
        "テナントでも使える助成は?",
        "窓の断熱をしてくれる会社は?",
        "次のイベントは?",
        "うちの婆ちゃんがやってる店をLEDにしたいけど補助金ある?",
    ],
)
def test_a_list_that_speaks_of_it_fits(text: str) -> None:
    assert fit(text)[0]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("LEDの助成の窓口に行くのに予約がいる?", "予約"),
        ("照明の助成、省エネ診断の報告書は要る?", "報告書"),
        ("受験料の助成、同じレベルで3回目の人は?", "レベル"),
        ("LEDの助成、マンションの共用部だと?", "共用"),
    ],
)
def test_a_list_that_leaves_out_what_is_asked_gives_way(text: str, left: str) -> None:
    fitting, words = fit(text)
    assert not fitting
    assert left in words


def test_the_share_is_of_words_that_the_documents_know() -> None:
    _, left = fit("LEDの補助金ある? ほにゃらら")
    assert left == {}
