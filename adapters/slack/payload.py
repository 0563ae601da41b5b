"""Reading Slack's payloads: what is not of the expected shape reads as nothing. Knows no SDK and no network."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.text import plain

Payload = Mapping[str, Any]

SPOKEN = (None, "", "file_share", "thread_broadcast", "me_message")
"""Subtypes of what a person says. Everything else is about messages rather than one, or from a program."""
_ID = re.compile(r"[A-Z0-9]{2,30}")
_TS = re.compile(r"\d{1,16}\.\d{1,10}")
_KEY = re.compile(r"\w{1,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button."""

    team: str
    user: str
    channel: str
    ts: str
    """The message that has the button."""
    root: str
    """Its thread's root, itself where it stands alone."""
    name: str
    """The button's `action_id`."""
    value: str
    key: str
    """By which this press is known again."""


def presses(body: Payload) -> Iterator[Press]:
    """Give what was pressed, buttons of all kinds."""
    team, user = an_id(part(body.get("team")).get("id")), an_id(part(body.get("user")).get("id"))
    container, shown = part(body.get("container")), part(body.get("message"))
    channel = an_id(part(body.get("channel")).get("id")) or an_id(container.get("channel_id"))
    ts = a_ts(container.get("message_ts")) or a_ts(shown.get("ts"))
    if not (team and user and channel and ts):
        return
    root = a_ts(container.get("thread_ts")) or a_ts(shown.get("thread_ts")) or ts
    pressed = body.get("actions")
    for action in map(part, pressed if isinstance(pressed, list) else ()):
        name = words(action.get("action_id"))
        value = words(action.get("value")) or words(part(action.get("selected_option")).get("value"))
        key = f"slack:{channel}:{ts}:{user}:{digest(name, words(action.get('action_ts')))}"
        yield Press(team, user, channel, ts, root, name, plain(value), key)


def bot(body: Payload) -> str:
    """Give our user id in the workspace that an event comes from; empty where Slack does not say."""
    installed = body.get("authorizations")
    first = part(installed[0]) if isinstance(installed, list) and installed else {}
    return an_id(first.get("user_id")) if first.get("is_bot") is not False else ""


def is_program(message: Payload) -> bool:
    """Tell whether a message is not from a person."""
    return (
        bool(message.get("bot_id") or message.get("bot_profile") or message.get("hidden"))
        or message.get("user") == "USLACKBOT"
    )


def event_key(body: Payload) -> str:
    """Give the name by which a delivery is known again."""
    return f"slack:{an_id(body.get('event_id'), _KEY) or digest(repr(body))}"


def digest(*parts: str) -> str:
    """Give a short name for what may be long."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def part(value: object) -> Payload:
    """Give an object's fields; none where it is no object."""
    return value if isinstance(value, dict) else {}


def words(value: object) -> str:
    """Give a text, empty where it is none."""
    return value if isinstance(value, str) else ""


def an_id(value: object, shape: re.Pattern[str] = _ID) -> str:
    """Give an id, empty where it does not look like one."""
    # The columns have a width, and PostgreSQL refuses what is longer: only ids that look like ids are taken.
    return value if isinstance(value, str) and shape.fullmatch(value) else ""


def a_ts(value: object) -> str:
    """Give a message's time stamp, empty where it does not look like one."""
    return an_id(value, _TS)
