"""Answering what waits in a lane: one transaction for the reply, the turns and the end of the messages.

A message that keeps failing is parked with its error, the person gets an apology, and the lane goes on.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select, update

from adapters.desk import cases as desk_cases
from adapters.desk.cases import Desk
from adapters.messages.conversation import AGAIN, APOLOGY, APOLOGY_CHOICES, TOO_MANY, TURNS, Said, Talker
from adapters.messages.fragments import PATIENCE, is_fragment, joined
from adapters.messages.lanes import Lane, hold
from adapters.messages.model import Channel, Kind, Reply
from adapters.messages.schema import conversations, inbox, turns
from adapters.messages.store import MessageStore, now
from adapters.messages.writing import SPEAKING, Writing, enqueue, lost
from adapters.privacy.erase import scrub
from adapters.privacy.export import export
from adapters.privacy.telling import as_text
from bot.answer import Act, Turn
from bot.handoff.conduct import FAILED, Deed, Standing, Talk
from bot.handoff.states import State

log = logging.getLogger(__name__)

TRIES = 3
"""Attempts to answer a message before it is parked."""
PAUSE = 0.25
"""Seconds before a message that failed is tried again; doubled each time."""
MOMENT = 1.0
"""Seconds after which the person is shown that an answer is being made."""
A_MINUTE = 60
"""Messages of one conversation that are answered within a minute; more are asked to wait."""
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
        self._writing = Writing(desk, talker)
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
        if channel is None or kind not in SPEAKING:
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
            missed = lost(connection, lane.conversation)
        return Said(Reply.from_json(missed["reply"]), "", ward) if missed is not None else None

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
            self._writing.write(connection, lane, batch, said, address, epoch=epoch, state=State(now_is.state))
            connection.execute(_these(batch).values(status="done", error=""))
            values: dict[str, Any] = {"ward": None if said.deed is Deed.ERASE else said.ward}
            if said.talk is not None:
                values["talk"] = said.talk.to_json()
            connection.execute(update(conversations).where(c.id == lane.conversation).values(**values))

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
            enqueue(connection, lane, reply, json.loads(last["address"]), last, epoch=state.epoch)
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
