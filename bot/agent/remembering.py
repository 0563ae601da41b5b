"""The talk before a question, within a budget: the last turns as they were, older ones shortened by rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answer import Turn

VERBATIM = 4
"""Turns at the end that are given as they were, as far as the budget goes."""
LONGEST = 600
"""Characters of one of these."""
SHORT = 60
"""Characters that are left of an older turn."""
_CITATION = re.compile(r"\[\d+\]")
_FIRST_SENTENCE = re.compile(r"^[^。！？!?\n]*[。！？!?]?")


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the model is told of the talk so far."""

    summary: str
    """Older turns, a line each; empty where there are none."""
    turns: tuple[Turn, ...]
    """The last ones, oldest first."""


def remember(history: Sequence[Turn], budget: int) -> Remembered:
    """Fit a talk into a budget.

    Args:
        history: Turns, oldest first.
        budget: Tokens; a character counts as one, which for Japanese is the upper bound.
    Returns:
        The newest turns first get what they need; what no longer fits is left out from the oldest on. Markers of
        citations are taken away, they belong to other passages than this answer's.
    """
    plain = [replace(turn, text=_CITATION.sub("", turn.text).strip()) for turn in history]
    last: list[Turn] = []
    left = budget
    for turn in reversed(plain[-VERBATIM:]):
        text = turn.text if len(turn.text) <= LONGEST else f"{turn.text[:LONGEST]}…"
        if len(text) > left:
            break
        last.insert(0, replace(turn, text=text))
        left -= len(text)
    lines: list[str] = []
    for turn in reversed(plain[: len(plain) - len(last)]):
        line = f"{'利用者' if turn.role == 'user' else '一歩'}: {_shortened(turn.text)}"
        if len(line) > left:
            break
        lines.insert(0, line)
        left -= len(line)
    return Remembered("\n".join(lines), tuple(last))


def _shortened(text: str) -> str:
    first = _FIRST_SENTENCE.match(text)
    said = first.group() if first and first.group() else text
    said = said.replace("\n", " ")
    return said if len(said) <= SHORT else f"{said[:SHORT]}…"
