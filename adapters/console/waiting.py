"""The queue as it is read: every open case and those that ended lately, in the order in which they want attention."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, or_, select

from adapters.console.words import AMBER_AFTER, LEVELS, RED_AFTER, channel_name, reason_name
from adapters.desk.cases import OPEN
from adapters.desk.schema import cases
from adapters.messages.schema import conversations
from adapters.messages.store import MessageStore, now
from bot.hours import Hours
from bot.opening import is_open, open_seconds
from bot.places import ward_name
from bot.privacy import mask

LATELY = 24 * 60 * 60.0
"""Seconds for which an ended case is still shown."""
MOST = 300
NEED = 70
"""Characters of what somebody needs, on one line."""
KEPT = 1.0
"""Seconds for which one look at the database serves all open pages."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case in the queue."""

    id: int
    need: str
    """One line, without phone numbers and addresses."""
    ward: str
    channel: str
    reason: str
    state: str
    """As in `cases`."""
    opened_at: float
    ended_at: float | None
    minutes: int
    """Minutes within opening hours that the person has waited."""
    level: str
    """green, amber or red; empty where nobody waits any more."""
    holder: str
    holder_name: str
    rating: int | None

    @property
    def told(self) -> str:
        """What the level says in words."""
        return LEVELS.get(self.level, "")


@dataclass(frozen=True, slots=True)
class View:
    """The queue as one advisor sees it."""

    waiting: Sequence[Waiting]
    mine: Sequence[Waiting]
    others: Sequence[Waiting]
    ended: Sequence[Waiting]
    is_open: bool
    """Whether it is within opening hours."""
    version: str
    """Changes with what is shown."""

    @property
    def newest(self) -> int:
        """Id of the case that began to wait last, 0 without one."""
        return max((case.id for case in self.waiting), default=0)


class Queue:
    """Reads the queue. Safe to share."""

    def __init__(self, store: MessageStore, hours: Hours, clock: Callable[[], datetime]) -> None:
        """Take the store.

        Args:
            store: The database.
            hours: When advisors are there.
            clock: The time for opening hours.
        """
        self._store, self._hours, self._clock = store, hours, clock
        self._turn = threading.Lock()
        self._held: tuple[float, Sequence[Waiting]] = (0.0, ())

    def view(self, who: str, *, fresh: bool = True) -> View:
        """Sort the queue for an advisor: who waits, oldest first; theirs; the others'; what ended, newest first.

        Args:
            who: As `cases.holder`.
            fresh: Whether what was read a moment ago for another page will not do.
        """
        found = self._look() if fresh else self._shared()
        waiting = [case for case in found if case.state == "waiting"]
        held = [case for case in found if case.state == "with_advisor"]
        mine = [case for case in held if case.holder == who]
        others = [case for case in held if case.holder != who]
        ended = sorted((case for case in found if case.state not in OPEN), key=lambda case: -(case.ended_at or 0))
        here = is_open(self._hours, self._clock())
        version = hashlib.sha256(repr((who, here, waiting, mine, others, ended)).encode()).hexdigest()[:20]
        return View(waiting, mine, others, ended, here, version)

    def waited(self, case: RowMapping) -> tuple[int, str]:
        """Tell for how many minutes somebody has waited, and the level that makes."""
        if case["state"] != "waiting":
            return 0, ""
        at = self._clock()
        since = at - timedelta(seconds=max(0.0, now() - case["opened_at"]))
        seconds = open_seconds(self._hours, since, at)
        level = "red" if seconds >= RED_AFTER else "amber" if seconds >= AMBER_AFTER else "green"
        return int(seconds // 60), level

    def _shared(self) -> Sequence[Waiting]:
        # Twenty open pages ask every few seconds; whoever comes while another looks takes what that one finds.
        with self._turn:
            at, found = self._held
            if time.monotonic() - at > KEPT:
                found = self._look()
                self._held = (time.monotonic(), found)
        return found

    def _look(self) -> Sequence[Waiting]:
        lately = cases.c.ended_at > now() - LATELY
        with self._store.read() as connection:
            rows = connection.execute(
                select(cases, conversations.c.channel, conversations.c.ward)
                .join(conversations, conversations.c.id == cases.c.conversation)
                .where(or_(cases.c.state.in_(OPEN), lately))
                # Those who wait are never cut off.
                .order_by(cases.c.ended_at.is_not(None), cases.c.opened_at, cases.c.id)
                .limit(MOST)
            )
            found = rows.mappings().all()
        return [self._waiting(row) for row in found]

    def _waiting(self, row: RowMapping) -> Waiting:
        minutes, level = self.waited(row)
        return Waiting(
            id=row["id"],
            need=need(row["question"]),
            ward=ward_name(row["ward"]) if row["ward"] else "",
            channel=channel_name(row["channel"]),
            reason=reason_name(row["reason"]),
            state=row["state"],
            opened_at=row["opened_at"],
            ended_at=row["ended_at"],
            minutes=minutes,
            level=level,
            holder=row["holder"],
            holder_name=row["holder_name"],
            rating=row["rating"],
        )


def need(question: str) -> str:
    """Say on one line what somebody needs, without what tells who they are."""
    line = " ".join(mask(question).split())
    if not line:
        return "(文章は消去されました)"
    return f"{line[:NEED]}…" if len(line) > NEED else line
