"""How much one answer may take, and when the model is left alone for a while."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one answer and of a day."""

    seconds: float = 17.0
    """From the question to the model's draft, in seconds. Reading, guard and what a busy machine adds fit in the three
    seconds to the twenty after which nobody waits any more."""
    calls: int = 6
    """Requests to a model for one answer, repeated ones included."""
    searches: int = 8
    """Uses of tools for one answer that bring anything back."""
    tokens: int = 40_000
    """Tokens in and out that one answer may have used before another request is made."""
    reply_tokens: int = 4_000
    """Tokens of one reply; models that think before they speak count their thoughts as well."""
    draft: int = 6_000
    """Characters of a draft; a longer one is none."""
    history: int = 1_500
    """Tokens of the talk before the question, at most one a character in Japanese."""
    daily_tokens: int = 0
    """Tokens a day, after which answers come without the model; 0: no limit."""
    failures: int = 3
    """Answers in a row that the model failed or was too slow for, after which it is left alone."""
    pause: float = 60.0
    """For how long, in seconds."""
