"""The composition root: settings → the services that commands, routes and tests use."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from types import TracebackType

from adapters.ports import Ingesting, Library
from adapters.settings import Settings
from bot.ports import Answering

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ippo:
    """All services; close it when done, or use it in a `with`."""

    settings: Settings
    knowledge: Library
    assistant: Answering
    ingest: Ingesting

    def close(self) -> None:
        """Give back connections and index files."""
        self.knowledge.close()

    def __enter__(self) -> Ippo:
        """Use it for one command."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()
