"""The message store with who works on it, as the composition root hands it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

from adapters.messages.conversation import Talker
from adapters.messages.inbox import Inbox
from adapters.messages.model import Channel
from adapters.messages.store import MessageStore
from adapters.messages.worker import Worker


@dataclass(frozen=True, slots=True)
class Messaging:
    """Durable messages; close it when done, or use it in a `with`."""

    store: MessageStore
    inbox: Inbox
    channels: Mapping[str, Channel]
    talker: Talker

    def worker(self, *, threads: int = 4) -> Worker:
        """Make a worker for all channels; it runs once it is started."""
        return Worker(self.store, self.talker, self.channels, threads=threads)

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
