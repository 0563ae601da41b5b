"""Writing down who did what at the desk."""

from __future__ import annotations

from sqlalchemy import Connection, select

from adapters.desk.schema import audit
from adapters.messages.store import now


def record(connection: Connection, *, who: str, action: str, subject: str, detail: str = "") -> None:
    """Write a row; it is there if, and only if, what it tells of is.

    Args:
        connection: In the transaction of what is done.
        who: `account:<id>`, or `slack:<team>:<user>`.
        action: What was done, or `refused`.
        subject: To what: `case:12`.
        detail: For operators; never a text or a person's name.
    """
    row = {"at": now(), "who": who[:100], "action": action[:40], "subject": subject[:300], "detail": detail}
    connection.execute(audit.insert().values(**row))


def happened(connection: Connection, *, who: str, action: str, subject: str, detail: str, within: float) -> bool:
    """Tell whether there is such a row of the last seconds."""
    a = audit.c
    where = (a.at > now() - within) & (a.who == who) & (a.action == action) & (a.subject == subject)
    return connection.execute(select(a.id).where(where, a.detail == detail).limit(1)).first() is not None
