"""Works messages off: one lane at a time in each thread, oldest first.

    claim a lane → send what is still to be sent, in order → answer the next message → one transaction → again

A process that dies leaves its lanes to others once their leases end.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import delete, update

from adapters.desk.cases import Desk
from adapters.desk.posts import CHANNEL as DESK
from adapters.desk.work import DeskWork
from adapters.messages.answering import Answering, batch_of
from adapters.messages.conversation import Talker
from adapters.messages.lanes import Lane, LaneLost, Lanes
from adapters.messages.model import Channel
from adapters.messages.schema import workers
from adapters.messages.sending import Sending
from adapters.messages.store import MessageStore, now

log = logging.getLogger(__name__)

IDLE = 0.1
"""Seconds between looks where nobody has told of a new message."""
BEAT = 5.0
"""Seconds between signs of life."""


def nobody(team: str, user: str) -> str:
    """Name nobody in particular."""
    return "アドバイザー"


class Worker:
    """Works off the lanes of one database in threads."""

    def __init__(
        self,
        store: MessageStore,
        talker: Talker,
        channels: Mapping[str, Channel],
        *,
        threads: int = 4,
        desk: Desk | None = None,
        names: Callable[[str, str], str] = nobody,
        chores: Sequence[Callable[[], None]] = (),
    ) -> None:
        """Take what is needed; nothing runs before `start`.

        Args:
            store: The database.
            talker: Who answers.
            channels: By name; what is for a channel that is not here waits for a worker that has it.
            threads: Lanes worked on at once.
            desk: Where people's cases are; None: one without an advisors' channel.
            names: Tells the name of a user of Slack, by workspace and user.
            chores: What is to be done every few seconds; each sees for itself whether it is due.
        """
        desk = desk or Desk(posting=DESK in channels)
        self._store = store
        self._lanes = Lanes(store)
        self._threads = [threading.Thread(target=self._run, name=f"worker-{n}", daemon=True) for n in range(threads)]
        self._pulse = threading.Thread(target=self._beat, name="worker-pulse", daemon=True)
        self._tending = threading.Thread(target=self._tend, name="worker-chores", daemon=True)
        self._stop = threading.Event()
        self._answering = Answering(store, talker, channels, desk=desk)
        self._desk_work = DeskWork(store, desk, names, talker.draft)
        self._sending = Sending(store, channels, self._stop, desk=desk)
        self._chores = chores
        self._news = threading.Condition()
        self.id = f"{os.getpid()}-{secrets.token_hex(4)}"

    def start(self) -> None:
        """Begin to work."""
        for thread in (*self._threads, self._pulse, self._tending):
            thread.start()

    def stop(self, patience: float = 10.0) -> None:
        """Finish what is being done, then end."""
        self._stop.set()
        self.wake()
        for thread in (*self._threads, self._pulse, self._tending):
            if thread.is_alive():
                thread.join(patience)
        with contextlib.suppress(Exception), self._store.write() as connection:
            connection.execute(delete(workers).where(workers.c.id == self.id))

    def wake(self) -> None:
        """Tell of a new message, so that nobody waits for the next look."""
        with self._news:
            self._news.notify_all()

    def work_once(self) -> bool:
        """Work off one lane, if any is due; for tests and for `_run`.

        Returns:
            Whether there was one.
        """
        lane = self._lanes.claim()
        if lane is None:
            return False
        due_at: float | None = 0.0
        try:
            due_at = self._work(lane)
        except LaneLost:
            log.info("lane taken over by another worker", extra={"conversation": lane.conversation})
            return True
        except Exception:
            # What failed here failed outside any one message; the lane is not held up by it for long.
            log.exception("lane failed", extra={"conversation": lane.conversation})
            due_at = now() + 1.0
        if due_at is not None:
            self._lanes.release(lane, due_at=due_at)
        return True

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                worked = self.work_once()
            except Exception:
                log.exception("worker cannot reach the database")
                worked = False
                self._stop.wait(1.0)
            if not worked:
                with self._news:
                    if not self._stop.is_set():
                        self._news.wait(IDLE)

    def _beat(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(Exception), self._store.write() as connection:
                connection.execute(delete(workers).where(workers.c.beat_at < now() - 100 * BEAT))
                known = connection.execute(
                    update(workers).where(workers.c.id == self.id).values(beat_at=now()).returning(workers.c.id)
                ).first()
                if known is None:
                    connection.execute(workers.insert().values(id=self.id, beat_at=now()))
            self._stop.wait(BEAT)

    def _tend(self) -> None:
        """Do chores. Beside the pulse: a long one must not look like a dead worker."""
        while not self._stop.is_set():
            for chore in self._chores:
                try:
                    chore()
                except Exception:
                    log.exception("chore failed")
            self._stop.wait(BEAT)

    def _work(self, lane: Lane) -> float | None:
        """Work a lane off.

        Returns:
            When to look at it again, 0 for at once; None where it is given back already.
        """
        answered = False
        while not self._stop.is_set():
            due_at = self._sending.send(lane)
            if due_at is None or due_at:
                return due_at
            rows = self._answering.pending(lane)
            # One who writes much does not make the others wait: whoever has waited longest is next.
            if not rows or (answered and not self._lanes.is_next(rows[0]["received_at"])):
                return 0.0
            if lane.channel == DESK:
                pause = self._desk_work.answer(lane, rows[0])
            else:
                batch, wait_until = batch_of(rows)
                if not batch:
                    return wait_until
                pause = self._answering.answer(lane, batch)
            if pause:
                return now() + pause
            answered = True
        return 0.0
