"""Taking messages in: stored once, before anybody is told that they were received."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Column, Connection, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from adapters.desk.posts import take_back
from adapters.messages.model import Incoming, Kind
from adapters.messages.schema import conversations, inbox, seen, turns
from adapters.messages.store import MessageStore, now

WITH_BOT = "with_bot"


class Inbox:
    """Takes events in. Safe to use from several threads and processes at once."""

    def __init__(self, store: MessageStore) -> None:
        """Take the database."""
        self._store = store

    def take(self, events: Sequence[Incoming]) -> int:
        """Store events that are new, all in one transaction.

        Returns:
            How many were new. Once it returns, they are worked off, whatever happens to this process.
        Raises:
            StoreUnavailable: Nothing was stored.
        """
        if not events:
            return 0
        with self._store.write() as connection:
            return sum(self._take(connection, event) for event in events)

    def _take(self, connection: Connection, event: Incoming) -> bool:
        at, event = now(), _storable(event)
        # All names are written down, so that a mention and its message, in whichever order, are one.
        fresh = [self._insert(connection, key, at) for key in event.keys]
        if not all(fresh):
            return False
        if event.kind is Kind.UNSEND:
            # It may overtake its message.
            self._insert(connection, _taken_back(event), at)
            erase(connection, event.channel, event.message)
            return True
        if event.message and connection.execute(select(seen.c.key).where(seen.c.key == _taken_back(event))).first():
            return True
        conversation = self._conversation(connection, event, at)
        received_at = at if event.received_at is None else event.received_at
        connection.execute(
            inbox.insert().values(
                conversation=conversation,
                kind=event.kind.value,
                text=event.text,
                message=event.message,
                address=_writable(json.dumps(dict(event.address), ensure_ascii=False)),
                received_at=received_at,
                status="pending",
                attempts=0,
                error="",
            )
        )
        mine = conversations.c.id == conversation
        oldest = case((conversations.c.busy.is_(True), conversations.c.since), else_=received_at)
        connection.execute(update(conversations).where(mine).values(since=oldest, busy=True, due_at=0.0))
        return True

    def _insert(self, connection: Connection, key: str, at: float) -> bool:
        # `rowcount` is not to be trusted with every driver; what comes back is.
        dialect = sqlite if self._store.is_sqlite else postgresql
        statement = dialect.insert(seen).values(key=key, at=at).on_conflict_do_nothing().returning(seen.c.key)
        return connection.execute(statement).first() is not None

    def _conversation(self, connection: Connection, event: Incoming, at: float) -> int:
        dialect = sqlite if self._store.is_sqlite else postgresql
        statement = (
            dialect.insert(conversations)
            .values(
                channel=event.channel,
                key=event.conversation,
                person=event.person,
                state=WITH_BOT,
                epoch=0,
                ward=None,
                lease_token=None,
                lease_until=0.0,
                due_at=0.0,
                since=at,
                busy=False,
                created_at=at,
            )
            .on_conflict_do_nothing()
            .returning(conversations.c.id)
        )
        made = connection.execute(statement).scalar()
        if made is not None:
            return int(made)
        where = (conversations.c.channel == event.channel) & (conversations.c.key == event.conversation)
        return int(connection.execute(select(conversations.c.id).where(where)).scalar_one())


def _storable(event: Incoming) -> Incoming:
    """Bring an event into a form that every database takes: one that is refused would come again for ever."""
    return replace(
        event,
        conversation=_short(event.conversation, conversations.c.key),
        person=_short(event.person, conversations.c.person),
        keys=tuple(_short(key, seen.c.key) for key in event.keys),
        message=_short(event.message, inbox.c.message),
        text=_writable(event.text),
    )


def _writable(text: str) -> str:
    # PostgreSQL has no NUL in texts, and no driver writes half a surrogate pair.
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _short(name: str, column: Column[str]) -> str:
    """Shorten an identifier to what its column holds; two that differ stay different."""
    limit = int(getattr(column.type, "length", 0))
    name = _writable(name)
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:32]
    return f"{name[: limit - len(digest)]}{digest}"


def _taken_back(event: Incoming) -> str:
    return f"unsent:{event.channel}:{event.message}"


def erase(connection: Connection, channel: str, message: str) -> None:
    """Erase what a person has taken back; a message that is still to be answered is answered no more."""
    if not message:
        return
    # Two platforms may give two messages the same id.
    lanes = select(conversations.c.id).where(conversations.c.channel == channel)
    mine = (inbox.c.message == message) & inbox.c.conversation.in_(lanes)
    connection.execute(update(inbox).where(mine & (inbox.c.status == "pending")).values(status="unsent"))
    connection.execute(update(inbox).where(mine).values(text=""))
    told = (turns.c.message == message) & turns.c.conversation.in_(lanes)
    connection.execute(update(turns).where(told).values(text=""))
    take_back(connection, channel, message)
