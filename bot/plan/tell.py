"""The plan in words, for a phone: every step with its proof, every order with the rule that comes before it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer import Act, Answer
from bot.contacts import office
from bot.draft import Draft
from bot.interview.interview import told
from bot.interview.questions import InterviewQuestion, question
from bot.interview.state import OTHER, UNKNOWN, Interview
from bot.plan.plan import Plan
from bot.plan.policy import Call, Step
from bot.plan.talk import ERASED
from bot.proofs import Proofs, passages
from knowledge.catalogue.load import shipped
from knowledge.catalogue.models import Contact
from knowledge.wards import WARDS

COMMANDS = ("やった", "次は?", "プランを見せて", "最初から")
_ASK_FIRST = "契約や注文の前に、助成の窓口に聞きます"
_CO2 = frozenset({"2"})
"""The figure in "CO2" is no statement that a passage would have to hold."""


def say_step(draft: Draft, title: str, step: Step, proofs: Proofs) -> None:
    """Add a step with its proofs; the rule before ordering or work stands in the same line."""
    cited = list(proofs.all_found(*step.proofs) or ())
    text = step.text
    if step.event:
        event = shipped().event(step.event)
        text = text.replace("{when}", event.when)
        cited += proofs.all_found(event.proof) or ()
    text = f"{title}{text}。"
    if step.before is not None:
        rule = proofs.find(step.before)
        if rule is not None:
            cited.append(rule)
        first = step.ask_first if rule is not None else _ASK_FIRST
        text += f"{first}。" if first else ""
    # One block may prove two things and needs one marker.
    draft.add(text, *{(unit.chunk.id, unit.quote): unit for unit in cited}.values())


def say_call(draft: Draft, plan: Plan, interview: Interview, proofs: Proofs) -> None:
    """Add whom to call; where the index does not prove it, the ward's office by its name."""
    call, contact = plan.call, _contact(plan.call)
    pointer = contact.proof if contact else call.proof if call else None
    unit = proofs.find(pointer) if pointer else None
    if call is None or unit is None:
        draft.add(f"☎相談先：{office(interview.place if interview.place in WARDS else None)}")
        return
    place = interview.place if interview.place in WARDS else None
    name = contact.name if contact else call.name.replace("{office}", office(place))
    way = (contact.phone or contact.url) if contact else ""
    note = f"（{call.note}）" if call.note else ""
    draft.add(f"☎相談先：{f'{name} {way}'.strip()}{note}", unit)


def first_reply(
    plan: Plan,
    interview: Interview,
    ask: InterviewQuestion | None,
    proofs: Proofs,
    public_url: str,
    *,
    opening: str = "",
) -> Answer:
    """Tell today's and this month's step and whom to call, then ask the open question, if there is one.

    Args:
        plan: Has both steps.
        interview: What it was made for.
        ask: The open question.
        proofs: Of the index.
        public_url: Base of the citations' addresses.
        opening: The first line, instead of the policy's.
    """
    draft = Draft(public_url)
    _open(draft, plan, proofs, opening)
    for title, step in (("①今日：", plan.today), ("②今月：", plan.month)):
        if step is not None:
            say_step(draft, title, step, proofs)
    say_call(draft, plan, interview, proofs)
    return _close(draft, ask, "できたら「やった」、続きは「次は?」と送ってください。")


def next_reply(
    plan: Plan,
    interview: Interview,
    step: Step | None,
    ask: InterviewQuestion | None,
    proofs: Proofs,
    public_url: str,
    *,
    opening: str = "",
) -> Answer:
    """Tell one further step, or that the plan has no more."""
    draft = Draft(public_url)
    if opening:
        draft.add(opening)
    if step is not None:
        say_step(draft, "次の一歩：", step, proofs)
    else:
        draft.add("プランの一歩は、これで全部です。この先は、相談先と決めるのが安心です。")
    say_call(draft, plan, interview, proofs)
    return _close(draft, ask, "")


def shown(
    plan: Plan,
    interview: Interview,
    seen: Sequence[str],
    proofs: Proofs,
    public_url: str,
    ask: InterviewQuestion | None,
) -> Answer:
    """Show what is known and the plan, with what is done marked."""
    draft = Draft(public_url)
    known = "／".join(f"{name}は{value}" for name, value in told(interview).items())
    draft.add(f"いまの内容：{known or 'まだ何も聞いていません'}")
    draft.add("プラン：")
    for step in plan.steps:
        if step in (plan.today, plan.month) or step.id in seen or step.id in interview.done:
            when = "今日" if step == plan.today else "今月" if step == plan.month else "その後"
            mark = "✓済" if step.id in interview.done else "・"
            draft.add(f"{mark} {when}：{step.name}", *(proofs.all_found(*step.proofs) or ()))
    say_call(draft, plan, interview, proofs)
    return _close(draft, ask, "「最初から」で消してやり直せます。")


def asked(ask: InterviewQuestion, opening: str) -> Answer:
    """Ask a question where nothing new can be said."""
    return Answer(Act.CLARIFY, f"{opening}{ask.ask}", choices=ask.choices, confidence=0.5)


def erased(ask: InterviewQuestion | None) -> Answer:
    """Say that everything is forgotten, and begin again."""
    text = f"{ERASED}また一緒に考えましょう。{ask.ask if ask else ''}"
    return Answer(Act.CLARIFY, text, choices=ask.choices if ask else (), confidence=0.5)


def acknowledged(interview: Interview, field: str) -> str:
    """Say back what was answered; empty for the first question, whose answer the policy's own line takes up."""
    value = getattr(interview, field)
    if field == "concern" or not value:
        return ""
    if value == UNKNOWN:
        return "わからなくて大丈夫です。"
    return "23区内ですね。" if value == OTHER else f"{told(interview)[question(field).name]}ですね。"


def _contact(call: Call | None) -> Contact | None:
    return shipped().contact(call.contact) if call and call.contact else None


def _open(draft: Draft, plan: Plan, proofs: Proofs, opening: str) -> None:
    if opening:
        draft.add(opening)
    elif plan.lead is not None:
        unit = proofs.find(plan.lead.proof) if plan.lead.proof else None
        if unit is not None or plan.lead.proof is None:
            draft.add(plan.lead.text, *((unit,) if unit else ()))


def _close(draft: Draft, ask: InterviewQuestion | None, closing: str) -> Answer:
    if ask is not None:
        draft.add(ask.ask)
    elif closing:
        draft.add(closing)
    choices = ask.choices if ask is not None else COMMANDS
    return Answer(Act.ANSWER, draft.text, draft.citations(), passages(draft), choices, 0.8, _CO2)
