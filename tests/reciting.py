"""Scripted models that answer from their sources alone, each in its own clumsy way: what they say is true, and seldom whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.agent.agent import Agent
from bot.agent.journal import MemoryJournal
from bot.agent.limits import Limits
from bot.agent.models import open_model
from bot.assistant import Assistant
from bot.evaluation import Report, evaluate
from knowledge.fold import squeeze
from tests.platforms.openai import OpenAIServer, Reply, Script, say, use

Sentence = tuple[int, str]
"""The number of a passage, and one sentence of it."""
_HEADING = 5
"""Character pairs added to a sentence's own before it is compared: a word of a heading is no sentence."""


def passages(body: Mapping[str, Any]) -> list[Sentence]:
    """What the last tool has brought: number and text, without where it is from."""
    last = body["messages"][-1]
    text = last["content"] if last["role"] == "tool" else ""
    return [(int(m[1]), m[2]) for m in re.finditer(r"^\[S(\d+)\] (.*?)\n\(出典: ", text, re.MULTILINE | re.DOTALL)]


def sentences(found: Sequence[Sentence]) -> list[Sentence]:
    """Cut passages into sentences and lines."""
    return [(n, part.strip()) for n, text in found for part in re.split(r"(?<=[。\n])", text) if part.strip()]


def _pairs(text: str) -> set[str]:
    plain = squeeze(text)
    return {plain[i : i + 2] for i in range(len(plain) - 1)}


def _like(question: str, found: list[Sentence]) -> list[Sentence]:
    """The two sentences that share most with a question."""
    asked = _pairs(question)
    return sorted(found, key=lambda s: len(_pairs(s[1]) & asked) / (_HEADING + len(_pairs(s[1]))) ** 0.5, reverse=True)[
        :2
    ]


WAYS: dict[str, Callable[[str, list[Sentence]], list[Sentence]]] = {
    "the best passage": lambda question, found: sentences(found[:1]),
    "the best passage's first line": lambda question, found: sentences(found[:1])[:1],
    "two lines each of three passages": lambda question, found: [s for p in found[:3] for s in sentences([p])[:2]],
    "the two sentences most like the question": lambda question, found: _like(question, sentences(found)),
}
"""Which sentences of the passages, best first, each repeats."""


def reciting(way: str) -> Script:
    """Make a model that looks up the question as it was asked, then repeats sentences, each with its marker."""

    def script(body: dict[str, Any]) -> Reply:
        if body["messages"][-1]["role"] != "tool":
            return use("search_knowledge", query=body["messages"][-1]["content"])
        question = [message["content"] for message in body["messages"] if message["role"] == "user"][-1]
        chosen = WAYS[way](question, passages(body))
        return say("\n".join(f"{text}[S{n}]" for n, text in chosen) or "資料には見つかりませんでした。")

    return script


@dataclass(frozen=True, slots=True)
class Recited:
    """What came of a question set with such a model."""

    report: Report
    journal: MemoryJournal


def recite(
    way: str, assistant: Assistant, items: Sequence[Mapping[str, Any]], originals: Mapping[str, str], today: date
) -> Recited:
    """Score a question set with a model around an assistant, through the real client."""
    journal, limits = MemoryJournal(), Limits(seconds=15.0, failures=1000)
    with OpenAIServer(reciting(way)) as server:
        model = open_model("openai:test", url=server.url, limits=limits)
        agent = Agent(assistant, [model], public_url="https://ippo.example", limits=limits, journal=journal)
        try:
            return Recited(evaluate(agent, items, originals, today), journal)
        finally:
            agent.close()
