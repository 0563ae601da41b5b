"""Erases one person everywhere in the message database, and sees to it that they stay erased."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text, update

from adapters.desk.posts import Op, post
from adapters.desk.schema import audit, erasures, tasks
from adapters.messages.schema import conversations, outbox
from adapters.messages.store import MessageStore, now
from adapters.privacy.emptying import Emptied, Left, empty, empty_messages
from adapters.privacy.people import conversations_of, digest, said_in_groups

log = logging.getLogger(__name__)

SHORT = 12
"""Hex digits of a digest by which the audit names a person."""
NO_CASE = 0
"""The lane of deletions that belong to no case; cases count from 1."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased."""

    conversations: int
    """Of their own; what they said in conversations with others is in `messages`."""
    messages: int
    cases: int
    deletions: int
    """Ippo's posts about their cases, and its replies to them in Slack, that Slack is being asked to delete."""
    drafts: tuple[int, ...]
    """Published drafts made of their cases, withdrawn: they are to be taken out of the knowledge."""
    tasks: int
    """What an operator has to delete by hand."""


def erase(
    connection: Connection,
    channel: str,
    person: str,
    *,
    who: str = "person",
    lane: int | None = None,
    keep: Collection[int] = (),
    posting: bool = False,
    on_draft: Callable[[int], None] | None = None,
) -> Erased:
    """Erase a person. Call `scrub` once the transaction is committed.

    Args:
        connection: In a transaction; all of it happens or nothing.
        channel: `line`, `slack`, `web`.
        person: What the channel calls them: LINE's user id, Slack's `team:user`, the web chat's cookie.
        who: Who asked for it, for the audit: `person`, or an operator.
        lane: The conversation in which they ask, held by the caller; it goes on, empty, so that the answer arrives.
            Its pending message becomes `unsent` like all others.
        keep: Ids of outbox rows that hold the answer; one that is enqueued after this call needs no mention.
        posting: Whether workers serve the advisors' channel (`Desk.posting`): they delete what Ippo wrote in Slack.
        on_draft: Called with the id of each published draft that is withdrawn, within the transaction.
    Returns:
        What was done. A person who is not known is written to the list all the same: a backup may know them.
    """
    name = digest(channel, person)
    # Before anything is cut off: afterwards nobody finds it.
    elsewhere = said_in_groups(connection, channel, person)
    numbers = conversations_of(connection, channel, person)
    deleted, remain = _delete_replies(connection, channel, person, numbers, elsewhere, posting)
    done = empty(connection, numbers, lane=lane, keep=keep)
    empty_messages(connection, elsewhere)
    left = _leave_tasks(connection, name, done, remain)
    for draft in done.drafts:
        if on_draft is not None:
            on_draft(draft)
    _list(connection, name, now())
    connection.execute(audit.insert().values(at=now(), who=who[:100], action="erase", subject=name[:SHORT], detail=""))
    log.info("person erased", extra={"conversations": done.conversations, "cases": done.cases, "tasks": left})
    return Erased(done.conversations, len(elsewhere), done.cases, done.deletions + deleted, done.drafts, left)


def erase_person(
    store: MessageStore,
    channel: str,
    person: str,
    *,
    who: str = "operator",
    posting: bool = False,
    on_draft: Callable[[int], None] | None = None,
) -> Erased:
    """Erase a person in a transaction of its own, then `scrub`; for those who answer nobody.

    Raises:
        StoreUnavailable: Nothing was erased.
    """
    with store.write() as connection:
        done = erase(connection, channel, person, who=who, posting=posting, on_draft=on_draft)
    scrub(store)
    return done


def scrub(store: MessageStore) -> None:
    """Take what was erased out of SQLite's log of writes as well; PostgreSQL's vacuum does the like by itself.

    Where others read at this moment, the log goes with a later call, the nightly one at the latest.
    """
    if not store.is_sqlite:
        return
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).close()


def listed(connection: Connection) -> dict[str, float]:
    """Give the list of erased persons: digest → when."""
    return {row.person: row.at for row in connection.execute(select(erasures))}


def erase_again(connection: Connection, names: Mapping[str, float]) -> int:
    """Erase persons by the list, in a database from an earlier time.

    What somebody said after they were erased stays: they came back. Posts about their cases are deleted once more,
    which does no harm where they are gone.

    Args:
        connection: In a transaction.
        names: Digest → when they were erased.
    Returns:
        Conversations in which something was erased.
    """
    found: dict[float, list[int]] = {}
    c = conversations.c
    people = func.coalesce(func.nullif(c.person, ""), c.key)
    for row in connection.execute(select(c.id, c.channel, people.label("person")).order_by(c.id)):
        at = names.get(digest(row.channel, row.person))
        if at is not None:
            found.setdefault(at, []).append(row.id)
    for at, numbers in found.items():
        empty(connection, numbers, until=at)
    for name, at in names.items():
        _list(connection, name, at)
    return sum(map(len, found.values()))


def _list(connection: Connection, name: str, at: float) -> None:
    before = connection.execute(select(erasures.c.at).where(erasures.c.person == name)).scalar()
    if before is None:
        connection.execute(erasures.insert().values(person=name, at=at))
    elif before < at:
        connection.execute(update(erasures).where(erasures.c.person == name).values(at=at))


def _delete_replies(
    connection: Connection, channel: str, person: str, numbers: Collection[int], asked: Collection[int], posting: bool
) -> tuple[int, int]:
    """Have Ippo's own messages in Slack deleted, which as a rule repeat what was asked.

    On LINE they are the person's own copy, which nobody else can take away; the web chat shows what is stored here.

    Returns:
        How many are being deleted, and how many stay because nobody here deletes any.
    """
    if channel != "slack":
        return 0, 0
    keys = [f"{number}:{n}" for number in asked for n in (0, 1)]
    theirs = outbox.c.conversation.in_(numbers) | outbox.c.key.in_(keys)
    sent = connection.scalars(select(outbox.c.sent_as).where(theirs, outbox.c.sent_as != "").order_by(outbox.c.id))
    places = [(place, ts) for place, _, ts in (one.partition(":") for one in sent.all()) if ts]
    if not posting:
        return 0, len(places)
    for place, ts in places:
        post(connection, NO_CASE, Op.DELETE, channel=place, ts=ts, team=person.partition(":")[0])
    return len(places), 0


def _leave_tasks(connection: Connection, name: str, done: Emptied, remain: int) -> int:
    made = [(f"case:{left.case}", _by_hand(left)) for left in done.left]
    if remain:
        told = (
            f"Slackに、この人へのIppoの返信が{remain}件残っています。ワークスペースの管理者に削除を依頼してください。"
        )
        made.append((f"person:{name[:SHORT]}", told))
    for subject, detail in made:
        connection.execute(tasks.insert().values(kind="erasure", subject=subject, detail=detail, done=False, at=now()))
    return len(made)


def _by_hand(left: Left) -> str:
    parts = [f"{left.by_people}件は人が書いたもの"] if left.by_people else []
    parts += [f"{left.under_way}件は送信中だったもの"] if left.under_way else []
    return (
        f"相談者のデータを消去しました。Slackのスレッド({left.channel}, {left.ts})に、Ippoからは消せない投稿が"
        f"残っている可能性があります({'、'.join(parts)})。スレッドを開いて削除してください。"
    )
