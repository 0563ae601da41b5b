"""Whether a guarded draft goes out, and as what answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.agent.completing import Completed, complete
from bot.agent.floor import falls_short
from bot.agent.journal import Outcome
from bot.agent.remarks import remarks
from bot.agent.run import Run
from bot.answer import Act, Answer, Citation
from bot.assistant import Basis
from bot.grounding import unsupported
from bot.guard import Guarded, Names
from bot.text.material import SHOWN
from knowledge.documents import Passage

SURE = 0.5
"""Confidence of an answer to what the assistant found nothing for."""


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
    shown = {passage.chunk.id: passage for passage in run.showing.passages().values()}
    notes = remarks(guarded.text, guarded.citations, shown, considered.reading)
    told = Completed("\n".join((guarded.text, *notes)), guarded.citations)
    if considered.basis is Basis.TOLD:
        told = complete(told.text, told.citations, own.text, own.citations, considered.reading, names)
    answer = Answer(
        Act.ANSWER,
        told.text,
        told.citations,
        _passages(told.citations, run),
        own.choices,
        own.confidence if considered.basis is Basis.TOLD else max(own.confidence, SURE),
        run.showing.computed | run.masks.numbers() | own.computed,
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
    """What the assistant found, in its order, and behind the last that is cited what the model found besides.

    Ten at most, scores never rising, all that is cited among them.
    """
    shown = {passage.chunk.id: passage for passage in run.showing.passages().values()}
    own = {passage.chunk.id: passage for passage in run.considered.answer.passages}
    cited = dict.fromkeys(citation.chunk for citation in citations)
    best = max((i for i, id_ in enumerate(own, 1) if id_ in cited), default=0)
    order = [*list(own)[:best], *(id_ for id_ in cited if id_ not in own), *list(own)[best:]]
    spare = SHOWN - len(cited)
    kept = [id_ for i, id_ in enumerate(order) if id_ in cited or sum(x not in cited for x in order[:i]) < spare]
    found, ceiling = [], 1.0
    for id_ in kept:
        passage = own.get(id_) or shown[id_]
        ceiling = min(ceiling, passage.score)
        found.append(replace(passage, score=ceiling))
    return tuple(found)


def _counted(guarded: Guarded) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for ruling in guarded.rulings:
        if ruling.kept:
            continue
        counts[ruling.reason] = counts.get(ruling.reason, 0) + 1
    return tuple(sorted(counts.items()))
