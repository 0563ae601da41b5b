"""The tables that hold what is known. Everything else (tantivy, Chroma) is derived from them.

A *version* is what one source said at one time, as one pipeline read it. Its rows never change once they are
complete. A *generation* is a set of versions, one a source; the pointer names the one to serve.
Times are whole seconds since 1970, UTC. `knowledge/migrations` makes these tables; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

HEAD = "0002"
"""The newest migration. Known here so that a start on an up-to-date database need not import Alembic (0.3 s)."""
VERSION_TABLE = "knowledge_version"

tables = MetaData()

about = Table(
    "about",
    tables,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
"""Facts about this store: `id`, a random name that keeps its collections apart on a shared Chroma server."""

versions = Table(
    "versions",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    # SHA-256 over content, stated metadata and pipeline version: equal means "need not be parsed again". Empty
    # once no generation holds the version and its terms are gone.
    Column("fingerprint", String(64), nullable=False),
    Column("content_hash", String(64), nullable=False),
    # SHA-256 over what the derived indexes hold of it.
    Column("digest", String(64), nullable=False),
    Column("details", Text, nullable=False),  # rows.source_to_json
    Column("blocks", LargeBinary, nullable=False),  # rows.pack(rows.blocks_to_json)
    Column("warnings", Text, nullable=False),  # one a line
    Column("chunks", Integer, nullable=False),
    Column("words", Integer, nullable=False),  # in all its chunks
    # False until its last chunk is written; what a killed run leaves behind is cleared by the next.
    Column("complete", Boolean, nullable=False),
    Column("published_at", BigInteger),  # NULL: never part of a generation
    Column("ended_at", BigInteger),  # NULL: current, or never published
    Index("versions_by_source", "source", "fingerprint"),
)

sources = Table(
    "sources",
    tables,
    Column("id", Text, primary_key=True),
    # SHA-256 of the directory it was found in (its URL for a URL). A digest, because a data directory
    # may be moved to another machine and holds no absolute path.
    Column("root", String(64), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("version", ForeignKey("versions.id"), nullable=False),  # current, or the last before it was removed
)

chunks = Table(
    "chunks",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", ForeignKey("versions.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("chunk", String(24), nullable=False),  # documents.Chunk.id
    Column("first", Integer, nullable=False),
    Column("blocks", Text, nullable=False),  # rows.blocks_to_json
    # rows.terms_to_text; NULL once no generation holds the version: the text stays for old citations.
    Column("words", Text),
    Column("context", Text),
    Index("chunks_by_version", "version", "position", unique=True),
    Index("chunks_by_chunk", "chunk"),
)

vectors = Table(
    "vectors",
    tables,
    Column("chunk", ForeignKey("chunks.id"), primary_key=True),
    Column("embedding", String(200), primary_key=True),  # embedding.Embedding.name
    Column("vector", LargeBinary, nullable=False),  # float32, little-endian, unit length
)

mentions = Table(
    "mentions",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", ForeignKey("versions.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("value", Text, nullable=False),
    Column("chunk", String(24), nullable=False),
    Index("mentions_by_version", "version", "id"),
)

generations = Table(
    "generations",
    tables,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("checksum", String(64), nullable=False),
    Column("embedding", String(200), nullable=False),
    Column("chunks", Integer, nullable=False),
    Column("words", BigInteger, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)

members = Table(
    "members",
    tables,
    Column("generation", ForeignKey("generations.number"), primary_key=True),
    Column("version", ForeignKey("versions.id"), primary_key=True),
    Index("members_by_version", "version"),
)

pointer = Table(
    "pointer",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("generation", ForeignKey("generations.number"), nullable=False),
)

readers = Table(
    "readers",
    tables,
    Column("id", String(32), primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)
"""Heartbeats: which generation each process has open."""

originals = Table(
    "originals",
    tables,
    Column("content_hash", String(64), primary_key=True),  # SHA-256 of `content`, hex
    Column("content", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""Files as they were given to the knowledge desk, so that what was published of them can be read anew."""

editions = Table(
    "editions",
    tables,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    # What tells the kinds of text apart by its ending; never a path.
    Column("name", Text, nullable=False),
    Column("content_hash", ForeignKey("originals.content_hash"), nullable=False),
    # What the operator says of it, JSON; and what it says of itself: rows.source_to_json.
    Column("stated", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("blocks", LargeBinary, nullable=False),  # rows.pack(rows.blocks_to_json), paragraphs not yet split
    Column("warnings", Text, nullable=False),  # one a line
    # As which pipeline read it; another reads the original anew.
    Column("pipeline", Text, nullable=False),
    # preview, published, replaced, withdrawn
    Column("state", String(12), nullable=False),
    # `account:<id>`, or `system` for an address that was fetched again
    Column("author", String(100), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("published_at", BigInteger),
    Column("ended_at", BigInteger),
    Index("editions_by_source", "source", "id"),
    Index("editions_by_original", "content_hash"),
)
"""What operators brought in: looked at first, then published; the past ones stay as history."""
