"""Tells requests and streams when something happens in a conversation, whichever process did it.

One look at the database serves everybody who listens in this process, however many there are; nobody holds a thread
while waiting. Where nobody listens nothing is looked at.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.concurrency import run_in_threadpool

from adapters.web.store import Sight, Standing, WebStore
from knowledge.errors import StoreUnavailable

log = logging.getLogger(__name__)

EAGER = 0.05
"""Seconds between looks while someone waits for a reply to what they have just sent."""
CALM = 0.3
"""Seconds between looks while there are open streams only."""
_BROKEN = 1.0
"""Seconds until the next look after the database could not be reached."""


class Listener:
    """One request or stream that listens to one visitor's conversation."""

    def __init__(self, visitor: str, *, eager: bool) -> None:
        """Begin to listen; see `Live.listen`."""
        self.visitor = visitor
        self.eager = eager
        self.sight = Sight()
        """How the conversation looked when it was last looked at."""
        self._news = asyncio.Event()

    async def news(self, within: float) -> bool:
        """Wait until the conversation looks different, the application ends, or so many seconds have passed.

        Returns:
            False: nothing happened.
        """
        try:
            async with asyncio.timeout(within):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        return True

    def tell(self, sight: Sight | None = None) -> None:
        """Wake who waits."""
        if sight is not None:
            self.sight = sight
        self._news.set()


class Live:
    """Watches the conversations that someone listens to. For one event loop."""

    def __init__(self, store: WebStore) -> None:
        """Take the database."""
        self._store = store
        self._listeners: set[Listener] = set()
        self._looking: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self.closed = False

    def close(self) -> None:
        """Let everybody who waits go, and accept nobody more."""
        self.closed = True
        self._hurry.set()
        for listener in self._listeners:
            listener.tell()

    def count(self, visitor: str | None = None) -> int:
        """Count the streams, of one visitor or all."""
        return sum(
            not listener.eager and (visitor is None or listener.visitor == visitor) for listener in self._listeners
        )

    @contextmanager
    def listen(self, visitor: str, *, eager: bool) -> Iterator[Listener]:
        """Listen to a visitor's conversation; the first news tells how it looks now.

        Args:
            visitor: Whose.
            eager: Whether someone sits and waits: it is looked at more often.
        """
        listener = Listener(visitor, eager=eager)
        self._listeners.add(listener)
        if eager:
            self._hurry.set()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on(), name="web-chat-live")
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def standing(self, visitor: str, client_id: str, within: float) -> Standing:
        """Wait for a message's reply.

        Args:
            visitor: Whose message.
            client_id: Its id.
            within: Seconds.
        Returns:
            Where the message stands once there is nothing more to wait for, or after that time.
        Raises:
            StoreUnavailable: The database cannot be reached.
        """
        ends = time.monotonic() + within
        with self.listen(visitor, eager=True) as listener:
            while True:
                found = await run_in_threadpool(self._store.standing, visitor, client_id)
                left = ends - time.monotonic()
                if not found.pending or left <= 0 or self.closed:
                    return found
                await listener.news(left)

    async def _look_on(self) -> None:
        """Look, and tell those whose conversation has changed, as long as there is anyone."""
        while self._listeners and not self.closed:
            pause = await self._look()
            self._hurry.clear()
            # Never more often than this, however many come in.
            await asyncio.sleep(EAGER)
            if pause > EAGER and not any(listener.eager for listener in self._listeners):
                try:
                    async with asyncio.timeout(pause - EAGER):
                        await self._hurry.wait()
                except TimeoutError:
                    pass

    async def _look(self) -> float:
        listeners = list(self._listeners)
        try:
            sights = await run_in_threadpool(self._store.look, sorted({one.visitor for one in listeners}))
        except StoreUnavailable as error:
            log.error("conversations cannot be watched", extra={"error": str(error)})
            return _BROKEN
        except Exception:
            # Nobody else would wake who waits.
            log.exception("conversations cannot be watched")
            return _BROKEN
        for listener in listeners:
            sight = sights[listener.visitor]
            if sight != listener.sight:
                listener.tell(sight)
        return CALM
