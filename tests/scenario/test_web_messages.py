"""The web chat's conversations: stored before they are answered, one visitor's alone, the same after a restart."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import httpx
import pytest
from sqlalchemy import select, update

from adapters.app import create_app
from adapters.bootstrap import Ippo
from adapters.desk.schema import answers
from adapters.messages.schema import conversations, inbox, outbox, turns
from adapters.messages.service import Messaging
from adapters.web import api, stream
from adapters.web.limits import Limits, Rate
from adapters.web.visitors import COOKIE
from bot.answer import Act, Answer, Question
from tests.library import MemoryLibrary, messages, services, serving

pytestmark = pytest.mark.anyio


class Echo:
    """Answers with the question."""

    def answer(self, question: Question) -> Answer:
        return Answer(Act.ANSWER, f"「{question.text}」ですね。", (), (), ("次は?",), 0.9)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def ippo() -> Ippo:
    return services(MemoryLibrary({"a.md": "# 案内\n\n費用は3,300円です。\n"}), assistant=Echo())


@pytest.fixture
def messaging(ippo: Ippo, tmp_path: Path) -> Iterator[Messaging]:
    with messages(ippo, tmp_path) as found:
        yield found


@pytest.fixture
def unanswered(ippo: Ippo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Messaging]:
    """A store whose messages wait for a worker, and requests that do not."""
    monkeypatch.setattr(api, "PATIENCE", 0.0)
    with messages(ippo, tmp_path, working=False) as found:
        yield found


@asynccontextmanager
async def browsing(ippo: Ippo, messaging: Messaging) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(ippo, messaging))
    async with httpx.AsyncClient(transport=transport, base_url="http://ippo.test") as client:
        yield client


async def say(web: httpx.AsyncClient, text: str, client_id: str) -> httpx.Response:
    return await web.post("/api/messages", json={"text": text, "client_id": client_id})


async def conversation(web: httpx.AsyncClient) -> list[str]:
    return [message["text"] for message in (await web.get("/api/messages")).json()["messages"]]


def work(messaging: Messaging) -> None:
    worker = messaging.worker(threads=1)
    while worker.work_once():
        pass


@dataclass
class Event:
    name: str
    data: Any
    id: int | None


def events(lines: Iterator[str]) -> Iterator[Event | str]:
    """Read server-sent events; a comment comes as its text."""
    fields: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            yield line
        elif line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            number = fields.get("id")
            yield Event(fields["event"], json.loads(fields["data"]), None if number is None else int(number))
            fields = {}


async def test_a_repeat_gets_the_same_reply_also_after_a_restart(ippo: Ippo, tmp_path: Path) -> None:
    with messages(ippo, tmp_path) as messaging:
        async with browsing(ippo, messaging) as web:
            first = await say(web, "費用は?", "same")
            cookies = web.cookies
    with messages(ippo, tmp_path) as messaging:
        async with browsing(ippo, messaging) as web:
            web.cookies = cookies
            second = await say(web, "費用は?", "same")
            await say(web, "期間は?", "other")
            told = await conversation(web)

    assert first.json() == second.json()
    assert told == ["費用は?", "「費用は?」ですね。", "期間は?", "「期間は?」ですね。"]


async def test_a_forged_cookie_is_a_new_visitor(ippo: Ippo, messaging: Messaging) -> None:
    async with browsing(ippo, messaging) as mine, browsing(ippo, messaging) as theirs:
        await say(mine, "費用は?", "1")
        visitor, signature = mine.cookies[COOKIE].split(".")
        theirs.cookies.set(COOKIE, f"{visitor}.{signature[:-2]}AA")

        reply = await say(theirs, "ほかの質問は?", "1")

        assert COOKIE in reply.headers["set-cookie"]
        assert reply.json()["text"] == "「ほかの質問は?」ですね。"
        assert await conversation(mine) == ["費用は?", "「費用は?」ですね。"]


async def test_two_visitors_never_see_each_others_messages(ippo: Ippo, messaging: Messaging) -> None:
    async with browsing(ippo, messaging) as one, browsing(ippo, messaging) as other:
        # The same ids, as two careless clients would choose them.
        replies = [(await say(web, text, "1")).json()["text"] for web, text in ((one, "甲は?"), (other, "乙は?"))]

        assert replies == ["「甲は?」ですね。", "「乙は?」ですね。"]
        assert await conversation(one) == ["甲は?", "「甲は?」ですね。"]
        assert await conversation(other) == ["乙は?", "「乙は?」ですね。"]


async def test_reading_begins_a_visit_and_writing_stays_in_it(ippo: Ippo, messaging: Messaging) -> None:
    async with browsing(ippo, messaging) as web:
        assert (await web.get("/api/events")).status_code == 204
        first = await web.get("/api/messages")
        assert (first.json(), COOKIE in first.headers["set-cookie"]) == ({"messages": [], "last_id": 0}, True)
        assert "set-cookie" not in (await say(web, "費用は?", "1")).headers


async def test_what_takes_longer_is_pending_and_comes_when_asked_again(ippo: Ippo, unanswered: Messaging) -> None:
    async with browsing(ippo, unanswered) as web:
        pending = await say(web, "費用は?", "1")
        before = (await web.get("/api/messages")).json()
        work(unanswered)
        answered = await say(web, "費用は?", "1")

    assert (pending.status_code, pending.json()) == (202, {"client_id": "1", "status": "pending"})
    assert COOKIE in pending.headers["set-cookie"]
    assert before == {
        "messages": [{"role": "person", "client_id": "1", "text": "費用は?", "pending": True}],
        "last_id": 0,
    }
    assert (answered.status_code, answered.json()["text"]) == (200, "「費用は?」ですね。")


async def test_what_was_begun_in_pieces_gets_one_reply_under_each_id(ippo: Ippo, unanswered: Messaging) -> None:
    async with browsing(ippo, unanswered) as web:
        await say(web, "エアコンなんだけど", "1")
        await say(web, "補助金ある?", "2")
        work(unanswered)
        first, second = [(await say(web, "x", number)).json() for number in "12"]

    assert (first["client_id"], second["client_id"]) == ("1", "2")
    assert first["id"] == second["id"]


async def test_what_an_advisor_has_is_received_and_nobody_waits(ippo: Ippo, messaging: Messaging) -> None:
    async with browsing(ippo, messaging) as web:
        await say(web, "費用は?", "1")
        with messaging.store.write() as connection:
            connection.execute(update(conversations).values(state="with_advisor", epoch=1))
        started = time.monotonic()
        reply = await say(web, "もしもし?", "2")

    assert (reply.status_code, reply.json()) == (202, {"client_id": "2", "status": "received"})
    assert time.monotonic() - started < api.PATIENCE / 2


async def test_a_nul_harms_no_database(ippo: Ippo, messaging: Messaging) -> None:
    async with browsing(ippo, messaging) as web:
        assert (await say(web, "費用\0は?", "1")).json()["text"] == "「費用 は?」ですね。"
        assert (await say(web, "費用は?", "a\0b")).status_code == 422


async def test_many_messages_at_once_are_asked_to_wait(
    ippo: Ippo, messaging: Messaging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "Limits", lambda: Limits(Rate(2, 20)))
    async with browsing(ippo, messaging) as web:
        replies = [await say(web, "費用は?", str(number)) for number in range(3)]
        again = await say(web, "費用は?", "1")

    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert 1 <= int(replies[2].headers["retry-after"]) <= 3
    assert "もう一度お送りください" in replies[2].json()["error"]
    # What is here already may be asked for as often as a bad connection needs.
    assert again.json() == replies[1].json()


async def test_forgetting_erases_every_text(ippo: Ippo, messaging: Messaging) -> None:
    async with browsing(ippo, messaging) as web:
        await say(web, "ひみつは?", "1")
        old = web.cookies[COOKIE]
        assert (await web.delete("/api/messages")).status_code == 204
        new = web.cookies[COOKIE]
        assert await conversation(web) == []
        web.cookies.clear()
        web.cookies.set(COOKIE, old)
        assert await conversation(web) == []
        gone = await say(web, "ひみつは?", "1")

    assert old != new
    assert gone.status_code == 410
    with messaging.store.read() as connection:
        columns = (inbox.c.text, turns.c.text, outbox.c.reply)
        kept = " ".join(str(row) for column in columns for row in connection.execute(select(column)))
    assert "ひみつ" not in kept


async def test_no_text_and_no_cookie_is_logged(
    ippo: Ippo, messaging: Messaging, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with browsing(ippo, messaging) as web:
        await say(web, "ひみつの相談は?", "1")
        visitor = web.cookies[COOKIE].split(".")[0]
        await web.get("/api/messages")

    written = " ".join(str(vars(record)) for record in caplog.records if not record.name.startswith("httpcore"))
    assert "ひみつ" not in written
    assert visitor not in written


def test_a_late_reply_comes_by_the_stream_after_the_sign_of_typing(ippo: Ippo, unanswered: Messaging) -> None:
    with serving(create_app(ippo, unanswered)) as url, httpx.Client(base_url=url) as web:
        assert web.post("/api/messages", json={"text": "費用は?", "client_id": "1"}).status_code == 202
        with web.stream("GET", "/api/events") as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            told = events(response.iter_lines())
            assert next(told) == Event("typing", {"pending": ["1"]}, None)
            work(unanswered)
            seen = [next(told)]
            while seen[-1] != Event("typing", {"pending": []}, None):
                seen.append(next(told))

    (reply,) = [event for event in seen if isinstance(event, Event) and event.name == "reply"]
    assert (reply.data["client_id"], reply.data["text"]) == ("1", "「費用は?」ですね。")
    assert reply.id == reply.data["id"]


def test_an_open_stream_tells_each_reply_once(ippo: Ippo, messaging: Messaging) -> None:
    with serving(create_app(ippo, messaging)) as url, httpx.Client(base_url=url) as web:
        web.get("/api/messages")
        with web.stream("GET", "/api/events") as response:
            lines = response.iter_lines()
            next(lines)
            for n in range(3):
                web.post("/api/messages", json={"text": f"質問{n}は?", "client_id": str(n)})
            web.delete("/api/messages")
            told = [event for event in events(lines) if isinstance(event, Event)]

    replies = [event.data["client_id"] for event in told if event.name == "reply"]
    assert replies == ["0", "1", "2"][: len(replies)]  # the last may be forgotten before it is told
    assert len(replies) >= 2
    assert told[-1].name == "forgotten"


def test_a_stream_goes_on_after_the_last_reply_that_was_heard(ippo: Ippo, messaging: Messaging) -> None:
    def heard(web: httpx.Client, query: str = "", **headers: str) -> list[str]:
        with web.stream("GET", f"/api/events{query}", headers=headers) as response:
            found = []
            for event in events(response.iter_lines()):
                assert isinstance(event, Event)
                if event.name == "typing":
                    return found
                found.append(event.data["text"])
        raise AssertionError("the stream ended")

    with serving(create_app(ippo, messaging)) as url, httpx.Client(base_url=url) as web:
        ids = [
            web.post("/api/messages", json={"text": f"質問{n}は?", "client_id": str(n)}).json()["id"] for n in range(3)
        ]
        everything = [f"「質問{n}は?」ですね。" for n in range(3)]
        assert heard(web) == everything
        assert heard(web, f"?after={ids[0]}") == everything[1:]
        assert heard(web, f"?after={ids[0]}", **{"last-event-id": str(ids[1])}) == everything[2:]
        assert heard(web, "?after=999999999999999") == []
        assert heard(web, "?after=x", **{"last-event-id": "-1"}) == everything


def test_a_silent_stream_shows_that_it_lives(ippo: Ippo, messaging: Messaging, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.1)
    with serving(create_app(ippo, messaging)) as url, httpx.Client(base_url=url) as web:
        web.get("/api/messages")
        with web.stream("GET", "/api/events") as response:
            assert next(events(response.iter_lines())) == ": still here"


def test_a_visitor_has_a_few_streams_and_no_more(ippo: Ippo, messaging: Messaging) -> None:
    with serving(create_app(ippo, messaging)) as url, httpx.Client(base_url=url) as web:
        web.get("/api/messages")
        opened = []
        for _ in range(stream.PER_VISITOR):
            held = web.stream("GET", "/api/events")
            lines = held.__enter__().iter_lines()  # kept: httpx closes what nobody reads any more
            next(lines)
            opened.append((held, lines))
        assert web.get("/api/events").status_code == 429
        for held, _ in opened:
            held.__exit__(None, None, None)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with web.stream("GET", "/api/events") as response:
                if response.status_code == 200:
                    return
            time.sleep(0.05)
    raise AssertionError("a closed stream counts for ever")


def test_a_forgotten_conversation_ends_its_streams(ippo: Ippo, messaging: Messaging) -> None:
    with serving(create_app(ippo, messaging)) as url, httpx.Client(base_url=url) as web:
        web.post("/api/messages", json={"text": "費用は?", "client_id": "1"})
        with web.stream("GET", "/api/events") as response:
            told = events(response.iter_lines())
            assert next(told).name == "reply"  # type: ignore[union-attr]
            web.delete("/api/messages")
            assert [event.name for event in told][-1] == "forgotten"  # type: ignore[union-attr]


def test_the_end_of_the_server_ends_its_streams(ippo: Ippo, messaging: Messaging) -> None:
    with httpx.Client() as web:
        with serving(create_app(ippo, messaging)) as url:
            web.get(f"{url}/api/messages")
            held = web.stream("GET", f"{url}/api/events")
            lines = held.__enter__().iter_lines()
            next(lines)
        # `serving` has waited for the server; nothing more comes, and the connection is whole.
        assert not any(line.strip() for line in lines)
        held.__exit__(None, None, None)


def test_a_signal_ends_a_server_that_has_streams_open(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "IPPO_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "adapters.cli", "serve", "--no-worker", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as web:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                try:
                    web.get("/api/messages")
                    break
                except httpx.ConnectError:
                    time.sleep(0.2)
            with web.stream("GET", "/api/events") as response:
                lines = response.iter_lines()
                next(lines)
                server.send_signal(signal.SIGTERM)
                assert not any(line.strip() for line in lines)
        server.wait(60)
    finally:
        server.kill()
        server.wait()


async def test_a_vote_counts_once_and_for_ones_own_replies_alone(ippo: Ippo, messaging: Messaging) -> None:
    async with browsing(ippo, messaging) as web:
        reply = (await say(web, "助成の上限は?", "1")).json()
        for _ in range(2):
            assert (await web.post("/api/votes", json={"id": reply["id"], "vote": "down"})).status_code == 204
        await anyio.to_thread.run_sync(settled, messaging)
        assert votes(messaging) == ["down"]
        assert (await web.post("/api/votes", json={"id": reply["id"], "vote": "sideways"})).status_code == 422
    async with browsing(ippo, messaging) as other:
        assert (await other.post("/api/votes", json={"id": reply["id"], "vote": "up"})).status_code == 404
        await say(other, "窓は?", "2")
        await other.post("/api/votes", json={"id": reply["id"], "vote": "up"})
        await anyio.to_thread.run_sync(settled, messaging)
    assert votes(messaging) == ["down", ""]


def settled(messaging: Messaging) -> None:
    """Wait until everything that came in is worked off."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with messaging.store.read() as connection:
            busy = connection.execute(select(conversations.c.id).where(conversations.c.busy.is_(True))).first()
        if busy is None:
            return
        time.sleep(0.02)
    raise AssertionError("there is always something to do")


def votes(messaging: Messaging) -> list[str]:
    with messaging.store.read() as connection:
        return list(connection.execute(select(answers.c.vote).order_by(answers.c.id)).scalars())
