"""Conversations as people hold them: short follow-ups keep the subject, a ward once told is kept."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.answer import Question, Turn
from bot.assistant import Assistant
from tests.fakes import MemoryIndex
from tests.unit.bot.shipped import index


class Shelf:
    def current(self) -> MemoryIndex:
        return index()


ASSISTANT = Assistant(Shelf(), public_url="http://localhost:8000")

TALKS = {
    "grants": (
        "chiyoda",
        ("補助金ありますか", r"^answer.*省エネルギー改修等助成制度"),
        ("LEDだといくら？", r"^answer.*対象経費の50％(?!.*20％)"),
        ("じゃあ窓は？", r"^answer.*20％(?!.*LED照明と人感)"),
        ("締切は？", r"^abstain.*環境政策課"),
    ),
    "a ward asked for": (
        None,
        ("補助金ありますか", r"^clarify.*どちらの区"),
        ("千代田区です", r"^answer.*千代田区の事業者向け"),
    ),
    "a place in two wards": (
        None,
        ("秋葉原の店なんだけど、LEDにする助成ってある？", r"^clarify.*千代田区と台東区"),
        ("台東区です", r"^answer.*我が社の環境経営推進助成制度(?!.*省エネルギー改修等)"),
    ),
    "a ward of which nothing is known": (None, ("新宿区の助成は?", r"^abstain.*新宿区.*確認できません.*新宿区役所")),
    "whom to ask, after something else": (
        "chiyoda",
        ("CO2を測りたい", r"^answer"),
        ("相談窓口は?", r"^answer.*03-5211-5085"),
    ),
}


@pytest.mark.parametrize("name", TALKS)
def test_a_talk_goes_as_it_should(name: str) -> None:
    ward, *steps = TALKS[name]
    turns: list[Turn] = []
    for said, expected in steps:
        answer = ASSISTANT.answer(Question(said, date(2026, 11, 24), ward, tuple(turns)))
        told = f"{answer.act.value} {answer.text}".replace("\n", " ")
        assert re.search(expected, told), f"{said} → {told}"
        turns += [Turn("user", said), Turn("assistant", answer.text)]
