"""Learning from people, on both databases: gaps, advisors' answers that become knowledge, figures."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from adapters.console import passwords
from adapters.desk.cases import open_case
from adapters.desk.schema import answers
from adapters.learning.gaps import Why, gaps
from adapters.messages.schema import conversations
from adapters.messages.store import MessageStore, now

pytestmark = pytest.mark.anyio

ADMIN = "the administrator's own"
PASSWORD = "correct horse battery"
PAGE = "# 省エネ診断のご案内\n\n## 費用\n\nみどり省エネ診断の費用は1件あたり3,300円です。\n"
TODAY = date(2026, 11, 25)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash as quickly as can be: how strong it is is not what is tested here."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def conversation(store: MessageStore, key: str, channel: str = "web", ward: str | None = None) -> int:
    """Make a conversation, or find it."""
    c = conversations.c
    with store.write() as connection:
        found = connection.execute(select(c.id).where(c.channel == channel, c.key == key)).scalar()
        if found is not None:
            return int(found)
        made = connection.execute(
            conversations.insert()
            .values(
                channel=channel,
                key=key,
                person=key,
                state="with_bot",
                epoch=0,
                ward=ward,
                lease_token=None,
                lease_until=0.0,
                due_at=0.0,
                since=now(),
                busy=False,
                created_at=now(),
            )
            .returning(c.id)
        )
        return int(made.scalar_one())


def answered(
    store: MessageStore,
    key: str,
    question: str,
    act: str = "abstain",
    *,
    channel: str = "web",
    ward: str | None = None,
    vote: str = "",
    at: float | None = None,
    passages: Sequence[tuple[str, str]] = (("省エネ.md", "費用"),),
    citations: Sequence[tuple[str, str]] = (),
) -> int:
    """Write down what somebody asked and how it was answered."""
    number = conversation(store, key, channel, ward)
    with store.write() as connection:
        made = connection.execute(
            answers.insert()
            .values(
                conversation=number,
                channel=channel,
                ward=ward,
                question=question,
                act=act,
                confidence=0.1,
                passages=json.dumps([list(one) for one in passages], ensure_ascii=False),
                citations=json.dumps([list(one) for one in citations], ensure_ascii=False),
                outbox=None,
                vote=vote,
                at=now() if at is None else at,
            )
            .returning(answers.c.id)
        )
        return int(made.scalar_one())


# --- gaps


def test_what_most_people_asked_without_an_answer_comes_first(store: MessageStore) -> None:
    for visitor in ("a", "b", "c"):
        answered(store, visitor, "駐輪場の補助金はありますか", ward="chiyoda")
    answered(store, "d", "駐輪場に補助金はある?", channel="line", ward="minato")
    # One person who asks five times is one person.
    for _ in range(5):
        answered(store, "e", "屋上緑化の助成はいくらですか")
    answered(store, "f", "LEDの助成は?", "answer")

    with store.read() as connection:
        found = gaps(connection, 0, now() + 1)

    assert [(gap.examples[0], gap.conversations, gap.questions) for gap in found.found] == [
        ("駐輪場の補助金はありますか", 4, 4),
        ("屋上緑化の助成はいくらですか", 1, 5),
    ]
    first = found.found[0]
    assert first.examples == ("駐輪場の補助金はありますか", "駐輪場に補助金はある?")
    assert dict(first.channels) == {"web": 3, "line": 1}
    assert dict(first.wards) == {"chiyoda": 3, "minato": 1}
    assert first.sources == (("省エネ.md", "費用", 4),)
    assert not found.cut


def test_a_question_is_open_when_nothing_good_came_of_it(store: MessageStore) -> None:
    answered(store, "a", "資料に答えがない質問です")
    answered(store, "b", "役に立たなかった回答の質問です", "answer", vote="down")
    answered(store, "c", "聞き返したままの質問です", "clarify")
    answered(store, "d", "聞き返してから答えた質問です", "clarify")
    answered(store, "d", "千代田区です", "answer")
    answered(store, "e", "本当に消しますかと聞かれた質問です", "clarify", passages=())
    answered(store, "f", "", "abstain")
    answered(store, "g", "役に立った回答の質問です", "answer", vote="up")
    for reason, question in (("unanswered", "続けて答えられず人を呼んだ質問"), ("asked", "人と話したいと言った質問")):
        number = conversation(store, reason)
        with store.write() as connection:
            open_case(connection, number, reason=reason, question=question)

    with store.read() as connection:
        found = gaps(connection, 0, now() + 1)

    whys = {one: next(iter(gap.whys)) for gap in found.found for one in gap.examples}
    assert whys == {
        "資料に答えがない質問です": Why.ABSTAINED,
        "役に立たなかった回答の質問です": Why.VOTED_DOWN,
        "聞き返したままの質問です": Why.CLARIFIED,
        "続けて答えられず人を呼んだ質問": Why.HANDED_OFF,
    }


def test_only_the_chosen_time_counts_and_the_newest_where_there_are_too_many(store: MessageStore) -> None:
    for n, about in enumerate(("看板", "屋上緑化", "駐輪場", "雨水タンク", "蓄電池", "打ち水")):
        answered(store, f"v{n}", about, at=1000.0 + n)
    with store.read() as connection:
        assert gaps(connection, 1002, 1004).questions == 2
        cut = gaps(connection, 0, 2000, most=3)
    assert cut.cut
    assert cut.questions == 3
    assert {gap.latest for gap in cut.found} == {1003.0, 1004.0, 1005.0}


def test_examples_tell_nobody_s_number_or_address(store: MessageStore) -> None:
    answered(store, "a", "090-1234-5678 に電話ください。看板の電気代を下げたい。taro@example.jp 千代田区神田町1-2-3")
    with store.read() as connection:
        (gap,) = gaps(connection, 0, now() + 1).found
    assert "看板の電気代を下げたい" in gap.examples[0]
    assert not re.search(r"1234|taro|1-2-3", gap.examples[0])
