"""What is asked of the tables while the knowledge is served or its indexes are built."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import Connection, Row, Select, func, select

from knowledge import rows
from knowledge.documents import Chunk, Source
from knowledge.embedding import Vectors
from knowledge.index import IndexedChunk, Mention, MentionKind
from knowledge.schema import chunks, generations, members, mentions, pointer, vectors, versions
from knowledge.store import Store
from knowledge.vectors import Batch

T = TypeVar("T")
_VALUES = 500
"""Values named in one statement; SQLite takes 32,766 values, PostgreSQL 65,535."""
_ROWS = 2000
"""Chunks held at once while all of them pass by."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One consistent state of the knowledge."""

    number: int
    checksum: str
    """SHA-256 over what its indexes hold, hex."""
    embedding: str
    """`Embedding.name` of its vectors."""
    chunks: int
    words: int
    """In all chunks, repetitions counted."""


def wanted(connection: Connection) -> Generation | None:
    """Find the generation that the pointer names; None before the first ingest."""
    found = connection.execute(
        select(*generations.c["number", "checksum", "embedding", "chunks", "words"]).join_from(
            pointer, generations, pointer.c.generation == generations.c.number
        )
    ).one_or_none()
    return Generation(*found) if found else None


def versions_of(connection: Connection, generation: int) -> list[int]:
    """List the versions of a generation by source id: the order of its chunks everywhere."""
    query = select(*versions.c["id", "source"]).join(members).where(members.c.generation == generation)
    # Sorted here, because databases sort text by their own collations.
    return [row.id for row in sorted(connection.execute(query), key=lambda row: row.source)]


def stream_chunks(store: Store, of: Sequence[int]) -> Iterator[IndexedChunk]:
    """Pass all chunks of some versions by, in the versions' order."""
    columns = chunks.c["version", "chunk", "first", "blocks", "words", "context"]
    for version, source in _in_order(store, of):
        query = select(*columns).where(chunks.c.version == version).order_by(chunks.c.position)
        for row in _stream(store, query):
            yield _indexed(source, row)


def stream_vectors(store: Store, of: Sequence[int], embedding: str) -> Iterator[Batch]:
    """Pass all vectors of some versions by, those of several small versions together."""
    ids: list[str] = []
    sources: list[str] = []
    found: list[bytes] = []
    for version, source in _in_order(store, of):
        query = (
            select(chunks.c.chunk, vectors.c.vector)
            .join_from(chunks, vectors)
            .where(chunks.c.version == version, vectors.c.embedding == embedding)
            .order_by(chunks.c.position)
        )
        for chunk, vector in _stream(store, query):
            ids.append(chunk)
            sources.append(source)
            found.append(vector)
            if len(ids) == _ROWS:
                yield _batch(ids, sources, found)
                ids, sources, found = [], [], []
    if ids:
        yield _batch(ids, sources, found)


def stream_unembedded(store: Store, of: Sequence[int], embedding: str) -> Iterator[list[tuple[int, IndexedChunk]]]:
    """Pass by, some at a time, the chunks without a vector of this embedding, with the numbers of their rows."""
    columns = chunks.c["id", "version", "chunk", "first", "blocks", "words", "context"]
    theirs = select(vectors.c.chunk).where(vectors.c.chunk == chunks.c.id, vectors.c.embedding == embedding)
    some: list[tuple[int, IndexedChunk]] = []
    for version, source in _in_order(store, of):
        query = select(*columns).where(chunks.c.version == version, ~theirs.exists()).order_by(chunks.c.position)
        for row in _stream(store, query):
            some.append((row.id, _indexed(source, row)))
            if len(some) == _ROWS:
                yield some
                some = []
    if some:
        yield some


def chunk_ids(store: Store, of: Sequence[int]) -> list[str]:
    """List the chunk ids of some versions."""
    found: list[str] = []
    with store.read() as connection:
        for part in parts(of):
            found.extend(connection.scalars(select(chunks.c.chunk).where(chunks.c.version.in_(part))))
    return found


def count_chunks(store: Store, of: Sequence[int]) -> int:
    """Count the chunks of some versions."""
    with store.read() as connection:
        return sum(
            connection.scalar(select(func.coalesce(func.sum(versions.c.chunks), 0)).where(versions.c.id.in_(part))) or 0
            for part in parts(of)
        )


def chunks_by_id(connection: Connection, generation: int, ids: Sequence[str]) -> dict[str, IndexedChunk]:
    """Read some chunks of a generation."""
    found = {}
    columns = chunks.c["version", "chunk", "first", "blocks", "words", "context"]
    for part in parts(ids):
        query = (
            select(*columns, versions.c.source)
            .join_from(chunks, versions)
            .join(members, members.c.version == versions.c.id)
            .where(members.c.generation == generation, chunks.c.chunk.in_(part))
        )
        for row in connection.execute(query):
            found[row.chunk] = _indexed(row.source, row)
    return found


def vector_of(connection: Connection, generation: Generation, chunk_id: str) -> Vectors | None:
    """Read a chunk's vector: (dimensions,), unit length; None if it has none."""
    found = connection.scalar(
        select(vectors.c.vector)
        .join_from(vectors, chunks)
        .join(members, members.c.version == chunks.c.version)
        .where(
            members.c.generation == generation.number,
            vectors.c.embedding == generation.embedding,
            chunks.c.chunk == chunk_id,
        )
        .limit(1)
    )
    return None if found is None else np.frombuffer(found, dtype="<f4")


def sources_of(connection: Connection, generation: int) -> list[tuple[Source, int]]:
    """List the sources of a generation with the number of their chunks, by id."""
    query = select(*versions.c["source", "details", "chunks"]).join(members).where(members.c.generation == generation)
    found = [(rows.source_from_json(row.source, row.details), row.chunks) for row in connection.execute(query)]
    return sorted(found, key=lambda pair: pair[0].id)


def mentions_of(connection: Connection, generation: int, kinds: Sequence[MentionKind]) -> list[Mention]:
    """List the mentions of some kinds in a generation, by source id and place in it."""
    query = (
        select(*mentions.c["kind", "value", "chunk"])
        .join_from(mentions, members, members.c.version == mentions.c.version)
        .join(versions, versions.c.id == mentions.c.version)
        .where(members.c.generation == generation, mentions.c.kind.in_([kind.value for kind in kinds]))
        .order_by(versions.c.source, mentions.c.id)
    )
    return [Mention(MentionKind(row.kind), row.value, row.chunk) for row in connection.execute(query)]


def parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a list into pieces that fit into one statement."""
    for start in range(0, len(values), _VALUES):
        yield values[start : start + _VALUES]


def _in_order(store: Store, of: Sequence[int]) -> Iterator[tuple[int, str]]:
    for part in parts(of):
        with store.read() as connection:
            query = select(versions.c.id, versions.c.source).where(versions.c.id.in_(part))
            found = {row.id: row.source for row in connection.execute(query)}
        for version in part:
            yield version, found[version]


def _stream(store: Store, query: Select[*tuple[Any, ...]]) -> Iterator[Row[*tuple[Any, ...]]]:
    with store.read() as connection:
        yield from connection.execution_options(yield_per=_ROWS).execute(query)


def _indexed(source: str, row: Row[*tuple[Any, ...]]) -> IndexedChunk:
    chunk = Chunk(source, row.first, rows.blocks_from_json(row.blocks), row.chunk)
    return IndexedChunk(chunk, rows.terms_from_text(row.words), rows.terms_from_text(row.context))


def _batch(ids: list[str], sources: list[str], found: list[bytes]) -> Batch:
    return Batch(ids, sources, np.frombuffer(b"".join(found), dtype="<f4").reshape(len(found), -1))
