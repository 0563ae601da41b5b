"""Advisors' accounts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update

from adapters.console import passwords
from adapters.desk.cases import Advisor
from adapters.desk.schema import advisors
from adapters.messages.store import MessageStore, now

ADMIN = "admin"
"""Login name of the account whose password is a setting."""
ADVISOR, ADMINISTRATOR = "advisor", "administrator"
ROLES = {ADVISOR: "相談員", ADMINISTRATOR: "管理者"}
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
SLACK_USER = re.compile(r"(?:T[A-Z0-9]{2,20}:)?[UW][A-Z0-9]{2,20}")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can log in."""

    id: int
    login: str
    name: str
    role: str
    slack_user: str
    """`T…:U…`, or `U…` in whatever workspace; empty: none."""
    active: bool

    @property
    def key(self) -> str:
        """The name by which the desk knows them."""
        return f"account:{self.id}"

    @property
    def is_administrator(self) -> bool:
        """Whether they look after the others."""
        return self.role == ADMINISTRATOR

    @property
    def is_set(self) -> bool:
        """Whether the settings say the password, so that nobody changes it here."""
        return self.login == ADMIN

    def as_advisor(self) -> Advisor:
        """Give them as the desk knows them."""
        return Advisor(self.key, self.name, self.is_administrator)


def account(row: RowMapping | Any) -> Account:
    """Read a row of `advisors`."""
    return Account(row["id"], row["login"], row["name"], row["role"], row["slack_user"], bool(row["active"]))


def everybody(connection: Connection) -> Sequence[Account]:
    """List all accounts, active ones first."""
    rows = connection.execute(select(advisors).order_by(advisors.c.active.desc(), advisors.c.id)).mappings()
    return [account(row) for row in rows]


def find(connection: Connection, number: int) -> Account | None:
    """Find an account by its id."""
    row = connection.execute(select(advisors).where(advisors.c.id == number)).mappings().first()
    return account(row) if row is not None else None


def active_administrators(connection: Connection) -> int:
    """Count the administrators who can log in."""
    where = (advisors.c.role == ADMINISTRATOR) & advisors.c.active.is_(True)
    return len(connection.execute(select(advisors.c.id).where(where)).all())


def by_login(connection: Connection, login: str) -> tuple[Account | None, str]:
    """Find an account that may log in, with the hash of its password; (None, "") where there is none."""
    where = (advisors.c.login == login) & advisors.c.active.is_(True)
    row = connection.execute(select(advisors).where(where)).mappings().first()
    return (account(row), str(row["password"])) if row is not None else (None, "")


def add(connection: Connection, *, login: str, name: str, role: str, slack_user: str, password: str) -> int | None:
    """Make an account.

    Args:
        connection: In a transaction.
        login: As `LOGIN`.
        name: What people see.
        role: A key of `ROLES`.
        slack_user: As `SLACK_USER`, or empty.
        password: Its hash.
    Returns:
        Its id; None where the login name is taken.
    """
    if connection.execute(select(advisors.c.id).where(advisors.c.login == login)).first() is not None:
        return None
    made = connection.execute(
        advisors.insert()
        .values(
            login=login,
            name=name,
            password=password,
            role=role,
            slack_user=slack_user,
            active=True,
            created_at=now(),
        )
        .returning(advisors.c.id)
    )
    return int(made.scalar_one())


def change(connection: Connection, number: int, **values: Any) -> None:
    """Change columns of an account."""
    connection.execute(update(advisors).where(advisors.c.id == number).values(**values))


def ensure_admin(store: MessageStore, password: str) -> None:
    """Make the administrator of the settings, or give them the password that is set now.

    Raises:
        StoreUnavailable: The database cannot be reached.
    """
    from adapters.console.sessions import end_all

    # Several processes start at once; one of them does it.
    with store.lock("migrate", patience=30.0):
        with store.read() as connection:
            row = connection.execute(select(advisors).where(advisors.c.login == ADMIN)).mappings().first()
        if row is None:
            fresh = passwords.hashed(password)
            with store.write() as connection:
                add(connection, login=ADMIN, name="管理者", role=ADMINISTRATOR, slack_user="", password=fresh)
        elif not passwords.matches(row["password"], password):
            fresh = passwords.hashed(password)
            with store.write() as connection:
                change(connection, row["id"], password=fresh, active=True, role=ADMINISTRATOR)
                end_all(connection, row["id"])
