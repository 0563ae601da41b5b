"""What the assistant has proved and the model's answer may not fall short of.

A draft can be true sentence by sentence and yet not answer: the row above the one that was asked for, two companies of
three. The assistant's own answer is at hand and proved, so it is the measure where the question asks for something that
can be compared; in everything else the model is free.
"""

from __future__ import annotations

import re

from bot.guard import Names
from bot.guard.names import Named, named
from bot.guard.values import Value, meets, values
from bot.reading import Reading
from bot.wants import Want, Wanted, holds
from knowledge.fold import fold

_FIGURES = frozenset(
    {Want.AMOUNT, Want.FEE, Want.RATE, Want.DEADLINE, Want.DATE, Want.TIME, Want.PERIOD, Want.COUNT, Want.QUANTITY}
)
_CITATION = re.compile(r"\[\d+\]")


def falls_short(text: str, own: str, reading: Reading, names: Names) -> str:
    """Tell in what a model's answer falls short of the assistant's.

    Args:
        text: The model's, as the guard left it.
        own: The assistant's.
        reading: The question.
        names: Of the index.
    Returns:
        `value`: it holds none of the kind that is asked for. `figure`: none of the figures that the assistant proves
        for it. `name`: it leaves out something that the question names, or all names it asks for. Empty where it falls
        short in nothing.
    """
    asked, wanted = reading.asked, reading.asked.hard
    said, proved = fold(_CITATION.sub("", text)), fold(_CITATION.sub("", own))
    if any(holds(proved, want, asked) and not holds(said, want, asked) for want in wanted):
        return "value"
    # 「その次の年は?」 names no kind of value, and asks for the one that was told before.
    if (wanted & _FIGURES or reading.leaning) and not _shares_a_figure(said, proved, reading.text):
        return "figure"
    question, ours, theirs = (_things(part, names) for part in (reading.text, proved, said))
    if (question & ours) - theirs:
        return "name"
    asked_for = _things(proved, names, asked) - question if Want.ORGANISATION in wanted else frozenset()
    if asked_for and not asked_for & theirs:
        return "name"
    return ""


def _shares_a_figure(said: str, proved: str, question: str) -> bool:
    given = values(question)
    ours = [value for value in values(proved) if not _is_among(value, given)]
    return not ours or any(_is_among(value, ours) for value in values(said))


def _is_among(value: Value, others: tuple[Value, ...] | list[Value]) -> bool:
    return any(meets(value, other) or meets(other, value) for other in others)


def _things(text: str, names: Names, asked: Wanted | None = None) -> frozenset[str]:
    """Organisations and programmes that a folded text names, of the sort that is asked for; a ward is no name here."""
    found: tuple[Named, ...] = named(text, names)
    return frozenset(
        thing
        for name in found
        if name.kind != "ward" and (asked is None or not asked.bodies or holds(name.said, Want.ORGANISATION, asked))
        for thing in name.things
    )
