"""The queue: who waits, who is looked after by whom."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from adapters.console.context import Console
from adapters.console.gate import SignedIn
from adapters.console.menu import Entry

HERE = "/console"
MENU = (Entry("相談", HERE),)


def routes(console: Console) -> APIRouter:
    """Make the routes of the queue."""
    router = APIRouter(include_in_schema=False)

    @router.get(HERE)
    def show(session: SignedIn) -> HTMLResponse:
        return console.page(session, "board.html", here=HERE)

    return router
