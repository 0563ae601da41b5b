"""An answer and what proves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from knowledge.documents import Passage


class Act(StrEnum):
    """What a reply does."""

    ANSWER = "answer"
    """Says what the documents say, with citations."""
    CLARIFY = "clarify"
    """Asks one question back."""
    ABSTAIN = "abstain"
    """The documents do not say; says what they do say and whom to ask."""
    REFUSE = "refuse"
    """Off-topic, harmful or an attempt to misuse."""
    HANDOFF = "handoff"
    """A person is called."""
    GREET = "greet"


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks, with what is known about them."""

    text: str
    today: date
    """The date the answer is given on, in Asia/Tokyo."""
    ward: str | None = None
    """Ward in romaji, where it is known."""
    history: tuple[Turn, ...] = ()
    """Earlier turns, oldest first."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage shown to a person as proof of a statement."""

    n: int
    """Number of its marker in the text, from 1 in order of first use."""
    source: str
    """Source id."""
    title: str
    place: str
    quote: str
    """Verbatim: found in the original after NFKC and removal of white space."""
    chunk: str
    """Chunk id; the anchor on the source's page."""
    url: str
    """Address of the source's page with the passage highlighted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply to one question."""

    act: Act
    text: str
    """Plain text, with markers like `[1]`."""
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    """What was retrieved, best first, at most 10."""
    choices: tuple[str, ...] = ()
    """Tap-able next questions, at most 13."""
    confidence: float = 0.0
    """Estimated probability that the documents answer this question, 0 to 1, whatever the act."""
    computed: frozenset[str] = frozenset()
    """Numbers of the text that no passage can hold: worked out from the person's own, or repeated from them. Digits
    with a decimal point and without grouping, `25380` or `25.38`."""
    run: str = ""
    """Id of the model's run that made it or was tried for it, as in `bot.agent.journal`; empty: no model was asked."""
