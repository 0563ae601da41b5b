"""`ippo serve` with its worker as processes that can be killed, between strict local platforms."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx

from tests.platforms import line as line_platform
from tests.platforms.line import Line
from tests.platforms.slack import SlackServer

ROOT = Path(__file__).parents[2]
DOCUMENT = """# みどり区の省エネ助成

## LED照明

- 令和8年度のみどり区の省エネ助成では、LED照明に出る助成は対象経費の50％で、上限は30万円です。

## 窓の断熱

- 令和8年度のみどり区の省エネ助成では、窓の断熱に出る助成は対象経費の20％で、上限は20万円です。

## 問い合わせ

みどり区 環境課 電話 03-1234-5678
"""
SLACK_SECRET = "slack-signing-secret"


class Rig:
    """The program and its platforms."""

    def __init__(self, folder: Path, database: str | None, line: Line, slack: SlackServer, line_url: str) -> None:
        self.folder, self.line, self.slack = folder, line, slack
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.address = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("IPPO_")}
        self.environment = {
            **kept,
            "IPPO_DATA_DIR": str(folder / "data"),
            "IPPO_TODAY": "2026-11-24",
            "IPPO_LINE_CHANNEL_SECRET": line_platform.SECRET,
            "IPPO_LINE_CHANNEL_ACCESS_TOKEN": line_platform.TOKEN,
            "IPPO_LINE_API_URL": line_url,
            "IPPO_SLACK_SIGNING_SECRET": slack.signing_secret,
            "IPPO_SLACK_BOT_TOKEN": slack.token,
            "IPPO_SLACK_API_URL": slack.api_url,
            **({"IPPO_DATABASE_URL": database} if database else {}),
        }
        self.server: subprocess.Popen[bytes] | None = None
        self._children: list[subprocess.Popen[bytes]] = []
        self.kills = 0

    def ingest(self) -> None:
        """Index one small document."""
        document = self.folder / "docs" / "midori.md"
        document.parent.mkdir(parents=True)
        document.write_text(DOCUMENT, "utf-8")
        self._ippo("ingest", str(document.parent)).wait(120)

    def start(self, *options: str) -> None:
        """Run `ippo serve`, until it takes messages in."""
        self.server = self._ippo("serve", "--port", str(self.port), *options)
        self.await_server()

    def end_server(self) -> None:
        """End what takes messages in, in an orderly way."""
        assert self.server is not None
        self.server.terminate()
        self.server.wait(30)

    def await_server(self) -> None:
        """Wait until it takes messages in."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.address}/healthz", timeout=2).status_code == 200:
                    return
            time.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text("utf-8", errors="replace")[-4000:])

    def kill(self, chance: random.Random) -> None:
        """Kill the worker or the server (whose worker then ends by itself), without a word; start what is gone."""
        assert self.server is not None
        self.kills += 1
        workers = self.workers()
        if workers and chance.random() < 0.5:
            # `ippo serve` goes on taking messages in; a new worker is what a supervisor would start.
            os.kill(chance.choice(workers), signal.SIGKILL)
            self.add_worker()
            return
        self.server.kill()
        self.server.wait()
        self.start()

    def add_worker(self) -> None:
        """Run one more worker."""
        self._ippo("worker", "--parent", str(os.getpid()))

    def stop(self) -> None:
        """End everything."""
        if self.server is not None:
            self.server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.server.wait(30)
        for worker in self.workers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        for child in self._children:
            child.wait(60)

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Post, as a platform does: 0 where nobody answers."""
        try:
            return httpx.post(f"{self.address}{path}", content=body, headers=dict(headers), timeout=10).status_code
        except httpx.HTTPError:
            return 0

    def _ippo(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "adapters.cli", *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        self._children.append(child)
        return child

    def workers(self) -> list[int]:
        """Find this rig's workers, whoever their parent is by now."""
        mine = f"IPPO_DATA_DIR={self.folder / 'data'}".encode()
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                command = (place / "cmdline").read_bytes().split(b"\0")
                if b"worker" in command and mine in (place / "environ").read_bytes().split(b"\0"):
                    found.append(int(place.name))
        return found


@contextlib.contextmanager
def running(folder: Path, database: str | None) -> Iterator[Rig]:
    """Give a rig with an indexed document, running."""
    with line_platform.serving() as line, SlackServer() as slack:
        rig = Rig(folder, database, line, slack, line.url)
        rig.ingest()
        rig.start()
        try:
            yield rig
        finally:
            rig.stop()
