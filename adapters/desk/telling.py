"""What a person is told from the desk, and what is written down of a conversation.

Each function works within the caller's transaction.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, or_, select

from adapters.desk.posts import wake
from adapters.messages.model import Kind, Reply
from adapters.messages.outgoing import put
from adapters.messages.schema import conversations, inbox, outbox, turns
from adapters.messages.store import now

FRESH = 45.0
"""Seconds within which the reply token of a person's message can still carry an advisor's words."""
_SUMMARY = 300
"""Characters of what the bot is told later about the time that an advisor had the conversation."""


def send(connection: Connection, conversation: int, reply: Reply, *, author: str, **extra: Any) -> int:
    """Put a message to a person into their lane: on an unused reply token where there is one.

    Args:
        connection: In a transaction.
        conversation: Whose lane.
        reply: What is said.
        author: `advisor` or `notice`.
        extra: What the sender finds in the address beside the channel's own.
    Returns:
        Id of the outbox row.
    """
    at = now()
    row = (
        connection.execute(
            select(inbox)
            .where(inbox.c.conversation == conversation, inbox.c.kind.not_in((Kind.VOTE.value, Kind.UNSEND.value)))
            .order_by(inbox.c.id.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )
    address = json.loads(row["address"]) if row is not None else {}
    key, received_at = f"desk:{uuid.uuid4()}", at
    # A reply is free; its token works once, and for a minute.
    if row is not None and at - row["received_at"] < FRESH and row["status"] == "done":
        used = or_(outbox.c.key == f"{row['id']}:0", outbox.c.key == f"{row['id']}:1")
        if connection.execute(select(outbox.c.id).where(used)).first() is None:
            key, received_at = f"{row['id']}:1", row["received_at"]
    if key.startswith("desk:"):
        address.pop("token", None)
    # What was asked is not repeated above what an advisor says.
    address.pop("asked", None)
    epoch = connection.execute(
        select(conversations.c.epoch).where(conversations.c.id == conversation).with_for_update()
    ).scalar_one()
    number = put(
        connection,
        reply,
        key=key,
        conversation=conversation,
        epoch=epoch,
        author=author,
        address={**address, **extra},
        received_at=received_at,
    )
    wake(connection, conversation, at)
    return number


def remember(
    connection: Connection,
    conversation: int,
    role: str,
    text: str,
    *,
    message: str = "",
    owner: str = "bot",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down a turn of a conversation."""
    connection.execute(
        turns.insert().values(
            conversation=conversation,
            role=role,
            text=text,
            message=message,
            at=now(),
            owner=owner,
            detail=json.dumps(dict(detail or {}), ensure_ascii=False),
        )
    )


def summarise(connection: Connection, case: RowMapping) -> None:
    """Leave the bot a line on what the person and the advisor spoke about, in place of their words."""
    said = connection.execute(
        select(turns.c.text)
        .where(
            turns.c.conversation == case["conversation"],
            turns.c.owner == "advisor",
            turns.c.role == "user",
            turns.c.text != "",
            turns.c.at >= case["claimed_at"],
        )
        .order_by(turns.c.id)
    ).scalars()
    topics = " / ".join([case["question"], *said])[:_SUMMARY]
    remember(connection, case["conversation"], "summary", topics)
