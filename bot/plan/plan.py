"""From a situation to a plan, and to the question that would change it most."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from bot.interview.questions import InterviewQuestion, questions
from bot.interview.state import Interview
from bot.lists.proofs import Proofs
from bot.plan.policy import Call, Lead, Slot, Step, policy
from knowledge.catalogue.load import shipped
from knowledge.catalogue.queries import Status, status

TAPS = 4
"""Answers after which nothing more is asked, whatever it would change."""
LATER = 5
"""Steps after the first two; a plan that is longer is not followed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do and whom to call, for one situation on one day."""

    today: Step | None
    month: Step | None
    later: tuple[Step, ...]
    call: Call | None
    lead: Lead | None

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in the order in which they are to be done."""
        return (*((self.today,) if self.today else ()), *((self.month,) if self.month else ()), *self.later)

    @property
    def first(self) -> tuple[str, str, str]:
        """What makes the first step: ids of today's and this month's step, and whom to call."""
        call = self.call.contact or self.call.name if self.call else ""
        return (self.today.id if self.today else "", self.month.id if self.month else "", call)


def choose(interview: Interview, today: date, proofs: Proofs | None) -> Plan:
    """Choose the plan.

    Args:
        interview: What is known; what is not known fits the rows for `unknown` and `open`.
        today: Steps whose event is over by then are left out.
        proofs: Steps that the index does not prove are left out; None: all count as proved.
    """
    situation = interview.situation()
    table = policy()

    def usable(step: Step) -> bool:
        return step.allowed(situation) and _in_time(step, today) and _proved(step, proofs)

    found: dict[Slot, list[Step]] = {slot: [] for slot in Slot}
    for rule in table.rule:
        step = table.by_id(rule.step)
        taken = {s.id for steps in found.values() for s in steps}
        full = rule.slot is not Slot.LATER and found[rule.slot]
        if not full and step.id not in taken and rule.fits(situation) and usable(step):
            found[rule.slot].append(step)
    call = next((c for c in table.call if c.fits(situation) and situation["place"] in c.places), None)
    lead = next((row for row in table.lead if row.fits(situation)), None)
    first = [next(iter(found[slot]), None) for slot in (Slot.TODAY, Slot.MONTH)]
    return Plan(first[0], first[1], tuple(found[Slot.LATER][:LATER]), call, lead)


def open_question(interview: Interview, today: date) -> InterviewQuestion | None:
    """Give the next question: the first whose answers lead to different first steps; None if no answer matters."""
    if interview.answered() >= TAPS:
        return None
    for question in questions():
        if getattr(interview, question.field):
            continue
        outcomes: set[tuple[str, str, str]] = set()
        for answer in question.answer:
            told = interview.with_values({question.field: answer.value})
            outcomes.add(choose(told, today, None).first)
        if len(outcomes) > 1:
            return question
    return None


def _proved(step: Step, proofs: Proofs | None) -> bool:
    # A step towards an order is never told without its cited rule.
    return proofs is None or proofs.all_found(*step.proofs, *step.rules) is not None


def _in_time(step: Step, today: date) -> bool:
    return not step.event or status(shipped().event(step.event), today) is not Status.PAST


def next_step(plan: Plan, without: Collection[str]) -> Step | None:
    """Give the first step of a plan whose id is not among those to leave out."""
    return next((step for step in plan.steps if step.id not in without), None)
