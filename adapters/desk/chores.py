"""What is to be done about cases while nobody does anything: claims shown, advisors reminded, people told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, select, update

from adapters.desk.cases import Desk
from adapters.desk.posts import Op
from adapters.desk.schema import advisors, cases
from adapters.desk.telling import send
from adapters.messages.model import Reply
from adapters.messages.store import MessageStore, now
from bot.answer import Act
from bot.handoff import words
from bot.hours import Hours
from bot.opening import open_seconds

FIRST = 10 * 60.0
SECOND = 30 * 60.0
"""Seconds within opening hours that a person has waited when one advisor is reminded, and then another one."""


class Chores:
    """Looks after open cases. Safe to run in several processes at once: each step is taken by the first of them."""

    def __init__(self, store: MessageStore, desk: Desk, hours: Hours, clock: Callable[[], datetime]) -> None:
        """Take the store.

        Args:
            store: The database.
            desk: Where cases are.
            hours: When advisors are there.
            clock: The time for opening hours.
        """
        self._store = store
        self._desk = desk
        self._hours = hours
        self._clock = clock

    def run(self) -> None:
        """Do what is due."""
        with self._store.read() as connection:
            hidden = connection.execute(
                select(cases.c.id).where(cases.c.state == "with_advisor", cases.c.shown_at.is_(None))
            ).scalars()
            claimed = list(hidden)
            waiting = connection.execute(select(cases).where(cases.c.state == "waiting", cases.c.reminded < 2)).mappings()  # fmt: skip
            due = [(row, step) for row in waiting.all() if (step := self._step(row))]
        for case in claimed:
            # Whoever claimed it may have died before it showed.
            with self._store.write() as connection:
                self._desk.settle(connection, case)
        for row, step in due:
            with self._store.write() as connection:
                self._remind(connection, row, step)

    def _step(self, case: RowMapping) -> int:
        """Tell which reminder is due, 0 for none."""
        at = self._clock()
        since = at - timedelta(seconds=max(0.0, now() - case["opened_at"]))
        waited = open_seconds(self._hours, since, at)
        step = 2 if waited >= SECOND else 1 if waited >= FIRST else 0
        return step if step > case["reminded"] else 0

    def _remind(self, connection: Connection, case: RowMapping, step: int) -> None:
        taken = connection.execute(
            update(cases)
            .where(cases.c.id == case["id"], cases.c.state == "waiting", cases.c.reminded == case["reminded"])
            .values(reminded=step)
            .returning(cases.c.id)
        ).first()
        if taken is None:
            return
        minutes = int((SECOND if step == 2 else FIRST) / 60)
        text = f"{minutes}分以上お待ちです。担当できる方は「担当する」を押してください。"
        self._desk.post(connection, case["id"], Op.SAY, text, mention=_called(connection, case["id"], step))
        if step == 2:
            said = Reply(words.takes_longer(self._hours, self._clock()), Act.HANDOFF, choices=(words.CANCEL,))
            send(connection, case["conversation"], said, author="notice")


def _called(connection: Connection, case: int, step: int) -> str:
    """Give the Slack user to be reminded, another one each time; empty: everybody who is there."""
    known: Sequence[str] = (
        connection.execute(
            select(advisors.c.slack_user)
            .where(advisors.c.active.is_(True), advisors.c.slack_user != "")
            .order_by(advisors.c.id)
        )
        .scalars()
        .all()
    )
    return known[(case + step) % len(known)].rpartition(":")[2] if known else ""
