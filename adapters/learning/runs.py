"""The model's runs in the database: what operators look at, and what the day's limit is counted from by all processes."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import RowMapping, func, select

from adapters.desk.schema import answers, runs
from adapters.messages.store import MessageStore
from adapters.settings import TOKYO

if TYPE_CHECKING:
    from bot.agent.journal import Entry, Journal

log = logging.getLogger(__name__)

FRESH = 5.0
"""Seconds for which a day's sum is believed: a limit may be passed by what is used meanwhile, and by no more."""


class StoredJournal:
    """Keeps runs in the message database, beside the journal of the process. Safe to use from several threads."""

    def __init__(self, store: MessageStore, beside: Journal) -> None:
        """Take the database, and the journal that logs and counts."""
        self._store = store
        self._beside = beside
        self._known: tuple[date, float, int] | None = None

    def record(self, entry: Entry) -> None:
        """Keep one run; where the database cannot be reached, the process's own journal still has it."""
        self._beside.record(entry)
        try:
            with self._store.write() as connection:
                connection.execute(
                    runs.insert().values(
                        run=entry.run[:40],
                        model=entry.model[:100],
                        outcome=entry.outcome.value,
                        reason=entry.reason[:60],
                        calls=entry.usage.calls,
                        tokens_in=entry.usage.tokens_in,
                        tokens_out=entry.usage.tokens_out,
                        cost=entry.usage.cost,
                        milliseconds=entry.milliseconds,
                        rulings=json.dumps(dict(entry.rulings)),
                        at=entry.at.timestamp(),
                    )
                )
        except Exception as error:
            log.error("model run not stored", extra={"run": entry.run, "error": type(error).__name__})

    def tokens_on(self, day: date) -> int:
        """Give the tokens that all processes have used on a day."""
        known = self._known
        if known is not None and known[0] == day and time.monotonic() - known[1] < FRESH:
            return known[2]
        begins = datetime(day.year, day.month, day.day, tzinfo=TOKYO)
        where = (runs.c.at >= begins.timestamp()) & (runs.c.at < (begins + timedelta(days=1)).timestamp())
        try:
            with self._store.read() as connection:
                found = connection.execute(select(func.sum(runs.c.tokens_in + runs.c.tokens_out)).where(where)).scalar()
        except Exception as error:
            log.error("tokens of the day not counted", extra={"error": type(error).__name__})
            return self._beside.tokens_on(day)
        self._known = (day, time.monotonic(), int(found or 0))
        return self._known[2]


def latest(store: MessageStore, *, most: int = 200) -> Sequence[RowMapping]:
    """List the latest runs, newest first, each with the conversation that it was made in, if any."""
    of = (
        select(answers.c.conversation)
        .where(answers.c.run == runs.c.run)
        .limit(1)
        .scalar_subquery()
        .label("conversation")
    )
    with store.read() as connection:
        return connection.execute(select(runs, of).order_by(runs.c.at.desc()).limit(most)).mappings().all()


def by_day(store: MessageStore, since: float) -> Sequence[RowMapping]:
    """Add up runs by model and outcome.

    Args:
        store: The database.
        since: From this instant on.
    """
    columns = (
        runs.c.model,
        runs.c.outcome,
        func.count().label("runs"),
        func.sum(runs.c.tokens_in).label("tokens_in"),
        func.sum(runs.c.tokens_out).label("tokens_out"),
        func.sum(runs.c.cost).label("cost"),
        func.avg(runs.c.milliseconds).label("milliseconds"),
    )
    with store.read() as connection:
        return (
            connection.execute(
                select(*columns)
                .where(runs.c.at >= since)
                .group_by(runs.c.model, runs.c.outcome)
                .order_by(runs.c.model, func.count().desc())
            )
            .mappings()
            .all()
        )
