"""Who may come in, and what every form has to carry: dependencies for the console's routes."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from adapters.console import forms, sessions
from adapters.console.context import Console
from adapters.console.forms import Form
from adapters.console.sessions import COOKIE, Session

FIELD, HEADER = "csrf", "x-csrf-token"
REFUSED = "この操作は確認できませんでした。ページを開き直して、もう一度お試しください。"
_HIGHEST = 2**31 - 1  # PostgreSQL's integer


class SignedOut(HTTPException):
    """Nobody is logged in: the login is shown."""


def console_of(request: Request) -> Console:
    """Give the console of the application."""
    found: Console = request.app.state.console
    return found


def signed_in(request: Request) -> Session:
    """Let in who is logged in; who is not is sent to the login, and back afterwards.

    Raises:
        SignedOut: Nobody is.
    """
    return _session(request, in_use=True)


def looking(request: Request) -> Session:
    """As `signed_in`, for what an open page fetches by itself: that nobody is there does not keep them logged in.

    Raises:
        SignedOut: Nobody is logged in.
    """
    return _session(request, in_use=False)


def administrator(session: Annotated[Session, Depends(signed_in)]) -> Session:
    """Let in administrators.

    Raises:
        HTTPException: 403 for other advisors.
    """
    if not session.account.is_administrator:
        raise HTTPException(403, "このページは管理者だけが使えます。")
    return session


async def posted(request: Request, session: Annotated[Session, Depends(signed_in)]) -> Form:
    """Read a form and check that a page of this session sent it.

    Raises:
        HTTPException: 403 where the token is missing or another's.
    """
    form = await forms.read(request)
    token = request.headers.get(HEADER) or form.raw(FIELD)
    if not same_site(request) or not hmac.compare_digest(token.encode(), session.csrf.encode()):
        raise HTTPException(403, REFUSED)
    return form


def storable(number: int) -> int:
    """Read an id from a path.

    Raises:
        HTTPException: 404 where no id is so high.
    """
    if number > _HIGHEST:
        raise HTTPException(404, "見つかりません。")
    return number


def same_site(request: Request) -> bool:
    """Tell whether no other site sent the browser here; browsers that don't say are believed."""
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


def _session(request: Request, *, in_use: bool) -> Session:
    found = sessions.current(console_of(request).store, request.cookies.get(COOKIE, ""), in_use=in_use)
    if found is None:
        raise SignedOut(401, "ログインしてください。")
    return found


SignedIn = Annotated[Session, Depends(signed_in)]
Looking = Annotated[Session, Depends(looking)]
Administrator = Annotated[Session, Depends(administrator)]
Number = Annotated[int, Depends(storable)]
Posted = Annotated[Form, Depends(posted)]
