"""How much may be asked: of each visitor, and of all together. In memory, for each process by itself."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many a minute in the long run."""

    burst: int
    a_minute: float


VISITOR = Rate(60, 60)
# Far more than is answered: what it keeps out is a flood of visitors without cookies.
EVERYBODY = Rate(3000, 3000)


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Limits:
    """Counts messages. For one event loop; nothing here waits."""

    def __init__(
        self,
        visitor: Rate = VISITOR,
        everybody: Rate = EVERYBODY,
        *,
        remembered: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set the limits.

        Args:
            visitor: For each visitor.
            everybody: For all together.
            remembered: Visitors kept count of; the one heard of least recently is forgotten first.
            clock: Tells the time in seconds.
        """
        self._visitor, self._everybody = visitor, everybody
        self._remembered, self._clock = remembered, clock
        self._all = _Bucket(everybody.burst, clock())
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, visitor: str) -> float:
        """Count a message, if it may come.

        Returns:
            0; else the seconds after which the next one may, and this one is not counted.
        """
        now = self._clock()
        mine = self._buckets.setdefault(visitor, _Bucket(self._visitor.burst, now))
        self._buckets.move_to_end(visitor)
        while len(self._buckets) > self._remembered:
            self._buckets.popitem(last=False)
        wait = max(_wait(mine, self._visitor, now), _wait(self._all, self._everybody, now))
        if not wait:
            mine.left -= 1
            self._all.left -= 1
        return wait


def _wait(bucket: _Bucket, rate: Rate, now: float) -> float:
    bucket.left = min(rate.burst, bucket.left + (now - bucket.at) * rate.a_minute / 60)
    bucket.at = now
    return 0.0 if bucket.left >= 1 else (1 - bucket.left) * 60 / rate.a_minute
