"""An event loop in a thread of its own: what runs in it can be cut off at any time, whoever waits goes on in time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
CLOSING = 2.0
"""Seconds that what is cut off may take to end."""


class Loop:
    """Starts with its first use. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(self, make: Callable[[], Coroutine[Any, Any, T]], seconds: float) -> T:
        """Run a coroutine and wait for it.

        Args:
            make: Makes it.
            seconds: After which it is cancelled. A thread that will not stop for that is left to itself.
        Raises:
            TimeoutError: It was not done in time.
        """
        future = asyncio.run_coroutine_threadsafe(make(), self._started())
        try:
            return future.result(max(0.0, seconds))
        finally:
            # Closes the connection, so that a server which drips a byte a second holds nothing of ours.
            future.cancel()

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                # A daemon: a program that ends does not wait for a provider.
                self._thread = threading.Thread(target=self._loop.run_forever, name="model", daemon=True)
                self._thread.start()
            return self._loop

    def close(self, *last: Callable[[], Any]) -> None:
        """Cut off what still runs, then await what gives back connections, and end."""
        with self._lock:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is None or thread is None:
            return
        ending = asyncio.run_coroutine_threadsafe(_end(last), loop)
        try:
            ending.result(CLOSING)
        except TimeoutError:
            pass  # The process ends without it.
        loop.call_soon_threadsafe(loop.stop)
        thread.join(CLOSING)
        if not thread.is_alive():
            loop.close()


async def _end(last: tuple[Callable[[], Any], ...]) -> None:
    running = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    for close in last:
        await close()
    await asyncio.get_running_loop().shutdown_default_executor()
