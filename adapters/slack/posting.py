"""Posting to Slack, once.

Slack knows no idempotency key. Each post carries our id in its metadata, and an attempt whose outcome is not known is
looked up where it was made before it is repeated.
"""

from __future__ import annotations

import logging
import socket
import time
import urllib.error
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from adapters.messages.model import Delivery, Outcome, Outgoing
from adapters.settings import Settings
from adapters.slack import wire
from adapters.slack.pace import Pace

log = logging.getLogger(__name__)

EVENT_TYPE = "ippo_reply"
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


class Posting:
    """Posts what is in the outbox. Safe to use from several threads at once."""

    def __init__(self, settings: Settings, *, settle: float = SETTLE, pace: Pace | None = None) -> None:
        """Take the settings; nothing is connected to before the first post.

        Args:
            settings: Tokens and address of the Web API.
            settle: Seconds between a broken attempt and the look for what became of it.
            pace: How often a channel is posted to; those who post to the same channels share it.
        """
        self._settings = settings
        self.client = wire.client(settings)
        self._settle = settle
        self._pace = pace or Pace()

    def deliver(
        self,
        message: Outgoing,
        said: Mapping[str, Any],
        place: Callable[[], str],
        *,
        plainer: Mapping[str, Any] | None = None,
    ) -> Delivery:
        """Post a message, or find that it has been posted.

        Args:
            message: The attempt.
            said: `text`, `blocks` and, in a thread, `thread_ts`.
            place: Gives the channel; it may ask Slack for it.
            plainer: What is posted where Slack refuses the blocks; None: the text alone.
        """
        started = time.monotonic()
        if not message.unsure and time.time() - message.received_at > TOO_OLD:
            return Delivery(Outcome.FAILED, error="too old")
        try:
            channel = place()
            if message.unsure:
                found = self._posted(message, channel, str(said.get("thread_ts") or ""))
                if found is not None:
                    return found
        except Exception as error:
            return self._unreachable(message, error)
        wait = 1.0 if time.monotonic() - started > 2 * LOOKING else self._pace.wait(channel)
        if wait:
            # Nothing was sent now, and what was sent before has been looked up: it did not arrive.
            return Delivery(Outcome.RETRY, error="paced", after=wait)
        return self._post(message, channel, said, plainer)

    def call(
        self,
        team: str,
        method: str,
        arguments: Mapping[str, Any],
        *,
        get: bool = False,
        client: WebClient | None = None,
    ) -> Any:
        """Call a method as the app of a workspace.

        Raises:
            SlackApiError: Slack refused it, or what came back is none of its answers.
            OSError, http.client.HTTPException: The connection failed.
        """
        # The SDK moves it into the header, whichever way the rest goes.
        sent = {**arguments, "token": wire.token(self._settings, team)}
        asked = client or self.client
        return asked.api_call(method, http_verb="GET", params=sent) if get else asked.api_call(method, json=sent)

    def _posted(self, message: Outgoing, channel: str, thread: str) -> Delivery | None:
        """Look a broken attempt up.

        Returns:
            None: it did not arrive. Else what is known by now.
        """
        if message.attempted_at is not None and time.time() - message.attempted_at < self._settle:
            return Delivery(Outcome.UNSURE, error="not looked up yet", after=self._settle)
        for found in self._messages(message, channel, thread):
            sent = found.get("metadata") or {}
            if (
                sent.get("event_type") == EVENT_TYPE
                and (sent.get("event_payload") or {}).get("id") == message.retry_key
            ):
                return Delivery(Outcome.SENT, sent_as=f"{channel}:{found.get('ts', '')}")
        return None

    def _messages(self, message: Outgoing, channel: str, thread: str) -> Iterator[Mapping[str, Any]]:
        """Give what was said since the question came, newest pages last.

        Raises:
            LookupError, TimeoutError: There is more than can be gone through.
        """
        method = "conversations.replies" if thread else "conversations.history"
        # A minute for clocks that differ.
        asked: dict[str, Any] = {"channel": channel, "oldest": f"{message.received_at - 60:.6f}", "include_all_metadata": True, "limit": 200}  # fmt: skip
        if thread:
            asked["ts"] = thread
        until = time.monotonic() + LOOKING
        for _ in range(PAGES):
            if time.monotonic() > until:
                raise TimeoutError("the look-up takes too long")
            page = self.call(_team(message), method, asked, get=True)
            yield from page.get("messages") or ()
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not page.get("has_more") or not cursor:
                return
            asked["cursor"] = cursor
        raise LookupError("too many messages")

    def _post(
        self, message: Outgoing, channel: str, said: Mapping[str, Any], plainer: Mapping[str, Any] | None
    ) -> Delivery:
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"id": message.retry_key}}
        always = {"channel": channel, "metadata": metadata, "unfurl_links": False, "unfurl_media": False}
        try:
            try:
                sent = self.call(_team(message), "chat.postMessage", {**said, **always})
            except SlackApiError as error:
                if wire.code(error) not in TOO_MUCH:
                    raise
                # Refused whole, so nothing was posted: better plain than not at all.
                log.error("slack refused the blocks", extra={"outbox": message.id, "error": wire.code(error)})
                plain = plainer or {name: value for name, value in said.items() if name != "blocks"}
                sent = self.call(_team(message), "chat.postMessage", {**plain, **always})
        except SlackApiError as error:
            return self._refused(message, channel, error)
        except Exception as error:
            return self._broken(message, error)
        return Delivery(Outcome.SENT, sent_as=f"{channel}:{sent.get('ts', '')}")

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
            return Delivery(Outcome.RETRY, error="not reachable", after=growing(message.attempts))
        return self._unsure(message, type(error).__name__)

    def _unsure(self, message: Outgoing, error: str) -> Delivery:
        log.warning("slack post of unknown outcome", extra={"outbox": message.id, "error": error})
        return Delivery(Outcome.UNSURE, error=error, after=max(self._settle, growing(message.attempts - 1)))

    def _unreachable(self, message: Outgoing, error: Exception) -> Delivery:
        """Judge a failure before the post: while asking for the channel or looking a broken attempt up."""
        code, passing = kind_of(error), is_passing(error)
        wait = wire.retry_after(error) if isinstance(error, SlackApiError) else 0.0
        wait = max(wait, growing(message.attempts))
        if not message.unsure:
            return Delivery(Outcome.RETRY if passing else Outcome.FAILED, error=code, after=wait)
        # Never RETRY here: it would forget that an earlier attempt may have arrived.
        since = message.begun_at if message.attempted_at is None else message.attempted_at
        if not passing or message.begun_at - since > PATIENCE:
            return Delivery(Outcome.UNKNOWN, error=code)
        return Delivery(Outcome.UNSURE, error=code, after=wait)


def kind_of(error: Exception) -> str:
    """Give Slack's word for an error, or the kind of what broke."""
    return wire.code(error) if isinstance(error, SlackApiError) else type(error).__name__


def is_passing(error: Exception) -> bool:
    """Tell whether a call that failed may go well later."""
    if not isinstance(error, SlackApiError):
        return True
    return wire.status(error) in range(429, 600) or wire.code(error) in LIMITED | UNCLEAR


def growing(attempts: int) -> float:
    """Give the seconds to wait after so many attempts, a minute at most."""
    return float(min(2.0 ** min(attempts, 10), _LONGEST_WAIT))


def _never_left(error: Exception) -> bool:
    """Tell whether a connection was never made, so that nothing can have arrived."""
    cause: object = error.reason if isinstance(error, urllib.error.URLError) else error
    return isinstance(cause, (ConnectionRefusedError, socket.gaierror))


def _team(message: Outgoing) -> str:
    return str(message.address.get("team", ""))
