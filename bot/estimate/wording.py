"""What an estimate says, in Japanese and English: names, amounts and periods."""

from __future__ import annotations

from decimal import Decimal

from bot.estimate.amounts import Amount
from bot.estimate.numerals import shown
from bot.estimate.periods import YEAR, Period
from bot.estimate.reckoning import CENT, EXACT, Line, tonnes
from knowledge.catalogue.factors import Energy

NAMES: dict[Energy, tuple[str, str]] = {
    Energy.ELECTRICITY: ("電気", "electricity"),
    Energy.CITY_GAS: ("都市ガス", "city gas"),
    Energy.LPG: ("プロパン", "propane"),
    Energy.GASOLINE: ("ガソリン", "gasoline"),
    Energy.DIESEL: ("軽油", "diesel"),
    Energy.KEROSENE: ("灯油", "kerosene"),
    Energy.HEAVY_OIL: ("A重油", "heavy oil"),
    Energy.HEAT: ("地域冷暖房", "district heating"),
}
"""Everyday name of each energy, Japanese and English."""


def name(energy: Energy, *, english: bool) -> str:
    """Name an energy in everyday words."""
    return NAMES[energy][english]


def span(period: Period | None, *, english: bool) -> str:
    """Say a period before (Japanese) or after (English) an amount, as `amounts` reads it."""
    if period is None:
        return ""
    if period.month:
        return f" in month {period.month}" if english else f"{period.month}月"
    known = {
        (1, 1): ("年", " a year"),
        (12, 1): ("月", " a month"),
        (52, 1): ("週", " a week"),
        (365, 1): ("1日", " a day"),
    }
    if (period.times, period.of) in known:
        return known[period.times, period.of][english]
    if period.times == 1:
        return f" in {period.of} years" if english else f"{period.of}年間"
    return f" in {period.of} months" if english else f"{period.of}か月"


def times(period: Period) -> str:
    """Say how a year was made of a period: `×12`, `×12÷2`."""
    return f"×{period.times}" + (f"÷{period.of}" if period.of != 1 else "")


def restate(found: tuple[Amount, ...], period: Period | None, *, english: bool) -> str:
    """Write amounts as a message of its own, each with this period where it has none."""
    parts = []
    for amount in found:
        what = name(amount.energy, english=english) if amount.energy else ""
        when = span(amount.period or period, english=english)
        number = f"{shown(amount.number or Decimal(0))}{amount.unit}"
        parts.append(f"{what} {number}{when}" if english else f"{what} {when}{number}")
    return ", ".join(parts) if english else "、".join(parts)


def said_as(line: Line, *, english: bool) -> str:
    """Tell how a line's quantity was made of what was said; empty where it is what was said."""
    if len(line.amounts) == 1:
        amount = line.amounts[0]
        if amount.period is None or amount.period == YEAR:
            return ""
        of = times(amount.period)
        when = span(amount.period, english=english)
        number = f"{shown(amount.number or Decimal(0))}{amount.unit}"
        return f"{number}{when} {of} = " if english else f"{when}{number}{of}="
    return (
        f"{len(line.amounts)} amounts together: "
        if english
        else f"{len(line.amounts)}件の合計で年にすると"
        if line.yearly
        else f"{len(line.amounts)}件の合計 "
    )


def weight(kg: Decimal, *, english: bool) -> str:
    """Say a result in t-CO2, with kg beside it while it is less than one tonne."""
    about = "about " if english else "約"
    if kg == 0:
        return "0t-CO2"
    t = tonnes(kg)
    if kg >= 1000:
        return f"{about}{shown(t)}t-CO2"
    fine = kg.quantize(Decimal(1) if kg >= 10 else CENT, context=EXACT)
    beside = f"{shown(fine)}kg" if fine else ("under 0.01kg" if english else "0.01kg未満")
    if not t:
        return f"under 0.01t-CO2 ({beside})" if english else f"0.01t-CO2未満({beside})"
    return f"{about}{shown(t)}t-CO2 ({beside})" if english else f"{about}{shown(t)}t-CO2({beside})"
