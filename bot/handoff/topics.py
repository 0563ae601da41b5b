"""What a machine must not decide: topics as data, and which of them a message touches."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from bot.errors import BotError
from bot.handoff.deadlines import deadline
from knowledge.fold import fold

DATA = Path(__file__).parent / "topics.toml"
DEADLINE = "deadline"
"""The topic that no pattern finds: it depends on the day."""
URGENT = 14
"""Days up to which a deadline is near."""
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class TopicsError(BotError):
    """The file of topics is unusable: correct the topic and field that the message names."""


class Topic(BaseModel):
    """One thing that is a person's to decide."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Text
    title: Text
    immediate: bool = False
    """A person is called without asking first."""
    owner: Text
    """Who would be asked next, in Japanese."""
    caution: Text
    """One sentence for the person."""
    patterns: tuple[str, ...]
    """Regular expressions on folded text; any of them touches the topic."""
    unless: tuple[str, ...] = ()
    """Regular expressions that make it something else after all."""

    @model_validator(mode="after")
    def _sound(self) -> Topic:
        if not self.patterns and self.id != DEADLINE:
            raise ValueError("a topic needs patterns")
        return self

    @cached_property
    def _found(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{pattern})" for pattern in self.patterns) or r"(?!)", re.IGNORECASE)

    @cached_property
    def _spared(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{pattern})" for pattern in self.unless) or r"(?!)", re.IGNORECASE)

    def touches(self, text: str, today: date) -> bool:
        """Tell whether a folded text touches it."""
        if self.id == DEADLINE:
            last = deadline(text, today)
            return last is not None and (last - today).days <= URGENT
        return bool(self._found.search(text)) and not self._spared.search(text)


def topics_of(text: str, today: date) -> tuple[Topic, ...]:
    """List the topics that a message touches, in the order of the file: immediate ones first."""
    folded = fold(text)
    return tuple(topic for topic in topics() if topic.touches(folded, today))


def topic(id_: str) -> Topic:
    """Give a topic by its id. Raises KeyError for anything else."""
    return {one.id: one for one in topics()}[id_]


@cache
def topics() -> tuple[Topic, ...]:
    """Give the topics that are shipped."""
    return load(DATA)


def load(path: Path) -> tuple[Topic, ...]:
    """Read and check a file of topics.

    Raises:
        TopicsError: It is missing, no TOML, breaks a rule, or an immediate topic stands after one that isn't.
    """
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        found = tuple(Topic.model_validate(values) for values in table.get("topic", ()))
        for topic in found:
            for pattern in (*topic.patterns, *topic.unless):
                re.compile(pattern)
    except (OSError, tomllib.TOMLDecodeError, ValidationError, re.error) as error:
        raise TopicsError(f"{path.name}: {error}") from error
    ids = [topic.id for topic in found]
    if len(set(ids)) != len(ids):
        raise TopicsError(f"{path.name}: an id stands twice")
    if [topic.immediate for topic in found] != sorted((topic.immediate for topic in found), reverse=True):
        raise TopicsError(f"{path.name}: immediate topics come first")
    return found
