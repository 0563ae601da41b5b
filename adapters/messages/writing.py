"""Writing what comes of an answer: the reply to send, the turns, the record for learning, and what it does at the desk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update

from adapters.desk import cases as desk_cases
from adapters.desk.cases import Desk
from adapters.desk.opening import Opening
from adapters.desk.schema import answers
from adapters.desk.telling import remember
from adapters.messages.conversation import AGAIN, Said, Talker
from adapters.messages.fragments import joined
from adapters.messages.lanes import Lane
from adapters.messages.model import Kind, Reply
from adapters.messages.outgoing import put
from adapters.messages.schema import conversations, outbox
from adapters.messages.store import now
from adapters.privacy.erase import erase
from bot.answer import Answer
from bot.handoff.conduct import Deed
from bot.handoff.states import Event, State

_OFFERED = ("unknown", "failed")
"""Replies that are offered again once the person writes: what could not be delivered then may be now."""
SPEAKING = (Kind.TEXT, Kind.TAP)
"""Kinds of messages that are a person's words."""


class Writing:
    """Writes what comes of answers. Safe to use from several threads at once."""

    def __init__(self, desk: Desk, talker: Talker) -> None:
        """Take the desk, and who knows what day it is."""
        self._desk = desk
        self._opening = Opening(desk, talker)

    def write(
        self,
        connection: Connection,
        lane: Lane,
        batch: Sequence[RowMapping],
        said: Said,
        address: Mapping[str, Any],
        *,
        epoch: int,
        state: State,
    ) -> None:
        """Write the reply and what comes of it; the messages themselves are the caller's to end.

        Args:
            connection: In a transaction that holds the lane.
            lane: Whose.
            batch: The messages that are answered together, in order.
            said: The reply and its deed.
            address: Where the reply goes, in the channel's own form.
            epoch: How often the conversation had changed hands when it was answered.
            state: Whose the conversation is.
        """
        last, reply = batch[-1], said.reply
        text = joined([row["text"] for row in batch])
        if said.deed is Deed.ERASE:
            erase(connection, lane.channel, lane.person, lane=lane.conversation, posting=self._desk.posting)
            # An open case has ended with it, and what is said now is said after that.
            c = conversations.c
            epoch = connection.execute(select(c.epoch).where(c.id == lane.conversation)).scalar_one()
            if reply is not None:
                enqueue(connection, lane, reply, address, last, epoch=epoch)
            return
        if text == AGAIN:
            # In this transaction: the offer stands until what is given again is on its way.
            given = outbox.c.status.in_(_OFFERED) & (outbox.c.conversation == lane.conversation)
            connection.execute(update(outbox).where(given).values(status="repeated"))
        if Kind(last["kind"]) is Kind.VOTE:
            _vote(connection, last)
        if state is State.CLOSED and Kind(last["kind"]) in SPEAKING:
            desk_cases.move(connection, lane.conversation, Event.RESUME, case=None, who=desk_cases.PERSON)
        if said.text:
            owner = "advisor" if state is State.WITH_ADVISOR else "bot" if said.remembered is not None else "desk"
            for row in batch:
                words = row["text"] if Kind(row["kind"]) in SPEAKING else said.text
                remember(connection, lane.conversation, "user", words, message=row["message"], owner=owner)
        number = None
        if reply is not None:
            if lost(connection, lane.conversation) is not None:
                reply = replace(reply, choices=(AGAIN, *reply.choices)[:13])
            number = enqueue(connection, lane, reply, address, last, epoch=epoch)
            if said.text:
                owner = "bot" if said.remembered is not None else "desk"
                shown = reply.text if said.remembered is None else said.remembered
                detail = {"citations": list(reply.citations), "act": reply.act.value, "outbox": number}
                remember(connection, lane.conversation, "assistant", shown, owner=owner, detail=detail)
        if said.answer is not None and Kind(last["kind"]) in SPEAKING:
            _log(connection, lane, text, said.answer, said.ward, number)
        self._opening.apply(connection, lane, text, said, message=last["message"], state=state)


def lost(connection: Connection, conversation: int) -> RowMapping | None:
    """Give the latest reply that did not arrive, or of which nobody knows."""
    epoch = select(conversations.c.epoch).where(conversations.c.id == conversation).scalar_subquery()
    # Of what was said before an advisor had the conversation nothing is offered again.
    where = (outbox.c.conversation == conversation) & outbox.c.status.in_(_OFFERED)
    where &= (outbox.c.epoch == epoch) & (outbox.c.author == "bot")
    return connection.execute(select(outbox).where(where).order_by(outbox.c.id.desc())).mappings().first()


def enqueue(
    connection: Connection, lane: Lane, reply: Reply, address: Mapping[str, Any], last: RowMapping, *, epoch: int
) -> int:
    """Put the bot's reply to a message into the outbox.

    Args:
        connection: In a transaction that holds the lane.
        lane: Whose.
        reply: What is said.
        address: Where it goes, in the channel's own form.
        last: The message, or the last of those that are answered together; it has one reply at the most.
        epoch: How often the conversation had changed hands by then.
    Returns:
        Its id in the outbox.
    """
    return put(
        connection,
        reply,
        key=f"{last['id']}:0",
        conversation=lane.conversation,
        epoch=epoch,
        author="bot",
        address=address,
        received_at=last["received_at"],
    )


def _log(connection: Connection, lane: Lane, text: str, answer: Answer, ward: str | None, number: int | None) -> None:
    passages = [[passage.source.id, passage.chunk.place] for passage in answer.passages]
    connection.execute(
        answers.insert().values(
            conversation=lane.conversation,
            channel=lane.channel,
            ward=ward,
            question=text,
            act=answer.act.value,
            confidence=answer.confidence,
            passages=json.dumps(passages, ensure_ascii=False),
            citations=json.dumps([[one.source, one.place] for one in answer.citations], ensure_ascii=False),
            outbox=number,
            run=answer.run[:40],
            vote="",
            at=now(),
        )
    )


def _vote(connection: Connection, row: RowMapping) -> None:
    """Write a vote to the answer that it is about."""
    sent = select(outbox.c.id).where(
        outbox.c.conversation == row["conversation"], outbox.c.sent_as == row["message"], outbox.c.sent_as != ""
    )
    if row["text"] in ("up", "down"):
        connection.execute(update(answers).where(answers.c.outbox.in_(sent)).values(vote=row["text"]))
