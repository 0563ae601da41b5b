"""What a reply brings about at the desk: a case opens, is cancelled, rated; what was said joins it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, select, update

from adapters.desk import cases as desk_cases
from adapters.desk.cases import Desk
from adapters.desk.facts import told
from adapters.desk.posts import Op
from adapters.desk.schema import cases
from adapters.messages.lanes import Lane
from adapters.messages.store import now
from bot.handoff.conduct import Deed
from bot.handoff.states import State
from bot.privacy import has_contact, mask

if TYPE_CHECKING:
    from adapters.messages.conversation import Said, Talker


class Opening:
    """Applies what comes of replies. Safe to use from several threads at once."""

    def __init__(self, desk: Desk, talker: Talker) -> None:
        """Take the desk, and who knows what day it is."""
        self._desk = desk
        self._talker = talker

    def apply(self, connection: Connection, lane: Lane, text: str, said: Said, *, message: str, state: State) -> None:
        """Do what a reply brings about, in the transaction that writes it.

        Args:
            connection: In a transaction that holds the lane.
            lane: Whose.
            text: The person's words.
            said: The reply and its deed.
            message: The platform's id of the person's message.
            state: Whose the conversation was when it came.
        """
        case = desk_cases.open_of(connection, lane.conversation)
        if case is not None and said.text and said.deed is not Deed.CANCEL:
            # To whoever has it a person speaks plainly; to all who may look in, only with their consent.
            plain = state is State.WITH_ADVISOR or bool(case["consent_at"])
            self._desk.relay(connection, case, said.text if plain else mask(said.text), message=message)
            if said.reply is not None and said.remembered is not None:
                # Offices' numbers stay; a person's own may have been repeated.
                repeats = not plain and has_contact(said.text)
                answer = mask(said.remembered) if repeats else said.remembered
                self._desk.relay(connection, case, answer, by="Ippo(自動応答)")
        match said.deed:
            case Deed.CALL if case is None:
                self._open(connection, lane, text, said)
            case Deed.CANCEL if case is not None:
                self._desk.cancel(connection, case["id"])
            case Deed.RATE:
                _rate(connection, lane.conversation, int(said.value))
            case Deed.CONTACT if case is not None:
                where = cases.c.id == case["id"]
                connection.execute(update(cases).where(where).values(contact=said.value, consent_at=now()))
                line = f"連絡先(本人が同意): {said.value}"
                self._desk.post(connection, case["id"], Op.SAY, line)

    def _open(self, connection: Connection, lane: Lane, text: str, said: Said) -> None:
        question = _asked(connection, lane.conversation, text)
        number = desk_cases.open_case(connection, lane.conversation, reason=said.value, question=question)
        card = told(connection, number, self._talker.now().date())
        # The first line is the person's own words; the summary follows.
        lines = "\n".join([mask(card.question).replace("\n", " "), *card.lines])
        self._desk.post(connection, number, Op.CARD, lines, citations=card.sources)


def _asked(connection: Connection, conversation: int, text: str) -> str:
    """Give the question behind a call: 「人と話したい」 says nothing of what about."""
    from adapters.messages.schema import turns
    from bot import policies
    from bot.handoff import replies

    if not (policies.wants_person(text) or replies.is_yes(text)) or len(text) > _WHOLE:
        return text
    before = connection.execute(
        select(turns.c.text)
        .where(
            turns.c.conversation == conversation,
            turns.c.role == "user",
            turns.c.owner == "bot",
            turns.c.text != "",
        )
        .order_by(turns.c.id.desc())
        .limit(1)
    ).scalar()
    return str(before) if before else text


_WHOLE = 40
"""Characters from which on a call says by itself what it is about."""


def _rate(connection: Connection, conversation: int, rating: int) -> None:
    last = (
        select(cases.c.id).where(cases.c.conversation == conversation).order_by(cases.c.id.desc()).limit(1)
    ).scalar_subquery()
    connection.execute(update(cases).where(cases.c.id == last).values(rating=rating))
