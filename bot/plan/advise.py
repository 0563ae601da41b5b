"""The first step: what the assistant calls for a wide question, an interview's answer, or a word to the plan."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answer import Answer
from bot.interview.questions import InterviewQuestion
from bot.interview.state import FIELDS, OUTSIDE, Interview
from bot.lists.proofs import Proofs
from bot.plan.caution import caution
from bot.plan.ours import is_ours, word_to_plan
from bot.plan.plan import Plan, choose, next_step, open_question
from bot.plan.policy import policy
from bot.plan.talk import Command, Talk, done_step, replay, take
from bot.plan.tell import Telling, acknowledged, asked, cheered, erased, paused
from bot.reading import Reading

_UNREAD = "すみません、うまく読み取れませんでした。近いものを選んでください。"


def state_of(reading: Reading, known: Interview | None = None) -> Interview:
    """Give the state after a message, for the conversation to keep.

    Args:
        reading: The message, with the turns before it.
        known: The state kept so far, if the turns given do not reach back to the start.
    """
    talk = replay(reading.question, known)
    if word_to_plan(reading, talk) is Command.ERASE:
        return Interview()
    return take(talk, reading.text).interview if is_ours(reading, talk) else talk.interview


def advise(reading: Reading, proofs: Proofs, public_url: str, *, known: Interview | None = None) -> Answer | None:
    """Advise on the first step.

    Args:
        reading: The message; its `today` decides which events are past.
        proofs: Of the index, which must hold the shipped pages that are cited.
        public_url: Base of the citations' addresses.
        known: The conversation's kept state; without it, the state is replayed from the history.
    Returns:
        A plan, one question, or the reply to a word to the plan; None for any other message, and where the index
        does not prove both a step for today and one for this month.
    """
    talk = replay(reading.question, known)
    if reading.english or not is_ours(reading, talk):
        return None
    day = reading.question.today
    said = word_to_plan(reading, talk)
    if said is Command.ERASE:
        base = Interview(place=talk.interview.place if reading.question.ward == talk.interview.place else "")
        return erased(open_question(base, day))
    if said is Command.PAUSE:
        return paused()
    if said is Command.AGREED:
        return cheered()
    after = take(talk, reading.text)
    plan = choose(after.interview, day, proofs)
    if plan.today is None or plan.month is None:
        return None
    ask = open_question(after.interview, day)
    telling = Telling(plan, after.interview, ask, proofs, public_url, caution=caution(reading))
    turn = _Turn(reading, talk, after.interview, plan, ask, telling)
    if said is not None:
        return turn.to_command(said)
    return turn.to_answer(choose(talk.interview, day, proofs))


@dataclass(frozen=True, slots=True)
class _Turn:
    """One message and all that its reply depends on."""

    reading: Reading
    talk: Talk
    interview: Interview
    plan: Plan
    ask: InterviewQuestion | None
    telling: Telling

    def to_command(self, said: Command) -> Answer:
        """Reply to a word to the plan."""
        if said is Command.SHOW:
            return self.telling.shown(self.talk.told)
        if said is Command.DONE:
            return self._done()
        if said is Command.STUCK:
            id_ = done_step(self.talk, "")
            step = next((step for step in self.plan.steps if step.id == id_), None)
            step = step or next_step(self.plan, self.interview.done)
            return self.telling.further(step, "大丈夫です。ひとつだけで十分です。", title="まずはこれだけ：")
        if said is Command.RESUME and self.ask is not None:
            return self.telling.first("続きからですね。")
        return self.telling.further(next_step(self.plan, (*self.talk.told, *self.interview.done)))

    def to_answer(self, before: Plan) -> Answer:
        """Reply to a wide question or to what the person says of the business.

        Args:
            before: The plan as it was before the message.
        """
        talk, plan, ask = self.talk, self.plan, self.ask
        unread = talk.asked and self.interview == talk.interview and not self.reading.first_step
        if unread and ask is not None and ask.field == talk.asked:
            return asked(ask, _UNREAD)
        changed = [field for field in FIELDS if getattr(self.interview, field) != getattr(talk.interview, field)]
        opening = acknowledged(self.interview, changed)
        same = talk.ours and plan.first == before.first and set(plan.first[:2]) <= set(talk.told)
        news = plan.lead if plan.lead != before.lead else None
        if same and ask is not None and not (news and news.news) and not self.reading.first_step:
            return asked(ask, opening or "ありがとうございます。もう1つ教えてください。")
        if not talk.begun or "concern" in changed or ("place" in changed and self.interview.place == OUTSIDE):
            return self.telling.first(
                acknowledged(self.interview, [field for field in changed if field != "concern"]), lead=True
            )
        if same and ask is None:
            opening += "では、この二つから始めましょう。"
        return self.telling.first(opening)

    def _done(self) -> Answer:
        id_ = done_step(self.talk, self.reading.text)
        opening = f"「{policy().by_id(id_).name}」を済みにしました。おつかれさまです!" if id_ else "おつかれさまです!"
        return self.telling.further(next_step(self.plan, self.interview.done), opening)
