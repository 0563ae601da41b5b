"""The ten lines that an advisor reads before taking a case over.

Only what is given: what nobody said is 「不明」, and whether a programme fits is never guessed. What persons wrote is
masked; their contact stands here only where they agreed to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot import places
from bot.handoff.facts import Facts, facts_from
from bot.handoff.topics import Topic, topics, topics_of
from bot.interview.questions import question
from bot.opening import WEEKDAYS
from bot.privacy import mask
from knowledge.wards import WARDS

HEADER = "【相談要約】(自動作成・本人未確認)"
UNKNOWN = "不明"
LINE = 120
"""Characters of a line, about two of an advisor's screen."""
QUOTE = 80
"""Characters of a question that is quoted."""
QUOTES = 3
SOURCES = 3
_TITLE = 30
_REASONS = {
    "asked": "本人の希望",
    "unanswered": "答えられない問いが続いた",
    "voted_down": "役に立たなかったとの評価",
    "failed": "自動応答の不調",
}


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What is known of a case."""

    question: str
    """What the person wrote when an advisor was called."""
    today: date
    reason: str = ""
    """A topic's id, or why else the advisor was called; what is not known is left out."""
    ward: str | None = None
    """In romaji, where it is stored."""
    said: tuple[str, ...] = ()
    """The person's messages, oldest first."""
    sources: tuple[str, ...] = ()
    """Titles of the documents they were shown, the most important first."""
    unanswered: tuple[str, ...] = ()
    """Their questions that the documents did not answer, latest last."""
    contact: str = ""
    consent_at: float | None = None
    """When they agreed to the contact being passed on, seconds since 1970; None: they did not."""


def lines(facts: CaseFacts) -> list[str]:
    """Write the summary: the header, ten numbered lines, and one more for each further question unanswered."""
    said = facts_from((*facts.said, facts.question), facts.today)
    unanswered = [f"「{_clip(mask(text), QUOTE)}」" for text in facts.unanswered[-QUOTES:]] or ["なし"]
    numbered = [
        f"1 ひと言: {_in_a_word(facts, said)}",
        f"2 区/業種/規模: {_place(facts, said)}/{_told('trade', said)}/{said.size or UNKNOWN}",
        f"3 建物と電力契約: {_told('building', said)}/契約名義={_told('contract', said)}",
        f"4 使用量: {said.usage or UNKNOWN}{f' → {said.estimate}' if said.estimate else ''}",
        f"5 やりたいこと・期限: {_told('concern', said)}/{_until(said, facts.today) or UNKNOWN}",
        f"6 すでにやったこと: {'、'.join(mask(text) for text in said.done[-2:]) or UNKNOWN}/工事の発注: {_ordered(said)}",
        f"7 案内した資料: {'、'.join(_clip(title, _TITLE) for title in facts.sources[:SOURCES]) or 'なし'}",
        f"8 答えられなかった問い: {unanswered[0]}",
        *(f"・{text}" for text in unanswered[1:]),
        f"9 連絡先と同意: {_contact(facts)}",
        f"10 推定される次の担当: {_owners(facts, said)}",
    ]
    return [HEADER, *(_clip(line, LINE) for line in numbered)]


def _in_a_word(facts: CaseFacts, said: Facts) -> str:
    known = [_told(field, said) for field in ("building", "trade", "concern")]
    until = _until(said, facts.today)
    parts = [text for text in known if text != UNKNOWN] + ([f"期限{until}"] if until else [])
    reason = next((topic.title for topic in topics() if topic.id == facts.reason), _REASONS.get(facts.reason, ""))
    text = "、".join(parts) or f"「{_clip(mask(facts.question), QUOTE)}」"
    return f"{text}(きっかけ: {reason})" if reason else text


def _told(field: str, said: Facts) -> str:
    """Name an answer of the interview; what the person does not know either is unknown."""
    answer = question(field).by_value(getattr(said.interview, field))
    return answer.short if answer and answer.value not in ("unknown", "unsure") else UNKNOWN


def _place(facts: CaseFacts, said: Facts) -> str:
    if said.interview.place in WARDS or facts.ward in WARDS:
        return places.ward_name(said.interview.place if said.interview.place in WARDS else str(facts.ward))
    return _told("place", said)


def _until(said: Facts, today: date) -> str:
    day = said.deadline
    if day is None:
        return ""
    return f"{day.month}月{day.day}日({WEEKDAYS[day.weekday()]}、あと{(day - today).days}日)"


def _ordered(said: Facts) -> str:
    if said.ordered is None:
        return UNKNOWN
    state = "済みか着手後" if said.ordered else "まだ"
    return f"{state}「{_clip(mask(said.ordered_words), 40)}」"


def _contact(facts: CaseFacts) -> str:
    if facts.consent_at is None or not facts.contact:
        return "なし(この会話で返事)"
    at = datetime.fromtimestamp(facts.consent_at, ZoneInfo("Asia/Tokyo"))
    return f"{facts.contact}、同意 {at:%Y-%m-%d %H:%M}"


def _owners(facts: CaseFacts, said: Facts) -> str:
    """Name who would be asked next: by the reason for the call, then by what the question touches."""
    touched: list[Topic] = [topic for topic in topics() if topic.id == facts.reason]
    touched += topics_of(facts.question, facts.today)
    owners = dict.fromkeys(topic.owner for topic in touched)
    if owners:
        return "、".join(list(owners)[:2])
    place = said.interview.place or facts.ward or ""
    if place == "chiyoda":
        return "区の担当課" if said.interview.concern == "subsidy" else "CES事務局"
    return f"{places.ward_name(place)}の担当課" if place in WARDS else UNKNOWN


def _clip(text: str, length: int) -> str:
    """Bring a text to one line of at most so many characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length else f"{flat[: length - 1]}…"
