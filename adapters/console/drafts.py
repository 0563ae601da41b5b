"""Advisors' answers that become knowledge: written from a case, from an open question, or from nothing."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from adapters.console.context import Console, see_other
from adapters.console.drafting import HERE, Begun, Drafting, ended, number_in, only_of, typed
from adapters.console.forms import Form
from adapters.console.gate import Number, Posted, SignedIn
from adapters.console.menu import Entry
from adapters.desk import audit
from adapters.learning import drafts
from adapters.learning.drafts import Unusable, Written

MENU = (Entry("回答づくり", HERE),)


def routes(console: Console) -> APIRouter:
    """Make the routes of writing."""
    router = APIRouter(include_in_schema=False, prefix=HERE)
    drafting = Drafting(console)

    @router.get("")
    def show(session: SignedIn) -> HTMLResponse:
        return drafting.list_page(session)

    @router.get("/new")
    def begin(session: SignedIn, case: str = "", answer: str = "") -> HTMLResponse:
        begun = Begun()
        if (number := number_in(case)) is not None:
            begun = drafting.from_case(session, number)
        elif (number := number_in(answer)) is not None:
            begun = drafting.from_answer(number)
        return drafting.form_page(session, begun)

    @router.post("")
    def add(form: Posted, session: SignedIn) -> Response:
        case = number_in(form.get("case"))
        try:
            what = written(form)
            with console.store.write() as connection:
                if case is not None:
                    ended(connection, case)
                made = drafts.add(connection, what, author=session.account.key, case=case)
                audit.record(connection, who=session.account.key, action="draft-add", subject=f"draft:{made}")
        except Unusable as error:
            return drafting.form_page(session, typed(form, case), 422, problem=str(error))
        return see_other(f"{HERE}/{made}")

    @router.get("/{number:int}")
    def look(number: Number, session: SignedIn) -> HTMLResponse:
        return drafting.draft_page(session, number)

    @router.get("/{number:int}/edit")
    def edit(number: Number, session: SignedIn) -> HTMLResponse:
        row = drafting.find(number)
        only_of(session, row)
        begun = Begun(
            row["question"], row["answer"], row["based_on"], row["ward"] or "", str(row["expires_on"]), row["case_id"]
        )
        return drafting.form_page(session, begun, number=number)

    @router.post("/{number:int}")
    def change(number: Number, form: Posted, session: SignedIn) -> Response:
        row = drafting.find(number)
        only_of(session, row)
        try:
            what = written(form)
            with console.store.write() as connection:
                drafts.change(connection, number, what, author=session.account.key)
                audit.record(connection, who=session.account.key, action="draft-change", subject=f"draft:{number}")
        except Unusable as error:
            return drafting.form_page(session, typed(form, row["case_id"]), 422, problem=str(error), number=number)
        return see_other(f"{HERE}/{number}")

    def written(form: Form) -> Written:
        return drafts.written(
            form.get("question"),
            form.get("answer"),
            form.get("based_on"),
            form.get("ward"),
            form.get("expires_on"),
            drafting.today,
        )

    return router
