"""Storing events without holding up the event loop, those that wait together in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from adapters.messages.inbox import Inbox
from adapters.messages.model import Incoming
from knowledge.errors import KnowledgeError


class Taking:
    """Takes events in, for one event loop.

    A commit waits for the disk and for the workers' commits. In a burst each request would wait for every commit
    before its own; together they wait for one.
    """

    def __init__(self, inbox: Inbox) -> None:
        """Take where events go."""
        self._inbox = inbox
        self._waiting: list[tuple[Sequence[Incoming], asyncio.Future[None]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def take(self, found: Sequence[Incoming]) -> None:
        """Store events; they are stored once it returns.

        Raises:
            StoreUnavailable: They were not.
        """
        if not found:
            return
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((found, stored))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store())
        # A sender who hangs up meanwhile changes nothing for the others.
        await asyncio.shield(stored)

    async def _store(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting, []
            try:
                await asyncio.to_thread(self._inbox.take, [event for found, _ in together for event in found])
            except KnowledgeError as error:
                _end(together, error)
            except Exception:
                await self._one_by_one(together)
            else:
                _end(together, None)

    async def _one_by_one(self, together: Sequence[tuple[Sequence[Incoming], asyncio.Future[None]]]) -> None:
        """Store what can be stored: one that the database refuses does not sink the others."""
        for found, stored in together:
            try:
                await asyncio.to_thread(self._inbox.take, found)
            except Exception as error:
                _end([(found, stored)], error)
            else:
                _end([(found, stored)], None)


def _end(together: Sequence[tuple[Sequence[Incoming], asyncio.Future[None]]], error: Exception | None) -> None:
    for _, stored in together:
        if stored.done():
            continue
        if error is None:
            stored.set_result(None)
        else:
            stored.set_exception(error)
