"""The desk's tables, in the same database and migrations as the messages'. Times are seconds since 1970, UTC."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text

from adapters.messages.schema import tables

cases = Table(
    "cases",
    tables,
    Column("id", Integer, primary_key=True),
    Column("conversation", Integer, ForeignKey("conversations.id"), nullable=False),
    # One of: waiting, with_advisor, returned, closed, cancelled
    Column("state", String(20), nullable=False),
    # A topic's id, or: asked, unanswered, voted_down, failed
    Column("reason", String(40), nullable=False),
    # What the person wrote that led here, verbatim.
    Column("question", Text, nullable=False),
    Column("opened_at", Float, nullable=False),
    # Who holds it: `account:<id>` or `slack:<team>:<user>`; empty while nobody does.
    Column("holder", String(100), nullable=False),
    Column("holder_name", String(100), nullable=False),
    Column("claimed_at", Float),
    # When the claim showed itself: from here on no message of the bot is under way.
    Column("shown_at", Float),
    Column("answered_at", Float),
    Column("ended_at", Float),
    # 1 to 3, by the person
    Column("rating", Integer),
    # A way to be reached, kept only with consent.
    Column("contact", Text, nullable=False),
    Column("consent_at", Float),
    # 0, 1 after the first reminder, 2 after the second
    Column("reminded", Integer, nullable=False),
    # Where its message stands in the advisors' channel, once it is there.
    Column("slack_channel", String(30), nullable=False),
    Column("slack_ts", String(40), nullable=False),
    Index("cases_by_conversation", "conversation", "id"),
    Index("cases_by_state", "state", "opened_at"),
    Index("cases_by_post", "slack_channel", "slack_ts"),
)

transitions = Table(
    "transitions",
    tables,
    Column("id", Integer, primary_key=True),
    Column("conversation", Integer, ForeignKey("conversations.id"), nullable=False),
    Column("case_id", Integer, ForeignKey("cases.id")),
    Column("event", String(20), nullable=False),
    Column("before", String(20), nullable=False),
    Column("after", String(20), nullable=False),
    Column("epoch", Integer, nullable=False),
    # `person`, `system`, or as `cases.holder`
    Column("who", String(100), nullable=False),
    Column("why", String(100), nullable=False),
    Column("at", Float, nullable=False),
    Index("transitions_by_conversation", "conversation", "id"),
)
"""Each change of hands. Rows are added, never changed: the database refuses it."""

notes = Table(
    "notes",
    tables,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id"), nullable=False),
    Column("author", String(100), nullable=False),
    Column("author_name", String(100), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Float, nullable=False),
    Index("notes_by_case", "case_id", "id"),
)

answers = Table(
    "answers",
    tables,
    Column("id", Integer, primary_key=True),
    Column("conversation", Integer, ForeignKey("conversations.id"), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("ward", String(20)),
    Column("question", Text, nullable=False),
    Column("act", String(20), nullable=False),
    Column("confidence", Float, nullable=False),
    # What was retrieved and what was cited: JSON lists of [source, place].
    Column("passages", Text, nullable=False),
    Column("citations", Text, nullable=False),
    # The outbox row that brought it.
    Column("outbox", Integer),
    # The model's run that made it or was tried for it; empty: no model was asked.
    Column("run", String(40), nullable=False, server_default=""),
    # up, down, or none
    Column("vote", String(5), nullable=False),
    Column("at", Float, nullable=False),
    Index("answers_by_time", "at"),
    Index("answers_by_conversation", "conversation", "id"),
    Index("answers_by_outbox", "outbox"),
)
"""What the bot answered to what: for summaries, gaps and figures."""

advisors = Table(
    "advisors",
    tables,
    Column("id", Integer, primary_key=True),
    Column("login", String(60), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    Column("password", String(200), nullable=False),  # argon2
    # advisor, administrator
    Column("role", String(20), nullable=False),
    # `<team>:<user>`, or empty
    Column("slack_user", String(60), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
    Index("advisors_by_slack_user", "slack_user"),
)

sessions = Table(
    "sessions",
    tables,
    # SHA-256 of the cookie: who reads the table cannot use it.
    Column("token", String(64), primary_key=True),
    Column("advisor", Integer, ForeignKey("advisors.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("seen_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
)

logins = Table(
    "logins",
    tables,
    Column("id", Integer, primary_key=True),
    # A login name's or an address's digest
    Column("key", String(64), nullable=False),
    Column("at", Float, nullable=False),
    Index("logins_by_key", "key", "at"),
)
"""Logins that failed lately."""

audit = Table(
    "audit",
    tables,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("who", String(100), nullable=False),
    Column("action", String(40), nullable=False),
    # What it was done to: `case:12`, `source:rules.pdf`; never a text or a person's name.
    Column("subject", String(300), nullable=False),
    Column("detail", Text, nullable=False),
    Index("audit_by_time", "at"),
)
"""Who saw, sent and changed what. Rows are added, never changed: the database refuses it."""

templates = Table(
    "templates",
    tables,
    Column("id", Integer, primary_key=True),
    Column("title", String(100), nullable=False),
    Column("text", Text, nullable=False),
)
"""Ready-made texts for advisors."""

drafts = Table(
    "drafts",
    tables,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("cases.id")),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("based_on", Text, nullable=False),
    Column("ward", String(20)),
    Column("expires_on", Date, nullable=False),
    # draft, published, withdrawn
    Column("state", String(20), nullable=False),
    Column("author", String(100), nullable=False),
    Column("approved_by", String(100), nullable=False),
    Column("approved_on", Date),
    Column("at", Float, nullable=False),
)
"""Advisors' answers on their way to become knowledge."""

tasks = Table(
    "tasks",
    tables,
    Column("id", Integer, primary_key=True),
    # changed, conflict, broken, erasure
    Column("kind", String(20), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("detail", Text, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("at", Float, nullable=False),
    Index("tasks_by_subject", "kind", "subject"),
)
"""What an operator has to look at."""

runs = Table(
    "runs",
    tables,
    # As `answers.run`
    Column("run", String(40), primary_key=True),
    Column("model", String(100), nullable=False),
    Column("outcome", String(20), nullable=False),
    # The kind of a failure, never its words
    Column("reason", String(60), nullable=False),
    Column("calls", Integer, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    # In whatever currency the operator has named prices; null: not known
    Column("cost", Float),
    Column("milliseconds", Float, nullable=False),
    # What the guard left out or changed: JSON of reason → how often
    Column("rulings", Text, nullable=False),
    Column("at", Float, nullable=False),
    Index("runs_by_time", "at"),
)
"""Runs of the language model: ids, counts and reasons."""

erasures = Table(
    "erasures",
    tables,
    # SHA-256 of channel and person: the list itself tells nobody's name.
    Column("person", String(64), primary_key=True),
    Column("at", Float, nullable=False),
)
"""Whose data was erased: a backup from before is cleaned by it when it is restored."""
