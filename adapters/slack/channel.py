"""Sending to people on Slack: into threads and direct messages."""

from __future__ import annotations

import threading
import time
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.messages.model import Address, Delivery, Outgoing
from adapters.settings import Settings
from adapters.slack import render, wire
from adapters.slack.pace import Pace
from adapters.slack.posting import SETTLE, Posting

STATUS = "資料を調べています…"
STATUS_TIMEOUT = 2  # seconds


class SlackChannel:
    """Sends replies into threads and direct messages. Safe to use from several threads at once."""

    name = "slack"

    def __init__(self, settings: Settings, *, settle: float = SETTLE, pace: Pace | None = None) -> None:
        """Take the settings; nothing is connected to before the first reply.

        Args:
            settings: Tokens, address of the Web API, our own address.
            settle: Seconds between a broken attempt and the look for what became of it.
            pace: How often a channel is posted to.
        """
        self._public_url = settings.public_url
        self._posting = Posting(settings, settle=settle, pace=pace)
        self._status = wire.client(settings, timeout=STATUS_TIMEOUT)
        self._rooms: dict[tuple[str, str], str] = {}
        self._silent_until = 0.0
        self._lock = threading.Lock()

    def deliver(self, message: Outgoing) -> Delivery:
        """Post a reply, or find that it has been posted."""
        return self._posting.deliver(message, self._rendered(message), lambda: self._room(message.address))

    def working(self, address: Address) -> None:
        """Show "is thinking" in the thread; the reply takes it away, Slack itself after two minutes."""
        thread = address.get("thread_ts")
        if not thread or time.monotonic() < self._silent_until:
            return
        try:
            shown = {"channel_id": address["channel"], "thread_ts": thread, "status": STATUS}
            team = str(address.get("team", ""))
            self._posting.call(team, "assistant.threads.setStatus", shown, client=self._status)
        except SlackApiError as error:
            if wire.status(error) == 429:
                self._silent_until = time.monotonic() + wire.retry_after(error)
        except OSError:
            # A courtesy must not hold up the answers: a Slack that is slow is left in peace for a while.
            self._silent_until = time.monotonic() + 30.0

    def _room(self, address: Address) -> str:
        """Give the channel; of a person's direct messages it is asked for, once."""
        if address.get("channel"):
            return str(address["channel"])
        who = (str(address["team"]), str(address["user"]))
        if who not in self._rooms:
            found = self._posting.call(who[0], "conversations.open", {"users": who[1]})
            with self._lock:
                if len(self._rooms) > 10_000:
                    self._rooms.clear()
                self._rooms[who] = str(found["channel"]["id"])
        return self._rooms[who]

    def _rendered(self, message: Outgoing) -> dict[str, Any]:
        address = message.address
        said = render.message(
            message.reply,
            public_url=self._public_url,
            asked=str(address.get("asked") or ""),
            votes=message.author == "bot",
        )
        return {**said, **({"thread_ts": address["thread_ts"]} if address.get("thread_ts") else {})}
