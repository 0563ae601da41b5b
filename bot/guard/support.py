"""Whether a sentence says what its passages say: figures, days, names, sides, and all of them in their places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.guard.absent import absent
from bot.guard.days import Day
from bot.guard.evidence import Evidence, is_unknown
from bot.guard.figures import counts_itself, figure_holds
from bot.guard.naming import name_holds, torn_from_its_row
from bot.guard.sections import of_another_section
from bot.guard.shaped import person_of_another, shape_holds
from bot.guard.shapes import shapes
from bot.guard.statement import Statement
from bot.guard.subjects import of_another_subject
from bot.guard.turns import turned
from bot.guard.values import Value, ValueKind, meets
from bot.guard.wording import beside_the_point, rests_on_the_unknown
from knowledge.dates import fiscal_year

_DENIES = re.compile(
    r"(?:ではなく|ではありません|でなく|とは(?:限り|書かれ|言え)|という(?:記載|数字|金額|情報|率|額)?は[^。、]{0,10}(?:ありません|確認でき|見当たり|見つか|分かり|わかり|違い|異な))"
)
_REPEATS = re.compile(
    r"(?:の(?:ご予算|ご希望|ご質問))?(?:とのこと|と(?:伺|うかが|お聞き|おっしゃ)|をお考え|のご(?:予算|希望)(?:です(?:ね|か)|と))"
)
"""Behind a figure of the person's: it is repeated, not stated."""
_ELSEWHERE = re.compile(
    r"(?:窓口|事務局|役所|担当)[^。]{0,14}(?:相談|確認|問い?合わせ|尋ね|聞)[^。]{0,6}(?:ください|ましょう)"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What may be said though no passage holds it."""

    question: Statement
    """The person's own words, this turn's and the earlier ones'."""
    today: date
    computed: frozenset[str]
    """Numbers that the program worked out, in digits with a decimal point."""


def unsupported(said: Statement, evidence: Evidence, asked: Asked) -> str:
    """Find the first thing in a sentence that its passages do not hold, or hold for something else.

    Args:
        said: The sentence.
        evidence: The passages that it cites.
        asked: What may be said without them.
    Returns:
        A reason: `number`, `date`, `rate`, `phone`, `address`, `url`, `organisation`, `programme`, `ward`, `negation`,
        `scope` or `unsupported`; empty where everything stands.
    """
    return _unnamed(said, evidence, asked) or _turned(said, evidence, asked)


def _unnamed(said: Statement, evidence: Evidence, asked: Asked) -> str:
    """Find a figure, day or name that the passages do not hold, or hold for something else."""
    for value in said.values:
        if (
            not counts_itself(value, said, evidence)
            and not _allowed(value, said, asked)
            and not figure_holds(value, said, evidence)
        ):
            return value.kind.value
    for name in said.names:
        if not name_holds(name, said, evidence) and not _unknown_of_question(name.said, said, asked):
            return name.kind
    torn = torn_from_its_row(said, evidence)
    if torn:
        return torn
    for shape in shapes(said.text):
        if not shape_holds(shape, said, evidence) and not _unknown_of_question(shape.text, said, asked):
            return "organisation" if shape.kind == "organisation" else "programme"
        if person_of_another(shape, said, evidence):
            return "organisation"
    return "date" if _called_current(said, evidence, asked) else ""


def _turned(said: Statement, evidence: Evidence, asked: Asked) -> str:
    """Find what is said of another subject, on another side, or in other words than the passages'."""
    unwritten = absent(said, evidence)
    if unwritten is not None:
        silent, said = unwritten
        if not silent:
            return "negation"
        if not said.terms:
            return ""
    if rests_on_the_unknown(said, evidence):
        return "negation"
    if of_another_subject(said, evidence) or of_another_section(said, evidence):
        return "scope"
    side = turned(_without_denials(said, evidence, asked), evidence)
    return side or ("unsupported" if beside_the_point(said, evidence) else "")


_DENIAL = re.compile(r"(?:ではなく|ではありません|でなく)[、。]?")


def _without_denials(said: Statement, evidence: Evidence, asked: Asked) -> Statement:
    """Leave out where a figure of the question is denied that no passage has: 「75%ではなく、50%です」."""
    text = said.text
    for value in reversed(said.values):
        denial = _DENIAL.match(said.text, value.end)
        own = any(meets(value, question) for question in asked.question.values)
        if denial and own and not any(meets(value, held) for held in evidence.values):
            start = max(text.rfind(mark, 0, value.start) for mark in "、。") + 1
            text = text[:start] + text[denial.end() :]
    return said if text == said.text else said.other(text)


def _allowed(value: Value, said: Statement, asked: Asked) -> bool:
    if any(isinstance(r.amount, Day) and _is_today(r.amount, asked.today) for r in value.readings):
        return "今日" in said.text or "本日" in said.text or "現在" in said.text or "時点" in said.text
    written = re.sub(r"[^\d.]", "", said.text[value.start : value.end])
    if written and written.rstrip(".") in asked.computed:
        return True
    if not any(meets(value, own) for own in asked.question.values):
        return False
    after = said.text[value.end : value.end + 14]
    return bool(_DENIES.search(after) or _REPEATS.match(after) or is_unknown(said.text))


def _is_today(day: Day, today: date) -> bool:
    return (day.year, day.month, day.day) == (today.year, today.month, today.day)


def _unknown_of_question(text: str, said: Statement, asked: Asked) -> bool:
    """A name of the question may be repeated to say that nothing is known of it, or to send the person there."""
    sends_away = is_unknown(said.text) or _ELSEWHERE.search(said.text)
    return bool(sends_away) and text in asked.question.text


_NOW = re.compile(
    r"(?:今年度?|本年度?|来年度?|いまも|今も|現在[もは]|毎年|今後も|最新の)(?!.{0,24}(?:確認|確かめ|聞|問い))"
)


def _called_current(said: Statement, evidence: Evidence, asked: Asked) -> bool:
    """Tell whether a figure is called this year's though no passage calls it that and none is of this fiscal year."""
    now = _NOW.search(said.text)
    if not now or not any(value.kind in (ValueKind.RATE, ValueKind.PHONE) or _is_money(value) for value in said.values):
        return False
    if now.group() in ("今年度", "本年度") and fiscal_year(asked.today) in evidence.fiscal_years:
        return False
    return not any(
        _CALLS.search(spot.says.text, 0, held.start) and now.group() in spot.says.text[: held.start]
        for spot in evidence.spots
        for held in spot.says.values
        if any(meets(value, held) for value in said.values)
    )


_CALLS = re.compile(rf"{_NOW.pattern}[^。()]{{0,30}}$")
"""Before a figure: it is called that."""


def _is_money(value: Value) -> bool:
    return any(reading.unit in ("円", "万") for reading in value.readings)
