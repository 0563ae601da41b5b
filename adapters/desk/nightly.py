"""Rounds that are made once a night, by one of all processes; a row of the audit tells when the last one began."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text

from adapters.desk.cases import SYSTEM
from adapters.desk.schema import audit
from adapters.messages.store import MessageStore

OFTEN = 20 * 60 * 60.0
"""Seconds between two rounds, less than a day: a round that is always a little later must not leave one out."""


@dataclass(frozen=True, slots=True)
class Nightly:
    """One kind of round."""

    action: str
    """What the audit calls its beginning."""
    subject: str
    lock: int
    """Name of its advisory lock on PostgreSQL: `knowledge.store` has 4_902_001 and 4_902_002."""

    def begin(self, store: MessageStore, at: float) -> bool:
        """Write down that a round begins, unless one has lately.

        Args:
            store: The database.
            at: The present, in seconds since 1970.
        Returns:
            Whether the caller is the one to make it.
        """
        with store.read() as connection:
            # Nearly always not due, and reading holds nobody up.
            if self._lately(connection, at):
                return False
        with store.write() as connection:
            # Two that got here together: on SQLite writers take turns anyhow.
            if not store.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": self.lock})
            if self._lately(connection, at):
                return False
            self.note(connection, at, self.action)
            return True

    def note(self, connection: Connection, at: float, action: str, detail: str = "") -> None:
        """Write down what came of it: counts, no words."""
        connection.execute(audit.insert().values(at=at, who=SYSTEM, action=action, subject=self.subject, detail=detail))

    def _lately(self, connection: Connection, at: float) -> bool:
        last = connection.execute(select(func.max(audit.c.at)).where(audit.c.action == self.action)).scalar()
        # A clock that was set back must not put it off for ever.
        return last is not None and at - OFTEN < last <= at + OFTEN
