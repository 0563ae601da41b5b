"""What a message says of a business: as the reply to a question of the interview, or by the way."""

from __future__ import annotations

import re

from bot import places
from bot.interview.questions import question, questions
from bot.interview.state import UNKNOWN, Interview
from knowledge.fold import fold, squeeze

_SHORT_REPLY = 24
"""Characters up to which a message may be the reply to a question; a longer one says more than that."""
_TAIL = re.compile(r"[。.!！、,\s]+$")


def label(text: str) -> dict[str, str]:
    """Read a tap: the field and value whose answer's label is exactly this text; empty for anything else.

    「わからない」 stands under every question, so it means none by itself.
    """
    plain = squeeze(_TAIL.sub("", fold(text)))
    for asking in questions():
        for answer in asking.answer[:-1]:
            if squeeze(fold(answer.label)) == plain:
                return {asking.field: answer.value}
    return {}


def reply(field: str, text: str) -> str | None:
    """Read the reply to the question for a field.

    Returns:
        The value; None where the text answers something else or asks a question of its own.
    """
    folded = fold(text).strip()
    if field == "place":
        named = places.named(folded)
        if len(named) == 1 and "?" not in folded:
            return next(iter(named))
    tapped = label(folded)
    if tapped:
        return tapped.get(field)
    if "?" in folded or len(folded) > _SHORT_REPLY:
        return heard(folded).get(field)
    # 「わからない」 before a word that it goes with: 「ビルのことはわからない」 is no building.
    order = sorted(question(field).in_turn, key=lambda answer: answer.value not in (UNKNOWN, "unsure"))
    return next((answer.value for answer in order if answer.is_meant(folded)), None)


def heard(text: str) -> dict[str, str]:
    """Read what a message says of the business by the way.

    Returns:
        Values by field; fields of which it says nothing are missing. What is said of other people's businesses is
        not told apart, so this is for messages that speak of the person's own.
    """
    folded = fold(text)
    found = {}
    for asking in questions():
        value = next((answer.value for answer in asking.in_turn if answer.is_said(folded)), None)
        if value:
            found[asking.field] = value
    ward = places.own(folded)
    if ward:
        found["place"] = ward
    return found


def asked_in(text: str) -> str:
    """Give the field of the interview's question that a message of the assistant asks; empty if it asks none."""
    plain = squeeze(fold(text))
    return next((q.field for q in questions() if squeeze(fold(q.ask)) in plain), "")


def told(interview: Interview) -> dict[str, str]:
    """Give what is known in words, by the field's name in words, in the order of the questions."""
    lines = {}
    for asking in questions():
        value = getattr(interview, asking.field)
        if value:
            answer = asking.by_value(value)
            lines[asking.name] = answer.short if answer else places.ward_name(value)
    return lines
