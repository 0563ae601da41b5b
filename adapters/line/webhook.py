"""LINE's webhook, from raw bytes to `Incoming`, event by event."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Mapping
from typing import Any

from adapters.messages.model import Incoming, Kind

log = logging.getLogger(__name__)

CHANNEL = "line"
TEXT_LIMIT = 10_000
"""Characters of a person's message that are kept."""
_ID_LIMIT = 100
"""Characters; LINE's ids have 33 at most, the database holds 100."""
TOKEN_OF_REDELIVERY = 19 * 60.0
"""Seconds since the event after which not even a redelivery's reply token works (LINE says 20 minutes)."""
HELLO = "こんにちは"
"""What somebody says who calls the bot by its name alone."""
_MEDIA = {"image": "画像", "video": "動画", "audio": "音声", "file": "ファイル"}
_CONVERSATIONS = {"user": "userId", "group": "groupId", "room": "roomId"}


class Malformed(ValueError):
    """The body is no webhook: answer 400."""


class _Unusable(ValueError):
    """One event lacks what every event has: it is left out."""


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Check a body's signature, in constant time.

    Args:
        body: The bytes as they came: LINE escapes emoji, and what was parsed and written again has other bytes.
        signature: The header `x-line-signature`; empty where there is none.
        secret: The channel's.
    """
    wanted = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(wanted, signature.strip().encode("utf-8", "replace"))


def parse(body: bytes) -> list[Incoming]:
    """Read a body; events of no use to us, and single bad ones, are left out.

    LINE's own parser is not used: it loses the content of what it does not know and gives up a whole request for one
    event (line-bot-sdk 3.27).

    Raises:
        Malformed: It is no JSON object with a list of events.
    """
    try:
        # RecursionError: lists within lists within lists.
        request = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("the body is no JSON") from None
    events = request.get("events") if isinstance(request, dict) else None
    if not isinstance(events, list):
        raise Malformed("the body has no list of events")
    return [incoming for event in events if (incoming := _read(event)) is not None]


def _read(event: object) -> Incoming | None:
    try:
        return _incoming(_object(event))
    except _Unusable as reason:
        # The reason names a field, never its content.
        log.warning("LINE event left out", extra={"reason": str(reason)})
        return None


def _incoming(event: Mapping[str, Any]) -> Incoming | None:
    # Standby: another program has the conversation. A mode we do not know is no permission to speak either.
    if event.get("mode", "active") != "active":
        return None
    read = _EVENTS.get(str(event.get("type")))
    return read(event) if read else None


def _message(event: Mapping[str, Any]) -> Incoming | None:
    message = _object(event.get("message"))
    kind = message.get("type")
    if kind == "text":
        text = _addressed(message, in_group=_source(event) != "user")
        return None if text is None else _make(event, Kind.TEXT, text, message)
    # A picture or sticker in a group can't call anybody by name: it is not for us.
    if _source(event) != "user":
        return None
    if kind == "sticker":
        return _make(event, Kind.STICKER, "", message)
    if kind == "location":
        return _make(event, Kind.PLACE, _text(message.get("address")) or _text(message.get("title")), message)
    if kind in _MEDIA:
        return _make(event, Kind.MEDIA, _MEDIA[str(kind)], message)
    return None


def _addressed(message: Mapping[str, Any], *, in_group: bool) -> str | None:
    """Give a text without the bot's name; None where it is said to others, or empty."""
    text = message.get("text")
    if not isinstance(text, str):
        raise _Unusable("message.text")
    calls = _calls(message)
    if in_group and not calls:
        return None
    units = text.encode("utf-16-le", "surrogatepass")
    for start, end in sorted(calls, reverse=True):
        units = units[: 2 * start] + units[2 * end :]
    said = _text(units.decode("utf-16-le", "replace"))
    return said or (HELLO if calls else None)


def _calls(message: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Find where the bot is called by name: (start, end) in UTF-16 units. 「@All」 calls nobody in particular."""
    mention = message.get("mention")
    named = mention.get("mentionees") if isinstance(mention, dict) else None
    found = []
    for one in named if isinstance(named, list) else []:
        if isinstance(one, dict) and one.get("isSelf") is True:
            start, length = one.get("index"), one.get("length")
            if isinstance(start, int) and isinstance(length, int) and start >= 0 and length > 0:
                found.append((start, start + length))
    return found


def _postback(event: Mapping[str, Any]) -> Incoming | None:
    postback = _object(event.get("postback"))
    params = postback.get("params")
    # Another page of the rich menu was opened: nothing is asked.
    if isinstance(params, dict) and "newRichMenuAliasId" in params:
        return None
    asked = _text(postback.get("data"))
    return _make(event, Kind.TAP, asked) if asked else None


def _follow(event: Mapping[str, Any]) -> Incoming:
    return _make(event, Kind.FOLLOW)


def _unfollow(event: Mapping[str, Any]) -> Incoming:
    return _make(event, Kind.UNFOLLOW)


def _join(event: Mapping[str, Any]) -> Incoming:
    return _make(event, Kind.JOIN)


def _unsend(event: Mapping[str, Any]) -> Incoming:
    return _make(event, Kind.UNSEND, "", {"id": _object(event.get("unsend")).get("messageId")})


_EVENTS = {
    "message": _message,
    "postback": _postback,
    "follow": _follow,
    "unfollow": _unfollow,
    "join": _join,
    # To leave a group is, for us, what being blocked is: nothing can be sent any more.
    "leave": _unfollow,
    "unsend": _unsend,
}
"""All other events are for other kinds of bots; they are acknowledged and nothing comes of them."""


def _make(event: Mapping[str, Any], kind: Kind, text: str = "", message: Mapping[str, Any] | None = None) -> Incoming:
    source = _object(event.get("source"))
    name = _source(event)
    conversation = _id(source.get(_CONVERSATIONS[name]), f"source.{_CONVERSATIONS[name]}")
    number = "" if message is None else _id(message.get("id"), "message.id")
    event_id = event.get("webhookEventId")
    if not isinstance(event_id, str) or not event_id:
        if not number:
            raise _Unusable("webhookEventId")
        event_id = f"message:{number}" if kind is not Kind.UNSEND else f"unsend:{number}"
    token = event.get("replyToken")
    return Incoming(
        channel=CHANNEL,
        conversation=conversation,
        keys=(f"line:{_text(event_id)}",),
        kind=kind,
        text=text,
        person=conversation if name == "user" else "",
        message=number,
        address={"to": conversation, "source": name, "token": token if isinstance(token, str) else ""},
        received_at=_received_at(event),
    )


def _received_at(event: Mapping[str, Any]) -> float:
    """Tell when the reply token's minute began.

    It begins anew with a redelivery, unless the event itself is too old; then it is over.
    """
    at, happened = time.time(), event.get("timestamp")
    context = event.get("deliveryContext")
    again = isinstance(context, dict) and context.get("isRedelivery") is True
    if again and isinstance(happened, int) and 0 < happened / 1000 < at - TOKEN_OF_REDELIVERY:
        return happened / 1000
    return at


def _source(event: Mapping[str, Any]) -> str:
    name = str(_object(event.get("source")).get("type"))
    if name not in _CONVERSATIONS:
        raise _Unusable("source.type")
    return name


def _id(value: object, field: str) -> str:
    if not isinstance(value, str) or not value or len(value) > _ID_LIMIT or not value.isascii() or "\0" in value:
        raise _Unusable(field)
    return value


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _Unusable("not an object")
    return value


def _text(value: object) -> str:
    """Give a text as every database holds it: no half characters, no zero characters, no end without end."""
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "").strip()[:TEXT_LIMIT]
