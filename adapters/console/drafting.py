"""The pages of drafts: the list, one draft with what has to be looked at, the form."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from fastapi import HTTPException
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection, RowMapping, select

from adapters.console import accounts
from adapters.console.context import Console
from adapters.console.forms import Form
from adapters.console.sessions import Session
from adapters.desk import audit
from adapters.desk.cases import OPEN
from adapters.desk.schema import answers, cases
from adapters.learning import drafts
from adapters.learning.drafts import Unusable
from adapters.learning.shelving import Shelving
from adapters.learning.text import plain
from adapters.messages.schema import conversations, turns
from bot.places import ward_name
from bot.privacy import mask
from knowledge.wards import WARDS

HERE = "/console/drafts"
USUAL = 180
"""Days after which an answer expires unless its author says otherwise."""
STATES = {"draft": "承認待ち", "published": "公開中", "withdrawn": "取り下げ"}
NOT_OVER = "この相談はまだ終わっていません。終了してから、回答を知識にできます。"
_HIGHEST = 2**31 - 1  # PostgreSQL's integer


@dataclass(frozen=True, slots=True)
class Begun:
    """What a form is filled with: a new draft's beginning, a stored one, or what came and could not be kept."""

    question: str = ""
    answer: str = ""
    based_on: str = ""
    ward: str = ""
    expires_on: str = ""
    case: int | None = None


class Drafting:
    """Makes the pages of drafts. Safe to share."""

    def __init__(self, console: Console) -> None:
        """Take the services."""
        ippo = console.ippo
        self._console = console
        self.shelving = (
            Shelving(console.store, ippo.knowledge, ippo.collect, ippo.settings.answering_date)
            if ippo.collect
            else None
        )

    @property
    def today(self) -> date:
        """The day that answers expire by."""
        return self._console.ippo.settings.answering_date()

    def find(self, number: int) -> RowMapping:
        """Find a draft.

        Raises:
            HTTPException: 404.
        """
        try:
            with self._console.store.read() as connection:
                return drafts.find(connection, number)
        except Unusable as error:
            raise HTTPException(404, str(error)) from None

    def list_page(self, session: Session) -> HTMLResponse:
        """Give the list of all drafts."""
        with self._console.store.read() as connection:
            rows = drafts.listed(connection)
            names = _names(connection)
        indexed = self._indexed()
        found = [self._row(row, names, indexed) for row in rows]
        return self._console.page(session, "drafts.html", here=HERE, drafts=found, STATES=STATES)

    def draft_page(self, session: Session, number: int, status: int = 200, *, problem: str = "") -> HTMLResponse:
        """Give one draft, with what may be somebody's own in it."""
        row, account = self.find(number), session.account
        with self._console.store.read() as connection:
            found = drafts.findings(connection, row)
            names = _names(connection)
            may_approve = account.is_administrator and drafts.may_approve(connection, row, account.key)
        return self._console.page(
            session,
            "draft-page.html",
            here=HERE,
            status=status,
            problem=problem,
            STATES=STATES,
            draft=self._row(row, names, self._indexed()),
            findings=[(one.sort.value, drafts.FIELDS[one.field], one.shown) for one in found],
            blocked=any(not one.may_be_an_office_s for one in found),
            may_approve=may_approve,
            mine=is_of(session, row),
            mark=drafts.mark(row),
        )

    def form_page(
        self, session: Session, begun: Begun, status: int = 200, *, problem: str = "", number: int | None = None
    ) -> HTMLResponse:
        """Give the form.

        Args:
            session: Whose.
            begun: What is in it.
            status: HTTP status.
            problem: What is wrong with it, in words.
            number: Id of the draft that is written anew; None: a new one.
        """
        return self._console.page(
            session,
            "draft-form.html",
            here=HERE,
            status=status,
            problem=problem,
            begun=begun,
            number=number,
            wards=WARDS,
            first=self.today + timedelta(days=1),
            last=self.today + timedelta(days=drafts.LATEST),
            usual=self.today + timedelta(days=USUAL),
            longest=(drafts.QUESTION, drafts.ANSWER, drafts.BASED_ON),
        )

    def from_case(self, session: Session, number: int) -> Begun:
        """Begin with what a case's person asked and what its advisor wrote, both without numbers and addresses.

        Raises:
            HTTPException: 404; 409 where the case is not over.
        """
        with self._console.store.write() as connection:
            row = ended(connection, number)
            # Who begins a draft reads what was said.
            audit.record(connection, who=session.account.key, action="view", subject=f"case:{number}")
            said = connection.execute(
                select(turns.c.text)
                .where(turns.c.conversation == row["conversation"], turns.c.role == "advisor", turns.c.text != "")
                .where(turns.c.at >= row["opened_at"], turns.c.at <= (row["ended_at"] or row["opened_at"]))
                .order_by(turns.c.id)
            ).scalars()
            advised = mask(plain("\n".join(said)))
        return Begun(_asked(row["question"]), advised[: drafts.ANSWER], ward=row["ward"] or "", case=number)

    def from_answer(self, number: int) -> Begun:
        """Begin with a question that was left open.

        Raises:
            HTTPException: 404.
        """
        with self._console.store.read() as connection:
            query = select(answers.c.question, answers.c.ward).where(answers.c.id == min(number, _HIGHEST))
            row = connection.execute(query).first()
        if row is None or not row.question:
            raise HTTPException(404, "この質問は見つかりません。")
        return Begun(_asked(row.question), ward=row.ward or "")

    def _indexed(self) -> Collection[str]:
        return self.shelving.indexed() if self.shelving is not None else ()

    def _row(self, row: RowMapping, names: Mapping[str, str], indexed: Collection[str]) -> dict[str, Any]:
        expired = row["expires_on"] <= self.today
        published = row["state"] == drafts.PUBLISHED
        soon = row["expires_on"] <= self.today + timedelta(days=drafts.SOON)
        return {
            **row,
            "by": names.get(row["author"], row["author"]),
            "approver": names.get(row["approved_by"], row["approved_by"]),
            "place": ward_name(row["ward"]) if row["ward"] else "すべての区",
            "expired": expired,
            "soon": published and not expired and soon,
            "shows": published and drafts.source_id(row["id"]) in indexed,
            "path": f"/sources/{quote(drafts.source_id(row['id']), safe='')}" if row["approved_on"] else "",
        }


def is_of(session: Session, row: RowMapping) -> bool:
    """Tell whether somebody may change a draft: its author, and administrators."""
    return session.account.is_administrator or bool(row["author"] == session.account.key)


def only_of(session: Session, row: RowMapping) -> None:
    """Let nobody else change a draft.

    Raises:
        HTTPException: 403.
    """
    if not is_of(session, row):
        raise HTTPException(403, "書いた人と管理者だけが変更できます。")


def ended(connection: Connection, number: int) -> RowMapping:
    """Find a case that is over, with its ward.

    Raises:
        HTTPException: 404; 409 where it is not over.
    """
    query = select(cases, conversations.c.ward).join(conversations, conversations.c.id == cases.c.conversation)
    row = connection.execute(query.where(cases.c.id == min(number, _HIGHEST))).mappings().first()
    if row is None:
        raise HTTPException(404, "この相談は見つかりません。")
    if row["state"] in OPEN:
        raise HTTPException(409, NOT_OVER)
    return row


def number_in(text: str) -> int | None:
    """Read an id that came with an address or a form; None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else None


def typed(form: Form, case: int | None) -> Begun:
    """Give a form's fields back as they were typed."""
    return Begun(
        form.get("question"),
        form.get("answer"),
        form.get("based_on"),
        form.get("ward"),
        form.get("expires_on"),
        case,
    )


def _asked(question: str) -> str:
    return " ".join(mask(question).split())[: drafts.QUESTION]


def _names(connection: Connection) -> Mapping[str, str]:
    return {one.key: one.name for one in accounts.everybody(connection)}
