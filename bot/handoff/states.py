"""Who has the conversation, and what may happen to it: one table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.errors import BotError


class State(StrEnum):
    """Who has the conversation."""

    WITH_BOT = "with_bot"
    WAITING = "waiting"
    """An advisor is called and none has come yet; the bot goes on answering."""
    WITH_ADVISOR = "with_advisor"
    CLOSED = "closed"
    """An advisor has ended it; what the person writes next begins anew with the bot."""


class Event(StrEnum):
    """What happens to a conversation."""

    CALL = "call"
    """The person asks for an advisor."""
    CANCEL = "cancel"
    """The person takes that back before anybody came."""
    CLAIM = "claim"
    """An advisor takes it."""
    HAND_OVER = "hand_over"
    """The advisor gives it to another advisor."""
    RETURN = "return"
    """The advisor gives it back to the bot."""
    CLOSE = "close"
    """The advisor ends it."""
    RESUME = "resume"
    """The person writes after the end."""


class IllegalTransition(BotError, ValueError):
    """The event can't happen in that state: somebody else was quicker. Read the state again and say what it is."""


TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        (State.WITH_BOT, Event.CALL): State.WAITING,
        (State.CLOSED, Event.CALL): State.WAITING,
        (State.WAITING, Event.CANCEL): State.WITH_BOT,
        (State.WAITING, Event.CLAIM): State.WITH_ADVISOR,
        (State.WAITING, Event.RETURN): State.WITH_BOT,
        (State.WAITING, Event.CLOSE): State.CLOSED,
        (State.WITH_ADVISOR, Event.HAND_OVER): State.WITH_ADVISOR,
        (State.WITH_ADVISOR, Event.RETURN): State.WITH_BOT,
        (State.WITH_ADVISOR, Event.CLOSE): State.CLOSED,
        (State.CLOSED, Event.RESUME): State.WITH_BOT,
    }
)
"""Every transition there is; a pair that is missing is illegal."""

RAISES_EPOCH = frozenset({Event.CLAIM, Event.HAND_OVER, Event.RETURN, Event.CLOSE})
"""Events after which the one who spoke before must not be heard any more: they raise the conversation's epoch, and
what was written under the old one is not sent. Calling, cancelling and resuming leave the speaker as it was, the bot."""


def after(state: State, event: Event) -> State:
    """Give the state after an event.

    Raises:
        IllegalTransition: Names both, where the table has no such pair.
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition(f"{event} can't happen in {state}") from None
