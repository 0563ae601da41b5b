"""Makes a new generation and turns the pointer to it, then clears what nobody reads any more."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from knowledge import reading
from knowledge.embedding import Embedding
from knowledge.errors import StoreUnavailable
from knowledge.index import Index
from knowledge.reading import Generation, parts
from knowledge.schema import generations, members, pointer, readers, sources, vectors, versions
from knowledge.shelf import Shelf
from knowledge.snapshot import Snapshot
from knowledge.store import Store, now
from knowledge.writing import delete_versions, embed_missing, strip_versions

log = logging.getLogger(__name__)

HEARTBEAT = 900
"""Seconds after which a reader that was not seen is taken for dead."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A source as it is known now, or shall be."""

    version: int
    root: str
    """Digest of the directory it was found in."""
    fingerprint: str = ""
    chunks: int = 0


def active_sources(connection: Connection) -> dict[str, Placed]:
    """List the sources that are known now, by id."""
    query = (
        select(*sources.c["id", "version", "root"], *versions.c["fingerprint", "chunks"])
        .join_from(sources, versions)
        .where(sources.c.active.is_(True))
    )
    return {row.id: Placed(row.version, row.root, row.fingerprint, row.chunks) for row in connection.execute(query)}


def find_version(connection: Connection, source: str, fingerprint: str) -> tuple[int, int] | None:
    """Find a whole version that was written before, by a killed run for instance: its number and chunks."""
    query = select(*versions.c["id", "chunks"]).where(
        versions.c.source == source, versions.c.fingerprint == fingerprint, versions.c.complete.is_(True)
    )
    found = connection.execute(query.order_by(versions.c.id.desc()).limit(1)).one_or_none()
    return (found.id, found.chunks) if found else None


def publish(
    store: Store,
    shelf: Shelf,
    embedding: Embedding,
    after: Mapping[str, Placed],
    *,
    check: Callable[[Index], None] | None = None,
    also: Callable[[Connection], None] | None = None,
) -> int:
    """Make the knowledge what `after` says, in one step.

    The indexes are built first; then one transaction writes the generation and turns the pointer, so a reader
    sees all of it or nothing, and a run that is killed leaves the old one.

    Args:
        store: The caller holds its lock `ingest`.
        shelf: Where the indexes are built.
        embedding: Versions that have no vectors of it get them.
        after: All sources that shall be known, by id.
        check: Looks at the new generation before anybody is served it. What it raises is raised; the old one stays,
            and the versions that were written for the new one are gone.
        also: Writes what belongs to it, in the transaction that turns the pointer.
    Returns:
        Number of the generation served now.
    Raises:
        EmbeddingUnavailable: There is no model for the missing vectors; the old generation stays.
        StoreUnavailable: The indexes could not be built; the old generation stays.
    """
    order = [after[source].version for source in sorted(after)]
    with store.read() as connection:
        current = reading.wanted(connection)
        same = current is not None and set(reading.versions_of(connection, current.number)) == set(order)
    if current is None or not same or current.embedding != embedding.name:
        embed_missing(store, embedding, order)
        generation = _describe(store, order, embedding.name, (current.number if current else 0) + 1)
    else:
        generation = current
    shelf.build(generation, order, current)
    if check is not None and generation != current:
        _rehearse(store, shelf, embedding, generation, order, check)
    with store.write() as connection:
        if reading.wanted(connection) != current:
            raise StoreUnavailable("別の取り込みが割り込みました。もう一度実行してください")
        _place(connection, after)
        if generation != current:
            _turn(connection, generation, order)
        if also is not None:
            also(connection)
    log.info("published", extra={"generation": generation.number, "chunks": generation.chunks})
    clear(store, shelf)
    return generation.number


def clear(store: Store, shelf: Shelf) -> None:
    """Delete generations that no reader has open, and what belonged to them alone. Needs the lock `ingest`."""
    with store.write() as connection:
        connection.execute(delete(readers).where(readers.c.seen_at < now() - HEARTBEAT))
        read = set(connection.scalars(select(readers.c.generation)))
        read |= set(connection.scalars(select(pointer.c.generation)))
        dead = [n for n in connection.scalars(select(generations.c.number)) if n not in read]
        connection.execute(delete(members).where(members.c.generation.in_(dead)))
        connection.execute(delete(generations).where(generations.c.number.in_(dead)))
        kept = connection.execute(select(*generations.c["number", "checksum", "embedding", "chunks", "words"]))
        living = [Generation(*row) for row in kept]
        in_use = [generation.embedding for generation in living]
        connection.execute(delete(vectors).where(vectors.c.embedding.not_in(in_use)))
        unheld = select(versions.c.id).where(versions.c.id.not_in(select(members.c.version)))
        never = list(connection.scalars(unheld.where(versions.c.published_at.is_(None))))
        past = list(
            connection.scalars(unheld.where(versions.c.published_at.is_not(None), versions.c.fingerprint != ""))
        )
    delete_versions(store, never)
    strip_versions(store, past)
    shelf.keep(living)


def _place(connection: Connection, after: Mapping[str, Placed]) -> None:
    """Write which sources are active, where they came from and which version is theirs."""
    known = {row.id: row for row in connection.execute(select(sources))}
    new = [
        {"id": source, "root": placed.root, "active": True, "version": placed.version}
        for source, placed in after.items()
        if source not in known
    ]
    if new:
        connection.execute(sources.insert(), new)
    for source, placed in after.items():
        row = known.get(source)
        if row and (row.root, row.active, row.version) != (placed.root, True, placed.version):
            values = {"root": placed.root, "active": True, "version": placed.version}
            connection.execute(update(sources).where(sources.c.id == source).values(values))
    for source, row in known.items():
        if row.active and source not in after:
            connection.execute(update(sources).where(sources.c.id == source).values(active=False))


def _rehearse(
    store: Store,
    shelf: Shelf,
    embedding: Embedding,
    generation: Generation,
    order: list[int],
    check: Callable[[Index], None],
) -> None:
    """Have a generation looked at that the pointer does not name yet."""
    with store.write() as connection:
        _write_generation(connection, generation, order)
    try:
        check(_opened(store, shelf, embedding, generation))
    except BaseException:
        with store.write() as connection:
            _forget(connection, generation.number)
        clear(store, shelf)
        raise


def _opened(store: Store, shelf: Shelf, embedding: Embedding, generation: Generation) -> Snapshot:
    try:
        return Snapshot(store, shelf, generation, embedding)
    except (ValueError, OSError) as error:
        raise StoreUnavailable(f"新しい索引を開けません: {error}") from error


def _forget(connection: Connection, number: int) -> None:
    """Delete what is written of a generation that is served to nobody."""
    connection.execute(delete(members).where(members.c.generation == number))
    connection.execute(delete(generations).where(generations.c.number == number))


def _turn(connection: Connection, generation: Generation, order: list[int]) -> None:
    """Write a generation and make it the one to serve."""
    moment = now()
    _write_generation(connection, generation, order)
    held = select(members.c.version).where(members.c.generation == generation.number)
    connection.execute(
        update(versions)
        .where(versions.c.ended_at.is_(None), versions.c.published_at.is_not(None), versions.c.id.not_in(held))
        .values(ended_at=moment)
    )
    connection.execute(
        update(versions).where(versions.c.id.in_(held), versions.c.published_at.is_(None)).values(published_at=moment)
    )
    # A version that comes back was not replaced after all.
    connection.execute(
        update(versions).where(versions.c.id.in_(held), versions.c.ended_at.is_not(None)).values(ended_at=None)
    )
    connection.execute(delete(pointer))
    connection.execute(pointer.insert().values(id=1, generation=generation.number))


def _write_generation(connection: Connection, generation: Generation, order: list[int]) -> None:
    # One of this number is there if it was looked at just now, or by a run that was killed over it.
    _forget(connection, generation.number)
    connection.execute(
        generations.insert().values(
            number=generation.number,
            checksum=generation.checksum,
            embedding=generation.embedding,
            chunks=generation.chunks,
            words=generation.words,
            made_at=now(),
        )
    )
    if order:
        connection.execute(
            members.insert(), [{"generation": generation.number, "version": version} for version in order]
        )


def _describe(store: Store, order: list[int], embedding: str, number: int) -> Generation:
    digests: dict[int, str] = {}
    size = words = 0
    with store.read() as connection:
        for part in parts(order):
            query = select(*versions.c["id", "digest", "chunks", "words"]).where(versions.c.id.in_(part))
            for row in connection.execute(query):
                digests[row.id] = row.digest
                size += row.chunks
                words += row.words
    checksum = hashlib.sha256("\n".join([embedding, *sorted(digests.values())]).encode()).hexdigest()
    return Generation(number, checksum, embedding, size, words)
