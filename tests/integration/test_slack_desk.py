"""The advisors' side in Slack: the real app, stores, worker and SDK against a strict Slack on this machine."""

from __future__ import annotations

import copy
import json
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import select, update

from adapters import channels
from adapters.desk import cases as desk_cases
from adapters.desk.cases import Advisor, Desk
from adapters.desk.posts import Op, card_of, root_of
from adapters.desk.schema import advisors, audit, cases, notes
from adapters.desk.work import DRAFT, DeskWork
from adapters.messages.conversation import Talker
from adapters.messages.inbox import Inbox
from adapters.messages.lanes import Lane, Lanes
from adapters.messages.model import Delivery, Incoming, Kind, Outcome, Outgoing, Reply
from adapters.messages.schema import conversations, inbox, outbox
from adapters.messages.store import MessageStore
from adapters.messages.worker import Worker
from adapters.settings import Settings
from adapters.slack.channel import SlackChannel
from adapters.slack.desk import SlackDesk
from adapters.slack.pace import Pace
from adapters.slack.routes import routes
from adapters.slack.socket import Socket
from bot.answer import Act, Answer, Question
from tests.platforms.slack import Delivered, Room, SlackServer
from tests.platforms.slack_socket import SlackSocket
from tests.waiting import drain, soon

ANN, TANAKA, SATO = "U0ANN0001", "U0TANAKA1", "U0SATO001"
PUBLIC = "https://ippo.example.jp"
CITATION = {"n": 1, "source": "led.md", "title": "照明のLED化", "place": "費用", "quote": "半分を助成します。", "url": f"{PUBLIC}/sources/led.md#c1"}  # fmt: skip
HOSTILE = "<!channel> <@U0SATO001> <https://evil.example|窓> & *太字* `x` <!subteam^S1>"


class Echo:
    """Answers with the question."""

    def answer(self, question: Question) -> Answer:
        return Answer(Act.ANSWER, f"「{question.text}」ですね。", (), (), (), 0.9)


@dataclass
class Bench:
    """Everything of one test."""

    slack: SlackServer
    store: MessageStore
    settings: Settings
    desk: Desk
    channel: SlackDesk
    worker: Worker
    app: TestClient
    room: Room
    """The advisors' channel."""

    @property
    def work(self) -> DeskWork:
        return DeskWork(self.store, self.desk, self.channel.user_name)

    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        answer = self.app.post("/slack/events", content=body, headers=dict(headers))
        return answer.status_code, answer.content

    def deliver(self, *bodies: Mapping[str, Any]) -> list[Delivered]:
        done = [self.slack.deliver(body, self.post) for body in bodies]
        assert {one.status for one in done} <= {200}
        return done

    def drain(self, seconds: float = 20.0) -> None:
        drain(self.worker, within=seconds)

    def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        with self.store.read() as connection:
            return [tuple(row) for row in connection.execute(select(*columns).order_by(columns[0].table.c.id))]

    def column(self, column: Any) -> list[Any]:
        return [row[0] for row in self.rows(column)]

    # ---- people

    def ask(self, text: str = "LEDの助成は?") -> int:
        """Let the person ask, and the bot answer; give the conversation."""
        (said,) = self.slack.say(self.slack.direct(ANN), ANN, text)
        self.deliver(said)
        self.drain()
        with self.store.read() as connection:
            where = conversations.c.channel == "slack"
            return int(connection.execute(select(conversations.c.id).where(where)).scalars().all()[-1])

    def open(self, question: str = "LEDの助成は?", *lines: str) -> int:
        """Open a case whose card stands in the advisors' channel."""
        conversation = self.ask(question)
        with self.store.write() as connection:
            case = desk_cases.open_case(connection, conversation, reason="asked", question=question)
            text = "\n".join([question, *lines])
            self.desk.post(connection, case, Op.CARD, text, citations=[CITATION])
        self.drain()
        return case

    def card(self, number: int = -1) -> dict[str, Any]:
        return copy.deepcopy([post for post in self.slack.replies(self.room) if "thread_ts" not in post][number])

    def thread(self) -> list[str]:
        """Give what we have said below the card, drafts aside."""
        said = [post["text"] for post in self.slack.replies(self.room, self.card()["ts"])]
        return [text for text in said if DRAFT not in text]

    def person(self) -> list[str]:
        """Give what the person was sent after the first answer."""
        return [post["text"] for post in self.slack.replies(self.slack.direct(ANN))][1:]

    def press(self, user: str, action: str, *, card: dict[str, Any] | None = None) -> None:
        shown = card or self.card()
        (button,) = [element for element in buttons(shown) if element["action_id"] == action]
        pressed = self.slack.press(self.room, user, shown, button)
        assert self.slack.deliver_action(pressed, self.post).status == 200

    def write(self, user: str, text: str, **more: Any) -> dict[str, Any]:
        """Write in the card's thread; give the event's message."""
        bodies = self.slack.say(self.room, user, text, thread_ts=self.card()["ts"], **more)
        self.deliver(*bodies)
        return dict(bodies[0]["event"])

    def reactions(self, message: Mapping[str, Any]) -> set[str]:
        return {name for (_, ts, name) in self.slack.reactions if ts == message["ts"]}

    def account(self, user: str, name: str, role: str = "advisor", *, active: bool = True) -> int:
        values = {"login": name, "name": name, "password": "x", "role": role, "active": active, "created_at": 0.0}
        with self.store.write() as connection:
            row = advisors.insert().values(slack_user=f"{self.room.team}:{user}", **values)
            return int(connection.execute(row.returning(advisors.c.id)).scalar_one())


def buttons(shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [element for block in shown["blocks"] if block["type"] == "actions" for element in block["elements"]]


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer(burst=100, per_second=100) as server:
        server.people = {
            TANAKA: {"real_name": "田中 一郎", "profile": {"display_name": "田中"}},
            SATO: {"real_name": "佐藤", "profile": {"display_name": ""}},
        }
        yield server


@pytest.fixture
def room(slack: SlackServer) -> Room:
    return slack.channel("advisors", members=[TANAKA, SATO])


def configured(slack: SlackServer, folder: Path, advisors_in: str, **more: Any) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=folder,
        public_url=PUBLIC,
        slack_signing_secret=SecretStr(slack.signing_secret),
        slack_bot_token=SecretStr(slack.token),
        slack_api_url=slack.api_url,
        slack_advisor_channel=advisors_in,
        **more,
    )


@pytest.fixture
def bench(slack: SlackServer, room: Room, store: MessageStore, tmp_path: Path) -> Iterator[Bench]:
    yield from _bench(slack, room, store, configured(slack, tmp_path, room.id))


@pytest.fixture
def without(slack: SlackServer, room: Room, store: MessageStore, tmp_path: Path) -> Iterator[Bench]:
    """The same without an advisors' channel."""
    yield from _bench(slack, room, store, configured(slack, tmp_path, ""))


def _bench(slack: SlackServer, room: Room, store: MessageStore, settings: Settings) -> Iterator[Bench]:
    desk, pace = Desk(posting=True), Pace(burst=100, rate=100)
    channel = SlackDesk(settings, root=partial(root_of, store), card=partial(card_of, store), settle=0.05, pace=pace)
    on = {"slack": SlackChannel(settings, settle=0.05, pace=pace), "desk": channel}
    talker = Talker(Echo(), lambda: date(2026, 11, 24))
    worker = Worker(store, talker, on, desk=desk, names=channel.user_name)
    app = FastAPI()
    app.include_router(routes(settings, Inbox(store)))
    with TestClient(app) as client:
        yield Bench(slack, store, settings, desk, channel, worker, client, room)


def test_the_desk_is_on_where_slack_is_and_a_channel_is_named(
    slack: SlackServer, room: Room, tmp_path: Path, store: MessageStore
) -> None:
    settings = configured(slack, tmp_path, room.id)
    assert isinstance(channels.configured(settings, store)["desk"], SlackDesk)
    assert "desk" not in channels.configured(settings.model_copy(update={"slack_advisor_channel": ""}), store)
    assert "desk" not in channels.configured(settings.model_copy(update={"slack_bot_token": SecretStr("")}), store)


# ---- taking in


def test_a_press_is_taken_once_and_only_from_the_advisors_channel(bench: Bench) -> None:
    case = bench.open()
    before = len(bench.column(inbox.c.id))
    card, general = bench.card(), bench.slack.channel("general", members=[TANAKA])
    (claim, *_) = buttons(card)
    pressed = bench.slack.press(bench.room, TANAKA, card, claim)
    elsewhere = bench.slack.press(general, TANAKA, card, claim)
    unknown = bench.slack.press(bench.room, TANAKA, card, {**claim, "action_id": "handoff_else"})
    for payload in (pressed, pressed, elsewhere, unknown):
        assert bench.slack.deliver_action(payload, bench.post).status == 200
    ((kind, text, address),) = bench.rows(inbox.c.kind, inbox.c.text, inbox.c.address)[before:]
    assert (kind, text) == ("claim", str(case))
    team, channel, ts = bench.room.team, bench.room.id, card["ts"]
    assert json.loads(address) == {"team": team, "channel": channel, "thread_ts": ts, "user": TANAKA}
    assert bench.rows(conversations.c.channel, conversations.c.key)[-1] == ("desk", f"thread:{team}:{channel}:{ts}")


def test_a_mention_in_a_cases_thread_comes_twice_and_is_one_message_of_the_desk(bench: Bench) -> None:
    bench.open()
    root = bench.card()["ts"]
    pair = bench.slack.say(bench.room, TANAKA, f"<@{bench.slack.bot_user}> 少しお待ちを", thread_ts=root)
    assert len(pair) == 2
    before = len(bench.column(inbox.c.id))
    bench.deliver(*pair, *pair)
    ((kind, text, message, address),) = bench.rows(inbox.c.kind, inbox.c.text, inbox.c.message, inbox.c.address)[before:]  # fmt: skip
    ts = pair[0]["event"]["ts"]
    assert (kind, text, message) == ("advice", "少しお待ちを", f"{bench.room.id}:{ts}")
    assert json.loads(address) == {"team": bench.room.team, "channel": bench.room.id, "thread_ts": root, "ts": ts, "user": TANAKA}  # fmt: skip


def test_who_mentions_the_bot_at_top_level_there_is_answered(bench: Bench) -> None:
    bench.deliver(*bench.slack.say(bench.room, TANAKA, f"<@{bench.slack.bot_user}> 窓の助成は?"))
    bench.drain()
    assert [post["text"] for post in bench.slack.replies(bench.room)] == ["「窓の助成は?」ですね。"]


def test_without_an_advisors_channel_nothing_is_different(without: Bench) -> None:
    (root, *_) = without.slack.say(without.room, TANAKA, "相談です", both=True)
    ts = root["event"]["ts"]
    without.deliver(*without.slack.say(without.room, TANAKA, "そうですね", thread_ts=ts))
    without.deliver(*without.slack.say(without.room, TANAKA, f"<@{without.slack.bot_user}> 窓は?", thread_ts=ts))
    button = {"type": "button", "action_id": "handoff_claim", "value": "1"}
    pressed = without.slack.press(without.room, TANAKA, root["event"], button)
    assert without.slack.deliver_action(pressed, without.post).status == 200
    without.drain()
    assert without.rows(inbox.c.kind, inbox.c.text) == [("text", "窓は?")]
    assert [post["text"] for post in without.slack.replies(without.room, ts)] == ["「窓は?」ですね。"]


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B0OTHER", "user": "U0OTHERBOT"},
        {"subtype": "bot_message", "bot_id": "B0OTHER"},
        {"user": "U0IPPOBOT1"},
        {"user": "USLACKBOT"},
        {"subtype": "channel_join"},
        {"subtype": "message_replied", "hidden": True},
        {"text": " "},
    ],
)
def test_programs_and_notices_in_a_thread_are_nobodys_words(bench: Bench, more: dict[str, Any]) -> None:
    bench.open()
    bodies = bench.slack.say(bench.room, TANAKA, f"<@{bench.slack.bot_user}> 届きます", thread_ts=bench.card()["ts"])
    for body in bodies:
        body["event"] |= more
    before = len(bench.column(inbox.c.id))
    bench.deliver(*bodies)
    assert len(bench.column(inbox.c.id)) == before


def test_our_own_posts_and_what_becomes_of_them_are_nobodys_words(bench: Bench) -> None:
    case = bench.open()
    with bench.store.write() as connection:
        bench.desk.post(connection, case, Op.SAY, "https://example.jp をどうぞ")
    bench.drain()
    (said,) = bench.slack.replies(bench.room, bench.card()["ts"])
    before = len(bench.column(inbox.c.id))
    bench.deliver(
        bench.slack.own_event(said, bench.room),
        bench.slack.edit(bench.room, said, "ほかの言葉"),
        bench.slack.edit(bench.room, bench.card(), "担当: 田中"),
        bench.slack.remove(bench.room, said),
    )
    assert len(bench.column(inbox.c.id)) == before


def test_edits_and_deletions_are_told_and_unfurled_links_are_not(bench: Bench) -> None:
    bench.open()
    said = bench.write(TANAKA, "https://example.jp です")
    before = len(bench.column(inbox.c.id))
    unfurled = bench.slack.edit(bench.room, said, "https://example.jp です", attachments=[{"title": "x"}])
    bench.deliver(unfurled)
    assert len(bench.column(inbox.c.id)) == before
    edited = bench.slack.edit(bench.room, said, "https://example.jp/2 です")
    bench.deliver(edited, edited, bench.slack.remove(bench.room, said))
    message = f"{bench.room.id}:{said['ts']}"
    assert bench.rows(inbox.c.kind, inbox.c.text, inbox.c.message)[before:] == [("advice_changed", "", message)] * 2


def test_a_thread_roots_deletion_is_still_the_persons(bench: Bench) -> None:
    (body, *_) = bench.slack.say(bench.room, TANAKA, f"<@{bench.slack.bot_user}> 口座は123", both=False)
    bench.deliver(body)
    bench.drain()
    bench.deliver(bench.slack.remove(bench.room, body["event"]))
    assert bench.column(inbox.c.text) == [""]


def test_an_advisors_words_are_read_as_the_person_is_to_read_them(bench: Bench) -> None:
    bench.open()
    long = "あ" * 6000
    bodies = bench.slack.say(bench.room, TANAKA, "x", thread_ts=bench.card()["ts"])
    bodies[0]["event"]["text"] = (
        f"<@{SATO}> 1 &lt; 2 &amp; <https://a.example/x|こちら> <https://b.example> <#C1|窓口> {long}"
    )
    bench.deliver(*bodies)
    assert bench.column(inbox.c.text)[-1] == f"1 < 2 & こちら (https://a.example/x) https://b.example #窓口 {long}"


def test_socket_mode_takes_the_same_way(slack: SlackServer, room: Room, store: MessageStore, tmp_path: Path) -> None:
    settings = configured(slack, tmp_path, room.id, slack_app_token=SecretStr(slack.app_token))
    (root,) = slack.say(room, TANAKA, "相談", both=True)
    with SlackSocket(slack) as link:
        connection = Socket(settings, Inbox(store), give_up=1.0)
        try:
            soon(lambda: len(link.open) == 1)
            (said,) = slack.say(room, TANAKA, "届きます", thread_ts=root["event"]["ts"])
            assert link.send("events_api", said) == (True, None)
            button = {"type": "button", "action_id": "handoff_close", "value": "7"}
            assert link.send("interactive", slack.press(room, TANAKA, root["event"], button))[0]
        finally:
            connection.close()
    with store.read() as reading:
        taken = reading.execute(select(inbox.c.kind, inbox.c.text).order_by(inbox.c.id)).all()
    assert [tuple(row) for row in taken] == [("advice", "届きます"), ("close", "7")]


# ---- working off


def test_a_case_from_card_to_close(bench: Bench) -> None:
    case = bench.open("LEDの助成は?", "区: 千代田区", "お店: 食堂")
    card = bench.card()
    shown = json.dumps(card["blocks"], ensure_ascii=False)
    assert "LEDの助成は?" in shown
    assert "区: 千代田区\\nお店: 食堂" in shown
    assert f"<{PUBLIC}/sources/led.md#c1|照明のLED化>" in shown
    assert [(b["action_id"], b["text"]["text"], b["value"]) for b in buttons(card)] == [
        ("handoff_claim", "担当する", str(case)),
        ("handoff_return", "Ippoに戻す", str(case)),
        ("handoff_close", "終了する", str(case)),
    ]

    bench.press(TANAKA, "handoff_claim")
    bench.drain()
    assert bench.rows(cases.c.state, cases.c.holder, cases.c.holder_name) == [
        ("with_advisor", f"slack:{bench.room.team}:{TANAKA}", "田中")
    ]
    assert "田中さんが担当しました" in bench.thread()[0]
    assert bench.card()["blocks"][0]["text"]["text"] == "*担当: 田中*"
    assert bench.card()["blocks"][1:] == card["blocks"]
    assert bench.card()["metadata"] == card["metadata"]

    said = bench.write(TANAKA, "田中です。上限は30万円です。")
    bench.drain()
    assert any("上限は30万円です。" in text for text in bench.person())
    assert bench.reactions(said) == {"white_check_mark"}

    bench.press(TANAKA, "handoff_close")
    bench.drain()
    assert bench.column(cases.c.state) == ["closed"]
    assert "田中さんが終了しました" in bench.thread()[-1]
    assert bench.rows(audit.c.action, audit.c.who, audit.c.subject, audit.c.detail) == [
        (action, f"slack:{bench.room.team}:{TANAKA}", f"case:{case}", "") for action in ("claim", "reply", "close")
    ]


def test_the_first_claim_wins_and_the_other_one_is_told_who_has_it(bench: Bench) -> None:
    bench.open()
    bench.press(TANAKA, "handoff_claim")
    bench.press(SATO, "handoff_claim")
    bench.press(TANAKA, "handoff_claim")
    bench.drain()
    assert bench.column(cases.c.holder_name) == ["田中"]
    assert bench.thread()[1:] == [f"<@{SATO}> この相談は田中さんが担当しています。"]
    assert bench.slack.pings() == [f"<@{SATO}>"] * 2  # in the text and in the block


def test_whoever_claims_is_shown_a_draft_that_goes_nowhere(bench: Bench) -> None:
    bench.open()
    before = bench.person()
    bench.press(TANAKA, "handoff_claim")
    bench.press(TANAKA, "handoff_claim")
    bench.drain()
    said = [post["text"] for post in bench.slack.replies(bench.room, bench.card()["ts"])]
    assert [text for text in said if DRAFT in text] == [f"*{DRAFT}*\n「LEDの助成は?」ですね。"]
    assert bench.person() == before


def test_of_claims_at_the_same_instant_one_wins(bench: Bench, tmp_path: Path) -> None:
    conversation = bench.ask()
    url = None if bench.store.is_sqlite else bench.store.engine.url.render_as_string(hide_password=False)
    other = MessageStore.open(tmp_path, url)
    try:
        for round_ in range(5):
            with bench.store.write() as connection:
                values = {"state": "with_bot", "due_at": 0.0}
                connection.execute(update(conversations).where(conversations.c.id == conversation).values(**values))
                case = desk_cases.open_case(connection, conversation, reason="asked", question="x")
                bench.desk.post(connection, case, Op.CARD, "x")
            bench.drain()
            events = [
                Incoming("desk", f"thread:T:C:{round_}.{n}", (f"{round_}:{n}",), Kind.CLAIM, str(case), address=where)
                for n, user in enumerate((TANAKA, SATO))
                if (where := {"team": bench.room.team, "channel": bench.room.id, "thread_ts": "1.1", "user": user})
            ]
            Inbox(bench.store).take(events)
            start = threading.Barrier(2)

            def run(store: MessageStore, start: threading.Barrier = start) -> float:
                lane = Lanes(store).claim()
                assert lane is not None
                row = pending(store, lane)
                work = DeskWork(store, bench.desk, bench.channel.user_name)
                start.wait(10)
                return work.answer(lane, row)

            with ThreadPoolExecutor(2) as pool:
                waits = list(pool.map(run, (bench.store, other)))
            with bench.store.write() as connection:
                connection.execute(update(conversations).values(lease_token=None))
            assert waits == [0.0, 0.0]
            bench.drain()
            with bench.store.read() as connection:
                row = connection.execute(select(cases).where(cases.c.id == case)).mappings().one()
                said = connection.execute(select(audit.c.who, audit.c.action).where(audit.c.subject == f"case:{case}"))
                did = {row.action: row.who for row in said}
            assert did["claim"] == row["holder"]
            assert did["refused"] != row["holder"]
            assert [f"{row['holder_name']}さんが担当しています" in text for text in bench.thread()].count(True) == 1
    finally:
        other.close()


def pending(store: MessageStore, lane: Lane) -> Any:
    with store.read() as connection:
        where = (inbox.c.conversation == lane.conversation) & (inbox.c.status == "pending")
        return connection.execute(select(inbox).where(where).order_by(inbox.c.id)).mappings().first()


def test_others_words_never_leave_and_they_are_told_once(bench: Bench) -> None:
    bench.open()
    early = bench.write(TANAKA, "まだ担当していません")
    bench.drain()
    assert "まだ担当者がいません" in bench.thread()[-1]
    bench.press(TANAKA, "handoff_claim")
    bench.drain()
    before = bench.person()
    others = [bench.write(SATO, f"横から失礼 {number}") for number in range(3)]
    bench.drain()
    assert bench.person() == before
    assert not any(map(bench.reactions, [early, *others]))
    told = [text for text in bench.thread() if "送っていません" in text]
    assert told[1:] == [text for text in told if text.startswith(f"<@{SATO}>") and "担当は田中さんです" in text]
    assert len(told) == 2
    refused = [detail for action, detail in bench.rows(audit.c.action, audit.c.detail) if action == "refused"]
    assert refused == ["reply: nobody, told", "reply: another, told", "reply: another", "reply: another"]
    assert all("横から" not in reply for (reply,) in bench.rows(outbox.c.reply))


def test_an_administrators_words_do_not_leave_either(bench: Bench) -> None:
    bench.account(SATO, "所長", "administrator")
    bench.open()
    bench.press(TANAKA, "handoff_claim")
    bench.drain()
    before = bench.person()
    bench.write(SATO, "所長より")
    bench.drain()
    assert bench.person() == before
    assert "送っていません" in bench.thread()[-1]


@pytest.mark.parametrize("mark", ["!", "！"])
def test_notes_never_leave(bench: Bench, mark: str) -> None:
    bench.open()
    first = bench.write(SATO, f"{mark} 前にも来た方")
    bench.press(TANAKA, "handoff_claim")
    bench.drain()
    before = bench.person()
    second = bench.write(TANAKA, f"<@{bench.slack.bot_user}> {mark}怒っている")
    third = bench.write(TANAKA, f"{mark}図", files=[{"id": "F1"}], subtype="file_share")
    bench.write(TANAKA, mark)
    bench.drain()
    assert bench.person() == before
    assert bench.rows(notes.c.author_name, notes.c.text) == [
        ("佐藤", "前にも来た方"),
        ("田中", "怒っている"),
        ("田中", "図"),
    ]
    assert [bench.reactions(said) for said in (first, second, third)] == [{"memo"}] * 3
    bench.press(TANAKA, "handoff_close")
    bench.drain()
    bench.write(SATO, f"{mark}あとから")
    bench.drain()
    assert bench.column(notes.c.text)[-1] == "あとから"


@pytest.mark.parametrize(("action", "state"), [("handoff_return", "returned"), ("handoff_close", "closed")])
def test_only_the_claimer_and_an_administrator_end_a_case(bench: Bench, action: str, state: str) -> None:
    bench.open()
    bench.press(SATO, action)
    bench.drain()
    assert bench.thread() == [f"<@{SATO}> 先に「担当する」を押してください。"]
    bench.press(TANAKA, "handoff_claim")
    bench.press(SATO, action)
    bench.drain()
    assert bench.column(cases.c.state) == ["with_advisor"]
    assert "担当は田中さんです" in bench.thread()[-1]
    number = bench.account(SATO, "所長", "administrator")
    bench.press(SATO, action)
    bench.drain()
    assert bench.column(cases.c.state) == [state]
    assert bench.rows(audit.c.who, audit.c.action)[-1] == (f"account:{number}", action.removeprefix("handoff_"))
    bench.press(TANAKA, action, card={**bench.card(), "blocks": [{"type": "actions", "elements": [{"type": "button", "action_id": action, "value": "1"}]}]})  # fmt: skip
    bench.drain()
    assert bench.thread()[-1] == f"<@{TANAKA}> この相談は終わっています。"


def test_after_the_end_nothing_is_sent(bench: Bench) -> None:
    bench.open()
    bench.press(TANAKA, "handoff_claim")
    bench.press(TANAKA, "handoff_return")
    bench.drain()
    before = bench.person()
    said = bench.write(TANAKA, "もうひとつ")
    bench.drain()
    assert bench.person() == before
    assert "この相談は終わっています。" in bench.thread()[-1]
    assert bench.reactions(said) == set()


def test_who_has_an_account_speaks_under_its_name(bench: Bench) -> None:
    number = bench.account(TANAKA, "田中相談員")
    bench.open()
    bench.press(TANAKA, "handoff_claim")
    bench.drain()
    assert bench.rows(cases.c.holder, cases.c.holder_name) == [(f"account:{number}", "田中相談員")]
    assert bench.slack.called("users.info") == []


def test_a_disabled_account_does_nothing(bench: Bench) -> None:
    bench.account(TANAKA, "もと相談員", active=False)
    bench.open()
    bench.press(TANAKA, "handoff_claim")
    bench.write(TANAKA, "送れますか")
    bench.write(TANAKA, "!メモ")
    bench.drain()
    assert bench.column(cases.c.state) == ["waiting"]
    assert bench.column(notes.c.id) == []
    assert bench.person() == []
    assert all("無効になっています" in text for text in bench.thread())
    assert len(bench.thread()) == 2


def test_a_message_that_comes_again_is_relayed_once(bench: Bench) -> None:
    bench.open()
    bench.press(TANAKA, "handoff_claim")
    bench.drain()
    bodies = bench.slack.say(bench.room, TANAKA, f"<@{bench.slack.bot_user}> 一度だけ", thread_ts=bench.card()["ts"])
    bench.deliver(*bodies)
    for retry in (1, 2, 3):
        bench.slack.deliver(bodies[0], bench.post, retry=retry)
    bench.drain()
    bench.deliver(*bodies)
    # As after a crash between the work and its mark, if the two could come apart.
    with bench.store.write() as connection:
        connection.execute(update(inbox).where(inbox.c.kind == "advice").values(status="pending"))
        connection.execute(update(conversations).values(busy=True))
    bench.drain()
    assert [text for text in bench.person() if "一度だけ" in text] == ["一度だけ"]
    assert bench.column(audit.c.action).count("reply") == 1


def test_files_are_not_passed_on_and_the_words_beside_them_are(bench: Bench) -> None:
    bench.open()
    bench.press(TANAKA, "handoff_claim")
    bench.drain()
    files = {"subtype": "file_share", "files": [{"id": "F1", "url_private": "https://files.slack.com/x"}]}
    said = bench.write(TANAKA, "申請書です", **files)
    bench.write(TANAKA, "", **files)
    bench.write(SATO, "", **files)
    bench.drain()
    assert bench.person()[-1] == "申請書です"
    assert bench.reactions(said) == {"white_check_mark"}
    assert [("ファイルは" in text, "送っていません" in text) for text in bench.thread()[1:]] == [(True, False), (True, False), (False, True)]  # fmt: skip


def test_what_is_changed_later_stays_as_it_was_sent_and_the_advisor_hears_of_it(bench: Bench) -> None:
    bench.open()
    bench.press(TANAKA, "handoff_claim")
    said, chat = bench.write(TANAKA, "上限は30万円です"), bench.write(SATO, "そうなの?")
    bench.drain()
    sent, before = bench.person(), bench.thread()
    bench.deliver(bench.slack.edit(bench.room, chat, "そうですか"), bench.slack.remove(bench.room, chat))
    bench.drain()
    assert bench.thread() == before
    bench.deliver(bench.slack.edit(bench.room, said, "上限は40万円です"), bench.slack.remove(bench.room, said))
    bench.drain()
    assert bench.person() == sent
    assert [text.startswith(f"<@{TANAKA}> 投稿を編集・削除しても") for text in bench.thread()[len(before) :]] == [
        True
    ] * 2


def test_hostile_words_call_nobody_but_whom_we_call(bench: Bench) -> None:
    bench.slack.people[TANAKA] = {"profile": {"display_name": f"田中*{HOSTILE}"}}
    case = bench.open(HOSTILE, f"業種: {HOSTILE}")
    bench.press(TANAKA, "handoff_claim")
    bench.press(SATO, "handoff_claim")
    with bench.store.write() as connection:
        bench.desk.post(connection, case, Op.SAY, HOSTILE, speaker=f"相談者* {HOSTILE}")
        bench.desk.post(connection, case, Op.SAY, "x", mention=f"{SATO}> <!channel")
    bench.drain()
    called = {ping for post in bench.slack.replies(bench.room) for ping in [post["text"]] if "<@" in ping.replace(f"<@{SATO}> ", "", 1)}  # fmt: skip
    assert called == set()
    assert set(bench.slack.pings()) == {f"<@{SATO}>"}
    shown = json.dumps(bench.slack.replies(bench.room), ensure_ascii=False)
    assert "<https://evil" not in shown
    assert "&lt;!channel&gt;" in shown


# ---- waiting, and what goes wrong


def held(bench: Bench) -> tuple[Lane, Any]:
    """Take the desk's lane whose row is to be worked off."""
    with bench.store.write() as connection:
        others = conversations.c.key.not_like("thread:%")
        connection.execute(update(conversations).where(others).values(busy=False))
    lane = Lanes(bench.store).claim()
    assert lane is not None
    return lane, pending(bench.store, lane)


def test_a_claim_waits_for_the_bots_last_call_without_losing_patience(bench: Bench) -> None:
    case = bench.open()
    with bench.store.write() as connection:
        conversation = connection.execute(select(cases.c.conversation)).scalar_one()
        where = outbox.c.conversation == conversation
        connection.execute(update(outbox).where(where).values(status="sending", author="bot"))
        lease = {"lease_token": "busy", "lease_until": time.time() + 30}
        connection.execute(update(conversations).where(conversations.c.id == conversation).values(**lease))
    bench.press(TANAKA, "handoff_claim")
    lane, row = held(bench)
    for _ in range(5):
        assert bench.work.answer(lane, pending(bench.store, lane)) == 0.1
    assert bench.rows(cases.c.state, cases.c.shown_at) == [("with_advisor", None)]
    assert bench.column(audit.c.action) == ["claim"]
    assert bench.column(inbox.c.attempts)[-1] == row["attempts"] == 0
    bench.write(TANAKA, "まだ静かではない")
    with bench.store.read() as connection:
        advice = connection.execute(select(inbox).order_by(inbox.c.id.desc()).limit(1)).mappings().one()
    assert bench.work.answer(lane, advice) == 0.1
    with bench.store.write() as connection:
        connection.execute(update(outbox).where(where).values(status="sent"))
    assert bench.work.answer(lane, pending(bench.store, lane)) == 0.0
    assert bench.work.answer(lane, pending(bench.store, lane)) == 0.0
    with bench.store.write() as connection:
        connection.execute(update(conversations).values(lease_token=None, busy=True))
    bench.drain()
    assert bench.thread()[0].startswith("田中さんが担当しました")
    assert bench.person()[-1] == "まだ静かではない"
    assert bench.column(cases.c.id) == [case]


def test_words_wait_a_minute_for_a_card_that_is_not_yet_written_down(bench: Bench) -> None:
    bench.open()
    bench.press(TANAKA, "handoff_claim")
    bench.drain()
    with bench.store.write() as connection:
        ts = connection.execute(select(cases.c.slack_ts)).scalar_one()
        connection.execute(update(cases).values(slack_ts=""))
    bench.write(TANAKA, "早すぎた言葉")
    lane, row = held(bench)
    assert bench.work.answer(lane, row) == 0.5
    assert bench.column(inbox.c.attempts)[-1] == 0
    with bench.store.write() as connection:
        connection.execute(update(cases).values(slack_ts=ts))
        connection.execute(update(conversations).values(lease_token=None, busy=True))
    bench.drain()
    assert bench.person()[-1] == "早すぎた言葉"


def test_a_thread_without_a_case_is_left_alone(bench: Bench) -> None:
    (root, *_) = bench.slack.say(bench.room, TANAKA, "お昼どうする?")
    bench.deliver(*bench.slack.say(bench.room, SATO, "そば", thread_ts=root["event"]["ts"]))
    with bench.store.write() as connection:
        connection.execute(update(inbox).values(received_at=time.time() - 61))
    bench.drain()
    assert bench.column(inbox.c.status) == ["done"]
    assert bench.slack.posts == []


def test_words_that_do_not_arrive_are_marked_and_said_so(bench: Bench) -> None:
    bench.open()
    bench.press(TANAKA, "handoff_claim")
    bench.drain()
    bench.slack.fail("chat.postMessage", "channel_not_found")
    said = bench.write(TANAKA, "届かない")
    bench.drain()
    assert bench.reactions(said) == {"x"}
    assert "届いたことを確かめられませんでした" in bench.thread()[-1]


def test_what_can_not_be_done_is_parked_and_said_so(bench: Bench) -> None:
    bench.open()
    bench.press(TANAKA, "handoff_claim")
    with bench.store.write() as connection:
        # A conversation that cannot be claimed, though its case could.
        connection.execute(update(conversations).where(conversations.c.channel == "slack").values(state="closed"))
    bench.drain()
    assert bench.column(inbox.c.status)[-1] == "parked"
    assert bench.column(inbox.c.error)[-1] == "IllegalTransition"
    assert bench.thread() == [
        f"<@{TANAKA}> 処理できませんでした。相談者には何も送っていません。もう一度お試しください。"
    ]
    assert bench.column(cases.c.state) == ["waiting"]


def test_a_row_that_kills_its_process_is_parked(bench: Bench) -> None:
    bench.open()
    said = bench.write(TANAKA, "不運な言葉")
    with bench.store.write() as connection:
        connection.execute(update(inbox).where(inbox.c.kind == "advice").values(attempts=3))
    bench.drain()
    assert bench.column(inbox.c.error)[-1] == "ProcessDied"
    assert "処理できませんでした" in bench.thread()[-1]
    assert bench.reactions(said) == {"x"}


# ---- sending


def outgoing(case: int, op: Op, text: str = "", **more: Any) -> Outgoing:
    address = more.pop("address", {})
    row = Outgoing(1, "desk", f"case:{case}", Reply(text), {**address, "op": op.value, "case": case}, "desk", "a-key", time.time(), 0, None, unsure=False)  # fmt: skip
    return replace(row, **more)


@pytest.mark.parametrize("fault", ["stored-reset", "stored-500", "reset", "503", "429"])
def test_card_and_words_are_there_once_in_the_end(bench: Bench, fault: str) -> None:
    bench.slack.fail("chat.postMessage", "ok", fault)
    case = bench.open()
    assert len(bench.slack.replies(bench.room)) == 1
    assert root_of(bench.store, case) == (bench.room.id, bench.card()["ts"])
    bench.slack.fail("chat.postMessage", fault)
    with bench.store.write() as connection:
        bench.desk.post(connection, case, Op.SAY, "ありがとう", speaker="相談者")
    bench.drain()
    assert bench.thread() == ["*相談者*\nありがとう"]
    assert [status for status, author in bench.rows(outbox.c.status, outbox.c.author) if author == "desk"] == [
        "sent"
    ] * 2


def test_a_card_whose_blocks_are_refused_keeps_its_buttons(bench: Bench) -> None:
    bench.slack.fail("chat.postMessage", "ok", "invalid_blocks")
    bench.open("LEDの助成は?")
    assert [button["action_id"] for button in buttons(bench.card())] == [
        "handoff_claim",
        "handoff_return",
        "handoff_close",
    ]
    assert "LEDの助成は?" in json.dumps(bench.card()["blocks"], ensure_ascii=False)


def test_words_wait_for_their_card_an_hour(bench: Bench) -> None:
    said = outgoing(99, Op.SAY, "x")
    assert bench.channel.deliver(said).outcome is Outcome.RETRY
    late = bench.channel.deliver(replace(said, received_at=time.time() - 3601))
    assert late == Delivery(Outcome.FAILED, error="no card")


def test_an_ended_card_has_no_buttons_and_keeps_its_words(bench: Bench) -> None:
    case = bench.open("LEDの助成は?", "区: 千代田区")
    with bench.store.write() as connection:
        bench.desk.post(connection, case, Op.UPDATE, "終了しました(田中)", over=True)
    bench.drain()
    shown = json.dumps(bench.card()["blocks"], ensure_ascii=False)
    assert buttons(bench.card()) == []
    assert all(words in shown for words in ("終了しました(田中)", "LEDの助成は?", "区: 千代田区", "照明のLED化"))
    assert bench.card()["text"].startswith("終了しました(田中)\nLEDの助成は?")


@pytest.mark.parametrize("error", ["already_reacted", "message_not_found"])
def test_a_reaction_that_is_there_or_has_nowhere_to_be_is_done(bench: Bench, error: str) -> None:
    bench.slack.fail("reactions.add", error)
    where = {"channel": bench.room.id, "ts": "1.1", "name": "memo"}
    assert bench.channel.deliver(outgoing(1, Op.REACT, address=where)).outcome is Outcome.SENT


@pytest.mark.parametrize(("op", "method"), [(Op.REACT, "reactions.add"), (Op.UPDATE, "chat.update")])
def test_what_stands_beside_the_words_never_holds_them_up(
    bench: Bench, op: Op, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = bench.open()
    monkeypatch.setattr("adapters.slack.desk.growing", lambda _attempts: 0.05)
    bench.slack.fail(method, "503", "reset", "500", "500")
    with bench.store.write() as connection:
        where = {"channel": bench.room.id, "ts": bench.card()["ts"], "name": "memo"} if op is Op.REACT else {}
        bench.desk.post(connection, case, op, "担当: 田中", **where)
        bench.desk.post(connection, case, Op.SAY, "次の言葉")
    bench.drain()
    assert len(bench.slack.called(method)) == 3
    assert [status for status, author in bench.rows(outbox.c.status, outbox.c.author) if author == "desk"] == ["sent", "failed", "sent"]  # fmt: skip
    assert bench.thread() == ["次の言葉"]


@pytest.mark.parametrize("error", ["missing_scope", "invalid_name", "not_in_channel"])
def test_a_reaction_that_is_refused_for_good_is_not_repeated(bench: Bench, error: str) -> None:
    bench.slack.fail("reactions.add", error)
    where = {"channel": bench.room.id, "ts": "1.1", "name": "memo"}
    assert bench.channel.deliver(outgoing(1, Op.REACT, address=where)) == Delivery(Outcome.FAILED, error=error)


def test_a_post_of_ours_is_deleted(bench: Bench) -> None:
    case = bench.open()
    with bench.store.write() as connection:
        bench.desk.post(connection, case, Op.SAY, "口座は123", speaker="相談者")
    bench.drain()
    (said,) = bench.slack.replies(bench.room, bench.card()["ts"])
    gone = outgoing(case, Op.DELETE, address={"channel": bench.room.id, "ts": said["ts"]})
    assert [bench.channel.deliver(gone).outcome for _ in range(2)] == [Outcome.SENT] * 2
    assert bench.thread() == []


def test_names_are_asked_for_once(bench: Bench) -> None:
    team = bench.room.team
    assert [bench.channel.user_name(team, user) for user in (TANAKA, TANAKA, SATO)] == ["田中", "田中", "佐藤"]
    assert len(bench.slack.called("users.info")) == 2


@pytest.mark.parametrize("fault", ["missing_scope", "user_not_found", "429", "502", "reset", "stored-garbage"])
def test_a_name_that_slack_does_not_tell_holds_nobody_up(bench: Bench, fault: str) -> None:
    bench.slack.fail("users.info", fault)
    assert bench.channel.user_name(bench.room.team, TANAKA) == "アドバイザー"
    assert bench.channel.user_name(bench.room.team, TANAKA) == "アドバイザー"
    assert len(bench.slack.called("users.info")) == 1


def test_a_claim_by_another_way_and_by_slack_is_one_claim(bench: Bench) -> None:
    case = bench.open()
    with bench.store.write() as connection:
        bench.desk.claim(connection, case, Advisor("account:7", "高橋"))
        assert bench.desk.settle(connection, case)
    bench.press(TANAKA, "handoff_claim")
    bench.drain()
    assert bench.thread()[1:] == [f"<@{TANAKA}> この相談は高橋さんが担当しています。"]
