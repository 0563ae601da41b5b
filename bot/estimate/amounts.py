"""Amounts of energy in a message: how much of what, in which unit, for how long."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.estimate.numerals import RUN, value
from bot.estimate.periods import Period, attached, found, only_one
from knowledge.catalogue.factors import Energy, Unit

_UNITS: tuple[tuple[str, Unit, Decimal], ...] = (
    (r"g\s?wh|ギガワット(?:アワー|時)", "kWh", Decimal(1_000_000)),
    (r"m\s?wh|メガワット(?:アワー|時)", "kWh", Decimal(1000)),
    (
        r"k\s?w\s?[/・]?\s?h(?:r?s?)(?![a-z])|khw(?![a-z])|kw時|キロワット\s?[・/]?\s?(?:アワー?|時間?|h(?![a-z]))|kilowatt[ -]?hours?",
        "kWh",
        Decimal(1),
    ),
    (r"k\s?w(?![a-z])|キロワット?", "kWh", Decimal(1)),
    (r"n?m\^?3(?!\d)|立米|りゅうべい|立方(?:メートル|メーター|m)?|リューベ|cubic\s?met(?:er|re)s?", "m3", Decimal(1)),
    (r"kl(?![a-z])|キロリット?ル|キロリッター", "L", Decimal(1000)),
    (r"リット?ル|リッター?|りっとる|lit(?:er|re)s?|l(?![a-z])", "L", Decimal(1)),
    (r"kg(?![a-z])|キログラム|キロ(?![ァ-ヶー])|kilo(?:gram)?s?(?![a-z])", "kg", Decimal(1)),
    (r"t(?![a-z])|トン(?!ネル)|tons?(?![a-z])|tonnes?(?![a-z])", "kg", Decimal(1000)),
    (r"gj(?![a-z])|ギガジュール", "GJ", Decimal(1)),
    (r"mj(?![a-z])|メガジュール", "GJ", Decimal("0.001")),
)
_UNIT = re.compile(
    "|".join(rf"\s*[(\[]?(?P<u{i}>{pattern})[)\]]?" for i, (pattern, _, _) in enumerate(_UNITS)), re.IGNORECASE
)
_POWER = 3
"""Place of kW in `_UNITS`: people say it for kWh, but it is also the size of a contract or a panel."""

WORDS: tuple[tuple[Energy | None, str], ...] = (
    (Energy.LPG, r"lpg|lpガス|l\.?p\.?ガス|エルピー(?:ジー|ガス)?|プロパン(?:ガス)?|propane"),
    (Energy.GASOLINE, r"ガソリン|がそりん|ハイオク|レギュラー|揮発油|gasoline|\bpetrol\b"),
    (
        Energy.CITY_GAS,
        r"都市ガス|東京ガス|天然ガス|(?:city|town|natural) gas|(?<!効果)(?<!炭酸)(?<!排)(?<!排出)ガス(?!ケット)|\bgas\b",
    ),
    (Energy.DIESEL, r"軽油|ディーゼル|diesel"),
    (Energy.KEROSENE, r"灯油|とうゆ|kerosene"),
    (Energy.HEAVY_OIL, r"(?:a|エー)?\s?(?<![bc])重油|heavy (?:fuel )?oil(?: a)?|\bfuel oil\b"),
    (Energy.HEAT, r"地域冷暖房|熱供給|蒸気|冷水|温水|district (?:heating|cooling)"),
    (Energy.ELECTRICITY, r"電気|電力|でんき|electricity|electric"),
    # Measured in the same units, but no energy.
    (
        None,
        r"水道|上下水|下水|井戸|水(?=[\s0-9はを]|量)|water|ご?み|ゴミ|廃棄物|木材|コンクリ|冷蔵庫|タンク|[bc]重油|荷物|トラック",
    ),
)
_WORD = re.compile("|".join(f"(?P<e{i}>{pattern})" for i, (_, pattern) in enumerate(WORDS)), re.IGNORECASE)
_FITS: dict[Unit, frozenset[Energy | None]] = {
    "kWh": frozenset({Energy.ELECTRICITY}),
    "m3": frozenset({Energy.CITY_GAS, Energy.LPG, None}),
    "L": frozenset({Energy.GASOLINE, Energy.DIESEL, Energy.KEROSENE, Energy.HEAVY_OIL, Energy.LPG, None}),
    "kg": frozenset({Energy.LPG, Energy.CITY_GAS, None}),
    "GJ": frozenset({Energy.HEAT}),
}
_SEPARATOR = re.compile(r"[。!?！？\n]")
_RANGE = re.compile(
    r"[\d千万億百十]\s*(?:k?wh|kw|キロワット(?:時|アワー)?|m3|立米|l|リット?ル|リッター|kg)?\s*(?:~|-|ー|から|→|to)\s*$",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(r"(?:マイナス|▲|△|minus |(?<![\d\w])-)$")
_UNSURE = re.compile(r"[数何幾]$|\d[eE][+-]?$|[\d.,]\s?[./]$")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as it stands in a message."""

    number: Decimal | None
    """In `unit`; None where it can't be read for certain (`1,5`, `数千`, a range)."""
    unit: Unit
    energy: Energy | None
    """None where the message does not say."""
    period: Period | None
    start: int
    end: int
    """Where it stands in the text, its period included where that is tied to it."""
    power: bool = False
    """It was given in kW."""
    vague: bool = False
    """The energy was called ガス only."""
    load: bool = False
    """A weight or volume of something that is no energy."""


def amounts(text: str) -> tuple[Amount, ...]:
    """Find the amounts of energy, in text order.

    Args:
        text: Folded.
    Returns:
        Weights (kg, t) of nothing named are included: they may be CO2; see `Amount.energy`.
    """
    read: list[Amount] = []
    for run in RUN.finditer(text):
        match = _UNIT.match(text, run.end())
        if match:
            read.append(_amount(text, run, match, read[-1].end if read else 0))
    return tuple(_with_shared_period(_with_neighbours_energy(read, text), text))


def _amount(text: str, run: re.Match[str], match: re.Match[str], since: int) -> Amount:
    place = next(i for i in range(len(_UNITS)) if match[f"u{i}"])
    _, unit, scale = _UNITS[place]
    before = text[since : run.start()]
    number = value(run.group())
    if number is not None:
        number *= scale
        if _RANGE.search(text[max(0, run.start() - 24) : run.start()]) or _UNSURE.search(
            text[max(0, run.start() - 4) : run.start()]
        ):
            number = None
        elif _NEGATIVE.search(before):
            number = -number
    period, length = attached(text[match.end() : match.end() + 24])
    if period is None:
        # The nearest word before it counts; a sentence that is over speaks of something else.
        period = next(iter(reversed(list(found(_SEPARATOR.split(before)[-1])))), None) or _behind(text, match.end())
    energy, vague, load = _energy(text, before, (match.end(), match.end() + length), unit)
    return Amount(number, unit, energy, period, run.start(), match.end() + length, place == _POWER, vague, load)


def _behind(text: str, end: int) -> Period | None:
    """The period right after an amount: 「5000kWhを1年で」, "5000 kWh of electricity a month"."""
    rest = text[end : end + 40]
    following = RUN.search(rest)
    while following and not _UNIT.match(rest, following.end()):
        following = RUN.search(rest, following.end())
    rest = re.split(r"[、。,;]", rest[: following.start()] if following else rest)[0]
    return next(found(rest), None)


def _energy(text: str, before: str, ends: tuple[int, int], unit: Unit) -> tuple[Energy | None, bool, bool]:
    if unit == "kWh":
        return Energy.ELECTRICITY, False, False
    if unit == "GJ":
        return Energy.HEAT, False, False
    for end in ends:
        after = re.match(r"\s*分?(?:の|of\s)\s*", text[end : end + 12])
        word = _WORD.match(text, end + after.end()) if after else None
        if word and _of(word) in _FITS[unit]:
            return _named(word, unit)
    for word in reversed(list(_WORD.finditer(before))):
        if _of(word) in _FITS[unit] or (unit == "L" and word.group().lower() == "gas"):
            return _named(word, unit)
    return None, False, False


def _of(word: re.Match[str]) -> Energy | None:
    return next(energy for i, (energy, _) in enumerate(WORDS) if word[f"e{i}"])


def _named(word: re.Match[str], unit: Unit) -> tuple[Energy | None, bool, bool]:
    energy = _of(word)
    if energy is Energy.CITY_GAS and unit == "kg":
        return Energy.LPG, True, False  # gas that is weighed comes in bottles
    if energy is Energy.CITY_GAS and unit == "L":
        return Energy.GASOLINE, True, False  # American English
    return energy, word.group().lower() in ("ガス", "gas"), energy is None


def _with_neighbours_energy(read: list[Amount], text: str) -> list[Amount]:
    """Give amounts without an energy the only fitting one of the message, or the one of the amount before."""
    words = list(_WORD.finditer(text))
    done: list[Amount] = []
    for amount in read:
        if amount.energy is None and not amount.load:
            fitting = {_of(word) for word in words if _of(word) in _FITS[amount.unit]} - {None}
            before = next((a.energy for a in reversed(done) if a.unit == amount.unit and a.energy), None)
            energy = before or (fitting.pop() if len(fitting) == 1 else None)
            if amount.unit == "kg" and energy is not Energy.LPG:
                energy = None
            amount = replace(amount, energy=energy)  # noqa: PLW2901
        done.append(amount)
    return done


def _with_shared_period(read: list[Amount], text: str) -> list[Amount]:
    """Give amounts without a period that of the one before, else the only one that the message names."""
    shared = only_one(text)
    stated = {amount.period for amount in read if amount.period}
    done: list[Amount] = []
    for amount in read:
        period = amount.period or (done[-1].period if done else None) or shared
        if period is None and len(stated) == 1:
            period = next(iter(stated))
        done.append(replace(amount, period=period))
    return done
