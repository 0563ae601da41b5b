"""Answering what waits in a lane: one transaction for the reply, the turns and the end of the messages.

A message that keeps failing is parked with its error, the person gets an apology, and the lane goes on.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select, update

from adapters.desk import cases as desk_cases
from adapters.desk.cases import Desk
from adapters.desk.opening import Opening
from adapters.desk.schema import answers
from adapters.desk.telling import remember
from adapters.messages.conversation import AGAIN, APOLOGY, APOLOGY_CHOICES, TOO_MANY, TURNS, Said, Talker
from adapters.messages.fragments import PATIENCE, is_fragment, joined
from adapters.messages.lanes import Lane, hold
from adapters.messages.model import Channel, Kind, Reply
from adapters.messages.schema import conversations, inbox, outbox, turns
from adapters.messages.store import MessageStore, now
from adapters.privacy.erase import erase, scrub
from adapters.privacy.export import export
from adapters.privacy.telling import as_text
from bot.answer import Act, Answer, Turn
from bot.handoff.conduct import FAILED, Deed, Standing, Talk
from bot.handoff.states import Event, State

log = logging.getLogger(__name__)

TRIES = 3
"""Attempts to answer a message before it is parked."""
PAUSE = 0.25
"""Seconds before a message that failed is tried again; doubled each time."""
MOMENT = 1.0
"""Seconds after which the person is shown that an answer is being made."""
A_MINUTE = 60
"""Messages of one conversation that are answered within a minute; more are asked to wait."""
_OFFERED = ("unknown", "failed")
"""Replies that are offered again once the person writes: what could not be delivered then may be now."""
_SPEAKING = (Kind.TEXT, Kind.TAP)
_PLACES = {"line": "このLINEのトーク", "slack": "このスレッド"}
"""Where an answer arrives, in the person's words."""


class Answering:
    """Answers messages of lanes that are held. Safe to use from several threads at once."""

    def __init__(self, store: MessageStore, talker: Talker, channels: Mapping[str, Channel], *, desk: Desk) -> None:
        """Take what is needed.

        Args:
            store: The database.
            talker: Who answers.
            channels: By name, to show a person that an answer is being made.
            desk: Where a person is called, and what people write goes to an advisor.
        """
        self._store = store
        self._desk = desk
        self._opening = Opening(desk, talker)
        self._talker = talker
        self._channels = channels

    def pending(self, lane: Lane) -> Sequence[RowMapping]:
        """Give a lane's messages that are still to be answered, in order."""
        with self._store.read() as connection:
            where = (inbox.c.conversation == lane.conversation) & (inbox.c.status == "pending")
            return connection.execute(select(inbox).where(where).order_by(inbox.c.id)).mappings().all()

    def answer(self, lane: Lane, batch: Sequence[RowMapping]) -> float:
        """Answer messages together.

        Returns:
            Seconds to wait before they are tried again; 0 where they are done with.
        Raises:
            LaneLost: Another worker has the lane by now, and answers them.
        """
        last = batch[-1]
        if last["attempts"] >= TRIES:
            self._park(lane, batch)
            return 0.0
        with self._store.write() as connection:
            # Counted before the work: a message that kills its process is parked like one that fails.
            hold(connection, lane)
            connection.execute(_these(batch).values(attempts=inbox.c.attempts + 1))
            history = _history(connection, lane.conversation)
            lately = _lately(connection, lane.conversation)
            c = conversations.c
            state = connection.execute(select(c.state, c.epoch, c.ward, c.talk).where(c.id == lane.conversation)).one()
            case = desk_cases.open_of(connection, lane.conversation)
        address = json.loads(last["address"])
        kind = Kind(last["kind"])
        text = joined([row["text"] for row in batch])
        if state.state == State.WITH_ADVISOR:
            # The advisor has the word; what the person writes goes to them.
            self._commit(lane, batch, Said(None, told(kind, text), state.ward), address, epoch=state.epoch)
            return 0.0
        if lately > A_MINUTE:
            # Said once; what comes on top is stored, and not answered.
            notice = Reply(TOO_MANY, Act.CLARIFY, confidence=0.0) if lately == A_MINUTE + 1 else None
            self._commit(lane, batch, Said(notice, "", state.ward), address, epoch=state.epoch)
            return 0.0
        try:
            with self._patience(lane, kind, address):
                said = self._again(lane, text, state.ward) or self._talker.respond(
                    kind, text, history, state.ward, self._standing(lane, state, case)
                )
        except Exception as error:
            log.exception("message failed", extra={"inbox": last["id"]})
            with self._store.write() as connection:
                hold(connection, lane)
                # The kind of error alone: its words may hold the person's.
                connection.execute(_these(batch).values(error=type(error).__name__))
            # What is down for a moment should not cost the person their answer.
            return float(PAUSE * 2 ** last["attempts"])
        if said.deed is Deed.EXPORT and said.reply is not None:
            said = replace(
                said, reply=replace(said.reply, text=as_text(export(self._store, lane.channel, lane.person)))
            )
        self._commit(lane, batch, said, address, epoch=state.epoch)
        if said.deed is Deed.ERASE:
            scrub(self._store)
        return 0.0

    @contextlib.contextmanager
    def _patience(self, lane: Lane, kind: Kind, address: Mapping[str, Any]) -> Iterator[None]:
        """Show the person that an answer is being made, if it takes longer than a moment."""
        channel = self._channels.get(lane.channel)
        if channel is None or kind not in _SPEAKING:
            yield
            return

        def show() -> None:
            with contextlib.suppress(Exception):
                channel.working(address)

        timer = threading.Timer(MOMENT, show)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            # A sign that is on its way must not come after the answer.
            timer.join(2.0)

    def _again(self, lane: Lane, text: str, ward: str | None) -> Said | None:
        """Give once more what may not have arrived, if that is what was tapped."""
        if text != AGAIN:
            return None
        with self._store.read() as connection:
            lost = _lost(connection, lane.conversation)
        return Said(Reply.from_json(lost["reply"]), "", ward) if lost is not None else None

    def _standing(self, lane: Lane, state: Any, case: RowMapping | None) -> Standing:
        # By the clock that opening hours go by: its date may be a set one.
        since = self._talker.now() - timedelta(seconds=now() - case["opened_at"]) if case is not None else None
        return Standing(
            state=State(state.state),
            talk=Talk.from_json(state.talk),
            since=since,
            on_page=lane.channel == "web",
            place=_PLACES.get(lane.channel, "この会話"),
            is_person=bool(lane.person),
        )

    def _commit(
        self, lane: Lane, batch: Sequence[RowMapping], said: Said, address: Mapping[str, Any], *, epoch: int
    ) -> None:
        """Write the reply, what comes of it and the end of the messages in one transaction, if the lane is still held.

        Nothing is written where the conversation has changed hands since it was looked at: the messages are then
        worked off anew, as what they are now.
        """
        last = batch[-1]
        with self._store.write() as connection:
            hold(connection, lane)
            taken_back = connection.execute(
                select(inbox.c.id).where(inbox.c.id == last["id"], inbox.c.status != "pending")
            ).first()
            if taken_back is not None:
                return
            c = conversations.c
            now_is = connection.execute(select(c.state, c.epoch).where(c.id == lane.conversation)).one()
            if now_is.epoch != epoch:
                # Not this message's fault: it does not count as an attempt.
                connection.execute(_these(batch).values(attempts=inbox.c.attempts - 1))
                return
            self._write(connection, lane, batch, said, address, epoch=epoch, state=State(now_is.state))
            connection.execute(_these(batch).values(status="done", error=""))
            values: dict[str, Any] = {"ward": None if said.deed is Deed.ERASE else said.ward}
            if said.talk is not None:
                values["talk"] = said.talk.to_json()
            connection.execute(update(conversations).where(c.id == lane.conversation).values(**values))

    def _write(
        self,
        connection: Connection,
        lane: Lane,
        batch: Sequence[RowMapping],
        said: Said,
        address: Mapping[str, Any],
        *,
        epoch: int,
        state: State,
    ) -> None:
        last, reply = batch[-1], said.reply
        text = joined([row["text"] for row in batch])
        if said.deed is Deed.ERASE:
            erase(connection, lane.channel, lane.person, lane=lane.conversation, posting=self._desk.posting)
            # An open case has ended with it, and what is said now is said after that.
            c = conversations.c
            epoch = connection.execute(select(c.epoch).where(c.id == lane.conversation)).scalar_one()
            if reply is not None:
                _enqueue(connection, lane, reply, address, last, epoch=epoch)
            return
        if text == AGAIN:
            # In this transaction: the offer stands until what is given again is on its way.
            given = outbox.c.status.in_(_OFFERED) & (outbox.c.conversation == lane.conversation)
            connection.execute(update(outbox).where(given).values(status="repeated"))
        if Kind(last["kind"]) is Kind.VOTE:
            _vote(connection, last)
        if state is State.CLOSED and Kind(last["kind"]) in _SPEAKING:
            desk_cases.move(connection, lane.conversation, Event.RESUME, case=None, who=desk_cases.PERSON)
        if said.text:
            owner = "advisor" if state is State.WITH_ADVISOR else "bot" if said.remembered is not None else "desk"
            for row in batch:
                words = row["text"] if Kind(row["kind"]) in _SPEAKING else said.text
                remember(connection, lane.conversation, "user", words, message=row["message"], owner=owner)
        number = None
        if reply is not None:
            if _lost(connection, lane.conversation) is not None:
                reply = replace(reply, choices=(AGAIN, *reply.choices)[:13])
            number = _enqueue(connection, lane, reply, address, last, epoch=epoch)
            if said.text:
                owner = "bot" if said.remembered is not None else "desk"
                shown = reply.text if said.remembered is None else said.remembered
                detail = {"citations": list(reply.citations), "act": reply.act.value, "outbox": number}
                remember(connection, lane.conversation, "assistant", shown, owner=owner, detail=detail)
        if said.answer is not None and Kind(last["kind"]) in _SPEAKING:
            _log(connection, lane, text, said.answer, said.ward, number)
        self._opening.apply(connection, lane, text, said, message=last["message"], state=state)

    def _park(self, lane: Lane, batch: Sequence[RowMapping]) -> None:
        """Set a message aside that can't be answered; the person hears of it."""
        last = batch[-1]
        log.error("message parked", extra={"inbox": last["id"], "error": last["error"]})
        with self._store.write() as connection:
            hold(connection, lane)
            connection.execute(_these(batch).values(status="parked", error=last["error"] or "ProcessDied"))
            c = conversations.c
            state = connection.execute(select(c.state, c.epoch).where(c.id == lane.conversation)).one()
            if state.state == State.WITH_ADVISOR:
                # The bot is silent; whoever has the conversation sees it instead.
                case = desk_cases.open_of(connection, lane.conversation)
                if case is not None:
                    text = joined([row["text"] for row in batch])
                    self._desk.relay(connection, case, text, message=last["message"])
                return
            reply = Reply(APOLOGY, Act.ABSTAIN, choices=APOLOGY_CHOICES, confidence=0.0)
            _enqueue(connection, lane, reply, json.loads(last["address"]), last, epoch=state.epoch)
            # A yes to this apology is a yes to the person that it offers.
            talk = Talk(offer=FAILED).to_json()
            connection.execute(update(conversations).where(c.id == lane.conversation).values(talk=talk))


def batch_of(rows: Sequence[RowMapping]) -> tuple[Sequence[RowMapping], float]:
    """Give the messages that are answered together: fragments, and the message that they lead to.

    Returns:
        (messages, 0), or (none, when to look again) while a fragment waits for more.
    """
    for end, row in enumerate(rows, 1):
        if Kind(row["kind"]) is not Kind.TEXT:
            # What was begun before it is answered first, by itself.
            return (rows[: end - 1] or rows[:1]), 0.0
        if not is_fragment(row["text"]):
            return rows[:end], 0.0
    ready = rows[-1]["received_at"] + PATIENCE
    return ((), ready) if now() < min(ready, rows[0]["received_at"] + 2 * PATIENCE) else (rows, 0.0)


def _these(batch: Sequence[RowMapping]) -> Any:
    return update(inbox).where(inbox.c.id.in_([row["id"] for row in batch]), inbox.c.status == "pending")


def _lately(connection: Connection, conversation: int) -> int:
    """Count the messages of a conversation that came in within a minute and have been looked at."""
    where = (inbox.c.conversation == conversation) & (inbox.c.received_at > now() - 60) & (inbox.c.attempts > 0)
    return int(connection.execute(select(func.count()).select_from(inbox).where(where)).scalar_one())


def _lost(connection: Connection, conversation: int) -> RowMapping | None:
    """Give the latest reply that did not arrive, or of which nobody knows."""
    epoch = select(conversations.c.epoch).where(conversations.c.id == conversation).scalar_subquery()
    # Of what was said before an advisor had the conversation nothing is offered again.
    where = (outbox.c.conversation == conversation) & outbox.c.status.in_(_OFFERED)
    where &= (outbox.c.epoch == epoch) & (outbox.c.author == "bot")
    return connection.execute(select(outbox).where(where).order_by(outbox.c.id.desc())).mappings().first()


def _history(connection: Connection, conversation: int) -> list[Turn]:
    # Its own turns alone: of an advisor's time there is a summary, of the talk about a handoff nothing.
    where = (turns.c.conversation == conversation) & (turns.c.text != "") & (turns.c.owner == "bot")
    rows = connection.execute(
        select(turns.c.role, turns.c.text).where(where).order_by(turns.c.id.desc()).limit(TURNS)
    ).all()
    return [Turn("user" if role == "user" else "assistant", text) for role, text in reversed(rows)]


def told(kind: Kind, text: str) -> str:
    """Say what came as an advisor reads it."""
    match kind:
        case Kind.TEXT | Kind.TAP:
            return text
        case Kind.MEDIA:
            return f"({text or 'ファイル'}が送られました。Ippoは中身を受け取りません)"
        case Kind.STICKER:
            return "(スタンプ)"
        case Kind.PLACE:
            return f"(位置情報: {text})"
        case Kind.UNFOLLOW:
            return "(ブロックされました。メッセージは届きません)"
        case _:
            return ""


def _log(connection: Connection, lane: Lane, text: str, answer: Answer, ward: str | None, number: int | None) -> None:
    passages = [[passage.source.id, passage.chunk.place] for passage in answer.passages]
    connection.execute(
        answers.insert().values(
            conversation=lane.conversation,
            channel=lane.channel,
            ward=ward,
            question=text,
            act=answer.act.value,
            confidence=answer.confidence,
            passages=json.dumps(passages, ensure_ascii=False),
            citations=json.dumps([[one.source, one.place] for one in answer.citations], ensure_ascii=False),
            outbox=number,
            run=answer.run[:40],
            vote="",
            at=now(),
        )
    )


def _vote(connection: Connection, row: RowMapping) -> None:
    """Write a vote to the answer that it is about."""
    sent = select(outbox.c.id).where(
        outbox.c.conversation == row["conversation"], outbox.c.sent_as == row["message"], outbox.c.sent_as != ""
    )
    if row["text"] in ("up", "down"):
        connection.execute(update(answers).where(answers.c.outbox.in_(sent)).values(vote=row["text"]))


def _enqueue(
    connection: Connection, lane: Lane, reply: Reply, address: Mapping[str, Any], last: RowMapping, *, epoch: int
) -> int:
    made = connection.execute(
        outbox.insert()
        .values(
            key=f"{last['id']}:0",
            conversation=lane.conversation,
            epoch=epoch,
            author="bot",
            reply=reply.to_json(),
            address=json.dumps(dict(address), ensure_ascii=False),
            retry_key=str(uuid.uuid4()),
            received_at=last["received_at"],
            status="pending",
            attempts=0,
            attempted_at=None,
            error="",
            sent_as="",
            sent_at=None,
        )
        .returning(outbox.c.id)
    ).scalar_one()
    return int(made)
