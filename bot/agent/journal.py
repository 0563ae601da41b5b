"""What became of each run of the model: ids, counts and reasons, never a word of what was said."""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Protocol

from bot.agent.usage import UNUSED, Usage

log = logging.getLogger(__name__)
# Japan has had one zone without summer time since 1952.
_TOKYO = timezone(timedelta(hours=9), "Asia/Tokyo")


class Outcome(StrEnum):
    """Whether the model's words went out, and if not, why the extractive answer did."""

    SENT = "sent"
    CALLED = "called"
    """The model called an advisor."""
    PAUSED = "paused"
    """The circuit breaker was open."""
    SPENT = "spent"
    """The day's tokens were used up."""
    SLOW = "slow"
    FAILED = "failed"
    """The provider refused, broke off or sent what nobody can read."""
    STEPS = "steps"
    """More requests or tokens than one answer may take."""
    EMPTY = "empty"
    HUGE = "huge"
    UNCITED = "uncited"
    """No statement with a source was left."""
    UNANSWERED = "unanswered"
    """What the guard left does not answer the question."""
    NOTHING_NEW = "nothing_new"
    """The documents were found silent, and the model knew no passage beyond those."""


_UNWELL = frozenset(
    {Outcome.PAUSED, Outcome.SPENT, Outcome.SLOW, Outcome.FAILED, Outcome.STEPS, Outcome.EMPTY, Outcome.HUGE}
)
"""What an operator should look at; the guard withholding something is its daily work."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One run."""

    run: str
    """Its id, also `Answer.run` of the answer that went out."""
    model: str
    outcome: Outcome
    usage: Usage = UNUSED
    milliseconds: float = 0.0
    reason: str = ""
    """Kind of the error, for a failure: `RateLimitError`."""
    rulings: tuple[tuple[str, int], ...] = ()
    """Reasons for which the guard left sentences out or changed them, each with how often."""
    at: datetime = field(default_factory=lambda: datetime.now(_TOKYO))


class Journal(Protocol):
    """Keeps runs where operators see them."""

    def record(self, entry: Entry) -> None:
        """Keep one run. Called from several threads; it must not raise."""

    def tokens_on(self, day: date) -> int:
        """Give the tokens used on a day (Asia/Tokyo), as far as they were recorded."""


class MemoryJournal:
    """Keeps the last runs of this process, counts all of them, and writes each to the log."""

    def __init__(self, *, keep: int = 500) -> None:
        """Take how many runs are kept for looking at."""
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=keep)
        self._outcomes: Counter[str] = Counter()
        self._rulings: Counter[str] = Counter()
        self._tokens: Counter[str] = Counter()
        self._by_day: dict[date, int] = {}

    def record(self, entry: Entry) -> None:
        """Keep, count and log one run."""
        day = entry.at.astimezone(_TOKYO).date()
        with self._lock:
            self._entries.append(entry)
            self._outcomes[entry.outcome] += 1
            self._rulings.update(dict(entry.rulings))
            self._tokens.update({"in": entry.usage.tokens_in, "out": entry.usage.tokens_out})
            # Only today is ever asked for; a process that runs for a year need not keep the year.
            self._by_day = {day: self._by_day.get(day, 0) + entry.usage.tokens}
        log.log(
            logging.WARNING if entry.outcome in _UNWELL else logging.INFO,
            "model run",
            extra={
                "run": entry.run,
                "model": entry.model,
                "outcome": entry.outcome.value,
                "reason": entry.reason,
                "calls": entry.usage.calls,
                "tokens_in": entry.usage.tokens_in,
                "tokens_out": entry.usage.tokens_out,
                "latency_ms": round(entry.milliseconds),
                "rulings": dict(entry.rulings),
            },
        )

    def tokens_on(self, day: date) -> int:
        """Give the tokens used on a day by this process."""
        with self._lock:
            return self._by_day.get(day, 0)

    def latest(self) -> Sequence[Entry]:
        """Give the runs that are kept, oldest first."""
        with self._lock:
            return tuple(self._entries)

    def counters(self) -> Mapping[str, Mapping[str, int]]:
        """Give what was counted since the start: runs by `outcome`, sentences by `ruling`, `tokens` in and out."""
        with self._lock:
            return {"outcome": dict(self._outcomes), "ruling": dict(self._rulings), "tokens": dict(self._tokens)}


def today() -> date:
    """The day that tokens are counted for: the clock's in Asia/Tokyo, whatever date answers are given on."""
    return datetime.now(_TOKYO).date()
