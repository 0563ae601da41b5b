"""Slack over Socket Mode: acknowledged only once it is stored."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from adapters.messages.inbox import Inbox
from adapters.messages.schema import inbox
from adapters.messages.store import MessageStore
from adapters.settings import Settings
from adapters.slack.socket import Socket, start_socket
from knowledge.errors import StoreUnavailable
from tests.platforms.slack import SlackServer
from tests.platforms.slack_socket import SlackSocket
from tests.waiting import soon

ALICE = "U0ALICE01"


def configured(slack: SlackServer, folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=folder,
        slack_bot_token=SecretStr(slack.token),
        slack_app_token=SecretStr(slack.app_token),
        slack_api_url=slack.api_url,
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[MessageStore]:
    found = MessageStore.open(tmp_path, None)
    yield found
    found.close()


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server


@pytest.fixture
def link(slack: SlackServer, store: MessageStore, tmp_path: Path) -> Iterator[SlackSocket]:
    with SlackSocket(slack) as link:
        connection = Socket(configured(slack, tmp_path), Inbox(store), give_up=1.0)
        soon(lambda: len(link.open) == 1)
        yield link
        connection.close()


def taken(store: MessageStore) -> list[tuple[Any, ...]]:
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(select(inbox.c.kind, inbox.c.text).order_by(inbox.c.id))]


def test_an_envelope_is_stored_and_acknowledged_and_sent_again_changes_nothing(
    slack: SlackServer, link: SlackSocket, store: MessageStore
) -> None:
    (said,) = slack.say(slack.direct(ALICE), ALICE, "助成は?")
    assert link.send("events_api", said) == (True, None)
    assert taken(store) == [("text", "助成は?")]
    assert link.send("events_api", said, attempt=1)[0]
    assert taken(store) == [("text", "助成は?")]


def test_what_could_not_be_stored_is_not_acknowledged(
    slack: SlackServer, link: SlackSocket, store: MessageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> int:
        raise StoreUnavailable("away")

    (said,) = slack.say(slack.direct(ALICE), ALICE, "助成は?")
    with monkeypatch.context() as patch:
        patch.setattr(Inbox, "take", away)
        assert not link.send("events_api", said, within=0.5)[0]
    assert link.send("events_api", said, attempt=1)[0]
    assert taken(store) == [("text", "助成は?")]


def test_commands_and_buttons_come_over_the_socket_too(
    slack: SlackServer, link: SlackSocket, store: MessageStore
) -> None:
    acknowledged, answer = link.send("slash_commands", slack.slash(ALICE, "payload の助成は?"))
    assert acknowledged
    assert "ダイレクトメッセージ" in answer["text"]
    direct = slack.direct(ALICE)
    message = {"ts": "1700000000.000100", "thread_ts": "1700000000.000001"}
    pressed = slack.press(direct, ALICE, message, {"type": "button", "action_id": "ippo_choice_0", "value": "締切は?"})
    assert link.send("interactive", pressed)[0]
    assert taken(store) == [("text", "payload の助成は?"), ("tap", "締切は?")]


@pytest.mark.parametrize("payload", [{}, {"type": "event_callback"}, {"type": "event_callback", "event": {"type": "x"}, "team": [1]}])  # fmt: skip
def test_what_can_not_be_read_breaks_nothing(
    slack: SlackServer, link: SlackSocket, store: MessageStore, payload: dict[str, Any]
) -> None:
    link.send("events_api", payload, within=0.2)
    link.send("something_of_tomorrow", payload, within=0.2)
    (said,) = slack.say(slack.direct(ALICE), ALICE, "助成は?")
    assert link.send("events_api", said)[0]


@pytest.mark.parametrize("how", ["refresh", "drop"])
def test_a_connection_that_ends_is_opened_anew(
    slack: SlackServer, link: SlackSocket, store: MessageStore, how: str
) -> None:
    link.refresh() if how == "refresh" else link.drop()
    soon(lambda: link.connected == 2 and len(link.open) == 1)
    (said,) = slack.say(slack.direct(ALICE), ALICE, "助成は?")
    assert link.send("events_api", said)[0]
    assert taken(store) == [("text", "助成は?")]


def test_a_slack_that_is_away_at_first_is_connected_to_later(
    slack: SlackServer, store: MessageStore, tmp_path: Path
) -> None:
    connection = Socket(configured(slack, tmp_path), Inbox(store), give_up=0.5)
    soon(lambda: bool(slack.called("apps.connections.open")))
    with SlackSocket(slack) as link:
        soon(lambda: len(link.open) == 1)
        connection.close()
    assert slack.called("apps.connections.open")[0].error == "internal_error"


def test_without_an_app_token_there_is_no_socket(store: MessageStore, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, slack_bot_token=SecretStr("xoxb-first"))
    assert start_socket(settings, Inbox(store)) is None


def test_ippo_serve_answers_over_a_socket_without_a_signing_secret(slack: SlackServer, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "IPPO_DATA_DIR": str(tmp_path),
        "IPPO_SLACK_BOT_TOKEN": slack.token,
        "IPPO_SLACK_APP_TOKEN": slack.app_token,
        "IPPO_SLACK_API_URL": slack.api_url,
    }
    with SlackSocket(slack) as link:
        command = [sys.executable, "-m", "adapters.cli", "serve", "--port", str(port)]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            soon(lambda: len(link.open) == 1, within=60)
            (said,) = slack.say(slack.direct(ALICE), ALICE, "助成は?")
            assert link.send("events_api", said, within=10) == (True, None)
            soon(lambda: len(slack.posts) == 1, within=60)
            server.send_signal(signal.SIGTERM)
            server.wait(30)
        finally:
            server.kill()
            server.wait()
    assert len(slack.posts) == 1
