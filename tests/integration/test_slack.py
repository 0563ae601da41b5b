"""Slack from event to reply: the real app, store, worker and SDK against a strict Slack on this machine."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import select

from adapters.messages.conversation import Talker
from adapters.messages.inbox import Inbox
from adapters.messages.schema import conversations, outbox
from adapters.messages.service import Messaging
from adapters.messages.store import MessageStore
from adapters.messages.worker import Worker
from adapters.settings import Settings
from adapters.slack.channel import SlackChannel
from adapters.slack.routes import routes
from bot.answer import Act, Answer, Citation, Question
from tests.platforms.slack import Delivered, Room, SlackServer

ALICE, BOB = "U0ALICE01", "U0BOB0001"
PUBLIC = "https://ippo.example.jp"


class Echo:
    """Answers with the question, a citation and a choice."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        url = f"{PUBLIC}/sources/led.md#c1"
        citation = Citation(1, "led.md", "照明のLED化", "費用", "費用の半分を助成します。", "c1", url)
        return Answer(Act.ANSWER, f"「{question.text}」ですね。[1]", (citation,), (), ("締切は?",), 0.9)


@dataclass
class Bench:
    """Everything of one test."""

    slack: SlackServer
    store: MessageStore
    worker: Worker
    echo: Echo
    app: TestClient
    messaging: Messaging

    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        answer = self.app.post("/slack/events", content=body, headers=dict(headers))
        return answer.status_code, answer.content

    def deliver(self, *bodies: Mapping[str, Any]) -> list[Delivered]:
        return [self.slack.deliver(body, self.post) for body in bodies]

    def drain(self, seconds: float = 15.0) -> None:
        """Work until nothing is left to do."""
        deadline = time.monotonic() + seconds
        while self.worker.work_once() or self.waiting():
            assert time.monotonic() < deadline, "there is always something to do"
            time.sleep(0.01)

    def waiting(self) -> bool:
        with self.store.read() as connection:
            return (
                connection.execute(select(conversations.c.id).where(conversations.c.busy.is_(True))).first() is not None
            )

    def column(self, column: Any) -> list[Any]:
        with self.store.read() as connection:
            return list(connection.execute(select(column).order_by(column.table.c.id)).scalars())


def configured(slack: SlackServer, folder: Path, **more: Any) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=folder,
        public_url=PUBLIC,
        slack_signing_secret=SecretStr(slack.signing_secret),
        slack_bot_token=SecretStr(slack.token),
        slack_api_url=slack.api_url,
        **more,
    )


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server


@pytest.fixture
def bench(slack: SlackServer, tmp_path: Path) -> Iterator[Bench]:
    settings = configured(slack, tmp_path)
    store, echo = MessageStore.open(tmp_path, None), Echo()
    channel = SlackChannel(settings, settle=0.05)
    messaging = Messaging(store, Inbox(store), {"slack": channel}, Talker(echo, lambda: date(2026, 11, 24)))
    app = FastAPI()
    app.include_router(routes(settings, messaging.inbox))
    with TestClient(app) as client:
        yield Bench(slack, store, messaging.worker(), echo, client, messaging)
    store.close()


@pytest.fixture
def general(slack: SlackServer) -> Room:
    return slack.channel("general", members=[ALICE, BOB])


def test_a_mention_is_answered_in_its_thread_once(bench: Bench, general: Room) -> None:
    pair = bench.slack.say(general, ALICE, f"<@{bench.slack.bot_user}> LEDの補助金は?")
    assert len(pair) == 2
    assert [done.status for done in bench.deliver(*pair, *pair)] == [200] * 4
    bench.drain()
    root = pair[0]["event"]["ts"]
    (reply,) = bench.slack.replies(general, root)
    assert [question.text for question in bench.echo.asked] == ["LEDの補助金は?"]
    assert reply["text"].startswith("「LEDの補助金は?」ですね。[1]")
    assert f"<{PUBLIC}/sources/led.md#c1|照明のLED化>" in json.dumps(reply["blocks"], ensure_ascii=False)
    assert bench.column(outbox.c.status) == ["sent"]
    assert bench.column(outbox.c.sent_as) == [f"{general.id}:{reply['ts']}"]
