"""What the web chat's API takes and gives, as JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

from bot.answer import Act


def _writable(text: str) -> str:
    # JSON can spell half of a surrogate pair, which no UTF-8 reply could repeat.
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("is no valid Unicode text")
    return text


def _storable(value: object) -> object:
    # PostgreSQL's texts hold no NUL, and nobody means one.
    return value.replace("\0", " ") if isinstance(value, str) else value


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=5000),
    AfterValidator(_writable),
    BeforeValidator(_storable),  # the first to run, standing last
]


class MessageIn(BaseModel):
    """What a person writes."""

    text: Text = Field(description="The message, at most 5,000 characters.", examples=["何から始めればいいですか"])
    client_id: Annotated[
        str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00]+$"), AfterValidator(_writable)
    ] = Field(
        description="The sender's id of this message. Sent again with the same id, it gets the same reply.",
        examples=["5f0c2a"],
    )


class VoteIn(BaseModel):
    """Whether a reply helped."""

    id: int = Field(description="The reply.", ge=1, le=2**31 - 1)
    vote: Literal["up", "down"]


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
    """A reply."""

    role: Literal["ippo"] = "ippo"
    id: int = Field(description="Number of the reply; later ones of a conversation have higher ones.")
    client_id: str = Field(description="The message it answers; empty where it answers none.")
    author: str = Field(description="`bot`, `advisor` or `notice` (what happens with a handoff).")
    sender: str = Field(description="The advisor's name where an advisor speaks, else empty.")
    act: Act
    text: str = Field(description="Plain text with markers like [1].")
    citations: list[CitationOut]
    choices: list[str] = Field(description="Next questions to tap.")
    confidence: float = Field(description="Estimated probability that the documents answer the question.")
    elapsed_ms: float = Field(description="From the message's arrival to the reply.")


class Pending(BaseModel):
    """A message that is stored and has no reply yet."""

    client_id: str
    status: Literal["pending", "received"] = Field(
        description="`pending`: the reply comes by the stream, or by sending the message again with the same id. "
        "`received`: a person has it; they answer when they can."
    )


class SaidOut(BaseModel):
    """A message of the person."""

    role: Literal["person"] = "person"
    client_id: str
    text: str
    pending: bool = Field(description="Whether its reply is still being made.")


class ConversationOut(BaseModel):
    """A conversation so far."""

    messages: list[Annotated[SaidOut | MessageOut, Field(discriminator="role")]] = Field(description="Oldest first.")
    last_id: int = Field(description="The newest reply's id, 0 without one: where a stream may begin.")


def citation(stored: dict[str, Any]) -> CitationOut:
    """Give a citation as the outbox holds it."""
    return CitationOut(
        n=stored["n"],
        source=stored["source"],
        title=stored["title"],
        place=stored["place"],
        quote=stored["quote"],
        url=stored["url"],
        path=f"/sources/{quote(stored['source'], safe='')}#{quote(stored.get('chunk', ''), safe='')}",
    )
