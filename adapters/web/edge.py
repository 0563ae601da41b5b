"""What holds for every request: a bounded body, security headers, a reply whatever happens, one log line."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from adapters.web import pages

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

BODY_LIMIT = 1024 * 1024  # bytes
_TAKEN = "ippo.body"
"""Where a request's scope holds what may be read of its body."""

HEADERS = {
    # Everything comes from here and nothing runs inline, so that a document's text can never become a script.
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class _Body:
    """How much of a request's body was read, and may be."""

    def __init__(self) -> None:
        self.read = 0
        self.limit = BODY_LIMIT


def allow(request: Request, limit: int) -> None:
    """Let more of a request's body be read than of others: the route has seen who sent it.

    Args:
        request: One to a path that the edge knows to take large bodies.
        limit: Bytes in all.
    """
    body: _Body = request.scope[_TAKEN]
    body.limit = limit


def too_large(path: str, limit: int) -> Response:
    """Say that a body is larger than it may be: on a page, or in JSON where no page was asked for."""
    said = f"送られた内容が大きすぎます。{limit // BODY_LIMIT} MiB までにしてください。"
    close = {"connection": "close"}
    if path.startswith("/console/"):
        page = pages.message(413, "大きすぎます", said)
        page.headers.update(close)
        return page
    return JSONResponse({"error": said}, 413, close)


class BodyTooLarge(HTTPException):
    """More came than may be read."""

    def __init__(self, limit: int) -> None:
        super().__init__(413)
        self.limit = limit


class Edge:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, failed: Callable[[str], Response], large: Mapping[str, int] | None = None) -> None:
        """Wrap an application.

        Args:
            app: The application.
            failed: Makes the reply to a request, by its path, that ended in an exception.
            large: Paths whose requests may state a longer body, in bytes. It is read only as far as others' until the
                route has seen who sends it and says `allow`.
        """
        self._app = app
        self._failed = failed
        self._large = large or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with its body counted while it is read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0  # until the reply has begun
        path = scope["path"]
        body = scope[_TAKEN] = _Body()

        async def bounded() -> Message:
            message = await receive()
            body.read += len(message.get("body", b""))
            if body.read > body.limit:
                # While reading: a chunked body states no length beforehand.
                raise BodyTooLarge(body.limit)
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
            if _stated_length(scope) > (longest := self._large.get(path, BODY_LIMIT)):
                await too_large(path, longest)(scope, receive, with_headers)
            else:
                await self._app(scope, bounded, with_headers)
        except Exception:
            log.exception("request failed")
            if status:
                raise
            await self._failed(path)(scope, receive, with_headers)
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
