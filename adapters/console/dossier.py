"""A case as an advisor sees it: who has it, what is known, what was said."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from adapters.console.accounts import Account
from adapters.console.transcript import Entry, transcript
from adapters.console.waiting import Queue, need
from adapters.console.words import LEVELS, RATINGS, STATES, channel_name, reason_name
from adapters.desk.cases import OPEN
from adapters.desk.schema import cases
from adapters.messages.schema import conversations
from bot.places import ward_name
from bot.privacy import mask


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case as one advisor sees it."""

    id: int
    conversation: int
    need: str
    question: str
    """The person's words, as this advisor may read them."""
    hold: str
    """waiting; settling (mine, the bot's last call still under way); mine; other; over."""
    state: str
    """In words."""
    holder: str
    holder_name: str
    facts: Sequence[tuple[str, str]]
    contact: str
    """With consent, else empty."""
    minutes: int
    level: str
    entries: Sequence[Entry]
    earlier: Sequence[tuple[int, str, float]]
    """Other cases of the conversation: id, state in words, when it was opened."""
    opened_at: float
    ward: str | None
    """In romaji."""

    @property
    def told(self) -> str:
        """What the level says in words."""
        return LEVELS.get(self.level, "")

    @property
    def said(self) -> str:
        """Id of the person's latest message."""
        return next((entry.id for entry in reversed(self.entries) if entry.kind == "person"), "")

    @property
    def version(self) -> str:
        """Changes with what is shown."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:20]


def dossier(connection: Connection, number: int, account: Account, queue: Queue) -> Dossier | None:
    """Collect a case; None where there is none.

    Args:
        connection: To read with.
        number: Id of the case.
        account: Who looks.
        queue: Measures how long somebody waits.
    """
    row = (
        connection.execute(
            select(cases, conversations.c.channel, conversations.c.ward)
            .join(conversations, conversations.c.id == cases.c.conversation)
            .where(cases.c.id == number)
        )
        .mappings()
        .first()
    )
    if row is None:
        return None
    mine = row["state"] == "with_advisor" and row["holder"] == account.key
    # To whoever has it a person speaks plainly; to all who may look in, only with their consent.
    plain = mine or row["consent_at"] is not None
    minutes, level = queue.waited(row)
    return Dossier(
        id=row["id"],
        conversation=row["conversation"],
        need=need(row["question"]),
        question=row["question"] if plain else mask(row["question"]),
        hold=_hold(row, mine=mine),
        state=_state(row, mine=mine),
        holder=row["holder"],
        holder_name=row["holder_name"],
        facts=_facts(row),
        contact=row["contact"] if row["consent_at"] is not None else "",
        minutes=minutes,
        level=level,
        entries=transcript(connection, row, plain=plain),
        earlier=_earlier(connection, row),
        opened_at=row["opened_at"],
        ward=row["ward"],
    )


def _hold(case: RowMapping, *, mine: bool) -> str:
    if case["state"] == "waiting":
        return "waiting"
    if case["state"] not in OPEN:
        return "over"
    if not mine:
        return "other"
    return "mine" if case["shown_at"] is not None else "settling"


def _state(case: RowMapping, *, mine: bool) -> str:
    if case["state"] == "with_advisor":
        return "あなたが担当しています" if mine else f"{case['holder_name']}さんが担当しています"
    return STATES[case["state"]]


def _facts(case: RowMapping) -> Sequence[tuple[str, str]]:
    found: Mapping[str, Any] = {
        "区": ward_name(case["ward"]) if case["ward"] else "不明",
        "経路": channel_name(case["channel"]),
        "呼ばれた理由": reason_name(case["reason"]),
        "評価": RATINGS.get(case["rating"], ""),
    }
    return [(name, str(value)) for name, value in found.items() if value]


def _earlier(connection: Connection, case: RowMapping) -> Sequence[tuple[int, str, float]]:
    where = (cases.c.conversation == case["conversation"]) & (cases.c.id != case["id"])
    rows = connection.execute(
        select(cases.c.id, cases.c.state, cases.c.opened_at).where(where).order_by(cases.c.id.desc()).limit(5)
    )
    return [(row.id, STATES[row.state], row.opened_at) for row in rows]
