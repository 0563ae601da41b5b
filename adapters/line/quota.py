"""The plan's monthly messages: read now and then, the rest kept for advisors, operators warned."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from adapters.line.calls import Calls

log = logging.getLogger(__name__)

EVERY = 300.0
"""Seconds between looks at the figures, which LINE calls approximate."""
RESERVE = 0.1
"""Share of the limit that only advisors may use."""
WARN_AT = (0.9, 0.7)


@dataclass(frozen=True, slots=True)
class Figures:
    """The month so far."""

    limit: int | None
    """None: the plan has none."""
    used: int

    @property
    def share(self) -> float:
        """Used of the limit, from 0."""
        return self.used / self.limit if self.limit else (0.0 if self.limit is None else 1.0)

    @property
    def reserve(self) -> int:
        """Messages at the end of the limit that are kept for advisors."""
        return -(-self.limit // int(1 / RESERVE)) if self.limit else 0


def read(calls: Calls) -> Figures | None:
    """Ask LINE; None where it does not tell."""
    limit, used = calls.quota(), calls.consumption()
    if not isinstance(limit.body, dict) or not isinstance(used.body, dict):
        return None
    value = limit.body.get("value") if limit.body.get("type") == "limited" else None
    return Figures(int(value) if value is not None else None, int(used.body.get("totalUsage") or 0))


class Quota:
    """Keeps the figures of a channel. Safe to use from several threads."""

    def __init__(self, calls: Calls, clock: Callable[[], float]) -> None:
        """Take the calls and the clock; nothing is read yet."""
        self._calls = calls
        self._clock = clock
        self._lock = threading.Lock()
        self._figures: Figures | None = None
        self._read_at = float("-inf")
        self._pushed = 0  # since then, by us
        self._warned = 0.0

    def allows(self, author: str) -> bool:
        """Tell whether an author may push; if LINE does not tell the figures, everyone may."""
        figures = self._current()
        if figures is None or figures.limit is None or author == "advisor":
            return True
        return figures.used + self._pushed < figures.limit - figures.reserve

    def figures(self) -> Figures | None:
        """Give the month's figures, at most some minutes old; None where LINE does not tell."""
        return self._current()

    def count(self) -> None:
        """Count a push: the figures are behind."""
        with self._lock:
            self._pushed += 1

    def _current(self) -> Figures | None:
        with self._lock:
            if self._clock() - self._read_at >= EVERY:
                self._read_at = self._clock()
                self._figures, self._pushed = read(self._calls) or self._figures, 0
                self._warn()
            return self._figures

    def _warn(self) -> None:
        """Warn once at each level; a new month begins anew."""
        share = self._figures.share if self._figures else 0.0
        level = next((level for level in WARN_AT if share >= level), 0.0)
        if self._figures and level > self._warned:
            facts = {"used": self._figures.used, "limit": self._figures.limit, "percent": round(share * 100)}
            log.warning("LINE's monthly messages are running out", extra=facts)
        self._warned = level
