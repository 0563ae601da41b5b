"""Logging in and out."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from adapters.console import accounts, forms, passwords, sessions
from adapters.console.context import Console, render, see_other
from adapters.console.gate import Posted, SignedIn, console_of, same_site
from adapters.desk.audit import happened, record

BEFORE = "ippo_console_login"
"""The cookie of the form: its token is good for the browser that was given it."""
WRONG = "ログイン名かパスワードが違います。"
STALE = "画面を開いてから時間がたっています。もう一度ログインしてください。"
AGAIN = "ログインの有効期間が終わりました。もう一度ログインしてください。書きかけの返信はこのブラウザーに残っています。"
TOO_OFTEN = "ログインの失敗が続いたため、しばらく受け付けません。{minutes}分ほどおいて、もう一度お試しください。"
_PATH = re.compile(r"/console(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_NONCE = re.compile(r"[A-Za-z0-9_-]{22}")


def routes(console: Console) -> APIRouter:
    """Make the routes of login and logout."""
    router = APIRouter(include_in_schema=False)

    @router.get("/console/login")
    def show(request: Request) -> Response:
        if sessions.current(console.store, request.cookies.get(sessions.COOKIE, ""), in_use=True):
            return see_other(_onward(request.query_params.get("next", "")))
        return form_page(console, request, onward=request.query_params.get("next", ""))

    @router.post("/console/login")
    async def log_in(request: Request) -> Response:
        form = await forms.read(request)
        onward, user = form.get("next"), form.get("user")
        nonce = request.cookies.get(BEFORE, "")
        token = _token(console, nonce) if nonce else ""
        if not same_site(request) or not token or not hmac.compare_digest(form.raw("csrf").encode(), token.encode()):
            return form_page(console, request, 403, problem=STALE, onward=onward, user=user)
        address = request.client.host if request.client else ""
        cookie, wait = await run_in_threadpool(_try, console, user.lower(), form.raw("password"), address)
        if wait:
            problem = TOO_OFTEN.format(minutes=-(-wait // 60))
            page = form_page(console, request, 429, problem=problem, onward=onward, user=user)
            page.headers["retry-after"] = str(wait)
            return page
        if cookie is None:
            return form_page(console, request, 401, problem=WRONG, onward=onward, user=user)
        response = see_other(_onward(onward))
        response.set_cookie(
            sessions.COOKIE,
            cookie,
            max_age=int(sessions.LONGEST),
            path="/console",
            httponly=True,
            samesite="strict",
            secure=console.is_secure,
        )
        return response

    @router.post("/console/logout")
    def log_out(form: Posted, session: SignedIn) -> Response:
        with console.store.write() as connection:
            sessions.end(connection, session)
            record(connection, who=session.account.key, action="logout", subject=session.account.key)
        response = see_other("/console")
        response.delete_cookie(sessions.COOKIE, path="/console")
        return response

    return router


async def signed_out(request: Request, error: Exception) -> Response:
    """Show the login to who asked for a page without being logged in; an exception handler for `SignedOut`."""
    console = console_of(request)
    if request.headers.get("hx-request"):
        # htmx follows this header with the whole page.
        return Response(status_code=401, headers={"hx-redirect": "/console"})
    path = request.url.path
    if request.method != "GET":
        return form_page(console, request, 401, problem=AGAIN)
    if request.headers.get("sec-fetch-site") == "cross-site":
        # A link in Slack: the browser keeps a strict cookie back until it comes from a page of ours.
        return render("onward.html", onward=_onward(path))
    if path != "/console":
        return see_other(f"/console/login?next={quote(path)}")
    return form_page(console, request)


def form_page(
    console: Console, request: Request, status: int = 200, *, problem: str = "", onward: str = "", user: str = ""
) -> HTMLResponse:
    """Give the page that asks who it is.

    Args:
        console: The console.
        request: The browser's.
        status: HTTP status.
        problem: What was wrong with the last try.
        onward: The page to go to afterwards.
        user: What was typed as login name.
    """
    nonce = request.cookies.get(BEFORE, "")
    known = bool(_NONCE.fullmatch(nonce))
    nonce = nonce if known else secrets.token_urlsafe(16)
    page = render(
        "login.html", status, problem=problem, onward=_onward(onward), user=user[:60], token=_token(console, nonce)
    )
    if not known:
        page.set_cookie(BEFORE, nonce, path="/console", httponly=True, samesite="strict", secure=console.is_secure)
    return page


def _try(console: Console, user: str, password: str, address: str) -> tuple[str | None, int]:
    """Try a login.

    Returns:
        The session's cookie, or None; the seconds to wait where nothing was tried.
    """
    attempt = console.attempts.begin(user, address)
    if attempt.wait:
        row = {"who": "unknown", "action": "login-refused", "subject": "login", "detail": f"from {address}"}
        with console.store.write() as connection:
            # Rows of the audit stay for good: who goes on and on is written down once a minute.
            if not happened(connection, within=60.0, **row):
                record(connection, **row)
        return None, attempt.wait
    with console.store.read() as connection:
        account, stored = accounts.by_login(connection, user)
    # An unknown name takes as long as a known one.
    right = passwords.matches(stored, password[: passwords.LONGEST + 1])
    if account is None or not right:
        with console.store.write() as connection:
            # Not the name that was typed: some type their password there.
            who = account.key if account else "unknown"
            record(connection, who=who, action="login-failed", subject="login", detail=f"from {address}")
        return None, 0
    console.attempts.forgive(attempt, user)
    with console.store.write() as connection:
        cookie = sessions.begin(connection, account.id)
        record(connection, who=account.key, action="login", subject=account.key, detail=f"from {address}")
    return cookie, 0


def _token(console: Console, nonce: str) -> str:
    # Named by its purpose: the same secret signs the cookies of the web chat.
    return hmac.digest(console.secret, f"ippo console login {nonce}".encode(), hashlib.sha256).hex()


def _onward(path: str) -> str:
    """Give a page of ours to go to; anything else would let a link lead elsewhere."""
    return path if _PATH.fullmatch(path) and not path.startswith("/console/log") else "/console"
