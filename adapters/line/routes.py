"""The webhook's route: check, store, acknowledge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from adapters.line import webhook
from adapters.settings import Settings, variable

if TYPE_CHECKING:
    from adapters.messages.inbox import Inbox


def missing(settings: Settings) -> list[str]:
    """Name the variables without which LINE is off."""
    needed = ("line_channel_secret", "line_channel_access_token")
    return [variable(name) for name in needed if not getattr(settings, name).get_secret_value()]


async def _raw(request: Request) -> bytes:
    return await request.body()


def routes(settings: Settings, inbox: Inbox | None) -> APIRouter:
    """Make the route; it exists also where LINE is off, to say why.

    Args:
        settings: The channel's secret, the names of what is missing.
        inbox: Where events go; None: nothing is taken in.
    """
    router = APIRouter(include_in_schema=False)
    secret = settings.line_channel_secret.get_secret_value()
    lacking = missing(settings)

    # Not async: the commit is waited for in a thread, and other requests go on meanwhile.
    @router.post("/line/webhook")
    def receive(request: Request, body: Annotated[bytes, Depends(_raw)]) -> JSONResponse:
        if lacking or inbox is None:
            return JSONResponse(
                {"error": f"LINE is off: {' and '.join(lacking) or 'the message store'} is missing"}, 404
            )
        if not webhook.is_signed(body, request.headers.get("x-line-signature", ""), secret):
            return JSONResponse({"error": "bad signature"}, 401)
        try:
            events = webhook.parse(body)
        except webhook.Malformed as error:
            return JSONResponse({"error": str(error)}, 400)
        # 200 means "stored": LINE will not send these again.
        inbox.take(events)
        return JSONResponse({})

    return router
