"""Sending to Slack, once.

Slack knows no idempotency key. Each post carries our id in its metadata, and an attempt whose outcome is not known is
looked up in the thread before it is repeated.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
import urllib.error
from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from adapters.messages.model import Address, Delivery, Outcome, Outgoing
from adapters.settings import Settings
from adapters.slack import render, wire
from adapters.slack.pace import Pace

log = logging.getLogger(__name__)

EVENT_TYPE = "ippo_reply"
STATUS = "資料を調べています…"
STATUS_TIMEOUT = 2  # seconds
SETTLE = 2.0
"""Seconds after which a post that arrived can be found."""
PATIENCE = 300.0
"""Seconds for which it is tried to find out what became of a post."""
TOO_OLD = 24 * 60 * 60
"""Seconds; an answer that could not be sent for a day is no answer any more."""
PAGES = 20
LOOKING = 8.0
"""Seconds after which a look-up is broken off, and twice which nothing is posted any more: a post has to end before the
lane's lease does, or another worker would post as well."""
_LONGEST_WAIT = 60.0

LIMITED = frozenset({"ratelimited", "rate_limited"})
UNCLEAR = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable", "unreadable"})
TOO_MUCH = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"})


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
        self._settings = settings
        self._client = wire.client(settings)
        self._status = wire.client(settings, timeout=STATUS_TIMEOUT)
        self._settle = settle
        self._pace = pace or Pace()
        self._rooms: dict[tuple[str, str], str] = {}
        self._silent_until = 0.0
        self._lock = threading.Lock()

    def deliver(self, message: Outgoing) -> Delivery:
        """Post a reply, or find that it has been posted."""
        started = time.monotonic()
        if not message.unsure and time.time() - message.received_at > TOO_OLD:
            return Delivery(Outcome.FAILED, error="too old")
        try:
            channel = self._room(message.address)
            if message.unsure:
                found = self._posted(message, channel)
                if found is not None:
                    return found
        except Exception as error:
            return self._unreachable(message, error)
        wait = 1.0 if time.monotonic() - started > 2 * LOOKING else self._pace.wait(channel)
        if wait:
            # Nothing was sent now, and what was sent before has been looked up: it did not arrive.
            return Delivery(Outcome.RETRY, error="paced", after=wait)
        return self._post(message, channel)

    def working(self, address: Address) -> None:
        """Show "is thinking" in the thread; the reply takes it away, Slack itself after two minutes."""
        thread = address.get("thread_ts")
        if not thread or time.monotonic() < self._silent_until:
            return
        try:
            shown = {"channel_id": address["channel"], "thread_ts": thread, "status": STATUS}
            self._call(self._status, address, "assistant.threads.setStatus", shown)
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
            found = self._call(self._client, address, "conversations.open", {"users": who[1]})
            with self._lock:
                if len(self._rooms) > 10_000:
                    self._rooms.clear()
                self._rooms[who] = str(found["channel"]["id"])
        return self._rooms[who]

    def _posted(self, message: Outgoing, channel: str) -> Delivery | None:
        """Look a broken attempt up.

        Returns:
            None: it did not arrive. Else what is known by now.
        """
        if message.attempted_at is not None and time.time() - message.attempted_at < self._settle:
            return Delivery(Outcome.UNSURE, error="not looked up yet", after=self._settle)
        for found in self._messages(message, channel):
            sent = found.get("metadata") or {}
            if (
                sent.get("event_type") == EVENT_TYPE
                and (sent.get("event_payload") or {}).get("id") == message.retry_key
            ):
                return Delivery(Outcome.SENT, sent_as=f"{channel}:{found.get('ts', '')}")
        return None

    def _messages(self, message: Outgoing, channel: str) -> Iterator[Mapping[str, Any]]:
        """Give what was said since the question came, newest pages last.

        Raises:
            LookupError, TimeoutError: There is more than can be gone through.
        """
        thread = message.address.get("thread_ts")
        method = "conversations.replies" if thread else "conversations.history"
        # A minute for clocks that differ.
        asked: dict[str, Any] = {"channel": channel, "oldest": f"{message.received_at - 60:.6f}", "include_all_metadata": True, "limit": 200}  # fmt: skip
        if thread:
            asked["ts"] = thread
        until = time.monotonic() + LOOKING
        for _ in range(PAGES):
            if time.monotonic() > until:
                raise TimeoutError("the look-up takes too long")
            page = self._call(self._client, message.address, method, asked, get=True)
            yield from page.get("messages") or ()
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not page.get("has_more") or not cursor:
                return
            asked["cursor"] = cursor
        raise LookupError("too many messages")

    def _post(self, message: Outgoing, channel: str) -> Delivery:
        said = self._rendered(message)
        try:
            try:
                sent = self._call(self._client, message.address, "chat.postMessage", {**said, "channel": channel})
            except SlackApiError as error:
                if wire.code(error) not in TOO_MUCH:
                    raise
                # Refused whole, so nothing was posted: better plain than not at all.
                log.error("slack refused the blocks", extra={"outbox": message.id, "error": wire.code(error)})
                plain = {name: value for name, value in said.items() if name != "blocks"}
                sent = self._call(self._client, message.address, "chat.postMessage", {**plain, "channel": channel})
        except SlackApiError as error:
            return self._refused(message, channel, error)
        except Exception as error:
            return self._broken(message, error)
        return Delivery(Outcome.SENT, sent_as=f"{channel}:{sent.get('ts', '')}")

    def _rendered(self, message: Outgoing) -> dict[str, Any]:
        address = message.address
        said = render.message(
            message.reply,
            public_url=self._settings.public_url,
            asked=str(address.get("asked") or ""),
            votes=message.author == "bot",
        )
        thread = {"thread_ts": address["thread_ts"]} if address.get("thread_ts") else {}
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"id": message.retry_key}}
        return {**said, **thread, "metadata": metadata, "unfurl_links": False, "unfurl_media": False}

    def _refused(self, message: Outgoing, channel: str, error: SlackApiError) -> Delivery:
        code, status = wire.code(error), wire.status(error)
        if status == 429 or code in LIMITED:
            self._pace.hold(channel, wire.retry_after(error))
            return Delivery(Outcome.RETRY, error=code, after=wire.retry_after(error))
        if status >= 500 or code in UNCLEAR:
            return self._unsure(message, code)
        return Delivery(Outcome.FAILED, error=code)

    def _broken(self, message: Outgoing, error: Exception) -> Delivery:
        """Judge an attempt that ended without an answer."""
        if _never_left(error):
            return Delivery(Outcome.RETRY, error="not reachable", after=_growing(message.attempts))
        return self._unsure(message, type(error).__name__)

    def _unsure(self, message: Outgoing, error: str) -> Delivery:
        log.warning("slack post of unknown outcome", extra={"outbox": message.id, "error": error})
        return Delivery(Outcome.UNSURE, error=error, after=max(self._settle, _growing(message.attempts - 1)))

    def _unreachable(self, message: Outgoing, error: Exception) -> Delivery:
        """Judge a failure before the post: while opening the direct message or looking a broken attempt up."""
        code = wire.code(error) if isinstance(error, SlackApiError) else type(error).__name__
        passing = not isinstance(error, SlackApiError) or wire.status(error) in range(429, 600) or code in LIMITED | UNCLEAR  # fmt: skip
        wait = wire.retry_after(error) if isinstance(error, SlackApiError) else 0.0
        wait = max(wait, _growing(message.attempts))
        if not message.unsure:
            return Delivery(Outcome.RETRY if passing else Outcome.FAILED, error=code, after=wait)
        # Never RETRY here: it would forget that an earlier attempt may have arrived.
        since = message.begun_at if message.attempted_at is None else message.attempted_at
        if not passing or message.begun_at - since > PATIENCE:
            return Delivery(Outcome.UNKNOWN, error=code)
        return Delivery(Outcome.UNSURE, error=code, after=wait)

    def _call(
        self, client: WebClient, address: Address, method: str, arguments: Mapping[str, Any], *, get: bool = False
    ) -> Any:
        """Call a method as the app of the address's workspace.

        Raises:
            SlackApiError: Slack refused it, or what came back is none of its answers.
            OSError, http.client.HTTPException: The connection failed.
        """
        # The SDK moves it into the header, whichever way the rest goes.
        sent = {**arguments, "token": wire.token(self._settings, str(address.get("team", "")))}
        return client.api_call(method, http_verb="GET", params=sent) if get else client.api_call(method, json=sent)


def _never_left(error: Exception) -> bool:
    """Tell whether a connection was never made, so that nothing can have arrived."""
    cause: object = error.reason if isinstance(error, urllib.error.URLError) else error
    return isinstance(cause, (ConnectionRefusedError, socket.gaierror))


def _growing(attempts: int) -> float:
    return float(min(2.0 ** min(attempts, 10), _LONGEST_WAIT))
