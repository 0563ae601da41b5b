"""Sending to the advisors' channel: cards, what is said in their threads, and what is done to messages there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.desk.posts import CHANNEL, Op
from adapters.messages.model import Address, Delivery, Outcome, Outgoing, Reply
from adapters.settings import Settings
from adapters.slack import card, wire
from adapters.slack.pace import Pace
from adapters.slack.posting import SETTLE, Posting, growing, is_passing, kind_of

ROOTLESS = 3600.0
"""Seconds for which a message waits for the card whose thread it belongs in."""
TRIES = 3
"""Attempts at what is shown beside the messages: a reaction is not worth holding up what people say."""
DELETING = 8
"""Attempts at a deletion, over some minutes: somebody has asked for it."""
PATIENT = 10.0
"""Seconds for each of them; where Slack asks for more than all together before the next one, there is none."""
QUICK = 5  # seconds
NAMING = 2  # seconds
KNOWN_FOR = 3600.0
"""Seconds for which a name is kept; a failure to learn it for a minute."""
NAMELESS = "アドバイザー"
LONGEST_NAME = 80  # characters
_GONE = frozenset({"message_not_found"})
_DONE = frozenset({"already_reacted", "message_not_found"})


class SlackDesk:
    """Delivers what `adapters.desk.posts` writes. Safe to use from several threads at once."""

    name = CHANNEL

    def __init__(
        self,
        settings: Settings,
        *,
        root: Callable[[int], tuple[str, str] | None],
        card: Callable[[int], Reply | None],
        settle: float = SETTLE,
        pace: Pace | None = None,
    ) -> None:
        """Take the settings; nothing is connected to before the first post.

        Args:
            settings: With the advisors' channel.
            root: Gives where a case's card stands: channel and ts.
            card: Gives what a case's card says.
            settle: As in `Posting`.
            pace: As in `Posting`.
        """
        self._settings = settings
        self._root, self._card = root, card
        self._posting = Posting(settings, settle=settle, pace=pace)
        self._quick = wire.client(settings, timeout=QUICK)
        self._naming = wire.client(settings, timeout=NAMING)
        self._names: dict[tuple[str, str], tuple[str, float]] = {}
        self._lock = threading.Lock()

    def deliver(self, message: Outgoing) -> Delivery:
        """Do, once, what a row says."""
        address, case = message.address, int(message.address["case"])
        match Op(address["op"]):
            case Op.CARD:
                shown = card.card(message.reply, case, public_url=self._settings.public_url)
                channel = self._settings.slack_advisor_channel
                plainer = card.plainer(message.reply, case)
                return self._posting.deliver(message, shown, lambda: channel, plainer=plainer)
            case Op.SAY:
                return self._say(message, case)
            case Op.UPDATE:
                return self._update(message, case)
            case Op.REACT:
                where = {"channel": address["channel"], "timestamp": address["ts"], "name": address["name"]}
                return self._mark(message, "reactions.add", where, done=_DONE)
            case Op.DELETE:
                where = {"channel": address["channel"], "ts": address["ts"]}
                return self._mark(message, "chat.delete", where, done=_GONE, tries=DELETING)

    def working(self, address: Address) -> None:
        """Show nothing: an advisor waits for no answer."""

    def user_name(self, team: str, user: str) -> str:
        """Give the name of a user of Slack as they chose it; a general word where Slack does not tell."""
        with self._lock:
            name, until = self._names.get((team, user), ("", 0.0))
        if time.monotonic() < until:
            return name
        try:
            found = self._posting.call(team, "users.info", {"user": user}, get=True, client=self._naming)
            name, until = _named(found["user"]) or NAMELESS, time.monotonic() + KNOWN_FOR
        except Exception:
            # Whatever it is (no scope, a Slack that is slow or strange), the advisor's words matter more.
            name, until = name or NAMELESS, time.monotonic() + 60.0
        with self._lock:
            if len(self._names) > 10_000:
                self._names.clear()
            self._names[team, user] = name, until
        return name

    def _say(self, message: Outgoing, case: int) -> Delivery:
        address, place = message.address, self._root(case)
        if place is None:
            if time.time() - message.received_at > ROOTLESS:
                return Delivery(Outcome.FAILED, error="no card")
            return Delivery(Outcome.RETRY, error="no card yet", after=growing(message.attempts))
        speaker, mention = str(address.get("speaker") or ""), str(address.get("mention") or "")
        shown = card.said(
            message.reply.text,
            speaker=speaker,
            mention=mention,
            citations=message.reply.citations,
            public_url=self._settings.public_url,
        )
        return self._posting.deliver(message, {**shown, "thread_ts": place[1]}, lambda: place[0])

    def _update(self, message: Outgoing, case: int) -> Delivery:
        place, reply = self._root(case), self._card(case)
        if place is None or reply is None:
            return Delivery(Outcome.FAILED, error="no card")
        shown = card.card(
            reply,
            case,
            public_url=self._settings.public_url,
            state=message.reply.text,
            over=bool(message.address.get("over")),
        )
        return self._mark(message, "chat.update", {**shown, "channel": place[0], "ts": place[1]})

    def _mark(
        self,
        message: Outgoing,
        method: str,
        arguments: Mapping[str, Any],
        *,
        done: frozenset[str] = frozenset(),
        tries: int = TRIES,
    ) -> Delivery:
        """Call what may be called twice: whether an earlier attempt arrived makes no difference."""
        try:
            self._posting.call(str(message.address.get("team", "")), method, arguments, client=self._quick)
        except Exception as error:
            code = kind_of(error)
            if code in done:
                return Delivery(Outcome.SENT)
            asked = wire.retry_after(error) if isinstance(error, SlackApiError) else 0.0
            wait = max(asked, growing(message.attempts))
            if not is_passing(error) or message.attempts + 1 >= tries or asked > tries * PATIENT:
                return Delivery(Outcome.FAILED, error=code)
            return Delivery(Outcome.RETRY, error=code, after=wait)
        return Delivery(Outcome.SENT)


def _named(user: Mapping[str, Any]) -> str:
    profile = user.get("profile") or {}
    found = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"))
    names = (" ".join(str(name or "").split()) for name in found)
    return next((name for name in names if name), "")[:LONGEST_NAME]
