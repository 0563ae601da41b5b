"""Forgets in time: conversations that nobody has touched for long, and what was kept only for a while."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, exists, func, select, update

from adapters.desk import posts
from adapters.desk.cases import OPEN
from adapters.desk.nightly import Nightly
from adapters.desk.posts import Op
from adapters.desk.schema import cases, erasures, logins, sessions, tasks
from adapters.messages.schema import conversations, inbox, outbox, seen, turns, workers
from adapters.messages.store import MessageStore, now
from adapters.privacy.emptying import empty, sever
from adapters.privacy.erase import scrub
from adapters.privacy.people import GONE, digest
from adapters.settings import Settings

log = logging.getLogger(__name__)

DAY = 24 * 60 * 60.0
SEEN = 30 * DAY
"""Seconds for which an event is known again. Platforms send one again within a day or two."""
LOGINS = DAY
WORKERS = DAY
FAREWELL = DAY
"""Seconds after which an erased person has been told so, or can't be."""
_PART = 50
"""Conversations that are emptied in one transaction: messages that come in meanwhile wait no longer than for these."""
_ROWS = 2000
"""Rows that are deleted in one transaction."""
ROUND = Nightly("purge", "retention", 4_902_003)


@dataclass(frozen=True, slots=True)
class Purged:
    """What was forgotten."""

    conversations: int = 0
    """Emptied, because nobody had touched them for long."""
    severed: int = 0
    """Of persons who were erased, and have been told."""
    seen: int = 0
    sessions: int = 0
    logins: int = 0
    workers: int = 0


def purge_if_due(store: MessageStore, settings: Settings) -> Purged | None:
    """Purge, if nobody has for 20 hours; of several processes that call this, one does.

    By the real clock, whatever `IPPO_TODAY` says.

    Returns:
        None: It was not due.
    Raises:
        StoreUnavailable: The database can't be reached. What was purged so far stays so; the rest waits for the next.
    """
    at = now()
    if not ROUND.begin(store, at):
        return None
    done = purge(store, settings.retention_days, at)
    with store.write() as connection:
        ROUND.note(connection, at, "purged", json.dumps(asdict(done)))
    log.info("purged", extra=asdict(done))
    return done


def purge(store: MessageStore, days: float, at: float) -> Purged:
    """Forget what is older than it may be.

    Args:
        store: The database.
        days: Conversations untouched for longer lose their words and their person. One with an open case does not.
        at: The present, in seconds since 1970.
    """
    emptied = 0
    while part := _untouched(store, at - days * DAY):
        with store.write() as connection:
            empty(connection, part)
        emptied += len(part)
    done = Purged(
        emptied,
        _sever_erased(store, at),
        seen=_delete(store, seen, seen.c.at < at - SEEN),
        sessions=_delete(store, sessions, sessions.c.expires_at < at),
        logins=_delete(store, logins, logins.c.at < at - LOGINS),
        workers=_delete(store, workers, workers.c.beat_at < at - WORKERS),
    )
    _report_failed(store, at)
    scrub(store)
    return done


def _untouched(store: MessageStore, before: float) -> Sequence[int]:
    """Find conversations that nobody has touched since, a part of them."""
    c = conversations.c
    active = [
        exists().where(inbox.c.conversation == c.id, inbox.c.received_at >= before),
        exists().where(outbox.c.conversation == c.id, outbox.c.received_at >= before),
        exists().where(turns.c.conversation == c.id, turns.c.at >= before),
        exists().where(cases.c.conversation == c.id, cases.c.state.in_(OPEN)),
    ]
    # The advisors' side of a case goes with the person's.
    theirs = (c.channel != posts.CHANNEL) & ~c.key.startswith(GONE, autoescape=True) & (c.created_at < before)
    query = select(c.id).where(theirs, *(~one for one in active)).order_by(c.id).limit(_PART)
    with store.read() as connection:
        return connection.scalars(query).all()


def _sever_erased(store: MessageStore, at: float) -> int:
    """Cut conversations off whose person was erased in them, which went on until they were told."""
    with store.read() as connection:
        names = {
            row.person: row.at for row in connection.execute(select(erasures).where(erasures.c.at < at - FAREWELL))
        }
        if not names:
            return 0
        c = conversations.c
        people: Any = func.coalesce(func.nullif(c.person, ""), c.key)
        found = [
            (row.id, names[name])
            for row in connection.execute(select(c.id, c.channel, people.label("person")).where(c.busy.is_(False)))
            if (name := digest(row.channel, row.person)) in names
        ]
    severed = 0
    for number, erased_at in found:
        with store.write() as connection:
            came_back = (inbox.c.conversation == number) & (inbox.c.received_at > erased_at)
            if connection.execute(select(inbox.c.id).where(came_back).limit(1)).first() is None:
                sever(connection, number)
                severed += 1
    return severed


def _report_failed(store: MessageStore, at: float) -> None:
    """Give an operator what Slack would not delete."""
    wanted = outbox.c.address.contains(f'"op": "{Op.DELETE.value}"', autoescape=True)
    where = (outbox.c.author == posts.AUTHOR) & outbox.c.status.in_(("failed", "unknown")) & wanted
    with store.write() as connection:
        for row in connection.execute(select(outbox.c.id, outbox.c.address).where(where)).all():
            address = json.loads(row.address)
            told = (
                f"Slackの投稿({address.get('channel')}, {address.get('ts')})を消せませんでした。手で削除してください。"
            )
            subject = f"post:{address.get('channel')}:{address.get('ts')}"
            connection.execute(tasks.insert().values(kind="erasure", subject=subject, detail=told, done=False, at=at))
            connection.execute(update(outbox).where(outbox.c.id == row.id).values(status="dropped"))


def _delete(store: MessageStore, table: Table, which: ColumnElement[bool]) -> int:
    """Delete rows, a part of them at a time; give how many there were."""
    key = next(iter(table.primary_key.columns))
    deleted = 0
    while True:
        with store.write() as connection:
            some = select(key).where(which).limit(_ROWS)
            # What comes back is counted: `rowcount` is not to be trusted with every driver.
            part = len(connection.execute(delete(table).where(key.in_(some)).returning(key)).all())
        deleted += part
        if part < _ROWS:
            return deleted
