"""What the guard is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answer import Citation
from knowledge.documents import Passage


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage as it was shown to the model in this run."""

    number: int
    """n of its mark [Sn]."""
    passage: Passage


@dataclass(frozen=True, slots=True)
class Ruling:
    """The decision on one sentence of a draft, as ids and reasons: nothing of the text."""

    sentence: int
    """Its index within the draft, from 0."""
    kept: bool
    reason: str
    """Empty where it is kept as written; else one of the words in the table of `bot.guard`."""
    markers: tuple[int, ...]
    """Numbers of its marks, unknown ones included, each once."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """What is left of a draft."""

    text: str
    """Kept sentences as written, in order, with markers [1], [2] … in order of first use; may be empty."""
    citations: tuple[Citation, ...]
    """One for each marker, in order."""
    rulings: tuple[Ruling, ...]
    """One for each sentence of the draft, in order."""
    answers: bool
    """Whether the text still says something that is sourced."""
