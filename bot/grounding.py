"""The program checks itself: every number, date, organisation and address of an answer stands in what it cites."""

from __future__ import annotations

import re

from bot.answer import Answer
from knowledge.fold import fold, readable, squeeze

_ORDINAL = re.compile(r"^[①-⑳]\s?", re.MULTILINE)
_MARKER = re.compile(r"\[\d+\]")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_ORGANISATION = re.compile(
    r"(?:株式会社|有限会社|一般社団法人|一般財団法人)[一-龥々ァ-ヶーA-Za-z・]{2,20}|[一-龥々ァ-ヶーA-Za-z][一-龥々ァ-ヶーA-Za-z・]{1,20}(?:株式会社|有限会社)|[一-龥々ァ-ヶーA-Za-z]{2,16}(?:協議会|連合会|銀行|商工会議所|公社)"
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[A-Za-z]{2,})+|https?://[A-Za-z0-9._~:/?#@!$&*+,;=%-]+")


def unsupported(answer: Answer) -> list[tuple[str, str]]:
    """List what an answer says that its citations do not hold.

    Returns:
        (kind, value) pairs of kinds `number`, `organisation`, `address`; empty for a grounded answer. Markers
        are not numbers; an answer without a citation may hold none of the three. What the program worked out
        itself (`Answer.computed`) needs no passage.
    """
    cited = {citation.chunk for citation in answer.citations}
    chunks = [passage.chunk for passage in answer.passages if passage.chunk.id in cited]
    quotes = [citation.quote for citation in answer.citations]
    held = "\n".join(
        (
            *quotes,
            *(chunk.text for chunk in chunks),
            *(chunk.context for chunk in chunks),
            *(f"{citation.title} {citation.place}" for citation in answer.citations),
        )
    )
    plain = squeeze(fold(readable(held))).replace(",", "")
    text = fold(_ORDINAL.sub("", _MARKER.sub("", answer.text)))
    found: list[tuple[str, str]] = []
    numbers = set(re.findall(r"\d+(?:\.\d+)?", plain))
    # "・" lists, "23区" as the name of the wards and the like are words, not statements.
    for match in _NUMBER.finditer(text.replace("23区", "")):
        value = match.group().replace(",", "")
        if value.rstrip(".") not in numbers | answer.computed and value not in plain:
            found.append(("number", match.group()))
    for kind, pattern in (("organisation", _ORGANISATION), ("address", _ADDRESS)):
        found += [(kind, m.group()) for m in pattern.finditer(text) if squeeze(m.group()) not in plain]
    return found
