"""What the web chat reads and forgets in the message store, on both databases."""

from __future__ import annotations

import threading
import time
from datetime import date

from sqlalchemy import select, update

from adapters.messages.conversation import Talker
from adapters.messages.inbox import Inbox
from adapters.messages.model import Incoming, Kind
from adapters.messages.schema import conversations, outbox
from adapters.messages.store import MessageStore
from adapters.messages.worker import Worker
from adapters.privacy.people import GONE
from adapters.web.channel import WebChannel
from adapters.web.store import Sight, Standing, WebStore
from bot.answer import Act, Answer, Citation, Question

PROOF = Citation(1, "区/a.md", "案内", "費用", "3,300円", "c1", "http://x/")


class Echo:
    def answer(self, question: Question) -> Answer:
        return Answer(Act.ANSWER, f"「{question.text}」ですね。[1]", (PROOF,), (), ("次は?",), 0.91234)


def take(store: MessageStore, who: str, client_id: str, text: str) -> None:
    key = f"web:{who}:{client_id}"
    address = {"client_id": client_id}
    Inbox(store).take([Incoming("web", who, (key,), Kind.TEXT, text, who, client_id, address)])


def work(store: MessageStore) -> None:
    worker = Worker(store, Talker(Echo(), lambda: date(2026, 11, 24)), {"web": WebChannel()})
    while worker.work_once():
        pass


def test_all_processes_sign_with_one_secret(store: MessageStore) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(WebStore(store).secret())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 6
    assert len(set(found)) == 1
    assert len(found[0]) == 32


def test_a_conversation_from_afar_and_near(store: MessageStore) -> None:
    web = WebStore(store)
    assert web.look(["a"]) == {"a": Sight()}
    take(store, "a", "1", "費用は?")
    take(store, "a", "2", "期間は?")
    take(store, "b", "1", "乙は?")
    sight = web.look(["a"])["a"]
    assert (sight.last, sight.pending) == (0, ("1", "2"))
    assert web.standing("a", "1") == Standing(known=True, pending=True)
    assert web.standing("a", "3") == web.standing("c", "1") == Standing(known=False)

    work(store)

    after = web.look(["a", "b"])
    assert after["a"].pending == ()
    first, second = web.replies(after["a"].conversation or 0, 0)
    assert (first.text, second.text) == ("「費用は?」ですね。[1]", "「期間は?」ですね。[1]")
    assert after["a"].last == second.id
    assert web.replies(after["a"].conversation or 0, first.id) == [second]
    assert web.standing("a", "1").reply == first
    assert first.citations[0].path == "/sources/%E5%8C%BA%2Fa.md#c1"
    assert first.confidence == 0.9123
    told = web.conversation("a")
    assert [message.text for message in told.messages if message.role == "person"] == ["費用は?", "期間は?"]
    assert [message for message in told.messages if message.role == "ippo"] == [first, second]
    assert told.last_id == second.id


def test_a_reply_that_is_not_sent_yet_is_not_shown(store: MessageStore) -> None:
    web = WebStore(store)
    take(store, "a", "1", "費用は?")
    work(store)
    with store.write() as connection:
        connection.execute(update(outbox).values(status="sending", sent_at=None))

    sight = web.look(["a"])["a"]
    assert (sight.last, sight.pending) == (0, ("1",))
    assert web.standing("a", "1") == Standing(known=True, pending=True)
    assert web.replies(sight.conversation or 0, 0) == []
    with store.write() as connection:
        connection.execute(update(outbox).values(status="dropped"))
    # An advisor took over in between: nothing more comes from the bot.
    assert web.standing("a", "1") == Standing(known=True, pending=False)


def test_forgetting_leaves_no_text_and_no_name(store: MessageStore) -> None:
    web = WebStore(store)
    take(store, "a", "1", "費用は?")
    work(store)
    take(store, "a", "2", "まだ答えのない質問は?")

    web.forget("a")
    web.forget("nobody")
    work(store)

    assert web.look(["a"]) == {"a": Sight()}
    with store.read() as connection:
        (row,) = connection.execute(select(conversations.c.key, conversations.c.person, conversations.c.busy))
        assert row.key.startswith(GONE)
        assert (row.person, row.busy) == ("", False)
        assert "費用" not in str(connection.execute(select(outbox.c.reply)).all())
        assert len(connection.execute(select(outbox.c.id)).all()) == 1


def test_a_thousand_listeners_are_looked_at_in_a_moment(store: MessageStore) -> None:
    web = WebStore(store)
    for number in range(20):
        take(store, f"v{number}", "1", "費用は?")
    work(store)
    visitors = [f"v{number}" for number in range(1000)]
    web.look(visitors)

    started = time.perf_counter()
    web.look(visitors)

    assert time.perf_counter() - started < 0.25
