"""The model's runs in the database: counted over processes, shown to operators, and no answer lost by them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from adapters.desk.schema import answers, runs
from adapters.learning.runs import StoredJournal, by_day, latest
from adapters.messages.inbox import Inbox
from adapters.messages.model import Incoming, Kind
from adapters.messages.schema import conversations
from adapters.messages.store import MessageStore
from adapters.settings import TOKYO
from bot.agent.journal import Entry, MemoryJournal, Outcome
from bot.agent.usage import Usage

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=TOKYO)


def entry(run: str, tokens: int, *, outcome: Outcome = Outcome.SENT, at: datetime = NOON) -> Entry:
    usage = Usage(2, tokens, 10, 0.5)
    return Entry(run, "openai:test", outcome, usage, 1500.0, rulings=(("number", 2),), at=at)


def test_the_days_tokens_of_all_processes_count(store: MessageStore) -> None:
    here, there = StoredJournal(store, MemoryJournal()), StoredJournal(store, MemoryJournal())
    here.record(entry("r1", 100))
    there.record(entry("r2", 200))
    there.record(entry("r3", 400, at=NOON - timedelta(days=1)))
    assert here.tokens_on(NOON.date()) == 320
    assert StoredJournal(store, MemoryJournal()).tokens_on((NOON - timedelta(days=1)).date()) == 410


def test_a_run_is_found_with_its_conversation(store: MessageStore) -> None:
    Inbox(store).take([Incoming("web", "v1", ("web:v1:1",), Kind.TEXT, "助成は?", "v1", "1")])
    StoredJournal(store, MemoryJournal()).record(entry("r1", 100))
    StoredJournal(store, MemoryJournal()).record(entry("r2", 50, outcome=Outcome.UNCITED, at=NOON - timedelta(hours=1)))
    with store.write() as connection:
        number = connection.execute(select(conversations.c.id)).scalar_one()
        connection.execute(
            answers.insert().values(
                conversation=number,
                channel="web",
                question="",
                act="answer",
                confidence=1.0,
                passages="[]",
                citations="[]",
                run="r1",
                vote="",
                at=NOON.timestamp(),
            )
        )
    assert [(row["run"], row["conversation"]) for row in latest(store)] == [("r1", number), ("r2", None)]
    sums = {row["outcome"]: (row["runs"], row["tokens_in"], row["cost"]) for row in by_day(store, 0.0)}
    assert sums == {"sent": (1, 100, 0.5), "uncited": (1, 50, 0.5)}


def test_a_database_that_is_gone_costs_no_answer(store: MessageStore) -> None:
    journal = StoredJournal(store, MemoryJournal())
    journal.record(entry("r1", 100))
    journal.record(entry("r1", 100))  # refused: there is one of that name
    with store.read() as connection:
        assert len(connection.execute(select(runs.c.run)).all()) == 1
