"""What advisors do in their channel, as the inbox takes it: buttons of a case's card, and messages in its thread.

Whoever is in that channel may be an advisor; what each may do is decided where it is worked off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from adapters.desk.posts import CHANNEL
from adapters.messages.model import Incoming, Kind
from adapters.slack.payload import SPOKEN, Payload, a_ts, an_id, bot, event_key, is_program, part, presses, words
from adapters.slack.text import written

BUTTONS: Mapping[str, Kind] = MappingProxyType(
    {"handoff_claim": Kind.CLAIM, "handoff_return": Kind.RETURN, "handoff_close": Kind.CLOSE}
)
"""`action_id` of a card's buttons, in the order in which they stand there, and what each means."""


def is_in_thread(body: Payload, advisors: str) -> bool:
    """Tell whether an event is about a message in a thread of the advisors' channel.

    Args:
        body: The delivery.
        advisors: The channel's id; empty where there is none.
    """
    event = part(body.get("event"))
    if not advisors or event.get("channel") != advisors:
        return False
    return any(_root(part(found)) for found in (event, event.get("message"), event.get("previous_message")))


def message(body: Payload) -> Incoming | None:
    """Translate an event of which `is_in_thread` holds.

    A mention of the bot comes twice, as everywhere, and is one.

    Returns:
        None where nobody said or changed anything: programs, we ourselves, joins, unfurled links, new replies.
    """
    event = part(body.get("event"))
    subtype, before = event.get("subtype"), part(event.get("previous_message"))
    if subtype in SPOKEN:
        return _said(body, event)
    if subtype == "message_deleted":
        return _changed(body, before, a_ts(event.get("deleted_ts")) or a_ts(before.get("ts")))
    if subtype == "message_changed":
        after = part(event.get("message"))
        if after.get("subtype") == "tombstone":
            # It stands there in Slackbot's name; whose it was is told by what was there before.
            return _changed(body, before, a_ts(after.get("ts")))
        if words(after.get("text")) != words(before.get("text")):
            return _changed(body, after, a_ts(after.get("ts")))
    return None


def actions(body: Payload, advisors: str) -> Iterator[Incoming]:
    """Translate pressed buttons of cards; elsewhere than in the advisors' channel they mean nothing."""
    for press in presses(body):
        kind = BUTTONS.get(press.name)
        if kind is None or not advisors or press.channel != advisors:
            continue
        yield Incoming(
            channel=CHANNEL,
            conversation=_thread(press.team, press.channel, press.root),
            keys=(press.key,),
            kind=kind,
            text=press.value,
            address={"team": press.team, "channel": press.channel, "thread_ts": press.root, "user": press.user},
        )


def _said(body: Payload, event: Payload) -> Incoming | None:
    text, ts = written(words(event.get("text"))), a_ts(event.get("ts"))
    kind = Kind.ADVICE_FILES if event.get("files") else Kind.ADVICE
    if not text and kind is Kind.ADVICE:
        return None
    channel = an_id(part(body.get("event")).get("channel"))
    return _incoming(body, event, ts, kind, text, (event_key(body), f"slack:{channel}:{ts}"))


def _changed(body: Payload, whose: Payload, ts: str) -> Incoming | None:
    return _incoming(body, whose, ts, Kind.ADVICE_CHANGED, "", (event_key(body),))


def _incoming(body: Payload, whose: Payload, ts: str, kind: Kind, text: str, keys: tuple[str, ...]) -> Incoming | None:
    team, channel = an_id(body.get("team_id")), an_id(part(body.get("event")).get("channel"))
    root, user = _root(whose), an_id(whose.get("user"))
    if is_program(whose) or user == bot(body) or not (team and channel and root and ts and user):
        return None
    return Incoming(
        channel=CHANNEL,
        conversation=_thread(team, channel, root),
        keys=keys,
        kind=kind,
        text=text,
        message=f"{channel}:{ts}",
        address={"team": team, "channel": channel, "thread_ts": root, "ts": ts, "user": user},
    )


def _root(message: Payload) -> str:
    """Give the root of the thread that a message is in; empty for the root itself and for what stands alone."""
    root = a_ts(message.get("thread_ts"))
    return root if root != message.get("ts") else ""


def _thread(team: str, channel: str, root: str) -> str:
    return f"thread:{team}:{channel}:{root}"
