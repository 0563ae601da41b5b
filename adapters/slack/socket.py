"""Socket Mode: the same events over a connection that we open, for shops without a public address.

An envelope is acknowledged only after its event is stored; what is not acknowledged Slack sends again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import threading
import time
from typing import TYPE_CHECKING

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.messages.inbox import Inbox
from adapters.settings import Settings
from adapters.slack import wire
from adapters.slack.app import make_app
from adapters.slack.routes import is_readable

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

log = logging.getLogger(__name__)

GIVE_UP = 30.0
"""Seconds without a connection after which it is opened anew."""
_PING = 10.0


class Socket:
    """A connection in a thread of its own; `close` ends it."""

    def __init__(self, settings: Settings, inbox: Inbox, *, give_up: float = GIVE_UP) -> None:
        """Connect, and connect again whenever the connection breaks.

        Args:
            settings: With bot token and app token.
            inbox: Where events go.
            give_up: Seconds without a connection after which it is opened anew.
        """
        self._settings, self._inbox, self._give_up = settings, inbox, give_up
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="slack-socket", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Disconnect; what is being stored meanwhile is stored, and comes again if Slack does not hear of it."""
        self._stop.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                asyncio.run(self._stay_connected())
            except Exception as error:
                # The kind alone: the address of the connection holds a ticket.
                log.warning("slack socket failed", extra={"error": type(error).__name__})
                self._stop.wait(1.0)

    async def _stay_connected(self) -> None:
        """Run one client until it is closed or loses its connection for good.

        The SDK connects again by itself, but for ever to the address it once got, which ends with its first use.
        """
        handler = _Handler(make_app(self._settings, self._inbox), self._settings)
        connecting = asyncio.ensure_future(handler.client.connect())  # type: ignore[no-untyped-call]
        alive, told = time.monotonic(), False
        try:
            while not self._stop.is_set():
                await asyncio.sleep(0.1)
                if await handler.client.is_connected():
                    alive = time.monotonic()
                    if not told:
                        log.info("slack socket connected")
                    told = True
                elif time.monotonic() - alive > self._give_up:
                    log.warning("slack socket is not connected: check the network and IPPO_SLACK_APP_TOKEN")
                    return
        finally:
            connecting.cancel()
            with contextlib.suppress(Exception):
                await handler.client.close()  # type: ignore[no-untyped-call]


class _Handler(AsyncSocketModeHandler):
    """Bolt's handler, which leaves alone what it could not take apart."""

    client: SocketModeClient

    def __init__(self, app: AsyncApp, settings: Settings) -> None:
        # Its own records hold addresses with tickets, and messages.
        quiet = logging.getLogger("adapters.slack.socket.sdk")
        quiet.setLevel(logging.CRITICAL + 1)
        super().__init__(
            app,
            settings.slack_app_token.get_secret_value(),
            logger=quiet,
            web_client=wire.async_client(settings),
            ping_interval=_PING,
        )
        self.client.proxy = self.client.proxy if self.client.web_client.proxy else None

    async def handle(self, client: AsyncBaseSocketModeClient, req: SocketModeRequest) -> None:
        """Store what an envelope holds, then acknowledge it."""
        if req.type != "slash_commands" and not is_readable(json.dumps(req.payload).encode(), "application/json"):
            log.warning("slack payload not understood", extra={"kind": req.type[:30]})
            return
        try:
            await super().handle(client, req)  # type: ignore[arg-type]
        except Exception as error:
            log.warning("slack envelope not taken", extra={"error": type(error).__name__})


def start_socket(settings: Settings, inbox: Inbox) -> Socket | None:
    """Open the connection if there is an app token.

    Returns:
        What closes it; None where Socket Mode is off.
    """
    if not (settings.slack_app_token.get_secret_value() and settings.slack_bot_token.get_secret_value()):
        return None
    return Socket(settings, inbox)
