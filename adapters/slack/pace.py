"""How often a channel is posted to: Slack allows about one message a second, and a few at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

BURST = 3
RATE = 0.95
"""Messages a second; a little less than Slack's one, for the way there takes now longer, now shorter."""


class Pace:
    """A bucket of messages for each channel, of this process. Safe to use from several threads at once."""

    def __init__(self, *, burst: int = BURST, rate: float = RATE, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the limits.

        Args:
            burst: Messages that may go at once.
            rate: Messages a second after that.
            clock: Seconds.
        """
        self._burst, self._rate, self._clock = burst, rate, clock
        self._full_at: dict[str, float] = {}
        self._turned_away: dict[str, int] = {}
        self._lock = threading.Lock()

    def wait(self, channel: str) -> float:
        """Take a place.

        Returns:
            0: post now. Else seconds after which to ask again; those who are turned away are told ever later times,
            so that they do not all come back at once.
        """
        with self._lock:
            now = self._clock()
            full_at = max(self._full_at.get(channel, 0.0), now)
            over = full_at - now - (self._burst - 1) / self._rate
            if over <= 0:
                self._full_at[channel] = full_at + 1 / self._rate
                self._turned_away.pop(channel, None)
                self._tidy(now)
                return 0.0
            before = self._turned_away.get(channel, 0)
            self._turned_away[channel] = before + 1
            return float(min(over + before / self._rate, over + 30.0))

    def hold(self, channel: str, seconds: float) -> None:
        """Let nobody post for so long: Slack has said so."""
        with self._lock:
            until = self._clock() + seconds + (self._burst - 1) / self._rate
            self._full_at[channel] = max(self._full_at.get(channel, 0.0), until)

    def _tidy(self, now: float) -> None:
        if len(self._full_at) > 1000:
            self._full_at = {channel: at for channel, at in self._full_at.items() if at > now}
