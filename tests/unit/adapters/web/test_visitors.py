"""The signed cookie: ours, or nobody's."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest
from fastapi import Request, Response

from adapters.web.visitors import COOKIE, Visitors

SECRET = b"0" * 32


def welcome(visitors: Visitors) -> tuple[str, str, str]:
    """A new visitor: id, cookie's value, header."""
    response = Response()
    visitor = visitors.welcome(response)
    header = response.headers["set-cookie"]
    return visitor, SimpleCookie(header)[COOKIE].value, header


def request(cookie: str) -> Request:
    return Request({"type": "http", "headers": [(b"cookie", f"{COOKIE}={cookie}".encode("latin-1", "replace"))]})


def test_a_cookie_of_ours_is_known_again_also_by_another_process() -> None:
    visitor, cookie, _ = welcome(Visitors(SECRET, secure=False))

    assert Visitors(SECRET, secure=False).of(request(cookie)) == visitor


@pytest.mark.parametrize(
    "change",
    [
        lambda cookie: cookie.split(".")[0],
        lambda cookie: "A" * 22 + cookie[22:],
        lambda cookie: cookie[:-1] + ("A" if cookie[-1] != "A" else "B"),
        lambda cookie: cookie.split(".")[0] + "." + "A" * 43,
        lambda cookie: cookie + "x",
        lambda cookie: cookie.lower(),
        lambda _: "",
        lambda _: "." * 66,
        lambda _: "Ａ" * 22 + "." + "Ａ" * 43,
    ],
)
def test_any_other_cookie_is_nobodys(change: object) -> None:
    visitors = Visitors(SECRET, secure=False)
    _, cookie, _ = welcome(visitors)

    assert visitors.of(request(change(cookie))) is None  # type: ignore[operator]
    assert Visitors(b"1" * 32, secure=False).of(request(cookie)) is None


def test_https_alone_where_we_are_on_https() -> None:
    assert "Secure" in welcome(Visitors(SECRET, secure=True))[2]
    assert "Secure" not in welcome(Visitors(SECRET, secure=False))[2]
