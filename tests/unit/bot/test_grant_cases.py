"""Grants in a described case: the rule is quoted and cited, the verdict stays with the office."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answer import Act, Answer, Question
from bot.grounding import unsupported
from bot.lists.grant_cases import grant_case
from bot.lists.proofs import Proofs
from bot.reading import read
from tests.unit.bot.shipped import index


def case(text: str, ward: str | None = "chiyoda", today: str = "2026-11-24") -> Answer | None:
    reading = read(Question(text, date.fromisoformat(today), ward), index())
    return grant_case(reading, Proofs(index()), "http://localhost:8000")


@pytest.mark.parametrize(
    ("text", "ward", "rule", "office"),
    [
        ("先月もうLEDに替えちゃった。助成まだもらえる?", "chiyoda", "工事を始める前", "環境政策課"),
        ("すでに窓の工事をしたんだけど、助成金を申請できますか", "chiyoda", "工事を始める前", "環境政策課"),
        ("もうエアコン買っちゃったんだけど、あとから補助金は使える?", "minato", "すぐに", "港区"),
        ("借りてる部屋なんだけど、LEDの助成に申請していい?", "chiyoda", "テナント", "環境政策課"),
        ("補助金もらう前にもう契約しちゃった。今からでも使える?", None, "すぐに", "区役所"),
        ("今年度のLEDの助成率は?", "chiyoda", "令和6年度", "環境政策課"),
        ("令和8年度のコンサルの助成はいくら?", "chiyoda", "令和6年度", "03-5211-4255"),
    ],
)
def test_no_verdict_is_given(text: str, ward: str | None, rule: str, office: str) -> None:
    answer = case(text, ward)
    assert answer is not None
    assert answer.act is Act.ABSTAIN
    assert rule in answer.text
    assert office in answer.text
    assert "確認できません" in answer.text
    assert answer.citations
    assert unsupported(answer) == []
    assert answer.confidence < 0.45


@pytest.mark.parametrize(
    "text",
    [
        "LEDの工事を始めてから助成を申し込んでもいい?",
        "先に窓の工事を頼んでも大丈夫?助成は使いたい",
        "エアコンを先に注文していい?",
        "LED照明、契約したあとに申請しても間に合う?",
    ],
)
def test_before_an_order_the_rule_comes_first(text: str) -> None:
    answer = case(text)
    assert answer is not None
    assert answer.act is Act.ANSWER
    assert "先に窓口に聞いてください" in answer.text
    assert "工事を始める前" in answer.text
    assert any("前に行います" in citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    ("text", "ward"),
    [
        ("LEDの助成はいくら?", "chiyoda"),
        ("令和6年度のLEDの助成率は?", "chiyoda"),
        ("テナントでも使える助成は?", "chiyoda"),
        ("コンサルの助成、借りてる事務所でも使える?", "chiyoda"),
        ("もう電気の契約を替えた", "chiyoda"),
        ("今年のセミナーはいつ?", "chiyoda"),
        ("Did we start too early? We already bought LED lights.", "chiyoda"),
    ],
)
def test_other_questions_are_left_to_others(text: str, ward: str | None) -> None:
    assert case(text, ward) is None


def test_the_year_of_the_documents_is_no_other_year() -> None:
    # On a day of fiscal 2024, 令和6年度 is this year, and its figures are the answer.
    assert case("今年度のLEDの助成率は?", today="2024-11-24") is None
