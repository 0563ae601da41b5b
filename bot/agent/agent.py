"""Answers with a language model where the documents are to be told, and never less safely than without one."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from langgraph.errors import GraphRecursionError

from bot.agent.accepting import Verdict, accept
from bot.agent.breaker import Breaker
from bot.agent.drafting import draft
from bot.agent.journal import Entry, Journal, MemoryJournal, Outcome, today
from bot.agent.limits import Limits
from bot.agent.loop import Loop
from bot.agent.masking import Masks, key_of
from bot.agent.models import Model
from bot.agent.run import Run, TooMuch
from bot.answer import Act, Answer, Question
from bot.assistant import Assistant, Basis, Considered
from bot.guard import Names, Shown, guard, names_of
from bot.guard.names import plain
from bot.hours import parse
from bot.plan.caution import with_rule
from bot.policies import on_topic
from bot.replies import hand_off
from knowledge.index import Field, Index, MentionKind

log = logging.getLogger(__name__)
_CITATION = re.compile(r"[\[［]\d+[\]］]")
_PROVIDERS_FAULT = frozenset({Outcome.SLOW, Outcome.FAILED, Outcome.EMPTY, Outcome.HUGE})
"""What the circuit breaker counts: a model that answers, however badly, is there."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is computed once a generation."""

    index: Index
    names: Names
    public: frozenset[str]
    """Phone numbers and mail addresses that the documents hold: nobody's personal data."""

    def names_it(self, name: str) -> bool:
        """Tell whether the documents name a person or company."""
        return plain(name) in self.names.forms or self.index.document_frequency(Field.WORDS, name) > 0


class Agent:
    """Meets `bot.ports.Answering`. Safe to use from several threads; close it when done."""

    def __init__(
        self,
        assistant: Assistant,
        models: Sequence[Model],
        *,
        public_url: str,
        hours: str = "Mon-Fri 09:00-17:00 Asia/Tokyo",
        limits: Limits | None = None,
        journal: Journal | None = None,
    ) -> None:
        """Take who answers without a model, and the models.

        Args:
            assistant: Decides by rule, and answers where the model can't.
            models: The one to ask, then those to ask where it fails; at least one.
            public_url: Base of the citations' addresses.
            hours: When a person can be asked, see `bot.hours.parse`.
            limits: What one answer, and a day, may take.
            journal: Where runs are kept; None: in memory and in the log.
        """
        self.assistant = assistant
        self._models = models
        self._public_url = public_url
        self._hours = parse(hours)
        self._limits = limits or Limits()
        self.journal: Journal = journal or MemoryJournal()
        self.breaker = Breaker(self._limits.failures, self._limits.pause)
        self._loop = Loop()
        self._held: _Known | None = None

    def answer(self, question: Question) -> Answer:
        """Answer one question, within `Limits.seconds` and what reading and checking take.

        Returns:
            The model's answer where every statement of it has passed the guard and it answers the question; else the
            assistant's.
        """
        started = time.monotonic()
        considered = self.assistant.consider(question)
        if not _is_told(considered):
            return considered.answer
        known = self._known(considered.state.index)
        run = Run(considered, self._public_url, self._limits, Masks(known.public, known.names_it), id=uuid4().hex[:16])
        verdict = self._ask(run, known, started + self._limits.seconds)
        self._note(run, verdict, started)
        if verdict.outcome is Outcome.CALLED:
            called = hand_off(considered.reading, considered.state.contacts, self._public_url, self._hours)
            return replace(called, run=run.id)
        if verdict.answer is None:
            return replace(considered.answer, run=run.id)
        ruled = with_rule(verdict.answer, considered.reading, considered.state.proofs, self._public_url)
        return replace(ruled, text=run.masks.show(ruled.text), run=run.id)

    def close(self) -> None:
        """Cut off what still runs and give back connections."""
        self._loop.close(*(model.aclose for model in self._models if model.aclose))

    def _ask(self, run: Run, known: _Known, until: float) -> Verdict:
        """Let the model write, and judge what it wrote."""
        if self._limits.daily_tokens and self.journal.tokens_on(today()) >= self._limits.daily_tokens:
            return Verdict(Outcome.SPENT)
        if not self.breaker.lets_through():
            return Verdict(Outcome.PAUSED)
        try:
            written = self._loop.run(lambda: draft(run, self._models), until - time.monotonic())
            verdict = self._judged(run, known, written)
        except TimeoutError:
            verdict = Verdict(Outcome.SLOW)
        except (TooMuch, GraphRecursionError) as error:
            verdict = Verdict(Outcome.STEPS, reason=str(error) if isinstance(error, TooMuch) else "graph")
        except Exception as error:  # noqa: BLE001, RUF100 - whatever a provider, its client or a draft brings about, the person is answered
            verdict = Verdict(Outcome.FAILED, reason=type(error).__name__)
        if verdict.outcome in _PROVIDERS_FAULT:
            self.breaker.failed()
        else:
            self.breaker.succeeded()
        return verdict

    def _judged(self, run: Run, known: _Known, written: str) -> Verdict:
        if run.called:
            return Verdict(Outcome.CALLED)
        if not written.strip():
            return Verdict(Outcome.EMPTY)
        if len(written) > self._limits.draft:
            return Verdict(Outcome.HUGE)
        question = run.considered.reading.question
        guarded = guard(
            # A number in brackets is a citation's mark; those are set by the program alone.
            run.masks.for_the_guard(_CITATION.sub("", written)),
            [Shown(number, passage) for number, passage in run.showing.passages().items()],
            known.names,
            question=question.text,
            today=question.today,
            public_url=self._public_url,
            computed=run.showing.computed,
            # What an assistant said is no source: the talk may be anybody's invention.
            history=[turn.text for turn in question.history if turn.role == "user"],
        )
        return accept(guarded, run, known.names)

    def _note(self, run: Run, verdict: Verdict, started: float) -> None:
        entry = Entry(
            run.id,
            self._models[0].name,
            verdict.outcome,
            run.usage,
            (time.monotonic() - started) * 1000,
            verdict.reason,
            verdict.rulings,
        )
        try:
            self.journal.record(entry)
        except Exception as error:  # noqa: BLE001, RUF100 - a journal that fails costs a record, not the answer
            log.error("model run not recorded", extra={"run": run.id, "error": type(error).__name__})

    def _known(self, index: Index) -> _Known:
        held = self._held
        if held is None or held.index is not index:
            # Two threads may make it at once; either one is right.
            public = frozenset(key_of(m.value) for m in index.mentions(MentionKind.PHONE, MentionKind.EMAIL))
            held = self._held = _Known(index, names_of(index), public)
        return held


def _is_told(considered: Considered) -> bool:
    """Tell whether the documents are to be told: not where a rule decides, and not where a question is asked back.

    The first step is a plan that is chosen by rule, whatever pages it is told from. And where something is stated to
    be confirmed, yes and no are a rule's: a model that is fond of agreeing needs no figure to be wrong.
    """
    reading, act = considered.reading, considered.answer.act
    if reading.first_step or reading.premise:
        return False
    if considered.basis is Basis.MISSED:
        # What is refused only because no document has its words may be asked in other words.
        return act is Act.ABSTAIN or (act is Act.REFUSE and on_topic(reading.text))
    return (considered.basis, act) == (Basis.TOLD, Act.ANSWER)
