"""Sends to LINE: reply first, push only where the reply is known not to have gone out and not to be able to."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.line import render
from adapters.line.calls import Calls, Result
from adapters.line.quota import Figures, Quota
from adapters.line.way import Attempts, Way, way
from adapters.messages.model import Delivery, Outcome

if TYPE_CHECKING:
    from adapters.messages.model import Address, Outgoing
    from adapters.settings import Settings

log = logging.getLogger(__name__)

INVALID_TOKEN = "Invalid reply token"  # noqa: S105 - LINE's words, no secret
LOADING = 20
"""Seconds that LINE shows the animation for, unless a message comes sooner."""


class LineChannel:
    """The LINE Messaging API. Safe to use from several threads."""

    name = "line"

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.time) -> None:
        """Take the settings; nothing is sent yet.

        Args:
            settings: Address and access token.
            clock: Seconds since 1970, for the plan's figures.
        """
        self._calls = Calls(settings.line_api_url, settings.line_channel_access_token.get_secret_value())
        self._public_url = settings.public_url
        self._quota = Quota(self._calls, clock)

    def quota(self) -> Figures | None:
        """Give the plan's monthly messages, for people who look after the channel; None where LINE does not tell."""
        return self._quota.figures()

    def deliver(self, message: Outgoing) -> Delivery:
        """Send a message, once; see `way` for how, and `adapters.messages.model.Outcome` for what comes of it."""
        chosen = _way(message)
        if chosen is Way.NONE:
            return Delivery(Outcome.UNKNOWN, error="the reply may have gone out; its token's minute is over")
        if chosen is Way.PUSH and not message.unsure and not self._quota.allows(message.author):
            return Delivery(Outcome.FAILED, error="monthly limit: what is left of it is kept for advisors")
        said = render.messages(
            message.reply,
            public_url=self._public_url,
            in_group=message.address.get("source") != "user",
            sender=message.reply.sender or (render.ADVISOR if message.author == "advisor" else ""),
        )
        result = self._call(message, chosen, said)
        if result.status == 400 and INVALID_TOKEN not in result.error:
            # Refused, so the token is still good: better without its ornaments than not at all.
            log.error("LINE refuses the form of a message", extra={"outbox": message.id, "error": result.error})
            result = self._call(message, chosen, render.plain(said))
        return _noted(message, self._judge(message, chosen, result))

    def working(self, address: Address) -> None:
        """Show that an answer is being made; in groups LINE has no such sign."""
        if address.get("source") == "user":
            self._calls.loading(str(address["to"]), LOADING)

    def _call(self, message: Outgoing, chosen: Way, said: list[render.Message]) -> Result:
        if chosen is Way.REPLY:
            return self._calls.reply(str(message.address["token"]), said)
        return self._calls.push(str(message.address["to"]), said, message.retry_key)

    def _judge(self, message: Outgoing, chosen: Way, result: Result) -> Delivery:
        """Tell what came of a call.

        While an earlier call's outcome is unknown, one that surely failed changes nothing about that.
        """
        again, ended = (Outcome.UNSURE, Outcome.UNKNOWN) if message.unsure else (Outcome.RETRY, Outcome.FAILED)
        if result.accepted:
            if chosen is Way.PUSH and result.status != 409:
                self._quota.count()
            return Delivery(Outcome.SENT, sent_as=result.sent_as)
        if chosen is Way.REPLY and INVALID_TOKEN in result.error:
            if message.unsure:
                # Our own earlier call has used it.
                return Delivery(Outcome.SENT, error="confirmed by the token's being used")
            # The push is an attempt of its own, stored before its call like any other.
            return Delivery(Outcome.RETRY, error=INVALID_TOKEN, after=0.0)
        if result.status == 401:
            log.error("LINE refuses the access token: check IPPO_LINE_CHANNEL_ACCESS_TOKEN")
            return Delivery(again, error=result.error, after=30.0)
        if result.status == 429:
            if "monthly limit" in result.error:
                log.error("LINE's monthly limit is reached: nothing more can be pushed this month")
                return Delivery(ended, error=result.error)
            return Delivery(again, error=result.error, after=_pause(message, 2.0))
        if result.never_left:
            return Delivery(again, error=result.error, after=_pause(message, 1.0))
        if result.status is None or result.status >= 500:
            return Delivery(Outcome.UNSURE, error=result.error, after=_pause(message, 0.5))
        return Delivery(ended, error=result.error)


def _pause(message: Outgoing, first: float) -> float:
    """Give the seconds before the next attempt: doubled each time, short enough to fall within the token's minute."""
    return min(first * float(2 ** min(message.attempts, 10)), 15.0)


def _way(message: Outgoing) -> Way:
    """Decide from what is stored alone, the beginning of this attempt included."""
    known = Attempts(
        received_at=message.received_at,
        attempted_at=message.attempted_at,
        unsure=message.unsure,
        has_token=bool(message.address.get("token")) and INVALID_TOKEN not in message.error,
    )
    return way(known, message.begun_at)


def _noted(message: Outgoing, delivery: Delivery) -> Delivery:
    """Keep in mind that the reply token is invalid, while attempts go on."""
    if INVALID_TOKEN in message.error and delivery.outcome in (Outcome.RETRY, Outcome.UNSURE):
        return replace(delivery, error=f"{INVALID_TOKEN}; {delivery.error}")
    return delivery
