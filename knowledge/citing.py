"""What stands behind a citation link: the version that was cited, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from sqlalchemy import Connection, select

from knowledge import rows
from knowledge.documents import Chunk, Document
from knowledge.schema import chunks, sources, versions

_TOKYO = timezone(timedelta(hours=9))


@dataclass(frozen=True, slots=True)
class Shown:
    """One version of a source, as its page shows it."""

    document: Document
    chunks: Sequence[Chunk]
    """All of its chunks; the blocks of each are `document.blocks[chunk.first : chunk.last]`."""
    replaced_on: date | None = None
    """The day (in Tokyo) a newer version took its place; None: this is the current one, or the last."""
    withdrawn_on: date | None = None
    """The day the source was removed without a successor."""


def find_shown(connection: Connection, source_id: str, chunk_id: str | None) -> Shown | None:
    """Find the version to show: the newest that holds the chunk, else the newest of all.

    Returns:
        None if the source was never known.
    """
    known = connection.execute(select(sources).where(sources.c.id == source_id)).one_or_none()
    if known is None:
        return None
    number = (_cited(connection, source_id, chunk_id) if chunk_id else None) or known.version
    version = connection.execute(select(versions).where(versions.c.id == number)).one()
    rest = connection.execute(
        select(*chunks.c["chunk", "first", "blocks"]).where(chunks.c.version == number).order_by(chunks.c.position)
    )
    ended = None
    if version.ended_at is not None:
        ended = datetime.fromtimestamp(version.ended_at, UTC).astimezone(_TOKYO).date()
    newest = number == known.version
    document = Document(
        source=rows.source_from_json(source_id, version.details),
        blocks=rows.blocks_from_json(rows.unpack(version.blocks)),
        content_hash=version.content_hash,
        warnings=tuple(filter(None, version.warnings.split("\n"))),
    )
    return Shown(
        document,
        [Chunk(source_id, row.first, rows.blocks_from_json(row.blocks), row.chunk) for row in rest],
        replaced_on=None if newest else ended,
        withdrawn_on=ended if newest and not known.active else None,
    )


def _cited(connection: Connection, source_id: str, chunk_id: str) -> int | None:
    """Find the version that holds a chunk: the current one if it does, else the newest."""
    query = (
        select(versions.c.id)
        .join_from(chunks, versions)
        .where(chunks.c.chunk == chunk_id, versions.c.source == source_id, versions.c.published_at.is_not(None))
    )
    # A version that came back is current, and older than the one it replaced.
    return connection.scalars(
        query.order_by(versions.c.ended_at.is_not(None), versions.c.id.desc()).limit(1)
    ).one_or_none()
