"""Make the tables of sources, versions, chunks and generations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "about",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "versions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("blocks", sa.LargeBinary, nullable=False),
        sa.Column("warnings", sa.Text, nullable=False),
        sa.Column("chunks", sa.Integer, nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("published_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
    )
    op.create_index("versions_by_source", "versions", ["source", "fingerprint"])
    op.create_table(
        "sources",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, sa.ForeignKey("versions.id"), nullable=False),
    )
    op.create_table(
        "chunks",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, sa.ForeignKey("versions.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("chunk", sa.String(24), nullable=False),
        sa.Column("first", sa.Integer, nullable=False),
        sa.Column("blocks", sa.Text, nullable=False),
        sa.Column("words", sa.Text),
        sa.Column("context", sa.Text),
    )
    op.create_index("chunks_by_version", "chunks", ["version", "position"], unique=True)
    op.create_index("chunks_by_chunk", "chunks", ["chunk"])
    op.create_table(
        "vectors",
        sa.Column("chunk", sa.Integer, sa.ForeignKey("chunks.id"), primary_key=True),
        sa.Column("embedding", sa.String(200), primary_key=True),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "mentions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, sa.ForeignKey("versions.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("chunk", sa.String(24), nullable=False),
    )
    op.create_index("mentions_by_version", "mentions", ["version", "id"])
    op.create_table(
        "generations",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.Column("embedding", sa.String(200), nullable=False),
        sa.Column("chunks", sa.Integer, nullable=False),
        sa.Column("words", sa.BigInteger, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "members",
        sa.Column("generation", sa.Integer, sa.ForeignKey("generations.number"), primary_key=True),
        sa.Column("version", sa.Integer, sa.ForeignKey("versions.id"), primary_key=True),
    )
    op.create_index("members_by_version", "members", ["version"])
    op.create_table(
        "pointer",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("generation", sa.Integer, sa.ForeignKey("generations.number"), nullable=False),
    )
    op.create_table(
        "readers",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )
