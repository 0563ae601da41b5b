"""The extractive answer: the units that answer, put plainly, each with its marker."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.abstain import telling
from bot.answer import Act, Answer
from bot.dating import is_past
from bot.draft import Draft
from bot.material import Material, answering, confidence, narrowed
from bot.places import only_for, ward_name
from bot.premise import correction
from bot.reading import Reading, parts
from bot.rows import row_saying
from bot.select import SCRAP, Candidate
from bot.units import Unit, UnitKind, denies, pairs_of
from bot.wants import Want
from knowledge.dates import dates, month_days, years
from knowledge.documents import Kind
from knowledge.fold import fold, squeeze

_OTHERS = re.compile(r"ほか|他に|以外|あと(?:は|誰|だれ)")
_NEXT = re.compile(r"次(?:は|回|の(?!年))|今度|これから")
_CLAUSE = re.compile(r"第\s?\d+\s?条")
_DIGITS = re.compile(r"\d+")
_PERSON_NAME = re.compile(r"([一-龥]{1,3}\s?[一-龥ぁ-ん]{1,3})\s?(?:氏|さん|様|先生)")

LENGTH = 300
"""Characters an answer aims to stay below."""
SAME = 0.45
"""Share of character pairs from which on two sentences with the same numbers say the same."""
FILL = 220
"""Characters up to which an explanation takes in what stands beside it."""
AT_MOST = 6
"""Statements in a list."""


def compose(reading: Reading, material: Material, public_url: str) -> Answer | None:
    """Answer from the units that hold what was asked for; None where none does."""
    chosen = _for_parts(reading, material) or _for_whole(reading, material)
    if not chosen:
        return None
    draft = Draft(public_url)
    chosen = _in_text_order(chosen)
    corrected = correction(reading, chosen)
    if corrected:
        draft.add(corrected)
    elif reading.english:
        draft.add("According to the documents:")
    lead = _lead(reading, chosen)
    if lead:
        draft.add(lead)
    listed = len(chosen) > 1
    last = ""
    for candidate in chosen:
        text = saying(reading, candidate.unit)
        subject = candidate.unit.subject
        if subject == last and text.startswith(f"{subject}："):
            text = text.removeprefix(f"{subject}：")  # said on the line above
        last = subject
        proofs = (candidate.unit, *_also(candidate, chosen, material))
        draft.add(f"・{text}" if listed else _sentence(text), *proofs)
    note = _note(reading, chosen)
    if note:
        draft.add(note)
    return Answer(
        Act.ANSWER,
        draft.text,
        draft.citations(),
        material.passages(draft.cited),
        confidence=max(0.46, confidence(reading, chosen, material)),
    )


def _for_whole(reading: Reading, material: Material) -> list[Candidate]:
    found = answering(reading, material)
    return choose(reading, found, material) if found else []


def _for_parts(reading: Reading, material: Material) -> list[Candidate]:
    """Choose for each part of a question that asks several things; nothing if a part can't be answered."""
    chosen: list[Candidate] = []
    if len(reading.names) > 1:
        return []
    for part in parts(reading):
        mine = narrowed(material, part)
        taken = {candidate.unit.quote for candidate in chosen}
        found = answering(part, mine)
        if not found:
            return []
        # The next part asks for something else; only a value that it needs may be told twice.
        found = tuple(c for c in found if c.unit.quote not in taken) or found
        for candidate in choose(part, found, mine)[:2]:
            if not any(candidate.unit.quote == other.unit.quote for other in chosen):
                chosen.append(candidate)
    return chosen


def choose(reading: Reading, found: Sequence[Candidate], material: Material) -> list[Candidate]:
    """Pick the units to state: the best, then those that answer what it leaves open, until the length is used.

    A unit is worth adding when it covers words of the question that the others don't, holds a kind of value that
    they lack, or is about another of the names that were asked about; or when it is nearly as good as the best.
    """
    hard = reading.asked.hard
    real = [c for c in found if (c.unit.kind is not UnitKind.TITLE or c.met & hard) and not _said_before(c, reading)]
    titles = [c for c in found if c.unit.kind is UnitKind.TITLE]
    if titles and (not real or titles[0].score > 1.1 * real[0].score):
        real = [*_below(titles[0], material), *real]
    if not real:
        return titles[:1]
    best = _fullest(real)
    several = bool(reading.asked.kinds & {Want.LIST, Want.COMPARISON, Want.PERSON}) or len(reading.names) > 1
    named = bool(reading.names) and not hard
    margin = 0.7 if several or named or Want.ORGANISATION in reading.asked else 0.88
    most = (
        AT_MOST
        if several or Want.ORGANISATION in reading.asked
        else 4
        if named or Want.DEFINITION in reading.asked
        else 3
    )
    weights = {topic.word: topic.weight * material.retriever.idf(topic.word) for topic in reading.query.topics}
    total = sum(weights.values()) or 1.0
    names = {name.said for name in reading.names}
    chosen = [best, *(_listed(best, material) or _beside(best, real, reading))]
    # What the best leaves open may be said by a unit without the kind of value asked for.
    pool = dict.fromkeys(
        (
            *real,
            *(
                c
                for c in material.candidates
                if c.own >= 0.15 and c.unit.kind is not UnitKind.TITLE and not denies(c.unit.say)
            ),
        )
    )
    rest = [c for c in pool if c not in chosen and c.score >= 0.5 * best.score and not _said_before(c, reading)]
    while rest and len(chosen) < most:
        covered = frozenset().union(*(c.says for c in chosen))
        met = frozenset().union(*(c.met for c in chosen))
        open_names = names - _named(chosen, names) if several else set()
        used = sum(len(c.unit.say) for c in chosen)

        def worth(c: Candidate) -> float:
            if (several and Want.COMPARISON not in reading.asked) or Want.ORGANISATION in reading.asked:
                # A list: what says as much of the question as the best one belongs to it.
                told_alike = c.own >= 0.6 * best.own or (c.met & hard and c.unit.chunk.id == best.unit.chunk.id)
                alike = c in real and bool(told_alike) and c.score >= margin * best.score
                named_next = any(said in _plain(c.unit) for said in open_names)
                return c.score * alike + named_next
            gain = sum(weights.get(word, 0.0) for word in c.says - covered) / total
            gain += 0.2 * len((c.met - met) & reading.asked.hard)
            gain += 0.5 * any(said in _plain(c.unit) for said in open_names)
            if gain >= 0.12:
                return gain
            return 0.01 if c in real and c.score >= margin * best.score else 0.0

        rest = [c for c in rest if not _repeats(c, chosen) and used + len(c.unit.say) <= LENGTH + 60 * bool(open_names)]
        pick = max(rest, key=lambda c: (worth(c), c.score), default=None)
        if pick is None or worth(pick) <= 0:
            break
        chosen.append(pick)
        rest.remove(pick)
    listed = any(c.unit.block.lead for c in chosen[1:])
    return chosen if several or listed or hard - {Want.COUNT, Want.CONDITION} else _filled(chosen, material)


def _filled(chosen: list[Candidate], material: Material) -> list[Candidate]:
    """Add what the best passage says beside it, as long as it is short: an explanation is rarely one sentence."""
    best = chosen[0]
    beside = [
        c
        for c in material.candidates
        if c.unit.chunk.id == best.unit.chunk.id
        and c.unit.kind is not UnitKind.TITLE
        and len(c.unit.say) >= SCRAP
        and c.unit.subject == best.unit.subject
        and c.score >= 0.35 * best.score
        and not denies(c.unit.say)
    ]
    filled = list(chosen)
    for candidate in beside:
        if len(filled) >= AT_MOST - 2 or _repeats(candidate, filled):
            continue
        if sum(len(c.unit.say) for c in filled) + len(candidate.unit.say) <= FILL:
            filled.append(candidate)
    return filled


def _in_text_order(chosen: Sequence[Candidate]) -> list[Candidate]:
    """What stands together in a document is told together, the best one's document first."""
    order = {c.unit.source.id: i for i, c in reversed(list(enumerate(chosen)))}
    return sorted(chosen, key=lambda c: (order[c.unit.source.id], c.unit.chunk.first))


def _listed(best: Candidate, material: Material) -> list[Candidate]:
    """The items that a lead-in introduces, in text order; all of a short list, the nearest of a long one."""
    lead = fold(best.unit.quote)
    items = [c for c in material.candidates if c.unit.block.lead == lead and c.unit.chunk.id == best.unit.chunk.id]
    items = items[: AT_MOST - 1]
    return sorted(items, key=lambda c: c.unit.chunk.text.find(c.unit.quote))


_LISTED = frozenset({Want.QUANTITY, Want.PLACE, Want.PERSON})


def _beside(best: Candidate, real: Sequence[Candidate], reading: Reading) -> list[Candidate]:
    """Short lines of the same chunk that hold the same kinds of values: the other rows of an unruled list."""
    wanted = reading.asked.hard & _LISTED
    if not wanted or len(best.unit.say) >= 45:
        return []
    return [
        c
        for c in real
        if c is not best
        and c.unit.chunk.id == best.unit.chunk.id
        and c.unit.block.heading == best.unit.block.heading
        and len(c.unit.say) < 45
        and c.met & wanted
        and not _repeats(c, [best])
    ][:3]


def _fullest(real: Sequence[Candidate]) -> Candidate:
    """The best unit; where it is a bare name, the unit that also explains the name."""
    best = real[0]
    if len(best.unit.say) <= 26:
        fuller = [c for c in real[1:8] if best.unit.say in c.unit.say and c.score >= 0.6 * best.score]
        if fuller:
            return fuller[0]
    return best


def _below(title: Candidate, material: Material) -> list[Candidate]:
    """The units right below a heading, in text order."""
    path = title.unit.block.heading
    return [
        c
        for c in sorted(material.candidates, key=lambda c: c.unit.chunk.first)
        if c.unit.source.id == title.unit.source.id
        and c.unit.kind is not UnitKind.TITLE
        and c.unit.block.heading[: len(path)] == path
        and len(c.unit.say) >= 4
    ][:4]


def _repeats(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    text = candidate.unit.say
    return any(text in other.unit.say or other.unit.say in text for other in chosen)


def _said_before(candidate: Candidate, reading: Reading) -> bool:
    """A name or day that the conversation has already given, when others or the next one are asked for."""
    if reading.question.history and _NEXT.search(reading.text):
        said = "".join(turn.text for turn in reading.question.history)
        earlier_days = {(day.month, day.day) for day in dates(said)} | {(d.month, d.day) for d in month_days(said)}
        say = candidate.unit.say
        if earlier_days & ({(day.month, day.day) for day in dates(say)} | {(d.month, d.day) for d in month_days(say)}):
            return True
    if not _OTHERS.search(reading.text) or not reading.question.history:
        return False
    earlier = squeeze("".join(turn.text for turn in reading.question.history))
    names = _PERSON_NAME.findall(fold(candidate.unit.say))
    return bool(names) and all(name in earlier for name in names)


def _plain(unit: Unit) -> str:
    return fold(unit.subject + unit.say).lower().replace("・", "").replace(" ", "")


def _named(chosen: Sequence[Candidate], names: set[str]) -> set[str]:
    return {said for said in names for candidate in chosen if said in _plain(candidate.unit)}


def saying(reading: Reading, unit: Unit) -> str:
    """Say a unit so that it can stand alone."""
    if unit.kind is UnitKind.ROW:
        return row_saying(unit, reading.own_words)
    text = telling(unit)
    if unit.source.kind is Kind.MINUTES and unit.subject and unit.kind is UnitKind.SENTENCE and len(unit.subject) <= 20:
        return f"{unit.subject}の発言：{text}"
    if _CLAUSE.match(unit.subject):
        return f"{unit.subject}：{text}"
    if text.endswith("。"):
        return text
    if unit.kind is UnitKind.ITEM and unit.subject and unit.subject not in text and len(text) < 60:
        return f"{unit.subject}：{text}"
    if unit.kind is UnitKind.SENTENCE and len(text) < 30 and unit.subject and unit.subject not in text:
        return f"{unit.subject}：{text}"
    return text


def _also(candidate: Candidate, chosen: Sequence[Candidate], material: Material) -> tuple[Unit, ...]:
    """A unit of another document that says the same, with the same numbers: two sources are better than one."""
    mine, said = pairs_of(candidate.unit.say), _DIGITS.findall(fold(candidate.unit.say))
    for other in material.candidates[:20]:
        unit = other.unit
        if unit.source.id == candidate.unit.source.id or any(unit.quote == c.unit.quote for c in chosen):
            continue
        theirs = pairs_of(unit.say)
        same = len(mine & theirs) >= SAME * min(len(mine), len(theirs)) and len(theirs) >= 20
        if same and set(_DIGITS.findall(fold(unit.say))) & set(said):
            return (unit,)
    return ()


def _sentence(text: str) -> str:
    text = text.rstrip("、")
    return text if text.endswith(("。", "！", "!", "?", "？", "…")) else f"{text}。"


def _lead(reading: Reading, chosen: Sequence[Candidate]) -> str:
    source = chosen[0].unit.source
    if reading.english:
        return ""
    if source.kind is Kind.PROPOSAL and correction(reading, chosen):
        return ""
    if source.kind is Kind.PROPOSAL:
        return "提案資料では次のとおりです(提案の段階で、決定とは書かれていません)。"
    if len(chosen) == 1:
        return ""
    if Want.ORGANISATION in reading.asked and all(c.unit.kind is UnitKind.MENU for c in chosen):
        return "資料では、次のところが対応しています。"
    return "資料では次のとおりです。"


def _note(reading: Reading, chosen: Sequence[Candidate]) -> str:
    unit = chosen[0].unit
    notes: list[str] = []
    if not reading.english:
        around = tuple(sorted(years(unit.chunk.text + unit.chunk.context), reverse=True)) or (
            reading.question.today.year,
        )
        spoken_of = (*around, reading.question.today.year, reading.question.today.year - 1)
        if reading.asked.kinds & {Want.DATE, Want.TIME} and all(
            is_past(c.unit.say, spoken_of, reading.question.today) for c in chosen
        ):
            notes.append("(すでに終わった日程です)")
        scope = only_for(unit.source)
        if reading.ward and scope and reading.ward not in scope:
            named = "・".join(ward_name(ward) for ward in sorted(scope))
            notes.append(f"(これは{named}の資料です。{ward_name(reading.ward)}での扱いは書かれていません)")
        if reading.asked.kinds & {Want.ELIGIBILITY}:
            notes.append("対象になるかどうかの最終判断は窓口が行います。")
    return "".join(notes)
