"""The console under a busy desk: fifty people wait, twenty advisors have their pages open, and some work."""

from __future__ import annotations

import re
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import httpx
from pydantic import SecretStr
from sqlalchemy import Connection

from adapters import bootstrap
from adapters.app import create_app
from adapters.console import accounts, passwords
from adapters.desk.cases import open_case
from adapters.desk.telling import remember
from adapters.messages.inbox import Inbox
from adapters.messages.model import Incoming, Kind
from adapters.messages.service import Messaging
from tests import postgres
from tests.library import MemoryLibrary, services, serving

WAITING, ADVISORS, SECONDS = 50, 20, 20
GOAL = 200.0  # ms
PASSWORD = "correct horse battery"
GUIDE = "# 省エネ診断のご案内\n\n## 費用\n\nみどり省エネ診断の費用は1件あたり3,300円です。\n"


class Times:
    """Milliseconds by what was asked for. Safe to share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.taken: dict[str, list[float]] = {}
        self.failed = 0

    def get(self, client: httpx.Client, name: str, path: str) -> httpx.Response:
        began = time.perf_counter()
        response = client.get(path)
        took = (time.perf_counter() - began) * 1000
        with self._lock:
            self.taken.setdefault(name, []).append(took)
            self.failed += response.status_code not in (200, 204)
        return response


def _person(inbox: Inbox, n: int) -> None:
    key = f"visitor{n:015}"
    inbox.take([Incoming("web", key, (f"web:{key}:1",), Kind.TEXT, text="診断はいくらですか", person=key, message="1")])


def _fill(messaging: Messaging) -> None:
    for n in range(WAITING):
        _person(messaging.inbox, n)
    with messaging.store.write() as connection:
        for n in range(1, WAITING + 1):
            _call(connection, n)
        fresh = passwords.hashed(PASSWORD)
        for n in range(ADVISORS):
            accounts.add(
                connection, login=f"advisor{n}", name=f"相談員{n}", role="advisor", slack_user="", password=fresh
            )


def _call(connection: Connection, conversation: int) -> None:
    question = f"店の照明をLEDに替えたいです({conversation})。電話は03-1234-{conversation:04}です。"
    for turn in range(6):
        remember(connection, conversation, "assistant" if turn % 2 else "user", f"{question} {turn}")
    open_case(connection, conversation, reason="asked", question=question)
    remember(connection, conversation, "user", question, owner="desk")


def _log_in(address: str, n: int) -> httpx.Client:
    client = httpx.Client(base_url=address, timeout=20, follow_redirects=True)
    token = re.search(r'name="csrf" value="(\w+)"', client.get("/console").text)
    assert token
    form = {"user": f"advisor{n}", "password": PASSWORD, "csrf": token[1]}
    assert "待っています" in client.post("/console/login", data=form).text
    return client


def _advise(client: httpx.Client, n: int, times: Times, ends: float) -> None:
    """Have a page open as a browser does: the queue every 2 s and the badge every 3; every fourth has a case open."""
    page = client.get("/console").text
    paths = dict(re.findall(r'hx-get="(/console/(queue|badge)\?seen=[^"]*)"', page))
    seen: dict[str, str] = {name: path for path, name in paths.items()}
    case = 1 + n if n % 4 == 0 else 0
    if case:
        seen["case"] = f"/console/cases/{case}/live?seen="
    due: Mapping[str, list[float]] = {name: [time.monotonic() + 0.1 * n] for name in seen}
    pauses = {"queue": 2.0, "badge": 3.0, "case": 2.0}
    loads = time.monotonic() + n * 0.5
    while time.monotonic() < ends:
        for name, path in seen.items():
            if time.monotonic() >= due[name][0]:
                found = times.get(client, name, path).text
                if again := re.search(r'hx-get="([^"]+)"', found):
                    seen[name] = again[1]
                due[name][0] = time.monotonic() + pauses[name]
        if time.monotonic() >= loads:
            times.get(client, "whole page", "/console")
            times.get(client, "case's page", f"/console/cases/{1 + n}")
            loads = time.monotonic() + 10
        time.sleep(0.02)


def _newcomers(messaging: Messaging, ends: float) -> None:
    """One more person calls every second, so that the queue is never the same for long."""
    n = WAITING
    while time.monotonic() < ends:
        _person(messaging.inbox, n)
        with messaging.store.write() as connection:
            _call(connection, n + 1)
        n += 1
        time.sleep(1)


def measure(name: str, database: str | None) -> None:
    """Measure on one database, and print."""
    ippo = services(MemoryLibrary({"診断.md": GUIDE}))
    with tempfile.TemporaryDirectory(prefix="ippo-console-") as folder:
        more = {"data_dir": Path(folder), "database_url": database, "console_password": SecretStr(PASSWORD)}
        ippo = replace(ippo, settings=ippo.settings.model_copy(update=more))
        with bootstrap.messaging(ippo) as messaging:
            _fill(messaging)
            with serving(create_app(ippo, messaging)) as address:
                clients = [_log_in(address, n) for n in range(ADVISORS)]
                times, ends = Times(), time.monotonic() + SECONDS
                threads = [
                    threading.Thread(target=_advise, args=(client, n, times, ends)) for n, client in enumerate(clients)
                ]
                threads.append(threading.Thread(target=_newcomers, args=(messaging, ends)))
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                for client in clients:
                    client.close()
    for what, taken in sorted(times.taken.items()):
        taken.sort()
        p95 = taken[int(len(taken) * 0.95)]
        print(f"| {name} | {what} | {len(taken)} | {taken[len(taken) // 2]:.0f} | {p95:.0f} | {taken[-1]:.0f} "
              f"| {'yes' if p95 < GOAL else 'NO'} |", flush=True)  # fmt: skip
    print(f"| {name} | refused or failed | {times.failed} | | | | |", flush=True)


def main() -> None:
    """Measure both databases."""
    print(f"\n## {WAITING} people wait and one more comes each second, {ADVISORS} advisors have the console open, {SECONDS} s\n")  # fmt: skip
    print(f"| | request | times | p50, ms | p95, ms | longest, ms | p95 below {GOAL:.0f} ms |")
    print("|---|---|---|---|---|---|---|")
    measure("SQLite", None)
    if postgres.programs() is not None:
        with postgres.server() as url:
            measure("PostgreSQL", url)


if __name__ == "__main__":
    main()
