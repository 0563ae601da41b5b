"""What the command line and the web ask of the inner rings."""

from __future__ import annotations

from typing import Protocol

from bot.answer import Answer, Question


class Assistant(Protocol):
    """Answers questions; `bot.assistant.Assistant` does."""

    def answer(self, question: Question) -> Answer:
        """Answer one question. Safe to call from several threads."""
