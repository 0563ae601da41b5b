"""The way of a question: read it, decide the act, retrieve, choose, write, check."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from bot import policies
from bot.answer import Act, Answer, Question
from bot.estimate import estimate
from bot.grounding import unsupported
from bot.hours import parse
from bot.lists.fit import fitting
from bot.lists.glossary import define
from bot.lists.grant_cases import grant_case
from bot.lists.listing import listing
from bot.lists.proofs import Proofs
from bot.lists.tenancy import for_a_tenant
from bot.plan.advise import advise
from bot.plan.caution import with_rule
from bot.ports import Knowledge
from bot.reading import Reading, read
from bot.replies import clarify_subject, greet, hand_off, leave_to_tax_office, refuse
from bot.text.abstain import abstain
from bot.text.compose import compose
from bot.text.confirmed import Confirmed, confirmed
from bot.text.conflict import both_told
from bot.text.contacts import Contact, contacts
from bot.text.denials import denied
from bot.text.firststep import first_step
from bot.text.material import SHOWN, Material, gather
from bot.text.outline import outline
from bot.text.scope import other_ward
from bot.text.tables import superlative
from bot.text.where import contact_answer
from bot.text.wide_grants import clarify_ward, wide_subsidy
from bot.wants import Want
from knowledge.claims import Claims
from knowledge.documents import Passage
from knowledge.index import Index
from knowledge.retrieval import DEFAULT_SCORING, Retriever, Scoring

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """What is computed once a generation."""

    index: Index
    retriever: Retriever
    contacts: tuple[Contact, ...]
    proofs: Proofs
    confirmed: Confirmed
    claims: Claims


class Basis(StrEnum):
    """What an answer rests on."""

    DECIDED = "decided"
    """A rule, an advisor's confirmed answer, or both sides of a contradiction: nobody is to say it otherwise."""
    TOLD = "told"
    """What the documents say."""
    MISSED = "missed"
    """Nothing was found that says it."""


@dataclass(frozen=True, slots=True)
class Considered:
    """A question as it was read, and what the documents alone give for it."""

    reading: Reading
    state: State
    answer: Answer
    basis: Basis
    material: Material | None
    """What was found; None where nothing was searched."""


class Assistant:
    """Answers questions from the documents alone, without any model."""

    def __init__(
        self,
        knowledge: Knowledge,
        *,
        public_url: str,
        hours: str = "Mon-Fri 09:00-17:00 Asia/Tokyo",
        scoring: Scoring = DEFAULT_SCORING,
        dense: float = 0.0,
    ) -> None:
        """Take the knowledge.

        Args:
            knowledge: Gives the current index.
            public_url: Base of the citations' addresses.
            hours: When a person can be asked, see `bot.hours.parse`.
            scoring: Constants of the retrieval.
            dense: Weight of the vector arm, see `Retriever`.
        Raises:
            ValueError: The hours can't be read.
        """
        self._knowledge = knowledge
        self._public_url = public_url
        self._hours = parse(hours)
        self._scoring = scoring
        self._dense = dense
        self._held: State | None = None

    def answer(self, question: Question) -> Answer:
        """Answer one question.

        Returns:
            An answer whose numbers, dates and organisations all stand in the passages it cites; where that can't
            be had, an abstention that names whom to ask.
        """
        return self.consider(question).answer

    def consider(self, question: Question) -> Considered:
        """Answer one question, and tell what the answer was made from."""
        state = self._state()
        reading = read(question, state.index)
        answer, basis, material = self._before_search(reading, state), Basis.DECIDED, None
        if answer is None:
            material = gather(reading, state.retriever)
            answer, basis = self._searched(reading, material, state)
        answer = with_rule(answer, reading, state.proofs, self._public_url)
        missing = unsupported(answer)
        if missing and answer.act is Act.ANSWER:
            log.warning("ungrounded answer withheld", extra={"kinds": sorted({kind for kind, _ in missing})})
            material, basis = material or gather(reading, state.retriever), Basis.MISSED
            answer = abstain(reading, material, state.contacts, self._public_url, proofs=state.proofs)
        return Considered(reading, state, answer, basis, material)

    def _state(self) -> State:
        index = self._knowledge.current()
        held = self._held
        if held is None or held.index is not index:
            # Two threads may make it at once; either one is right.
            held = self._held = _state(index, self._scoring, self._dense)
        return held

    def _before_search(self, reading: Reading, state: State) -> Answer | None:
        """Decide what needs no search; None where the documents are to be told."""
        text = reading.text
        if policies.is_misuse(text):
            return refuse(reading)
        if policies.wants_person(text):
            return hand_off(reading, state.contacts, self._public_url, self._hours)
        if policies.is_greeting(text):
            return greet(reading)
        # A tapped answer of the interview 「その他」 is no topic of its own, so it's heard before topics are judged.
        advised = advise(reading, state.proofs, self._public_url)
        if advised is not None:
            return advised
        if policies.is_off_topic(text) and not reading.names:
            return refuse(reading)
        if policies.is_tax(text):
            return leave_to_tax_office(reading)
        return estimate(reading, state.proofs, self._public_url)

    def _searched(self, reading: Reading, material: Material, state: State) -> tuple[Answer, Basis]:
        answer = confirmed(reading, material, state.confirmed, self._public_url)
        if answer is not None:
            return answer, Basis.DECIDED
        answer = self._from_documents(reading, material, state)
        if answer is not None:
            answer = replace(answer, passages=_with_the_next_best(answer.passages, material))
            both = both_told(answer, reading, material, state.claims, state.contacts, self._public_url)
            return (answer, Basis.TOLD) if both is None else (both, Basis.DECIDED)
        if material.off_topic and not policies.on_topic(reading.text):
            return refuse(reading), Basis.MISSED
        return abstain(reading, material, state.contacts, self._public_url, proofs=state.proofs), Basis.MISSED

    def _from_documents(self, reading: Reading, material: Material, state: State) -> Answer | None:
        asks_for_contact = bool(reading.asked.kinds & {Want.PHONE, Want.EMAIL, Want.URL})
        attempts: tuple[Callable[[], Answer | None], ...] = (
            lambda: (
                denied(reading, material, state.contacts, state.proofs, self._public_url) if asks_for_contact else None
            ),
            lambda: contact_answer(reading, material, state.contacts, state.proofs, self._public_url),
            lambda: other_ward(reading, material, state.contacts, self._public_url),
            lambda: define(reading, state.proofs, self._public_url),
            lambda: grant_case(reading, state.proofs, self._public_url),
            lambda: for_a_tenant(reading, state.proofs, self._public_url),
            lambda: fitting(listing(reading, state.proofs, self._public_url), reading, material),
            lambda: clarify_subject(reading, material),
            lambda: clarify_ward(reading, material, self._public_url),
            lambda: denied(reading, material, state.contacts, state.proofs, self._public_url),
            lambda: wide_subsidy(reading, material, state.retriever, state.contacts, self._public_url),
            lambda: first_step(reading, material, state.retriever, state.contacts, self._public_url),
            lambda: outline(reading, material, self._public_url),
            lambda: superlative(reading, material, self._public_url),
            lambda: compose(reading, material, state.proofs, self._public_url),
        )
        for attempt in attempts:
            answer = attempt()
            if answer is not None:
                return answer
        return None


def _with_the_next_best(passages: tuple[Passage, ...], material: Material) -> tuple[Passage, ...]:
    """Behind the passages of an answer, those that the search ranks best: a list cites its own pages alone."""
    held = {passage.chunk.id for passage in passages}
    ceiling = min((passage.score for passage in passages), default=1.0)
    more = [passage for passage in material.passages() if passage.chunk.id not in held][: SHOWN - len(passages)]
    return (*passages, *(replace(passage, score=min(passage.score, ceiling)) for passage in more))


def _state(index: Index, scoring: Scoring, dense: float) -> State:
    return State(
        index, Retriever(index, scoring, dense=dense), contacts(index), Proofs(index), Confirmed(index), Claims(index)
    )
