"""Puts a backup in the place of what there is: all of it, or nothing is changed."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, func, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from adapters.backup import archive, rows
from adapters.backup.archive import Manifest
from adapters.backup.errors import BackupError, Refused, Unreadable
from adapters.backup.settling import Gone, Settled, gone, settle
from adapters.messages.schema import conversations, workers
from adapters.messages.store import MessageStore, now
from adapters.messages.worker import BEAT
from knowledge.errors import StoreUnavailable
from knowledge.schema import sources
from knowledge.store import Store

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds that an ingest under way is waited for."""
_STORES: dict[str, type[Store]] = {"knowledge": Store, "messages": MessageStore}
_PREFIX = "restoring-"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored."""

    manifest: Manifest
    settled: Settled


def restore(source: Path, data_dir: Path, database_url: str | None, *, force: bool = False) -> Restored:
    """Restore a backup.

    It is checked to its last byte, made into a database beside the one in use, and put right there; only then is it
    put in its place. On PostgreSQL all of it is one transaction.

    Args:
        source: What `save` wrote, from SQLite or from PostgreSQL.
        data_dir: As in `Store.open`.
        database_url: As in `Store.open`.
        force: Replace what is there, also while workers work on it, also where it can't be opened any more.
    Raises:
        Unreadable: The backup is damaged, or newer than this program.
        Refused: There is something, or workers are alive.
        BackupError, knowledge.errors.KnowledgeError: Nothing was changed.
    """
    with ExitStack() as stack:
        data_dir.mkdir(parents=True, exist_ok=True)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=_PREFIX, dir=data_dir)))
        manifest, files = archive.unpack(source, folder)
        stores = _open(data_dir, database_url, force=force)
        if stores is None:
            return Restored(manifest, _replace(folder, manifest, files, data_dir))
        knowledge, messages = stores
        stack.callback(knowledge.close)
        stack.callback(messages.close)
        stack.enter_context(knowledge.lock("ingest", patience=PATIENCE))
        _clear_leftovers(data_dir, folder)
        if not force:
            _check_free(knowledge, messages)
        before = gone(messages)
        if messages.is_sqlite:
            settled = _into_sqlite(folder, manifest, files, [knowledge, messages], before)
        else:
            settled = _into_postgresql(messages, manifest, files, before)
    log.info("restored", extra={"made_at": manifest.made_at, "erased": settled.erased})
    return Restored(manifest, settled)


def _open(data_dir: Path, database_url: str | None, *, force: bool) -> tuple[Store, MessageStore] | None:
    """Open what is there; None where it can't be opened and may be replaced unseen."""
    try:
        knowledge = Store.open(data_dir, database_url)
        try:
            return knowledge, MessageStore.open(data_dir, database_url)
        except StoreUnavailable:
            knowledge.close()
            raise
    except StoreUnavailable:
        if force and not database_url:
            return None
        raise


def _check_free(knowledge: Store, messages: MessageStore) -> None:
    with messages.read() as connection:
        alive = select(func.count()).select_from(workers).where(workers.c.beat_at > now() - 3 * BEAT)
        if connection.execute(alive).scalar_one():
            raise Refused("workers are alive: stop `ippo serve` and `ippo worker` first, or say --force")
        is_used = connection.execute(select(conversations.c.id).limit(1)).first() is not None
    with knowledge.read() as connection:
        is_used = is_used or connection.execute(select(sources.c.id).limit(1)).first() is not None
    if is_used:
        raise Refused("there already are conversations or documents: --force replaces them")


def _into_postgresql(store: MessageStore, manifest: Manifest, files: Mapping[str, Path], before: Gone) -> Settled:
    with store.write() as connection:
        rows.drop(connection)
        for kind in rows.SETS:
            _fill(connection, kind, manifest, files)
        return settle(connection, before)


def _into_sqlite(
    folder: Path, manifest: Manifest, files: Mapping[str, Path], stores: list[Store], before: Gone
) -> Settled:
    made, settled = _make(folder, manifest, files, [_place(store) for store in stores], before)
    # Through SQLite rather than by renaming: who has the database open (a server that takes messages in) would go on
    # writing into the old file, which nobody reads any more.
    kept = {target: folder / f"before-{n}.db" for n, target in enumerate(made)}
    for target, copy in kept.items():
        _copy(target, copy)
    try:
        for target, new in made.items():
            _copy(new, target)
    except BaseException as error:
        # Also where somebody loses patience: the two files belong together.
        for target, copy in kept.items():
            _copy(copy, target)
        if isinstance(error, sqlite3.Error):
            raise BackupError(f"the database can't be replaced: {error}") from error
        raise
    return settled


def _replace(folder: Path, manifest: Manifest, files: Mapping[str, Path], data_dir: Path) -> Settled:
    """Put the backup in the place of files that can't be opened; who was erased since is not known any more."""
    targets = [data_dir / store.FILE for store in _STORES.values()]
    made, settled = _make(folder, manifest, files, targets, Gone({}, {}))
    for target, new in made.items():
        for leftover in ("-wal", "-shm"):
            target.with_name(target.name + leftover).unlink(missing_ok=True)
        new.replace(target)
    return settled


def _make(
    folder: Path, manifest: Manifest, files: Mapping[str, Path], targets: list[Path], before: Gone
) -> tuple[dict[Path, Path], Settled]:
    """Make databases in a folder: target → file. Two sets of tables whose target is the same share a file."""
    made = {target: folder / f"{n}.db" for n, target in enumerate(dict.fromkeys(targets))}
    settled = None
    for kind, target in zip(rows.SETS, targets, strict=True):
        engine = create_engine(f"sqlite:///{made[target]}")
        try:
            with engine.begin() as connection:
                _fill(connection, kind, manifest, files)
                if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise Unreadable(f"the backup does not hold together: {broken[0]} refers to what is not there")
                if kind == "messages":
                    settled = settle(connection, before)
        finally:
            engine.dispose()
    assert settled is not None  # noqa: S101 - "messages" is one of the sets
    return made, settled


def _fill(connection: Connection, kind: str, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Make a set's tables as the backup knows them, fill them, and bring them up to date."""
    store = _STORES[kind]
    _migrate(connection, store, manifest.revisions[kind])  # type: ignore[index]
    names = [name.split("/")[1].removesuffix(".jsonl") for name in manifest.parts if name.startswith(f"{kind}/")]
    tables = rows.reflect(connection, kind, names)
    wanted = {table.name for table in rows.SETS[kind].sorted_tables} - rows.PASSING
    if set(names) != set(tables) or (manifest.revisions[kind] == store.HEAD and not wanted <= set(names)):  # type: ignore[index]
        raise Unreadable(f"the backup has other tables than its revision of {kind}")
    for name in names:
        part = manifest.parts[f"{kind}/{name}.jsonl"]
        try:
            count = rows.load(connection, tables[name], files[f"{kind}/{name}.jsonl"])
        except (ValueError, TypeError, RecursionError, SQLAlchemyError) as error:
            kind_of_error = type(error).__name__
            raise Unreadable(f"the backup's table {name} can't be taken over: {kind_of_error}") from error
        if count != part.rows:
            raise Unreadable(f"the backup's table {name} has another number of rows than announced")
    _migrate(connection, store, "head")


def _migrate(connection: Connection, store: type[Store], revision: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", store.MIGRATIONS)
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise Unreadable(f"the backup is newer than this program ({revision}): update it") from error


def _place(store: Store) -> Path:
    return Path(str(make_url(store.engine.url).database))


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, timeout=30.0)) as new:
        # What was there is overwritten rather than left in free pages.
        new.execute("PRAGMA secure_delete = ON")
        old.backup(new)
        new.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _clear_leftovers(data_dir: Path, folder: Path) -> None:
    """Take away what a restore that was killed has left; the lock says that no other one runs."""
    for path in data_dir.glob(f"{_PREFIX}*"):
        if path != folder:
            shutil.rmtree(path, ignore_errors=True)
