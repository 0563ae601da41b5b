"""Ends open streams when the server is told to stop.

uvicorn waits for open connections before it tells the application that it ends, and a stream is open until somebody
ends it; so the signal itself is listened to, before uvicorn's own handler hears it.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from fastapi import FastAPI

if TYPE_CHECKING:
    from adapters.web.live import Live

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def ending(live: Live) -> Callable[[FastAPI], AbstractAsyncContextManager[dict[str, Live]]]:
    """Make a lifespan that closes `live` at the first signal to stop, or at the application's end.

    A server that is stopped without a signal closes it by itself: it is `live` in the lifespan's state.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[dict[str, Live]]:
        with _heard(live, asyncio.get_running_loop()):
            yield {"live": live}
        live.close()

    return lifespan


@contextmanager
def _heard(live: Live, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's alone
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def stop(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(live.close)
        known = before[signal.Signals(number)]
        if callable(known):
            known(number, frame)

    # Where nobody listens to a signal, its default ends the process at once, as it should.
    mine = [number for number, known in before.items() if callable(known)]
    for number in mine:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, before[number])
