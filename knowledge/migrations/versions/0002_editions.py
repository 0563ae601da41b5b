"""Make the tables of the knowledge desk: originals and editions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "originals",
        sa.Column("content_hash", sa.String(64), primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content_hash", sa.String(64), sa.ForeignKey("originals.content_hash"), nullable=False),
        sa.Column("stated", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("blocks", sa.LargeBinary, nullable=False),
        sa.Column("warnings", sa.Text, nullable=False),
        sa.Column("pipeline", sa.Text, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("published_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
    )
    op.create_index("editions_by_source", "editions", ["source", "id"])
    op.create_index("editions_by_original", "editions", ["content_hash"])
