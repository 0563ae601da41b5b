"""Who a person is in the database: a channel, and what the channel calls them."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import Connection, or_, select

from adapters.messages.schema import conversations, inbox

GONE = "erased-"
"""Beginning of the key of a conversation that nobody can be found by any more."""


def digest(channel: str, person: str) -> str:
    """Name a person such that nobody can be read from it: 64 hex digits."""
    return hashlib.sha256(f"{channel}:{person}".encode()).hexdigest()


def conversations_of(connection: Connection, channel: str, person: str) -> list[int]:
    """List the ids of a person's conversations, in order.

    A conversation without a person is theirs where it is called by their name: the web chat's is the cookie. Groups
    are called otherwise, and belong to nobody.
    """
    c = conversations.c
    named = or_(c.person == person, (c.person == "") & (c.key == person))
    where = (c.channel == channel) & named & (c.key != "")
    return list(connection.scalars(select(c.id).where(where).order_by(c.id))) if person else []


def said_in_groups(connection: Connection, channel: str, person: str) -> list[int]:
    """List what a person said in conversations with others, as far as the channel tells who said what: Slack does.

    Returns:
        Ids of rows of the inbox.
    """
    team, _, user = person.partition(":")
    if channel != "slack" or not (team and user):
        return []
    # The address is JSON: what is found by its text is read before it is believed.
    rows = connection.execute(
        select(inbox.c.id, inbox.c.address)
        .join(conversations, conversations.c.id == inbox.c.conversation)
        .where(conversations.c.channel == channel, conversations.c.person == "")
        .where(inbox.c.address.contains(json.dumps(user), autoescape=True))
        .order_by(inbox.c.id)
    ).all()
    return [row.id for row in rows if _by(json.loads(row.address)) == (team, user)]


def _by(address: dict[str, object]) -> tuple[object, object]:
    return address.get("team"), address.get("user")
