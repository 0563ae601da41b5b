"""The message store with who works on it, as the composition root hands it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType

from sqlalchemy import func, select

from adapters.desk.cases import Desk
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
        age = max(0.0, now() - oldest) if oldest is not None else 0.0
        return Figures({str(s): int(n) for s, n in taken}, {str(s): int(n) for s, n in sent}, age)

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
