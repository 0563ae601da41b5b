"""The web application: routes joined, one table of errors, health."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from adapters.console.routes import include as include_console
from adapters.console.uploads import UPLOAD, UPLOAD_LIMIT
from adapters.health import messages, readiness
from adapters.line import routes as line
from adapters.metrics import exposition
from adapters.slack import routes as slack
from adapters.web import api, pages
from adapters.web.edge import BodyTooLarge, Edge, too_large
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from adapters.bootstrap import Ippo
    from adapters.messages.service import Messaging

log = logging.getLogger(__name__)


def create_app(ippo: Ippo, messaging: Messaging | None = None) -> FastAPI:
    """Make the application around one set of services; closing them is the caller's.

    Args:
        ippo: Who answers.
        messaging: The message store; without it there are pages only, no channel.
    """
    app = FastAPI(
        title="Ippo",
        version="0.1.0",
        description="Sourced answers for a small business's first step to decarbonisation.",
        # FastAPI's own page loads its script from elsewhere; ours is in `web/`.
        docs_url=None,
        redoc_url=None,
    )
    if messaging is not None:
        app.include_router(api.routes(ippo, messaging))
    app.include_router(pages.routes(ippo))
    app.include_router(line.routes(ippo.settings, messaging.inbox if messaging else None))
    app.include_router(slack.routes(ippo.settings, messaging.inbox if messaging else None))
    include_console(app, ippo, messaging)
    app.mount("/static", StaticFiles(directory=pages.FOLDER / "static"), name="static")

    @app.get("/healthz", tags=["health"], summary="Alive")
    def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @app.get("/readyz", tags=["health"], summary="Able to work; 503 names what is missing")
    def readyz() -> JSONResponse:
        checks = [*readiness(ippo), *(messages(messaging) if messaging else [])]
        missing = [check.name for check in checks if not check.good]
        body = {"ready": not missing, "missing": missing, "checks": {check.name: check.finding for check in checks}}
        return JSONResponse(body, 503 if missing else 200)

    if messaging is not None:

        @app.get("/metrics", tags=["health"], summary="Figures for Prometheus")
        def metrics() -> Response:
            return Response(exposition(messaging), media_type="text/plain; version=0.0.4; charset=utf-8")

    _explain_errors(app)
    app.add_middleware(Edge, failed=_failed, large={UPLOAD: UPLOAD_LIMIT})
    return app


def _explain_errors(app: FastAPI) -> None:
    """Turn each error into one calm sentence; the cause goes to the log."""

    @app.exception_handler(RequestValidationError)
    async def unusable(_request: Request, error: RequestValidationError) -> Response:
        # What was sent is not repeated: it may hold half a character, which no reply can.
        fields = sorted({str(problem["loc"][-1]) for problem in error.errors()})
        said = (
            "メッセージは1文字以上、5,000文字以内で送ってください。"
            if "text" in fields
            else "送られた形式を読めません。"
        )
        return JSONResponse({"error": said, "fields": fields}, 422)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        if isinstance(error, BodyTooLarge):
            return too_large(request.url.path, error.limit)
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": str(error.detail)}, error.status_code, error.headers)
        if error.status_code == 404:
            return pages.message(404, "ページが見つかりません", "アドレスをご確認ください。")
        if request.url.path.startswith("/console"):
            return pages.message(error.status_code, "この操作はできませんでした", str(error.detail))
        return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)

    @app.exception_handler(KnowledgeError)
    async def unavailable(request: Request, error: KnowledgeError) -> Response:
        log.error("knowledge unavailable", extra={"error": str(error)})
        said = "ただいま資料を調べられません。少し待ってから、もう一度お試しください。"
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": said}, 503)
        return pages.message(503, "ただいま資料を開けません", said)


def _failed(path: str) -> Response:
    said = "申し訳ありません。うまく処理できませんでした。もう一度お試しください。"
    if path.startswith("/api/"):
        return JSONResponse({"error": said}, 500)
    return pages.message(500, "うまく処理できませんでした", said)
