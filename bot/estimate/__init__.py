"""The CO2 quick estimate: amounts of energy in a message become t-CO2, with factor, year, source and the word
"estimate". Arithmetic is decimal and exact; only what is shown is rounded. Yen are never converted, and a number
that is absurd or unclear is asked for again. Factors come from `knowledge.catalogue`, their proof from the index.
"""

from __future__ import annotations

from bot.answer import Answer
from bot.estimate.amounts import Amount, amounts
from bot.estimate.asking import asks_from_yen, reduces, wants_estimate
from bot.estimate.asking_back import from_yen, unusable, which_fuel, which_period
from bot.estimate.reckoning import factor_of, is_usable, reckon
from bot.estimate.reply import write
from bot.lists.proofs import Proofs
from bot.reading import Reading
from knowledge.catalogue.factors import shipped

__all__ = ["estimate"]


def estimate(reading: Reading, proofs: Proofs, public_url: str) -> Answer | None:
    """Answer a message that wants to know how much CO2 an amount of energy is.

    Args:
        reading: The message, read.
        proofs: Of the index, where the passages that prove the factors are looked for.
        public_url: Base of the citations' addresses.
    Returns:
        An estimate (act `answer`; `computed` holds the numbers that no passage can hold), a question back (`clarify`)
        where the amount is in yen, unclear, absurd or of an unknown fuel, or None where the message wants something else.
    """
    text, english = reading.text, reading.english
    found = amounts(text)
    if not wants_estimate(text, found):
        return from_yen(text, english=english) if asks_from_yen(text) and not _stated(found) else None
    table = shipped()
    used = tuple(amount for amount in found if not amount.load and not (amount.unit == "kg" and amount.energy is None))
    for amount in used:
        factor = factor_of(amount, table, text)
        if factor is None:
            return which_fuel(amount, english=english)
        if not is_usable(amount, factor):
            return unusable(amount, english=english)
    if not used:
        return None
    if any(a.period for a in used) and not all(a.period for a in used):
        return which_period(used, english=english)
    lines = reckon(used, table, text)
    return write(lines, table, proofs, public_url, text, english=english, saved=reduces(text))


def _stated(found: tuple[Amount, ...]) -> bool:
    return any(amount.energy is not None for amount in found)
