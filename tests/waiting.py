"""Waiting for what others do: workers, threads, servers. It gives up after some seconds, and the test fails."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import select

from adapters.messages.schema import conversations
from adapters.messages.worker import Worker


def soon(holds: Callable[[], bool], *, within: float = 30.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def drain(worker: Worker, *, within: float = 30.0) -> None:
    """Work until nothing waits; a message that failed waits a moment before it is tried again."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if worker.work_once():
            continue
        with worker._store.read() as connection:
            if connection.execute(select(conversations.c.id).where(conversations.c.busy.is_(True))).first() is None:
                return
        time.sleep(0.01)
    raise AssertionError("there is always something to do")
