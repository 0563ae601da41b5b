"""The knowledge: what is answered from, what waits to be published, and what has to be looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import HTMLResponse

from adapters.console import edition
from adapters.console.context import Console, see_other
from adapters.console.forms import Form
from adapters.console.gate import Administrator, Number, Posted
from adapters.console.menu import Entry
from adapters.console.sessions import Session
from adapters.console.uploads import UPLOAD, Uploaded
from adapters.curating import tasks
from adapters.curating.curation import Curation
from adapters.curating.errors import Breaks, CurationError
from adapters.curating.tasks import Matter
from adapters.desk.audit import record
from adapters.web.pages import facts
from knowledge import editions
from knowledge.documents import Source
from knowledge.editions import Edition, State
from knowledge.errors import StoreBusy
from knowledge.generations import Knowledge

HERE = "/console/knowledge"
MENU = (Entry("知識", HERE, administrators=True),)
MOST = 500
"""Sources that are listed."""
ELSEWHERE = "この構成では、文書を管理できません。"
STATUS = {"valid": "有効", "expired": "期限切れ", "coming": "有効期間の前", "withdrawn": "取り下げ"}
MATTERS = {
    Matter.CHANGED.value: "内容が変わりました",
    Matter.BROKEN.value: "取得できません",
    Matter.OLDER.value: "古い版が残っています",
    Matter.CONFLICT.value: "金額が食い違っています",
    Matter.ERASURE.value: "個人データの消去の残り",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One source of the list."""

    source: Source
    chunks: int
    status: str
    """A key of `STATUS`."""
    facts: Sequence[tuple[str, str]]
    history: Sequence[Edition]
    """Its editions, the newest first; none for one that `ippo ingest` brought."""

    @property
    def path(self) -> str:
        """Its page."""
        return f"/sources/{quote(self.source.id, safe='')}"

    @property
    def withdrawn_edition(self) -> Edition | None:
        """What can be published again."""
        return next((one for one in self.history if one.state is State.WITHDRAWN), None)


def routes(console: Console) -> APIRouter:
    """Make the routes of the knowledge."""
    router = APIRouter(include_in_schema=False)
    knowledge = console.ippo.knowledge
    if not isinstance(knowledge, Knowledge):
        return _nothing()
    curation = Curation(console.ippo, knowledge, console.store)
    previews = curation.previews
    router.include_router(edition.routes(console, curation))

    @router.get(HERE)
    def show(session: Administrator, q: str = "", status: str = "") -> HTMLResponse:
        return _page(console, curation, session, words=q, status=status)

    @router.post(UPLOAD)
    def upload(file: Uploaded, session: Administrator) -> Response:
        return _bring(
            console, curation, session, lambda: previews.bring_file(file.name, file.content, session.account.key)
        )

    @router.post(HERE + "/url")
    def fetch(form: Posted, session: Administrator) -> Response:
        address = form.get("url")
        return _bring(console, curation, session, lambda: previews.bring_url(address, session.account.key), address)

    @router.post(HERE + "/withdraw")
    def withdraw(form: Posted, session: Administrator) -> Response:
        who, source = session.account.key, form.get("source")
        return _do(console, curation, session, form, lambda reason: curation.withdraw(source, who, reason=reason))

    @router.post(HERE + "/restore")
    def restore(form: Posted, session: Administrator) -> Response:
        who, source = session.account.key, form.get("source")
        return _do(console, curation, session, form, lambda reason: curation.restore(source, who, reason=reason))

    @router.post(HERE + "/tasks/{number:int}")
    def tick_off(number: Number, form: Posted, session: Administrator) -> Response:
        with console.store.write() as connection:
            if tasks.tick_off(connection, number):
                record(connection, who=session.account.key, action="knowledge-task", subject=f"task:{number}")
        return see_other(HERE)

    return router


def _bring(
    console: Console, curation: Curation, session: Session, how: Callable[[], int], address: str = ""
) -> Response:
    try:
        number = how()
    except CurationError as error:
        return _page(console, curation, session, problem=str(error), address=address)
    return see_other(f"{HERE}/editions/{number}")


def _do(console: Console, curation: Curation, session: Session, form: Form, deed: Callable[[str], None]) -> Response:
    try:
        deed(form.get("reason")[: edition.REASON])
    except Breaks as error:
        return edition.stopped(console, session, error, {"source": form.get("source")})
    except (CurationError, StoreBusy) as error:
        return _page(console, curation, session, problem=str(error))
    return see_other(HERE)


def _nothing() -> APIRouter:
    """Make the routes where a library that can only be read stands in for the knowledge."""
    router = APIRouter(include_in_schema=False)

    @router.get(HERE)
    def nothing(session: Administrator) -> HTMLResponse:
        raise HTTPException(503, ELSEWHERE)

    return router


def _page(
    console: Console,
    curation: Curation,
    session: Session,
    *,
    words: str = "",
    status: str = "",
    problem: str = "",
    address: str = "",
) -> HTMLResponse:
    with curation.knowledge.store.read() as connection:
        known = editions.listed(connection)
        gone = editions.withdrawn(connection)
    everything = _listed(curation, known, gone, console.now().date())
    found = [one for one in everything if _matches(one, words) and status in ("", one.status)]
    with console.store.read() as connection:
        open_tasks = tasks.open_tasks(connection)
    waiting = [one for one in known if one.state is State.PREVIEW]
    return console.page(
        session,
        "knowledge.html",
        here=HERE,
        status=422 if problem else 200,
        sources=found[:MOST],
        more=max(0, len(found) - MOST),
        total=len(everything),
        previews=waiting,
        preview_of={one.source[:300]: one for one in reversed(waiting)},
        tasks=open_tasks,
        problem=problem,
        address=address,
        words=words,
        wanted=status,
        STATUS=STATUS,
        MATTERS=MATTERS,
        STATES=edition.STATES,
    )


def _listed(curation: Curation, known: Sequence[Edition], gone: Sequence[str], today: date) -> list[Listed]:
    history: defaultdict[str, list[Edition]] = defaultdict(list)
    for one in known:
        if one.state is not State.PREVIEW:
            history[one.source].append(one)
    found = [
        Listed(source, chunks, _status(source, today), facts(source), history[source.id])
        for source, chunks in curation.knowledge.list_sources()
    ]
    for source_id in gone:
        shown = curation.knowledge.document(source_id)
        if shown is not None:
            source = shown.document.source
            found.append(Listed(source, 0, "withdrawn", facts(source), history[source_id]))
    return found


def _status(source: Source, today: date) -> str:
    if source.valid_until and source.valid_until < today:
        return "expired"
    return "coming" if source.valid_from and source.valid_from > today else "valid"


def _matches(one: Listed, words: str) -> bool:
    text = " ".join((one.source.id, one.source.title, *(value for _, value in one.facts))).lower()
    return all(word in text for word in words.lower().split())
