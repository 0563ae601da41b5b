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
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select, update

from adapters.messages.conversation import AGAIN, APOLOGY, APOLOGY_CHOICES, TOO_MANY, TURNS, Said, Talker
from adapters.messages.fragments import PATIENCE, is_fragment, joined
from adapters.messages.lanes import Lane, hold
from adapters.messages.model import Channel, Kind, Reply
from adapters.messages.schema import conversations, inbox, outbox, turns
from adapters.messages.store import MessageStore, now
from bot.answer import Act, Turn

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


class Answering:
    """Answers messages of lanes that are held. Safe to use from several threads at once."""

    def __init__(self, store: MessageStore, talker: Talker, channels: Mapping[str, Channel]) -> None:
        """Take what is needed.

        Args:
            store: The database.
            talker: Who answers.
            channels: By name, to show a person that an answer is being made.
        """
        self._store = store
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
            state = connection.execute(
                select(conversations.c.state, conversations.c.epoch, conversations.c.ward).where(
                    conversations.c.id == lane.conversation
                )
            ).one()
        address = json.loads(last["address"])
        kind = Kind(last["kind"])
        text = joined([row["text"] for row in batch])
        if state.state == "with_advisor":
            # The advisor has the word; what the person writes is kept for them.
            said = Said(None, text if kind in _SPEAKING else "", state.ward)
            self._commit(lane, batch, said, address, epoch=state.epoch)
            return 0.0
        if lately > A_MINUTE:
            # Said once; what comes on top is stored, and not answered.
            notice = Reply(TOO_MANY, Act.CLARIFY, confidence=0.0) if lately == A_MINUTE + 1 else None
            self._commit(lane, batch, Said(notice, "", state.ward), address, epoch=state.epoch)
            return 0.0
        try:
            with self._patience(lane, kind, address):
                said = self._again(lane, text, state.ward) or self._talker.respond(kind, text, history, state.ward)
        except Exception as error:
            log.exception("message failed", extra={"inbox": last["id"]})
            with self._store.write() as connection:
                hold(connection, lane)
                # The kind of error alone: its words may hold the person's.
                connection.execute(_these(batch).values(error=type(error).__name__))
            # What is down for a moment should not cost the person their answer.
            return float(PAUSE * 2 ** last["attempts"])
        self._commit(lane, batch, said, address, epoch=state.epoch)
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

    def _commit(
        self, lane: Lane, batch: Sequence[RowMapping], said: Said, address: Mapping[str, Any], *, epoch: int
    ) -> None:
        """Write the reply, the turns and the end of the messages in one transaction, if the lane is still held."""
        last = batch[-1]
        with self._store.write() as connection:
            hold(connection, lane)
            taken_back = connection.execute(
                select(inbox.c.id).where(inbox.c.id == last["id"], inbox.c.status != "pending")
            ).first()
            if taken_back is not None:
                return
            if said.text:
                for row in batch:
                    _remember(connection, lane, "user", row["text"], row["message"])
            reply = said.reply
            if joined([row["text"] for row in batch]) == AGAIN:
                # In this transaction: the offer stands until what is given again is on its way.
                given = outbox.c.status.in_(_OFFERED) & (outbox.c.conversation == lane.conversation)
                connection.execute(update(outbox).where(given).values(status="repeated"))
            if reply is not None:
                if said.text:
                    _remember(connection, lane, "assistant", reply.text, "")
                if _lost(connection, lane.conversation) is not None:
                    reply = replace(reply, choices=(AGAIN, *reply.choices)[:13])
                _enqueue(connection, lane, reply, address, last, epoch=epoch)
            connection.execute(_these(batch).values(status="done", error=""))
            connection.execute(
                update(conversations).where(conversations.c.id == lane.conversation).values(ward=said.ward)
            )

    def _park(self, lane: Lane, batch: Sequence[RowMapping]) -> None:
        """Set a message aside that can't be answered; the person hears of it."""
        last = batch[-1]
        log.error("message parked", extra={"inbox": last["id"], "error": last["error"]})
        with self._store.write() as connection:
            hold(connection, lane)
            connection.execute(_these(batch).values(status="parked", error=last["error"] or "ProcessDied"))
            reply = Reply(APOLOGY, Act.ABSTAIN, choices=APOLOGY_CHOICES, confidence=0.0)
            _enqueue(connection, lane, reply, json.loads(last["address"]), last, epoch=lane.epoch)


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
    where = (outbox.c.conversation == conversation) & outbox.c.status.in_(_OFFERED)
    return connection.execute(select(outbox).where(where).order_by(outbox.c.id.desc())).mappings().first()


def _history(connection: Connection, conversation: int) -> list[Turn]:
    where = (turns.c.conversation == conversation) & (turns.c.text != "")
    rows = connection.execute(
        select(turns.c.role, turns.c.text).where(where).order_by(turns.c.id.desc()).limit(TURNS)
    ).all()
    return [Turn("user" if role == "user" else "assistant", text) for role, text in reversed(rows)]


def _remember(connection: Connection, lane: Lane, role: str, text: str, message: str) -> None:
    connection.execute(
        turns.insert().values(conversation=lane.conversation, role=role, text=text, message=message, at=now())
    )


def _enqueue(
    connection: Connection, lane: Lane, reply: Reply, address: Mapping[str, Any], last: RowMapping, *, epoch: int
) -> None:
    connection.execute(
        outbox.insert().values(
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
    )
