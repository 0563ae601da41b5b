"""Who is logged in. The browser holds a random token, the database only its SHA-256. Time is the real clock's."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from adapters.console.accounts import Account, account
from adapters.desk.schema import advisors, sessions
from adapters.messages.store import MessageStore, now

COOKIE = "ippo_console"
IDLE = 8 * 60 * 60.0
"""Seconds after the last thing that somebody did; what a page fetches by itself does not count."""
LONGEST = 24 * 60 * 60.0
"""Seconds after the login."""
_TOUCHED = 60.0
"""Seconds between two notes that a session is in use."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in, on one browser."""

    token: str
    """What the database knows it by."""
    csrf: str
    """What each form carries."""
    account: Account


def begin(connection: Connection, number: int) -> str:
    """Log an account in.

    Returns:
        The cookie's value.
    """
    at = now()
    connection.execute(delete(sessions).where((sessions.c.expires_at < at) | (sessions.c.seen_at < at - IDLE)))
    cookie = secrets.token_urlsafe(32)
    connection.execute(
        sessions.insert().values(
            token=_digest(cookie),
            advisor=number,
            csrf=secrets.token_urlsafe(32),
            seen_at=at,
            expires_at=at + LONGEST,
        )
    )
    return cookie


def current(store: MessageStore, cookie: str, *, in_use: bool) -> Session | None:
    """Find the session of a cookie, if its time is not over and its account still active.

    Args:
        store: The database.
        cookie: As the browser sent it.
        in_use: Whether somebody does something, rather than a page by itself.
    """
    if not cookie:
        return None
    at, token = now(), _digest(cookie)
    where = (
        (sessions.c.token == token)
        & (sessions.c.expires_at > at)
        & (sessions.c.seen_at > at - IDLE)
        & advisors.c.active.is_(True)
    )
    with store.read() as connection:
        row = connection.execute(
            select(sessions.c.csrf, sessions.c.seen_at, advisors)
            .join(advisors, advisors.c.id == sessions.c.advisor)
            .where(where)
        )
        found = row.mappings().first()
    if found is None:
        return None
    if in_use and found["seen_at"] < at - _TOUCHED:
        with store.write() as connection:
            connection.execute(update(sessions).where(sessions.c.token == token).values(seen_at=at))
    return Session(token, found["csrf"], account(found))


def end(connection: Connection, session: Session) -> None:
    """Log out."""
    connection.execute(delete(sessions).where(sessions.c.token == session.token))


def end_all(connection: Connection, number: int, *, but: str = "") -> None:
    """End an account's sessions, all or all but one."""
    connection.execute(delete(sessions).where(sessions.c.advisor == number, sessions.c.token != but))


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
