"""The estimate as a person reads it: the result, how it was reached, what it is worth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from bot.answer import Answer
from bot.draft import Draft
from bot.estimate.amounts import Amount
from bot.estimate.asking_back import BILLS
from bot.estimate.numerals import shown, written
from bot.estimate.periods import MONTH, YEAR
from bot.estimate.reckoning import EXACT, Line, households, tonnes, total
from bot.estimate.wording import name, restate, said_as, weight
from bot.lists.proofs import Proofs
from bot.text.units import Unit
from knowledge.catalogue.factors import Energy, Factors

FINE = Decimal("0.001")
"""kg to which one line's product is shown; factors have at most three decimals."""


@dataclass(slots=True)
class Account:
    """A draft that keeps apart what it cites and what it works out."""

    draft: Draft
    computed: set[str] = field(default_factory=set)

    def say(self, text: str, *proofs: Unit, facts: Sequence[str] = ()) -> None:
        """Add a line.

        Args:
            text: The line.
            proofs: What holds its facts; without any, the line's numbers are the program's own.
            facts: Parts of the line that the proofs have to hold, number for number.
        """
        self.draft.add(text, *proofs)
        proven = written("\n".join(facts)) if proofs else frozenset()
        self.computed |= written(text) - proven


def write(
    lines: tuple[Line, ...], factors: Factors, proofs: Proofs, public_url: str, said: str, *, english: bool, saved: bool
) -> Answer:
    """Write the answer for an estimate.

    Args:
        lines: At least one; all of them of a year, or none.
        factors: The table they come from.
        proofs: Of the index; a factor it does not hold is named with its source, without a marker.
        public_url: Base of the citations' addresses.
        said: The message, folded.
        english: Language of the answer.
        saved: The amounts are what is saved rather than used.
    """
    account = Account(Draft(public_url))
    yearly = all(line.yearly for line in lines)
    account.say(_result(total(lines), yearly=yearly, english=english, saved=saved))
    for line in lines:
        proof = proofs.find(line.factor.proof)
        facts = (shown(line.factor.kg), line.factor.source, line.factor.year)
        # The English line gives the year converted; only its factor can be compared.
        account.say(_line(line, english=english), *([proof] if proof else []), facts=facts[:1] if english else facts)
    _compare(account, lines, factors, proofs, yearly=yearly, english=english)
    for note in _notes(lines, factors, said, english=english):
        account.say(note)
    found = tuple(amount for line in lines for amount in line.amounts)
    question, choices = _next(found, yearly=yearly, english=english)
    if question:
        account.say(question)
    draft = account.draft
    return draft.answer(choices=choices, confidence=0.85 if draft.cited else 0.2, computed=frozenset(account.computed))


def _result(kg: Decimal, *, yearly: bool, english: bool, saved: bool) -> str:
    amount = weight(kg, english=english)
    if english:
        return f"Estimate{' of what is saved' if saved else ''}: {amount}{' a year' if yearly else ''} (tonnes rounded to 2 decimals)."
    return f"概算で、{'減る量は' if saved else ''}{'年間 ' if yearly else ''}{amount}です(tは小数第2位まで、四捨五入)。"


def _line(line: Line, *, english: bool) -> str:
    factor, unit = line.factor, line.factor.unit
    what = name(factor.energy, english=english)
    quantity = f"{shown(line.quantity)}{unit}"
    product = f"{quantity}×{shown(factor.kg)}kg={shown(line.kg.quantize(FINE, context=EXACT))}kg"
    how = said_as(line, english=english)
    if english:
        guide = ", a guide only" if factor.derived else ""
        lead = f"{how}{quantity}; " if how else ""
        return f"- {what}: {lead}{product}. Factor: {factor.name_en}, {factor.year_en}{guide} ({factor.source_en})."
    lead = f"{how}{quantity}。" if how else ""
    guide = "、目安" if factor.derived else ""
    of = "" if factor.name.startswith(what) and not factor.derived else f"{factor.name}、"
    return f"・{what}：{lead}{product}。係数は{of}{factor.year}{guide}({factor.source})。"


def _compare(
    account: Account, lines: tuple[Line, ...], factors: Factors, proofs: Proofs, *, yearly: bool, english: bool
) -> None:
    count = households(total(lines), factors)
    if not count:
        return
    home = factors.household
    proof = next((unit for pointer in home.proofs if (unit := proofs.find(pointer))), None)
    each = shown(tonnes(home.kg))
    if english:
        lead = "That is" if yearly else "If it is a year's, that is"
        text = f"- {lead} what about {shown(count)} households emit in a year ({each}t each, from {home.source_en})."
        facts: tuple[str, ...] = ()
    else:
        lead = "" if yearly else "1年分の量なら、"
        text = f"・{lead}一般家庭 約{shown(count)}世帯の1年分にあたります(1世帯 約{each}t。{home.source}から計算)。"
        facts = (home.source,)
    account.say(text, *([proof] if proof else []), facts=facts)


def _notes(lines: tuple[Line, ...], factors: Factors, said: str, *, english: bool) -> list[str]:
    found = tuple(amount for line in lines for amount in line.amounts)
    notes: list[str] = []
    for line in lines:
        if line.factor.id == "elec-re100":
            average = factors.choose(Energy.ELECTRICITY, "kWh")
            usual = weight(EXACT.multiply(line.quantity, average.kg), english=english) if average else ""
            notes.append(
                f"- A menu that is 100% renewable counts as 0; check its name on your contract. With average power it would be {usual}."
                if english
                else f"・再エネ100%のメニューの電気は、係数が0です(契約のメニュー名を確かめてください)。全国平均の電気なら{usual}です。"
            )
    if any(line.rough for line in lines):
        monthly = all(amount.period in (MONTH, YEAR) for amount in found)
        notes.append(
            f"- {'Month × 12' if monthly else 'A year made of a shorter time'} is rough: use differs by season. The sum of 12 months comes closer."
            if english
            else f"・{'1か月の12倍' if monthly else '短い期間を1年に直したもの'}なので大まかです。季節で変わるため、12か月分の合計があると近づきます。"
        )
    if any(amount.power for amount in found):
        notes.append("- Read as kWh, not kW." if english else "・キロワットは、使用量のkWhとして計算しました。")
    if any(amount.vague and amount.energy is Energy.CITY_GAS for amount in found):
        notes.append(
            "- Counted as city gas; propane has another factor."
            if english
            else "・ガスは都市ガスとして計算しました。プロパンなら係数が違います。"
        )
    left = _in_yen(said, {line.factor.energy for line in lines})
    if left:
        what = ("、" if not english else ", ").join(name(energy, english=english) for energy in left)
        notes.append(
            f"- Not included: {what}, which is given in yen. Please tell me the amount on the bill."
            if english
            else f"・{what}は円なので入れていません。検針票や請求書の使用量を教えてください。"
        )
    notes.append(
        "- Only energy is counted (Scope 1 and 2), no refrigerants and no Scope 3. Factors change every year. "
        "For numbers that you publish or report, please ask a professional."
        if english
        else "・電気や燃料のCO2(Scope1+2)だけで、フロンやScope3は入りません。係数は毎年度変わります。"
        "公表や取引先への回答に使う数字は、専門家に計算を頼んでください。"
    )
    return notes


def _in_yen(said: str, covered: set[Energy]) -> list[Energy]:
    """Energies whose bill is named in yen beside the amounts."""
    if not re.search(r"\d\s*[万千]?円|yen", said, re.IGNORECASE):
        return []
    rest = said
    for supplier in ("東京ガス", "都市ガス"):
        rest = rest.replace(supplier, "ガス")
    found: list[Energy] = []
    for word, energy, _ in (("電気", Energy.ELECTRICITY, ""), *BILLS):
        bill = re.compile(rf"{word}(?:代|料金|料|費)", re.IGNORECASE)
        if bill.search(rest) and energy not in covered and energy not in found:
            found.append(energy)
            rest = bill.sub("", rest)
    return found


def _next(found: tuple[Amount, ...], *, yearly: bool, english: bool) -> tuple[str, tuple[str, ...]]:
    """The questions that would make the estimate better, with answers that are messages of their own."""
    vague = any(amount.vague and amount.energy is Energy.CITY_GAS for amount in found)
    if yearly and not vague:
        return "", (() if english else ("CO2を減らすには何から?", "使える補助金は?", "CO2の計算を相談したい"))
    question = "" if yearly else "Is it for one month or one year?" if english else "1か月分ですか、1年分ですか?"
    if vague:
        question += " Is the gas city gas or propane?" if english else "ガスは都市ガスですか、プロパンですか?"
    choices = tuple(
        restate(tuple(_as(amount, kind) for amount in found), period, english=english)
        for kind in ((Energy.CITY_GAS, Energy.LPG) if vague else (Energy.CITY_GAS,))
        for period in ((None,) if yearly else (MONTH, YEAR))
    )
    return question.strip(), choices


def _as(amount: Amount, gas: Energy) -> Amount:
    """Take an amount of vague gas for this kind of gas."""
    return replace(amount, energy=gas) if amount.vague and amount.energy is Energy.CITY_GAS else amount
