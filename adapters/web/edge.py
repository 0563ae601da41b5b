"""What holds for every request: a bounded body, security headers, a reply whatever happens, one log line."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

BODY_LIMIT = 1024 * 1024  # bytes
TOO_LARGE = "送られた内容が大きすぎます。1 MiB までにしてください。"

HEADERS = {
    # Everything comes from here and nothing runs inline, so that a document's text can never become a script.
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Edge:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, failed: Callable[[str], Response]) -> None:
        """Wrap an application.

        Args:
            app: The application.
            failed: Makes the reply to a request, by its path, that ended in an exception.
        """
        self._app = app
        self._failed = failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with its body counted while it is read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0  # until the reply has begun
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > BODY_LIMIT:
                # While reading: a chunked body states no length beforehand.
                raise HTTPException(413, TOO_LARGE, {"connection": "close"})
            return message

        async def with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            if _stated_length(scope) > BODY_LIMIT:
                refusal = JSONResponse({"error": TOO_LARGE}, 413, {"connection": "close"})
                await refusal(scope, receive, with_headers)
            else:
                await self._app(scope, bounded, with_headers)
        except Exception:
            log.exception("request failed")
            if status:
                raise
            await self._failed(scope["path"])(scope, receive, with_headers)
        finally:
            # The route's pattern rather than the path: which source a person opened is theirs.
            route = getattr(scope.get("route"), "path", "")
            elapsed = round((time.perf_counter() - started) * 1000, 1)
            log.info(
                "served", extra={"method": scope["method"], "route": route, "status": status, "elapsed_ms": elapsed}
            )


def _stated_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
