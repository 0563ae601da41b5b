"""What the web chat reads in the message store, and how it forgets. Blocking: for a thread, not for the event loop."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    RowMapping,
    Select,
    String,
    Table,
    and_,
    func,
    inspect,
    select,
)

from adapters.messages.model import Kind, Reply
from adapters.messages.schema import conversations, inbox, outbox
from adapters.messages.store import MessageStore
from adapters.privacy.erase import erase, scrub
from adapters.web.channel import WebChannel
from adapters.web.shapes import ConversationOut, MessageOut, SaidOut, citation

NEWEST = 100
"""Messages of either side that a conversation is shown with."""
_MERGED = 20
"""Messages after one that may have been answered together with it."""
# Made when it is first needed rather than by a migration: it belongs to the web chat alone, and holds one row.
_tables = MetaData()
_keys = Table("web_keys", _tables, Column("name", String(20), primary_key=True), Column("value", String(64)))


@dataclass(frozen=True, slots=True)
class Sight:
    """What a visitor's conversation looks like from afar; it changes whenever there is something to tell."""

    conversation: int | None = None
    """None: there is none."""
    last: int = 0
    """Id of its newest reply."""
    pending: tuple[str, ...] = ()
    """Client ids of the messages whose reply is still being made, oldest first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a message stands."""

    known: bool
    """Whether it is in this visitor's conversation."""
    pending: bool = False
    """Whether its reply is still to come."""
    reply: MessageOut | None = None


class WebStore:
    """The message store as the web chat sees it. Safe to share between threads."""

    def __init__(self, store: MessageStore) -> None:
        """Take the database."""
        self._store = store

    def secret(self) -> bytes:
        """Give the key that cookies are signed with; the first caller of all processes makes it.

        Returns:
            32 bytes.
        Raises:
            StoreUnavailable: The database cannot be reached.
        """
        with self._store.lock("migrate", patience=30.0), self._store.write() as connection:
            if not inspect(connection).has_table(_keys.name):
                _tables.create_all(connection)
            found = connection.scalar(select(_keys.c.value).where(_keys.c.name == "cookies"))
            if found is None:
                found = secrets.token_hex(32)
                connection.execute(_keys.insert().values(name="cookies", value=found))
        return bytes.fromhex(found)

    def look(self, visitors: Sequence[str]) -> dict[str, Sight]:
        """Look at conversations from afar, all in three short statements."""
        newest = (
            select(func.max(outbox.c.id))
            .where(outbox.c.conversation == conversations.c.id, outbox.c.status == "sent")
            .scalar_subquery()
        )
        with self._store.read() as connection:
            found = connection.execute(
                select(conversations.c.key, conversations.c.id, newest).where(_of(visitors))
            ).all()
            waiting = _waiting(connection, [number for _, number, _ in found])
        sights = {key: Sight(number, last or 0, tuple(waiting[number])) for key, number, last in found}
        return {visitor: sights.get(visitor, Sight()) for visitor in visitors}

    def standing(self, visitor: str, client_id: str) -> Standing:
        """Tell where a message stands, with its reply if there is one."""
        with self._store.read() as connection:
            asked = (
                connection.execute(
                    select(inbox)
                    .join(conversations, conversations.c.id == inbox.c.conversation)
                    .where(_of([visitor]), inbox.c.message == client_id)
                )
                .mappings()
                .first()
            )
            if asked is None:
                return Standing(known=False)
            row = _reply_to(connection, asked)
        if row is None:
            return Standing(known=True, pending=asked["status"] == "pending")
        if row["status"] == "sent":
            return Standing(known=True, reply=_out(row, client_id))
        return Standing(known=True, pending=row["status"] in ("pending", "sending"))

    def replies(self, conversation: int, after: int) -> list[MessageOut]:
        """List the replies of a conversation with a higher id, in order; the newest, where there are many."""
        with self._store.read() as connection:
            rows = connection.execute(_newest(conversation, after)).mappings().all()
        return [_out(row) for row in reversed(rows)]

    def conversation(self, visitor: str) -> ConversationOut:
        """Give a conversation's newest messages in the order in which they came and went."""
        with self._store.read() as connection:
            number = connection.scalar(select(conversations.c.id).where(_of([visitor])))
            if number is None:
                return ConversationOut(messages=[], last_id=0)
            said = (
                connection.execute(
                    select(inbox)
                    .where(inbox.c.conversation == number, inbox.c.text != "")
                    .where(inbox.c.kind.in_((Kind.TEXT.value, Kind.TAP.value)))
                    .order_by(inbox.c.id.desc())
                    .limit(NEWEST)
                )
                .mappings()
                .all()
            )
            replies = connection.execute(_newest(number, 0)).mappings().all()
        dated: list[tuple[float, SaidOut | MessageOut]] = [(row["received_at"], _said(row)) for row in reversed(said)]
        dated += [(row["sent_at"], _out(row)) for row in reversed(replies)]
        dated.sort(key=lambda entry: entry[0])
        return ConversationOut(messages=[message for _, message in dated], last_id=replies[0]["id"] if replies else 0)

    def forget(self, visitor: str, *, posting: bool = False) -> None:
        """Erase a visitor everywhere, as when they ask for it in words; what is unanswered stays so.

        Args:
            visitor: Whom.
            posting: Whether Ippo has told the advisors' channel of their cases, where it is deleted too.
        """
        with self._store.write() as connection:
            erase(connection, WebChannel.name, visitor, posting=posting)
        scrub(self._store)


def _of(visitors: Sequence[str]) -> Any:
    return and_(conversations.c.channel == WebChannel.name, conversations.c.key.in_(visitors))


def _waiting(connection: Connection, numbers: Sequence[int]) -> dict[int, list[str]]:
    """List, by conversation, the client ids of messages that are being answered."""
    found: dict[int, list[str]] = {number: [] for number in numbers}
    # Made, but not yet marked as sent: to the person it is still on its way.
    under_way = outbox.c.status.in_(("pending", "sending"))
    for row in connection.execute(
        select(outbox.c.conversation, outbox.c.address)
        .where(outbox.c.conversation.in_(numbers), under_way)
        .order_by(outbox.c.id)
    ):
        if client_id := json.loads(row.address).get("client_id"):
            found[row.conversation].append(str(client_id))
    for row in connection.execute(
        select(inbox.c.conversation, inbox.c.message)
        .where(inbox.c.conversation.in_(numbers), inbox.c.status == "pending")
        .order_by(inbox.c.id)
    ):
        found[row.conversation].append(row.message)
    return found


def _newest(conversation: int, after: int) -> Select[Any]:
    # Within a conversation replies are sent in the order of their ids, so that "sent and higher" misses none.
    mine = (outbox.c.conversation == conversation) & (outbox.c.status == "sent") & (outbox.c.id > after)
    return select(outbox).where(mine).order_by(outbox.c.id.desc()).limit(NEWEST)


def _reply_to(connection: Connection, asked: RowMapping) -> RowMapping | None:
    """Find a message's reply: its own, or that of the message with which it was answered."""
    if asked["status"] == "pending":
        return None
    later = (
        select(inbox.c.id)
        .where(inbox.c.conversation == asked["conversation"], inbox.c.id >= asked["id"])
        .order_by(inbox.c.id)
        .limit(_MERGED)
    )
    keys = [f"{number}:0" for number in connection.scalars(later)]
    where = (outbox.c.key.in_(keys)) & (outbox.c.status != "dropped")
    return connection.execute(select(outbox).where(where).order_by(outbox.c.id).limit(1)).mappings().first()


def _said(row: RowMapping) -> SaidOut:
    return SaidOut(client_id=row["message"], text=row["text"], pending=row["status"] == "pending")


def _out(row: RowMapping, client_id: str | None = None) -> MessageOut:
    reply = Reply.from_json(row["reply"])
    address: Mapping[str, Any] = json.loads(row["address"])
    return MessageOut(
        id=row["id"],
        client_id=str(address.get("client_id", "")) if client_id is None else client_id,
        author=row["author"],
        sender=reply.sender,
        act=reply.act,
        text=reply.text,
        citations=[citation(dict(entry)) for entry in reply.citations],
        choices=list(reply.choices),
        confidence=round(reply.confidence, 4),
        elapsed_ms=round((row["sent_at"] - row["received_at"]) * 1000, 1),
    )
