"""What a sentence may not do whatever it cites, and what may be said without citing anything."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.guard.evidence import Evidence
from bot.guard.shapes import shapes
from bot.guard.statement import Statement

DATA = Path(__file__).with_name("manners.toml")
_TONE = "。、!！?？.,…~〜ーよねわ 　「」『』()（）:：;；"
_TOPIC = re.compile(r"[^、。]{2,}?(?:は|が|も|について|には|では)")


@dataclass(frozen=True, slots=True)
class _Manners:
    promise: re.Pattern[str]
    verdict: re.Pattern[str]
    gives: re.Pattern[str]
    of_person: re.Pattern[str]
    person: re.Pattern[str]
    case: re.Pattern[str]
    condition: re.Pattern[str]
    advice: re.Pattern[str]
    free: tuple[tuple[str, re.Pattern[str]], ...]
    states: re.Pattern[str]
    claims: re.Pattern[str]
    unknown: re.Pattern[str]
    unknown_words: frozenset[str]
    safe: dict[str, str]
    safe_en: dict[str, str]


@cache
def _manners() -> _Manners:
    table = tomllib.loads(DATA.read_text("utf-8"))

    def any_of(*patterns: str) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)

    free = table["free"]
    states, claims = free.pop("states", "(?!)"), free.pop("claims", "(?!)")
    return _Manners(
        any_of(*table["promise"]),
        any_of(*table["verdict"]),
        any_of(table["gives"]),
        any_of(*table["verdict_of_person"]),
        any_of(table["person"]),
        any_of(table["case"]),
        any_of(table["condition"]),
        any_of(*table["advice"]),
        tuple((kind, any_of(*patterns)) for kind, patterns in free.items()),
        any_of(states),
        any_of(claims),
        any_of(table["unknown"]["says"]),
        frozenset(table["unknown"]["words"].split()),
        table["safe"],
        table["safe_en"],
    )


def ill_mannered(said: Statement, evidence: Evidence) -> str:
    """Tell whether a sentence promises, judges or advises what is not the program's to say.

    Args:
        said: The sentence.
        evidence: What it cites; a rule, a warning about law or tax that stands there may be told.
    Returns:
        `promise`, `verdict`, `advice`, or an empty string.
    """
    manners, text = _manners(), said.text
    if manners.promise.search(text):
        return "promise"
    if _judges(manners, text, evidence):
        return "verdict"
    advised = [match.group() for match in manners.advice.finditer(text)]
    # 「解約できます」 may be told where 「解約する」 stands.
    stems = (re.sub(r"(?:は|に)?(?:でき|して|し|され|なり|ま|は|が).*$", "", word) or word for word in advised)
    return "" if all(evidence.holds(stem) for stem in stems) else "advice"


def _judges(manners: _Manners, text: str, evidence: Evidence) -> bool:
    certain = manners.verdict.search(text)
    # 「必ず交付決定の後に契約する」 is a rule and may be told; 「必ず交付されます」 is a promise, whoever wrote it.
    if certain and (manners.gives.search(text, certain.start()) or not evidence.holds(certain.group())):
        return True
    found = manners.of_person.search(text)
    if not found or text.rstrip().endswith(("?", "か", "か。")) or evidence.holds(text[: found.end()][-16:]):
        return False
    if manners.person.search(text):
        return not manners.condition.search(text[max(0, found.start() - 12) : found.end() + 14])
    # 「対象になります」 with no word on whom it speaks of, speaks of whoever asked.
    before, after = manners.case.sub("", text[: found.start()]), text[found.start() :]
    return not _TOPIC.search(before) and not manners.condition.search(before + after)


def safe_form(reason: str, text: str) -> str:
    """Give the sentence that goes out instead of one that was refused; empty where there is none."""
    manners = _manners()
    english = len(re.findall(r"[A-Za-z]", text)) > 2 * len(re.findall(r"[ぁ-んァ-ヶ一-龥]", text))
    return (manners.safe_en if english else manners.safe).get(reason, "")


def claims_nothing(said: Statement, question: Statement) -> str:
    """Tell what a sentence without a source is, if it states nothing.

    Args:
        said: The sentence.
        question: What was asked: that it can't be answered may be said in its own words.
    Returns:
        `greeting`, `transition`, `pointing`, `unknown` or `question`; empty where it states something. A figure, a
        day, a name or a ward makes any other sentence a statement.
    """
    manners = _manners()
    if manners.unknown.search(said.text) and said.terms <= question.terms | manners.unknown_words:
        return "unknown"
    if said.names and not said.values and all(name.said in question.text for name in said.names):
        # 「港区の窓口にお尋ねください」 to someone in 港区.
        rest = said.text
        for name in said.names:
            rest = rest.replace(f"{name.said}の", "").replace(name.said, "")
        pointing = dict(manners.free)["pointing"]
        return "pointing" if pointing.fullmatch(rest.strip(_TONE)) else ""
    if said.values or said.names or shapes(said.text):
        return ""
    text = said.text.strip(_TONE)
    if not text:
        return "greeting"
    for kind, pattern in manners.free:
        probe = said.text.strip(_TONE.replace("?", "").replace("？", "")) if kind == "question" else text
        if pattern.fullmatch(probe) and not (manners.states if kind == "question" else manners.claims).search(text):
            return kind
    # Two of them in a row, with a comma between: 「ありがとうございます、次のとおりです」.
    parts = [part for part in re.split(r"[、,!！]", text) if part.strip()]
    kinds = [
        next((kind for kind, p in manners.free if kind != "question" and p.fullmatch(part.strip())), "")
        for part in parts
    ]
    return kinds[-1] if len(parts) > 1 and all(kinds) else ""
