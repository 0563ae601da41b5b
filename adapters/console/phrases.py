"""Ready-made texts for replies; administrators keep them."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import delete, select, update

from adapters.console.context import Console, see_other
from adapters.console.forms import Form
from adapters.console.gate import Administrator, Number, Posted
from adapters.console.menu import Entry
from adapters.console.sessions import Session
from adapters.desk.audit import record
from adapters.desk.schema import templates

HERE = "/console/phrases"
MENU = (Entry("定型文", HERE, administrators=True),)
TITLE, TEXT = 100, 2000
"""Characters at most."""
WRONG = f"題名({TITLE}文字以内)と文章({TEXT}文字以内)を入れてください。"


def routes(console: Console) -> APIRouter:
    """Make the routes of the texts."""
    router = APIRouter(include_in_schema=False)

    @router.get(HERE)
    def show(session: Administrator) -> HTMLResponse:
        return page(session)

    @router.post(HERE)
    def add(form: Posted, session: Administrator) -> Response:
        title, text = _values(form)
        if not title:
            return page(session, 422, problem=WRONG, title=form.get("title")[:TITLE], text=form.get("text"))
        with console.store.write() as connection:
            made = connection.execute(templates.insert().values(title=title, text=text).returning(templates.c.id))
            record(connection, who=session.account.key, action="phrase-add", subject=f"phrase:{made.scalar_one()}")
        return see_other(HERE)

    @router.post(HERE + "/{number:int}")
    def change(number: Number, form: Posted, session: Administrator) -> Response:
        title, text = _values(form)
        if not title:
            return page(session, 422, problem=WRONG)
        with console.store.write() as connection:
            found = connection.execute(
                update(templates)
                .where(templates.c.id == number)
                .values(title=title, text=text)
                .returning(templates.c.id)
            ).first()
            if found is None:
                raise HTTPException(404, "この定型文は見つかりません。")
            record(connection, who=session.account.key, action="phrase-change", subject=f"phrase:{number}")
        return see_other(HERE)

    @router.post(HERE + "/{number:int}/delete")
    def remove(number: Number, form: Posted, session: Administrator) -> Response:
        with console.store.write() as connection:
            connection.execute(delete(templates).where(templates.c.id == number))
            record(connection, who=session.account.key, action="phrase-delete", subject=f"phrase:{number}")
        return see_other(HERE)

    def page(
        session: Session, status: int = 200, *, problem: str = "", title: str = "", text: str = ""
    ) -> HTMLResponse:
        with console.store.read() as connection:
            rows = connection.execute(select(templates).order_by(templates.c.title)).mappings().all()
        return console.page(
            session, "phrases.html", here=HERE, status=status, phrases=rows, problem=problem, title=title, text=text
        )

    return router


def _values(form: Form) -> tuple[str, str]:
    """Read title and text; both empty where one of them is missing or too long."""
    title, text = " ".join(form.get("title").split()), form.get("text")
    return (title, text) if 0 < len(title) <= TITLE and 0 < len(text) <= TEXT else ("", "")
