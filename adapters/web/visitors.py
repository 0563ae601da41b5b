"""Who writes, without asking who they are: a random id in a signed cookie.

The cookie says which conversation is this browser's. Its signature keeps anyone from writing a cookie of their own,
for instance with an id seen in a log: what is not signed by us is a new visitor.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode

from fastapi import Request, Response

COOKIE = "ippo_visitor"
_MONTH = 30 * 24 * 60 * 60  # seconds
_SHAPE = re.compile(r"([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})")


class Visitors:
    """Signs and checks the cookies of one installation."""

    def __init__(self, secret: bytes, *, secure: bool) -> None:
        """Take what is signed with.

        Args:
            secret: At least 32 bytes, the same in every process and after a restart.
            secure: Whether browsers may send the cookie over https alone.
        """
        self._secret = secret
        self._secure = secure

    def of(self, request: Request) -> str | None:
        """Tell whose request it is: 22 characters; None where no cookie of ours came along."""
        found = _SHAPE.fullmatch(request.cookies.get(COOKIE, ""))
        if found is None or not hmac.compare_digest(found[2], self._sign(found[1])):
            return None
        return found[1]

    def welcome(self, response: Response) -> str:
        """Make a new visitor and give the browser their cookie."""
        visitor = secrets.token_urlsafe(16)
        response.set_cookie(
            COOKIE,
            f"{visitor}.{self._sign(visitor)}",
            max_age=_MONTH,
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )
        return visitor

    def _sign(self, visitor: str) -> str:
        # Named by its purpose, so that a signature made with the same secret elsewhere is none here.
        digest = hmac.digest(self._secret, f"ippo visitor {visitor}".encode(), hashlib.sha256)
        return urlsafe_b64encode(digest).rstrip(b"=").decode()
