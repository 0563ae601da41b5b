from __future__ import annotations

from datetime import date

import pytest

from bot.answer import Answer, Question
from bot.grounding import unsupported
from bot.lists.proofs import Proofs
from bot.lists.tenancy import for_a_tenant
from bot.reading import read
from tests.unit.bot.shipped import index


def told(text: str, ward: str | None = "chiyoda") -> Answer | None:
    return for_a_tenant(read(Question(text, date(2026, 11, 24), ward), index()), Proofs(index()), "http://localhost")


@pytest.mark.parametrize(
    "text", ["賃貸の事務所だけど都の省エネ診断うけられるの?", "テナントでも省エネ診断を受けられますか"]
)
@pytest.mark.parametrize("ward", ["chiyoda", "minato", None])
def test_a_programme_is_said_to_be_for_tenants_with_its_page(text: str, ward: str | None) -> None:
    answer = told(text, ward)
    assert answer is not None
    assert "借りている事業所（テナント）も入ります" in answer.text
    assert "決めるのは窓口です" in answer.text
    assert answer.citations[0].source == "tokyo/cool-net-diagnosis.md"
    assert unsupported(answer) == []


@pytest.mark.parametrize(
    "text",
    ["省エネ診断を受けられますか", "テナントでも使える助成は?", "借りてる事務所の窓を替えられますか", "テナントです"],
)
def test_other_questions_are_left_to_others(text: str) -> None:
    assert told(text) is None
