"""The queue's page, and what open pages fetch of it every few seconds."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from adapters.console.context import Console, render
from adapters.console.gate import Looking, SignedIn
from adapters.console.menu import Entry
from adapters.console.words import RATINGS, STATES
from bot.opening import describe

HERE = "/console"
MENU = (Entry("相談", HERE),)


def routes(console: Console) -> APIRouter:
    """Make the routes of the queue."""
    router = APIRouter(include_in_schema=False)

    @router.get(HERE)
    def show(session: SignedIn) -> HTMLResponse:
        view = console.queue.view(session.account.key)
        return console.page(
            session,
            "board.html",
            here=HERE,
            view=view,
            hours=describe(console.opening),
            STATES=STATES,
            RATINGS=RATINGS,
        )

    @router.get("/console/queue")
    def queue(session: Looking, seen: str = "") -> Response:
        view = console.queue.view(session.account.key, fresh=False)
        if view.version == seen:
            # Nothing is swapped, so nothing is read out again.
            return Response(status_code=204)
        return render("queue.html", session=session, view=view, STATES=STATES, RATINGS=RATINGS)

    @router.get("/console/badge")
    def badge(session: Looking, seen: str = "") -> Response:
        view = console.queue.view(session.account.key, fresh=False)
        if seen == f"{len(view.waiting)}-{view.newest}":
            return Response(status_code=204)
        return render("badge.html", waiting=len(view.waiting), newest=view.newest)

    return router
