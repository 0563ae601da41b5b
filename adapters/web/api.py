"""The web chat's API: one message in, its reply out."""

from __future__ import annotations

import re
import secrets
import time
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from adapters.bootstrap import Ippo
from adapters.web.visits import Visits
from bot.answer import Act, Answer, Citation, Question, Turn

COOKIE = "ippo_visitor"
_VISITOR = re.compile(r"[A-Za-z0-9_-]{22}")
_MONTH = 30 * 24 * 60 * 60  # seconds


def _writable(text: str) -> str:
    # JSON can spell half of a surrogate pair, which no UTF-8 reply could repeat.
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("is no valid Unicode text")
    return text


Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000), AfterValidator(_writable)
]


class MessageIn(BaseModel):
    """What a person writes."""

    text: Text = Field(description="The message, at most 5,000 characters.", examples=["何から始めればいいですか"])
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_writable)] = Field(
        description="The sender's id of this message. Sent again with the same id, it gets the same reply.",
        examples=["5f0c2a"],
    )


class CitationOut(BaseModel):
    """A passage shown as proof."""

    n: int = Field(description="Number of its marker in the text, from 1.")
    source: str
    title: str
    place: str
    quote: str = Field(description="Verbatim from the document.")
    url: str = Field(description="The passage in its document.")
    path: str = Field(description="The same, on this server.")


class MessageOut(BaseModel):
    """The reply."""

    client_id: str
    act: Act
    text: str = Field(description="Plain text with markers like [1].")
    citations: list[CitationOut]
    choices: list[str] = Field(description="Next questions to tap.")
    confidence: float = Field(description="Estimated probability that the documents answer the question.")
    elapsed_ms: float


def routes(ippo: Ippo) -> APIRouter:
    """Make the API's routes for one set of services."""
    router = APIRouter(prefix="/api", tags=["web chat"])
    visits: Visits[MessageOut] = Visits()
    secure = ippo.settings.public_url.startswith("https://")

    # A plain function: FastAPI runs it in a thread, and answering is work for a processor.
    @router.post("/messages", summary="Send a message, get its reply")
    def post_message(message: MessageIn, request: Request, response: Response) -> MessageOut:
        visitor = request.cookies.get(COOKIE, "")
        if not _VISITOR.fullmatch(visitor):
            visitor = secrets.token_urlsafe(16)
            response.set_cookie(COOKIE, visitor, max_age=_MONTH, httponly=True, samesite="lax", secure=secure)

        def answer(history: tuple[Turn, ...]) -> tuple[MessageOut, str]:
            started = time.perf_counter()
            asked = Question(text=message.text, today=ippo.settings.answering_date(), history=history)
            found = ippo.assistant.answer(asked)
            elapsed = round((time.perf_counter() - started) * 1000, 1)
            return _out(message.client_id, found, elapsed), found.text

        return visits.reply(visitor, message.client_id, message.text, answer)

    @router.delete("/messages", status_code=204, summary="Forget the conversation, begin anew")
    def delete_messages(request: Request) -> None:
        visits.forget(request.cookies.get(COOKIE, ""))

    return router


def _out(client_id: str, answer: Answer, elapsed_ms: float) -> MessageOut:
    return MessageOut(
        client_id=client_id,
        act=answer.act,
        text=answer.text,
        citations=[_citation(citation) for citation in answer.citations],
        choices=list(answer.choices),
        confidence=round(answer.confidence, 4),
        elapsed_ms=elapsed_ms,
    )


def _citation(citation: Citation) -> CitationOut:
    return CitationOut(
        n=citation.n,
        source=citation.source,
        title=citation.title,
        place=citation.place,
        quote=citation.quote,
        url=citation.url,
        path=f"/sources/{quote(citation.source, safe='')}#{citation.chunk}",
    )
