"""What passes between channels and the message store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

from bot.answer import Act

Address = Mapping[str, Any]
"""What a channel needs to reply, as JSON can hold it; nobody else looks inside."""


class Kind(StrEnum):
    """What came in."""

    TEXT = "text"
    TAP = "tap"
    """A tapped answer; `text` is what it says."""
    MEDIA = "media"
    """A picture, film, sound or file: `text` names the kind, the content is not kept."""
    STICKER = "sticker"
    PLACE = "place"
    """A location: `text` is its address as the person's platform gives it."""
    FOLLOW = "follow"
    """The person has added the account, or opened the conversation for the first time."""
    UNFOLLOW = "unfollow"
    """The person has blocked the account: nothing can be sent until they come back."""
    JOIN = "join"
    """The account was asked into a group."""
    UNSEND = "unsend"
    """The person has taken a message back: `message` is its id."""
    VOTE = "vote"
    """A vote on an answer: `text` is `up` or `down`, `message` the platform's id of the answer."""
    CLAIM = "claim"
    """An advisor takes a case. This kind and those below come from the advisors' channel."""
    RETURN = "return"
    CLOSE = "close"
    ADVICE = "advice"
    """An advisor's words in a case's thread: `text` holds them."""
    ADVICE_FILES = "advice_files"
    """The same with files, which are not passed on."""
    ADVICE_CHANGED = "advice_changed"
    """An advisor has changed or deleted what they wrote there, which the person has already read."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event of one conversation."""

    channel: str
    conversation: str
    """Its key within the channel."""
    keys: tuple[str, ...]
    """Names by which it is known again, at least one; an event that has one of them in common is the same."""
    kind: Kind
    text: str = ""
    person: str = ""
    """Whose ward and plan it is; empty in a group."""
    message: str = ""
    """The platform's id of the message."""
    address: Address = field(default_factory=dict)
    received_at: float | None = None
    """Seconds since 1970; None: now. Age of a reply token counts from here."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said, before a channel gives it its form."""

    text: str
    """Plain text with markers like [1]."""
    act: Act = Act.ANSWER
    citations: tuple[Mapping[str, Any], ...] = ()
    """`n`, `source`, `title`, `place`, `quote`, `url`."""
    choices: tuple[str, ...] = ()
    confidence: float = 1.0
    sender: str = ""
    """The advisor's name where an advisor speaks; empty: Ippo itself."""

    def to_json(self) -> str:
        """Write it down as the outbox holds it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, stored: str) -> Reply:
        """Read what `to_json` wrote."""
        values = json.loads(stored)
        found = cls(**{**values, "act": Act(values["act"])})
        return replace(found, citations=tuple(values["citations"]), choices=tuple(values["choices"]))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A reply on its way."""

    id: int
    channel: str
    conversation: str
    reply: Reply
    address: Address
    author: str
    """`bot`, `advisor`, `notice` (what happens with a case), or `desk` (for advisors)."""
    retry_key: str
    """A UUID, the same at every attempt."""
    received_at: float
    """When the message it answers came in."""
    attempts: int
    """Attempts begun before this one."""
    attempted_at: float | None
    """When the last of them began; where `unsure`, the first of those whose outcome is unknown."""
    unsure: bool
    """An attempt was begun whose outcome is not known: the process or the connection broke."""
    begun_at: float = 0.0
    """When this attempt began, as it is stored: what a channel decides by it, it can decide again after a crash."""
    error: str = ""
    """What the channel said of the last attempt that came to an end."""


class Outcome(StrEnum):
    """What became of an attempt."""

    SENT = "sent"
    RETRY = "retry"
    """It did not arrive, and may be tried again."""
    UNSURE = "unsure"
    """It may have arrived; the channel knows how to find out at the next attempt."""
    UNKNOWN = "unknown"
    """It may have arrived, and nobody can find out: it is not sent again, and shown to operators."""
    FAILED = "failed"
    """It can't arrive: the person has blocked the account, the request is refused for good."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The end of an attempt."""

    outcome: Outcome
    sent_as: str = ""
    """The platform's id of the message."""
    error: str = ""
    """For operators; holds no text of a message."""
    after: float = 1.0
    """Seconds to wait before the next attempt."""


class Channel(Protocol):
    """A platform."""

    name: str

    def deliver(self, message: Outgoing) -> Delivery:
        """Send, once. The attempt is stored before the call.

        Raises:
            Exception: Anything: the outcome counts as `UNSURE`.
        """

    def working(self, address: Address) -> None:
        """Show the person that an answer is being made. Errors are the caller's to swallow."""
