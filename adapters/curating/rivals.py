"""After something was published: older editions of the same rule, and amounts that contradict it, become tasks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection

from adapters.curating import tasks
from adapters.curating.tasks import Matter
from ingest.single import cut
from knowledge.claims import Claims, Conflict, Sort, claims_of, timeless
from knowledge.dates import fiscal_year, years
from knowledge.documents import Document, Kind, Source
from knowledge.fold import fold
from knowledge.index import Index

_SERIES = frozenset({Kind.MINUTES, Kind.PRESS, Kind.EVENT, Kind.REPORT, Kind.PROPOSAL})
"""What comes again and again without replacing what came before."""
_SHORT = 4
"""Characters of a title without its year; a shorter one (案内) names no rule."""
SORTS = {Sort.CEILING: "上限", Sort.SHARE: "割合"}
_QUOTED = 200
"""Characters of a passage that a task repeats."""


def same_rule(sources: Iterable[Source], source: Source) -> list[tuple[Source, bool]]:
    """Find other editions of the rule that a source is an edition of.

    The same rule: the same publisher, place and title, but for year, date and number of the edition.

    Returns:
        Each with whether it is the older one.
    """
    key, when = timeless(source.title), _when(source)
    if source.kind in _SERIES or len(key) < _SHORT or when is None:
        return []
    found: list[tuple[Source, bool]] = []
    for other in sources:
        theirs = _when(other)
        if other.id == source.id or other.kind in _SERIES or theirs is None or theirs == when:
            continue
        same_place = set(other.wards) == set(source.wards)
        if timeless(other.title) == key and fold(other.publisher) == fold(source.publisher) and same_place:
            found.append((other, theirs < when))
    return found


def conflicts(index: Index, document: Document, today: date) -> list[Conflict]:
    """Find amounts of other sources that contradict a document's."""
    mine = [claim for chunk in cut(document) for claim in claims_of(chunk, document.source)]
    return Claims(index).conflicts(mine, today) if mine else []


def review(connection: Connection, index: Index, document: Document, today: date) -> None:
    """Write down what an operator has to look at, now that a document is answered from.

    Args:
        connection: In a transaction on the messages' database.
        index: With the document.
        document: As it was published.
        today: The date.
    """
    source = document.source
    editions = same_rule(index.sources(), source)
    for other, older in editions:
        old, new = (other, source) if older else (source, other)
        detail = f"「{_named(new)}」が公開されています。前の版を取り下げますか。"
        tasks.open_task(connection, Matter.OLDER, old.id, detail)
    rest = {other.id for other, _ in editions}
    for conflict in conflicts(index, document, today):
        # Between editions the older one is to go, and the contradiction with it.
        if conflict.other.source.id not in rest:
            tasks.open_task(connection, Matter.CONFLICT, source.id, told(conflict))


def told(conflict: Conflict) -> str:
    """Say what contradicts what, with both passages."""
    one, other = conflict.one, conflict.other
    passages = [
        f"・「{_named(claim.source)}」{claim.written}: {' '.join(claim.block.text.split())[:_QUOTED]}"
        for claim in (one, other)
    ]
    return "\n".join([f"{one.programme}の{SORTS[one.sort]}が、2つの文書で違います。", *passages])


def _named(source: Source) -> str:
    return source.title or source.id


def _when(source: Source) -> tuple[int, date] | None:
    """Tell an edition's place in time: its fiscal year, then its day; None where neither is known."""
    year = source.fiscal_year or max(years(source.title), default=None)
    if year is None and source.date is None:
        return None
    day = source.date or date(year or 1, 4, 1)
    return (year if year is not None else fiscal_year(day), day)
