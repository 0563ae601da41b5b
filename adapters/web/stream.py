"""A visitor's conversation as server-sent events.

    event: reply      id: the reply's id; data: a `MessageOut`
    event: typing     data: {"pending": [client ids]}, whenever that changes
    event: forgotten  the conversation was forgotten, here or in another tab; the stream ends

A stream goes on after the reply with the id that its client names; the browser does so by itself.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from adapters.web.live import Live
from adapters.web.shapes import MessageOut
from adapters.web.store import Sight, WebStore
from knowledge.errors import StoreUnavailable

PER_VISITOR = 4
"""Streams of one visitor; browsers open six connections to a server, and one has to be left to send."""
ALTOGETHER = 1000
HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that nobody in between takes the line for dead."""
_AGAIN = 2000  # milliseconds until the browser connects again
_HEADERS = {
    "cache-control": "no-store",
    # nginx would hold the events back until its buffer is full.
    "x-accel-buffering": "no",
}


def has_room(live: Live, visitor: str) -> bool:
    """Tell whether a visitor may have one more stream."""
    return not live.closed and live.count(visitor) < PER_VISITOR and live.count() < ALTOGETHER


def stream(live: Live, store: WebStore, visitor: str, after: int) -> StreamingResponse:
    """Give the events of a visitor's conversation.

    Args:
        live: Tells when to look.
        store: Where the replies are.
        visitor: Whose.
        after: Id of the last reply that is known already, 0: none.
    """
    return StreamingResponse(_events(live, store, visitor, after), media_type="text/event-stream", headers=_HEADERS)


async def _events(live: Live, store: WebStore, visitor: str, after: int) -> AsyncIterator[str]:
    with live.listen(visitor, eager=False) as listener:
        # Something at once: a client then knows that it is connected.
        yield f"retry: {_AGAIN}\n\n"
        told = Sight()
        while not live.closed:
            sight = listener.sight
            if told.conversation is not None and sight.conversation != told.conversation:
                yield event("forgotten", "{}")
                return
            if sight != told:
                try:
                    replies = await _replies(store, sight, after)
                except StoreUnavailable:
                    # The browser comes back, with the last reply that it has.
                    return
                for reply in replies:
                    yield event("reply", reply.model_dump_json(), reply.id)
                    after = reply.id
                if sight.pending != told.pending or told.conversation is None:
                    yield event("typing", json.dumps({"pending": sight.pending}, ensure_ascii=False))
                told = sight
            if not await listener.news(HEARTBEAT):
                yield ": still here\n\n"


async def _replies(store: WebStore, sight: Sight, after: int) -> list[MessageOut]:
    if sight.conversation is None or sight.last <= after:
        return []
    return await run_in_threadpool(store.replies, sight.conversation, after)


def event(name: str, text: str, number: int | None = None) -> str:
    """Spell an event; its text is JSON and so has no line break."""
    lines = [] if number is None else [f"id: {number}"]
    return "\n".join([*lines, f"event: {name}", f"data: {text}", "", ""])
