"""The first step: what the assistant calls for a wide question, an interview's answer, or a word to the plan."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.answer import Answer
from bot.interview.interview import heard, label, reply
from bot.interview.state import Interview
from bot.plan.plan import Plan, choose, next_step, open_question
from bot.plan.policy import policy
from bot.plan.talk import Command, Talk, command, done_step, replay, take
from bot.plan.tell import acknowledged, asked, erased, first_reply, next_reply, shown
from bot.proofs import Proofs
from bot.reading import Reading
from knowledge.catalogue.load import shipped
from knowledge.catalogue.queries import needs_in

_COVERED = frozenset(
    "power-saving accounting window heat aircon recycling food-loss renewable diagnosis plan consulting operation".split()
)
"""Needs of the catalogue that the policy speaks to; a question that names another one is answered from the documents."""
_FOR_OTHERS = re.compile(
    r"会員|商店(?:街|会)の?.{0,6}(?:者|担当|役員)|声(?:を)?(?:か|掛)け|すすめ(?:る|たい)|勧め(?:る|たい)|と?言われて(?:る|いる|います)"
)
"""It asks for other businesses, or for what somebody has said: not a matter of the person's own plan."""
_OTHER_MATTER = re.compile(r"催し|イベント|セミナー|交流会|フォーラム|日程")
_REPLY_LENGTH = 15
"""Characters up to which a message that says nothing we know counts as an unclear reply."""


def state_of(reading: Reading, known: Interview | None = None) -> Interview:
    """Give the state after a message, for the conversation to keep.

    Args:
        reading: The message, with the turns before it.
        known: The state kept so far, if the turns given do not reach back to the start.
    """
    talk = replay(reading.question, known)
    if command(reading.text) is Command.ERASE and talk.begun:
        return Interview()
    return _taken(reading, talk).interview if _is_ours(reading, talk) else talk.interview


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
    if reading.english or not _is_ours(reading, talk):
        return None
    day = reading.question.today
    said = command(reading.text)
    if said is Command.ERASE:
        base = Interview(place=talk.interview.place if reading.question.ward == talk.interview.place else "")
        return erased(open_question(base, day))
    after = _taken(reading, talk)
    interview = after.interview
    plan, question = choose(interview, day, proofs), open_question(interview, day)
    if plan.today is None or plan.month is None:
        return None
    if said is Command.SHOW:
        return shown(plan, interview, talk.told, proofs, public_url, question)
    if said is Command.DONE:
        return _done(reading, talk, after, plan, proofs, public_url)
    if said is Command.NEXT or (said is Command.RESUME and question is None):
        step = next_step(plan, lambda step: step.id in (*talk.told, *interview.done))
        return next_reply(plan, interview, step, question, proofs, public_url)
    if said is Command.RESUME:
        return first_reply(plan, interview, question, proofs, public_url, opening="続きからですね。")
    unclear = talk.asked and interview == talk.interview and not reading.first_step
    if unclear and question is not None and question.field == talk.asked:
        return asked(question, "すみません、うまく読み取れませんでした。近いものを選んでください。")
    opening = acknowledged(interview, talk.asked) if talk.asked and interview.place != "outside" else ""
    before = choose(talk.interview, day, proofs)
    if talk.ours and question is not None and plan.first == before.first and set(plan.first[:2]) <= set(talk.told):
        return asked(question, opening or "ありがとうございます。もう1つ教えてください。")
    return first_reply(plan, interview, question, proofs, public_url, opening=opening)


def _taken(reading: Reading, talk: Talk) -> Talk:
    after = take(talk, reading.text)
    if not after.interview.place and len(reading.named_wards) == 1:
        # 「港区では何から始めれば?」
        after = replace(after, interview=after.interview.with_values({"place": next(iter(reading.named_wards))}))
    return after


def _is_ours(reading: Reading, talk: Talk) -> bool:
    """Tell whether a message is for the plan."""
    said = command(reading.text)
    if said is Command.SHOW:
        return talk.begun or "プラン" in reading.text
    if said is Command.DONE:
        return talk.ours and bool(done_step(talk, reading.text))
    if said is Command.NEXT:
        return talk.begun and (talk.ours or not _OTHER_MATTER.search(reading.told))
    if said is not None:
        return talk.begun
    if _is_tap(reading, talk) or _is_reply(reading, talk):
        return True
    return reading.first_step and _is_wide(reading, talk)


def _is_tap(reading: Reading, talk: Talk) -> bool:
    tapped = label(reading.text)
    return bool(tapped) and (talk.begun or "concern" in tapped)


def _is_reply(reading: Reading, talk: Talk) -> bool:
    if not talk.asked:
        return False
    if reply(talk.asked, reading.text) is not None and not reading.asked.hard:
        return True
    plain = not reading.names and not reading.asked.kinds and "?" not in reading.text
    return plain and (bool(heard(reading.text)) or len(reading.text) <= _REPLY_LENGTH)


def _is_wide(reading: Reading, talk: Talk) -> bool:
    if reading.names or _FOR_OTHERS.search(reading.text):
        return False
    if reading.named_wards - {reading.ward or talk.interview.place} and (reading.ward or len(reading.named_wards) > 1):
        # Another ward's matter: whom its documents are for is decided elsewhere.
        return False
    return all(need.id in _COVERED for need in needs_in(shipped(), reading.text))


def _done(reading: Reading, talk: Talk, after: Talk, plan: Plan, proofs: Proofs, public_url: str) -> Answer:
    step = policy().by_id(done_step(talk, reading.text))
    interview = after.interview
    following = next_step(plan, lambda step: step.id in interview.done)
    opening = f"「{step.name}」を済みにしました。おつかれさまです!"
    question = open_question(interview, reading.question.today)
    return next_reply(plan, interview, following, question, proofs, public_url, opening=opening)
