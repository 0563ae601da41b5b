"""One's own account: a new password."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from adapters.console import accounts, passwords, sessions
from adapters.console.context import Console
from adapters.console.gate import Posted, SignedIn
from adapters.console.menu import Entry
from adapters.console.people import SHORT
from adapters.console.sessions import Session
from adapters.desk.audit import record

HERE = "/console/account"
MENU = (Entry("アカウント", HERE),)
SET = "admin のパスワードは、設定 IPPO_CONSOLE_PASSWORD で決まります。"
WRONG = "いまのパスワードが違います。"
DIFFERENT = "新しいパスワードが、2つの欄で違っています。"
DONE = "パスワードを変えました。ほかの端末はログアウトしました。"


def routes(console: Console) -> APIRouter:
    """Make the routes of one's own account."""
    router = APIRouter(include_in_schema=False)

    @router.get(HERE)
    def show(session: SignedIn) -> HTMLResponse:
        return page(session)

    @router.post(HERE + "/password")
    def change(form: Posted, session: SignedIn, request: Request) -> Response:
        mine = session.account
        fresh = form.raw("fresh")
        if mine.is_set:
            return page(session, 422, problem=SET)
        # An unattended browser must not become a way to try passwords.
        address = request.client.host if request.client else ""
        attempt = console.attempts.begin(mine.login, address)
        if attempt.wait:
            found = page(session, 429, problem="失敗が続いたため、しばらく受け付けません。")
            found.headers["retry-after"] = str(attempt.wait)
            return found
        with console.store.read() as connection:
            _, stored = accounts.by_login(connection, mine.login)
        if not passwords.matches(stored, form.raw("current")[: passwords.LONGEST + 1]):
            return page(session, 422, problem=WRONG)
        console.attempts.forgive(attempt, mine.login)
        if not passwords.SHORTEST <= len(fresh) <= passwords.LONGEST:
            return page(session, 422, problem=SHORT)
        if fresh != form.raw("again"):
            return page(session, 422, problem=DIFFERENT)
        hashed = passwords.hashed(fresh)
        with console.store.write() as connection:
            accounts.change(connection, mine.id, password=hashed)
            sessions.end_all(connection, mine.id, but=session.token)
            record(connection, who=mine.key, action="password-change", subject=mine.key)
        return page(session, done=DONE)

    def page(session: Session, status: int = 200, *, problem: str = "", done: str = "") -> HTMLResponse:
        return console.page(session, "account.html", here=HERE, status=status, problem=problem, done=done)

    return router
