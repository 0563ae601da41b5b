"""The message store with who works on it, as the composition root hands it out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from sqlalchemy import func, select

from adapters.desk.cases import Desk
from adapters.desk.schema import cases
from adapters.messages.conversation import Talker
from adapters.messages.inbox import Inbox
from adapters.messages.model import Channel
from adapters.messages.schema import inbox, outbox, workers
from adapters.messages.store import MessageStore, now
from adapters.messages.worker import BEAT, Worker, nobody


@dataclass(frozen=True, slots=True)
class Figures:
    """What waits, and what went wrong."""

    inbox: Mapping[str, int]
    """Status → how many messages."""
    outbox: Mapping[str, int]
    oldest: float
    """Seconds that the oldest unanswered message has waited."""
    cases: Mapping[str, int] = field(default_factory=dict)
    """State → how many people have asked for an advisor."""
    waiting: float = 0.0
    """Seconds that the person has waited who has waited longest for one."""


@dataclass(frozen=True, slots=True)
class Messaging:
    """Durable messages; close it when done, or use it in a `with`."""

    store: MessageStore
    inbox: Inbox
    channels: Mapping[str, Channel]
    talker: Talker
    desk: Desk = field(default_factory=lambda: Desk(posting=False))
    names: Callable[[str, str], str] = nobody
    chores: Sequence[Callable[[], None]] = ()

    def worker(self, *, threads: int = 4) -> Worker:
        """Make a worker for all channels; it runs once it is started."""
        return Worker(
            self.store,
            self.talker,
            self.channels,
            threads=threads,
            desk=self.desk,
            names=self.names,
            chores=self.chores,
        )

    def workers_alive(self) -> int:
        """Count the workers, of any process and machine, that have lately shown that they live."""
        with self.store.read() as connection:
            since = now() - 3 * BEAT
            return int(
                connection.execute(
                    select(func.count()).select_from(workers).where(workers.c.beat_at > since)
                ).scalar_one()
            )

    def figures(self) -> Figures:
        """Count what waits and what went wrong."""
        with self.store.read() as connection:
            taken = connection.execute(select(inbox.c.status, func.count()).group_by(inbox.c.status)).all()
            sent = connection.execute(select(outbox.c.status, func.count()).group_by(outbox.c.status)).all()
            oldest = connection.execute(
                select(func.min(inbox.c.received_at)).where(inbox.c.status == "pending")
            ).scalar()
            opened = connection.execute(select(cases.c.state, func.count()).group_by(cases.c.state)).all()
            called = connection.execute(select(func.min(cases.c.opened_at)).where(cases.c.state == "waiting")).scalar()
        return Figures(_counts(taken), _counts(sent), _age(oldest), _counts(opened), _age(called))

    def close(self) -> None:
        """Give back the connections."""
        self.store.close()

    def __enter__(self) -> Messaging:
        """Use it for one command."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


def _counts(rows: Iterable[Any]) -> dict[str, int]:
    return {str(name): int(number) for name, number in rows}


def _age(since: float | None) -> float:
    return max(0.0, now() - since) if since is not None else 0.0
