"""An answer as JSON (the outer contract's shape) and as text for a terminal."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import click

from bot.answer import Answer

PASSAGES = 10
# What may not begin a line, and what may not end one, in Japanese typesetting (kinsoku).
_NEVER_FIRST = (
    "、。，．,.・:;：；?!？！)]}）］｝〉》」』】〕〟’”ー～〜…ゝゞ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ%％℃"
)
_NEVER_LAST = "([{（［｛〈《「『【〔〝‘“¥￥$＄"
_UNIT = re.compile(r"\[\d+\]|[!-~]+|\s+|.")


def answer_json(answer: Answer, *, question: str, elapsed_ms: float, id: str | int | None = None) -> dict[str, Any]:  # noqa: A002 - the contract's name
    """Give an answer in the shape of `ippo ask --json`."""
    return {
        "id": id,
        "question": question,
        "act": answer.act.value,
        "text": answer.text,
        "citations": [
            {
                "n": citation.n,
                "source": citation.source,
                "title": citation.title,
                "place": citation.place,
                "quote": citation.quote,
                "url": citation.url,
            }
            for citation in answer.citations
        ],
        "passages": [
            {
                "source": passage.chunk.source,
                "place": passage.chunk.place,
                "text": passage.chunk.text,
                "score": round(passage.score, 4),
            }
            for passage in answer.passages[:PASSAGES]
        ],
        "choices": list(answer.choices),
        "confidence": round(answer.confidence, 4),
        "elapsed_ms": round(elapsed_ms, 1),
    }


def answer_text(answer: Answer, *, columns: int | None = None) -> str:
    """Write an answer for a person at a terminal: the text, its numbered sources, what to ask next.

    Args:
        answer: What to show. Colour is always set; `click.echo` takes it away where it does not belong.
        columns: Width to wrap at, in half-width columns; None leaves lines as they are (a pipe).
    """
    lines = [_wrap(line, columns) for line in answer.text.splitlines()]
    if answer.citations:
        lines += ["", click.style("出典", bold=True)]
    for citation in answer.citations:
        lines.append(
            click.style(f"[{citation.n}] ", fg="cyan") + _wrap(citation.title or citation.source, columns, "    ")
        )
        if citation.place:
            lines.append("    " + click.style(_wrap(citation.place, columns, "    "), dim=True))
        quote = " ".join(citation.quote.split())
        lines.append("    " + _wrap(f"「{quote}」", columns, "    "))
        # An address is never wrapped: it could not be clicked or copied.
        lines.append("    " + click.style(citation.url, fg="blue", underline=True))
    if answer.choices:
        lines += ["", click.style("続けて聞けること", bold=True)]
        lines += ["  ・" + _wrap(choice, columns, "    ") for choice in answer.choices]
    return "\n".join(lines)


def width(text: str) -> int:
    """Count the half-width columns that a text takes: East Asian wide characters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _wrap(text: str, columns: int | None, indent: str = "") -> str:
    """Break one line of mixed Japanese and Latin text; following lines get the indent, the first is already set in."""
    if columns is None:
        return text
    room = max(columns - len(indent) - 1, 20)
    lines, line = [], ""
    for unit in _units(text):
        if line and width(line) + width(unit.rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
        line += unit if line else unit.lstrip()
    lines.append(line.rstrip())
    return f"\n{indent}".join(lines)


def _units(text: str) -> list[str]:
    """Split into pieces between which a line may break."""
    units: list[str] = []
    for piece in _UNIT.findall(text):
        sticks = (
            piece[0] in _NEVER_FIRST
            or (piece[0] == "[" and piece[-1] == "]")
            or (units and units[-1][-1] in _NEVER_LAST)
        )
        if units and sticks:
            units[-1] += piece
        else:
            units.append(piece)
    return units
