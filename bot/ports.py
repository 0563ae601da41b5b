"""What this package needs from outside, written by the one who calls it."""

from __future__ import annotations

from typing import Protocol

from knowledge.index import Index


class Knowledge(Protocol):
    """Where the current state of the knowledge comes from."""

    def current(self) -> Index:
        """Give the newest complete generation; it stays as it is while it is held."""
