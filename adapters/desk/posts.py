"""What the advisors' channel in Slack is told: posts, in order within a case, sent as durably as answers are."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select, update

from adapters.desk.schema import cases
from adapters.messages.model import Reply
from adapters.messages.outgoing import put
from adapters.messages.schema import conversations, outbox
from adapters.messages.store import MessageStore, now

CHANNEL = "desk"
"""Name of the channel whose lanes are cases."""
AUTHOR = "desk"


class Op(StrEnum):
    """What is done in the advisors' channel."""

    CARD = "card"
    """The case's message, with its buttons."""
    SAY = "say"
    """A message in the case's thread."""
    REACT = "react"
    """A reaction to an advisor's message: `channel`, `ts`, `name`."""
    UPDATE = "update"
    """The card shows who has the case now."""
    DELETE = "delete"
    """A post of ours is deleted: `channel`, `ts`."""


def post(
    connection: Connection,
    case: int,
    op: Op,
    text: str = "",
    *,
    citations: Sequence[Mapping[str, Any]] = (),
    **address: Any,
) -> None:
    """Put a post into a case's lane; it goes out after this transaction, in order.

    Args:
        connection: In a transaction.
        case: Id of the case.
        op: What is done.
        text: What is said.
        citations: As in `Reply`.
        address: What else the operation needs, as JSON can hold it.
    """
    at = now()
    lane = _lane(connection, case, at)
    put(
        connection,
        Reply(text, citations=tuple(citations)),
        key=f"desk:{uuid.uuid4()}",
        conversation=lane,
        epoch=0,
        author=AUTHOR,
        address={**address, "op": op.value, "case": case},
        received_at=at,
    )
    wake(connection, lane, at)


def take_back(connection: Connection, channel: str, message: str) -> None:
    """Take back what the advisors were shown of a message that its person has taken back."""
    quoted = json.dumps(message, ensure_ascii=False)
    rows = connection.execute(
        select(outbox.c.id, outbox.c.address, outbox.c.status, outbox.c.sent_as).where(
            outbox.c.author == AUTHOR, outbox.c.address.contains(f'"message": {quoted}', autoescape=True)
        )
    ).all()
    for row in rows:
        address = json.loads(row.address)
        if address.get("message") != message or address.get("from") not in (None, channel):
            continue
        gone = Reply("(取り消されました)").to_json()
        connection.execute(update(outbox).where(outbox.c.id == row.id).values(reply=gone))
        place, _, ts = row.sent_as.partition(":")
        if ts:
            post(connection, address["case"], Op.DELETE, channel=place, ts=ts)


def root_of(store: MessageStore, case: int) -> tuple[str, str] | None:
    """Tell where a case's card stands, the root of its thread: channel and ts; None while it stands nowhere."""
    where = select(cases.c.slack_channel, cases.c.slack_ts).where(cases.c.id == case)
    with store.read() as connection:
        row = connection.execute(where).first()
    return (row.slack_channel, row.slack_ts) if row is not None and row.slack_ts else None


def card_of(store: MessageStore, case: int) -> Reply | None:
    """Give what a case's card says, as it was posted."""
    lane = select(conversations.c.id).where(conversations.c.channel == CHANNEL, conversations.c.key == f"case:{case}")
    rows = select(outbox.c.reply, outbox.c.address).where(outbox.c.conversation == lane.scalar_subquery())
    with store.read() as connection:
        for row in connection.execute(rows.order_by(outbox.c.id)):
            # The first of them, as a rule.
            if json.loads(row.address).get("op") == Op.CARD:
                return Reply.from_json(row.reply)
    return None


def wake(connection: Connection, conversation: int, at: float) -> None:
    """Have a worker look at a lane."""
    c = conversations.c
    since = select(c.since).where(c.id == conversation, c.busy.is_(True)).scalar_subquery()
    found = connection.execute(select(since)).scalar()
    connection.execute(
        update(conversations).where(c.id == conversation).values(busy=True, due_at=0.0, since=found or at)
    )


def _lane(connection: Connection, case: int, at: float) -> int:
    key = f"case:{case}"
    where = (conversations.c.channel == CHANNEL) & (conversations.c.key == key)
    found = connection.execute(select(conversations.c.id).where(where).with_for_update()).scalar()
    if found is not None:
        return int(found)
    # Nobody else makes it: a case's first post is made in the transaction that opens the case.
    made = connection.execute(
        conversations.insert()
        .values(
            channel=CHANNEL,
            key=key,
            person="",
            state="with_bot",
            epoch=0,
            ward=None,
            lease_token=None,
            lease_until=0.0,
            due_at=0.0,
            since=at,
            busy=False,
            created_at=at,
        )
        .returning(conversations.c.id)
    ).scalar_one()
    return int(made)
