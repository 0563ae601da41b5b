"""What an advisor does with a case: each deed by the desk, in one transaction with its row in the audit."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import Connection, select
from starlette.concurrency import run_in_threadpool

from adapters.console import accounts
from adapters.console.case import case_page
from adapters.console.context import Console, see_other
from adapters.console.gate import Number, Posted, SignedIn
from adapters.console.menu import Entry
from adapters.console.sessions import Session
from adapters.desk import audit
from adapters.desk.cases import wait_for_claim
from adapters.desk.errors import DeskError
from adapters.desk.schema import notes
from adapters.messages.store import now
from bot.handoff.states import IllegalTransition

MENU: tuple[Entry, ...] = ()
PATIENCE = 12.0
"""Seconds that a claim waits until the bot's last call has ended."""
LOOK = 0.2
"""Seconds between looks for it."""
SAME = 60.0
"""Seconds in which a note with the same words is the same note."""
LONGEST = 5000
"""Characters of a reply or note."""
CHANGED = "この相談の状態が、ほかの操作で変わりました。いまの状態を表示しています。"
EMPTY = "文章を入力してください。"
TOO_LONG = f"{LONGEST}文字以内で書いてください。"
Deed = Callable[[Connection], None]


def routes(console: Console) -> APIRouter:
    """Make the routes of the deeds."""
    router = APIRouter(include_in_schema=False, prefix="/console/cases/{number:int}")
    desk = console.messaging.desk

    @router.post("/claim")
    async def claim(number: Number, form: Posted, session: SignedIn) -> Response:
        me = session.account.as_advisor()
        problem = await run_in_threadpool(
            _done, console, session, number, "claim", lambda connection: desk.claim(connection, number, me)
        )
        if problem:
            return await run_in_threadpool(case_page, console, session, number, 409, problem=problem)
        ends = time.monotonic() + PATIENCE
        # The page itself says where it still has to wait; a worker goes on looking.
        while not await run_in_threadpool(wait_for_claim, console.store, desk, number) and time.monotonic() < ends:
            await asyncio.sleep(LOOK)
        return see_other(f"/console/cases/{number}#reply-text")

    @router.post("/reply")
    def reply(number: Number, form: Posted, request: Request, session: SignedIn) -> Response:
        text = form.get("text")
        me = session.account.as_advisor()

        def deed(connection: Connection) -> None:
            # The text is part of the name: the same page sent from twice, with other words, is two messages.
            digest = hashlib.sha256(f"{form.get('key')} {text}".encode()).hexdigest()[:32]
            if not desk.reply(connection, number, me, text, key=f"console:{number}:{me.key}:{digest}"):
                raise _Again

        problem = _unusable(text) or _done(console, session, number, "reply", deed)
        return _answer(console, request, session, number, problem, sent="送りました。", unsent=text)

    @router.post("/note")
    def note(number: Number, form: Posted, request: Request, session: SignedIn) -> Response:
        text = form.get("text")
        me = session.account.as_advisor()

        def deed(connection: Connection) -> None:
            # A note that is sent anew because the line broke is the same note.
            if _noted(connection, number, me.key, text):
                raise _Again
            desk.note(connection, number, me, text)

        problem = _unusable(text) or _done(console, session, number, "note", deed)
        return _answer(console, request, session, number, problem, sent="メモを残しました。")

    @router.post("/return")
    def give_back(number: Number, form: Posted, request: Request, session: SignedIn) -> Response:
        me = session.account.as_advisor()
        problem = _done(console, session, number, "return", lambda c: desk.give_back(c, number, me))
        return _answer(console, request, session, number, problem)

    @router.post("/close")
    def close(number: Number, form: Posted, request: Request, session: SignedIn) -> Response:
        me = session.account.as_advisor()
        problem = _done(console, session, number, "close", lambda c: desk.close(c, number, me))
        return _answer(console, request, session, number, problem)

    @router.post("/hand-over")
    def hand_over(number: Number, form: Posted, request: Request, session: SignedIn) -> Response:
        me = session.account.as_advisor()
        chosen = form.get("to")
        with console.store.read() as connection:
            to = accounts.find(connection, int(chosen)) if chosen.isascii() and chosen.isdigit() else None
        if to is None or not to.active:
            problem = "引き継ぐ相手を選んでください。"
        else:
            heir = to.as_advisor()
            problem = _done(
                console,
                session,
                number,
                "hand-over",
                lambda connection: desk.hand_over(connection, number, me, heir),
                detail=heir.key,
            )
        return _answer(console, request, session, number, problem)

    return router


class _Again(Exception):
    """It was done before; nothing more is to be written down."""


def _done(console: Console, session: Session, number: int, action: str, deed: Deed, *, detail: str = "") -> str:
    """Do something with a case, and write down that it was done, or that it was refused.

    Returns:
        Why it was not done, in words; empty where it was.
    """
    row = {"who": session.account.key, "subject": f"case:{number}"}
    try:
        with console.store.write() as connection:
            deed(connection)
            audit.record(connection, action=action, detail=detail, **row)
    except _Again:
        return ""
    except (DeskError, IllegalTransition) as error:
        with console.store.write() as connection:
            audit.record(connection, action="refused", detail=f"{action}: {type(error).__name__}", **row)
        return str(error) if isinstance(error, DeskError) else CHANGED
    return ""


def _noted(connection: Connection, number: int, who: str, text: str) -> bool:
    mine = (notes.c.case_id == number) & (notes.c.author == who) & (notes.c.at > now() - SAME)
    return connection.execute(select(notes.c.id).where(mine, notes.c.text == text).limit(1)).first() is not None


def _unusable(text: str) -> str:
    return EMPTY if not text else TOO_LONG if len(text) > LONGEST else ""


def _answer(
    console: Console,
    request: Request,
    session: Session,
    number: int,
    problem: str,
    *,
    sent: str = "",
    unsent: str = "",
) -> Response:
    """Say what came of it: to a script in JSON, so that the page stays as it is; else by the page."""
    if request.headers.get("accept") == "application/json":
        body = {"said": problem or sent, "key": secrets.token_hex(8)}
        return JSONResponse(body, 409 if problem else 200, {"cache-control": "no-store"})
    if not problem:
        return see_other(f"/console/cases/{number}")
    try:
        return case_page(console, session, number, 409, problem=problem, unsent=unsent)
    except HTTPException as error:
        raise HTTPException(404, problem) from error
