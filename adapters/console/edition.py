"""One edition of a document: looked at, described, asked, published or thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import HTMLResponse

from adapters.console.context import Console, see_other
from adapters.console.forms import Form
from adapters.console.gate import Administrator, Number, Posted
from adapters.console.sessions import Session
from adapters.curating import golden, rivals
from adapters.curating.comparing import Comparison, compare, text_of
from adapters.curating.curation import Curation
from adapters.curating.errors import Breaks, CurationError
from adapters.curating.stating import KINDS, PLACES, stated
from adapters.web.pages import facts
from bot.answer import Act, Answer, Question
from ingest.single import cut
from knowledge.documents import Document
from knowledge.editions import Edition, State
from knowledge.errors import StoreBusy
from knowledge.wards import WARDS

LIST = "/console/knowledge"
SHOWN = 40
"""Chunks that are shown at first; all with `?all=1`."""
QUESTION = 300
"""Characters of a question."""
REASON = 300
"""Characters of a reason."""
STATES = {
    State.PREVIEW: "公開前",
    State.PUBLISHED: "公開中",
    State.REPLACED: "新しい版に置き換え済み",
    State.WITHDRAWN: "取り下げ",
}
ACTS = {
    Act.ANSWER: "回答",
    Act.ABSTAIN: "この文書だけでは答えられません",
    Act.CLARIFY: "聞き返し",
    Act.REFUSE: "対象外の質問と判断しました",
    Act.HANDOFF: "相談員を呼びます",
    Act.GREET: "あいさつ",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """A question that was tried."""

    question: str
    answer: Answer
    line: str
    """The two as a line of `golden.jsonl`."""


def routes(console: Console, curation: Curation) -> APIRouter:
    """Make the routes of editions."""
    router = APIRouter(include_in_schema=False, prefix=LIST + "/editions/{number:int}")

    @router.get("")
    def show(number: Number, session: Administrator, q: str = "", ward: str = "", everything: str = "") -> HTMLResponse:
        tried = _tried(console, curation, number, q, ward)
        return _page(console, curation, session, number, tried=tried, ward=ward, everything=bool(everything))

    @router.post("/facts")
    def save(number: Number, form: Posted, session: Administrator) -> Response:
        return do(session, number, form, saved=True)

    @router.post("/publish")
    def publish(number: Number, form: Posted, session: Administrator) -> Response:
        return do(session, number, form, published=True)

    @router.post("/discard")
    def discard(number: Number, form: Posted, session: Administrator) -> Response:
        try:
            curation.previews.discard(number, session.account.key)
        except CurationError as error:
            return page(session, number, 409, problem=str(error))
        return see_other(LIST)

    def do(session: Session, number: int, form: Form, *, saved: bool = False, published: bool = False) -> Response:
        who = session.account.key
        try:
            # Publishing saves what stands in the form as well: it is what the operator sees.
            if saved or form.get("facts"):
                wards = [place for place in PLACES if form.get(f"ward-{place}")]
                curation.previews.state(number, stated(form.get, wards), who)
            if published:
                curation.publish(number, who, reason=form.get("reason")[:REASON])
        except Breaks as error:
            return stopped(console, session, error, {})
        except (CurationError, StoreBusy) as error:
            return page(session, number, 422, problem=str(error))
        return see_other(LIST if published else f"{LIST}/editions/{number}#facts")

    def page(session: Session, number: int, status: int = 200, *, problem: str = "") -> HTMLResponse:
        return _page(console, curation, session, number, status=status, problem=problem)

    return router


def _page(
    console: Console,
    curation: Curation,
    session: Session,
    number: int,
    *,
    status: int = 200,
    problem: str = "",
    tried: Tried | None = None,
    ward: str = "",
    everything: bool = False,
) -> HTMLResponse:
    try:
        found, document = curation.previews.edition(number)
    except CurationError as error:
        raise HTTPException(404, str(error)) from error
    chunks = cut(document)
    wards = [one for one in found.described.wards if one in WARDS]
    return console.page(
        session,
        "edition.html",
        here=LIST,
        status=status,
        edition=found,
        source=found.described,
        facts=facts(found.described),
        chunks=chunks if everything else chunks[:SHOWN],
        total=len(chunks),
        changes=_changes(curation, found, document),
        rivals=_rivals(console, curation, found, document),
        tried=tried,
        ward=ward or (wards[0] if len(wards) == 1 else ""),
        problem=problem,
        STATES=STATES,
        KINDS=KINDS,
        PLACES=PLACES,
        WARDS=WARDS,
        ACTS=ACTS,
    )


def stopped(console: Console, session: Session, error: Breaks, fields: Mapping[str, str]) -> HTMLResponse:
    """Say which questions break, and ask for a reason to go on nevertheless; the form goes to where it came from."""
    return console.page(session, "stopped.html", here=LIST, status=409, problem=str(error), broken=error.questions, fields=fields)  # fmt: skip


def _tried(console: Console, curation: Curation, number: int, words: str, ward: str) -> Tried | None:
    question = " ".join(words.replace("\0", " ").split())[:QUESTION]
    if not question:
        return None
    asked = Question(question, console.now().date(), ward if ward in WARDS else None)
    try:
        answer = curation.previews.ask(number, asked)
    except CurationError as error:
        raise HTTPException(404, str(error)) from error
    return Tried(question, answer, golden.line(asked, answer))


def _rivals(console: Console, curation: Curation, edition: Edition, document: Document) -> list[str]:
    """Say what an operator should know before a preview is published: older editions, and amounts that contradict it."""
    if edition.state is not State.PREVIEW:
        return []
    index, source = curation.knowledge.current(), document.source
    found = [
        f"「{other.title or other.id}」の{'新しい' if older else '古い'}版のようです。"
        f"{'公開すると、前の版の取り下げを確認のお願いに加えます。' if older else '新しい版がすでに公開されています。'}"
        for other, older in rivals.same_rule(index.sources(), source)
    ]
    named = {other.id for other, _ in rivals.same_rule(index.sources(), source)}
    against = rivals.conflicts(index, document, console.now().date())
    return found + [rivals.told(one) for one in against if one.other.source.id not in named]


def _changes(curation: Curation, edition: Edition, document: Document) -> Comparison | None:
    """Compare a preview with what is answered from now; None where nothing is."""
    if edition.state is not State.PREVIEW:
        return None
    shown = curation.knowledge.document(edition.source)
    if shown is None or shown.withdrawn_on is not None:
        return None
    return compare(text_of(shown.document), text_of(document))
