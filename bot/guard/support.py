"""Whether a sentence says what its passages say: figures, days, names, sides, and all of them in their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.guard.bounds import ATTACHED, Bound, agrees
from bot.guard.days import Day
from bot.guard.evidence import Evidence, Spot, is_unknown
from bot.guard.fit import fits, score
from bot.guard.names import Named
from bot.guard.shapes import Shape, shapes
from bot.guard.statement import Beside, Statement
from bot.guard.turns import turned
from bot.guard.units import COUNTERS
from bot.guard.values import Value, ValueKind, comparable, meets
from knowledge.dates import fiscal_year
from knowledge.tokens import words

_SAME_WORDS = 0.5
_ENOUGH_TO_SAY = 2
"""Words of a part of a sentence that must be proved for themselves."""
"""Share of a sentence's words that its passages must have."""
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

    Returns:
        A reason: `number`, `date`, `rate`, `phone`, `address`, `url`, `organisation`, `programme`, `ward`, `negation`,
        `scope` or `unsupported`; empty where everything stands.
    """
    for value in said.values:
        if (
            not _counts_itself(value, said, evidence)
            and not _allowed(value, said, asked)
            and not _value_holds(value, said, evidence)
        ):
            return value.kind.value
    for name in said.names:
        if not _name_holds(name, said, evidence) and not _unknown_of_question(name.said, said, asked):
            return name.kind
    torn = _torn_from_its_row(said, evidence)
    if torn:
        return torn
    for shape in shapes(said.text):
        if not _shape_holds(shape, said, evidence) and not _unknown_of_question(shape.text, said, asked):
            return "organisation" if shape.kind == "organisation" else "programme"
    if _called_current(said, evidence, asked):
        return "date"
    if _rests_on_the_unknown(said, evidence):
        return "negation"
    return turned(_without_denials(said, evidence, asked), evidence) or _beside_the_point(said, evidence, asked)


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


_TALLY = re.compile(r"(?:の|という|、)?\s?(?:計|合計|合わせて|あわせて)?\s?$")


def _counts_itself(value: Value, said: Statement, evidence: Evidence) -> bool:
    """Tell whether a figure counts what the sentence lists: 「A、B、Cの3社」."""
    reading = value.readings[0]
    if reading.unit not in COUNTERS and reading.unit != "本":
        return False
    if any(
        comparable(value, held) and len(spot.terms & said.terms) * 2 > len(said.terms)
        for spot in evidence.spots
        for held in spot.says.values
    ):
        return False  # the passage has a count of its own
    tally = _TALLY.search(said.text, 0, value.start)
    listed = re.sub(r"\([^()]*\)|「[^「」]*」", "x", said.text[: tally.start() if tally else value.start])
    listed = re.split(r"(?:は|には|では)、?(?=[^は]*$)", listed)[-1]
    return reading.amount == len(re.split(r"、|および|及び|と(?=[一-龥ァ-ヴA-Za-zx])", listed)) > 1


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


def _value_holds(value: Value, said: Statement, evidence: Evidence) -> bool:
    if value.kind in (ValueKind.PHONE, ValueKind.URL, ValueKind.ADDRESS):
        return any(meets(value, held) for held in evidence.values)
    code = value.readings[0].unit == "語"
    if code and evidence.holds(said.text[value.start : value.end]):
        return True
    beside = said.beside_value(value)
    own: list[float] = []
    rivals: list[float] = []
    bounds: list[Bound] = []
    elsewhere = False
    rows = _rows_named(beside, evidence)
    for spot in evidence.spots:
        for held, place in _places(value, spot):
            points = score(beside, place, spot.framed, evidence.weights) - _foreign(spot, said, evidence)
            denied = _DENIED.search(spot.says.text, held.end) and not _DENIED.search(said.text)
            if denied or (rows and spot.label and spot.label not in rows):
                # 「750万円は事業所ビルの上限ではありません」 proves no limit, and another row than the one named no figure of it.
                rivals.append(points)
                elsewhere = elsewhere or _meets(value, held, evidence, tabled=bool(spot.line))
            elif _meets(value, held, evidence, tabled=bool(spot.line)):
                own.append(points)
                bounds += _bounds(held, spot)
            elif _of_a_sort(value, held, spot):
                rivals.append(points)
    if not _each_subject(value, said, evidence):
        return False
    if not own:
        return not elsewhere and any(_meets(value, held, evidence, tabled=False) for held in evidence.values)
    return fits(own, rivals) and _bounded(value, said, bounds)


_AND = re.compile(r"と(?=[^は、。]{2,})|や|および|及び|・|、|も")


def _each_subject(value: Value, said: Statement, evidence: Evidence) -> bool:
    """Tell whether a figure that is said of several, 「AとBは50%です」, holds for each of them that has one of its own."""
    topic = said.topic_before(value)
    subjects = [said.part(start, end) for start, end in _cut(_AND, *topic, said.text)] if topic else []
    subjects = [terms for terms in subjects if terms]
    if len(subjects) < 2:
        return True
    for subject in subjects:
        held = [
            _meets(value, other, evidence, tabled=bool(spot.line))
            for spot in evidence.spots
            if subject <= spot.terms
            for other in spot.says.values
            if comparable(value, other)
        ]
        if held and not any(held):
            return False
    return True


def _cut(between: re.Pattern[str], start: int, end: int, text: str) -> Iterator[tuple[int, int]]:
    at = start
    for match in between.finditer(text, start, end):
        yield at, match.start()
        at = match.end()
    yield at, end


def _of_a_sort(value: Value, held: Value, spot: Spot) -> bool:
    """Tell whether one value may be taken for the other: a figure in a table has its unit above it."""
    bare = spot.line and any(reading.unit == "" for reading in held.readings)
    return comparable(value, held) or bool(bare and value.kind is ValueKind.NUMBER)


def _rows_named(beside: Beside, evidence: Evidence) -> frozenset[frozenset[str]]:
    """The labels of those rows of tables that the words beside a value name in full; the longest of several."""
    labels = {spot.label for spot in evidence.spots if spot.label and spot.label <= beside.near}
    return frozenset(label for label in labels if not any(label < other for other in labels))


_DENIED = re.compile(r"(?:では|じゃ)(?:ありません|ない|なく)")
_FOREIGN = 0.1
"""Weight of a word of a row's label that the sentence does not say."""


def _foreign(spot: Spot, said: Statement, evidence: Evidence) -> float:
    return _FOREIGN * sum(evidence.weights(term) for term in spot.label - said.terms)


def _places(value: Value, spot: Spot) -> Iterator[tuple[Value, Beside]]:
    """The values of a spot that may be meant, each with what stands beside it."""
    own = [held for held in spot.says.values if _of_a_sort(value, held, spot) or meets(value, held)]
    for held in own:
        yield held, spot.place(spot.says.beside_value(held))
    if value.kind is ValueKind.DATE and not own:
        whole = Beside(spot.terms, spot.terms)
        for level in spot.levels:
            found = [held for statement in level for held in statement.values if comparable(value, held)]
            if found:
                yield from ((held, whole) for held in found)
                return


def _meets(value: Value, held: Value, evidence: Evidence, *, tabled: bool) -> bool:
    if meets(value, held):
        return True
    for said in value.readings:
        for known in held.readings:
            if isinstance(said.amount, Day) and isinstance(known.amount, Day):
                # 「3/12」 in a text of 2026 is a day of 2026.
                year = said.amount.year
                if (
                    known.amount.year is None
                    and year is not None
                    and evidence.year_fits(known.amount, year)
                    and said.amount.within(replace(known.amount, year=year))
                ):
                    return True
            elif said.unit == "" and said.amount == known.written:
                return True
            elif (
                known.unit == ""
                and said.written is not None
                and said.written == known.written
                and evidence.measures(said.unit)
                # 「効果2：」 is no count of two.
                and (tabled or said.unit not in COUNTERS)
            ):
                # A table's unit stands in its head.
                return True
    return False


def _bounds(held: Value, spot: Spot) -> list[Bound]:
    at_most = any(
        word in spot.says.text or any(word in s.text for level in spot.levels for s in level)
        for word in ("上限", "最大", "限度")
    )
    return [held.bound, *([Bound.AT_MOST] if at_most and held.bound is Bound.NONE else [])]


def _bounded(value: Value, said: Statement, held: Sequence[Bound]) -> bool:
    if any(agrees(value.bound, bound) for bound in held):
        return True
    # 「上限は」 may stand far before its value.
    at_most = any(word in said.text for word in ("上限", "最大", "限度"))
    return value.bound in (Bound.NONE, Bound.ABOUT) and at_most and Bound.AT_MOST in held and not ATTACHED & {*held}


def _name_holds(name: Named, said: Statement, evidence: Evidence) -> bool:
    if not name.things & evidence.things:
        return False
    beside = said.beside_name(name)
    beside_it = said.listed_with(name)
    several = sum(other.kind == name.kind for other in said.names) > 1
    if several:
        beside = Beside(beside.near, beside.near)
    own: list[float] = []
    rivals: list[float] = []
    for spot in evidence.spots:
        for held, place in spot.names(name.kind):
            points = score(beside, place, spot.framed, evidence.weights)
            if held.things & name.things:
                own.append(points)
            elif not held.things & beside_it:
                # What stands in a row of its own name is said of that name too.
                (own if _in_row(name, spot) else rivals).append(points)
    # Named in a title only, it may be what the whole document is about or by; then nothing tells against it.
    return not own or fits(own, rivals)


def _in_row(name: Named, spot: Spot) -> bool:
    """Tell whether a table's row names something beside the cell."""
    return any(other.things & name.things for statement in spot.line for other in statement.names)


def _torn_from_its_row(said: Statement, evidence: Evidence) -> str:
    """Find a name that stands in rows of tables only, and in none with a name beside it in the sentence.

    「AのプロジェクトはX」 where X stands in B's row is made of names that are all there, and says what no row says.
    """
    names = [name for name in said.names if name.kind != "ward"]
    rows = [_named_in_row(spot) for spot in evidence.spots if spot.line]
    elsewhere = frozenset(
        thing for spot in evidence.spots if not spot.line for name in spot.says.names for thing in name.things
    )
    tabled = [bool(name.things & frozenset().union(*rows)) and not name.things & elsewhere for name in names]
    for i, name in enumerate(names):
        beside = [j for j in (i - 1, i + 1) if 0 <= j < len(names) and not names[j].things & said.listed_with(name)]
        if (
            tabled[i]
            and beside
            and all(tabled[j] for j in beside)
            and not any(name.things & row and names[j].things & row for j in beside for row in rows)
        ):
            return name.kind
    return ""


def _named_in_row(spot: Spot) -> frozenset[str]:
    statements = (spot.says, *spot.line)
    return frozenset(thing for statement in statements for name in statement.names for thing in name.things)


def _shape_holds(shape: Shape, said: Statement, evidence: Evidence) -> bool:
    known = any(name.start <= shape.start and shape.end <= name.end for name in said.names)
    if known or evidence.holds(shape.text):
        return True
    # 「区の環境政策課」 for 「千代田区環境政策課」: the parts are checked where they are names themselves.
    inner = shape.text
    for name in said.names:
        if shape.start <= name.start and name.end <= shape.end:
            inner = inner.replace(name.said, "")
    if inner != shape.text and (len(inner) < 2 or evidence.holds(inner)):
        return True
    if shape.kind == "organisation" and not _COMMON.search(shape.text):
        return False
    return said.part(shape.start, shape.end) <= evidence.terms | evidence.keys


_COMMON = re.compile(r"(?:電力|ガス|工業|グループ)$")
"""Words that end names and everyday compounds alike."""


def _unknown_of_question(text: str, said: Statement, asked: Asked) -> bool:
    """A name of the question may be repeated to say that nothing is known of it, or to send the person there."""
    sends_away = is_unknown(said.text) or _ELSEWHERE.search(said.text)
    return bool(sends_away) and text in asked.question.text


_PIECES = re.compile(r"[、。;()!?]")


def _beside_the_point(said: Statement, evidence: Evidence, asked: Asked) -> str:
    """Tell whether a sentence, or a part of it between two commas, is made of other words than its passages."""
    own = _plain(said.terms)
    if not said.terms:
        return "unsupported"
    if said.text.isascii():
        # Its words can't be compared with a Japanese passage's: without a figure or name nothing of it is proved.
        return "" if said.values or said.names else "unsupported"
    held = evidence.terms if is_unknown(said.text) else evidence.stated
    start = 0
    for end in (*(match.start() for match in _PIECES.finditer(said.text)), len(said.text)):
        part = _plain(said.part(start, end))
        start = end + 1
        if len(part) >= _ENOUGH_TO_SAY and len(part & held) < _SAME_WORDS * len(part):
            return "unsupported"
    return "" if len(own & held) >= _SAME_WORDS * len(own) else "unsupported"


_SAYS_SO = frozenset(words("資料や案内によると、そう書かれ、載り、示され、されている"))
"""Words by which a sentence says that a document says it."""


def _plain(terms: frozenset[str]) -> frozenset[str]:
    """The words of a text: not its figures, not that a document says so, and of a compound its parts alone."""
    own = {term for term in terms if not term.startswith("=") and term not in _SAYS_SO}
    return frozenset(term for term in own if not any(part != term and part in term for part in own))


def _rests_on_the_unknown(said: Statement, evidence: Evidence) -> bool:
    """Tell whether a sentence states what its passages say is not known: 「…かどうかは、資料では確認できません」."""
    if is_unknown(said.text):
        return False
    weight = evidence.weights
    best = {True: 0.0, False: 0.0}
    for spot in evidence.spots:
        unknown = is_unknown(spot.says.text)
        best[unknown] = max(best[unknown], sum(weight(term) for term in said.terms & spot.terms))
    full = sum(weight(term) for term in said.terms)
    return best[True] >= _MOSTLY * full and best[True] > _CLEARLY * best[False]


_MOSTLY, _CLEARLY = 0.5, 1.3
"""Share of a sentence's weight that a passage's sentence has, and how many times the next best, for it to be that one."""
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
