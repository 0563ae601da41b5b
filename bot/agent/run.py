"""One answer in the making: what the question is, what was shown for it, what it has used."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from uuid import uuid4

from bot.agent.limits import Limits
from bot.agent.masking import Masks
from bot.agent.showing import Showing
from bot.agent.usage import UNUSED, Usage
from bot.assistant import Considered
from bot.errors import BotError


class TooMuch(BotError):
    """A run wants more requests or tokens than one answer may take: the extractive answer goes out."""


@dataclass(slots=True)
class Run:
    """The state that the tools of one run share. Safe to use from several threads."""

    considered: Considered
    public_url: str
    limits: Limits
    masks: Masks
    showing: Showing = field(default_factory=Showing)
    id: str = field(default_factory=lambda: uuid4().hex[:16])
    called: str = ""
    """Why the model called an advisor; empty: it did not."""
    usage: Usage = UNUSED
    attempts: int = 0
    """Requests that were begun, answered or not."""
    _searches: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin_request(self) -> None:
        """Count a request to the model.

        Raises:
            TooMuch: One more is one too many.
        """
        with self._lock:
            if self.attempts >= self.limits.calls or self.usage.tokens >= self.limits.tokens:
                raise TooMuch("requests" if self.attempts >= self.limits.calls else "tokens")
            self.attempts += 1

    def count(self, usage: Usage) -> None:
        """Add what an answered request used."""
        with self._lock:
            self.usage += usage

    def may_look(self) -> bool:
        """Count a use of a tool; False where it is one too many, or where the model's next reply must be its last."""
        with self._lock:
            self._searches += 1
            return self._searches <= self.limits.searches and self.attempts < self.limits.calls
