"""A conversation with the advice on the first step, told as a table of (says, expects)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.answer import Answer, Question, Turn
from bot.lists.proofs import Proofs
from bot.plan.advise import advise
from bot.reading import read
from tests.fakes import MemoryIndex
from tests.unit.bot.shipped import index

TODAY = date(2026, 11, 22)


def says(
    text: str,
    history: Sequence[Turn] = (),
    *,
    ward: str | None = None,
    today: date = TODAY,
    knowledge: MemoryIndex | None = None,
) -> Answer | None:
    """Give the reply to one message."""
    held = knowledge or index()
    return advise(read(Question(text, today, ward, tuple(history)), held), Proofs(held), "http://localhost:8000")


def dialogue(
    *table: tuple[str, str | None], ward: str | None = None, today: date = TODAY, history: Sequence[Turn] = ()
) -> list[Turn]:
    """Hold a conversation.

    Args:
        table: What the person says, and a regular expression that the reply (with its choices) must hold, the line
            breaks read as spaces; None: the advice leaves the message to others, who say "はい".
        ward: Known ward.
        today: The day.
        history: Turns before.
    Returns:
        All turns.
    """
    turns = list(history)
    for text, expects in table:
        answer = says(text, turns, ward=ward, today=today)
        if expects is None:
            assert answer is None, f"{text!r} → {answer.text!r}"
        else:
            assert answer is not None, f"{text!r} is not answered"
            said = " ".join((*answer.text.split("\n"), *answer.choices))
            assert re.search(expects, said), f"{text!r} → {said!r} does not hold {expects!r}"
        turns += [Turn("user", text), Turn("assistant", answer.text if answer else "はい")]
    return turns
