"""Read the interview's questions; a mistake in the file is an error that names its place."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from bot.errors import BotError
from bot.interview.state import FIELDS, KNOWN_WARDS, OTHER, OUTSIDE, UNKNOWN, VALUES

DATA = Path(__file__).parent / "questions.toml"
DONT_KNOW = "わからない"
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=20)]
"""LINE's quick replies show at most 20 characters."""


class QuestionsError(BotError):
    """The file of questions is unusable: correct the question and field that the message names."""


class Reply(BaseModel):
    """One tap-able answer and the wordings that mean it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Text
    label: Label
    short: Text
    """How the state names it."""
    said: tuple[str, ...]
    """Patterns that mean it anywhere."""
    reply: tuple[str, ...]
    """Patterns that mean it where its question has just been asked."""

    def is_said(self, text: str) -> bool:
        """Tell whether a folded text says it by the way."""
        return any(re.search(pattern, text, re.IGNORECASE) for pattern in self.said)

    def is_meant(self, text: str) -> bool:
        """Tell whether a folded text says it as a reply to its question."""
        return self.is_said(text) or any(re.search(pattern, text, re.IGNORECASE) for pattern in self.reply)


class InterviewQuestion(BaseModel):
    """One question and its answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: Text
    name: Text
    ask: Text
    tried: tuple[str, ...]
    """Values in the order in which their wordings are tried."""
    answer: tuple[Reply, ...]
    """In the order in which they are shown."""

    @model_validator(mode="after")
    def _sound(self) -> InterviewQuestion:
        if self.field not in FIELDS:
            raise ValueError(f"{self.field!r} is no field of the interview")
        # A ward that is none of the three with programmes of their own is typed, not tapped.
        wanted = VALUES[self.field] if self.field != "place" else {*KNOWN_WARDS, OTHER, OUTSIDE, UNKNOWN}
        if {reply.value for reply in self.answer} != wanted:
            raise ValueError(f"the answers must be {sorted(wanted)}")
        if len(self.tried) != len(wanted) or set(self.tried) != wanted:
            raise ValueError("`tried` must hold every value once")
        if self.answer[-1].label != DONT_KNOW:
            raise ValueError(f"the last answer must be {DONT_KNOW}")
        for reply in self.answer:
            for pattern in (*reply.said, *reply.reply):
                re.compile(pattern)
        return self

    def by_value(self, value: str) -> Reply | None:
        """Give the answer with a value; None for a ward that is typed."""
        return next((reply for reply in self.answer if reply.value == value), None)

    @property
    def in_turn(self) -> tuple[Reply, ...]:
        """The answers in the order in which their wordings are tried."""
        return tuple(sorted(self.answer, key=lambda reply: self.tried.index(reply.value)))

    @property
    def choices(self) -> tuple[str, ...]:
        """The tap-able answers."""
        return tuple(reply.label for reply in self.answer)


@cache
def questions() -> tuple[InterviewQuestion, ...]:
    """Give the questions that are shipped, in the order in which they are asked."""
    return load(DATA)


def question(field: str) -> InterviewQuestion:
    """Give the question for a field. Raises KeyError for anything else."""
    return {q.field: q for q in questions()}[field]


def load(path: Path) -> tuple[InterviewQuestion, ...]:
    """Read and check a file of questions.

    Raises:
        QuestionsError: It is missing, no TOML, or breaks a rule.
    """
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        found = tuple(InterviewQuestion.model_validate(values) for values in table.get("question", ()))
    except (OSError, tomllib.TOMLDecodeError, ValidationError, re.error) as error:
        raise QuestionsError(f"{path.name}: {error}") from error
    if tuple(q.field for q in found) != FIELDS:
        raise QuestionsError(f"{path.name}: one question each is needed, in the order {', '.join(FIELDS)}")
    return found
