"""Takes the words out of conversations and out of all that came of them. Rows, ids, counts and acts stay.

Rows stay because a worker may hold one at this moment, and because an advisor's day and the figures have to add up.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, func, select, update

from adapters.desk import posts
from adapters.desk.cases import OPEN, SYSTEM, move
from adapters.desk.posts import Op
from adapters.desk.schema import answers, cases, drafts, notes
from adapters.messages.schema import conversations, inbox, outbox, turns
from adapters.messages.store import now
from adapters.privacy.people import GONE
from bot.handoff.states import Event

_ROUTE = frozenset({"to", "source", "team", "channel", "thread_ts", "user", "private", "client_id"})
"""What of an address says where a person is, and nothing that they said."""
_DESK_ROUTE = frozenset({"op", "case", "team", "channel", "thread_ts", "ts", "name"})
_WRITTEN = (Op.CARD.value, Op.SAY.value)
_ENDED = "(相談者のデータを消去したため、この相談を終了しました)"


@dataclass(frozen=True, slots=True)
class Left:
    """What of a case is in Slack and can't be taken away from here."""

    case: int
    channel: str
    ts: str
    by_people: int
    """What advisors wrote themselves: only they, or an administrator of the workspace, can delete it."""
    under_way: int
    """Posts of ours that were being sent at this moment."""


@dataclass(frozen=True, slots=True)
class Emptied:
    """What was done."""

    conversations: int = 0
    cases: int = 0
    deletions: int = 0
    """Posts of ours in the advisors' channel that are being deleted."""
    drafts: tuple[int, ...] = ()
    """Published drafts, which are withdrawn."""
    left: tuple[Left, ...] = ()


def empty(
    connection: Connection,
    numbers: Sequence[int],
    *,
    until: float | None = None,
    lane: int | None = None,
    keep: Collection[int] = (),
) -> Emptied:
    """Empty conversations with all that came of them, and cut them off from their person.

    Args:
        connection: In a transaction.
        numbers: Ids of the conversations.
        until: Only what is from before this instant; None: everything. A conversation that went on later keeps its
            person.
        lane: The conversation that the caller is answering in: it keeps its lease and its person, who is still to be
            told. `sever` cuts it off later.
        keep: Ids of outbox rows that tell them.
    """
    _overwrite(connection)
    # In the order of ids, so that two who do this do not wait for one another.
    lanes = (
        connection.execute(
            select(conversations).where(conversations.c.id.in_(numbers)).order_by(conversations.c.id).with_for_update()
        )
        .mappings()
        .all()
    )
    found = _cases(connection, numbers, until)
    _end(connection, found)
    left, deletions = [], 0
    for case in found:
        deleted, remains = _empty_desk(connection, case)
        deletions += deleted
        left += [remains] if remains else []
    for row in lanes:
        _empty_lane(connection, row["id"], until, is_held=row["id"] == lane, keep=keep)
        if row["id"] != lane and not _goes_on(connection, row["id"], until):
            sever(connection, row["id"])
    withdrawn = _empty_cases(connection, [case["id"] for case in found])
    return Emptied(len(lanes), len(found), deletions, tuple(withdrawn), tuple(left))


def empty_messages(connection: Connection, numbers: Collection[int]) -> None:
    """Empty single messages of a conversation with others, and what was replied to them.

    Args:
        connection: In a transaction.
        numbers: Ids of inbox rows.
    """
    _overwrite(connection)
    for number in numbers:
        row = connection.execute(select(inbox).where(inbox.c.id == number)).mappings().one()
        if row["message"]:
            mine = (turns.c.conversation == row["conversation"]) & (turns.c.message == row["message"])
            connection.execute(update(turns).where(mine).values(text="", message="", detail="{}"))
        keys = (f"{number}:0", f"{number}:1")
        for reply in connection.execute(select(outbox).where(outbox.c.key.in_(keys))).mappings().all():
            _empty_reply(connection, reply, ())
            _forget_answers(connection, answers.c.outbox == reply["id"])
            # What was said to it quotes it, as a rule.
            told = (turns.c.conversation == row["conversation"]) & turns.c.detail.contains(f'"outbox": {reply["id"]}')
            for turn in connection.execute(select(turns.c.id, turns.c.detail).where(told)).all():
                if json.loads(turn.detail).get("outbox") == reply["id"]:
                    connection.execute(update(turns).where(turns.c.id == turn.id).values(text="", detail="{}"))
        _empty_message(connection, row, ())


def sever(connection: Connection, conversation: int) -> None:
    """Cut a conversation off from its person; what they write next begins another one."""
    key = f"{GONE}{secrets.token_hex(16)}"
    connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation)
        # Whoever works on it finds that it is theirs no more, and writes nothing.
        .values(key=key, person="", ward=None, talk="{}", busy=False, lease_token=None, lease_until=0.0)
    )
    for table in (inbox, outbox):
        connection.execute(update(table).where(table.c.conversation == conversation).values(address="{}"))


def _overwrite(connection: Connection) -> None:
    """Have SQLite overwrite what is taken away, which it would otherwise only stop pointing at."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON").close()


def _cases(connection: Connection, numbers: Sequence[int], until: float | None) -> Sequence[RowMapping]:
    query = select(cases).where(cases.c.conversation.in_(numbers)).order_by(cases.c.id)
    if until is not None:
        query = query.where(cases.c.opened_at <= until)
    return connection.execute(query).mappings().all()


def _end(connection: Connection, found: Iterable[RowMapping]) -> None:
    """End the cases that are open: nothing is left to advise on."""
    for case in found:
        if case["state"] not in OPEN:
            continue
        event, state = (Event.CANCEL, "cancelled") if case["state"] == "waiting" else (Event.RETURN, "returned")
        move(connection, case["conversation"], event, case=case["id"], who=SYSTEM, why="erased")
        connection.execute(update(cases).where(cases.c.id == case["id"]).values(state=state, ended_at=now()))
        if _desk_lane(connection, case["id"]) is not None:
            posts.post(connection, case["id"], Op.SAY, _ENDED)


def _desk_lane(connection: Connection, case: int) -> int | None:
    c = conversations.c
    return connection.execute(select(c.id).where(c.channel == posts.CHANNEL, c.key == f"case:{case}")).scalar()


def _empty_desk(connection: Connection, case: RowMapping) -> tuple[int, Left | None]:
    """Empty what advisors were told and wrote of a case, and have our posts deleted, the card last."""
    lane = _desk_lane(connection, case["id"])
    if lane is None:
        return 0, None
    deleted = under_way = 0
    rows = connection.execute(select(outbox).where(outbox.c.conversation == lane).order_by(outbox.c.id.desc()))
    for row in rows.mappings().all():
        address = json.loads(row["address"])
        if json.loads(row["reply"])["text"] == _ENDED:
            continue
        place, _, ts = row["sent_as"].partition(":")
        if ts and address.get("op") in _WRITTEN:
            posts.post(connection, case["id"], Op.DELETE, channel=place, ts=ts)
            deleted += 1
        # One that is on the wire ends as it ends: its worker holds the lane, and goes on with what comes next in it.
        under_way += row["status"] == "sending" and address.get("op") in _WRITTEN
        status = "dropped" if row["status"] == "pending" and address.get("op") != Op.DELETE else row["status"]
        values = {"reply": _emptied(row["reply"]), "address": _route(row["address"], _DESK_ROUTE), "status": status}
        connection.execute(update(outbox).where(outbox.c.id == row["id"]).values(**values, error="", sent_as=""))
    by_people = 0
    for row in connection.execute(select(inbox).where(inbox.c.conversation == lane)).mappings().all():
        by_people += bool(row["text"])
        _empty_message(connection, row, _DESK_ROUTE)
    by_people += _count(connection, notes, notes.c.case_id == case["id"])
    if not case["slack_ts"] or not (by_people or under_way):
        return deleted, None
    return deleted, Left(case["id"], case["slack_channel"], case["slack_ts"], by_people, under_way)


def _empty_lane(
    connection: Connection, number: int, until: float | None, *, is_held: bool, keep: Collection[int]
) -> None:
    route = _ROUTE if is_held or until is not None else ()
    for row in _before(connection, inbox, inbox.c.received_at, number, until):
        _empty_message(connection, row, route)
    for row in _before(connection, outbox, outbox.c.received_at, number, until):
        if row["id"] not in keep:
            _empty_reply(connection, row, route)
    said = turns.c.conversation == number
    asked = answers.c.conversation == number
    if until is not None:
        said, asked = said & (turns.c.at <= until), asked & (answers.c.at <= until)
    connection.execute(update(turns).where(said).values(text="", message="", detail="{}"))
    _forget_answers(connection, asked)
    if not _goes_on(connection, number, until):
        connection.execute(update(conversations).where(conversations.c.id == number).values(ward=None, talk="{}"))


def _before(
    connection: Connection, table: Table, at: Any, conversation: int, until: float | None
) -> Sequence[RowMapping]:
    query = select(table).where(table.c.conversation == conversation).order_by(table.c.id)
    return connection.execute(query if until is None else query.where(at <= until)).mappings().all()


def _goes_on(connection: Connection, conversation: int, until: float | None) -> bool:
    """Tell whether the person wrote again after that instant."""
    if until is None:
        return False
    later = (inbox.c.conversation == conversation) & (inbox.c.received_at > until)
    return connection.execute(select(inbox.c.id).where(later).limit(1)).first() is not None


def _empty_message(connection: Connection, row: RowMapping, route: Collection[str]) -> None:
    status = "unsent" if row["status"] == "pending" else row["status"]
    values = {"text": "", "message": "", "error": "", "address": _route(row["address"], route), "status": status}
    connection.execute(update(inbox).where(inbox.c.id == row["id"]).values(**values))


def _empty_reply(connection: Connection, row: RowMapping, route: Collection[str]) -> None:
    # Neither sent nor offered again: it says nothing any more. `erased` is what had come to its end.
    status = "erased" if row["status"] in ("sent", "repeated", "erased") else "dropped"
    values = {"reply": _emptied(row["reply"]), "address": _route(row["address"], route), "status": status}
    connection.execute(update(outbox).where(outbox.c.id == row["id"]).values(**values, error="", sent_as=""))


def _forget_answers(connection: Connection, which: Any) -> None:
    gone = {"question": "", "passages": "[]", "citations": "[]", "vote": "", "ward": None}
    connection.execute(update(answers).where(which).values(**gone))


def _empty_cases(connection: Connection, numbers: Sequence[int]) -> list[int]:
    """Empty cases, their notes and drafts; give the drafts that had been published."""
    connection.execute(update(cases).where(cases.c.id.in_(numbers)).values(question="", contact="", consent_at=None))
    connection.execute(update(notes).where(notes.c.case_id.in_(numbers)).values(text=""))
    theirs = drafts.c.case_id.in_(numbers)
    published = list(connection.scalars(select(drafts.c.id).where(theirs, drafts.c.state == "published")))
    gone = {"question": "", "answer": "", "based_on": "", "ward": None, "state": "withdrawn"}
    connection.execute(update(drafts).where(theirs).values(**gone))
    return published


def _count(connection: Connection, table: Table, which: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(which)).scalar_one())


def _emptied(reply: str) -> str:
    return json.dumps({**json.loads(reply), "text": "", "citations": [], "choices": [], "sender": ""})


def _route(address: str, kept: Collection[str]) -> str:
    return json.dumps({name: value for name, value in json.loads(address).items() if name in kept})
