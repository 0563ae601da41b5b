"""What has to be put right in a database from an earlier time, before anybody works with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, exists, or_, select, update

from adapters.desk import posts
from adapters.desk.posts import Op
from adapters.desk.schema import audit
from adapters.messages import inbox as taking
from adapters.messages.schema import conversations, inbox, outbox, seen
from adapters.messages.store import MessageStore, now
from adapters.privacy.erase import erase_again, listed

FRESH = 3600.0
"""Seconds after which an answer is not sent any more, nor a question answered: the person has long gone on."""
_TAKEN_BACK = "unsent:"
"""Beginning of what `seen` holds of messages that their persons have taken back."""
_WHY = "restored from a backup"
_REPEATABLE = (Op.DELETE, Op.REACT, Op.UPDATE)
"""What may be done twice at the desk, and is not to be forgotten."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What must not come back with a backup, as the database knows it that is replaced."""

    erased: Mapping[str, float]
    """As `erase.listed`."""
    taken_back: Mapping[str, float]
    """Key in `seen` → when."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What was put right."""

    dropped: int
    """Replies too old to be sent."""
    unknown: int
    """Replies that were being sent: whether they arrived is not known."""
    looked_up: int
    """Replies whose channel finds out whether they went out after the backup was taken, before it sends them."""
    parked: int
    """Messages too old to be answered; operators see them."""
    erased: int
    """Conversations of persons who had been erased."""


def gone(store: MessageStore) -> Gone:
    """Read what must not come back."""
    with store.read() as connection:
        rows = connection.execute(select(seen).where(seen.c.key.startswith(_TAKEN_BACK, autoescape=True)))
        return Gone(listed(connection), {row.key: row.at for row in rows})


def settle(connection: Connection, before: Gone) -> Settled:
    """Put a restored database right.

    Args:
        connection: In a transaction, on the newest revision.
        before: From the database that it replaces; its own list counts as well.
    """
    at = now()
    # Deletions go on: what Slack has deleted already, it says so.
    repeatable = or_(*(outbox.c.address.contains(f'"op": "{op.value}"', autoescape=True) for op in _REPEATABLE))
    once = ~((outbox.c.author == posts.AUTHOR) & repeatable)
    pending = (outbox.c.status == "pending") & once
    unknown = _set(connection, (outbox.c.status == "sending") & once, "unknown")
    dropped = _set(connection, pending & (outbox.c.received_at < at - FRESH), "dropped")
    # It may have gone out after the backup was taken. To a channel it is an attempt that broke off: Slack is asked,
    # on LINE it counts as unknown and is offered again, the web chat shows what is stored.
    connection.execute(update(outbox).where(pending).values(attempted_at=outbox.c.received_at))
    looked_up = _set(connection, pending, "sending")
    old = (inbox.c.status == "pending") & (inbox.c.received_at < at - FRESH)
    parked = connection.execute(
        update(inbox).where(old).values(status="parked", error=_WHY).returning(inbox.c.id)
    ).all()
    _wake(connection)
    _take_back(connection, before.taken_back)
    erased = erase_again(connection, _later(before.erased, listed(connection)))
    connection.execute(audit.insert().values(at=at, who="operator", action="restore", subject="backup", detail=""))
    return Settled(dropped, unknown, looked_up, len(parked), erased)


def _set(connection: Connection, which: ColumnElement[bool], status: str) -> int:
    found = connection.execute(update(outbox).where(which).values(status=status, error=_WHY).returning(outbox.c.id))
    return len(found.all())


def _wake(connection: Connection) -> None:
    """Nobody holds a lane; those that hold something to do are looked at."""
    c = conversations.c
    waits = exists().where(inbox.c.conversation == c.id, inbox.c.status == "pending") | exists().where(
        outbox.c.conversation == c.id, outbox.c.status.in_(("pending", "sending"))
    )
    connection.execute(update(conversations).values(lease_token=None, lease_until=0.0, due_at=0.0, busy=waits))


def _take_back(connection: Connection, taken_back: Mapping[str, float]) -> None:
    known = set(connection.scalars(select(seen.c.key).where(seen.c.key.startswith(_TAKEN_BACK, autoescape=True))))
    for key, at in taken_back.items():
        if key not in known:
            connection.execute(seen.insert().values(key=key, at=at))
            _, channel, message = key.split(":", 2)
            taking.erase(connection, channel, message)


def _later(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    return {name: max(first.get(name, 0.0), second.get(name, 0.0)) for name in {*first, *second}}
