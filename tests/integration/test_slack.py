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
from sqlalchemy import select, update

from adapters.messages.conversation import Talker
from adapters.messages.inbox import Inbox
from adapters.messages.schema import conversations, inbox, outbox
from adapters.messages.service import Messaging
from adapters.messages.store import MessageStore
from adapters.messages.worker import Worker
from adapters.settings import Settings
from adapters.slack.channel import SlackChannel
from adapters.slack.posting import Posting
from adapters.slack.routes import routes
from bot.answer import Act, Answer, Citation, Question
from knowledge.errors import StoreUnavailable
from tests.platforms.slack import Delivered, Room, SlackServer
from tests.waiting import drain, soon

ALICE, BOB = "U0ALICE01", "U0BOB0001"
PUBLIC = "https://ippo.example.jp"


class Echo:
    """Answers with the question, a citation and a choice."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.takes = 0.0
        """Seconds that an answer takes."""

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        time.sleep(self.takes)
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
        drain(self.worker, within=seconds)

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


@pytest.mark.parametrize("first", ["mention", "message"])
def test_mention_and_message_are_one_in_either_order(bench: Bench, general: Room, first: str) -> None:
    pair = sorted(
        bench.slack.say(general, ALICE, f"窓は?<@{bench.slack.bot_user}>"),
        key=lambda body: body["event"]["type"] != ("app_mention" if first == "mention" else "message"),
    )
    bench.deliver(*pair)
    bench.drain()
    assert len(bench.slack.posts) == len(bench.echo.asked) == 1


def test_a_message_that_is_not_for_the_bot_is_left_alone(bench: Bench, general: Room) -> None:
    bench.deliver(*bench.slack.say(general, ALICE, f"<@{BOB}> 昼ごはんは?"), *bench.slack.say(general, ALICE, "窓は?"))
    bench.drain()
    assert bench.column(inbox.c.id) == []


def test_retries_and_duplicates_are_one_message(bench: Bench) -> None:
    (said,) = bench.slack.say(bench.slack.direct(ALICE), ALICE, "助成は?")
    bench.deliver(said)
    for number in (1, 2, 3):
        assert bench.slack.deliver(said, bench.post, retry=number).status == 200
    bench.drain()
    bench.deliver(said)
    bench.drain()
    assert len(bench.slack.posts) == 1


def test_what_can_not_be_stored_is_not_acknowledged_and_comes_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    (said,) = bench.slack.say(bench.slack.direct(ALICE), ALICE, "助成は?")
    with monkeypatch.context() as patch:
        patch.setattr(MessageStore, "write", _unavailable)
        assert bench.slack.deliver(said, bench.post).status == 503
    done = bench.slack.deliver_until_taken(said, bench.post)
    assert [delivered.status for delivered in done] == [200]
    bench.drain()
    assert len(bench.slack.posts) == 1


def _unavailable(_store: object) -> Any:
    raise StoreUnavailable("away")


def test_it_is_stored_before_it_is_acknowledged(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    take = Inbox.take

    def slow(self: Inbox, events: Any) -> int:
        time.sleep(0.1)
        taken = take(self, events)
        order.append("stored")
        return taken

    monkeypatch.setattr(Inbox, "take", slow)
    bench.deliver(*bench.slack.say(bench.slack.direct(ALICE), ALICE, "助成は?"))
    order.append("acknowledged")
    assert order == ["stored", "acknowledged"]


def test_a_direct_message_is_answered_in_a_thread_of_its_own_and_follow_ups_there(bench: Bench) -> None:
    direct = bench.slack.direct(ALICE)
    (said,) = bench.slack.say(direct, ALICE, "LEDの助成は?")
    assert "thread_ts" not in said["event"]
    bench.deliver(said)
    bench.drain()
    root = said["event"]["ts"]
    bench.deliver(*bench.slack.say(direct, ALICE, "締切は?", thread_ts=root))
    bench.deliver(*bench.slack.say(direct, ALICE, "窓は?"))
    bench.drain()
    assert [reply["text"].split("\n")[0] for reply in bench.slack.replies(direct, root)] == [
        "「LEDの助成は?」ですね。[1]",
        "「締切は?」ですね。[1]",
    ]
    assert [len(question.history) for question in bench.echo.asked] == [0, 2, 0]
    assert len(bench.column(conversations.c.key)) == 2


def test_status_is_shown_while_an_answer_is_made_and_ends_with_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.messages.answering.MOMENT", 0.05)
    bench.echo.takes = 0.3
    bench.deliver(*bench.slack.say(bench.slack.direct(ALICE), ALICE, "LEDの助成は?"))
    bench.drain()
    assert [call.error for call in bench.slack.called("assistant.threads.setStatus")] == [""]
    assert bench.slack.statuses == {}


def test_two_workspaces_never_mix(bench: Bench, slack: SlackServer) -> None:
    slack.install("T0OTHER01", "xoxb-other", "U0IPPOBOT2", "B0IPPOBOT2")
    body = slack.envelope({"type": "message", "channel": "D0SAME", "channel_type": "im", "user": ALICE, "text": "窓は?", "ts": "1.1"})  # fmt: skip
    other = {**body, "team_id": "T0OTHER01", "event_id": "Ev2", "event": {**body["event"], "ts": "1.2", "thread_ts": "1.1"}}  # fmt: skip
    bench.deliver(body, other)
    assert sorted(bench.column(conversations.c.key)) == ["T0FIRST001:D0SAME:1.1", "T0OTHER01:D0SAME:1.1"]


# ---- what is not answered


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B0OTHER", "user": "U0OTHERBOT"},
        {"bot_profile": {"id": "B0OTHER"}},
        {"subtype": "bot_message", "bot_id": "B0OTHER"},
        {"subtype": "message_changed", "hidden": True, "message": {"text": "x", "user": ALICE, "ts": "1.1"}},
        {"subtype": "message_replied", "hidden": True},
        {"subtype": "channel_join"},
        {"subtype": "channel_topic"},
        {"user": "USLACKBOT"},
        {"user": "U0IPPOBOT1"},
    ],
)
def test_programs_edits_and_notices_are_not_answered(bench: Bench, general: Room, more: dict[str, Any]) -> None:
    for room in (general, bench.slack.direct(ALICE)):
        bodies = bench.slack.say(room, ALICE, f"<@{bench.slack.bot_user}> 窓は?")
        for body in bodies:
            body["event"] |= more
        assert {done.status for done in bench.deliver(*bodies)} == {200}
    bench.drain()
    assert bench.slack.posts == []


def test_the_apps_own_posts_come_back_and_are_not_answered(bench: Bench) -> None:
    direct = bench.slack.direct(ALICE)
    bench.deliver(*bench.slack.say(direct, ALICE, "窓は?"))
    bench.drain()
    assert bench.deliver(bench.slack.own_event(bench.slack.posts[0], direct))[0].status == 200
    bench.drain()
    assert len(bench.slack.posts) == 1


@pytest.mark.parametrize(
    "event",
    [
        {"type": "agent_session_stopped", "channel": "D0X", "thread_ts": "1.1"},
        {"type": "app_context_changed"},
        {"type": "reaction_added", "user": ALICE, "item": {}},
        {"type": "tokens_revoked", "tokens": {"bot": ["U1"]}},
        {"type": "app_uninstalled"},
        {"type": "message"},
        {"type": "message", "channel": {"id": 1}, "ts": 3, "user": None, "text": ["x"]},
        {"type": "app_mention", "channel": "C" * 5000, "ts": "1.1", "user": ALICE, "text": "x"},
        {"type": "something_of_tomorrow"},
    ],
)
def test_every_event_is_acknowledged(bench: Bench, event: dict[str, Any]) -> None:
    assert bench.deliver(bench.slack.envelope(event))[0].status == 200
    assert bench.column(inbox.c.id) == []


def test_a_limit_told_outside_an_envelope_is_acknowledged(bench: Bench) -> None:
    body = {"type": "app_rate_limited", "token": "x", "team_id": "T0FIRST001", "minute_rate_limited": 1, "api_app_id": "A"}  # fmt: skip
    assert bench.deliver(body)[0].status == 200


def test_a_file_without_words_is_answered_kindly_and_with_words_like_words(bench: Bench) -> None:
    direct = bench.slack.direct(ALICE)
    files = [{"id": "F1", "mimetype": "image/png", "url_private": "https://files.slack.com/x"}]
    bench.deliver(*bench.slack.say(direct, ALICE, "", subtype="file_share", files=files))
    bench.deliver(*bench.slack.say(direct, ALICE, "この窓は?", subtype="file_share", files=files))
    bench.drain()
    assert "画像をありがとうございます" in bench.slack.posts[0]["text"]
    assert [question.text for question in bench.echo.asked] == ["この窓は?"]


def test_a_deleted_message_is_erased(bench: Bench) -> None:
    direct = bench.slack.direct(ALICE)
    (said,) = bench.slack.say(direct, ALICE, "口座は123です。助成は?")
    bench.deliver(said)
    bench.drain()
    ts = said["event"]["ts"]
    gone = {"type": "message", "subtype": "message_deleted", "hidden": True, "channel": direct.id, "channel_type": "im", "deleted_ts": ts, "ts": "9.9"}  # fmt: skip
    assert bench.deliver(bench.slack.envelope(gone))[0].status == 200
    assert bench.column(inbox.c.text) == [""]
    tombstone = {**gone, "subtype": "message_changed", "message": {"subtype": "tombstone", "ts": ts}}
    assert bench.deliver(bench.slack.envelope(tombstone))[0].status == 200


# ---- the gate


def test_a_wrong_signature_changes_nothing(bench: Bench) -> None:
    body = json.dumps(bench.slack.say(bench.slack.direct(ALICE), ALICE, "助成は?")[0]).encode()
    good = bench.slack.sign(body)
    for headers in (
        {},
        bench.slack.sign(body, secret="another"),
        bench.slack.sign(body, age=301),
        bench.slack.sign(body, age=-301),
        bench.slack.sign(body + b" "),
        {**good, "X-Slack-Signature": ""},
        {**good, "X-Slack-Request-Timestamp": "now"},
        {**good, "X-Slack-Request-Timestamp": "²"},
        {**good, "X-Slack-Signature": "v0=é"},
        {"X-Slack-Signature": good["X-Slack-Signature"]},
    ):
        encoded = {name: value.encode() for name, value in headers.items()}
        answer = bench.app.post("/slack/events", content=body, headers={"content-type": "application/json", **encoded})
        assert answer.status_code == 401, headers
    assert bench.column(inbox.c.id) == []
    assert bench.app.post("/slack/events", content=body, headers=good).status_code == 200
    assert len(bench.column(inbox.c.id)) == 1


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'"x"', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"{}", "application/json"),
        (b'{"type": 5}', "application/json"),
        (b'{"type": "event_callback"}', "application/json"),
        (b'{"type": "event_callback", "event": []}', "application/json"),
        (b'{"type": "event_callback", "event": {}}', "application/json"),
        (b'{"a":' * 100_000, "application/json"),
        (b"payload=%7B", "application/x-www-form-urlencoded"),
        (b"payload=5", "application/x-www-form-urlencoded"),
        (b"", "application/x-www-form-urlencoded"),
    ],
)
def test_a_malformed_body_is_400(bench: Bench, body: bytes, content_type: str) -> None:
    assert bench.slack.carry(body, content_type, bench.post).status == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"authorizations": "x"}, {"authorizations": [5]}, {"authorizations": [None]}, {"authorizations": {}},
        {"team": [1]}, {"team": {"id": {}}}, {"user": 5}, {"user": []}, {"enterprise": 5}, {"enterprise": []}, {"view": "x"},
        {"container": 5}, {"channel": 5}, {"actions": 5}, {"actions": [5]}, {"team_id": []}, {"event_id": {}}, {"message": []},
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["event_callback", "block_actions", "view_submission", "block_suggestion", "strange"])
def test_no_shape_of_payload_is_a_server_error(bench: Bench, kind: str, fields: dict[str, Any]) -> None:
    event = {"type": "message", "channel": "D0X", "channel_type": "im", "user": ALICE, "ts": "1.1", "text": "x"}
    body = {"type": kind, "event": event, "team_id": "T0FIRST001", "event_id": "Ev1", **fields}
    assert bench.slack.deliver(body, bench.post).status in (200, 400)
    assert bench.slack.deliver_action(body, bench.post).status in (200, 400)


def test_the_address_is_verified(bench: Bench) -> None:
    done = bench.slack.deliver({"type": "url_verification", "token": "x", "challenge": "3eZbrw1aB"}, bench.post)
    assert done.status == 200
    assert b"3eZbrw1aB" in done.body


def test_a_channel_that_is_off_says_why(tmp_path: Path) -> None:
    app = FastAPI()
    app.include_router(routes(Settings(_env_file=None, data_dir=tmp_path), None))
    with TestClient(app) as client:
        answer = client.post("/slack/events", content=b"{}")
    assert answer.status_code == 404
    assert "IPPO_SLACK_SIGNING_SECRET" in answer.json()["error"]


# ---- sending, and what may go wrong with it


def ask(bench: Bench, text: str = "LEDの助成は?") -> None:
    bench.deliver(*bench.slack.say(bench.slack.direct(ALICE), ALICE, text))
    bench.drain()


@pytest.mark.parametrize("fault", ["stored-reset", "stored-500", "stored-garbage", "reset", "500", "503", "502", "429", "ratelimited", "rate_limited", "internal_error"])  # fmt: skip
def test_a_post_that_breaks_is_there_once_in_the_end(bench: Bench, fault: str) -> None:
    bench.slack.fail("chat.postMessage", fault)
    ask(bench)
    assert len(bench.slack.posts) == 1
    assert bench.column(outbox.c.status) == ["sent"]
    attempts = 1 if fault.startswith("stored-") else 2
    assert len(bench.slack.called("chat.postMessage")) == attempts


def test_a_post_that_takes_too_long_is_looked_up(bench: Bench, slack: SlackServer, tmp_path: Path) -> None:
    channel = bench.messaging.channels["slack"]
    assert isinstance(channel, SlackChannel)
    channel._posting.client.timeout = 1
    slack.hang = 1.5
    slack.fail("chat.postMessage", "stored-slow")
    ask(bench)
    assert len(slack.posts) == 1


def test_without_the_lookup_a_broken_post_would_be_doubled(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Posting, "_posted", lambda *_: None)
    bench.slack.fail("chat.postMessage", "stored-reset")
    ask(bench)
    assert len(bench.slack.posts) == 2


def test_a_process_that_died_between_post_and_mark_does_not_post_again(bench: Bench) -> None:
    ask(bench)
    with bench.store.write() as connection:
        connection.execute(update(outbox).values(status="sending", attempted_at=time.time() - 31, sent_as=""))
        connection.execute(update(conversations).values(busy=True, lease_token="dead", lease_until=time.time() - 1))
    bench.drain()
    assert len(bench.slack.posts) == 1
    assert bench.column(outbox.c.sent_as) == [f"{bench.slack.direct(ALICE).id}:{bench.slack.posts[0]['ts']}"]


def test_an_answer_is_found_in_a_long_thread(bench: Bench) -> None:
    direct = bench.slack.direct(ALICE)
    (said,) = bench.slack.say(direct, ALICE, "LEDの助成は?")
    for number in range(450):
        bench.slack.say(direct, ALICE, f"{number}", thread_ts=said["event"]["ts"])
    bench.slack.fail("chat.postMessage", "stored-reset")
    bench.deliver(said)
    bench.drain()
    assert len(bench.slack.posts) == 1
    assert len(bench.slack.called("conversations.replies")) == 3


def test_while_nothing_can_be_looked_up_nothing_is_sent_and_in_the_end_operators_are_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.posting.PATIENCE", 0.3)
    monkeypatch.setattr("adapters.slack.posting.growing", lambda _attempts: 0.1)
    bench.slack.fail("chat.postMessage", "stored-reset")
    bench.slack.history_works = False
    ask(bench)
    assert bench.column(outbox.c.status) == ["unknown"]
    assert len(bench.slack.posts) == 1
    assert len(bench.slack.called("conversations.replies")) > 1


def test_a_lookup_without_the_scope_is_given_up_at_once(bench: Bench) -> None:
    bench.slack.workspace.scopes.remove("im:history")
    bench.slack.fail("chat.postMessage", "stored-reset")
    ask(bench)
    assert bench.column(outbox.c.status) == ["unknown"]
    assert len(bench.slack.posts) == 1


@pytest.mark.parametrize("error", ["channel_not_found", "not_in_channel", "is_archived", "account_inactive", "token_revoked", "invalid_auth", "no_text"])  # fmt: skip
def test_what_is_refused_for_good_fails(bench: Bench, error: str) -> None:
    bench.slack.fail("chat.postMessage", error)
    ask(bench)
    assert bench.column(outbox.c.status) == ["failed"]
    assert bench.column(outbox.c.error) == [error]


def test_refused_blocks_become_plain_text(bench: Bench) -> None:
    bench.slack.fail("chat.postMessage", "invalid_blocks")
    ask(bench)
    assert [post["blocks"] for post in bench.slack.posts] == [[]]
    assert bench.column(outbox.c.status) == ["sent"]


def test_slack_that_is_away_is_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.posting.growing", lambda _attempts: 0.1)
    channel = bench.messaging.channels["slack"]
    assert isinstance(channel, SlackChannel)
    there, channel._posting.client.base_url = channel._posting.client.base_url, "http://127.0.0.1:9/api/"
    bench.deliver(*bench.slack.say(bench.slack.direct(ALICE), ALICE, "助成は?"))
    bench.worker.work_once()
    assert bench.column(outbox.c.status) == ["pending"]
    channel._posting.client.base_url = there
    bench.drain()
    assert len(bench.slack.posts) == 1


def test_a_busy_channel_is_posted_to_no_faster_than_slack_allows(bench: Bench, general: Room) -> None:
    for number in range(6):
        bench.deliver(*bench.slack.say(general, ALICE, f"<@{bench.slack.bot_user}> 質問{number}は?"))
    bench.drain(30)
    assert len(bench.slack.posts) == 6
    assert [call.status for call in bench.slack.called("chat.postMessage") if call.status == 429] == []


def test_a_limit_is_honoured_for_as_long_as_slack_says(bench: Bench) -> None:
    bench.slack.fail("chat.postMessage", "429")
    ask(bench)
    first, second = bench.slack.called("chat.postMessage")
    assert second.at - first.at >= 1.0


# ---- what people see


HOSTILE = "<!channel> <@U0BOB0001> <https://evil.example|窓> & *太字* <script>alert(1)</script> `x` \x00 [1]"


def test_hostile_words_call_nobody_and_link_nowhere(bench: Bench, general: Room) -> None:
    text = f"<@{bench.slack.bot_user}> {HOSTILE}"
    bodies = bench.slack.say(general, ALICE, text)
    for body in bodies:
        # As typed by hand, escaped by Slack, and as a mention it has resolved.
        body["event"]["text"] = f"<@{bench.slack.bot_user}> {HOSTILE.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')} <!channel>"  # fmt: skip
    bench.deliver(*bodies)
    bench.drain()
    assert bench.echo.asked[0].text.startswith("<!channel> <@U0BOB0001>")
    assert "\x00" not in bench.echo.asked[0].text
    assert bench.slack.pings() == []
    shown = json.dumps(bench.slack.posts, ensure_ascii=False)
    assert "<https://evil" not in shown
    assert "&lt;!channel&gt;" in shown


def test_half_a_character_is_no_server_error(bench: Bench) -> None:
    (body,) = bench.slack.say(bench.slack.direct(ALICE), ALICE, "窓は?")
    raw = json.dumps(body).replace(json.dumps("窓は?")[1:-1], "\\ud83d\\u0000窓は?").encode()
    assert bench.slack.carry(raw, "application/json", bench.post).status == 200
    bench.drain()
    assert [question.text for question in bench.echo.asked] == ["窓は?"]


def test_a_choice_is_asked_in_its_thread(bench: Bench, general: Room) -> None:
    bench.deliver(*bench.slack.say(general, ALICE, f"<@{bench.slack.bot_user}> 窓は?"))
    bench.drain()
    (reply,) = bench.slack.posts
    button = next(block for block in reply["blocks"] if block["type"] == "actions")["elements"][0]
    pressed = bench.slack.press(general, BOB, reply, {"type": "button", **button})
    assert bench.slack.deliver_action(pressed, bench.post).status == 200
    assert bench.slack.deliver_action(pressed, bench.post).status == 200
    bench.drain()
    assert [question.text for question in bench.echo.asked] == ["窓は?", "締切は?"]
    assert bench.echo.asked[1].history[0].text == "窓は?"
    assert "&gt; " not in json.dumps(bench.slack.posts[1]["blocks"][0])
    assert "締切は?" in json.dumps(bench.slack.posts[1]["blocks"][0], ensure_ascii=False)
    assert bench.slack.posts[1]["thread_ts"] == reply["thread_ts"]


@pytest.mark.parametrize("vote", ["up", "down"])
def test_a_vote_is_stored_with_the_answer_it_is_for(bench: Bench, vote: str) -> None:
    ask(bench)
    (reply,) = bench.slack.posts
    action = {"type": "feedback_buttons", "action_id": "ippo_feedback", "value": vote}
    assert bench.slack.deliver_action(bench.slack.press(bench.slack.direct(ALICE), ALICE, reply, action), bench.post).status == 200  # fmt: skip
    bench.drain()
    assert bench.column(inbox.c.kind) == ["text", "vote"]
    assert bench.column(inbox.c.text)[1] == vote
    assert bench.column(inbox.c.message)[1] == bench.column(outbox.c.sent_as)[0]
    assert len(bench.slack.posts) == 1


def test_other_buttons_are_acknowledged_and_left_alone(bench: Bench) -> None:
    ask(bench)
    pressed = bench.slack.press(bench.slack.direct(ALICE), ALICE, bench.slack.posts[0], {"type": "button", "action_id": "handoff_claim", "value": "1"})  # fmt: skip
    assert bench.slack.deliver_action(pressed, bench.post).status == 200
    assert bench.column(inbox.c.kind) == ["text"]


def test_a_command_is_acknowledged_in_private_and_answered_by_direct_message(bench: Bench) -> None:
    fields = bench.slack.slash(ALICE, "payload の助成は?")
    done = bench.slack.deliver_command(fields, bench.post)
    assert done.status == 200
    assert "ダイレクトメッセージ" in json.loads(done.body)["text"] if done.body.startswith(b"{") else done.body.decode()
    bench.slack.deliver_command(fields, bench.post)
    bench.slack.fail("chat.postMessage", "stored-reset")
    bench.drain()
    (reply,) = bench.slack.replies(bench.slack.direct(ALICE))
    assert "thread_ts" not in reply
    assert "payload の助成は?" in json.dumps(reply["blocks"][0], ensure_ascii=False)
    assert [question.text for question in bench.echo.asked] == ["payload の助成は?"]


def test_a_command_without_a_question_says_how_to_use_it(bench: Bench) -> None:
    done = bench.slack.deliver_command(bench.slack.slash(ALICE, "  "), bench.post)
    assert done.status == 200
    assert "/ippo" in done.body.decode()
    assert bench.column(inbox.c.id) == []


def test_the_home_tab_shows_help(bench: Bench) -> None:
    opened = {"type": "app_home_opened", "user": ALICE, "channel": "D0X", "tab": "home", "event_ts": "1.1"}
    assert bench.deliver(bench.slack.envelope(opened))[0].status == 200
    soon(lambda: ALICE in bench.slack.homes)
    assert "自動応答" in json.dumps(bench.slack.homes[ALICE], ensure_ascii=False)


@pytest.mark.parametrize("old", [True, False])
def test_prompts_are_suggested_on_the_messages_tab_and_in_threads_of_older_apps(bench: Bench, old: bool) -> None:
    direct = bench.slack.direct(ALICE)
    root = bench.slack.say(direct, ALICE, "x")[0]["event"]["ts"]
    thread = {"user_id": ALICE, "context": {}, "channel_id": direct.id, "thread_ts": root}
    event = (
        {"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": root}
        if old
        else {"type": "app_home_opened", "user": ALICE, "channel": direct.id, "tab": "messages", "event_ts": root}
    )
    assert bench.deliver(bench.slack.envelope(event))[0].status == 200
    soon(lambda: bool(bench.slack.prompts))
    assert ("thread_ts" in bench.slack.prompts[0]) is old
    assert bench.column(inbox.c.id) == []


def test_secrets_and_words_stay_out_of_the_log(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        bench.slack.fail("chat.postMessage", "502", "stored-reset", "429", "invalid_blocks")
        ask(bench, "ひみつの質問は?")
        bench.slack.carry(b"{", "application/json", bench.post)
        bench.deliver(bench.slack.envelope({"type": "strange", "text": "ひみつの質問は?"}))
    said = " ".join(str(vars(record)) for record in caplog.records)
    assert "ひみつ" not in said
    for secret in (bench.slack.token, bench.slack.signing_secret, "Bearer", "v0="):
        assert secret not in said
