"""Words of the trade: one plain sentence, cited, or said to be a general explanation."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answer import Act, Answer, Question
from bot.grounding import unsupported
from bot.lists.glossary import define
from bot.lists.listing import listing
from bot.lists.proofs import Proofs
from bot.reading import read
from knowledge.catalogue.load import shipped
from knowledge.catalogue.models import Term
from tests.fakes import MemoryIndex
from tests.unit.bot.shipped import index


def explain(text: str, within: MemoryIndex | None = None) -> Answer | None:
    found = within or index()
    return define(read(Question(text, date(2026, 11, 24), "chiyoda"), found), Proofs(found), "http://localhost:8000")


@pytest.mark.parametrize("term", shipped().glossary, ids=lambda term: term.id)
def test_every_term_with_a_passage_is_explained_and_cited(term: Term) -> None:
    answer = explain(f"{term.name}って何ですか?")

    if not term.proof and not term.used:
        assert answer is None
        return
    assert answer is not None
    assert answer.act is Act.ANSWER
    assert answer.text.startswith(term.sentence)
    assert ("一般的な説明" in answer.text) is (term.proof is None)
    assert len(answer.citations) == 1
    assert unsupported(answer) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("SBTって何?", "SBTは、"),
        ("エス・ビー・ティーじゃなくてSBTとは", None),
        ("スコープ３って、どういう意味ですか", "Scope3は、"),
        ("スコープ1・2・3とは?", "Scopeは、"),
        ("競り下げって何のこと?", "リバースオークションは、"),
        ("グリーンリースって?", "グリーンリースは、"),
        ("ZEBとZEHの違いは?", "ZEBは、"),
        ("What is SBT?", "SBTは、"),
        ("SBT", "SBTは、"),
        ("CES認証ってなに？取ると何がいいの", None),
        ("SBTの費用は?", None),
        ("J-クレジットを売っている会社は?", None),
        ("脱炭素って何から始めればいい?", None),
        ("カレーって何?", None),
    ],
)
def test_only_the_question_what_a_word_means_is_answered(text: str, sentence: str | None) -> None:
    answer = explain(text)

    assert (answer is None) is (sentence is None)
    if answer and sentence:
        assert answer.text.startswith(sentence)


def test_two_words_are_told_apart() -> None:
    answer = explain("ZEBとZEHの違いは?")

    assert answer is not None
    assert "ビルです" in answer.text
    assert "住宅です" in answer.text
    assert [citation.n for citation in answer.citations] == [1, 2]


def test_a_choice_leads_to_companies() -> None:
    found = index()
    for term in shipped().glossary:
        answer = explain(f"{term.name}って何?")
        for choice in answer.choices if answer else ():
            reading = read(Question(choice, date(2026, 11, 24), "chiyoda"), found)
            assert listing(reading, Proofs(found), "http://localhost:8000") is not None, choice


@pytest.mark.parametrize("word", ["エコチューニング", "SBT", "J-クレジット", "千代田モデル"])
def test_without_the_passage_a_word_is_not_explained(word: str) -> None:
    assert explain(f"{word}って何?", MemoryIndex([], [])) is None
