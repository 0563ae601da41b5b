"""What is done with a draft: an administrator approves it, it is taken back; the index follows at once."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from adapters.console.context import Console, see_other
from adapters.console.drafting import HERE, Drafting, only_of
from adapters.console.gate import Administrator, Number, Posted, SignedIn
from adapters.console.menu import Entry
from adapters.console.sessions import Session
from adapters.desk import audit
from adapters.learning import drafts
from adapters.learning.drafts import Unusable
from knowledge.errors import StoreBusy, StoreUnavailable

MENU: tuple[Entry, ...] = ()
LATER = "変更を保存しました。いま資料の取り込み中のため、回答への反映は数分のうちに自動で行います。"


def routes(console: Console) -> APIRouter:
    """Make the routes of the deeds."""
    router = APIRouter(include_in_schema=False, prefix=HERE + "/{number:int}")
    drafting = Drafting(console)

    @router.post("/publish")
    def publish(number: Number, form: Posted, session: Administrator) -> Response:
        is_office = form.get("office") == "yes"
        who = session.account.key

        def deed(connection: Connection) -> None:
            drafts.publish(
                connection, number, who=who, today=drafting.today, seen=form.get("seen"), is_office=is_office
            )
            detail = "office" if is_office else ""
            audit.record(connection, who=who, action="draft-publish", subject=f"draft:{number}", detail=detail)

        return done(session, number, deed)

    @router.post("/withdraw")
    def withdraw(number: Number, form: Posted, session: SignedIn) -> Response:
        only_of(session, drafting.find(number))

        def deed(connection: Connection) -> None:
            drafts.withdraw(connection, number)
            audit.record(connection, who=session.account.key, action="draft-withdraw", subject=f"draft:{number}")

        return done(session, number, deed)

    def done(session: Session, number: int, deed: Callable[[Connection], None]) -> Response:
        drafting.find(number)
        try:
            with console.store.write() as connection:
                deed(connection)
        except Unusable as error:
            return drafting.draft_page(session, number, 409, problem=str(error))
        try:
            if drafting.shelving is not None:
                drafting.shelving.sync()
        except (StoreBusy, StoreUnavailable):
            # It is done all the same: a worker's chore brings the index in step.
            return drafting.draft_page(session, number, problem=LATER)
        return see_other(f"{HERE}/{number}")

    return router
