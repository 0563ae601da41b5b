"""Lanes: a conversation is worked on by one worker at a time, oldest first, and by another one if that one dies."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, or_, select, update

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
            waiting = select(conversations).where(_free(at)).order_by(c.since, c.id).limit(1)
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

    def is_next(self, since: float) -> bool:
        """Tell whether no free lane holds a message that has come in before `since`."""
        with self._store.read() as connection:
            older = select(conversations.c.id).where(_free(now()), conversations.c.since < since).limit(1)
            return connection.execute(older).first() is None

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
            # Locked first: a message that is being stored meanwhile is seen below, or wakes the lane after us.
            if connection.execute(select(conversations.c.id).where(_mine(lane)).with_for_update()).first() is None:
                return
            since = _waiting_since(connection, lane)
            _give_back(connection, lane, since, due_at)


def release_if_idle(connection: Connection, lane: Lane) -> bool:
    """Give a lane back within a transaction that holds it, if nothing is left to do there.

    Returns:
        Whether it was given back.
    """
    if _waiting_since(connection, lane) is not None:
        return False
    _give_back(connection, lane, None, 0.0)
    return True


def _free(at: float) -> ColumnElement[bool]:
    """Something is due there, and nobody holds it."""
    c = conversations.c
    return c.busy.is_(True) & (c.due_at <= at) & or_(c.lease_token.is_(None), c.lease_until < at)


def _mine(lane: Lane) -> ColumnElement[bool]:
    return (conversations.c.id == lane.conversation) & (conversations.c.lease_token == lane.token)


def _give_back(connection: Connection, lane: Lane, since: float | None, due_at: float) -> None:
    values = {"lease_token": None, "lease_until": 0.0, "busy": since is not None, "due_at": due_at}
    connection.execute(update(conversations).where(_mine(lane)).values(**values, since=since or 0.0))


def hold(connection: Connection, lane: Lane) -> None:
    """Renew a lease within a transaction, which then commits only if the lane is still held: the fence.

    Raises:
        LaneLost: It is someone else's.
    """
    held = connection.execute(
        update(conversations).where(_mine(lane)).values(lease_until=now() + LEASE).returning(conversations.c.id)
    ).first()
    if held is None:
        raise LaneLost(f"conversation {lane.conversation}")


def _waiting_since(connection: Connection, lane: Lane) -> float | None:
    """When the oldest message of a lane came in that is to be answered or whose reply is to be sent."""
    pending = select(func.min(inbox.c.received_at)).where(
        inbox.c.conversation == lane.conversation, inbox.c.status == "pending"
    )
    sending = select(func.min(outbox.c.received_at)).where(
        outbox.c.conversation == lane.conversation, outbox.c.status.in_(("pending", "sending"))
    )
    found = [
        at for at in (connection.execute(pending).scalar(), connection.execute(sending).scalar()) if at is not None
    ]
    return min(found, default=None)
