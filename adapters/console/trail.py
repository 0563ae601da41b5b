"""The audit's page: who saw, sent and changed what, newest first; the same as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection, RowMapping, Select, and_, select

from adapters.console import accounts
from adapters.console.context import Console
from adapters.console.gate import Administrator
from adapters.console.menu import Entry
from adapters.console.sheet import sheet
from adapters.console.words import ACTIONS
from adapters.desk.audit import record
from adapters.desk.schema import audit
from adapters.settings import TOKYO

HERE = "/console/audit"
MENU = (Entry("監査", HERE, administrators=True),)
PAGE = 100
MOST = 50_000
"""Rows of a file."""
HEADER = ("時刻", "だれ", "名前", "操作", "対象", "詳細")
_HIGHEST = 2**31 - 1  # PostgreSQL's integer


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty: everything."""

    who: str = ""
    action: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""
    """Days, 2026-11-26, in Tokyo; the last one included."""

    def where(self) -> Any:
        """Give it as a condition."""
        found = [audit.c.id > 0]
        if self.who:
            found.append(audit.c.who == self.who)
        if self.action:
            found.append(audit.c.action == self.action)
        if self.subject:
            found.append(audit.c.subject == self.subject)
        if since := _midnight(self.since):
            found.append(audit.c.at >= since)
        if until := _midnight(self.until, later=1):
            found.append(audit.c.at < until)
        return and_(*found)

    def query(self, **more: str) -> str:
        """Give it for an address."""
        mine = {name: getattr(self, name) for name in ("who", "action", "subject", "since", "until")}
        return urlencode({name: value for name, value in {**mine, **more}.items() if value})


def routes(console: Console) -> APIRouter:
    """Make the routes of the audit."""
    router = APIRouter(include_in_schema=False)

    @router.get(HERE)
    def show(
        session: Administrator,
        who: str = "",
        action: str = "",
        subject: str = "",
        since: str = "",
        until: str = "",
        before: str = "",
    ) -> HTMLResponse:
        wanted = _wanted(who, action, subject, since, until)
        with console.store.read() as connection:
            names = _names(connection)
            query = _rows(wanted).limit(PAGE + 1)
            if before.isascii() and before.isdigit():
                query = query.where(audit.c.id < min(int(before), _HIGHEST))
            rows = connection.execute(query).mappings().all()
            actions = connection.execute(select(audit.c.action).distinct().order_by(audit.c.action)).scalars().all()
        more = wanted.query(before=str(rows[PAGE - 1]["id"])) if len(rows) > PAGE else ""
        return console.page(
            session,
            "trail.html",
            here=HERE,
            rows=[{**row, "name": named(names, row["who"])} for row in rows[:PAGE]],
            names=names,
            actions=actions,
            ACTIONS=ACTIONS,
            wanted=wanted,
            more=more,
            file=wanted.query(),
        )

    @router.get(HERE + ".csv")
    def file(
        session: Administrator, who: str = "", action: str = "", subject: str = "", since: str = "", until: str = ""
    ) -> Response:
        wanted = _wanted(who, action, subject, since, until)
        with console.store.read() as connection:
            names = _names(connection)
            rows = connection.execute(_rows(wanted).limit(MOST)).mappings().all()
        with console.store.write() as connection:
            record(connection, who=session.account.key, action="audit-export", subject="audit", detail=f"{len(rows)}")
        return sheet("ippo-audit", HEADER, [_cells(row, names) for row in rows])

    return router


def named(names: Mapping[str, str], who: str) -> str:
    """Name who did something."""
    return names.get(who, "だれか" if who == "unknown" else who)


def _rows(wanted: Wanted) -> Select[Any]:
    return select(audit).where(wanted.where()).order_by(audit.c.id.desc())


def _names(connection: Connection) -> Mapping[str, str]:
    return {one.key: f"{one.name}({one.login})" for one in accounts.everybody(connection)}


def _wanted(who: str, action: str, subject: str, since: str, until: str) -> Wanted:
    return Wanted(*(value.replace("\0", "").strip()[:100] for value in (who, action, subject, since, until)))


def _midnight(day: str, *, later: int = 0) -> float | None:
    try:
        found = date.fromisoformat(day) + timedelta(days=later)
        return datetime(found.year, found.month, found.day, tzinfo=TOKYO).timestamp()
    except (ValueError, OverflowError):
        return None


def _cells(row: RowMapping, names: Mapping[str, str]) -> Sequence[object]:
    at = datetime.fromtimestamp(row["at"], UTC).astimezone(TOKYO).isoformat(timespec="seconds")
    return (at, row["who"], named(names, row["who"]), row["action"], row["subject"], row["detail"])
