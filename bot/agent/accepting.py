"""Whether a guarded draft goes out, and as what answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.agent.floor import falls_short
from bot.agent.journal import Outcome
from bot.agent.run import Run
from bot.answer import Act, Answer, Citation
from bot.assistant import Basis
from bot.grounding import unsupported
from bot.guard import Guarded, Names
from bot.places import only_for, ward_name
from knowledge.documents import Kind, Passage

SURE = 0.5
"""Confidence of an answer to what the assistant found nothing for."""
_PROPOSED = re.compile(r"提案|検討|構想")
SHOWN = 10
"""Passages handed out, the contract's limit."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a draft."""

    outcome: Outcome
    answer: Answer | None = None
    """What goes out; None: the assistant's own."""
    reason: str = ""
    rulings: tuple[tuple[str, int], ...] = ()


def accept(guarded: Guarded, run: Run, names: Names) -> Verdict:
    """Decide on what the guard left of a draft.

    An abstention of the assistant's is the outcome of reading everything that it found; the model may overrule it only
    by a passage that was not among that.
    """
    rulings = _counted(guarded)
    if not guarded.citations:
        return Verdict(Outcome.UNCITED, rulings=rulings)
    if not guarded.answers:
        return Verdict(Outcome.UNANSWERED, rulings=rulings)
    considered = run.considered
    if considered.basis is Basis.MISSED and not _is_new(guarded.citations, run):
        return Verdict(Outcome.NOTHING_NEW, rulings=rulings)
    own = considered.answer
    short = falls_short(guarded.text, own.text, considered.reading, names) if considered.basis is Basis.TOLD else ""
    if short:
        return Verdict(Outcome.UNANSWERED, reason=short, rulings=rulings)
    answer = Answer(
        Act.ANSWER,
        guarded.text + _notes(guarded, run),
        guarded.citations,
        _passages(guarded.citations, run),
        own.choices,
        own.confidence if considered.basis is Basis.TOLD else max(own.confidence, SURE),
        run.showing.computed | run.masks.numbers(),
    )
    missing = unsupported(answer)
    if any(kind != "number" for kind, _ in missing):
        return Verdict(Outcome.UNANSWERED, reason="unsupported", rulings=rulings)
    # The guard has found each number by its value; what is left here is written otherwise than in the passage, 令和8年
    # for 2026年.
    rewritten = frozenset(value.replace(",", "").rstrip(".") for _, value in missing)
    return Verdict(Outcome.SENT, replace(answer, computed=answer.computed | rewritten), rulings=rulings)


def _is_new(citations: Sequence[Citation], run: Run) -> bool:
    material = run.considered.material
    seen = {item.indexed.chunk.id for item in material.ranked} if material else set()
    return any(citation.chunk not in seen for citation in citations)


def _passages(citations: Sequence[Citation], run: Run) -> tuple[Passage, ...]:
    """What is cited, in that order, then what the assistant found; ten at most, scores never rising."""
    shown = {passage.chunk.id: passage for passage in run.showing.passages().values()}
    own = {passage.chunk.id: passage for passage in run.considered.answer.passages}
    ids = list(dict.fromkeys([*(citation.chunk for citation in citations), *own]))[:SHOWN]
    found, ceiling = [], 1.0
    for id_ in ids:
        passage = own.get(id_) or shown[id_]
        ceiling = min(ceiling, passage.score)
        found.append(replace(passage, score=ceiling))
    return tuple(found)


def _notes(guarded: Guarded, run: Run) -> str:
    """Say of passages what must be known of them and the text does not say: for another ward only, or a proposal."""
    reading = run.considered.reading
    if reading.english:
        return ""
    sources = {passage.chunk.id: passage.source for passage in run.showing.passages().values()}
    notes = []
    for citation in guarded.citations:
        source = sources[citation.chunk]
        wards = only_for(source)
        if (
            reading.ward
            and wards
            and reading.ward not in wards
            and not any(ward_name(ward) in guarded.text for ward in wards)
        ):
            whose = "・".join(sorted(map(ward_name, wards)))
            here = ward_name(reading.ward)
            notes.append(f"\n※[{citation.n}]は{whose}の資料です。{here}での扱いは書かれていません。")
        if source.kind is Kind.PROPOSAL and not _PROPOSED.search(guarded.text):
            notes.append(f"\n※[{citation.n}]は提案の資料です。決まったことではありません。")
    return "".join(notes)


def _counted(guarded: Guarded) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for ruling in guarded.rulings:
        if ruling.kept:
            continue
        counts[ruling.reason] = counts.get(ruling.reason, 0) + 1
    return tuple(sorted(counts.items()))
