"""Which way a message goes: by its reply token, free and good for a minute, or as a push, which the plan counts.

Each attempt is stored before its call. What broke off is decided upon from what was stored alone, so that the same
way is taken again after a crash: a reply is never followed by a push that would say the same a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

REPLY_WITHIN = 50.0
"""Seconds after receipt within which a first attempt is a reply."""
REPEAT_WITHIN = 60.0
"""Seconds after receipt within which a reply whose outcome is unknown is repeated."""
PUSH_WITHIN = 23 * 3600.0
"""Seconds within which a push is repeated: LINE knows its retry key for 24 hours."""


class Way(StrEnum):
    """How a message goes out."""

    REPLY = "reply"
    PUSH = "push"
    NONE = "none"
    """Not at all: it may have gone out, and nobody can find out."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """What is known of a message's attempts. Times are seconds since 1970."""

    received_at: float
    attempted_at: float | None
    """When the last one began, or the first of those whose outcome is unknown; None: there was none."""
    unsure: bool
    """It is not known what came of the last one."""
    has_token: bool
    """There was a reply token at all, and LINE has not called it invalid."""


def way(known: Attempts, at: float) -> Way:
    """Decide how the attempt that begins at a time is made."""
    if not known.unsure or known.attempted_at is None:
        return first_way(known, at)
    if first_way(known, known.attempted_at) is Way.REPLY:
        return Way.REPLY if at - known.received_at <= REPEAT_WITHIN else Way.NONE
    # LINE forgets a retry key after a day; a push with a forgotten one would arrive twice.
    return Way.PUSH if at - known.attempted_at <= PUSH_WITHIN else Way.NONE


def first_way(known: Attempts, at: float) -> Way:
    """Decide how an attempt is made, or was made, that began at a time when nothing had gone out."""
    return Way.REPLY if known.has_token and at - known.received_at <= REPLY_WITHIN else Way.PUSH
