"""The tables of conversations. `adapters/messages/migrations` makes them; a test compares the two.

Times are seconds since 1970, UTC, with fractions. A conversation is a *lane*: its messages are worked off in order,
by whoever holds its lease.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text

HEAD = "0002"
VERSION_TABLE = "messages_version"

tables = MetaData()

conversations = Table(
    "conversations",
    tables,
    Column("id", Integer, primary_key=True),
    Column("channel", String(20), nullable=False),
    # LINE user, group or room; Slack channel and thread root; web cookie.
    Column("key", String(200), nullable=False),
    # Whose ward and plan it is; empty in a group.
    Column("person", String(200), nullable=False),
    # with_bot, waiting, with_advisor, closed
    Column("state", String(20), nullable=False),
    # Raised by a claim: what the bot wrote before it is not sent after it.
    Column("epoch", Integer, nullable=False),
    Column("ward", String(20)),
    # What the talk about a handoff has come to: JSON of `bot.handoff.conduct.Talk`.
    Column("talk", Text, nullable=False, server_default="{}"),
    Column("lease_token", String(32)),
    Column("lease_until", Float, nullable=False),
    # Nobody looks at the lane before this: a fragment waits for more, a refused call for its time.
    Column("due_at", Float, nullable=False),
    # When the oldest message came in that is still to be answered: lanes are served in this order.
    Column("since", Float, nullable=False),
    # Someone is waiting here; false where neither inbox nor outbox holds anything to do.
    Column("busy", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
    Index("conversations_by_key", "channel", "key", unique=True),
    Index("conversations_waiting", "busy", "since"),
)

seen = Table(
    "seen",
    tables,
    # `line:<webhookEventId>`, `slack:<event_id>`, `slack:<channel>:<ts>`, `web:<cookie>:<client id>`
    Column("key", String(300), primary_key=True),
    Column("at", Float, nullable=False),
)
"""Names of what has been taken in; one event may have several."""

inbox = Table(
    "inbox",
    tables,
    Column("id", Integer, primary_key=True),
    Column("conversation", Integer, ForeignKey("conversations.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False),
    # The platform's id of the message, to erase it by.
    Column("message", String(100), nullable=False),
    # What the channel needs to reply: a token, a thread. JSON.
    Column("address", Text, nullable=False),
    Column("received_at", Float, nullable=False),
    # pending, done, parked (its error says why), unsent
    Column("status", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Index("inbox_by_conversation", "conversation", "status", "id"),
    Index("inbox_by_message", "message"),
)

turns = Table(
    "turns",
    tables,
    Column("id", Integer, primary_key=True),
    Column("conversation", Integer, ForeignKey("conversations.id"), nullable=False),
    # user, assistant, advisor
    Column("role", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("message", String(100), nullable=False),
    Column("at", Float, nullable=False),
    # Whose the conversation was: bot, advisor. The bot is shown its own turns only.
    Column("owner", String(10), nullable=False, server_default="bot"),
    # Of an answer its citations, of an advisor's words their name: JSON.
    Column("detail", Text, nullable=False, server_default="{}"),
    Index("turns_by_conversation", "conversation", "id"),
    Index("turns_by_message", "message"),
)

outbox = Table(
    "outbox",
    tables,
    Column("id", Integer, primary_key=True),
    # `<inbox id>:<n>`: the same work done twice writes the same row.
    Column("key", String(60), nullable=False, unique=True),
    Column("conversation", Integer, ForeignKey("conversations.id"), nullable=False),
    Column("epoch", Integer, nullable=False),
    # bot, advisor, notice
    Column("author", String(10), nullable=False),
    Column("reply", Text, nullable=False),  # JSON of `Reply`
    Column("address", Text, nullable=False),
    Column("retry_key", String(36), nullable=False),
    Column("received_at", Float, nullable=False),
    # pending, sending, sent, unknown (may or may not have arrived), repeated (then asked for again), failed, dropped,
    # erased (was sent; its words are gone)
    Column("status", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("attempted_at", Float),
    Column("error", Text, nullable=False),
    Column("sent_as", String(100), nullable=False),
    Column("sent_at", Float),
    Index("outbox_by_conversation", "conversation", "status", "id"),
)

workers = Table(
    "workers",
    tables,
    Column("id", String(60), primary_key=True),
    Column("beat_at", Float, nullable=False),
)
"""Who works messages off, and when they last said so."""
