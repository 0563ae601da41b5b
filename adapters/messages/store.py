"""The database of conversations: SQLite by default, PostgreSQL by URL, the same code."""

from __future__ import annotations

import time

from sqlalchemy import Connection

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

    def _begin(self, connection: Connection) -> None:
        """Begin empty."""


def now() -> float:
    """Tell the time in seconds since 1970, UTC."""
    return time.time()
