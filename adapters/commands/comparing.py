"""`ippo eval --model`: models beside one another and beside the answers without one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from adapters.answering import agent, alone
from bot.agent.journal import Entry, MemoryJournal
from bot.agent.usage import UNUSED
from bot.errors import ModelUnavailable

if TYPE_CHECKING:
    from adapters.bootstrap import Ippo

WITHOUT = "extractive"
_SHOWN = (
    ("passed", "passed"),
    ("acts right", "acts_right"),
    ("answerable answered", "answerable_answered"),
    ("unanswerable not answered", "unanswerable_not_answered"),
    ("citation validity", "citation_validity"),
    ("unsupported values", "unsupported"),
    ("forbidden strings", "must_not_contain_violations"),
    ("p50 ms", "p50_ms"),
    ("p95 ms", "p95_ms"),
    ("model's words sent", "sent"),
    ("model not asked", "not_asked"),
    ("withheld, by reason", "withheld"),
    ("tokens in", "tokens_in"),
    ("tokens out", "tokens_out"),
    ("cost", "cost"),
)
"""What is printed of the figures, in this order."""


def compare(
    ippo: Ippo,
    models: Sequence[str],
    items: Sequence[Mapping[str, Any]],
    originals: Mapping[str, str],
    *,
    as_json: bool,
) -> str:
    """Score a question set without a model and with each of several.

    Args:
        ippo: The services; their settings' prices hold, their daily limit does not.
        models: Names as in `IPPO_MODEL`.
        items: The questions.
        originals: See `bot.evaluation.evaluate`.
        as_json: One JSON object, name → figures, instead of a table.
    Raises:
        click.ClickException: A model can't be opened.
    """
    from bot.evaluation import evaluate

    today = ippo.settings.answering_date()
    # Whoever compares means to ask every question.
    settings = ippo.settings.model_copy(update={"model_daily_tokens": 0})
    assistant = alone(ippo.assistant)
    found = {WITHOUT: evaluate(assistant, items, originals, today).figures()}
    for name in dict.fromkeys(models):
        try:
            asked = agent(assistant, settings, name, fallback=False, keep=len(items) + 1)
        except ModelUnavailable as error:
            raise click.ClickException(str(error)) from error
        try:
            report = evaluate(asked, items, originals, today)
        finally:
            asked.close()
        # A question asked only to warm up is none of the set.
        runs = {result.answer.run for result in report.results}
        kept = asked.journal.latest() if isinstance(asked.journal, MemoryJournal) else ()
        entries = [entry for entry in kept if entry.run in runs]
        found[name] = {**report.figures(), **_used(entries, len(items))}
    return json.dumps(found, ensure_ascii=False) if as_json else _table(found)


def _used(entries: Sequence[Entry], items: int) -> dict[str, Any]:
    """Give what a model was asked, and what that took."""
    usage = sum((entry.usage for entry in entries), UNUSED)
    outcomes = Counter(entry.outcome.value for entry in entries)
    sent = outcomes.pop("sent", 0)
    return {
        "sent": sent,
        "not_asked": items - len(entries),
        "withheld": dict(sorted(outcomes.items())),
        "tokens_in": usage.tokens_in,
        "tokens_out": usage.tokens_out,
        "cost": None if usage.cost is None else round(usage.cost, 4),
    }


def _table(found: Mapping[str, Mapping[str, Any]]) -> str:
    width = max(14, *(len(name) + 2 for name in found))
    lines = ["".join((f"{'':<28}", *(f"{name:>{width}}" for name in found)))]
    lines += [
        "".join((f"{label:<28}", *(f"{_cell(figures, key):>{width}}" for figures in found.values())))
        for label, key in _SHOWN
    ]
    return "\n".join(lines)


def _cell(figures: Mapping[str, Any], key: str) -> str:
    value = figures.get(key)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {count}" for name, count in value.items()) or "–"
    return "–" if value is None else str(value)
