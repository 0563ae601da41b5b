"""What an operator has to look at: rows of `tasks`, each matter once."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, delete, select, update

from adapters.desk.schema import tasks
from adapters.messages.store import now


class Matter(StrEnum):
    """Kinds of `tasks`."""

    CHANGED = "changed"
    """An address says something else than what is answered from."""
    BROKEN = "broken"
    """An address can't be fetched any more."""
    OLDER = "older"
    """An older edition of a rule is still answered from."""
    CONFLICT = "conflict"
    """Two sources give different amounts for the same."""
    ERASURE = "erasure"
    """Of a person who was erased something is left elsewhere, to be taken away by hand (`adapters.privacy`)."""


def open_task(connection: Connection, kind: Matter, subject: str, detail: str) -> bool:
    """Write a task down, unless it is; one that was ticked off with the same words stays so.

    Args:
        connection: In a transaction.
        kind: What sort it is.
        subject: What it is about.
        detail: What is to be said about it.
    Returns:
        Whether it is new.
    """
    mine = (tasks.c.kind == kind.value) & (tasks.c.subject == subject[:300])
    if connection.execute(select(tasks.c.id).where(mine, tasks.c.detail == detail)).first() is not None:
        return False
    changed = connection.execute(
        update(tasks).where(mine, tasks.c.done.is_(False)).values(detail=detail, at=now()).returning(tasks.c.id)
    ).first()
    if changed is None:
        row = {"kind": kind.value, "subject": subject[:300], "detail": detail, "done": False, "at": now()}
        connection.execute(tasks.insert().values(row))
    return changed is None


def close_tasks(connection: Connection, subject: str, *kinds: Matter) -> None:
    """Delete what is settled by itself, ticked off or not: should it come again, it is to be said again."""
    mine = tasks.c.kind.in_([kind.value for kind in kinds]) & (tasks.c.subject == subject[:300])
    connection.execute(delete(tasks).where(mine))


def tick_off(connection: Connection, number: int) -> bool:
    """Tick one off; tell whether there was one."""
    mine = (tasks.c.id == number) & tasks.c.kind.in_([kind.value for kind in Matter]) & tasks.c.done.is_(False)
    return connection.execute(update(tasks).where(mine).values(done=True).returning(tasks.c.id)).first() is not None


def open_tasks(connection: Connection) -> Sequence[RowMapping]:
    """List what is open, the oldest first."""
    mine = tasks.c.kind.in_([kind.value for kind in Matter]) & tasks.c.done.is_(False)
    return connection.execute(select(tasks).where(mine).order_by(tasks.c.id)).mappings().all()
