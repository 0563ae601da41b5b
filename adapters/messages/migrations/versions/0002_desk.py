"""Make the tables of the advisors' desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LASTING = ("transitions", "audit")
"""Tables whose rows are added and never changed."""


def upgrade() -> None:
    """Apply this step."""
    op.add_column("conversations", sa.Column("talk", sa.Text, nullable=False, server_default="{}"))
    op.add_column("turns", sa.Column("owner", sa.String(10), nullable=False, server_default="bot"))
    op.add_column("turns", sa.Column("detail", sa.Text, nullable=False, server_default="{}"))
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.Integer, sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("opened_at", sa.Float, nullable=False),
        sa.Column("holder", sa.String(100), nullable=False),
        sa.Column("holder_name", sa.String(100), nullable=False),
        sa.Column("claimed_at", sa.Float),
        sa.Column("shown_at", sa.Float),
        sa.Column("answered_at", sa.Float),
        sa.Column("ended_at", sa.Float),
        sa.Column("rating", sa.Integer),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("consent_at", sa.Float),
        sa.Column("reminded", sa.Integer, nullable=False),
        sa.Column("slack_channel", sa.String(30), nullable=False),
        sa.Column("slack_ts", sa.String(40), nullable=False),
    )
    op.create_index("cases_by_conversation", "cases", ["conversation", "id"])
    op.create_index("cases_by_state", "cases", ["state", "opened_at"])
    op.create_index("cases_by_post", "cases", ["slack_channel", "slack_ts"])
    op.create_table(
        "transitions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.Integer, sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id")),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("before", sa.String(20), nullable=False),
        sa.Column("after", sa.String(20), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("why", sa.String(100), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("transitions_by_conversation", "transitions", ["conversation", "id"])
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("author_name", sa.String(100), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("notes_by_case", "notes", ["case_id", "id"])
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.Integer, sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("ward", sa.String(20)),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("passages", sa.Text, nullable=False),
        sa.Column("citations", sa.Text, nullable=False),
        sa.Column("outbox", sa.Integer),
        sa.Column("run", sa.String(40), nullable=False, server_default=""),
        sa.Column("vote", sa.String(5), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("answers_by_time", "answers", ["at"])
    op.create_index("answers_by_conversation", "answers", ["conversation", "id"])
    op.create_index("answers_by_outbox", "answers", ["outbox"])
    op.create_table(
        "advisors",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("login", sa.String(60), nullable=False, unique=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("slack_user", sa.String(60), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
    )
    op.create_index("advisors_by_slack_user", "advisors", ["slack_user"])
    op.create_table(
        "sessions",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("advisor", sa.Integer, sa.ForeignKey("advisors.id"), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
        sa.Column("expires_at", sa.Float, nullable=False),
    )
    op.create_table(
        "logins",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("logins_by_key", "logins", ["key", "at"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("audit_by_time", "audit", ["at"])
    op.create_table(
        "templates",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id")),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("based_on", sa.Text, nullable=False),
        sa.Column("ward", sa.String(20)),
        sa.Column("expires_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("approved_by", sa.String(100), nullable=False),
        sa.Column("approved_on", sa.Date),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("tasks_by_subject", "tasks", ["kind", "subject"])
    op.create_table(
        "runs",
        sa.Column("run", sa.String(40), primary_key=True),
        sa.Column("model", sa.String(100), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(60), nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("tokens_in", sa.Integer, nullable=False),
        sa.Column("tokens_out", sa.Integer, nullable=False),
        sa.Column("cost", sa.Float),
        sa.Column("milliseconds", sa.Float, nullable=False),
        sa.Column("rulings", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("runs_by_time", "runs", ["at"])
    op.create_table(
        "erasures",
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
    )
    _keep()


def _keep() -> None:
    """Have the database refuse to change or delete what has to stay."""
    if op.get_bind().dialect.name == "sqlite":
        for table in LASTING:
            for deed in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'rows of this table are never changed'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION ippo_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rows of this table are never changed'; END $$"
    )
    for table in LASTING:
        op.execute(
            f"CREATE TRIGGER {table}_lasting BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION ippo_refuse()"
        )
