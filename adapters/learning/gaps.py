"""Gaps: what people asked and got no good answer to, grouped by likeness, what most people asked first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Select, or_, select

from adapters.desk.schema import answers, cases
from adapters.learning.likeness import groups
from adapters.messages.schema import conversations
from bot.handoff.conduct import UNANSWERED
from bot.privacy import mask
from knowledge.fold import fold

MOST = 3000
"""Questions that are grouped, the newest."""
EXAMPLES = 5
"""Wordings of a group that are shown."""
SOURCES = 5
"""Places of a group that are shown, the ones retrieved most often."""
RETRIEVED = 3
"""Passages of an answer that count as what was retrieved; the ones behind them are hardly ever meant."""
LONGEST = 200
"""Characters of a wording that are shown."""


class Why(StrEnum):
    """In what way a question was left open."""

    ABSTAINED = "abstain"
    """The materials did not say."""
    CLARIFIED = "clarify"
    """Ippo asked back, and never came to an answer."""
    VOTED_DOWN = "down"
    HANDED_OFF = "unanswered"
    """A person was called because several questions had no answer."""


@dataclass(frozen=True, slots=True)
class Open:
    """One question that was left open."""

    conversation: int
    channel: str
    ward: str
    """Romaji, or empty where nobody knows."""
    question: str
    """As it was asked."""
    why: Why
    retrieved: tuple[tuple[str, str], ...]
    """(source id, place) of what was retrieved, best first."""
    at: float
    key: str
    """Where it is written down: `answer:12` or `case:3`."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that ask for the same."""

    examples: tuple[str, ...]
    """Wordings, each once, without phone numbers and addresses; the most frequent first."""
    conversations: int
    """Distinct ones."""
    questions: int
    whys: Mapping[Why, int]
    sources: tuple[tuple[str, str, int], ...]
    """(source id, place, how often) of what was retrieved, the most frequent first."""
    channels: Mapping[str, int]
    wards: Mapping[str, int]
    """By ward in romaji; empty: unknown."""
    latest: float
    key: str
    """Where one of them is written down, see `Open.key`."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """What was left open within a time."""

    found: tuple[Gap, ...]
    questions: int
    cut: bool
    """Whether there were more questions than are looked at."""


def gaps(connection: Connection, since: float, until: float, *, most: int = MOST) -> Gaps:
    """Collect and group what was left open.

    Args:
        connection: To read with.
        since: Seconds since 1970, included.
        until: Seconds since 1970, not included.
        most: Questions that are looked at, the newest.
    Returns:
        Groups by the number of distinct conversations, then of questions, then the latest first.
    """
    asked = [*_answers(connection, since, until, most + 1), *_cases(connection, since, until, most + 1)]
    asked.sort(key=lambda one: (-one.at, one.key))
    kept = asked[:most]
    return Gaps(tuple(grouped(kept)), len(kept), len(asked) > most)


def grouped(asked: Sequence[Open]) -> list[Gap]:
    """Group questions, newest first as given."""
    wordings: dict[str, list[Open]] = {}
    for one in asked:
        wordings.setdefault(" ".join(fold(one.question).lower().split()), []).append(one)
    # What was asked most often in the same words leads, so that a group is named by how people ask.
    ordered = sorted(wordings.values(), key=lambda same: -_conversations(same))
    made = [_gap([ordered[place] for place in group]) for group in groups([same[0].question for same in ordered])]
    return sorted(made, key=lambda gap: (-gap.conversations, -gap.questions, -gap.latest, gap.key))


def _gap(wordings: Sequence[Sequence[Open]]) -> Gap:
    """Sum a group up, of its wordings with the most frequent first."""
    everything = [one for same in wordings for one in same]
    places = Counter(place for one in everything for place in dict.fromkeys(one.retrieved))
    return Gap(
        examples=tuple(dict.fromkeys(shown(same[0].question) for same in wordings))[:EXAMPLES],
        conversations=_conversations(everything),
        questions=len(everything),
        whys=Counter(one.why for one in everything),
        sources=tuple((*place, count) for place, count in places.most_common(SOURCES)),
        channels=Counter(one.channel for one in everything),
        wards=Counter(one.ward for one in everything),
        latest=max(one.at for one in everything),
        # A case may still be going on; what was asked before it is there to be written about.
        key=next((one.key for one in everything if one.why is not Why.HANDED_OFF), everything[0].key),
    )


def shown(question: str) -> str:
    """Give a question on one line, without what tells who asked."""
    line = " ".join(mask(question).split())
    return f"{line[:LONGEST]}…" if len(line) > LONGEST else line


def _conversations(asked: Iterable[Open]) -> int:
    return len({one.conversation for one in asked})


def _answers(connection: Connection, since: float, until: float, most: int) -> list[Open]:
    later = answers.alias("later")
    # A clarification that retrieved nothing is one about the talk itself: 「本当に消しますか」.
    asked_back = (answers.c.act == "clarify") & (answers.c.passages != "[]")
    came_to_nothing = ~(
        select(later.c.id)
        .where(later.c.conversation == answers.c.conversation, later.c.id > answers.c.id, later.c.act == "answer")
        .exists()
    )
    left = or_(answers.c.act == "abstain", answers.c.vote == "down", asked_back & came_to_nothing)
    # Of an erased question nothing is left to group.
    where = (answers.c.at >= since) & (answers.c.at < until) & (answers.c.question != "")
    query = select(answers).where(where & left)
    rows = connection.execute(_newest(query, most)).mappings()
    return [
        Open(
            conversation=row["conversation"],
            channel=row["channel"],
            ward=row["ward"] or "",
            question=row["question"],
            why=Why.VOTED_DOWN if row["vote"] == "down" else Why(row["act"]),
            retrieved=tuple((str(source), str(place)) for source, place in json.loads(row["passages"])[:RETRIEVED]),
            at=row["at"],
            key=f"answer:{row['id']}",
        )
        for row in rows
    ]


def _newest(query: Select[tuple[object, ...]], most: int) -> Select[tuple[object, ...]]:
    return query.order_by(answers.c.at.desc(), answers.c.id.desc()).limit(most)


def _cases(connection: Connection, since: float, until: float, most: int) -> list[Open]:
    query = (
        select(cases, conversations.c.channel, conversations.c.ward)
        .join(conversations, conversations.c.id == cases.c.conversation)
        .where(cases.c.reason == UNANSWERED, cases.c.question != "")
        .where(cases.c.opened_at >= since, cases.c.opened_at < until)
        .order_by(cases.c.opened_at.desc(), cases.c.id.desc())
        .limit(most)
    )
    return [
        Open(
            conversation=row["conversation"],
            channel=row["channel"],
            ward=row["ward"] or "",
            question=row["question"],
            why=Why.HANDED_OFF,
            retrieved=(),
            at=row["opened_at"],
            key=f"case:{row['id']}",
        )
        for row in connection.execute(query).mappings()
    ]
