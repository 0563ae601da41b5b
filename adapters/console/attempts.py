"""How often a login may fail: by login name and by address, counted in the database and so over all processes."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from adapters.desk.schema import logins
from adapters.messages.store import MessageStore, now

WINDOW = 15 * 60.0
"""Seconds for which a failure counts."""
BY_NAME, BY_ADDRESS = 5, 20
"""Failures after which nothing is tried any more, also not the right password."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A login that is being tried."""

    rows: Sequence[int]
    """What counts it as failed, until `forgive`."""
    wait: int = 0
    """Seconds until the next one may be tried; above 0 this one may not."""


class Attempts:
    """Counts attempts. Safe to share."""

    def __init__(self, store: MessageStore) -> None:
        """Take the database."""
        self._store = store

    def begin(self, login: str, address: str) -> Attempt:
        """Count an attempt as failed before it is made, so that many at once are no way around the limit."""
        at = now()
        keys = {_digest("login", login): BY_NAME, _digest("address", address): BY_ADDRESS}
        with self._store.write() as connection:
            connection.execute(delete(logins).where(logins.c.at < at - WINDOW))
            mine = [
                int(connection.execute(logins.insert().values(key=key, at=at).returning(logins.c.id)).scalar_one())
                for key in keys
            ]
        # In another transaction: each of several attempts at once sees all that were written before it ended.
        wait = 0.0
        with self._store.read() as connection:
            for key, limit in keys.items():
                times = connection.execute(
                    select(logins.c.at)
                    .where(logins.c.key == key, logins.c.id.not_in(mine), logins.c.at > at - WINDOW)
                    .order_by(logins.c.at.desc())
                    .limit(limit)
                ).scalars()
                earlier = list(times)
                if len(earlier) >= limit:
                    wait = max(wait, earlier[-1] + WINDOW - at)
        if wait <= 0:
            return Attempt(mine)
        # What was not tried has not failed: whoever waits is let in when they were told.
        self._remove(mine)
        return Attempt((), math.ceil(wait))

    def forgive(self, attempt: Attempt, login: str) -> None:
        """Take an attempt back that was right, and the failures of that name before it."""
        self._remove(attempt.rows, _digest("login", login))

    def _remove(self, rows: Sequence[int], key: str = "") -> None:
        with self._store.write() as connection:
            connection.execute(delete(logins).where(logins.c.id.in_(rows) | (logins.c.key == key)))


def _digest(kind: str, text: str) -> str:
    # Somebody may type a password where the name belongs: neither is kept.
    return hashlib.sha256(f"{kind} {text}".encode()).hexdigest()
