"""What is to be sent: a row of the outbox, which a sender finds, attempts and settles."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from adapters.messages.model import Reply
from adapters.messages.schema import outbox


def put(
    connection: Connection,
    reply: Reply,
    *,
    key: str,
    conversation: int,
    epoch: int,
    author: str,
    address: Mapping[str, Any],
    received_at: float,
) -> int:
    """Put a message into the outbox, not attempted yet.

    Args:
        connection: In a transaction that holds the conversation.
        reply: What is said.
        key: Names the message; of two with the same key only one can be there.
        conversation: Whose lane.
        epoch: How often the conversation had changed hands by then.
        author: `bot`, `advisor`, `notice` or `desk`.
        address: Where it goes, in the channel's own form, as JSON can hold it.
        received_at: Unix time of the message that it answers, or of now.
    Returns:
        Id of the row.
    Raises:
        IntegrityError: The key is there.
    """
    number = connection.execute(
        outbox.insert()
        .values(
            key=key,
            conversation=conversation,
            epoch=epoch,
            author=author,
            reply=reply.to_json(),
            address=json.dumps(dict(address), ensure_ascii=False),
            retry_key=str(uuid.uuid4()),
            received_at=received_at,
            status="pending",
            attempts=0,
            attempted_at=None,
            error="",
            sent_as="",
            sent_at=None,
        )
        .returning(outbox.c.id)
    ).scalar_one()
    return int(number)
