"""Lanes: a conversation is worked on by one worker at a time, oldest first, and by another one if that one dies."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select, update

from adapters.messages.schema import conversations, inbox, outbox
from adapters.messages.store import MessageStore, now

LEASE = 30.0
"""Seconds after which another worker takes over a lane whose holder has not renewed it."""


class LaneLost(Exception):
    """Someone else holds the lane by now: what was being done is theirs to do."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane that is held."""

    conversation: int
    channel: str
    key: str
    person: str
    state: str
    epoch: int
    ward: str | None
    token: str


class Lanes:
    """Hands out lanes. Safe to use from several threads and processes at once."""

    def __init__(self, store: MessageStore) -> None:
        """Take the database."""
        self._store = store

    def claim(self) -> Lane | None:
        """Take the free lane whose oldest message waits longest; None where there is nothing to do."""
        at = now()
        with self._store.write() as connection:
            c = conversations.c
            waiting = (
                select(conversations)
                .where(c.busy.is_(True), c.due_at <= at, or_(c.lease_token.is_(None), c.lease_until < at))
                .order_by(_oldest(), c.id)
                .limit(1)
            )
            if not self._store.is_sqlite:
                waiting = waiting.with_for_update(skip_locked=True, of=conversations)
            row = connection.execute(waiting).mappings().first()
            if row is None:
                return None
            token = secrets.token_hex(16)
            connection.execute(
                update(conversations).where(c.id == row["id"]).values(lease_token=token, lease_until=at + LEASE)
            )
        return Lane(
            row["id"], row["channel"], row["key"], row["person"], row["state"], row["epoch"], row["ward"], token
        )

    def renew(self, lane: Lane) -> None:
        """Hold a lane for longer.

        Raises:
            LaneLost: It is someone else's.
        """
        with self._store.write() as connection:
            hold(connection, lane)

    def release(self, lane: Lane, *, due_at: float = 0.0) -> None:
        """Give a lane back; it is looked at again from `due_at` on, if anything is left to do."""
        with self._store.write() as connection:
            mine = (conversations.c.id == lane.conversation) & (conversations.c.lease_token == lane.token)
            # Locked first: a message that is being stored meanwhile is seen below, or wakes the lane after us.
            if connection.execute(select(conversations.c.id).where(mine).with_for_update()).first() is None:
                return
            left = or_(
                exists().where(inbox.c.conversation == lane.conversation, inbox.c.status == "pending"),
                exists().where(outbox.c.conversation == lane.conversation, outbox.c.status.in_(("pending", "sending"))),
            )
            busy = bool(connection.execute(select(left)).scalar())
            connection.execute(
                update(conversations).where(mine).values(lease_token=None, lease_until=0.0, busy=busy, due_at=due_at)
            )


def hold(connection: Connection, lane: Lane) -> None:
    """Renew a lease within a transaction, which then commits only if the lane is still held: the fence.

    Raises:
        LaneLost: It is someone else's.
    """
    mine = (conversations.c.id == lane.conversation) & (conversations.c.lease_token == lane.token)
    held = connection.execute(
        update(conversations).where(mine).values(lease_until=now() + LEASE).returning(conversations.c.id)
    ).first()
    if held is None:
        raise LaneLost(f"conversation {lane.conversation}")


def _oldest() -> ColumnElement[float]:
    """When the oldest message of a lane came in; lanes that only have something to send come by their age there."""
    pending = (
        select(func.min(inbox.c.received_at))
        .where(inbox.c.conversation == conversations.c.id, inbox.c.status == "pending")
        .scalar_subquery()
    )
    sending = (
        select(func.min(outbox.c.received_at))
        .where(outbox.c.conversation == conversations.c.id, outbox.c.status.in_(("pending", "sending")))
        .scalar_subquery()
    )
    return func.coalesce(sending, pending)
