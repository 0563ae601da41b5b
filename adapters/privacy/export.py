"""Everything that is held about a person, as they may ask to see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from adapters.desk.schema import answers, cases
from adapters.messages.model import Kind
from adapters.messages.schema import conversations, inbox, outbox, turns
from adapters.messages.store import MessageStore
from adapters.privacy.people import conversations_of, said_in_groups
from adapters.settings import TOKYO

_SPEAKER = {"bot": "ippo", "advisor": "advisor", "notice": "ippo"}


def export(store: MessageStore, channel: str, person: str) -> dict[str, Any]:
    """Collect what is held about a person.

    What others said, and what advisors noted among themselves, is not theirs and is left out.

    Args:
        store: The database.
        channel: `line`, `slack`, `web`.
        person: What the channel calls them.
    Returns:
        What JSON can hold: `channel`, `person`, `conversations` (each with `ward`, `talk`, `messages`, `turns`,
        `cases`, `answers`) and `in_groups`. Times are ISO 8601 in Asia/Tokyo. Empty lists where nothing is held.
    Raises:
        StoreUnavailable: The database cannot be reached.
    """
    with store.read() as connection:
        numbers = conversations_of(connection, channel, person)
        elsewhere = said_in_groups(connection, channel, person)
        return {
            "channel": channel,
            "person": person,
            "conversations": [_conversation(connection, number) for number in numbers],
            "in_groups": [_in_group(connection, number) for number in elsewhere],
        }


def _conversation(connection: Connection, number: int) -> dict[str, Any]:
    row = connection.execute(select(conversations).where(conversations.c.id == number)).mappings().one()
    said = connection.execute(select(inbox).where(inbox.c.conversation == number)).mappings().all()
    told = connection.execute(select(outbox).where(outbox.c.conversation == number)).mappings().all()
    messages = sorted(
        [(at["received_at"], _said(at)) for at in said] + [(at["received_at"], _told(at)) for at in told],
        key=lambda entry: entry[0],
    )
    remembered = connection.execute(select(turns).where(turns.c.conversation == number).order_by(turns.c.id))
    opened = connection.execute(select(cases).where(cases.c.conversation == number).order_by(cases.c.id))
    answered = connection.execute(select(answers).where(answers.c.conversation == number).order_by(answers.c.id))
    return {
        "key": row["key"],
        "begun_at": _time(row["created_at"]),
        "state": row["state"],
        "ward": row["ward"],
        "talk": json.loads(row["talk"]),
        "messages": [message for _, message in messages],
        "turns": [_turn(turn) for turn in remembered.mappings()],
        "cases": [_case(case) for case in opened.mappings()],
        "answers": [_answer(answer) for answer in answered.mappings()],
    }


def _said(row: RowMapping) -> dict[str, Any]:
    kind = Kind.TEXT if row["kind"] == Kind.TAP else row["kind"]
    return {"from": "person", "at": _time(row["received_at"]), "kind": str(kind), "text": row["text"]}


def _told(row: RowMapping) -> dict[str, Any]:
    reply: Mapping[str, Any] = json.loads(row["reply"])
    return {
        "from": _SPEAKER.get(row["author"], "ippo"),
        "at": _time(row["sent_at"] or row["received_at"]),
        "delivery": row["status"],
        "text": reply["text"],
        "citations": [
            {name: one.get(name) for name in ("title", "place", "quote", "url")} for one in reply["citations"]
        ],
        "choices": reply["choices"],
    }


def _turn(row: RowMapping) -> dict[str, Any]:
    return {"role": row["role"], "at": _time(row["at"]), "text": row["text"]}


def _case(row: RowMapping) -> dict[str, Any]:
    return {
        "question": row["question"],
        "state": row["state"],
        "opened_at": _time(row["opened_at"]),
        "answered_at": _time(row["answered_at"]),
        "ended_at": _time(row["ended_at"]),
        "rating": row["rating"],
        "contact": row["contact"],
        "consent_at": _time(row["consent_at"]),
    }


def _answer(row: RowMapping) -> dict[str, Any]:
    names = ("question", "act", "confidence", "ward", "vote")
    return {"at": _time(row["at"]), **{name: row[name] for name in names}}


def _in_group(connection: Connection, number: int) -> dict[str, Any]:
    return _said(connection.execute(select(inbox).where(inbox.c.id == number)).mappings().one())


def _time(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, TOKYO).isoformat(timespec="seconds")
