"""From amounts to kg of CO2, exactly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce

from bot.estimate.amounts import Amount
from bot.estimate.periods import YEAR, Period
from knowledge.catalogue.factors import Energy, Factor, Factors, Unit

EXACT = Context(prec=100, rounding=ROUND_HALF_UP)
"""No amount that is accepted has so many digits: nothing is rounded before it is shown."""
MOST: dict[Unit, Decimal] = {
    "kWh": Decimal(10) ** 9,
    "m3": Decimal(10) ** 8,
    "L": Decimal(10) ** 8,
    "kg": Decimal(10) ** 8,
    "GJ": Decimal(10) ** 7,
}
"""What no small business uses in a year; a larger number is a slip of the finger or of the unit."""
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Line:
    """One energy's part of an estimate."""

    amounts: tuple[Amount, ...]
    factor: Factor
    quantity: Decimal
    """In the factor's unit: of a year where the period is known, else as it was said. Rounded to two decimals."""
    kg: Decimal
    """kg of CO2, exact unless a year does not divide evenly (7 months)."""

    @property
    def rough(self) -> bool:
        """True where less than a year was made a year's."""
        short = any(amount.period is not None and not amount.period.whole_year for amount in self.amounts)
        return short and _named_months(self.amounts) != 12

    @property
    def yearly(self) -> bool:
        """True where the quantity is a year's."""
        return all(amount.period is not None for amount in self.amounts)


def is_usable(amount: Amount, factor: Factor) -> bool:
    """Tell whether an amount is one that a small business may have."""
    return amount.number is not None and amount.number > 0 and 0 < _yearly(amount) <= MOST[factor.unit]


def reckon(found: Iterable[Amount], factors: Factors, said: str = "") -> tuple[Line, ...]:
    """Turn amounts into CO2, one line for each factor, in the order of the message.

    Args:
        found: Amounts whose energy is known and whose number is usable.
        factors: The table.
        said: The message; it may name the supplier.
    """
    by_factor: dict[str, tuple[Factor, list[Amount]]] = {}
    for amount in found:
        factor = factor_of(amount, factors, said)
        if factor is not None:
            by_factor.setdefault(factor.id, (factor, []))[1].append(amount)
    return tuple(_line(factor, tuple(parts)) for factor, parts in by_factor.values())


def factor_of(amount: Amount, factors: Factors, said: str) -> Factor | None:
    """Give the factor for an amount; None where its energy is unknown or not measured in this unit."""
    return factors.choose(amount.energy, amount.unit, said) if isinstance(amount.energy, Energy) else None


def _line(factor: Factor, parts: tuple[Amount, ...]) -> Line:
    months = _named_months(parts)
    if months:
        # 5月 400kWh, 6月 500kWh are two months of one meter, not two meters.
        said = reduce(EXACT.add, map(_number, parts))
        quantity = _times(said, Period(12, months))
    else:
        quantity = reduce(EXACT.add, map(_yearly, parts))
    return Line(parts, factor, quantity.quantize(CENT, context=EXACT), EXACT.multiply(quantity, factor.kg))


def _named_months(parts: Sequence[Amount]) -> int:
    """Count the calendar months, where each amount has one of its own."""
    named = [part.period.month for part in parts if part.period and part.period.month]
    return len(named) if len(named) == len(parts) == len(set(named)) else 0


def _number(amount: Amount) -> Decimal:
    return amount.number or Decimal(0)


def _yearly(amount: Amount) -> Decimal:
    return _times(_number(amount), amount.period or YEAR)


def _times(number: Decimal, period: Period) -> Decimal:
    return EXACT.divide(EXACT.multiply(number, Decimal(period.times)), Decimal(period.of))


def total(lines: Sequence[Line]) -> Decimal:
    """Add the lines up, in kg of CO2."""
    return reduce(EXACT.add, (line.kg for line in lines), Decimal(0))


def tonnes(kg: Decimal) -> Decimal:
    """Round kg to tonnes with two decimals, half up."""
    return EXACT.divide(kg, Decimal(1000)).quantize(CENT, context=EXACT)


def households(kg: Decimal, factors: Factors) -> Decimal:
    """Say how many households emit as much in a year: whole ones from 3 on, one decimal below, half up."""
    count = EXACT.divide(kg, factors.household.kg)
    return count.quantize(Decimal(1) if count >= 3 else Decimal("0.1"), context=EXACT)
