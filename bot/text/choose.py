"""Which units an answer states: the best, then those that complete it, within a phone's length."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.reading import Reading
from bot.text.material import OTHERS, Material
from bot.text.select import SCRAP, Candidate
from bot.text.units import Unit, UnitKind, denies, label_of
from bot.wants import Want
from knowledge.dates import dates, month_days
from knowledge.fold import fold, squeeze
from knowledge.tokens import words

LENGTH = 300
"""Characters an answer aims to stay below."""
FILL = 220
"""Characters up to which an explanation takes in what stands beside it."""
AT_MOST = 6
"""Statements in a list."""
MANY = 12
"""Items of a list that is told whole if they are short: names, mostly."""
GAIN = 0.12
"""Share of the question that a further unit must cover anew to be worth a line."""
HEADS = 0.75
"""Share of the best score from which on the head of a list goes first where a list is asked for."""
UNSURE = 0.45
"""Coverage of the best unit below which more is told."""
_WHO_ALL = re.compile(r"(?:どんな|どこの|どの)(?:会社|企業|組織|団体|銀行|人)")
NEXT = re.compile(r"次(?:は|の?回|に|も|の(?!年))|今度|これから")
"""The next one is asked for."""
_PERSON_NAME = re.compile(r"([一-龥]{1,3}\s?[一-龥ぁ-ん]{1,3})\s?(?:氏|さん|様|先生)")


def choose(reading: Reading, found: Sequence[Candidate], material: Material) -> list[Candidate]:
    """Pick the units to state: the best, then those that answer what it leaves open, until the length is used.

    A unit is worth adding when it covers words of the question that the others don't, holds a kind of value that
    they lack, or is about another of the names that were asked about; or when it is nearly as good as the best.

    Returns:
        Candidates in the order they were picked, the best first; empty if nothing can be stated.
    """
    hard = reading.asked.hard
    real = [c for c in found if (c.unit.kind is not UnitKind.TITLE or c.met & hard) and not _said_before(c, reading)]
    titles = [c for c in found if c.unit.kind is UnitKind.TITLE]
    if titles and (not real or titles[0].score > 1.1 * real[0].score):
        real = [*_below(titles[0], material), *real]
    if not real:
        return titles[:1]
    choice = _Choice(reading, material, real, _heads_list(reading, real, material) or _fullest(real))
    choice.complete()
    choice.fill_the_cell()
    listed = any(c.unit.block.lead for c in choice.chosen[1:])
    if choice.several or listed or hard - {Want.COUNT, Want.CONDITION}:
        return choice.chosen
    return _filled(choice.chosen, material, {name.said for name in reading.names})


@dataclass(slots=True)
class _Choice:
    """A choice in the making."""

    reading: Reading
    material: Material
    real: Sequence[Candidate]
    """Units that hold what was asked for."""
    best: Candidate
    chosen: list[Candidate] = field(default_factory=list)

    @property
    def several(self) -> bool:
        """The question asks for more than one thing of a kind."""
        asked = self.reading.asked.kinds & {Want.LIST, Want.COMPARISON, Want.PERSON}
        return bool(asked) or len(self.reading.names) > 1

    @property
    def named(self) -> bool:
        """The question is about something with a name and asks for no value."""
        return bool(self.reading.names) and not self.reading.asked.hard

    @property
    def as_list(self) -> bool:
        """Units are worth adding because they are alike, not because they add words of the question."""
        plain_list = self.several and Want.COMPARISON not in self.reading.asked
        return plain_list or Want.ORGANISATION in self.reading.asked

    @property
    def margin(self) -> float:
        """Share of the best score from which on a unit is as good."""
        if self.several or self.named or Want.ORGANISATION in self.reading.asked:
            return 0.7
        return 0.65 if self.unsure else 0.88

    @property
    def unsure(self) -> bool:
        """Less than half of the question stands in the best unit: the next ones may be what was meant."""
        return self.best.coverage < UNSURE

    @property
    def most(self) -> int:
        """Statements at the most."""
        if self.several or Want.ORGANISATION in self.reading.asked:
            return AT_MOST
        return 4 if self.named or self.unsure or Want.DEFINITION in self.reading.asked else 3

    def complete(self) -> None:
        """Pick until nothing is worth a line or the length is used."""
        best, reading = self.best, self.reading
        beside = _rows_beside(best, self.material, reading) if Want.COMPARISON in reading.asked else []
        self.chosen = [best, *(_listed(best, self.material) or beside or _beside(best, self.real, reading))]
        names = {name.said for name in reading.names}
        rest = [c for c in self._pool() if c not in self.chosen and not _said_before(c, reading)]
        while rest and len(self.chosen) < self.most:
            waiting = names - _named(self.chosen, names) if self.several else set()
            room = LENGTH + 60 * bool(waiting) - sum(len(c.unit.say) for c in self.chosen)
            rest = [c for c in rest if not repeats(c, self.chosen) and len(c.unit.say) <= room]
            valued = [(self._worth(c, waiting), c.score, -i) for i, c in enumerate(rest)]
            worth, _, place = max(valued, default=(0.0, 0.0, 0))
            if worth <= 0:
                return
            self.chosen.append(rest.pop(-place))

    def fill_the_cell(self) -> None:
        """「誰が、何時から?」: what the same row or cell holds of a kind that is still missing."""
        best, hard = self.best, self.reading.asked.hard
        for c in self.material.candidates:
            missing = hard.difference(*(chosen.met for chosen in self.chosen))
            same = c.unit.chunk.id == best.unit.chunk.id and c.unit.subject == best.unit.subject
            if len(hard) > 1 and best.unit.subject and same and c.met & missing and c not in self.chosen:
                self.chosen.append(c)

    def _pool(self) -> list[Candidate]:
        """What holds the value asked for, and what may say the rest of the answer without one."""
        others = (
            c
            for c in self.material.candidates
            if c.own >= 0.15 and c.unit.kind is not UnitKind.TITLE and not denies(c.unit.say)
        )
        return [c for c in dict.fromkeys((*self.real, *others)) if c.score >= 0.5 * self.best.score]

    def _worth(self, c: Candidate, waiting: set[str]) -> float:
        hard, best = self.reading.asked.hard, self.best
        nearly = c in self.real and c.score >= self.margin * best.score
        next_name = any(said in plain(c.unit) for said in waiting)
        if self.as_list:
            # What says as much of the question as the best one belongs to the same list.
            alike = c.own >= 0.6 * best.own or (bool(c.met & hard) and c.unit.chunk.id == best.unit.chunk.id)
            return c.score * (nearly and alike) + next_name
        weights = self._weights()
        covered = frozenset().union(*(other.says for other in self.chosen))
        met = frozenset().union(*(other.met for other in self.chosen))
        gain = sum(weights.get(word, 0.0) for word in c.says - covered) / (sum(weights.values()) or 1.0)
        gain += 0.2 * len((c.met - met) & hard) + 0.5 * next_name
        return gain if gain >= GAIN else 0.01 * nearly

    def _weights(self) -> dict[str, float]:
        idf = self.material.retriever.idf
        return {topic.word: topic.weight * idf(topic.word) for topic in self.reading.query.topics}


def _filled(chosen: list[Candidate], material: Material, names: set[str]) -> list[Candidate]:
    """Add what the best passage says beside it, as long as it is short: an explanation is rarely one sentence.

    A neighbour with a label of its own ("another grant: …") is about something else than the name asked for.
    """
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
        and not (names and label_of(c.unit.say) and not _named([c], names))
    ]
    filled = list(chosen)
    for candidate in beside:
        if len(filled) >= AT_MOST - 2 or repeats(candidate, filled):
            continue
        if sum(len(c.unit.say) for c in filled) + len(candidate.unit.say) <= FILL:
            filled.append(candidate)
    return filled


def _position(candidate: Candidate) -> int:
    return candidate.unit.chunk.text.find(candidate.unit.quote)


def in_text_order(chosen: Sequence[Candidate]) -> list[Candidate]:
    """What stands together in a document is told together, the best one's document first."""
    order = {c.unit.source.id: i for i, c in reversed(list(enumerate(chosen)))}
    return sorted(chosen, key=lambda c: (order[c.unit.source.id], c.unit.chunk.first, _position(c)))


def _listed(best: Candidate, material: Material) -> list[Candidate]:
    """The items that a lead-in introduces, in text order; all of a short list, the nearest of a long one."""
    lead = fold(best.unit.quote)
    items = [c for c in material.candidates if c.unit.block.lead == lead and c.unit.chunk.id == best.unit.chunk.id]
    if len(items) > MANY or sum(len(c.unit.say) for c in items) > FILL:
        items = items[: AT_MOST - 1]
    return sorted(items, key=_position)


_LISTED = frozenset({Want.QUANTITY, Want.PLACE, Want.PERSON})


def _rows_beside(best: Candidate, material: Material, reading: Reading) -> list[Candidate]:
    """The other rows of a small table, or those of any that the question names: what is compared stands below one another."""
    if best.unit.kind is not UnitKind.ROW:
        return []
    rows = [
        c
        for c in material.candidates
        if c is not best
        and c.unit.kind is UnitKind.ROW
        and c.unit.chunk.id == best.unit.chunk.id
        and c.unit.block.table == best.unit.block.table
    ]
    asked = {topic.word for topic in reading.query.topics if topic.weight >= 0.9}
    named = [c for c in rows if asked & set(words(" ".join(c.unit.block.carried[:1])))]
    if named:
        return named[: AT_MOST - 1]
    small = len(rows) < AT_MOST and sum(len(c.unit.say) for c in (best, *rows)) <= LENGTH
    return rows if small else []


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
        and not repeats(c, [best])
    ][:3]


def _heads_list(reading: Reading, real: Sequence[Candidate], material: Material) -> Candidate | None:
    """The sentence that introduces a list of names, where names are asked for and it is nearly as good as the best."""
    if not reading.asked.kinds & {Want.NAME, Want.LIST, Want.PERSON} and not _WHO_ALL.search(reading.text):
        return None
    for candidate in (*real[:8], *material.candidates[:4]):
        items = _listed(candidate, material) if candidate.score >= HEADS * real[0].score else []
        # The head itself holds no name; then its items must hold what is asked for.
        if len(items) >= 2 and (candidate in real or all(item.met & reading.asked.hard for item in items)):
            return candidate
    return None


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


def repeats(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    """Tell whether a unit says what a chosen one says, or less."""
    text = candidate.unit.say
    return any(text in other.unit.say or other.unit.say in text for other in chosen)


def _said_before(candidate: Candidate, reading: Reading) -> bool:
    """A name or day that the conversation has already given, when others or the next one are asked for."""
    if reading.question.history and NEXT.search(reading.text):
        said = "".join(turn.text for turn in reading.question.history)
        earlier_days = {(day.month, day.day) for day in dates(said)} | {(d.month, d.day) for d in month_days(said)}
        say = candidate.unit.say
        if earlier_days & ({(day.month, day.day) for day in dates(say)} | {(d.month, d.day) for d in month_days(say)}):
            return True
    if not OTHERS.search(reading.text) or not reading.question.history:
        return False
    earlier = squeeze("".join(turn.text for turn in reading.question.history))
    names = _PERSON_NAME.findall(fold(candidate.unit.say))
    return bool(names) and all(name in earlier for name in names)


def plain(unit: Unit) -> str:
    """Subject and words of a unit in the form in which names are compared."""
    return fold(unit.subject + unit.say).lower().replace("・", "").replace(" ", "")


def _named(chosen: Sequence[Candidate], names: set[str]) -> set[str]:
    return {said for said in names for candidate in chosen if said in plain(candidate.unit)}
