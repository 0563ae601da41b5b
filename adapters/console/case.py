"""A case's page: what was said, and everything that helps to answer."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from adapters.console import accounts
from adapters.console.context import Console, render
from adapters.console.dossier import Dossier, dossier
from adapters.console.gate import Looking, Number, SignedIn
from adapters.console.menu import Entry
from adapters.console.sessions import Session
from adapters.desk import audit
from adapters.desk.facts import told
from adapters.desk.schema import templates

MENU: tuple[Entry, ...] = ()
SEEN = 10 * 60.0
"""Seconds in which a case that is looked at again is written down once."""


def routes(console: Console) -> APIRouter:
    """Make the routes of a case's page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/console/cases/{number:int}")
    def show(number: Number, session: SignedIn) -> HTMLResponse:
        return case_page(console, session, number)

    @router.get("/console/cases/{number:int}/live")
    def live(number: Number, session: Looking, seen: str = "") -> Response:
        with console.store.read() as connection:
            found = dossier(connection, number, session.account, console.queue)
        if found is None:
            return Response(status_code=204)
        if found.version == seen:
            return Response(status_code=204)
        return render("live.html", session=session, case=found)

    return router


def case_page(
    console: Console, session: Session, number: int, status: int = 200, *, problem: str = "", unsent: str = ""
) -> HTMLResponse:
    """Give a case's page, and write down that it was seen.

    Args:
        console: The console.
        session: Who looks.
        number: Id of the case.
        status: HTTP status.
        problem: What could not be done, in words.
        unsent: A reply that was not sent, to be put back into its box.
    Raises:
        HTTPException: 404.
    """
    with console.store.read() as connection:
        found = dossier(connection, number, session.account, console.queue)
        if found is None:
            raise HTTPException(404, "この相談は見つかりません。")
        card = told(connection, number, console.now().date())
        values: dict[str, Any] = {
            "summary": card.lines,
            "phrases": connection.execute(select(templates).order_by(templates.c.title)).mappings().all(),
            "colleagues": [one for one in accounts.everybody(connection) if one.active and one.key != found.holder],
        }
    _seen(console, session, found)
    return console.page(
        session,
        "case.html",
        here="",
        status=status,
        case=found,
        key=secrets.token_hex(8),
        problem=problem,
        unsent=unsent,
        **values,
    )


def _seen(console: Console, session: Session, case: Dossier) -> None:
    row: dict[str, Any] = {"who": session.account.key, "action": "view", "subject": f"case:{case.id}", "detail": ""}
    with console.store.read() as connection:
        if audit.happened(connection, within=SEEN, **row):
            return
    with console.store.write() as connection:
        audit.record(connection, **row)
