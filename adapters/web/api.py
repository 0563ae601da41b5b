"""The web chat's API: messages in, replies out, at once or by a stream."""

from __future__ import annotations

import math
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from adapters.bootstrap import Ippo
from adapters.messages.inbox import Inbox
from adapters.messages.model import Incoming, Kind
from adapters.messages.service import Messaging
from adapters.web.channel import WebChannel
from adapters.web.ending import ending
from adapters.web.limits import Limits
from adapters.web.live import Live
from adapters.web.shapes import ConversationOut, MessageIn, MessageOut, Pending, VoteIn
from adapters.web.store import Standing, WebStore
from adapters.web.stream import has_room, stream
from adapters.web.visitors import Visitors

PATIENCE = 8.0
"""Seconds that a message's sender waits for the reply before the stream brings it."""
_HIGHEST = 2**31 - 1  # PostgreSQL's integer
TOO_MANY = "続けてたくさんのメッセージをいただいています。{seconds}秒ほどおいて、もう一度お送りください。"
TOO_MANY_STREAMS = "同じ会話を開いている画面が多すぎます。使っていない画面を閉じてください。"
FORGOTTEN = "この会話は終了しました。もう一度お送りいただくと、新しい会話が始まります。"
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "Events `reply`, `typing` and `forgotten`."}
}


def routes(ippo: Ippo, messaging: Messaging) -> APIRouter:
    """Make the API's routes for one set of services.

    Args:
        ippo: For its settings.
        messaging: Where messages are stored; a worker of this or another process answers them.
    Raises:
        StoreUnavailable: The database cannot be reached.
    """
    store = WebStore(messaging.store)
    live = Live(store)
    secure = ippo.settings.public_url.startswith("https://")
    visitors = Visitors(store.secret(), secure=secure)
    counted = Limits()
    router = APIRouter(prefix="/api", tags=["web chat"], lifespan=ending(live))

    @router.post(
        "/messages",
        summary="Send a message, get its reply; 202 where that takes longer",
        response_model=MessageOut,
        responses={202: {"model": Pending}},
    )
    async def post_message(message: MessageIn, request: Request, response: Response) -> MessageOut | Response:
        visitor = visitors.of(request) or visitors.welcome(response)
        wait = counted.wait(visitor)
        # A message that is here already costs nothing new: whoever asks for its reply again may.
        if wait and not (await run_in_threadpool(store.standing, visitor, message.client_id)).known:
            raise _too_many(wait)
        await run_in_threadpool(_take, messaging.inbox, visitor, message)
        standing = await live.standing(visitor, message.client_id, PATIENCE)
        return standing.reply or _later(message.client_id, standing, response)

    @router.get("/messages", summary="The conversation so far")
    async def get_messages(request: Request, response: Response) -> ConversationOut:
        response.headers["cache-control"] = "no-store"
        visitor = visitors.of(request)
        if visitor is None:
            # Known from here on: the page's stream and its first message belong together.
            visitors.welcome(response)
            return ConversationOut(messages=[], last_id=0)
        return await run_in_threadpool(store.conversation, visitor)

    @router.delete("/messages", status_code=204, summary="Forget the conversation, begin anew")
    async def delete_messages(request: Request, response: Response) -> None:
        visitor = visitors.of(request)
        if visitor is not None:
            await run_in_threadpool(store.forget, visitor, posting=messaging.desk.posting)
        visitors.welcome(response)

    @router.post("/votes", status_code=204, summary="Say whether a reply helped; the last word counts")
    async def post_vote(vote: VoteIn, request: Request) -> None:
        visitor = visitors.of(request)
        if visitor is None:
            raise HTTPException(404, FORGOTTEN)
        wait = counted.wait(visitor)
        if wait:
            raise _too_many(wait)
        await run_in_threadpool(_take_vote, messaging.inbox, visitor, vote)

    @router.get("/events", summary="Replies as server-sent events", response_class=Response, responses=_EVENTS)
    async def get_events(
        request: Request,
        after: Annotated[str, Query(description="Id of the last reply that is known, for the first connect.")] = "",
        last_event_id: Annotated[str, Header(description="The same, as browsers send it; it counts first.")] = "",
    ) -> Response:
        visitor = visitors.of(request)
        if visitor is None:
            # "No content" tells a browser not to come back.
            return Response(status_code=204)
        if not has_room(live, visitor):
            raise HTTPException(429, TOO_MANY_STREAMS, {"retry-after": "30"})
        return stream(live, store, visitor, _number(last_event_id) or _number(after))

    return router


def _take(inbox: Inbox, visitor: str, message: MessageIn) -> None:
    inbox.take(
        [
            Incoming(
                channel=WebChannel.name,
                conversation=visitor,
                keys=(f"{WebChannel.name}:{visitor}:{message.client_id}",),
                kind=Kind.TEXT,
                text=message.text,
                person=visitor,
                message=message.client_id,
                address={"client_id": message.client_id},
            )
        ]
    )


def _take_vote(inbox: Inbox, visitor: str, vote: VoteIn) -> None:
    inbox.take(
        [
            Incoming(
                channel=WebChannel.name,
                conversation=visitor,
                # Each side once: a second tap on the same button is no news.
                keys=(f"{WebChannel.name}:{visitor}:vote:{vote.id}:{vote.vote}",),
                kind=Kind.VOTE,
                text=vote.vote,
                person=visitor,
                message=str(vote.id),
            )
        ]
    )


def _later(client_id: str, standing: Standing, response: Response) -> Response:
    """Say that the reply comes later, or that this conversation is no more."""
    if not standing.known:
        # It was taken in before, and its conversation has been forgotten since.
        raise HTTPException(410, FORGOTTEN)
    pending = Pending(client_id=client_id, status="pending" if standing.pending else "received")
    found = JSONResponse(pending.model_dump(), 202)
    if cookie := response.headers.get("set-cookie"):
        found.headers["set-cookie"] = cookie
    return found


def _too_many(wait: float) -> HTTPException:
    seconds = math.ceil(wait)
    return HTTPException(429, TOO_MANY.format(seconds=seconds), {"retry-after": str(seconds)})


def _number(text: str) -> int:
    return min(int(text), _HIGHEST) if text.isascii() and text.isdigit() and len(text) < 20 else 0
