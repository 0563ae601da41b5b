"""The webhook's route: check, store, acknowledge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from adapters.line import webhook
from adapters.messages.taking import Taking
from adapters.settings import Settings, variable

if TYPE_CHECKING:
    from adapters.messages.inbox import Inbox


def missing(settings: Settings) -> list[str]:
    """Name the variables without which LINE is off."""
    needed = ("line_channel_secret", "line_channel_access_token")
    return [variable(name) for name in needed if not getattr(settings, name).get_secret_value()]


def routes(settings: Settings, inbox: Inbox | None) -> APIRouter:
    """Make the route; it exists also where LINE is off, to say why.

    Args:
        settings: The channel's secret, the names of what is missing.
        inbox: Where events go; None: nothing is taken in.
    """
    router = APIRouter(include_in_schema=False)
    secret = settings.line_channel_secret.get_secret_value()
    lacking = missing(settings)
    taking = None if lacking or inbox is None else Taking(inbox)

    @router.post("/line/webhook")
    async def receive(request: Request) -> JSONResponse:
        if taking is None:
            return JSONResponse(
                {"error": f"LINE is off: {' and '.join(lacking) or 'the message store'} is missing"}, 404
            )
        body = await request.body()
        if not webhook.is_signed(body, request.headers.get("x-line-signature", ""), secret):
            return JSONResponse({"error": "bad signature"}, 401)
        try:
            events = webhook.parse(body)
        except webhook.Malformed as error:
            return JSONResponse({"error": str(error)}, 400)
        # 200 means "stored": LINE will not send these again.
        await taking.take(events)
        return JSONResponse({})

    return router
