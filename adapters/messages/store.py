"""The database of conversations: SQLite by default, PostgreSQL by URL, the same code."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine

from adapters.messages.schema import HEAD, VERSION_TABLE
from knowledge.store import Store


class MessageStore(Store):
    """Holds conversations, inbox and outbox.

    On SQLite it is a file of its own: an ingest holds the other one for seconds, and a webhook must be stored within
    one. On PostgreSQL both share a database.
    """

    FILE = "messages.db"
    HEAD = HEAD
    VERSION_TABLE = VERSION_TABLE
    MIGRATIONS = "adapters.messages:migrations"
    # "Stored" is said to the platform, which will not send it again.
    DURABLE = True

    def __init__(self, engine: Engine, data_dir: Path) -> None:
        """Take an engine; `open` makes one."""
        super().__init__(engine, data_dir)
        self._turn = threading.Lock()
        self._queue: IO[bytes] | None = None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection in a transaction, as `Store.write`; on SQLite, writers take turns."""
        if not self.is_sqlite:
            with super().write() as connection:
                yield connection
            return
        # SQLite makes a waiting writer sleep and try again, up to 100 ms at a time, while others pass it by. Those who
        # wait for a lock of the operating system are woken as soon as it is free.
        with self._turn:
            queue = self._queue
            if queue is None:
                queue = self._queue = (self.data_dir / "messages.queue").open("ab")
            fcntl.flock(queue, fcntl.LOCK_EX)
            try:
                with super().write() as connection:
                    yield connection
            finally:
                fcntl.flock(queue, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close all connections."""
        super().close()
        if self._queue is not None:
            self._queue.close()
            self._queue = None

    def _begin(self, connection: Connection) -> None:
        """Begin empty."""


def now() -> float:
    """Tell the time in seconds since 1970, UTC."""
    return time.time()
