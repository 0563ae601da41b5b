"""The handoff: who has the conversation, what leaves when, what the person and the advisors are told; both databases."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from adapters.desk import cases as desk_cases
from adapters.desk.cases import Advisor, Desk
from adapters.desk.chores import FIRST, SECOND, Chores
from adapters.desk.errors import DeskError, NotOpen, NotReady, NotYours, Taken
from adapters.desk.schema import answers, audit, cases, transitions
from adapters.messages.conversation import Talker
from adapters.messages.inbox import Inbox
from adapters.messages.model import Address, Delivery, Incoming, Kind, Outcome, Outgoing
from adapters.messages.schema import conversations, inbox, outbox, turns
from adapters.messages.service import Messaging
from adapters.messages.store import MessageStore
from adapters.messages.worker import Worker
from adapters.metrics import exposition
from bot import hours
from bot.answer import Act, Answer, Citation, Question
from bot.handoff import words
from bot.policies import wants_person
from tests.waiting import drain

ANN = "U1"
TANAKA = Advisor("account:1", "田中")
SATO = Advisor("account:2", "佐藤")
CHIEF = Advisor("account:9", "所長", is_administrator=True)
ALWAYS = "Mon-Sun 00:00-23:59 Asia/Tokyo"


class Echo:
    """Answers with the question; 「不明」 it does not know, 「爆」 kills the answer."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.waits: threading.Event | None = None
        self.begun = threading.Event()

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        self.begun.set()
        if self.waits is not None:
            assert self.waits.wait(20)
        if "爆" in question.text:
            raise ValueError
        if wants_person(question.text):
            return Answer(
                Act.HANDOFF, "こちらから折り返しません。\n窓口は環境課です。[1]", (citation(),), confidence=0.1
            )
        if "不明" in question.text:
            return Answer(Act.ABSTAIN, "資料にありません。", confidence=0.1)
        return Answer(Act.ANSWER, f"「{question.text}」です。[1]", (citation(),), (), ("次は?",), 0.9)


def citation() -> Citation:
    return Citation(
        1, "midori.md", "みどり区の助成", "LED", "上限は30万円", "c1", "http://localhost:8000/sources/midori.md"
    )


class Post:
    """A channel that keeps what it is given; a call can be held open."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sent: list[Outgoing] = []
        self.script: list[Outcome] = []
        self.held: threading.Event | None = None
        self.calling = threading.Event()

    def deliver(self, message: Outgoing) -> Delivery:
        self.calling.set()
        if self.held is not None and message.author == "bot":
            assert self.held.wait(20)
        outcome = self.script.pop(0) if self.script else Outcome.SENT
        if outcome in (Outcome.SENT, Outcome.UNSURE):
            self.sent.append(message)
        return Delivery(outcome, sent_as=f"C1:{message.id}.0", error="" if outcome is Outcome.SENT else "no", after=0.0)

    def working(self, address: Address) -> None:
        """Nothing to show."""

    def texts(self, author: str = "") -> list[str]:
        return [message.reply.text for message in self.sent if author in ("", message.author)]


@dataclass
class World:
    """A message store with everything around it."""

    store: MessageStore
    echo: Echo = field(default_factory=Echo)
    person: Post = field(default_factory=lambda: Post("line"))
    slack: Post = field(default_factory=lambda: Post("desk"))
    desk: Desk = field(default_factory=lambda: Desk(posting=True))
    number: int = 0

    def worker(self, *, today: date = date(2026, 11, 24), opening: str = ALWAYS, reachable: bool = True) -> Worker:
        talker = Talker(self.echo, lambda: today, opening=opening, reachable=reachable)
        return Worker(self.store, talker, {"line": self.person, "desk": self.slack}, desk=self.desk)

    def take(self, text: str, *, kind: Kind = Kind.TEXT, who: str = ANN, **more: Any) -> None:
        self.number += 1
        n = self.number
        name = more.pop("message", f"m{n}")
        Inbox(self.store).take(
            [Incoming("line", who, (f"line:{n}",), kind, text, who, name, {"to": who, "token": f"t{n}"}, **more)]
        )

    def say(self, text: str, **more: Any) -> list[str]:
        """Say something and work it off; what the person got."""
        before = len(self.person.sent)
        self.take(text, **more)
        self.drain()
        return [message.reply.text for message in self.person.sent[before:]]

    def drain(self, worker: Worker | None = None, **more: Any) -> None:
        drain(worker or self.worker(**more))

    def case(self) -> Any:
        with self.store.read() as connection:
            return connection.execute(select(cases).order_by(cases.c.id.desc())).mappings().first()

    def state(self) -> str:
        with self.store.read() as connection:
            where = conversations.c.key == ANN
            return str(connection.execute(select(conversations.c.state).where(where)).scalar_one())

    def do(self, deed: str, *arguments: Any, **more: Any) -> Any:
        """Have the desk do something to the last case."""
        case = self.case()["id"]
        with self.store.write() as connection:
            return getattr(self.desk, deed)(connection, case, *arguments, **more)

    def claim(self, advisor: Advisor = TANAKA) -> None:
        self.do("claim", advisor)
        assert self.do("settle")

    def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        with self.store.read() as connection:
            return [tuple(row) for row in connection.execute(select(*columns).order_by(columns[0].table.c.id))]


@pytest.fixture
def world(store: MessageStore) -> World:
    return World(store)


def called(world: World) -> None:
    world.say("LED照明の助成は?")
    world.say("人と話したい")
    assert world.state() == "waiting"


def test_a_person_who_asks_for_one_waits_and_the_advisors_are_told(world: World) -> None:
    world.say("LED照明の助成は?")
    (said,) = world.say("人と話したい")
    assert "環境課" in said, "whom to call in a hurry stays, with its proof"
    assert "折り返しません" not in said
    assert world.person.sent[-1].reply.choices == (words.CANCEL,)
    card = world.slack.sent[0]
    assert (card.address["op"], card.address["case"]) == ("card", world.case()["id"])
    assert card.reply.text.startswith("LED照明の助成は?"), "what it is about, rather than that a person is wanted"
    assert [one["title"] for one in card.reply.citations] == ["みどり区の助成"]
    assert (world.case()["slack_channel"], world.case()["slack_ts"]) == ("C1", f"{card.id}.0")
    assert world.rows(transitions.c.before, transitions.c.after, transitions.c.who, transitions.c.why) == [
        ("with_bot", "waiting", "person", "asked")
    ]


def test_in_waiting_the_bot_answers_and_each_turn_joins_the_case(world: World) -> None:
    called(world)
    assert world.say("窓の助成は?") == ["「窓の助成は?」です。[1]"]
    said = [(message.address["speaker"], message.reply.text) for message in world.slack.sent[1:]]
    assert said == [("相談者", "窓の助成は?"), ("Ippo(自動応答)", "「窓の助成は?」です。[1]")]


def test_numbers_are_not_shown_to_all_advisors_without_consent(world: World) -> None:
    called(world)
    world.say("090-1234-5678 の電話代も知りたい")
    assert not any("090-1234" in message.reply.text for message in world.slack.sent)
    world.claim()
    world.say("携帯は090-1234-5678です")
    assert any("090-1234-5678" in message.reply.text for message in world.slack.sent), "said to the advisor, by then"


def test_an_advisor_has_the_word_and_the_bot_is_silent(world: World) -> None:
    called(world)
    world.claim()
    assert world.say("エアコンの助成は?") == []
    assert world.say("", kind=Kind.STICKER) == []
    assert len(world.echo.asked) == 2, "it does not even think"
    said = [message.reply.text for message in world.slack.sent if message.address.get("speaker") == "相談者"]
    assert said == ["エアコンの助成は?", "(スタンプ)"]
    world.do("reply", TANAKA, "詳しくお聞きします。", key="k1")
    world.drain()
    last = world.person.sent[-1]
    assert (last.author, last.reply.text, last.reply.sender) == ("advisor", "詳しくお聞きします。", "田中")
    assert last.address["token"], "it rides on the token that the bot did not use"
    world.do("reply", TANAKA, "それから、もう一つ。", key="k2")
    world.drain()
    assert "token" not in world.person.sent[-1].address, "a token works once"


def test_a_reply_with_the_same_key_goes_out_once(world: World) -> None:
    called(world)
    world.claim()
    assert world.do("reply", TANAKA, "はい。", key="k1") is True
    assert world.do("reply", TANAKA, "はい。", key="k1") is False
    world.drain()
    assert world.person.texts("advisor") == ["はい。"]


def test_only_who_holds_the_case_speaks_and_ends_it(world: World) -> None:
    called(world)
    with pytest.raises(NotOpen):
        world.do("reply", TANAKA, "まだ担当ではない", key="k0")
    with pytest.raises(NotOpen):
        world.do("close", TANAKA)
    world.claim()
    with pytest.raises(NotYours):
        world.do("reply", SATO, "横から", key="k1")
    with pytest.raises(NotYours):
        world.do("reply", CHIEF, "管理者も横からは話せない", key="k2")
    for deed in ("give_back", "close"):
        with pytest.raises(NotYours):
            world.do(deed, SATO)
    world.do("hand_over", TANAKA, SATO)
    with pytest.raises(NotYours):
        world.do("reply", TANAKA, "もう担当ではない", key="k3")
    world.do("close", CHIEF)
    with pytest.raises(NotOpen):
        world.do("reply", SATO, "終わったあと", key="k4")
    world.drain()
    assert world.person.texts("advisor") == []


def test_the_first_claim_wins_also_at_the_same_instant(world: World) -> None:
    called(world)
    start = threading.Barrier(6)

    def claim(number: int) -> str:
        start.wait()
        try:
            world.do("claim", Advisor(f"account:{number}", f"相談員{number}"))
        except Taken:
            return "taken"
        return "mine"

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(claim, range(6)))
    assert sorted(results) == ["mine"] + ["taken"] * 5
    assert [row for row in world.rows(transitions.c.event) if row == ("claim",)] == [("claim",)]


def test_an_answer_that_is_being_made_while_somebody_claims_is_not_sent(world: World) -> None:
    called(world)
    world.echo.waits, world.echo.begun = threading.Event(), threading.Event()
    world.take("窓の助成は?")
    worker = world.worker()
    working = threading.Thread(target=worker.work_once)
    working.start()
    assert world.echo.begun.wait(60)
    before = len(world.person.sent)
    world.do("claim", TANAKA)
    assert world.do("settle"), "nothing is on the wire"
    world.echo.waits.set()
    working.join(20)
    world.drain(worker)
    assert len(world.person.sent) == before
    assert world.slack.texts()[-1] == "窓の助成は?", "the message goes to the advisor instead"
    assert world.rows(inbox.c.status) == [("done",)] * 3


def test_an_answer_that_is_ready_is_not_sent_after_a_claim(world: World) -> None:
    called(world)
    with world.store.write() as connection:
        person = connection.execute(select(conversations.c.id).where(conversations.c.key == ANN)).scalar_one()
        connection.execute(
            outbox.insert().from_select(
                [c.name for c in outbox.c if c.name != "id"],
                select(*[_again(c) for c in outbox.c if c.name != "id"])
                .where(outbox.c.conversation == person)
                .limit(1),
            )
        )
        connection.execute(update(conversations).where(conversations.c.id == person).values(busy=True))
    before = len(world.person.sent)
    world.claim()
    world.drain()
    assert len(world.person.sent) == before
    assert "dropped" in {status for (status,) in world.rows(outbox.c.status)}


def _again(column: Any) -> Any:
    from sqlalchemy import literal

    return {"key": literal("again"), "status": literal("pending")}.get(column.name, column)


def test_a_claim_shows_only_after_the_call_on_the_wire_has_ended(world: World) -> None:
    called(world)
    world.person.held, world.person.calling = threading.Event(), threading.Event()
    world.take("窓の助成は?")
    worker = world.worker()
    working = threading.Thread(target=worker.work_once)
    working.start()
    assert world.person.calling.wait(60)
    world.do("claim", TANAKA)
    assert world.do("settle") is False
    assert world.case()["shown_at"] is None
    with pytest.raises(NotReady):
        world.do("reply", TANAKA, "早すぎる", key="k1")
    world.person.held.set()
    working.join(20)
    assert world.do("settle") is True
    sent = len(world.person.sent)
    world.drain(worker)
    assert len(world.person.sent) == sent, "nothing of the bot leaves after the claim shows"


def test_a_call_that_broke_off_is_not_repeated_after_a_claim(world: World) -> None:
    called(world)
    world.person.script = [Outcome.UNSURE]
    world.take("窓の助成は?")
    worker = world.worker()
    assert worker.work_once()
    sent = len(world.person.sent)
    world.claim()
    world.drain(worker)
    assert len(world.person.sent) == sent
    assert "unknown" in {status for (status,) in world.rows(outbox.c.status)}
    world.do("give_back", TANAKA)
    world.say("では次は?")
    assert "さきほどの回答をもう一度" not in world.person.sent[-1].reply.choices, "that time is over"


def test_afterwards_the_bot_is_back_without_a_word_of_the_handoff(world: World) -> None:
    called(world)
    world.claim()
    world.say("エアコンは何台までですか")
    world.do("reply", TANAKA, "3台までと伺っています。", key="k1")
    world.do("give_back", TANAKA)
    world.drain()
    assert world.state() == "with_bot"
    assert world.person.sent[-1].author == "notice"
    world.say("それの期限は?")
    history = world.echo.asked[-1].history
    told = " ".join(turn.text for turn in history)
    assert "エアコンは何台までですか" in told, "what was spoken about is summed up"
    for forbidden in ("おつなぎ", "相談員", "3台まで", "人と話したい", "Ippoに"):
        assert forbidden not in told
    # And no loop: the next question is a question.
    assert world.state() == "with_bot"
    assert len(world.rows(cases.c.id)) == 1


def test_closing_asks_for_a_rating_in_one_message_and_a_tap_is_enough(world: World) -> None:
    called(world)
    world.claim()
    before = len(world.person.sent)
    world.do("close", TANAKA)
    world.drain()
    (closing,) = world.person.sent[before:]
    assert closing.author == "notice"
    assert closing.reply.choices == words.RATINGS
    assert world.state() == "closed"
    world.say(words.RATINGS[0])
    assert world.case()["rating"] == 3
    assert world.state() == "with_bot"
    assert len(world.echo.asked) == 2, "a rating is no question"


def test_after_closing_a_question_is_answered_by_the_bot(world: World) -> None:
    called(world)
    world.claim()
    world.do("close", TANAKA)
    assert world.say("窓の助成は?")[-1] == "「窓の助成は?」です。[1]"
    assert world.state() == "with_bot"
    assert world.case()["rating"] is None


def test_the_person_can_cancel(world: World) -> None:
    called(world)
    (said,) = world.say(words.CANCEL)
    assert said == words.cancelled()
    assert (world.state(), world.case()["state"]) == ("with_bot", "cancelled")
    with pytest.raises(DeskError):
        world.do("claim", TANAKA)
    assert any("取り消" in text for text in world.slack.texts())


def test_asking_again_opens_no_second_case(world: World) -> None:
    called(world)
    world.say("早く人を出して")
    assert len(world.rows(cases.c.id)) == 1


def test_a_topic_is_answered_and_a_person_is_called_only_on_a_yes(world: World) -> None:
    (said,) = world.say("うちは助成の対象になりますか?")
    assert said.startswith("「うちは助成の対象になりますか?」です。[1]")
    assert world.state() == "with_bot"
    assert words.CALL in world.person.sent[-1].reply.choices
    world.say("はい、お願いします")
    assert (world.state(), world.case()["reason"]) == ("waiting", "eligibility")


def test_a_yes_to_nothing_calls_nobody(world: World) -> None:
    world.say("うちは助成の対象になりますか?")
    world.say("窓の助成は?")
    world.say("はい")
    assert world.state() == "with_bot"


def test_twice_running_without_an_answer_a_person_is_offered(world: World) -> None:
    assert words.CALL not in str(world.say("不明な件は?"))
    world.say("もっと不明な件は?")
    assert words.CALL in world.person.sent[-1].reply.choices
    world.say("お願いします")
    assert world.case()["reason"] == "unanswered"


def test_danger_calls_at_once_and_says_first_what_to_do(world: World) -> None:
    (said,) = world.say("事務所がガス臭いんだけど")
    assert said.startswith(words.safety())
    assert (world.state(), world.case()["reason"]) == ("waiting", "safety")


def test_a_vote_against_an_answer_is_kept_and_a_person_is_offered(world: World) -> None:
    world.say("LED照明の助成は?")
    answer = world.person.sent[-1]
    world.say("down", kind=Kind.VOTE, message=f"C1:{answer.id}.0")
    assert world.rows(answers.c.vote) == [("down",)]
    assert words.CALL in world.person.sent[-1].reply.choices
    world.say("はい")
    assert world.case()["reason"] == "voted_down"


def test_a_poison_message_offers_a_person_and_never_breaks_the_silence(world: World) -> None:
    world.say("爆弾のような質問?")
    assert world.person.sent[-1].reply.act is Act.ABSTAIN
    world.say("お願いします")
    assert world.case()["reason"] == "failed"


def test_without_a_desk_nobody_is_offered_and_no_case_opens(world: World) -> None:
    worker = world.worker(reachable=False)
    world.take("人と話したい")
    world.take("うちは助成の対象になりますか?")
    world.drain(worker)
    assert "折り返しません" in world.person.texts()[0]
    assert words.CALL not in world.person.sent[-1].reply.choices
    assert world.case() is None
    assert world.state() == "with_bot"


def test_contact_is_passed_on_only_with_consent(world: World) -> None:
    called(world)
    world.say(words.LEAVE_CONTACT)
    (asked,) = world.say("090-1234-5678")
    assert "090-1234-5678" not in asked
    assert not any("090-1234-5678" in text for text in world.slack.texts())
    assert world.case()["contact"] == ""
    world.say(words.NO)
    assert world.case()["consent_at"] is None
    world.say(words.LEAVE_CONTACT)
    world.say("090-1234-5678")
    world.say(words.YES)
    assert world.case()["contact"] == "090-1234-5678"
    assert world.case()["consent_at"] is not None
    assert any("090-1234-5678" in text for text in world.slack.texts())


def test_advisors_words_that_do_not_arrive_are_told_of(world: World) -> None:
    called(world)
    world.claim()
    world.person.script = [Outcome.FAILED]
    world.do("reply", TANAKA, "届くかな", key="k1", ack=desk_cases.Ack("C1", "5.5"))
    world.drain()
    ops = [(message.address["op"], message.address.get("name")) for message in world.slack.sent]
    assert ("react", "x") in ops
    assert any("届いたことを確かめられません" in text for text in world.slack.texts())
    world.do("reply", TANAKA, "届いた", key="k2", ack=desk_cases.Ack("C1", "6.5"))
    world.drain()
    assert ("react", "white_check_mark") in [(m.address["op"], m.address.get("name")) for m in world.slack.sent]


def test_what_a_person_takes_back_is_taken_back_from_the_advisors(world: World) -> None:
    called(world)
    world.claim()
    world.say("まちがえて書いた秘密", message="m-secret")
    world.say("", kind=Kind.UNSEND, message="m-secret")
    world.drain()
    assert any(message.address["op"] == "delete" for message in world.slack.sent)
    for table in (inbox.c.text, turns.c.text, outbox.c.reply):
        assert not any("秘密" in str(value) for (value,) in world.rows(table))


def test_reminders_after_ten_and_thirty_minutes_within_hours(world: World) -> None:
    called(world)
    talker = Talker(world.echo, lambda: date(2026, 11, 24), opening=ALWAYS, reachable=True)
    chores = Chores(world.store, world.desk, hours.parse(ALWAYS), talker.now)

    def after(seconds: float) -> list[str]:
        with world.store.write() as connection:
            connection.execute(update(cases).values(opened_at=time.time() - seconds))
        before = len(world.slack.sent)
        chores.run()
        chores.run()
        world.drain()
        return [message.reply.text for message in world.slack.sent[before:]]

    told = len(world.person.sent)
    assert after(FIRST - 30) == []
    assert len(after(FIRST + 5)) == 1
    assert len(world.person.sent) == told
    assert len(after(SECOND + 5)) == 1
    assert [message.author for message in world.person.sent[told:]] == ["notice"]
    assert after(3 * SECOND) == []


def test_nobody_is_reminded_out_of_hours(world: World) -> None:
    called(world)
    shut = "Sun 00:00-00:01 Asia/Tokyo"
    talker = Talker(world.echo, lambda: date(2026, 11, 24), opening=shut, reachable=True)
    with world.store.write() as connection:
        connection.execute(update(cases).values(opened_at=time.time() - 4 * 3600))
    before = len(world.slack.sent)
    Chores(world.store, world.desk, hours.parse(shut), talker.now).run()
    world.drain()
    assert len(world.slack.sent) == before


def test_a_claim_whose_maker_died_shows_by_itself(world: World) -> None:
    called(world)
    world.do("claim", TANAKA)
    talker = Talker(world.echo, lambda: date(2026, 11, 24), opening=ALWAYS, reachable=True)
    Chores(world.store, world.desk, hours.parse(ALWAYS), talker.now).run()
    assert world.case()["shown_at"] is not None


def test_what_was_done_is_never_changed(world: World) -> None:
    called(world)
    with world.store.write() as connection:
        connection.execute(audit.insert().values(at=1.0, who="x", action="y", subject="z", detail=""))
    for statement in (
        transitions.delete(),
        update(transitions).values(who="somebody else"),
        audit.delete(),
        update(audit).values(who="somebody else"),
    ):
        with pytest.raises(DBAPIError, match="never changed"), world.store.engine.begin() as connection:
            connection.execute(statement)


def test_figures_tell_how_many_wait_and_how_long(world: World) -> None:
    called(world)
    with world.store.write() as connection:
        connection.execute(update(cases).values(opened_at=time.time() - 90))
    talker = Talker(world.echo, lambda: date(2026, 11, 24))
    messaging = Messaging(world.store, Inbox(world.store), {}, talker)
    assert dict(messaging.figures().cases) == {"waiting": 1}
    assert 89 < messaging.figures().waiting < 120
    assert b'ippo_cases{status="waiting"} 1.0' in exposition(messaging)
