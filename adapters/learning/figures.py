"""Figures for a span of days: how much is asked, how much is answered, how long people wait. No one's words."""

from __future__ import annotations

import json
import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy import Connection, RowMapping, select

from adapters.desk.posts import CHANNEL as DESK
from adapters.desk.schema import answers, cases
from adapters.messages.model import Kind
from adapters.messages.schema import conversations, inbox
from adapters.settings import TOKYO
from bot.answer import Act
from bot.hours import Hours
from bot.opening import open_seconds

TOP = 10
"""Sources that are listed, the ones cited most often."""
_SAID = (Kind.TEXT.value, Kind.TAP.value)


@dataclass(slots=True)
class Cell:
    """What happened on one day, on one channel, with people of one ward; or in several of these together."""

    conversations: set[int] = field(default_factory=set)
    """Their ids: in a sum each counts once."""
    messages: int = 0
    """What people wrote or tapped."""
    acts: Counter[str] = field(default_factory=Counter)
    """Replies by `bot.answer.Act`."""
    up: int = 0
    down: int = 0
    handoffs: int = 0
    """Cases that were opened."""

    @property
    def rate(self) -> float | None:
        """Share of answered questions among those that were answered or could not be, 0 to 1; None without any."""
        told = self.acts[Act.ANSWER] + self.acts[Act.ABSTAIN]
        return self.acts[Act.ANSWER] / told if told else None


Key = tuple[date, str, str]
"""Day in Tokyo, channel, ward in romaji (empty: unknown)."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, in seconds."""

    count: int
    median: float
    p90: float
    """Nine of ten took no longer."""


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a span."""

    cells: Mapping[Key, Cell]
    reasons: Mapping[str, int]
    """Cases by `cases.reason`."""
    waiting: Times | None
    """From the call to the claim, opening hours alone; None where nobody was claimed."""
    handling: Times | None
    """From the claim to the end, by the clock."""
    ratings: Mapping[int, int]
    """Cases by their rating, 1 to 3; 0: not rated."""
    sources: Sequence[tuple[str, int]]
    """(source id, answers that cite it), the most cited first."""

    @property
    def total(self) -> Cell:
        """All of it together."""
        return added(self.cells.values())

    def by(self, part: Callable[[Key], object]) -> dict[object, Cell]:
        """Add up by a part of the key, in its order."""
        found: dict[object, list[Cell]] = defaultdict(list)
        for key in sorted(self.cells):
            found[part(key)].append(self.cells[key])
        return {name: added(cells) for name, cells in found.items()}


def added(cells: Iterable[Cell]) -> Cell:
    """Add cells up."""
    total = Cell()
    for cell in cells:
        total.conversations |= cell.conversations
        total.messages += cell.messages
        total.acts.update(cell.acts)
        total.up += cell.up
        total.down += cell.down
        total.handoffs += cell.handoffs
    return total


def figures(connection: Connection, since: float, until: float, hours: Hours) -> Figures:
    """Count what happened within a span.

    Args:
        connection: To read with.
        since: Seconds since 1970, included.
        until: Seconds since 1970, not included.
        hours: When advisors are there: waiting counts within these.
    """
    cells: dict[Key, Cell] = defaultdict(Cell)
    for row in _messages(connection, since, until):
        cell = cells[_key(row)]
        cell.conversations.add(row["conversation"])
        cell.messages += 1
    cited: Counter[str] = Counter()
    for row in _answers(connection, since, until):
        cell = cells[_key(row)]
        cell.conversations.add(row["conversation"])
        cell.acts[row["act"]] += 1
        cell.up += row["vote"] == "up"
        cell.down += row["vote"] == "down"
        if row["act"] == Act.ANSWER:
            cited.update({str(source) for source, _ in json.loads(row["citations"])})
    opened = _cases(connection, since, until)
    for row in opened:
        cells[_key(row)].handoffs += 1
    claimed = [row for row in opened if row["claimed_at"] is not None]
    ended = [row for row in claimed if row["ended_at"] is not None]
    return Figures(
        cells=dict(cells),
        reasons=Counter(row["reason"] for row in opened),
        waiting=times([_open(hours, row["at"], row["claimed_at"]) for row in claimed]),
        handling=times([row["ended_at"] - row["claimed_at"] for row in ended]),
        ratings=Counter(row["rating"] or 0 for row in opened if row["ended_at"] is not None),
        sources=sorted(cited.items(), key=lambda item: (-item[1], item[0]))[:TOP],
    )


def times(seconds: Sequence[float]) -> Times | None:
    """Give median and 90th percentile (the nearest rank, a time that did occur); None of nothing."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return Times(len(ordered), statistics.median(ordered), ordered[math.ceil(0.9 * len(ordered)) - 1])


def _key(row: RowMapping) -> Key:
    # The ward is the person's: also what they asked before they said it belongs there.
    return datetime.fromtimestamp(row["at"], UTC).astimezone(TOKYO).date(), row["channel"], row["ward"] or ""


def _open(hours: Hours, since: float, until: float) -> float:
    first, last = (datetime.fromtimestamp(at, UTC).astimezone(hours.zone) for at in (since, until))
    return open_seconds(hours, first, max(first, last))


def _messages(connection: Connection, since: float, until: float) -> Iterable[RowMapping]:
    c = conversations.c
    query = (
        select(inbox.c.conversation, inbox.c.received_at.label("at"), c.channel, c.ward)
        .join(conversations, c.id == inbox.c.conversation)
        .where(inbox.c.received_at >= since, inbox.c.received_at < until)
        .where(inbox.c.kind.in_(_SAID), c.channel != DESK)
    )
    return connection.execute(query).mappings()


def _answers(connection: Connection, since: float, until: float) -> Iterable[RowMapping]:
    c, a = conversations.c, answers.c
    query = (
        select(a.conversation, a.at, a.act, a.vote, a.citations, c.channel, c.ward)
        .join(conversations, c.id == a.conversation)
        .where(a.at >= since, a.at < until)
    )
    return connection.execute(query).mappings()


def _cases(connection: Connection, since: float, until: float) -> Sequence[RowMapping]:
    c, opened = conversations.c, cases.c.opened_at
    query = (
        select(
            opened.label("at"),
            cases.c.reason,
            cases.c.claimed_at,
            cases.c.ended_at,
            cases.c.rating,
            c.channel,
            c.ward,
        )
        .join(conversations, c.id == cases.c.conversation)
        .where(opened >= since, opened < until)
    )
    return connection.execute(query).mappings().all()
