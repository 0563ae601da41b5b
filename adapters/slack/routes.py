"""`POST /slack/events`: Slack's events, buttons and commands."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from adapters.messages.inbox import Inbox
from adapters.settings import Settings

log = logging.getLogger(__name__)

UNREADABLE = "送られた形式を読めません。"
OLDEST = 5 * 60
"""Seconds after which a signature is refused: somebody may have kept it."""


def routes(settings: Settings, inbox: Inbox | None) -> APIRouter:
    """Make the route; without credentials or without an inbox it says why it is off (404)."""
    router = APIRouter(tags=["slack"])
    secret = settings.slack_signing_secret.get_secret_value()
    missing = [
        name
        for name, value in (
            ("IPPO_SLACK_SIGNING_SECRET", secret),
            ("IPPO_SLACK_BOT_TOKEN", settings.slack_bot_token.get_secret_value()),
        )
        if not value
    ]
    handle = None if missing or inbox is None else _bolt(settings, inbox)

    @router.post("/slack/events", summary="Slack's events, interactivity and slash commands", include_in_schema=False)
    async def receive(request: Request) -> Response:
        if handle is None:
            reason = f"Slack is off: set {' and '.join(missing)}." if missing else "Slack is off: no message store."
            return JSONResponse({"error": reason}, 404)
        body = await request.body()
        stated = (request.headers.get(name, "") for name in ("x-slack-request-timestamp", "x-slack-signature"))
        if not is_signed(secret, body, *stated):
            log.warning("slack signature refused")
            return JSONResponse({"error": "署名を確かめられません。"}, 401)
        if not is_readable(body, request.headers.get("content-type", "")):
            return JSONResponse({"error": UNREADABLE}, 400)
        return await handle(request, body)

    return router


def is_signed(secret: str, body: bytes, timestamp: str, signature: str, *, now: float | None = None) -> bool:
    """Check Slack's signature over the bytes as they came, before anything is made of them.

    Bolt's own check comes too late for us: it decodes and parses first, and fails on a time stamp that is no number.
    """
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12 and signature.isascii()):
        return False
    if abs((time.time() if now is None else now) - int(timestamp)) > OLDEST:
        return False
    made = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={made}", signature)


def is_readable(body: bytes, content_type: str) -> bool:
    """Tell whether Bolt can take a body apart: an object in JSON, a form, or an object in a form's `payload`."""
    try:
        text = body.decode()
        if content_type.partition(";")[0].strip().lower() == "application/json" or text.startswith("{"):
            return _is_payload(json.loads(text))
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=200)
        if "payload" in fields:
            return _is_payload(json.loads(fields["payload"][-1]))
    except (ValueError, RecursionError):
        return False
    return bool(fields)


def _is_payload(found: object) -> bool:
    """Tell whether Bolt's look into a payload goes well: objects where it expects them."""
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        return False
    if found["type"] == "event_callback":
        event = found.get("event")
        return isinstance(event, dict) and isinstance(event.get("type"), str)
    return True


def _bolt(settings: Settings, inbox: Inbox) -> Callable[[Request, bytes], Awaitable[Response]]:
    # Imported here: the SDK is only needed where Slack is on.
    from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response

    from adapters.slack.app import make_app, with_form

    app = make_app(settings, inbox)

    async def handle(request: Request, body: bytes) -> Response:
        try:
            asked = with_form(to_async_bolt_request(request, body))
            return to_starlette_response(await app.async_dispatch(asked))
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            # Signed, and yet shaped like nothing that Slack sends: Bolt's look for ids in it failed.
            log.warning("slack payload not understood", extra={"error": type(error).__name__})
            return JSONResponse({"error": UNREADABLE}, 400)

    return handle
