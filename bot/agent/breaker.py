"""The circuit breaker: a model that keeps failing is not waited for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Breaker:
    """Counts failures in a row. Safe to use from several threads."""

    def __init__(self, failures: int, pause: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Take after how many failures it opens, and for how many seconds."""
        self._failures, self._pause, self._clock = failures, pause, clock
        self._lock = threading.Lock()
        self._row = 0
        self._until = 0.0

    def lets_through(self) -> bool:
        """Tell whether the model may be asked; after a pause one question tries it, the others wait for its outcome."""
        with self._lock:
            if self._row < self._failures:
                return True
            if self._clock() < self._until:
                return False
            self._until = self._clock() + self._pause
            return True

    def succeeded(self) -> None:
        """Close it: the model has answered in time, whatever the answer was worth."""
        with self._lock:
            self._row = 0

    def failed(self) -> None:
        """Count a failure."""
        with self._lock:
            self._row += 1
            if self._row >= self._failures:
                self._until = self._clock() + self._pause

    @property
    def is_open(self) -> bool:
        """Whether the model is left alone at the moment."""
        with self._lock:
            return self._row >= self._failures and self._clock() < self._until
