"""What a person's own messages say of their case, for the advisor who takes it over: only what they said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot import places
from bot.estimate.amounts import Amount, amounts
from bot.estimate.asking import reduces
from bot.estimate.numerals import value
from bot.estimate.reckoning import factor_of, is_usable, reckon, tonnes, total
from bot.estimate.wording import restate
from bot.handoff.deadlines import deadline
from bot.handoff.topics import topic
from bot.interview.interview import heard, label
from bot.interview.state import Interview
from knowledge.catalogue.factors import shipped
from knowledge.fold import fold

_COUNT = r"(?P<{0}>[0-9][0-9,]{{0,6}}|[一二三四五六七八九十百]{{1,5}})\s?(?:人|名)"
_SIZE = re.compile(
    rf"(?:従業員|社員|スタッフ|職員|アルバイト|パート)(?:数|の数)?(?:は|が|も|を?入れて|含め(?:て)?)?[^、。?\d]{{0,6}}?(?:約|およそ|だいたい|大体)?\s?{_COUNT.format('a')}|"
    rf"(?<!第){_COUNT.format('b')}(?:くらい|ほど|ぐらい)?(?:の|で)(?:小さな|小さい|零細の|ちいさな)?(?:会社|店|お店|事務所|工場|チーム|所帯|やって|営業|経営|働い|回し)"
)
_ALONE = re.compile(r"(?:一人|ひとり|1人)で(?:やって|営業|経営|切り盛り|店|商売|仕事)")
_COUPLE = re.compile(r"夫婦(?:二人|ふたり|2人)?で")
_LIMIT = re.compile(r"^\s*(?:以上|以下|未満|超|を超え|まで)")
_WORK = r"発注|注文|契約|着工|工事|施工|購入|設置|申し?込み"
_NOT_YET = re.compile(
    rf"まだ(?:何も|なにも|どこにも)?[^。?]{{0,8}}(?:{_WORK}|頼ん|買っ)[^。?]{{0,6}}(?:ない|ません|前|です|だ|$)|"
    rf"(?:{_WORK})(?:は|も|を|が)?(?:まだ|し?てい?ない|し?てい?ません|する前|前(?:です|だ|な))|(?:これから|今から)[^。?]{{0,10}}(?:{_WORK}|頼む|買う)"
)
_DONE = re.compile(
    r"(?:LED|照明|エアコン|空調|断熱|窓|内窓|診断|太陽光|ソーラー|蓄電池|検針票|給湯器|冷蔵庫|CES|宣言|セミナー|スクール|CO2の?(?:計算|算定)|見積(?:もり|り)?)"
    r"[^。、?!\n]{0,12}?(?:済み?|(?:替え|換え|変え|入れ|受け|集め|付け|つけ|取っ|とっ|やっ|出し|し|参加し|取得し|終え)(?:て(?:い?る|い?ます|あり|もらっ)|た(?!い|ら|め|ほう|方|いと)|ました|てもらいました)|終わっ(?:た(?!ら)|て))"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was said; empty where it was not."""

    interview: Interview = field(default_factory=Interview)
    """Concern, building, place, contract and trade."""
    size: str = ""
    """「従業員30人」."""
    usage: str = ""
    """Amounts as they were said: 「電気 月5,000kWh」."""
    estimate: str = ""
    """CO2 of those amounts with factor and year, where they are a year's or can be made one."""
    ordered: bool | None = None
    """Whether something is ordered or begun already; None: not said."""
    ordered_words: str = ""
    """The message that says so, as written."""
    done: tuple[str, ...] = ()
    """What they have done so far, in their words."""
    deadline: date | None = None


def facts_from(texts: Sequence[str], today: date) -> Facts:
    """Read a person's messages.

    Args:
        texts: Oldest first. Of what is said twice, the later holds.
        today: The day from which deadlines are read.
    """
    found = Facts()
    interview, size, usage, estimate = found.interview, "", "", ""
    ordered, ordered_words, until = found.ordered, "", found.deadline
    done: list[str] = []
    for text in texts:
        folded = fold(text)
        interview = _interview(interview, text)
        size = _size(folded) or size
        said = _usage(folded)
        if said:
            usage, estimate = restate(said, None, english=False), _estimate(said, folded)
        state = _ordered(folded, today)
        if state is not None:
            ordered, ordered_words = state, text
        until = deadline(text, today) or until
        done += [match.group() for match in _DONE.finditer(folded) if match.group() not in done and "?" not in folded]
    return Facts(interview, size, usage, estimate, ordered, ordered_words, tuple(done), until)


def _interview(known: Interview, text: str) -> Interview:
    values = heard(text) | label(text)
    named = places.named(text)
    if "place" not in values and not known.place and len(named) == 1:
        values["place"] = next(iter(named))
    return known.with_values(values)


def _size(text: str) -> str:
    if _ALONE.search(text):
        return "一人で営業"
    match = _SIZE.search(text)
    if match:
        number = value((match["a"] or match["b"]).replace(",", ""))
        return f"従業員{int(number)}人" if number else ""
    return "夫婦で営業" if _COUPLE.search(text) else ""


def _usage(text: str) -> tuple[Amount, ...]:
    """Give the amounts of energy that the person uses; a limit or a saving is none."""
    if reduces(text):
        return ()
    table = shipped()
    return tuple(
        amount
        for amount in amounts(text)
        if not amount.load
        and not amount.power
        and not _LIMIT.match(text[amount.end :])
        and (factor := factor_of(amount, table, text)) is not None
        and is_usable(amount, factor)
    )


def _estimate(found: tuple[Amount, ...], text: str) -> str:
    parts = reckon(found, shipped(), text)
    if not all(line.yearly for line in parts):
        return ""
    factors = "、".join(f"{line.factor.name} {line.factor.year}" for line in parts)
    return f"概算{tonnes(total(parts))}t-CO2/年(係数: {factors})"


def _ordered(text: str, today: date) -> bool | None:
    # 「まだ発注してない」 first: it holds the words of the other.
    if _NOT_YET.search(text):
        return False
    return True if topic("started").touches(text, today) else None
