"""What operators brought in, with the files as they were given: looked at first, then published, then history."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, exists, func, select, update

from knowledge import rows
from knowledge.documents import Document, Kind, Source
from knowledge.schema import editions, originals, sources
from knowledge.store import now

DESK = hashlib.sha256(b"\0desk").hexdigest()
"""Root of the sources that the desk looks after. No directory's digest: a path holds no NUL."""
_DATES = ("date", "valid_from", "valid_until", "reviewed_on")


class State(StrEnum):
    """Where an edition stands."""

    PREVIEW = "preview"
    """Read, and answered from by nobody."""
    PUBLISHED = "published"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a source, without its text."""

    id: int
    source: str
    name: str
    content_hash: str
    stated: Mapping[str, Any]
    """Fields of `Source` as the operator gave them; an empty one is meant to be empty."""
    described: Source
    """As it describes itself, and as the operator does where he does."""
    warnings: tuple[str, ...]
    pipeline: str
    state: State
    author: str
    made_at: int
    published_at: int | None
    ended_at: int | None

    @property
    def is_url(self) -> bool:
        """Whether it was fetched from the web."""
        return self.source.startswith(("http://", "https://"))


def keep_original(connection: Connection, content: bytes) -> str:
    """Keep a file's bytes, once; give their hash."""
    digest = hashlib.sha256(content).hexdigest()
    known = select(originals.c.content_hash).where(originals.c.content_hash == digest)
    if connection.execute(known).first() is None:
        connection.execute(originals.insert().values(content_hash=digest, content=content, at=now()))
    return digest


def original(connection: Connection, content_hash: str) -> bytes:
    """Give a file's bytes.

    Raises:
        KeyError: They are not kept.
    """
    found = connection.scalar(select(originals.c.content).where(originals.c.content_hash == content_hash))
    if found is None:
        raise KeyError(content_hash)
    return bytes(found)


def add(
    connection: Connection, document: Document, *, name: str, stated: Mapping[str, Any], pipeline: str, author: str
) -> int:
    """Write a preview down.

    Args:
        connection: In a transaction that has kept the original.
        document: As it was read, before anything was stated.
        name: The file's.
        stated: What is stated so far.
        pipeline: As which it was read.
        author: Who brought it.
    Returns:
        The edition's id.
    """
    row = {
        "source": document.source.id,
        "name": name,
        "content_hash": document.content_hash,
        "stated": _dump(stated),
        "state": State.PREVIEW.value,
        "author": author,
        "made_at": now(),
        **_read(document, pipeline),
    }
    return int(connection.execute(editions.insert().values(row).returning(editions.c.id)).scalar_one())


def find(connection: Connection, number: int) -> Edition | None:
    """Find an edition."""
    row = connection.execute(select(*_COLUMNS).where(editions.c.id == number)).one_or_none()
    return _edition(row) if row is not None else None


def document_of(connection: Connection, number: int) -> Document:
    """Give an edition's text, with what is stated about it. Raises NoResultFound for an unknown one."""
    row = connection.execute(select(*_COLUMNS, editions.c.blocks).where(editions.c.id == number)).one()
    found = _edition(row)
    blocks = rows.blocks_from_json(rows.unpack(row.blocks))
    return Document(found.described, blocks, found.content_hash, found.warnings)


def listed(connection: Connection) -> list[Edition]:
    """List all editions, the newest first."""
    return [_edition(row) for row in connection.execute(select(*_COLUMNS).order_by(editions.c.id.desc()))]


def of_source(connection: Connection, source: str) -> list[Edition]:
    """List the editions of a source, the newest first."""
    query = select(*_COLUMNS).where(editions.c.source == source).order_by(editions.c.id.desc())
    return [_edition(row) for row in connection.execute(query)]


def previews(connection: Connection) -> int:
    """Count what waits to be published or discarded."""
    where = editions.c.state == State.PREVIEW.value
    return int(connection.scalar(select(func.count()).select_from(editions).where(where)) or 0)


def restate(connection: Connection, number: int, stated: Mapping[str, Any]) -> None:
    """Change what is stated about a preview."""
    where = (editions.c.id == number) & (editions.c.state == State.PREVIEW.value)
    connection.execute(update(editions).where(where).values(stated=_dump(stated)))


def reread(connection: Connection, number: int, document: Document, pipeline: str) -> None:
    """Write down what another pipeline reads of the same bytes."""
    connection.execute(update(editions).where(editions.c.id == number).values(_read(document, pipeline)))


def discard(connection: Connection, number: int) -> bool:
    """Delete a preview, and its file if no other edition is of it; tell whether there was one."""
    where = (editions.c.id == number) & (editions.c.state == State.PREVIEW.value)
    gone = connection.execute(delete(editions).where(where).returning(editions.c.content_hash)).first()
    if gone is None:
        return False
    used = exists().where(editions.c.content_hash == originals.c.content_hash)
    connection.execute(delete(originals).where(originals.c.content_hash == gone.content_hash, ~used))
    return True


def mark_published(connection: Connection, number: int, source: str) -> None:
    """Make an edition the one that holds; the one before is history."""
    moment = now()
    before = (editions.c.source == source) & (editions.c.state == State.PUBLISHED.value) & (editions.c.id != number)
    connection.execute(update(editions).where(before).values(state=State.REPLACED.value, ended_at=moment))
    values = {"state": State.PUBLISHED.value, "published_at": moment, "ended_at": None}
    connection.execute(update(editions).where(editions.c.id == number).values(values))


def mark_withdrawn(connection: Connection, source: str) -> None:
    """Write down that a source was withdrawn; from here on it is the desk's, so that no folder brings it back."""
    held = (editions.c.source == source) & (editions.c.state == State.PUBLISHED.value)
    connection.execute(update(editions).where(held).values(state=State.WITHDRAWN.value, ended_at=now()))
    connection.execute(update(sources).where(sources.c.id == source).values(root=DESK))


def held(connection: Connection) -> frozenset[str]:
    """List the sources that the desk looks after, published or withdrawn: `ippo ingest` leaves them as they are."""
    return frozenset(connection.scalars(select(sources.c.id).where(sources.c.root == DESK)))


def withdrawn(connection: Connection) -> list[str]:
    """List the sources that were withdrawn at the desk, by id."""
    where = (sources.c.root == DESK) & sources.c.active.is_(False)
    return sorted(connection.scalars(select(sources.c.id).where(where)))


def described(source: Source, stated: Mapping[str, Any]) -> Source:
    """Put what is stated in the place of what was read off the text."""
    known = {name: value for name, value in stated.items() if name in Source.__dataclass_fields__ and name != "id"}
    kept = {name: getattr(source, name) for name in Source.__dataclass_fields__}
    derived = tuple(name for name in source.derived if name not in known)
    return Source(**{**kept, **known, "derived": derived})


_COLUMNS = [column for column in editions.columns if column.name != "blocks"]


def _read(document: Document, pipeline: str) -> dict[str, Any]:
    return {
        "details": rows.source_to_json(document.source),
        "blocks": rows.pack(rows.blocks_to_json(document.blocks)),
        "warnings": "\n".join(document.warnings).replace("\0", ""),
        "pipeline": pipeline,
    }


def _edition(row: Any) -> Edition:
    stated = _load(row.stated)
    return Edition(
        row.id,
        row.source,
        row.name,
        row.content_hash,
        stated,
        described(rows.source_from_json(row.source, row.details), stated),
        tuple(filter(None, row.warnings.split("\n"))),
        row.pipeline,
        State(row.state),
        row.author,
        row.made_at,
        row.published_at,
        row.ended_at,
    )


def _dump(stated: Mapping[str, Any]) -> str:
    return json.dumps({name: _plain(value) for name, value in stated.items()}, ensure_ascii=False)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value


def _load(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    for name in _DATES:
        if found.get(name):
            found[name] = date.fromisoformat(found[name])
    if "wards" in found:
        found["wards"] = tuple(found["wards"])
    if "kind" in found:
        found["kind"] = Kind(found["kind"])
    return found
