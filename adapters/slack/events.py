"""Slack's payloads to what the inbox takes. Knows no SDK and no network; what it can't read it leaves out.

A conversation is a thread: workspace, channel and the thread's root. A message at top level begins one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.messages.model import Incoming, Kind
from adapters.slack.text import mentions, plain

NAME = "slack"
FEEDBACK = "ippo_feedback"
"""`action_id` of the votes."""
CHOICE = "ippo_choice_"
"""Beginning of the `action_id` of a choice."""

HELLO = "こんにちは"

Payload = Mapping[str, Any]

_ID = re.compile(r"[A-Z0-9]{2,30}")
_TS = re.compile(r"\d{1,16}\.\d{1,10}")
# Everything else is about messages rather than one, or from a program.
_SPOKEN = (None, "", "file_share", "thread_broadcast", "me_message")
_MEDIA = {"image": "画像", "video": "動画", "audio": "音声"}


def message(body: Payload) -> Incoming | None:
    """Translate a message or a mention.

    In a channel only what names the bot is for it. A mention there may come twice, as `app_mention` and as `message`,
    with event ids of their own and the same `ts`: both have both names, so the second is known.

    Returns:
        None where there is nothing to answer: programs (other bots, ourselves), edits, joins, what is not for us.
    """
    event = _dict(body.get("event"))
    team, channel, ts, user = (
        _id(body.get("team_id")),
        _id(event.get("channel")),
        _ts(event.get("ts")),
        _id(event.get("user")),
    )
    if event.get("subtype") not in _SPOKEN or _is_program(event) or not (team and channel and ts and user):
        return None
    me, written = bot(body), _str(event.get("text"))
    private = event.get("channel_type") == "im" or channel.startswith("D")
    if user == me or not (private or event.get("type") == "app_mention" or mentions(written, me)):
        return None
    text, root = plain(written), _ts(event.get("thread_ts")) or ts
    kind = Kind.TEXT
    if not text:
        # To be called by name and nothing else is to be greeted.
        kind, text = (Kind.MEDIA, _media(event)) if event.get("files") else (Kind.TEXT, HELLO)
    return Incoming(
        channel=NAME,
        conversation=f"{team}:{channel}:{root}",
        keys=(f"slack:{_key(body)}", f"slack:{channel}:{ts}"),
        kind=kind,
        text=text,
        person=f"{team}:{user}" if private else "",
        message=f"{channel}:{ts}",
        address={"team": team, "channel": channel, "thread_ts": root, "user": user, "private": private},
    )


def deletion(body: Payload) -> Incoming | None:
    """Translate a message taken back; a thread's root is not deleted but becomes a tombstone.

    Returns:
        None for anything else that changed.
    """
    event = _dict(body.get("event"))
    subtype, changed = event.get("subtype"), _dict(event.get("message"))
    if subtype == "message_deleted":
        ts = _ts(event.get("deleted_ts"))
    elif subtype == "message_changed" and changed.get("subtype") == "tombstone":
        ts = _ts(changed.get("ts"))
    else:
        return None
    team, channel = _id(body.get("team_id")), _id(event.get("channel"))
    if not (team and channel and ts):
        return None
    # The conversation is not needed, and not known where the message was a reply: the text is found by its id.
    keys = (f"slack:{_key(body)}",)
    return Incoming(NAME, f"{team}:{channel}:{ts}", keys, Kind.UNSEND, message=f"{channel}:{ts}")


def actions(body: Payload) -> Iterator[Incoming]:
    """Translate pressed buttons: choices and votes. Other buttons are somebody else's."""
    team, user = _id(_dict(body.get("team")).get("id")), _id(_dict(body.get("user")).get("id"))
    container, shown = _dict(body.get("container")), _dict(body.get("message"))
    channel = _id(_dict(body.get("channel")).get("id")) or _id(container.get("channel_id"))
    ts = _ts(container.get("message_ts")) or _ts(shown.get("ts"))
    if not (team and user and channel and ts):
        return
    root = _ts(container.get("thread_ts")) or _ts(shown.get("thread_ts")) or ts
    pressed = body.get("actions")
    for action in map(_dict, pressed if isinstance(pressed, list) else ()):
        name, value = _str(action.get("action_id")), plain(_value(action))
        if name == FEEDBACK and value in ("up", "down"):
            kind = Kind.VOTE
        elif name.startswith(CHOICE) and value:
            kind = Kind.TAP
        else:
            continue
        private = channel.startswith("D")
        yield Incoming(
            channel=NAME,
            conversation=f"{team}:{channel}:{root}",
            keys=(f"slack:{channel}:{ts}:{user}:{_digest(name, _str(action.get('action_ts')))}",),
            kind=kind,
            text=value,
            person=f"{team}:{user}" if private else "",
            message=f"{channel}:{ts}",
            address={
                "team": team,
                "channel": channel,
                "thread_ts": root,
                "user": user,
                "private": private,
                "asked": value,
            },
        )


def command(body: Payload) -> Incoming | None:
    """Translate `/ippo QUESTION`. It has no thread and may be said where the bot is no member: the reply is a direct message.

    Returns:
        None without a question.
    """
    team, user, text = _id(body.get("team_id")), _id(body.get("user_id")), plain(_str(body.get("text")))
    if not (team and user and text):
        return None
    said = _str(body.get("trigger_id")) or _digest(
        *(_str(body.get(name)) for name in ("response_url", "user_id", "text"))
    )
    return Incoming(
        channel=NAME,
        conversation=f"{team}:{user}:command",
        keys=(f"slack:command:{_digest(said)}",),
        kind=Kind.TEXT,
        text=text,
        person=f"{team}:{user}",
        address={"team": team, "user": user, "private": True, "asked": text},
    )


def bot(body: Payload) -> str:
    """Give our user id in the workspace that an event comes from; empty where Slack does not say."""
    installed = body.get("authorizations")
    first = _dict(installed[0]) if isinstance(installed, list) and installed else {}
    return _id(first.get("user_id")) if first.get("is_bot") is not False else ""


def _key(body: Payload) -> str:
    return _id(body.get("event_id"), re.compile(r"\w{1,60}", re.ASCII)) or _digest(repr(body))


def _is_program(event: Payload) -> bool:
    return (
        bool(event.get("bot_id") or event.get("bot_profile") or event.get("hidden")) or event.get("user") == "USLACKBOT"
    )


def _media(event: Payload) -> str:
    files = event.get("files")
    first = _dict(files[0]) if isinstance(files, list) and files else {}
    return _MEDIA.get(_str(first.get("mimetype")).partition("/")[0], "ファイル")


def _value(action: Payload) -> str:
    return _str(action.get("value")) or _str(_dict(action.get("selected_option")).get("value"))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def _dict(value: object) -> Payload:
    return value if isinstance(value, dict) else {}


def _str(value: object) -> str:
    return value if isinstance(value, str) else ""


def _id(value: object, shape: re.Pattern[str] = _ID) -> str:
    # The columns have a width, and PostgreSQL refuses what is longer: only ids that look like ids are taken.
    return value if isinstance(value, str) and shape.fullmatch(value) else ""


def _ts(value: object) -> str:
    return _id(value, _TS)
