"""The console's routes joined; where it is off, they say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from adapters.bootstrap import Ippo
from adapters.console import (
    account,
    acting,
    aids,
    approving,
    board,
    case,
    drafts,
    figures,
    knowledge,
    login,
    model,
    people,
    phrases,
    trail,
    unanswered,
)
from adapters.console.accounts import ensure_admin
from adapters.console.attempts import Attempts
from adapters.console.context import FOLDER, Console
from adapters.console.gate import SignedOut
from adapters.console.menu import Entry
from adapters.console.waiting import Queue
from adapters.messages.service import Messaging
from adapters.settings import variable
from adapters.web import pages
from adapters.web.store import WebStore
from bot import hours


class Page(Protocol):
    """A module of this package that brings pages."""

    @property
    def MENU(self) -> Sequence[Entry]:  # noqa: N802 - a module's constant
        """Its entries in the menu."""

    def routes(self, console: Console) -> APIRouter:
        """Make its routes."""


PAGES: Sequence[Page] = (
    board,
    case,
    acting,
    aids,
    unanswered,
    drafts,
    approving,
    figures,
    knowledge,
    model,
    phrases,
    people,
    trail,
    account,
)
"""In the order of their entries in the menu."""


def include(app: FastAPI, ippo: Ippo, messaging: Messaging | None) -> None:
    """Add the console to an application, or pages that say why it is off.

    Args:
        app: The application.
        ippo: Who answers, and the settings.
        messaging: Where conversations and cases are; None: there is no console.
    Raises:
        StoreUnavailable: The database cannot be reached.
    """
    password = ippo.settings.console_password.get_secret_value()
    if messaging is None or not password:
        app.include_router(_off())
        return
    ensure_admin(messaging.store, password)
    opening = hours.parse(ippo.settings.hours)
    console = Console(
        ippo,
        messaging,
        WebStore(messaging.store).secret(),
        Attempts(messaging.store),
        Queue(messaging.store, opening, messaging.talker.now),
        opening,
        menu=[entry for page in PAGES for entry in page.MENU],
    )
    app.state.console = console
    app.mount("/console/static", StaticFiles(directory=FOLDER / "static"), name="console-static")
    app.add_exception_handler(SignedOut, login.signed_out)
    app.include_router(login.routes(console))
    for page in PAGES:
        app.include_router(page.routes(console))


def _off() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/console")
    @router.get("/console/{rest:path}")
    @router.post("/console/{rest:path}")
    def off(rest: str = "") -> HTMLResponse:
        setting = variable("console_password")
        return pages.message(
            404,
            "相談員の画面は使えません",
            f"設定 {setting} に管理者 admin のパスワードを入れて起動すると、使えるようになります。",
        )

    return router
