"""The database that holds what is known: SQLite by default, PostgreSQL by URL, the same code.

Opens it, brings its tables up to date and hands out connections and locks. The tables are in `schema`, what is
asked of them in `reading` and `publishing`.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Self

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from knowledge.errors import StoreBusy, StoreUnavailable
from knowledge.schema import HEAD, VERSION_TABLE, about

log = logging.getLogger(__name__)

_BUSY = 30.0
"""Seconds a statement waits for another process's write on SQLite."""
# Arbitrary, but the same in every process of this program: names of advisory locks on PostgreSQL.
_LOCKS = {"migrate": 4_902_001, "ingest": 4_902_002}


class Store:
    """One database. Safe to share between threads; each process opens its own.

    A subclass keeps other tables: it names its own file, migrations and newest revision.
    """

    FILE: ClassVar[str] = "ippo.db"
    """Name of the SQLite file in the data directory."""
    HEAD: ClassVar[str] = HEAD
    VERSION_TABLE: ClassVar[str] = VERSION_TABLE
    MIGRATIONS: ClassVar[str] = "knowledge:migrations"
    DURABLE: ClassVar[bool] = False
    """Whether a commit on SQLite must outlive a power cut, at the price of a disk flush each."""

    def __init__(self, engine: Engine, data_dir: Path) -> None:
        self.engine = engine
        self.data_dir = data_dir
        self._id = ""

    @classmethod
    def open(cls, data_dir: Path, database_url: str | None = None) -> Self:
        """Open the database and migrate it, several starters one after the other.

        Args:
            data_dir: Made if missing; holds the SQLite file `ippo.db` unless a URL names another database.
            database_url: SQLAlchemy URL; None or empty: SQLite in the data directory.
        Raises:
            StoreUnavailable: The database cannot be reached or opened, or is newer than this program.
        """
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            url = make_url(database_url or f"sqlite:///{data_dir / cls.FILE}")
            engine = create_engine(url, pool_pre_ping=url.get_backend_name() != "sqlite")
            if url.get_backend_name() == "sqlite":
                _tune_sqlite(engine, durable=cls.DURABLE)
            store = cls(engine, data_dir)
            store._migrate()
            return store
        except (OSError, SQLAlchemyError) as error:
            raise StoreUnavailable(f"データベースを開けません: {_cause(error)}") from error

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @property
    def id(self) -> str:
        """Random name of this store, 8 hex digits; the same for a copy of it."""
        if not self._id:
            with self.read() as connection:
                self._id = str(connection.scalar(select(about.c.value).where(about.c.name == "id")))
        return self._id

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection whose statements see one state of the database.

        Raises:
            StoreUnavailable: The database cannot be reached.
        """
        # PostgreSQL's default shows each statement another state; SQLite's WAL shows one from the first on.
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with _unavailable(), self.engine.connect().execution_options(**options) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection in a transaction that is committed at the end, or rolled back on an error.

        Raises:
            StoreUnavailable: The database cannot be reached, or stayed locked for 30 s.
        """
        # A deferred transaction that turns into a writer fails at once if another wrote since it began.
        with _unavailable(), self.engine.connect().execution_options(immediate=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def lock(self, name: str, *, patience: float) -> Iterator[None]:
        """Hold a lock that ends with its process, also by `kill -9`.

        Args:
            name: `migrate` or `ingest`.
            patience: Seconds to wait for another holder.
        Raises:
            StoreBusy: Another process still held it after that time.
        """
        if self.is_sqlite:
            lock = FileLock(self.data_dir / f"{name}.lock")
            try:
                lock.acquire(timeout=patience)
            except Timeout as error:
                raise _busy(name) from error
            try:
                yield
            finally:
                lock.release()
            return
        # A lock of the session: PostgreSQL drops it when the connection goes.
        with _unavailable(), self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            deadline = time.monotonic() + patience
            while not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCKS[name]}):
                if time.monotonic() >= deadline:
                    raise _busy(name)
                time.sleep(0.1)
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCKS[name]})

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _revision(self) -> str | None:
        with self.engine.connect() as connection:
            if not inspect(connection).has_table(self.VERSION_TABLE):
                return None
            found = connection.scalar(text(f"SELECT version_num FROM {self.VERSION_TABLE}"))  # noqa: S608 - our constant
            return None if found is None else str(found)

    def _migrate(self) -> None:
        if self._revision() == self.HEAD:
            return
        with self.lock("migrate", patience=_BUSY):
            # Another starter may have done it while we waited.
            revision = self._revision()
            if revision == self.HEAD:
                return
            from alembic import command
            from alembic.config import Config
            from alembic.util import CommandError

            config = Config()
            config.set_main_option("script_location", self.MIGRATIONS)
            config.set_main_option("path_separator", "os")
            try:
                with self.engine.connect().execution_options(immediate=True) as connection, connection.begin():
                    config.attributes["connection"] = connection
                    command.upgrade(config, "head")
                    if revision is None:
                        self._begin(connection)
            except CommandError as error:
                raise StoreUnavailable(
                    f"データベースはこのプログラムより新しい版で作られています({revision})。プログラムを更新してください"
                ) from error
            log.info("migrated", extra={"revision": self.HEAD, "before": revision})

    def _begin(self, connection: Connection) -> None:
        """Write what a new database begins with."""
        connection.execute(about.insert().values(name="id", value=secrets.token_hex(4)))


def now() -> int:
    """Tell the time in whole seconds since 1970, UTC; as all columns of times hold it."""
    return int(time.time())


def _tune_sqlite(engine: Engine, *, durable: bool) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        # The driver would begin transactions where it sees fit; we say when (below).
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {int(_BUSY * 1000)}",
            # Readers go on reading while one process writes.
            "journal_mode = WAL",
            # In WAL mode a power cut may lose the last commits but harms nothing; ingest can be run again.
            f"synchronous = {'FULL' if durable else 'NORMAL'}",
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreUnavailable(f"データベースを使えません: {_cause(error)}") from error


def _busy(name: str) -> StoreBusy:
    work = "取り込み(ippo ingest)" if name == "ingest" else "データベースの更新"
    return StoreBusy(f"別の{work}が動いています。終わってからもう一度実行してください")


def _cause(error: Exception) -> str:
    original = getattr(error, "orig", None) or error
    return str(original).strip().split("\n")[0]
