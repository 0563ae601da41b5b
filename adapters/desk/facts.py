"""What an advisor is told of a case: built from what is stored, nothing guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from adapters.desk.schema import answers, cases
from adapters.messages.schema import conversations, turns

LATELY = 60
"""Turns of a conversation that are gone through."""


@dataclass(frozen=True, slots=True)
class Told:
    """A case's card."""

    question: str
    lines: tuple[str, ...]
    sources: tuple[Mapping[str, Any], ...]
    """Citations shown to the person, latest first, each source once."""


def told(connection: Connection, case: int, today: date) -> Told:
    """Collect what is known of a case."""
    row = connection.execute(select(cases).where(cases.c.id == case)).mappings().one()
    from bot.handoff.summary import CaseFacts, lines

    lane = connection.execute(
        select(conversations.c.ward, conversations.c.channel).where(conversations.c.id == row["conversation"])
    ).one()
    said = _said(connection, row)
    unanswered = connection.execute(
        select(answers.c.question)
        .where(answers.c.conversation == row["conversation"], answers.c.act == "abstain", answers.c.question != "")
        .order_by(answers.c.id.desc())
        .limit(3)
    ).scalars()
    sources = _sources(connection, row)
    facts = CaseFacts(
        question=row["question"],
        reason=row["reason"],
        ward=lane.ward,
        said=tuple(said),
        sources=tuple(str(one.get("title") or one.get("source")) for one in sources),
        unanswered=tuple(reversed(list(unanswered))),
        contact=row["contact"],
        consent_at=row["consent_at"],
        today=today,
    )
    return Told(row["question"], tuple(lines(facts)), tuple(sources[:5]))


def _said(connection: Connection, case: RowMapping) -> Sequence[str]:
    rows = connection.execute(
        select(turns.c.text)
        .where(turns.c.conversation == case["conversation"], turns.c.role == "user", turns.c.text != "")
        .order_by(turns.c.id.desc())
        .limit(LATELY)
    ).scalars()
    return list(reversed(list(rows)))


def _sources(connection: Connection, case: RowMapping) -> list[Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for detail in connection.execute(
        select(turns.c.detail)
        .where(turns.c.conversation == case["conversation"], turns.c.role == "assistant")
        .order_by(turns.c.id.desc())
        .limit(LATELY)
    ).scalars():
        for citation in json.loads(detail).get("citations", ()):
            found.setdefault(str(citation.get("source")), citation)
    return [{**citation, "n": n} for n, citation in enumerate(found.values(), 1)]
