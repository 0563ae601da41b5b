"""Slack's payloads to what the inbox takes. Knows no SDK and no network; what it can't read it leaves out.

A conversation is a thread: workspace, channel and the thread's root. A message at top level begins one. What advisors
do in their channel is read in `desk_events`.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.messages.model import Incoming, Kind
from adapters.slack.payload import (
    SPOKEN,
    Payload,
    a_ts,
    an_id,
    bot,
    digest,
    event_key,
    is_program,
    part,
    presses,
    words,
)
from adapters.slack.text import mentions, plain

NAME = "slack"
FEEDBACK = "ippo_feedback"
"""`action_id` of the votes."""
CHOICE = "ippo_choice_"
"""Beginning of the `action_id` of a choice."""

HELLO = "こんにちは"

_MEDIA = {"image": "画像", "video": "動画", "audio": "音声"}


def message(body: Payload) -> Incoming | None:
    """Translate a message or a mention.

    In a channel only what names the bot is for it. A mention there may come twice, as `app_mention` and as `message`,
    with event ids of their own and the same `ts`: both have both names, so the second is known.

    Returns:
        None where there is nothing to answer: programs (other bots, ourselves), edits, joins, what is not for us.
    """
    event = part(body.get("event"))
    team, channel, ts, user = (
        an_id(body.get("team_id")),
        an_id(event.get("channel")),
        a_ts(event.get("ts")),
        an_id(event.get("user")),
    )
    if event.get("subtype") not in SPOKEN or is_program(event) or not (team and channel and ts and user):
        return None
    me, written = bot(body), words(event.get("text"))
    private = event.get("channel_type") == "im" or channel.startswith("D")
    if user == me or not (private or event.get("type") == "app_mention" or mentions(written, me)):
        return None
    text, root = plain(written), a_ts(event.get("thread_ts")) or ts
    kind = Kind.TEXT
    if not text:
        # To be called by name and nothing else is to be greeted.
        kind, text = (Kind.MEDIA, _media(event)) if event.get("files") else (Kind.TEXT, HELLO)
    return Incoming(
        channel=NAME,
        conversation=f"{team}:{channel}:{root}",
        keys=(event_key(body), f"slack:{channel}:{ts}"),
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
    event = part(body.get("event"))
    subtype, changed = event.get("subtype"), part(event.get("message"))
    if subtype == "message_deleted":
        ts = a_ts(event.get("deleted_ts"))
    elif subtype == "message_changed" and changed.get("subtype") == "tombstone":
        ts = a_ts(changed.get("ts"))
    else:
        return None
    team, channel = an_id(body.get("team_id")), an_id(event.get("channel"))
    if not (team and channel and ts):
        return None
    # The conversation is not needed, and not known where the message was a reply: the text is found by its id.
    keys = (event_key(body),)
    return Incoming(NAME, f"{team}:{channel}:{ts}", keys, Kind.UNSEND, message=f"{channel}:{ts}")


def actions(body: Payload) -> Iterator[Incoming]:
    """Translate pressed buttons: choices and votes. Other buttons are somebody else's."""
    for press in presses(body):
        if press.name == FEEDBACK and press.value in ("up", "down"):
            kind = Kind.VOTE
        elif press.name.startswith(CHOICE) and press.value:
            kind = Kind.TAP
        else:
            continue
        private = press.channel.startswith("D")
        yield Incoming(
            channel=NAME,
            conversation=f"{press.team}:{press.channel}:{press.root}",
            keys=(press.key,),
            kind=kind,
            text=press.value,
            person=f"{press.team}:{press.user}" if private else "",
            message=f"{press.channel}:{press.ts}",
            address={
                "team": press.team,
                "channel": press.channel,
                "thread_ts": press.root,
                "user": press.user,
                "private": private,
                "asked": press.value,
            },
        )


def command(body: Payload) -> Incoming | None:
    """Translate `/ippo QUESTION`. It has no thread and may be said where the bot is no member: the reply is a direct message.

    Returns:
        None without a question.
    """
    team, user, text = an_id(body.get("team_id")), an_id(body.get("user_id")), plain(words(body.get("text")))
    if not (team and user and text):
        return None
    said = words(body.get("trigger_id")) or digest(
        *(words(body.get(name)) for name in ("response_url", "user_id", "text"))
    )
    return Incoming(
        channel=NAME,
        conversation=f"{team}:{user}:command",
        keys=(f"slack:command:{digest(said)}",),
        kind=Kind.TEXT,
        text=text,
        person=f"{team}:{user}",
        address={"team": team, "user": user, "private": True, "asked": text},
    )


def _media(event: Payload) -> str:
    files = event.get("files")
    first = part(files[0]) if isinstance(files, list) and files else {}
    return _MEDIA.get(words(first.get("mimetype")).partition("/")[0], "ファイル")
