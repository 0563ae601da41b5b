"""Works messages off: one lane at a time in each thread, oldest first.

    claim a lane → send what is still to be sent, in order → answer the next message → one transaction → again

A message that keeps failing is parked with its error, the person gets an apology, and the lane goes on. A process
that dies leaves its lanes to others once their leases end.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, select, update

from adapters.messages.conversation import AGAIN, APOLOGY, APOLOGY_CHOICES, TOO_MANY, TURNS, Said, Talker
from adapters.messages.fragments import PATIENCE, is_fragment, joined
from adapters.messages.lanes import Lane, LaneLost, Lanes, hold, release_if_idle
from adapters.messages.model import Channel, Delivery, Kind, Outcome, Outgoing, Reply
from adapters.messages.schema import conversations, inbox, outbox, turns, workers
from adapters.messages.store import MessageStore, now
from bot.answer import Act, Turn

log = logging.getLogger(__name__)

TRIES = 3
"""Attempts to answer a message before it is parked."""
PAUSE = 0.25
"""Seconds before a message that failed is tried again; doubled each time."""
IDLE = 0.1
"""Seconds between looks where nobody has told of a new message."""
MOMENT = 1.0
"""Seconds after which the person is shown that an answer is being made."""
BEAT = 5.0
"""Seconds between signs of life."""
A_MINUTE = 60
"""Messages of one conversation that are answered within a minute; more are asked to wait."""
_OFFERED = ("unknown", "failed")
"""Replies that are offered again once the person writes: what could not be delivered then may be now."""
_SPEAKING = (Kind.TEXT, Kind.TAP)


class Worker:
    """Works off the lanes of one database in threads."""

    def __init__(
        self, store: MessageStore, talker: Talker, channels: Mapping[str, Channel], *, threads: int = 4
    ) -> None:
        """Take what is needed; nothing runs before `start`.

        Args:
            store: The database.
            talker: Who answers.
            channels: By name; what is for a channel that is not here waits for a worker that has it.
            threads: Lanes worked on at once.
        """
        self._store = store
        self._lanes = Lanes(store)
        self._talker = talker
        self._channels = channels
        self._threads = [threading.Thread(target=self._run, name=f"worker-{n}", daemon=True) for n in range(threads)]
        self._pulse = threading.Thread(target=self._beat, name="worker-pulse", daemon=True)
        self._stop = threading.Event()
        self._news = threading.Condition()
        self.id = f"{os.getpid()}-{secrets.token_hex(4)}"

    def start(self) -> None:
        """Begin to work."""
        for thread in (*self._threads, self._pulse):
            thread.start()

    def stop(self, patience: float = 10.0) -> None:
        """Finish what is being done, then end."""
        self._stop.set()
        self.wake()
        for thread in (*self._threads, self._pulse):
            if thread.is_alive():
                thread.join(patience)
        with contextlib.suppress(Exception), self._store.write() as connection:
            connection.execute(delete(workers).where(workers.c.id == self.id))

    def wake(self) -> None:
        """Tell of a new message, so that nobody waits for the next look."""
        with self._news:
            self._news.notify_all()

    def work_once(self) -> bool:
        """Work off one lane, if any is due; for tests and for `_run`.

        Returns:
            Whether there was one.
        """
        lane = self._lanes.claim()
        if lane is None:
            return False
        due_at: float | None = 0.0
        try:
            due_at = self._work(lane)
        except LaneLost:
            log.info("lane taken over by another worker", extra={"conversation": lane.conversation})
            return True
        except Exception:
            # What failed here failed outside any one message; the lane is not held up by it for long.
            log.exception("lane failed", extra={"conversation": lane.conversation})
            due_at = now() + 1.0
        if due_at is not None:
            self._lanes.release(lane, due_at=due_at)
        return True

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                worked = self.work_once()
            except Exception:
                log.exception("worker cannot reach the database")
                worked = False
                self._stop.wait(1.0)
            if not worked:
                with self._news:
                    if not self._stop.is_set():
                        self._news.wait(IDLE)

    def _beat(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(Exception), self._store.write() as connection:
                connection.execute(delete(workers).where(workers.c.beat_at < now() - 100 * BEAT))
                known = connection.execute(
                    update(workers).where(workers.c.id == self.id).values(beat_at=now()).returning(workers.c.id)
                ).first()
                if known is None:
                    connection.execute(workers.insert().values(id=self.id, beat_at=now()))
            self._stop.wait(BEAT)

    def _work(self, lane: Lane) -> float | None:
        """Work a lane off.

        Returns:
            When to look at it again, 0 for at once; None where it is given back already.
        """
        answered = False
        while not self._stop.is_set():
            due_at = self._send(lane)
            if due_at is None or due_at:
                return due_at
            rows = self._pending(lane)
            # One who writes much does not make the others wait: whoever has waited longest is next.
            if not rows or (answered and not self._lanes.is_next(rows[0]["received_at"])):
                return 0.0
            batch, wait_until = _batch(rows)
            if not batch:
                return wait_until
            pause = self._answer(lane, batch)
            if pause:
                return now() + pause
            answered = True
        return 0.0

    def _pending(self, lane: Lane) -> Sequence[RowMapping]:
        with self._store.read() as connection:
            where = (inbox.c.conversation == lane.conversation) & (inbox.c.status == "pending")
            return connection.execute(select(inbox).where(where).order_by(inbox.c.id)).mappings().all()

    def _answer(self, lane: Lane, batch: Sequence[RowMapping]) -> float:
        """Answer messages; give the seconds to wait before they are tried again, 0 where they are done with."""
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
        return Said(reply_from(lost["reply"]), "", ward) if lost is not None else None

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

    def _send(self, lane: Lane) -> float | None:
        """Send what waits in a lane, in order.

        Returns:
            When to go on, where the first in line has to wait; None where the lane is given back, nothing being
            left to do; else 0.
        """
        channel = self._channels.get(lane.channel)
        while not self._stop.is_set():
            message = self._next(lane, known=channel is not None)
            if message is None:
                return 0.0
            if channel is None:
                return now() + 5.0
            try:
                delivery = channel.deliver(message)
            except Exception as error:
                log.exception("delivery broke off", extra={"outbox": message.id})
                delivery = Delivery(Outcome.UNSURE, error=type(error).__name__)
            if self._settle(lane, message, delivery):
                return None
            if delivery.outcome in (Outcome.RETRY, Outcome.UNSURE):
                return now() + delivery.after
        return 0.0

    def _next(self, lane: Lane, *, known: bool) -> Outgoing | None:
        """Give the next message to send, its attempt written down before it begins."""
        waiting = (outbox.c.conversation == lane.conversation) & outbox.c.status.in_(("pending", "sending"))
        with self._store.read() as connection:
            # Most looks find nothing, and a look costs no flush of the disk.
            if connection.execute(select(outbox.c.id).where(waiting).limit(1)).first() is None:
                return None
        with self._store.write() as connection:
            hold(connection, lane)
            owner = connection.execute(
                select(conversations.c.state, conversations.c.epoch).where(conversations.c.id == lane.conversation)
            ).one()
            # A claim has raised the epoch: what the bot had ready is not sent any more.
            stale = (outbox.c.author == "bot") & (outbox.c.epoch < owner.epoch) & (outbox.c.status == "pending")
            mine = outbox.c.conversation == lane.conversation
            connection.execute(update(outbox).where(mine & stale).values(status="dropped"))
            row = (
                connection.execute(
                    select(outbox).where(mine, outbox.c.status.in_(("pending", "sending"))).order_by(outbox.c.id)
                )
                .mappings()
                .first()
            )
            if row is None:
                return None
            begun_at, unsure = now(), row["status"] == "sending"
            if known:
                # Attempts that repeat one of unknown outcome go its way, whichever that was: its time is kept.
                attempted_at = row["attempted_at"] if unsure else begun_at
                values = {"status": "sending", "attempts": row["attempts"] + 1, "attempted_at": attempted_at}
                connection.execute(update(outbox).where(outbox.c.id == row["id"]).values(**values))
        return Outgoing(
            id=row["id"],
            channel=lane.channel,
            conversation=lane.key,
            reply=reply_from(row["reply"]),
            address=json.loads(row["address"]),
            author=row["author"],
            retry_key=row["retry_key"],
            received_at=row["received_at"],
            attempts=row["attempts"],
            attempted_at=row["attempted_at"],
            unsure=unsure,
            begun_at=begun_at,
            error=row["error"],
        )

    def _settle(self, lane: Lane, message: Outgoing, delivery: Delivery) -> bool:
        """Write down what became of an attempt; give whether the lane is given back with it."""
        status = {Outcome.RETRY: "pending", Outcome.UNSURE: "sending"}.get(delivery.outcome, delivery.outcome.value)
        values: dict[str, object] = {
            "status": status,
            "error": delivery.error[:500],
            "sent_as": delivery.sent_as[:100],
            "sent_at": now() if delivery.outcome is Outcome.SENT else None,
        }
        if delivery.outcome in (Outcome.UNKNOWN, Outcome.FAILED):
            log.error("reply not delivered", extra={"outbox": message.id, "outcome": status, "error": delivery.error})
        with self._store.write() as connection:
            hold(connection, lane)
            connection.execute(update(outbox).where(outbox.c.id == message.id).values(**values))
            return release_if_idle(connection, lane)


def _batch(rows: Sequence[RowMapping]) -> tuple[Sequence[RowMapping], float]:
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
            reply=json.dumps(asdict(reply), ensure_ascii=False),
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


def reply_from(stored: str) -> Reply:
    """Read a reply as the outbox holds it."""
    values = json.loads(stored)
    found = Reply(**{**values, "act": Act(values["act"])})
    return replace(found, citations=tuple(values["citations"]), choices=tuple(values["choices"]))
