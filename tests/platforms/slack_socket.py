"""The other half of the strict Slack: Socket Mode, with acknowledgements within three seconds and envelopes sent again."""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import WSMsgType, web

from tests.platforms.slack import SlackServer

MOST = 10
"""Connections of one app."""


class SlackSocket:
    """Serves connections on loopback while it is entered; `apps.connections.open` of the server gives its address."""

    def __init__(self, slack: SlackServer) -> None:
        self.slack = slack
        self.open: list[web.WebSocketResponse] = []
        self.connected = 0
        self.refused: list[str] = []
        self._acknowledged: dict[str, tuple[float, Any]] = {}
        self._tickets: set[str] = set()
        self._numbers = itertools.count(1)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._port = 0

    def __enter__(self) -> SlackSocket:
        self._thread.start()
        assert self._ready.wait(30)
        self.slack.socket = self
        return self

    def __exit__(self, *_error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def address(self) -> str:
        """Give an address that can be used once."""
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return f"ws://127.0.0.1:{self._port}/link/?ticket={ticket}"

    def send(self, kind: str, payload: Mapping[str, Any], *, attempt: int = 0, within: float = 3.0) -> tuple[bool, Any]:
        """Send an envelope over one of the connections.

        Returns:
            Whether it was acknowledged in time, and what came with it.
        """
        envelope = f"{next(self._numbers)}-{secrets.token_hex(4)}"
        frame: dict[str, Any] = {"type": kind, "envelope_id": envelope, "payload": dict(payload), "accepts_response_payload": kind != "events_api"}  # fmt: skip
        if attempt:
            frame |= {"retry_attempt": attempt, "retry_reason": "timeout"}
        asyncio.run_coroutine_threadsafe(self.open[-1].send_str(json.dumps(frame)), self._loop).result(30)
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if envelope in self._acknowledged:
                return True, self._acknowledged[envelope][1]
            time.sleep(0.01)
        return False, None

    def refresh(self) -> None:
        """Ask the app to connect anew, as Slack does every few hours."""
        frame = json.dumps({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})
        asyncio.run_coroutine_threadsafe(self.open[-1].send_str(frame), self._loop).result(30)

    def drop(self) -> None:
        """Break every connection."""
        for connection in list(self.open):
            asyncio.run_coroutine_threadsafe(connection.close(), self._loop).result(30)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_get("/link/", self._link)
        self._runner = web.AppRunner(app)

        async def start() -> None:
            await self._runner.setup()
            site = web.TCPSite(self._runner, "127.0.0.1", 0)
            await site.start()
            self._port = self._runner.addresses[0][1]
            self._ready.set()

        self._loop.run_until_complete(start())
        self._loop.run_forever()

    async def _end(self) -> None:
        await self._runner.cleanup()

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            self.refused.append("ticket")
            return web.Response(status=403)
        self._tickets.discard(ticket)
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        if len(self.open) >= MOST:
            self.refused.append("too_many_websockets")
            await connection.send_str(json.dumps({"type": "disconnect", "reason": "too_many_websockets"}))
            await connection.close()
            return connection
        self.open.append(connection)
        self.connected += 1
        await connection.send_str(json.dumps({"type": "hello", "num_connections": len(self.open), "connection_info": {"app_id": self.slack.app_id}}))  # fmt: skip
        async for frame in connection:
            if frame.type == WSMsgType.TEXT:
                answer = json.loads(frame.data)
                self._acknowledged[answer["envelope_id"]] = (time.monotonic(), answer.get("payload"))
        self.open.remove(connection)
        return connection
