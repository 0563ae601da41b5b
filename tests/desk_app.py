"""The application with its console on, browsers in front of it, and what people do there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select

from adapters.app import create_app
from adapters.bootstrap import Ippo
from adapters.console import accounts, passwords
from adapters.messages.service import Messaging
from adapters.messages.store import MessageStore
from adapters.settings import Settings

ADDRESS = "http://ippo.test"
ADMIN = "the administrator's own"
"""The administrator's password."""
PASSWORD = "correct horse battery"
"""Everybody else's."""


def console_settings(data_dir: Path, **more: Any) -> Settings:
    """Settings with the console on, over a data directory; `more` are other settings."""
    named = {"data_dir": data_dir, "console_password": SecretStr(ADMIN), "public_url": ADDRESS, **more}
    return Settings(_env_file=None, **named)  # type: ignore[call-arg] - pydantic-settings' own argument


@dataclass
class DeskApp:
    """An application; its browsers are closed at the end of an `async with`, its services are not."""

    ippo: Ippo
    messaging: Messaging
    app: FastAPI = field(init=False)
    opened: list[httpx.AsyncClient] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.app = create_app(self.ippo, self.messaging)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for browser in self.opened:
            await browser.aclose()

    @property
    def store(self) -> MessageStore:
        return self.messaging.store

    def browser(self, address: str = "192.0.2.1") -> httpx.AsyncClient:
        """Open a browser at an IP address."""
        transport = httpx.ASGITransport(self.app, client=(address, 1234))
        self.opened.append(httpx.AsyncClient(transport=transport, base_url=ADDRESS))
        return self.opened[-1]

    async def log_in(self, user: str = "admin", password: str = ADMIN) -> httpx.AsyncClient:
        browser = self.browser()
        response = await attempt(browser, user, password)
        assert response.status_code == 303, response.text
        return browser

    def add(self, login: str, name: str = "", role: str = "advisor") -> int:
        """Add an account with `PASSWORD`; give its number."""
        hashed = passwords.hashed(PASSWORD)
        with self.store.write() as connection:
            number = accounts.add(
                connection, login=login, name=name or login, role=role, slack_user="", password=hashed
            )
        assert number
        return number

    async def advisor(self, login: str, name: str = "", role: str = "advisor") -> httpx.AsyncClient:
        """Add an account and log in with it."""
        self.add(login, name, role)
        return await self.log_in(login, PASSWORD)

    def rows(self, table: Any, *where: Any) -> list[dict[str, Any]]:
        with self.store.read() as connection:
            return [dict(row) for row in connection.execute(select(table).where(*where)).mappings()]


def token(page: str) -> str:
    """The token of a page's forms."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, page
    return found[1]


async def attempt(browser: httpx.AsyncClient, user: str, password: str) -> httpx.Response:
    """Try to log in."""
    form = (await browser.get("/console/login")).text
    return await browser.post("/console/login", data={"user": user, "password": password, "csrf": token(form)})


async def post(
    browser: httpx.AsyncClient, path: str, *, page: str = "/console", script: bool = False, **fields: str
) -> httpx.Response:
    """Send a form as a page does, or as its script does."""
    csrf = token((await browser.get(page)).text)
    headers = {"accept": "application/json"} if script else {}
    return await browser.post(path, data={"csrf": csrf, **fields}, headers=headers)
