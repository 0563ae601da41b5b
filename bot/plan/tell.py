"""The plan in words, for a phone: every step with its proof, every order with the rule that comes before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answer import Act, Answer
from bot.draft import Draft
from bot.interview.interview import told
from bot.interview.questions import InterviewQuestion, question
from bot.interview.state import OTHER, OUTSIDE, UNKNOWN, Interview
from bot.lists.proofs import Proofs
from bot.plan.plan import Plan
from bot.plan.policy import Caution, Step
from bot.plan.talk import ERASED
from bot.text.contacts import office
from bot.text.units import Unit
from knowledge.catalogue.load import shipped
from knowledge.wards import WARDS

COMMANDS = ("やった", "次は?", "プランを見せて", "最初から")
AT_THE_END = ("プランを見せて", "使える補助金は?", "相談窓口は?", "最初から")
_CO2 = frozenset({"2"})
"""The figure in "CO2" is no statement that a passage would have to hold."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What replies about one plan are made of."""

    plan: Plan
    """Has a step for today and one for this month."""
    interview: Interview
    """What the plan was made for."""
    ask: InterviewQuestion | None
    """The open question."""
    proofs: Proofs
    public_url: str
    """Base of the citations' addresses."""
    caution: Caution | None = None
    """The rule that is told because the message speaks of an order."""

    def first(self, opening: str = "", *, lead: bool = False) -> Answer:
        """Tell today's and this month's step and whom to call, then ask the open question, if there is one.

        Args:
            opening: The first line.
            lead: The policy's own line follows it; it does so too where there is no opening.
        """
        draft = Draft(self.public_url)
        if lead or not opening:
            self._lead(draft, opening)
        else:
            draft.add(opening)
        for title, step in (("①今日：", self.plan.today), ("②今月：", self.plan.month)):
            if step is not None:
                self._step(draft, title, step)
        rule = self.proofs.find(self.caution.proof) if self.caution else None
        if self.caution is not None and rule is not None:
            draft.add(f"{self.caution.text}。", rule)
        self._call(draft)
        return self._close(draft, "できたら「やった」、続きは「次は?」と送ってください。")

    def further(self, step: Step | None, opening: str = "", *, title: str = "次の一歩：") -> Answer:
        """Tell one further step, or that the plan has no more."""
        draft = Draft(self.public_url)
        if opening:
            draft.add(opening)
        if step is not None:
            self._step(draft, title, step)
        else:
            draft.add("プランの一歩は、これで全部です。この先は、相談先と決めるのが安心です。")
        self._call(draft)
        return self._close(draft, "", choices=COMMANDS if step is not None else AT_THE_END)

    def shown(self, seen: Sequence[str]) -> Answer:
        """Show what is known and the plan as far as it was told, with what is done marked.

        Args:
            seen: Ids of the steps told so far.
        """
        draft = Draft(self.public_url)
        known = "／".join(f"{name}：{value}" for name, value in told(self.interview).items())
        draft.add(f"うかがったこと {known}" if known else "うかがったことは、まだありません。")
        for step in self.plan.steps:
            if step in (self.plan.today, self.plan.month) or step.id in seen or step.id in self.interview.done:
                draft.add(f"{self._mark(step)}{step.name}", *self._cited(step))
        self._call(draft)
        return self._close(draft, "「最初から」で、消してやり直せます。")

    def _lead(self, draft: Draft, opening: str) -> None:
        lead = self.plan.lead
        unit = self.proofs.find(lead.proof) if lead and lead.proof else None
        if lead is not None and (unit is not None or lead.proof is None):
            draft.add(f"{opening}{lead.text}", *((unit,) if unit else ()))
        elif opening:
            draft.add(opening)

    def _step(self, draft: Draft, title: str, step: Step) -> None:
        text = step.text
        if step.event:
            text = text.replace("{when}", shipped().event(step.event).when)
        first = f"{step.ask_first}。" if step.ask_first else ""
        draft.add(f"{title}{text}。{first}", *self._cited(step))

    def _cited(self, step: Step) -> list[Unit]:
        """What a step is cited with: its proofs, its event's, and the rule before ordering or work."""
        event = (shipped().event(step.event).proof,) if step.event else ()
        units = self.proofs.all_found(*step.proofs, *event, *step.rules) or []
        # One block may prove two things and needs one marker.
        return list({(unit.chunk.id, unit.quote): unit for unit in units}.values())

    def _mark(self, step: Step) -> str:
        if step.id in self.interview.done:
            return "✓済み "
        if step == self.plan.today:
            return "□今日 "
        return "□今月 " if step == self.plan.month else "□その後 "

    def _call(self, draft: Draft) -> None:
        """Add whom to call; where the index does not prove it, the ward's office by its name."""
        call = self.plan.call
        contact = shipped().contact(call.contact) if call and call.contact else None
        pointer = contact.proof if contact else call.proof if call else None
        unit = self.proofs.find(pointer) if pointer else None
        place = self.interview.place if self.interview.place in WARDS else None
        if call is None or unit is None:
            draft.add(f"☎相談先：{office(place)}")
            return
        name = contact.name if contact else call.name.replace("{office}", office(place))
        way = (contact.phone or contact.url) if contact else ""
        note = f"（{call.note}）" if call.note else ""
        draft.add(f"☎相談先：{f'{name} {way}'.strip()}{note}", unit)

    def _close(self, draft: Draft, closing: str, *, choices: tuple[str, ...] = COMMANDS) -> Answer:
        if self.ask is not None:
            draft.add(self.ask.ask)
            choices = self.ask.choices
        elif closing:
            draft.add(closing)
        return draft.answer(choices=choices, confidence=0.8, computed=_CO2)


def asked(ask: InterviewQuestion, opening: str) -> Answer:
    """Ask a question where nothing new can be said."""
    return Answer(Act.CLARIFY, f"{opening}{ask.ask}", choices=ask.choices, confidence=0.5)


def erased(ask: InterviewQuestion | None) -> Answer:
    """Say that everything is forgotten, and begin again."""
    text = f"{ERASED}また一緒に考えましょう。{ask.ask if ask else ''}"
    return Answer(Act.CLARIFY, text, choices=ask.choices if ask else (), confidence=0.5)


def paused() -> Answer:
    """Let the person go, and say how to come back."""
    return Answer(
        Act.GREET, "わかりました。「続き」と送ると、ここから再開できます。", choices=("続き", "プランを見せて")
    )


def cheered() -> Answer:
    """Send the person off to the first step."""
    return Answer(
        Act.GREET, "いいですね。できたら「やった」と送ってください。次の一歩をお伝えします。", choices=COMMANDS
    )


def acknowledged(interview: Interview, changed: Sequence[str]) -> str:
    """Say back what was answered; empty for nothing.

    Args:
        interview: What is known now.
        changed: The fields that the message has changed, in the order of the questions. That they are outside the
            23 wards is said by the policy's own line.
    """
    values = {field: getattr(interview, field) for field in changed if getattr(interview, field) != OUTSIDE}
    if "unsure" in values.values():
        return "大丈夫です、一緒に考えましょう。"
    if UNKNOWN in values.values():
        return "わからなくて大丈夫です。"
    words = told(interview)
    said = [
        "23区内" if value == OTHER and field == "place" else words[question(field).name]
        for field, value in values.items()
    ]
    return f"{'、'.join(said)}ですね。" if said else ""
