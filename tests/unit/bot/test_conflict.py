"""Amounts that two documents give differently: both are told, with their sources and whom to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from bot.answer import Act, Answer, Question
from bot.assistant import Assistant
from bot.grounding import unsupported
from ingest.single import cut, open_document
from knowledge.memory import MemoryIndex

TODAY = date(2026, 11, 26)
RULE = "# {title}\n\n## 商店街LED照明助成\n\n千代田区の商店街LED照明助成は、対象経費の2分の1を助成し、上限は{limit}円です。\n"
CONTACT = "# 窓口\n\n助成の相談は、まちみらい窓口(電話 03-1234-5678)にお問い合わせください。\n"
ASKED = "商店街LED照明助成の上限はいくらですか"


class Fixed:
    """Knowledge of a few documents."""

    def __init__(self, files: Mapping[str, str]) -> None:
        documents = [open_document(name, text.encode(), name) for name, text in files.items()]
        # Where the text does not say whom it is for, it is for Chiyoda.
        documents = [
            replace(found, source=replace(found.source, wards=found.source.wards or ("chiyoda",)))
            for found in documents
        ]
        self._index = MemoryIndex([one.source for one in documents], [c for one in documents for c in cut(one)])

    def current(self) -> MemoryIndex:
        return self._index


def answered(question: str = ASKED, **files: str) -> Answer:
    knowledge = Fixed({f"{name}.md": text for name, text in files.items()})
    return Assistant(knowledge, public_url="http://ippo.test").answer(Question(question, TODAY, "chiyoda"))


def test_both_amounts_are_told_with_their_sources_and_the_office() -> None:
    answer = answered(
        a=RULE.format(title="ちらし", limit="50万"), b=RULE.format(title="手引き", limit="80万"), c=CONTACT
    )

    assert answer.act is Act.ANSWER
    assert "資料によって違います" in answer.text
    assert "50万円" in answer.text
    assert "80万円" in answer.text
    assert {citation.source for citation in answer.citations} == {"a.md", "b.md", "c.md"}
    assert "03-1234-5678" in answer.text
    assert unsupported(answer) == []


@pytest.mark.parametrize(
    "other",
    [
        RULE.format(title="手引き", limit="50万"),
        RULE.format(title="手引き", limit="50 万"),
        RULE.format(title="手引き 令和7年度", limit="80万").replace("LED照明", "蓄電池"),
        "---\nvalid_until: 2026-03-31\n---\n" + RULE.format(title="古い手引き", limit="80万"),
        "---\nwards: [minato]\n---\n" + RULE.format(title="港区の手引き", limit="80万"),
        RULE.format(title="手引き", limit="80万").replace("円です", "円ではありません"),
    ],
)
def test_what_does_not_contradict_changes_nothing(other: str) -> None:
    answer = answered(a=RULE.format(title="ちらし", limit="50万"), b=other)

    assert "違います" not in answer.text


def test_another_question_about_it_is_answered_as_ever() -> None:
    answer = answered(
        "商店街LED照明助成とは何ですか",
        a=RULE.format(title="ちらし", limit="50万"),
        b=RULE.format(title="手引き", limit="80万"),
    )

    assert "違います" not in answer.text


def test_several_ceilings_of_one_document_are_not_compared() -> None:
    several = RULE.format(title="手引き", limit="80万") + "\n商店街LED照明助成は、街路灯では上限120万円です。\n"

    answer = answered(a=RULE.format(title="ちらし", limit="50万"), b=several)

    assert "違います" not in answer.text
