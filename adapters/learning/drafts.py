"""Advisors' answers on their way into the knowledge: written, approved by somebody else, withdrawn.

The table is the truth; the index follows it, see `adapters.learning.shelving`. Rows are never deleted: a source's
identity is its row's number, and a number that came again would be another answer at the same address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select, update

from adapters.desk.schema import advisors, cases, drafts
from adapters.learning.personal import Finding, personal
from adapters.learning.text import as_source, one_line, plain
from adapters.messages.store import now
from knowledge.wards import WARDS

LATEST = 400
"""Days from today within which an answer has to expire: somebody must look at it again in time."""
SOON = 30
"""Days before its end from which on an answer is said to expire soon."""
QUESTION, ANSWER, BASED_ON = 200, 800, 500
"""Characters at most."""
FIELDS = {"question": "質問", "answer": "回答", "based_on": "根拠"}
DRAFT, PUBLISHED, WITHDRAWN = "draft", "published", "withdrawn"


class Unusable(Exception):
    """It cannot be done; the words are for whoever tried."""


@dataclass(frozen=True, slots=True)
class Written:
    """What an advisor wrote, as it is kept."""

    question: str
    answer: str
    based_on: str
    ward: str | None
    """Romaji; None: it holds in all of them."""
    expires_on: date
    """The day from which on it does not answer any more."""


def written(question: str, answer: str, based_on: str, ward: str, expires_on: str, today: date) -> Written:
    """Check what came from a form.

    Args:
        question: Made one line of.
        answer: Made plain text of, see `text.plain`.
        based_on: The source, in words or as an address; made one line of.
        ward: In romaji; empty: all of them.
        expires_on: 2026-11-26.
        today: The day that expiry counts from.
    Raises:
        Unusable: Something is missing, too long, or no such day.
    """
    question, answer, based_on = one_line(question), plain(answer), one_line(based_on)
    for name, text, most in (
        ("question", question, QUESTION),
        ("answer", answer, ANSWER),
        ("based_on", based_on, BASED_ON),
    ):
        if not 0 < len(text) <= most:
            raise Unusable(f"{FIELDS[name]}を{most}文字以内で入れてください。")
    if ward and ward not in WARDS:
        raise Unusable("区を選んでください。")
    try:
        day = date.fromisoformat(expires_on)
    except ValueError:
        raise Unusable("失効日を入れてください。") from None
    if not today < day <= today + timedelta(days=LATEST):
        raise Unusable(f"失効日は、明日から{LATEST}日先までの日にしてください。")
    return Written(question, answer, based_on, ward or None, day)


def add(connection: Connection, what: Written, *, author: str, case: int | None) -> int:
    """Write a new draft; give its number."""
    row = {**_values(what), "case_id": case, "state": DRAFT, "author": author, "approved_by": "", "at": now()}
    return int(connection.execute(drafts.insert().values(**row).returning(drafts.c.id)).scalar_one())


def change(connection: Connection, number: int, what: Written, *, author: str) -> None:
    """Write a draft anew; whoever did so is its author now, and one that was withdrawn is a draft again.

    Raises:
        Unusable: It is published, erased or not there.
    """
    row = find(connection, number, for_update=True)
    if row["state"] == PUBLISHED:
        raise Unusable("公開中の回答は変更できません。取り下げてから変更してください。")
    values = {**_values(what), "state": DRAFT, "author": author, "approved_by": "", "approved_on": None}
    connection.execute(update(drafts).where(drafts.c.id == number).values(**values))


def publish(connection: Connection, number: int, *, who: str, today: date, seen: str, is_office: bool) -> None:
    """Approve a draft.

    Args:
        connection: In a transaction.
        number: Id of the draft.
        who: The administrator: not the author, unless nobody else has an account.
        today: The day of the approval.
        seen: `mark` of what they read: it may have been changed meanwhile.
        is_office: Whether they say that numbers and addresses in it are an office's.
    Raises:
        Unusable: Nothing has changed.
    """
    row = find(connection, number, for_update=True)
    if row["state"] != DRAFT:
        raise Unusable("この回答案は、すでに公開されたか取り下げられています。")
    if seen != mark(row):
        raise Unusable("表示したあとに内容が変更されました。もう一度読んで確認してください。")
    if not may_approve(connection, row, who):
        raise Unusable("書いた人とは別の管理者が確認してください。")
    if not today < row["expires_on"] <= today + timedelta(days=LATEST):
        raise Unusable("失効日が過ぎているか、先すぎます。直してから公開してください。")
    found = findings(connection, row)
    if any(not one.may_be_an_office_s for one in found):
        raise Unusable("相談者の名前や連絡先が入っています。消してから公開してください。")
    if found and not is_office:
        raise Unusable("電話番号・メール・住所が入っています。窓口のものであることを確認してください。")
    values = {"state": PUBLISHED, "approved_by": who, "approved_on": today}
    connection.execute(update(drafts).where(drafts.c.id == number).values(**values))


def withdraw(connection: Connection, number: int) -> bool:
    """Take a draft back, published or not; tell whether it had been published.

    Raises:
        Unusable: It is not there.
    """
    row = find(connection, number, for_update=True)
    connection.execute(update(drafts).where(drafts.c.id == number).values(state=WITHDRAWN))
    return bool(row["state"] == PUBLISHED)


def find(connection: Connection, number: int, *, for_update: bool = False) -> RowMapping:
    """Find a draft.

    Raises:
        Unusable: It is not there, or was emptied because its person was erased.
    """
    query = select(drafts).where(drafts.c.id == number)
    row = connection.execute(query.with_for_update() if for_update else query).mappings().first()
    if row is None or not row["question"]:
        raise Unusable("この回答案は見つかりません。")
    return row


def listed(connection: Connection, most: int = 300) -> Sequence[RowMapping]:
    """List drafts: those that wait for approval, then the published ones by their end, then what was withdrawn."""
    rows = connection.execute(
        select(drafts).where(drafts.c.question != "").order_by(drafts.c.id.desc()).limit(most)
    ).mappings()
    order = {DRAFT: 0, PUBLISHED: 1, WITHDRAWN: 2}
    return sorted(
        rows, key=lambda row: (order[row["state"]], row["expires_on"] if row["state"] == PUBLISHED else date.min)
    )


def may_approve(connection: Connection, row: RowMapping, who: str) -> bool:
    """Tell whether an administrator may approve: somebody else wrote it, or there is nobody else."""
    if row["author"] != who:
        return True
    active = connection.execute(select(func.count()).select_from(advisors).where(advisors.c.active.is_(True)))
    return int(active.scalar_one()) == 1


def findings(connection: Connection, row: RowMapping) -> Sequence[Finding]:
    """Look for what may be somebody's own."""
    contact = ""
    if row["case_id"] is not None:
        contact = connection.execute(select(cases.c.contact).where(cases.c.id == row["case_id"])).scalar() or ""
    return personal({name: row[name] for name in FIELDS}, contact)


def mark(row: RowMapping) -> str:
    """Name what a draft says, so that a page can tell what was read."""
    said = "\0".join(str(row[name]) for name in (*FIELDS, "ward", "expires_on"))
    return hashlib.sha256(said.encode()).hexdigest()[:20]


def source_id(number: int) -> str:
    """Give the id of the source that a draft becomes."""
    return f"faq/{number}.md"


def erased(connection: Connection) -> list[str]:
    """List the sources of answers whose words were erased with their person."""
    where = (drafts.c.state == WITHDRAWN) & (drafts.c.question == "") & (drafts.c.answer == "")
    return [source_id(number) for number in connection.scalars(select(drafts.c.id).where(where).order_by(drafts.c.id))]


def sources(connection: Connection, today: date) -> dict[str, str]:
    """Write all that is published and has not expired as sources: id → text."""
    rows = connection.execute(
        select(drafts)
        .where(drafts.c.state == PUBLISHED, drafts.c.question != "", drafts.c.expires_on > today)
        .order_by(drafts.c.id)
    ).mappings()
    return {source_id(row["id"]): source_text(row, row["approved_on"] or today) for row in rows}


def source_text(row: RowMapping, approved: date) -> str:
    """Write a draft as a source."""
    return as_source(
        question=row["question"],
        answer=row["answer"],
        based_on=row["based_on"],
        ward=row["ward"],
        expires=row["expires_on"],
        approved=approved,
    )


def _values(what: Written) -> dict[str, Any]:
    return {
        "question": what.question,
        "answer": what.answer,
        "based_on": what.based_on,
        "ward": what.ward,
        "expires_on": what.expires_on,
    }
