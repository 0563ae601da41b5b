"""Durable messages: stored once, answered once and in order, sent once, also when a worker dies; on both databases."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import select, update

from adapters.messages.answering import A_MINUTE, TRIES
from adapters.messages.conversation import AGAIN, APOLOGY, TOO_MANY, Talker
from adapters.messages.inbox import Inbox
from adapters.messages.lanes import Lanes
from adapters.messages.model import Address, Delivery, Incoming, Kind, Outcome, Outgoing
from adapters.messages.schema import conversations, inbox, outbox, tables, turns
from adapters.messages.service import Messaging
from adapters.messages.store import MessageStore
from adapters.messages.worker import Worker
from adapters.metrics import exposition
from bot.answer import Act, Answer, Question
from tests.waiting import drain


class Echo:
    """Answers with the question; "爆" kills the answer."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        if "爆" in question.text:
            raise ValueError(question.text)
        return Answer(Act.ANSWER, f"「{question.text}」ですね。", (), (), ("次は?",), 0.9)


class Post:
    """A channel that keeps what it is given."""

    name = "test"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.script: list[Outcome] = []
        self.seen: list[Outgoing] = []

    def deliver(self, message: Outgoing) -> Delivery:
        self.seen.append(message)
        outcome = self.script.pop(0) if self.script else Outcome.SENT
        if outcome is Outcome.SENT:
            self.sent.append((message.conversation, message.reply.text))
        return Delivery(outcome, sent_as=f"m{message.id}", after=0.0)

    def working(self, address: Address) -> None:
        """Nothing to show."""


def event(text: str, number: int, *, who: str = "U1", kind: Kind = Kind.TEXT, **more: object) -> Incoming:
    return Incoming("test", who, (f"test:{number}",), kind, text, who, f"msg{number}", {"token": number}, **more)  # type: ignore[arg-type]


def make(store: MessageStore) -> tuple[Worker, Echo, Post]:
    echo, post = Echo(), Post()
    return Worker(store, Talker(echo, lambda: date(2026, 11, 24)), {"test": post}), echo, post


def rows(store: MessageStore, table: object, *columns: object) -> Sequence[tuple[object, ...]]:
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(table.c.id))]  # type: ignore[attr-defined, call-overload]


def test_a_message_is_answered_once_however_often_it_comes(store: MessageStore) -> None:
    worker, echo, post = make(store)
    taken = Inbox(store)
    assert taken.take([event("補助金は?", 1)]) == 1
    assert taken.take([event("補助金は?", 1), event("補助金は?", 1)]) == 0
    drain(worker)
    assert taken.take([event("補助金は?", 1)]) == 0
    drain(worker)
    assert post.sent == [("U1", "「補助金は?」ですね。")]
    assert len(echo.asked) == 1


def test_an_event_with_two_names_is_one(store: MessageStore) -> None:
    taken = Inbox(store)
    mention = Incoming("test", "C1", ("slack:Ev1", "slack:C1:1.1"), Kind.TEXT, "窓は?")
    message = Incoming("test", "C1", ("slack:Ev2", "slack:C1:1.1"), Kind.TEXT, "窓は?")
    assert taken.take([mention, message]) == 1
    assert taken.take([message, mention]) == 0


def test_a_conversation_is_answered_in_order_with_its_history(store: MessageStore) -> None:
    worker, echo, post = make(store)
    Inbox(store).take([event(f"質問{n}は?", n) for n in range(5)])
    drain(worker)
    assert [text for _, text in post.sent] == [f"「質問{n}は?」ですね。" for n in range(5)]
    assert [turn.text for turn in echo.asked[2].history] == [
        "質問0は?",
        "「質問0は?」ですね。",
        "質問1は?",
        "「質問1は?」ですね。",
    ]


def test_many_workers_share_lanes_and_keep_their_order(store: MessageStore) -> None:
    workers = [make(store) for _ in range(3)]
    for worker, _, _ in workers:
        worker.start()
    taken = Inbox(store)
    senders = [
        threading.Thread(
            target=lambda who=who: [
                taken.take([event(f"{who}の{n}は?", who * 100 + n, who=f"U{who}")]) for n in range(8)
            ]
        )
        for who in range(6)
    ]
    for thread in senders:
        thread.start()
    for thread in senders:
        thread.join()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and sum(len(post.sent) for _, _, post in workers) < 48:
        time.sleep(0.05)
    for worker, _, _ in workers:
        worker.stop()
    sent = rows(store, outbox, outbox.c.conversation, outbox.c.status, outbox.c.attempts)
    assert [(status, attempts) for _, status, attempts in sent] == [("sent", 1)] * 48
    everything = [entry for _, _, post in workers for entry in post.sent]
    assert len(set(everything)) == 48
    for who in range(6):
        said = [text for _, role, text in rows(store, turns, turns.c.conversation, turns.c.role, turns.c.text) if role == "user" and str(text).startswith(f"{who}の")]  # fmt: skip
        assert said == [f"{who}の{n}は?" for n in range(8)]


def test_a_dead_workers_lane_is_taken_over_and_its_work_fenced(store: MessageStore) -> None:
    worker, _, post = make(store)
    Inbox(store).take([event("LEDの助成は?", 1)])
    dead = Lanes(store).claim()
    assert dead is not None
    assert worker.work_once() is False
    with store.write() as connection:
        connection.execute(update(conversations).values(lease_until=0.0))
    drain(worker)
    assert len(post.sent) == 1
    Inbox(store).take([event("窓の助成は?", 2)])
    other, _, late = make(store)
    with pytest.raises(Exception, match="conversation"):
        other._work(dead)
    assert late.sent == []


def test_what_can_not_be_answered_is_parked_and_the_lane_goes_on(store: MessageStore) -> None:
    worker, echo, post = make(store)
    Inbox(store).take([event("爆発する質問?", 1), event("普通の質問?", 2)])
    drain(worker)
    assert [text for _, text in post.sent] == [APOLOGY, "「普通の質問?」ですね。"]
    assert rows(store, inbox, inbox.c.status, inbox.c.attempts, inbox.c.error) == [
        ("parked", TRIES, "ValueError"),
        ("done", 1, ""),
    ]
    assert len(echo.asked) == TRIES + 1


def test_a_message_that_kills_its_process_is_parked_too(store: MessageStore) -> None:
    worker, _, post = make(store)
    Inbox(store).take([event("殺す質問?", 1)])
    with store.write() as connection:
        connection.execute(update(inbox).values(attempts=TRIES))
    drain(worker)
    assert [text for _, text in post.sent] == [APOLOGY]
    assert rows(store, inbox, inbox.c.status, inbox.c.error) == [("parked", "ProcessDied")]


def test_an_attempt_is_written_down_before_it_is_made(store: MessageStore) -> None:
    worker, _, post = make(store)
    post.script = [Outcome.RETRY, Outcome.UNSURE, Outcome.SENT]
    Inbox(store).take([event("助成は?", 1)])
    drain(worker)
    assert [(message.attempts, message.unsure) for message in post.seen] == [(0, False), (1, False), (2, True)]
    assert len({message.retry_key for message in post.seen}) == 1
    assert rows(store, outbox, outbox.c.status, outbox.c.sent_as) == [("sent", f"m{post.seen[0].id}")]


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.FAILED])
def test_what_is_not_delivered_is_not_tried_for_ever(store: MessageStore, outcome: Outcome) -> None:
    worker, _, post = make(store)
    post.script = [outcome]
    Inbox(store).take([event("助成は?", 1), event("窓は?", 2)])
    drain(worker)
    assert [status for (status,) in rows(store, outbox, outbox.c.status)] == [outcome.value, "sent"]


def test_fragments_are_one_question_and_questions_are_not(store: MessageStore) -> None:
    worker, echo, post = make(store)
    taken = Inbox(store)
    long_ago = time.time() - 60
    taken.take([event("あの", 1, received_at=long_ago), event("エアコンなんだけど", 2, received_at=long_ago)])
    taken.take([event("補助金ある?", 3), event("締切は?", 4)])
    drain(worker)
    assert [question.text for question in echo.asked] == ["あの\nエアコンなんだけど\n補助金ある?", "締切は?"]
    assert len(post.sent) == 2


def test_a_lonely_fragment_waits_a_moment_and_is_answered(store: MessageStore) -> None:
    worker, echo, _ = make(store)
    Inbox(store).take([event("エアコンなんだけど", 1)])
    assert worker.work_once()
    assert echo.asked == []
    assert not worker.work_once()
    drain(worker)
    assert [question.text for question in echo.asked] == ["エアコンなんだけど"]


def test_a_message_taken_back_is_erased_and_not_answered(store: MessageStore) -> None:
    worker, echo, post = make(store)
    taken = Inbox(store)
    taken.take([event("口座は123です。助成は?", 1), event("窓は?", 2)])
    drain(worker)
    taken.take([event("", 3, kind=Kind.UNSEND)])
    taken.take([Incoming("test", "U1", ("test:u1",), Kind.UNSEND, message="msg1")])
    taken.take([event("これも取り消す?", 4)])
    taken.take([Incoming("test", "U1", ("test:u4",), Kind.UNSEND, message="msg4")])
    drain(worker)
    everything = " ".join(str(row) for table in (inbox, turns) for row in rows(store, table, table.c.text))
    assert "口座は123" not in everything.replace(post.sent[0][1], "")
    assert "取り消す" not in everything
    assert len(echo.asked) == 2


def test_taking_back_may_overtake_the_message(store: MessageStore) -> None:
    worker, echo, _ = make(store)
    taken = Inbox(store)
    taken.take([Incoming("test", "U1", ("test:u1",), Kind.UNSEND, message="msg1")])
    taken.take([event("口座は123です。助成は?", 1)])
    drain(worker)
    assert echo.asked == []
    assert rows(store, inbox, inbox.c.text) == []


def test_no_text_and_no_identifier_is_refused_by_the_database(store: MessageStore) -> None:
    worker, echo, _ = make(store)
    long = "U" * 500
    hostile = [
        Incoming(
            "test",
            long + tail,
            (f"test:{long}{tail}",),
            Kind.TEXT,
            f"助\0成\ud83dは?{tail}",
            long,
            long + tail,
            {"t": "\0\ud83d"},
        )
        for tail in "ab"
    ]
    assert Inbox(store).take(hostile) == 2
    assert Inbox(store).take(hostile) == 0
    drain(worker)
    assert sorted(question.text for question in echo.asked) == ["助成?は?a", "助成?は?b"]
    Inbox(store).take([Incoming("test", long + "a", ("test:unsend",), Kind.UNSEND, message=long + "a")])
    assert sorted(text for (text,) in rows(store, inbox, inbox.c.text)) == ["", "助成?は?b"]


def test_whoever_has_waited_longest_is_next_also_where_one_person_writes_much(store: MessageStore) -> None:
    worker, _, post = make(store)
    for number in range(1, 7):
        who = "U2" if number in (2, 5) else "U1"
        Inbox(store).take([event(f"助成{number}は?", number, who=who, received_at=1_700_000_000.0 + number)])
    drain(worker)
    assert [text for _, text in post.sent] == [f"「助成{number}は?」ですね。" for number in range(1, 7)]


def test_what_the_bot_wrote_before_a_claim_is_not_sent_after_it(store: MessageStore) -> None:
    worker, _, post = make(store)
    post.script = [Outcome.RETRY]
    Inbox(store).take([event("助成は?", 1)])
    worker.work_once()
    with store.write() as connection:
        connection.execute(update(conversations).values(epoch=1, state="with_advisor"))
    drain(worker)
    assert post.sent == []
    assert rows(store, outbox, outbox.c.status) == [("dropped",)]


def test_the_ward_that_is_told_is_kept(store: MessageStore) -> None:
    worker, echo, _ = make(store)
    Inbox(store).take([event("港区です", 1), event("助成は?", 2)])
    drain(worker)
    assert [question.ward for question in echo.asked] == ["minato", "minato"]


def test_migrations_make_what_the_schema_says(store: MessageStore) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "messages_version"})
        found = compare_metadata(context, tables)
    ours = set(tables.tables)
    assert [change for change in found if getattr(change[1], "name", "") in ours and change[0] != "remove_table"] == []


def test_figures_tell_what_waits_and_who_works(store: MessageStore) -> None:
    worker, echo, _ = make(store)
    messaging = Messaging(store, Inbox(store), {}, Talker(echo, lambda: date(2026, 11, 24)))
    assert messaging.workers_alive() == 0
    messaging.inbox.take([event("助成は?", 1, received_at=time.time() - 30)])
    figures = messaging.figures()
    assert (figures.inbox, figures.outbox) == ({"pending": 1}, {})
    assert 29 < figures.oldest < 60
    exposed = exposition(messaging).decode()
    assert 'ippo_inbox_messages{status="pending"} 1.0' in exposed
    assert "助成" not in exposed
    worker.start()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and (messaging.workers_alive() == 0 or messaging.figures().outbox != {"sent": 1}):
        time.sleep(0.05)
    assert messaging.workers_alive() == 1
    assert messaging.figures().outbox == {"sent": 1}
    worker.stop()
    assert messaging.workers_alive() == 0


def test_the_bot_is_silent_while_an_advisor_has_the_conversation(store: MessageStore) -> None:
    worker, echo, post = make(store)
    taken = Inbox(store)
    taken.take([event("助成は?", 1)])
    drain(worker)
    with store.write() as connection:
        connection.execute(update(conversations).values(epoch=1, state="with_advisor"))
    taken.take([event("窓のことも聞きたい?", 2)])
    drain(worker)
    assert len(post.sent) == len(echo.asked) == 1
    assert ("user", "窓のことも聞きたい?") in rows(store, turns, turns.c.role, turns.c.text)


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.FAILED])
def test_an_answer_that_may_be_lost_is_offered_again(store: MessageStore, outcome: Outcome) -> None:
    worker, _, post = make(store)
    post.script = [outcome]
    taken = Inbox(store)
    taken.take([event("助成は?", 1)])
    drain(worker)
    taken.take([event("窓は?", 2)])
    drain(worker)
    assert post.seen[-1].reply.choices[0] == AGAIN
    taken.take([event(AGAIN, 3, kind=Kind.TAP)])
    drain(worker)
    assert post.sent[-1] == ("U1", "「助成は?」ですね。")
    taken.take([event("空調は?", 4)])
    drain(worker)
    assert AGAIN not in post.seen[-1].reply.choices


def test_a_flood_is_asked_to_wait_once(store: MessageStore) -> None:
    worker, echo, post = make(store)
    Inbox(store).take([event(f"質問{n}は?", n) for n in range(A_MINUTE + 5)])
    drain(worker)
    assert len(echo.asked) == A_MINUTE
    assert [text for _, text in post.sent].count(TOO_MANY) == 1
    assert len(post.sent) == A_MINUTE + 1
