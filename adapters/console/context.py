"""What every page of the console gets: the services, and how a page is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.bootstrap import Ippo
from adapters.console.accounts import ROLES
from adapters.console.attempts import Attempts
from adapters.console.menu import Entry
from adapters.console.sessions import Session
from adapters.console.waiting import Queue
from adapters.messages.service import Messaging
from adapters.messages.store import MessageStore
from adapters.settings import TOKYO
from bot import hours

FOLDER = Path(__file__).parent
_templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,  # for every file, whatever its name ends in: a person's text is shown on nearly every page
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Console:
    """The services, for pages. Safe to share."""

    ippo: Ippo
    messaging: Messaging
    secret: bytes
    """What forms before the login are signed with."""
    attempts: Attempts
    queue: Queue
    opening: hours.Hours
    menu: Sequence[Entry] = ()

    @property
    def store(self) -> MessageStore:
        """The database."""
        return self.messaging.store

    @property
    def is_secure(self) -> bool:
        """Whether browsers may send our cookies over https alone."""
        return self.ippo.settings.public_url.startswith("https://")

    def now(self) -> datetime:
        """Tell the time for opening hours and answers."""
        return self.messaging.talker.now()

    def page(
        self,
        session: Session,
        template: str,
        *,
        here: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """Give a page for somebody who is logged in.

        Args:
            session: Whose.
            template: Its file, which extends `layout.html`.
            here: The menu's entry it belongs to, by its path.
            status: HTTP status.
            headers: More headers.
            values: What the template shows.
        """
        menu = [entry for entry in self.menu if session.account.is_administrator or not entry.administrators]
        waiting = self.queue.view(session.account.key, fresh=False)
        badge = {"waiting": len(waiting.waiting), "newest": waiting.newest}
        return render(template, status, headers, session=session, menu=menu, here=here, **badge, **values)


def render(
    template: str, status: int = 200, headers: Mapping[str, str] | None = None, /, **values: Any
) -> HTMLResponse:
    """Fill a template. Nothing of it is kept by the browser or on the way: persons' words are in it."""
    text = _templates.get_template(template).render(values)
    return HTMLResponse(text, status, {"cache-control": "no-store", **(headers or {})})


def see_other(path: str) -> RedirectResponse:
    """Send the browser on after a form, so that a reload does not send it again."""
    return RedirectResponse(path, 303)


def moment(at: float | None) -> str:
    """Write a time as advisors read it: 11月26日 9:05."""
    if at is None:
        return ""
    local = datetime.fromtimestamp(at, UTC).astimezone(TOKYO)
    return f"{local.month}月{local.day}日 {local.hour}:{local.minute:02}"


def stamp(at: float) -> str:
    """Write a time to the second: 2026-11-26 09:05:31."""
    return f"{datetime.fromtimestamp(at, UTC).astimezone(TOKYO):%Y-%m-%d %H:%M:%S}"


def machine(at: float) -> str:
    """Write a time for the `datetime` of a `time` element."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


_templates.filters["moment"] = moment
_templates.filters["stamp"] = stamp
_templates.filters["machine"] = machine
_templates.globals["ROLES"] = ROLES
