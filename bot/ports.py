"""What this package needs from outside, written by the one who calls it."""

from __future__ import annotations

from typing import Protocol

from bot.answer import Answer, Question
from knowledge.index import Index


class Knowledge(Protocol):
    """Where the current state of the knowledge comes from."""

    def current(self) -> Index:
        """Give the newest complete generation; it stays as it is while it is held."""


class Answering(Protocol):
    """Answers questions; `bot.assistant.Assistant` does, and so does whatever `bot.evaluation` is to score."""

    def answer(self, question: Question) -> Answer:
        """Answer one question. Called from several threads at once."""
