"""What the model is told: the rules, the situation, the talk so far. The words are in `prompts/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.agent.remembering import Remembered
from bot.interview.questions import question as asked
from bot.interview.state import FIELDS, UNKNOWN, Interview
from bot.places import ward_name
from bot.plan.advise import state_of
from bot.plan.policy import policy
from bot.reading import Reading
from knowledge.wards import WARDS

_FOLDER = Path(__file__).parent / "prompts"
_WEEKDAYS = "月火水木金土日"


@cache
def text(name: str) -> str:
    """Give a prompt by its file's name, without the last line break."""
    return (_FOLDER / f"{name}.txt").read_text("utf-8").rstrip("\n")


def system(reading: Reading, remembered: Remembered) -> str:
    """Write the system prompt.

    The rules come first and are the same for everybody, so that providers can keep them at hand.
    """
    day = reading.question.today
    situation = text("situation").format(
        today=f"{day.year}年{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]}) 令和{_fiscal_year(reading)}年度",
        ward=ward_name(reading.ward) if reading.ward else "わかっていない",
        profile=_profile(state_of(reading)) or "なし",
    )
    parts = [text("system"), situation]
    if remembered.summary:
        parts.append(text("summary").format(summary=remembered.summary))
    return "\n\n".join(parts)


def _fiscal_year(reading: Reading) -> int:
    """The fiscal year of the day, by era: from April on."""
    day = reading.question.today
    return day.year - 2018 - (day.month < 4)


def _profile(interview: Interview) -> str:
    """Say what the interview knows, in its own labels: recognised values only, never a person's words."""
    told = []
    for field in FIELDS:
        value = getattr(interview, field)
        if not value or value == UNKNOWN or (field == "place" and value in WARDS):
            continue
        reply = asked(field).by_value(value)
        if reply is not None:
            told.append(f"{asked(field).name}: {reply.short}")
    steps = {step.id: step.name for step in policy().step}
    done = [steps[id_] for id_ in interview.done if id_ in steps]
    if done:
        told.append(f"済んだ一歩: {'、'.join(done)}")
    return "、".join(told)
