"""Where a conversation changes hands: every transition goes through here, under the conversation's row lock.

Each function works within the caller's transaction, so that what happens to a case, what the person is sent and what
the advisors are told either all happen or none does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, select, update

from adapters.desk.errors import NotOpen, NotReady, NotYours, Taken
from adapters.desk.posts import Op, post
from adapters.desk.schema import cases, notes, transitions
from adapters.desk.telling import remember, send, summarise
from adapters.messages.model import Reply
from adapters.messages.schema import conversations, outbox, seen
from adapters.messages.store import MessageStore, now
from bot.answer import Act
from bot.handoff import words
from bot.handoff.states import RAISES_EPOCH, Event, State, after

OPEN = ("waiting", "with_advisor")
PERSON = "person"
SYSTEM = "system"
SHORT = 100


@dataclass(frozen=True, slots=True)
class Advisor:
    """Someone at the desk."""

    key: str
    """`account:<id>`, or `slack:<team>:<user>` for one without an account."""
    name: str
    is_administrator: bool = False


@dataclass(frozen=True, slots=True)
class Ack:
    """The advisor's own message in Slack, to be acknowledged once it has arrived."""

    channel: str
    ts: str


def move(
    connection: Connection, conversation: int, event: Event, *, case: int | None, who: str, why: str = ""
) -> State:
    """Change a conversation's hands and write down that it was done.

    What the bot has ready is dropped where the epoch rises; what is on its way is `settle`'s.

    Raises:
        IllegalTransition: Not from the state that it is in.
    """
    row = connection.execute(
        select(conversations.c.state, conversations.c.epoch).where(conversations.c.id == conversation).with_for_update()
    ).one()
    state = after(State(row.state), event)
    epoch = row.epoch + (event in RAISES_EPOCH)
    connection.execute(
        update(conversations).where(conversations.c.id == conversation).values(state=state.value, epoch=epoch)
    )
    connection.execute(
        transitions.insert().values(
            conversation=conversation,
            case_id=case,
            event=event.value,
            before=row.state,
            after=state.value,
            epoch=epoch,
            who=who[:SHORT],
            why=why[:SHORT],
            at=now(),
        )
    )
    if event in RAISES_EPOCH:
        ready = (outbox.c.conversation == conversation) & (outbox.c.status == "pending")
        connection.execute(update(outbox).where(ready & (outbox.c.author != "advisor")).values(status="dropped"))
    return state


def open_case(connection: Connection, conversation: int, *, reason: str, question: str) -> int:
    """Call a person: the conversation waits for an advisor from now on.

    Returns:
        Id of the case.
    """
    made = connection.execute(
        cases.insert()
        .values(
            conversation=conversation,
            state="waiting",
            reason=reason[:40],
            question=question,
            opened_at=now(),
            holder="",
            holder_name="",
            contact="",
            reminded=0,
            slack_channel="",
            slack_ts="",
        )
        .returning(cases.c.id)
    ).scalar_one()
    move(connection, conversation, Event.CALL, case=int(made), who=PERSON, why=reason)
    return int(made)


def open_of(connection: Connection, conversation: int) -> RowMapping | None:
    """Give a conversation's open case."""
    where = (cases.c.conversation == conversation) & cases.c.state.in_(OPEN)
    return connection.execute(select(cases).where(where).order_by(cases.c.id.desc())).mappings().first()


class Desk:
    """What can be done with cases. Safe to share; it holds nothing but what it was told at the start."""

    def __init__(self, *, posting: bool) -> None:
        """Say whether there is an advisors' channel in Slack to tell of it."""
        self.posting = posting

    def post(self, connection: Connection, case: int, op: Op, text: str = "", **more: Any) -> None:
        """Tell the advisors' channel, if there is one."""
        if self.posting:
            post(connection, case, op, text, **more)

    def cancel(self, connection: Connection, case: int) -> None:
        """The person no longer wants anybody."""
        row = _locked(connection, case)
        move(connection, row["conversation"], Event.CANCEL, case=case, who=PERSON)
        _set(connection, case, state="cancelled", ended_at=now())
        self.post(connection, case, Op.SAY, "相談者が取り消しました。Ippoが続けて答えます。")
        self.post(connection, case, Op.UPDATE, "取り消し", over=True)

    def claim(self, connection: Connection, case: int, advisor: Advisor) -> None:
        """Take a case: the first one has it. From here on nothing of the bot is begun; `settle` tells when all is quiet.

        Raises:
            Taken: Somebody else was first.
            NotOpen: It is over.
        """
        row = _locked(connection, case)
        if row["state"] == "with_advisor":
            if row["holder"] == advisor.key:
                return
            raise Taken(f"この相談は{row['holder_name']}さんが担当しています。")
        if row["state"] != "waiting":
            raise NotOpen("この相談は終わっています。")
        move(connection, row["conversation"], Event.CLAIM, case=case, who=advisor.key)
        _set(
            connection,
            case,
            state="with_advisor",
            holder=advisor.key,
            holder_name=advisor.name[:SHORT],
            claimed_at=now(),
        )

    def settle(self, connection: Connection, case: int) -> bool:
        """Show a claim, once no call of the bot is on the wire any more.

        A call has ended when its row has, or when the lease of its lane has: calls are shorter than leases.

        Returns:
            Whether it shows.
        """
        row = _locked(connection, case)
        if row["state"] != "with_advisor" or row["shown_at"] is not None:
            return True
        lane = connection.execute(
            select(conversations.c.lease_token, conversations.c.lease_until).where(
                conversations.c.id == row["conversation"]
            )
        ).one()
        begun = and_(
            outbox.c.conversation == row["conversation"], outbox.c.status == "sending", outbox.c.author != "advisor"
        )
        is_held = lane.lease_token is not None and lane.lease_until > now()
        if is_held and connection.execute(select(outbox.c.id).where(begun).limit(1)).first() is not None:
            return False
        # Nobody is calling, so what is left broke off: whether it arrived is not known, and it is not tried again.
        connection.execute(
            update(outbox).where(begun).values(status="unknown", error="an advisor took over before its end was known")
        )
        _set(connection, case, shown_at=now())
        self.post(
            connection,
            case,
            Op.SAY,
            f"{row['holder_name']}さんが担当しました。このスレッドに書いた文章が相談者に届きます"
            "(「!」で始まる投稿は内部メモ)。",
        )
        self.post(connection, case, Op.UPDATE, f"担当: {row['holder_name']}")
        return True

    def reply(
        self, connection: Connection, case: int, advisor: Advisor, text: str, *, key: str, ack: Ack | None = None
    ) -> bool:
        """Send an advisor's words to the person.

        Args:
            connection: In a transaction.
            case: Id of the case.
            advisor: Who speaks: only who holds the case is heard.
            text: What is sent.
            key: Names this message: sent twice with the same key, it goes out once.
            ack: The message in Slack to be acknowledged; None: written elsewhere, so the thread is told of it.
        Returns:
            False where it was sent before.
        Raises:
            NotYours, NotOpen: Nothing is sent.
            NotReady: The claim does not show yet.
        """
        row = self._held(connection, case, advisor, others=False)
        if row["shown_at"] is None:
            raise NotReady("Ippoの最後の送信を待っています。少しおいて、もう一度送ってください。")
        if not _first(connection, f"desk:{key}"):
            return False
        conversation = row["conversation"]
        extra = {"ack": {"channel": ack.channel, "ts": ack.ts}} if ack else {}
        reply = Reply(text, Act.HANDOFF, sender=advisor.name)
        number = send(connection, conversation, reply, author="advisor", **extra, case=case)
        remember(
            connection,
            conversation,
            "advisor",
            text,
            owner="advisor",
            detail={"by": advisor.name, "outbox": number},
        )
        if row["answered_at"] is None:
            _set(connection, case, answered_at=now())
        if ack is None:
            self.post(connection, case, Op.SAY, text, speaker=f"{advisor.name}(コンソールから)")
        return True

    def note(self, connection: Connection, case: int, advisor: Advisor, text: str, *, told: bool = True) -> None:
        """Write an internal note; the person never sees it.

        Args:
            connection: In a transaction.
            case: Id of the case, open or over.
            advisor: Who writes.
            text: The note.
            told: Whether the thread is told of it; it was written there otherwise.
        """
        _locked(connection, case)
        connection.execute(
            notes.insert().values(
                case_id=case, author=advisor.key, author_name=advisor.name[:SHORT], text=text, at=now()
            )
        )
        if told:
            self.post(connection, case, Op.SAY, text, speaker=f"内部メモ {advisor.name}")

    def give_back(self, connection: Connection, case: int, advisor: Advisor) -> None:
        """Give the conversation back to the bot.

        Raises:
            NotYours, NotOpen: Nothing has changed.
        """
        self._end(connection, case, advisor, Event.RETURN, "returned", Reply(words.returned(advisor.name), Act.GREET))

    def close(self, connection: Connection, case: int, advisor: Advisor) -> None:
        """Close the case; the person is told, and asked how it went, in one message.

        Raises:
            NotYours, NotOpen: Nothing has changed.
        """
        said = Reply(words.closed(advisor.name), Act.GREET, choices=words.RATINGS)
        self._end(connection, case, advisor, Event.CLOSE, "closed", said)

    def hand_over(self, connection: Connection, case: int, advisor: Advisor, to: Advisor) -> None:
        """Give a case to another advisor.

        Raises:
            NotYours, NotOpen: Nothing has changed.
        """
        row = self._held(connection, case, advisor)
        move(connection, row["conversation"], Event.HAND_OVER, case=case, who=advisor.key, why=to.key)
        _set(connection, case, holder=to.key, holder_name=to.name[:SHORT])
        self.post(connection, case, Op.SAY, f"{advisor.name}さんから{to.name}さんに引き継ぎました。")
        self.post(connection, case, Op.UPDATE, f"担当: {to.name}")

    def relay(
        self, connection: Connection, case: RowMapping, text: str, *, by: str = "相談者", message: str = ""
    ) -> None:
        """Show the advisors what was said in a conversation that has an open case.

        Args:
            connection: In a transaction.
            case: The case.
            text: What was said.
            by: Who said it.
            message: The platform's id of a person's message, by which it is found if they take it back.
        """
        self.post(connection, case["id"], Op.SAY, text, speaker=by, message=message)

    def delivered(
        self, connection: Connection, address: Mapping[str, Any], *, author: str, sent: bool, error: str
    ) -> None:
        """Tell the advisor what became of their words."""
        case = address.get("case")
        if author != "advisor" or case is None:
            return
        ack = address.get("ack")
        if ack:
            name = "white_check_mark" if sent else "x"
            self.post(connection, case, Op.REACT, channel=ack["channel"], ts=ack["ts"], name=name)
        if not sent:
            self.post(connection, case, Op.SAY, f"相談者に届いたことを確かめられませんでした({error[:80]})。")

    def _end(self, connection: Connection, case: int, advisor: Advisor, event: Event, state: str, said: Reply) -> None:
        row = self._held(connection, case, advisor, waiting=True)
        conversation = row["conversation"]
        move(connection, conversation, event, case=case, who=advisor.key)
        _set(connection, case, state=state, ended_at=now())
        if row["state"] == "with_advisor":
            summarise(connection, row)
        send(connection, conversation, said, author="notice")
        _set_talk(connection, conversation)
        told = "Ippoに戻しました" if event is Event.RETURN else "終了しました"
        self.post(connection, case, Op.SAY, f"{advisor.name}さんが{told}。")
        self.post(connection, case, Op.UPDATE, f"{told}({advisor.name})", over=True)

    def _held(
        self, connection: Connection, case: int, advisor: Advisor, *, others: bool = True, waiting: bool = False
    ) -> RowMapping:
        """Lock a case that this advisor may act on.

        Args:
            connection: In a transaction.
            case: Id.
            advisor: Who acts.
            others: Whether an administrator may act on what another one holds.
            waiting: Whether it may still wait for somebody.
        """
        row = _locked(connection, case)
        if row["state"] not in OPEN:
            raise NotOpen("この相談は終わっています。")
        may = row["holder"] == advisor.key or (others and advisor.is_administrator)
        if row["state"] == "waiting" and not (waiting and may):
            raise NotOpen("先に「担当する」を押してください。")
        if not may:
            raise NotYours(f"担当は{row['holder_name']}さんです。担当者と管理者だけができます。")
        return row


def wait_for_claim(store: MessageStore, desk: Desk, case: int) -> bool:
    """Try once whether a claim shows; for those who hold no transaction."""
    with store.write() as connection:
        return desk.settle(connection, case)


def _locked(connection: Connection, case: int) -> RowMapping:
    """Lock a case's conversation, then read the case.

    Raises:
        NotOpen: There is no such case.
    """
    of = select(cases.c.conversation).where(cases.c.id == case).scalar_subquery()
    connection.execute(select(conversations.c.id).where(conversations.c.id == of).with_for_update())
    row = connection.execute(select(cases).where(cases.c.id == case)).mappings().first()
    if row is None:
        raise NotOpen("この相談は見つかりません。")
    return row


def _set(connection: Connection, case: int, **values: Any) -> None:
    connection.execute(update(cases).where(cases.c.id == case).values(**values))


def _set_talk(connection: Connection, conversation: int) -> None:
    """Forget what the talk about the handoff had come to: it is over."""
    connection.execute(update(conversations).where(conversations.c.id == conversation).values(talk="{}"))


def _first(connection: Connection, key: str) -> bool:
    if connection.execute(select(seen.c.key).where(seen.c.key == key)).first() is not None:
        return False
    # The conversation's lock is held, so nobody else writes the same key meanwhile.
    connection.execute(seen.insert().values(key=key, at=now()))
    return True
