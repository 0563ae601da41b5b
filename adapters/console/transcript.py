"""What was said and done around a case, in one line of time: turns, internal notes, changes of hands."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from adapters.console.words import DELIVERY, EVENTS
from adapters.desk.cases import PERSON, SYSTEM
from adapters.desk.schema import advisors, notes, transitions
from adapters.messages.schema import outbox, turns
from adapters.web.shapes import CitationOut, citation
from bot.privacy import mask

BEFORE = 8
"""Turns before the call that are shown."""
MOST = 300
"""Turns of a case, the newest."""
GONE = "(本人が取り消したか、消去されました)"
_WHO = {"user": "相談者", "assistant": "Ippo(自動応答)"}
_KIND = {"user": "person", "assistant": "ippo", "advisor": "advisor"}
_ARRIVED = ("sent", "repeated")
_UNDER_WAY = ("pending", "sending")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was said or done."""

    id: str
    """Names it within the page."""
    kind: str
    """person, ippo, advisor, note or event."""
    who: str
    text: str
    at: float
    citations: tuple[CitationOut, ...] = ()
    delivery: str = ""
    """What became of an advisor's words, as it is said."""
    arrival: str = ""
    """The same for the eye: arrived, underway or lost."""


def transcript(connection: Connection, case: RowMapping, *, plain: bool) -> Sequence[Entry]:
    """Collect what an advisor may see of a conversation, oldest first.

    It begins some turns before the call. It ends with the case: what the person and the bot say to one another
    afterwards is theirs.

    Args:
        connection: To read with.
        case: The case.
        plain: Whether phone numbers and addresses are shown.
    """
    entries = [*_said(connection, case, plain=plain), *_noted(connection, case), *_done(connection, case)]
    return sorted(entries, key=lambda entry: entry.at)


def _said(connection: Connection, case: RowMapping, *, plain: bool) -> Sequence[Entry]:
    where = (turns.c.conversation == case["conversation"]) & turns.c.role.in_(tuple(_KIND))
    if case["ended_at"] is not None:
        where &= turns.c.at <= case["ended_at"]
    rows = connection.execute(select(turns).where(where).order_by(turns.c.id.desc()).limit(MOST)).mappings().all()
    # Newest first: those of the case, and some before it.
    before = [n for n, row in enumerate(rows) if row["at"] < case["opened_at"]]
    shown = (rows[: before[0] + BEFORE] if before else rows)[::-1]
    details = [json.loads(row["detail"] or "{}") for row in shown]
    sent = _statuses(connection, [d["outbox"] for d in details if "by" in d and d.get("outbox")])
    return [_turn(row, detail, sent, plain=plain) for row, detail in zip(shown, details, strict=True)]


def _turn(row: RowMapping, detail: Mapping[str, Any], sent: Mapping[int, str], *, plain: bool) -> Entry:
    text, role = row["text"], row["role"]
    # What is said about the handoff itself may be a contact that nobody has consented to hand on.
    if role == "user" and not plain:
        text = mask(text)
    status = sent.get(detail.get("outbox") or 0, "") if role == "advisor" else ""
    return Entry(
        id=f"t{row['id']}",
        kind=_KIND[role],
        who=str(detail.get("by") or _WHO.get(role, "相談員")),
        text=text or GONE,
        at=row["at"],
        citations=tuple(citation(dict(one)) for one in detail.get("citations", ())) if row["text"] else (),
        delivery=DELIVERY.get(status, ""),
        arrival="arrived" if status in _ARRIVED else "underway" if status in _UNDER_WAY else "lost" if status else "",
    )


def _statuses(connection: Connection, numbers: Sequence[int]) -> Mapping[int, str]:
    if not numbers:
        return {}
    rows = connection.execute(select(outbox.c.id, outbox.c.status).where(outbox.c.id.in_(numbers)))
    return {row.id: row.status for row in rows}


def _noted(connection: Connection, case: RowMapping) -> Sequence[Entry]:
    rows = connection.execute(select(notes).where(notes.c.case_id == case["id"]).order_by(notes.c.id)).mappings()
    return [Entry(f"n{row['id']}", "note", row["author_name"], row["text"] or GONE, row["at"]) for row in rows]


def _done(connection: Connection, case: RowMapping) -> Sequence[Entry]:
    rows = connection.execute(
        select(transitions, advisors.c.name)
        .outerjoin(advisors, transitions.c.who == _key())
        .where(transitions.c.case_id == case["id"])
        .order_by(transitions.c.id)
    ).mappings()
    return [
        Entry(f"e{row['id']}", "event", _named(row, case), EVENTS[row["event"]], row["at"])
        for row in rows
        if row["event"] in EVENTS
    ]


def _key() -> Any:
    from sqlalchemy import String, cast

    return "account:" + cast(advisors.c.id, String)


def _named(row: RowMapping, case: RowMapping) -> str:
    if row["who"] == PERSON:
        return "相談者"
    if row["who"] == SYSTEM:
        return "Ippo"
    # Somebody on Slack has no account to name them; the case names its holder.
    return str(row["name"] or (case["holder_name"] if row["who"] == case["holder"] else "") or "相談員")
