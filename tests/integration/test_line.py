"""LINE from webhook to reply: the application, the message store, a worker and LINE's SDK against a strict local LINE."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select, update

from adapters import bootstrap
from adapters.app import create_app
from adapters.bootstrap import Ippo
from adapters.cli import ippo as commands
from adapters.line import menu
from adapters.line.channel import LineChannel
from adapters.messages.conversation import Talker
from adapters.messages.model import Delivery, Outgoing
from adapters.messages.schema import conversations, inbox, outbox, turns
from adapters.messages.service import Messaging
from adapters.messages.worker import Worker
from bot.answer import Act, Answer, Citation, Question
from tests.library import MemoryLibrary, services
from tests.platforms import line as platform
from tests.platforms import openapi
from tests.platforms.line import Event, Line, group, user

ANN, BEN = user(1), user(2)
TEAM = group(9)
HOST = "https://ippo.example.jp"


class Echo:
    """Answers with the question, with a source and something to tap."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.takes = 0.0  # seconds

    def answer(self, question: Question) -> Answer:
        self.asked.append(question.text)
        time.sleep(self.takes)
        cited = Citation(
            1, "led.md", "照明のLED化", "費用", "費用の半分を助成します。", "c1", f"{HOST}/sources/led.md#c1"
        )
        return Answer(Act.ANSWER, f"「{question.text}」ですね。[1]", (cited,), (), ("締切は?",), 0.9)


@dataclass
class Bot:
    """The program, and its parts that tests look at."""

    line: Line
    messaging: Messaging
    app: FastAPI
    echo: Echo
    ippo: Ippo

    def post(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        async def call() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(self.app), base_url="http://ippo.test"
            ) as client:
                return await client.post("/line/webhook", content=body, headers=headers)

        return anyio.run(call)

    def hear(self, *events: Any) -> None:
        assert self.post(*self.line.request(*events)).status_code == 200

    def worker(self, wrap: Callable[[LineChannel], Any] = lambda channel: channel) -> Worker:
        """A worker as a new process would have it: it remembers nothing."""
        channel = LineChannel(self.ippo.settings, clock=self.line.now)
        talker = Talker(self.echo, lambda: date(2026, 11, 24))
        return Worker(self.messaging.store, talker, {"line": wrap(channel)})

    def work(self, worker: Worker | None = None) -> None:
        """Work until nothing is left; pauses are skipped."""
        working = worker or self.worker()
        for _ in range(100):
            self.set_lanes(due_at=0.0)
            if not working.work_once():
                return
        raise AssertionError("there is always something to do")

    def set_lanes(self, **values: float) -> None:
        with self.messaging.store.write() as connection:
            connection.execute(update(conversations).values(**values))

    def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        with self.messaging.store.read() as connection:
            return [tuple(row) for row in connection.execute(select(*columns).order_by(columns[0].table.c.id))]

    def statuses(self) -> list[str]:
        return [status for (status,) in self.rows(outbox.c.status)]


@pytest.fixture
def line() -> Iterator[Line]:
    with platform.serving() as found:
        yield found


@pytest.fixture
def bot(line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bot]:
    # When an attempt begins is told by LINE's clock, which a test can move.
    monkeypatch.setattr("adapters.messages.sending.now", line.now)
    echo = Echo()
    ippo = services(MemoryLibrary({}), assistant=echo)
    settings = ippo.settings.model_copy(
        update={
            "line_channel_secret": SecretStr(platform.SECRET),
            "line_channel_access_token": SecretStr(platform.TOKEN),
            "line_api_url": line.url,
            "public_url": HOST,
            "data_dir": tmp_path,
        }
    )
    ippo = replace(ippo, settings=settings)
    with bootstrap.messaging(ippo) as messaging:
        yield Bot(line, messaging, create_app(ippo, messaging), echo, ippo)


def said(line: Line) -> list[tuple[str, str, str]]:
    return [(one.to, one.way, one.text) for one in line.delivered]


def test_a_question_is_answered_on_its_own_reply_token(bot: Bot, line: Line) -> None:
    bot.hear(line.text(ANN, "LEDの助成は?🤨"))
    bot.work()

    assert said(line) == [(ANN, "reply", "「LEDの助成は?🤨」ですね。[1]")]
    text, flex = line.delivered[0].messages
    assert text["type"] == "text"
    assert flex["altText"] == "出典: [1] 照明のLED化"
    assert flex["contents"]["body"]["contents"][-1]["action"]["uri"] == f"{HOST}/sources/led.md#c1"
    assert flex["quickReply"]["items"][0]["action"] == {"type": "message", "label": "締切は?", "text": "締切は?"}
    assert not any("x-line-retry-key" in call.headers for call in line.calls)


def test_an_answer_that_takes_its_time_is_announced_to_people_and_not_to_groups(
    bot: Bot, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.messages.answering.MOMENT", 0.0)
    bot.echo.takes = 1.0
    bot.hear(
        line.text(ANN, "LEDの助成は?"), line.event("postback", platform.source(ANN, TEAM), postback={"data": "窓は?"})
    )
    bot.work()
    deadline = time.monotonic() + 30
    while not line.loading and time.monotonic() < deadline:
        time.sleep(0.05)

    assert line.loading == [ANN]


def test_what_comes_twice_is_answered_once(bot: Bot, line: Line) -> None:
    event = line.text(ANN, "LEDの助成は?")
    bot.hear(event)
    bot.hear(event, event)
    bot.hear(line.redelivery(event))
    bot.work()
    bot.hear(line.redelivery(event))
    bot.work()

    assert len(line.delivered) == len(bot.echo.asked) == 1


def test_a_redelivery_that_is_the_first_to_arrive_is_answered_on_its_token(bot: Bot, line: Line) -> None:
    event = line.text(ANN, "LEDの助成は?")
    line.offset = 300
    again = line.redelivery(event)
    line.offset = 0  # the bot's clock is the computer's
    bot.hear(again)
    line.offset = 0.1
    bot.work()

    assert [one.way for one in line.delivered] == ["reply"]


def test_a_redelivery_older_than_20_minutes_is_pushed(bot: Bot, line: Line) -> None:
    event = line.text(ANN, "LEDの助成は?")
    event["timestamp"] -= 21 * 60 * 1000
    bot.hear(line.redelivery(event))
    bot.work()

    assert [one.way for one in line.delivered] == ["push"]
    assert [call.path for call in line.calls if "message/reply" in call.path] == []


def test_several_events_of_several_people_in_one_request(bot: Bot, line: Line) -> None:
    bot.hear(line.text(ANN, "LEDの助成は?"), line.text(BEN, "窓の助成は?"), line.text(ANN, "締切はいつ?"))
    bot.work()

    assert [text for to, _, text in said(line) if to == ANN] == [
        "「LEDの助成は?」ですね。[1]",
        "「締切はいつ?」ですね。[1]",
    ]
    assert [text for to, _, text in said(line) if to == BEN] == ["「窓の助成は?」ですね。[1]"]


BAD = [
    None,
    7,
    [],
    {},
    {"type": "message"},
    {"type": "message", "message": {"type": "text"}, "source": {"type": "user", "userId": ANN}},
    {"type": "message", "message": {"type": "text", "text": 5, "id": "1"}, "source": {"type": "user", "userId": ANN}},
    {"type": "message", "message": {"type": "hologram", "id": "1"}, "source": {"type": "user", "userId": ANN}},
    {"type": "message", "message": {"type": "text", "text": "x", "id": "1"}, "source": {"type": "planet"}},
    {"type": "message", "message": {"type": "text", "text": "x", "id": "1"}, "source": {"type": "user"}},
    {"type": "message", "message": {"type": "text", "text": "x", "id": "1" * 500}, "source": {"type": "user", "userId": ANN}},
    {"type": "message", "message": {"type": "text", "text": "x"}, "source": {"type": "user", "userId": ANN}, "mode": "new"},
    {"type": "postback", "postback": "x", "source": {"type": "user", "userId": ANN}},
    {"type": "unsend", "source": {"type": "user", "userId": ANN}, "webhookEventId": "x", "unsend": {}},
    {"type": "tomorrow", "webhookEventId": "y", "source": {"type": "user", "userId": ANN}},
    {"type": "accountLink", "link": {"result": "failed", "nonce": "n"}, "webhookEventId": "z"},
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_one_bad_or_unknown_event_never_sinks_the_others(bot: Bot, line: Line, bad: object) -> None:
    bot.hear(line.text(ANN, "LEDの助成は?"), bad, line.text(BEN, "窓の助成は?"))
    bot.work()

    assert sorted(bot.echo.asked) == ["LEDの助成は?", "窓の助成は?"]
    assert len(line.delivered) == 2


@pytest.mark.parametrize("text", ["\ud800 半分?", "\0 零?", "𠮷" * 9000 + "?"], ids=["half", "zero", "long"])
def test_no_text_ends_in_an_error(bot: Bot, line: Line, text: str) -> None:
    bot.hear(line.text(ANN, text))
    bot.work()

    assert len(line.delivered) == 1


def test_a_bad_signature_is_refused_without_a_trace(bot: Bot, line: Line) -> None:
    body, headers = line.request(line.text(ANN, "LEDの助成は?🤨"))
    (name,) = [name for name in headers if name.lower() == "x-line-signature"]
    rewritten = body.decode().encode().replace(b"\\ud83e\\udd28", "🤨".encode())
    assert rewritten != body
    tries = [
        (body, {**headers, name: platform.sign(body, "another secret")}),
        (body, {**headers, name: ""}),
        (body, {**headers, name: "ですよ".encode()}),
        (body, {key: value for key, value in headers.items() if key != name}),
        (rewritten, headers),
        (b"nonsense", headers),
    ]

    assert [bot.post(*one).status_code for one in tries] == [401] * len(tries)
    assert bot.rows(inbox.c.id) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"destination":"U","events":[]}', 200),
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"events":{}}', 400),
        (b"\xff\xfe\x00", 400),
        (b"[" * 100_000, 400),
        (b" " * (1024 * 1024 + 1), 413),
    ],
    ids=["empty events", "empty", "half", "list", "no list", "no text", "deep", "large"],
)
def test_bodies_that_are_no_webhook(bot: Bot, body: bytes, status: int) -> None:
    assert bot.post(body, {"x-line-signature": platform.sign(body)}).status_code == status


def test_without_credentials_the_route_says_what_is_missing(bot: Bot, line: Line) -> None:
    settings = bot.ippo.settings.model_copy(update={"line_channel_access_token": SecretStr("")})
    bot.app = create_app(replace(bot.ippo, settings=settings), bot.messaging)

    refused = bot.post(*line.request(line.text(ANN, "LEDの助成は?")))

    assert refused.status_code == 404
    assert "IPPO_LINE_CHANNEL_ACCESS_TOKEN" in refused.text
    assert "IPPO_LINE_CHANNEL_SECRET" not in refused.text
    assert "line" not in bootstrap.messaging(replace(bot.ippo, settings=settings)).channels


def test_lines_sdk_is_imported_with_the_first_call_alone(bot: Bot, line: Line, project: Path) -> None:
    """It takes a second or two, and a web server whose workers are elsewhere never needs it."""
    script = f"""
import sys
from adapters import channels, settings
found = channels.configured(settings.Settings(line_channel_secret="a", line_channel_access_token="b", line_api_url="{line.url}"), None)
print("line" in found, "linebot" in sys.modules)
found["line"].working({{"source": "user", "to": "{ANN}"}})
print("linebot" in sys.modules)
"""
    ran = subprocess.run([sys.executable, "-c", script], cwd=project, capture_output=True, text=True, check=True)

    assert ran.stdout.split() == ["True", "False", "True"]


def test_standby_is_silent(bot: Bot, line: Line) -> None:
    event: Event = {**line.text(ANN, "LEDの助成は?"), "mode": "standby"}
    del event["replyToken"]
    bot.hear(event)
    bot.work()

    assert line.delivered == []


def test_a_group_is_answered_only_where_the_bot_is_called_by_name(bot: Bot, line: Line) -> None:
    line.members[TEAM] = 4
    me = [{"index": 3, "length": 3, "type": "user", "userId": user(99), "isSelf": True}]
    everyone = [{"index": 0, "length": 4, "type": "all"}]
    other = [{"index": 0, "length": 3, "type": "user", "userId": BEN, "isSelf": False}]
    bot.hear(
        line.text(ANN, "お昼どうする?", group=TEAM),
        line.text(ANN, "@All LEDの助成は?", group=TEAM, mentions=everyone),
        line.text(ANN, "@Ben 助成は?", group=TEAM, mentions=other),
        line.message(ANN, "image", group=TEAM, contentProvider={"type": "line"}),
        line.message(ANN, "sticker", group=TEAM, packageId="1", stickerId="1"),
        line.text("", "😀 @一歩 LEDの助成は?", group=TEAM, mentions=me),
    )
    bot.work()

    assert bot.echo.asked == ["😀  LEDの助成は?"]
    assert [(one.to, one.way) for one in line.delivered] == [(TEAM, "reply")]
    # A tapped text would not call the bot by name; a postback reaches it.
    tap = line.delivered[0].messages[-1]["quickReply"]["items"][0]["action"]
    assert tap == {"type": "postback", "label": "締切は?", "data": "締切は?", "displayText": "締切は?"}
    assert line.loading == []

    bot.hear(line.event("postback", platform.source(ANN, TEAM), postback={"data": tap["data"]}))
    bot.work()
    assert bot.echo.asked[-1] == "締切は?"


def test_every_kind_of_event_has_its_reply_or_none(bot: Bot, line: Line) -> None:
    line.members[TEAM] = 4
    at = platform.source(ANN)
    bot.hear(
        line.event("follow", at, follow={"isUnblocked": False}),
        line.message(ANN, "sticker", packageId="446", stickerId="1988", stickerResourceType="STATIC"),
        line.message(ANN, "image", contentProvider={"type": "line"}),
        line.message(ANN, "location", address="東京都千代田区外神田1-1", latitude=35.6, longitude=139.7),
        line.event("unfollow", at, replies=False),
        line.event("join", platform.source("", TEAM)),
        line.event("leave", platform.source("", TEAM), replies=False),
        line.event("memberJoined", platform.source("", TEAM), joined={"members": [at]}),
        line.event("videoPlayComplete", at, videoPlayComplete={"trackingId": "x"}),
    )
    bot.work()

    follow, sticker, image, location = [text for to, _, text in said(line) if to == ANN]
    assert "自動応答" in follow
    assert "保存します" in follow
    assert "スタンプ" in sticker
    assert image.startswith("画像をありがとうございます。自動応答では中身を見られず、保存もしていません。")
    assert "千代田区ですか?" in location
    assert len(line.delivered[0].messages[-1]["quickReply"]["items"]) == 5
    assert ["「@」" in text for to, _, text in said(line) if to == TEAM] == [True]


def test_what_is_taken_back_is_erased_and_not_answered(bot: Bot, line: Line) -> None:
    event = line.text(ANN, "口座は123です。助成は?")
    bot.hear(event, line.text(ANN, "窓の助成は?"))
    bot.hear(line.event("unsend", platform.source(ANN), replies=False, unsend={"messageId": event["message"]["id"]}))
    bot.work()

    assert bot.echo.asked == ["窓の助成は?"]
    assert "口座" not in str(bot.rows(inbox.c.text) + bot.rows(turns.c.text))


def test_an_answer_that_took_too_long_is_pushed_with_its_key(bot: Bot, line: Line) -> None:
    bot.hear(line.text(ANN, "LEDの助成は?"))
    line.offset = 51
    bot.work()

    (sent,) = line.delivered
    (key,) = [key for (key,) in bot.rows(outbox.c.retry_key)]
    assert (sent.way, sent.key) == ("push", key)
    assert not any("message/reply" in call.path for call in line.calls)


def test_a_token_that_line_calls_invalid_at_first_is_followed_by_a_push(bot: Bot, line: Line) -> None:
    event = line.text(ANN, "LEDの助成は?")
    line._tokens.clear()
    bot.hear(event)
    bot.work()

    assert [one.way for one in line.delivered] == ["push"]
    assert bot.statuses() == ["sent"]


FAULTS = [
    (["500"], ["reply"]),
    (["429", "429"], ["reply"]),
    (["401"], ["reply"]),
    (["drop"], ["reply"]),
    (["accept, 500"], ["reply"]),
    (["accept, drop"], ["reply"]),
    (["drop", "accept, drop", "500"], ["reply"]),
    (["accept, 500", "429", "401"], ["reply"]),
]


@pytest.mark.parametrize(("faults", "ways"), FAULTS, ids=[" / ".join(faults) for faults, _ in FAULTS])
def test_whatever_befalls_a_reply_it_arrives_once(bot: Bot, line: Line, faults: list[str], ways: list[str]) -> None:
    bot.hear(line.text(ANN, "LEDの助成は?"))
    line.faults.extend(faults)
    bot.work()

    assert [one.way for one in line.delivered] == ways
    assert bot.statuses() == ["sent"]
    assert not any("push" in call.path for call in line.calls)


@pytest.mark.parametrize("faults", [["500"], ["accept, 500"], ["accept, drop", "drop", "429"]])
def test_whatever_befalls_a_push_it_arrives_once(bot: Bot, line: Line, faults: list[str]) -> None:
    bot.hear(line.text(ANN, "LEDの助成は?"))
    line.offset = 70
    line.faults.extend(faults)
    bot.work()

    assert [one.way for one in line.delivered] == ["push"]
    assert bot.statuses() == ["sent"]
    assert len({call.headers["x-line-retry-key"] for call in line.calls if call.path.endswith("/push")}) == 1


def test_an_answer_that_comes_too_late_counts_as_none(bot: Bot, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.line.calls.TIMEOUT", 0.5)
    bot.hear(line.text(ANN, "LEDの助成は?"))
    line.faults.extend(["accept, wait"])
    bot.work()

    assert len(line.delivered) == 1
    assert bot.statuses() == ["sent"]


class Killed(BaseException):
    """The process ends here: nothing that catches exceptions sees it."""


@dataclass
class Dying:
    """A channel whose process dies before or after its call."""

    channel: LineChannel
    before: bool = False
    name: str = "line"

    def deliver(self, message: Outgoing) -> Delivery:
        if not self.before:
            self.channel.deliver(message)
        raise Killed

    def working(self, address: Any) -> None:
        """Nothing to show."""


@dataclass
class Once:
    """A channel that leaves its second attempt to others."""

    channel: LineChannel
    name: str = "line"

    def deliver(self, message: Outgoing) -> Delivery:
        return replace(self.channel.deliver(message), after=60.0)

    def working(self, address: Any) -> None:
        """Nothing to show."""


def die(bot: Bot, *, before: bool = False) -> None:
    """A worker is killed around its call; its lane is left to others."""
    bot.set_lanes(due_at=0.0, lease_until=0.0)
    with pytest.raises(Killed):
        bot.worker(lambda channel: Dying(channel, before)).work_once()
    bot.set_lanes(lease_until=0.0)


@pytest.mark.parametrize(("before", "calls"), [(True, 1), (False, 2)])
def test_a_worker_killed_around_its_reply_leaves_one_reply(bot: Bot, line: Line, before: bool, calls: int) -> None:
    bot.hear(line.text(ANN, "LEDの助成は?"))
    die(bot, before=before)
    bot.work()

    assert [one.way for one in line.delivered] == ["reply"]
    assert len([call for call in line.calls if call.path.endswith("/reply")]) == calls
    assert bot.statuses() == ["sent"]


@pytest.mark.parametrize("deaths", [1, 3])
@pytest.mark.parametrize("before", [True, False])
def test_a_worker_killed_around_its_push_leaves_one_push(bot: Bot, line: Line, before: bool, deaths: int) -> None:
    bot.hear(line.text(ANN, "LEDの助成は?"))
    line.offset = 70
    for _ in range(deaths):
        die(bot, before=before)
    bot.work()

    assert [one.way for one in line.delivered] == ["push"]
    assert bot.statuses() == ["sent"]


@pytest.mark.parametrize("before", [True, False])
def test_a_push_for_an_invalid_token_survives_kills(bot: Bot, line: Line, before: bool) -> None:
    event = line.text(ANN, "LEDの助成は?")
    line._tokens.clear()
    bot.hear(event)
    bot.set_lanes(due_at=0.0)
    bot.worker(Once).work_once()
    assert bot.rows(outbox.c.status, outbox.c.error) == [("pending", "Invalid reply token")]
    for _ in range(2):
        die(bot, before=before)
    line.faults.append("accept, 500")
    bot.work()

    assert [one.way for one in line.delivered] == ["push"]
    assert bot.statuses() == ["sent"]


def test_a_reply_that_was_repeated_late_is_not_followed_by_a_push(bot: Bot, line: Line) -> None:
    bot.hear(line.text(ANN, "LEDの助成は?"))
    die(bot)
    line.offset = 55
    die(bot)
    line.offset = 58
    bot.work()

    assert [one.way for one in line.delivered] == ["reply"]
    assert bot.statuses() == ["sent"]


@pytest.mark.parametrize("before", [True, False])
def test_a_reply_in_doubt_whose_minute_is_over_is_not_pushed(bot: Bot, line: Line, before: bool) -> None:
    bot.hear(line.text(ANN, "LEDの助成は?"))
    die(bot, before=before)
    line.offset = 61
    bot.work()

    assert len(line.delivered) == (0 if before else 1)
    assert bot.statuses() == ["unknown"]
    assert not any("push" in call.path for call in line.calls)


def test_a_blocked_person_costs_nothing_and_holds_nobody_up(bot: Bot, line: Line) -> None:
    line.blocked.add(ANN)
    bot.hear(line.text(ANN, "LEDの助成は?"), line.text(BEN, "窓の助成は?"))
    bot.work()

    assert bot.statuses() == ["sent", "sent"]
    assert [one.to for one in line.delivered] == [BEN]


def test_the_monthly_limit_ends_a_push_for_good_and_says_so(
    bot: Bot, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    line.limit = 200
    bot.hear(line.text(ANN, "LEDの助成は?"))
    line.offset = 70
    worker = bot.worker()
    channel = worker._sending._channels["line"]
    assert isinstance(channel, LineChannel)
    channel._quota.allows("bot")
    line.used = 200  # since the figures were read
    bot.work(worker)

    assert bot.rows(outbox.c.status, outbox.c.error) == [("failed", "You have reached your monthly limit.")]
    assert line.delivered == []
    assert "monthly limit" in caplog.text


def test_the_last_tenth_is_kept_for_advisors_and_operators_are_warned(
    bot: Bot, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    line.limit, line.used = 200, 181
    bot.hear(line.text(ANN, "LEDの助成は?"))
    line.offset = 70
    bot.work()
    assert [(status, "advisors" in error) for status, error in bot.rows(outbox.c.status, outbox.c.error)] == [
        ("failed", True)
    ]
    assert any(getattr(record, "percent", None) == 90 for record in caplog.records)

    for author, arrived in (("notice", 0), ("advisor", 1)):
        with bot.messaging.store.write() as connection:
            connection.execute(update(outbox).values(status="pending", author=author))
        bot.set_lanes(busy=True)
        bot.work()
        assert len(line.delivered) == arrived
    (sent,) = line.delivered
    assert {one["sender"]["name"] for one in sent.messages} == {"アドバイザー"}
    assert len([call for call in line.calls if "quota" in call.path]) == 6  # twice for each of three workers


def test_neither_texts_nor_secrets_are_logged(bot: Bot, line: Line, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="adapters")
    event = line.text(ANN, "秘密の質問は?")
    bot.hear(
        event, {"type": "message", "message": {"type": "text", "text": 5}, "source": {"type": "user", "userId": ANN}}
    )
    line.faults.extend(["accept, 500", "401", "429"])
    bot.work()

    everything = " ".join(str(vars(record)) for record in caplog.records)
    assert everything
    for secret in ("秘密", platform.TOKEN, platform.SECRET, event["replyToken"], ANN):
        assert secret not in everything


def test_what_goes_out_is_what_lines_own_description_allows(bot: Bot, line: Line, project: Path) -> None:
    description = project / "../shared/platforms/line-openapi/messaging-api.yml"
    if not description.exists():
        pytest.skip(f"needs {description}")
    line.members[TEAM] = 4
    line.limit = 1000
    bot.worker()._sending._channels["line"].working({"source": "user", "to": ANN})
    bot.hear(
        line.text(ANN, "LEDの助成は?"),
        line.event("follow", platform.source(ANN)),
        line.event("postback", platform.source(ANN, TEAM), postback={"data": "締切は?"}),
    )
    bot.work()
    bot.hear(line.text(BEN, "窓の助成は?"))
    line.offset = 70
    bot.work()

    api = openapi.read(description)
    assert {call.path for call in line.calls} >= {
        "/v2/bot/message/reply",
        "/v2/bot/message/push",
        "/v2/bot/chat/loading/start",
        "/v2/bot/message/quota",
    }
    assert [
        problem for call in line.calls for problem in openapi.problems(api, call.method, call.path, call.body)
    ] == []
    wrong = {
        "replyToken": "x",
        "messages": [{"type": "flex", "altText": "x", "contents": {"type": "bubble", "colour": 1}}],
    }
    assert openapi.problems(api, "POST", "/v2/bot/message/reply", wrong) == ["/messages/0/contents/colour: unknown"]


@pytest.fixture
def ippo(bot: Bot, line: Line, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    """Runs the command line as it is set up for this account."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPPO_LINE_CHANNEL_SECRET", platform.SECRET)
    monkeypatch.setenv("IPPO_LINE_CHANNEL_ACCESS_TOKEN", platform.TOKEN)
    monkeypatch.setenv("IPPO_LINE_API_URL", line.url)
    monkeypatch.setenv("IPPO_PUBLIC_URL", HOST)
    return lambda *arguments: CliRunner().invoke(commands, ["line", *arguments])


def test_setup_installs_menu_and_webhook_and_may_be_repeated(ippo: Callable[..., Any], line: Line, bot: Bot) -> None:
    line.menus["richmenu-theirs"] = {**menu.definition(), "name": "somebody else's"}
    for _ in range(2):
        ran = ippo("setup")
        assert ran.exit_code == 0, ran.output

    assert "test call  answered with 200" in ran.stdout
    assert "1 earlier deleted" in ran.stdout
    assert line.endpoint == f"{HOST}/line/webhook"
    assert sorted(one["name"] for one in line.menus.values()) == ["ippo", "somebody else's"]
    assert line.menus[line.default_menu]["name"] == "ippo"
    assert line.images[line.default_menu].startswith(b"\x89PNG")
    for area in line.menus[line.default_menu]["areas"]:
        bot.hear(line.event("postback", platform.source(ANN), postback={"data": area["action"]["data"]}))
    bot.work()
    assert len(line.delivered) == 6


def test_setup_says_what_is_wrong(ippo: Callable[..., Any], line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    line.test_result = {"success": False, "statusCode": 0, "reason": "COULD_NOT_CONNECT", "detail": "no route"}
    failed = ippo("setup")
    assert (failed.exit_code, "COULD_NOT_CONNECT no route" in failed.stderr) == (1, True)

    monkeypatch.setenv("IPPO_LINE_CHANNEL_ACCESS_TOKEN", "stale")
    refused = ippo("setup")
    assert (refused.exit_code, "check IPPO_LINE_CHANNEL_ACCESS_TOKEN" in refused.stderr) == (3, True)

    monkeypatch.setenv("IPPO_PUBLIC_URL", "http://localhost:8000")
    assert "LINE calls https addresses only" in ippo("setup").stderr

    monkeypatch.setenv("IPPO_LINE_CHANNEL_ACCESS_TOKEN", "")
    missing = ippo("setup")
    assert (missing.exit_code, "set IPPO_LINE_CHANNEL_ACCESS_TOKEN" in missing.stderr) == (2, True)


def test_quota_is_told(ippo: Callable[..., Any], line: Line) -> None:
    assert ippo("quota").stdout == "used 0, no limit\n"
    line.limit, line.used = 5000, 1250
    assert ippo("quota").stdout == "used 1,250 of 5,000 (25%); the last 500 are kept for advisors\n"


def test_setup_is_what_lines_own_description_allows(ippo: Callable[..., Any], line: Line, project: Path) -> None:
    description = project / "../shared/platforms/line-openapi/messaging-api.yml"
    if not description.exists():
        pytest.skip(f"needs {description}")
    ippo("setup")
    ippo("quota")

    api = openapi.read(description)
    calls = [call for call in line.calls if not isinstance(call.body, bytes)]
    assert {call.path for call in calls} >= {"/v2/bot/richmenu", "/v2/bot/channel/webhook/endpoint"}
    assert [problem for call in calls for problem in openapi.problems(api, call.method, call.path, call.body)] == []
