"""What stands beside the reply: a draft from the documents, and a search in them. Nothing here is sent by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote as percent_encode

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from adapters.console.context import Console, render
from adapters.console.gate import Looking, Number, SignedIn
from adapters.console.menu import Entry
from adapters.desk.schema import cases
from adapters.messages.schema import conversations
from bot.answer import Act, Answer, Citation, Question
from bot.draft import cite
from bot.reading import read
from bot.text.material import gather
from bot.text.units import UnitKind
from knowledge.index import Index
from knowledge.retrieval import Retriever

MENU: tuple[Entry, ...] = ()
FOUND = 6
"""Passages that a search shows."""
LONGEST = 300
"""Characters of a search."""
_WORTH = (Act.ANSWER, Act.ABSTAIN)
"""Answers that help somebody to write one of their own."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A place in the documents, ready to be put into a reply."""

    title: str
    place: str
    quote: str
    path: str
    """Its page on this server."""
    inserted: str
    """The quote with where it stands."""


def routes(console: Console) -> APIRouter:
    """Make the routes of the aids."""
    router = APIRouter(include_in_schema=False)
    searching = Searching(console)

    @router.get("/console/cases/{number:int}/draft")
    def draft(number: Number, session: Looking) -> HTMLResponse:
        with console.store.read() as connection:
            row = connection.execute(
                select(cases.c.question, conversations.c.ward)
                .join(conversations, conversations.c.id == cases.c.conversation)
                .where(cases.c.id == number)
            ).first()
        if row is None:
            raise HTTPException(404, "この相談は見つかりません。")
        answer = None
        if row.question:
            answer = console.ippo.assistant.answer(Question(row.question, console.now().date(), row.ward))
            if answer.act not in _WORTH or not answer.citations:
                answer = None
        sources = [_passage(one) for one in answer.citations] if answer else []
        return render(
            "draft.html", session=session, answer=answer, sources=sources, inserted=_written(answer) if answer else ""
        )

    @router.get("/console/search")
    def search(session: SignedIn, q: str = "", ward: str = "") -> HTMLResponse:
        words = " ".join(q.replace("\0", " ").split())[:LONGEST]
        found = searching.find(words, ward or None) if words else []
        return render("found.html", session=session, words=words, found=found)

    return router


class Searching:
    """Searches the documents as answers do. Safe to share."""

    def __init__(self, console: Console) -> None:
        """Take the knowledge."""
        self._console = console
        self._held: tuple[Index, Retriever] | None = None

    def find(self, words: str, ward: str | None) -> Sequence[Passage]:
        """Find the places that say most about something, best first, each piece of a document once."""
        retriever = self._retriever()
        question = Question(words, self._console.now().date(), ward)
        material = gather(read(question, retriever.index), retriever)
        url = self._console.ippo.settings.public_url
        found: dict[tuple[str, str], Passage] = {}
        for n, candidate in enumerate(material.candidates, 1):
            if candidate.unit.kind is UnitKind.TITLE:
                continue
            citation = cite(candidate.unit, n, url)
            found.setdefault((citation.chunk, citation.quote), _passage(citation))
            if len(found) == FOUND:
                break
        return list(found.values())

    def _retriever(self) -> Retriever:
        index = self._console.ippo.knowledge.current()
        held = self._held
        if held is None or held[0] is not index:
            # Two threads may make it at once; either one is right.
            held = self._held = (index, Retriever(index))
        return held[1]


def _passage(citation: Citation) -> Passage:
    quote = " ".join(citation.quote.split())
    chunk = percent_encode(citation.chunk, safe="")
    return Passage(
        citation.title,
        citation.place,
        quote,
        f"/sources/{percent_encode(citation.source, safe='')}?chunk={chunk}#{chunk}",
        f"「{quote}」(出典: {_where(citation)} {citation.url} )",
    )


def _where(citation: Citation) -> str:
    place = citation.place if citation.place != citation.title else ""
    return "、".join(part for part in (citation.title, place) if part)


def _written(answer: Answer) -> str:
    """Give a draft as it goes into the reply: the sources as lines below, since a reply carries no cards."""
    lines = [f"[{one.n}] {_where(one)} {one.url}" for one in answer.citations]
    return "\n".join([answer.text, "", "出典:", *lines])
