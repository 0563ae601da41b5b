"""Takes a backup while everything goes on: all tables as they were at one moment."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, text

from adapters.backup import archive, rows
from adapters.backup.archive import Manifest, Part
from adapters.backup.errors import BackupError
from adapters.messages.store import MessageStore, now
from knowledge.store import Store

PATIENCE = 60.0
"""Seconds that an ingest under way is waited for."""
_STORES: dict[str, type[Store]] = {"knowledge": Store, "messages": MessageStore}


def save(destination: Path, data_dir: Path, database_url: str | None) -> Manifest:
    """Take a backup.

    Messages come in and are answered meanwhile: the database is read in one transaction (two on SQLite, one for each of
    its files, which have no rows in common). An ingest, which writes in many steps, waits, or is waited for.

    Args:
        destination: The file; replaced once the new one is whole.
        data_dir: As in `Store.open`.
        database_url: As in `Store.open`.
    Returns:
        What the backup says of itself.
    Raises:
        BackupError: It can't be written.
        knowledge.errors.StoreBusy: An ingest went on for more than a minute.
        knowledge.errors.StoreUnavailable: The database can't be read.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(_beside(destination)))
        knowledge = Store.open(data_dir, database_url)
        stack.callback(knowledge.close)
        messages = MessageStore.open(data_dir, database_url)
        stack.callback(messages.close)
        stack.enter_context(knowledge.lock("ingest", patience=PATIENCE))
        second = stack.enter_context(messages.read())
        # What shares a database is read in one transaction, or it would be of two moments.
        first = second if database_url else stack.enter_context(knowledge.read())
        connections = {"knowledge": first, "messages": second}
        # A transaction sees the database as it is at its first statement.
        revisions = {kind: _revision(connection, _STORES[kind]) for kind, connection in connections.items()}
        made_at = now()
        files: dict[str, Path] = {}
        parts: dict[str, Part] = {}
        for kind, connection in connections.items():
            for table in rows.saved(connection, kind):
                name, path = f"{kind}/{table.name}.jsonl", folder / f"{len(files)}.jsonl"
                count = rows.dump(connection, table, path)
                size, digest = archive.describe(path)
                files[name], parts[name] = path, Part(rows=count, bytes=size, sha256=digest)
        manifest = Manifest(
            format=archive.FORMAT,
            program=version("ippo"),
            made_at=made_at,
            database="sqlite" if messages.is_sqlite else "postgresql",
            revisions={"knowledge": revisions["knowledge"], "messages": revisions["messages"]},
            parts=parts,
        )
        archive.pack(destination, manifest, files)
    return manifest


def _beside(destination: Path) -> tempfile.TemporaryDirectory[str]:
    try:
        # Readable by its owner alone, on the disk that has to have room for the backup anyhow.
        return tempfile.TemporaryDirectory(prefix=".ippo-backup-", dir=destination.parent)
    except OSError as error:
        raise BackupError(f"{destination.parent}: can't be written: {error.strerror}") from error


def _revision(connection: Connection, store: type[Store]) -> str:
    return str(connection.execute(text(f"SELECT version_num FROM {store.VERSION_TABLE}")).scalar_one())  # noqa: S608
