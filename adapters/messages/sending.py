"""Sending what waits in a lane, in order, each attempt written down before it begins."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping

from sqlalchemy import Connection, select, update

from adapters.desk.cases import Desk
from adapters.desk.posts import CHANNEL as DESK
from adapters.desk.posts import Op
from adapters.desk.schema import cases
from adapters.messages.lanes import Lane, hold, release_if_idle
from adapters.messages.model import Channel, Delivery, Outcome, Outgoing, Reply
from adapters.messages.schema import conversations, outbox
from adapters.messages.store import MessageStore, now

log = logging.getLogger(__name__)


class Sending:
    """Sends replies of lanes that are held. Safe to use from several threads at once."""

    def __init__(
        self, store: MessageStore, channels: Mapping[str, Channel], stop: threading.Event, *, desk: Desk
    ) -> None:
        """Take what is needed.

        Args:
            store: The database.
            desk: Hears what became of advisors' words.
            channels: By name; what is for one that is not here is left to a worker that has it.
            stop: Once it is set, nothing more is begun.
        """
        self._store = store
        self._channels = channels
        self._desk = desk
        self._stop = stop

    def send(self, lane: Lane) -> float | None:
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
            mine = outbox.c.conversation == lane.conversation
            # A claim has raised the epoch: what the bot had ready is not sent any more, and what broke off is not
            # tried again; nobody else is calling, for the lane is held.
            stale = mine & (outbox.c.author.not_in(("advisor", "desk"))) & (outbox.c.epoch < owner.epoch)
            for before, ended in (("pending", "dropped"), ("sending", "unknown")):
                connection.execute(update(outbox).where(stale & (outbox.c.status == before)).values(status=ended))
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
            reply=Reply.from_json(row["reply"]),
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
        sent = delivery.outcome is Outcome.SENT
        with self._store.write() as connection:
            if sent and lane.channel == DESK and message.address.get("op") == Op.CARD:
                # Before the lane: whoever claims takes the case first and its lane after it.
                _place_card(connection, message.address["case"], delivery.sent_as)
            hold(connection, lane)
            connection.execute(update(outbox).where(outbox.c.id == message.id).values(**values))
            if delivery.outcome not in (Outcome.RETRY, Outcome.UNSURE):
                self._desk.delivered(
                    connection, message.address, author=message.author, sent=sent, error=delivery.error
                )
            return release_if_idle(connection, lane)


def _place_card(connection: Connection, case: int, sent_as: str) -> None:
    """Write down where a case's message stands in the advisors' channel."""
    channel, _, ts = sent_as.partition(":")
    connection.execute(update(cases).where(cases.c.id == case).values(slack_channel=channel[:30], slack_ts=ts[:40]))
