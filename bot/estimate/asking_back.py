"""Questions back: where an amount is missing, unclear or not to be believed."""

from __future__ import annotations

from bot.answer import Act, Answer
from bot.estimate.amounts import Amount
from bot.estimate.numerals import shown, written
from bot.estimate.periods import MONTH, YEAR
from bot.estimate.reckoning import MOST
from bot.estimate.wording import name, restate
from knowledge.catalogue.factors import Energy

FUELS = (Energy.GASOLINE, Energy.DIESEL, Energy.KEROSENE, Energy.HEAVY_OIL)
BILLS: tuple[tuple[str, Energy, str], ...] = (
    # What a bill's name begins with; the unit that stands on it.
    ("プロパン", Energy.LPG, "m3"),
    ("ガソリン", Energy.GASOLINE, "L"),
    ("軽油", Energy.DIESEL, "L"),
    ("灯油", Energy.KEROSENE, "L"),
    ("重油", Energy.HEAVY_OIL, "L"),
    ("ガス", Energy.CITY_GAS, "m3"),
    ("petrol", Energy.GASOLINE, "L"),
    ("gasoline", Energy.GASOLINE, "L"),
    ("diesel", Energy.DIESEL, "L"),
    ("kerosene", Energy.KEROSENE, "L"),
    ("gas", Energy.CITY_GAS, "m3"),
)


def from_yen(text: str, *, english: bool) -> Answer:
    """Ask for the amount on the bill: no price per unit is known, so yen can't be converted."""
    found = [bill for bill in BILLS if bill[0] in text.lower()]
    energy, unit = (found[0][1], found[0][2]) if found else (Energy.ELECTRICITY, "kWh")
    what = name(energy, english=english)
    if english:
        return _ask(
            f"CO2 can't be worked out from yen, because the price per {unit} differs by contract. How many {unit} of {what} does your "
            f"bill show? One month is enough for a rough estimate. If you pay a building's owner, its manager can tell you."
        )
    slip = "給油の記録や請求書" if unit == "L" else "検針票や請求書"
    tenant = "" if unit == "L" else "ビルにまとめて払っているときは、管理会社に聞くとわかります。"
    return _ask(
        f"円からは計算できません。契約によって1{unit}あたりの値段が違うためです。{slip}に書かれた{what}の使用量は、何{unit}ですか? "
        f"1か月分でも概算できます。{tenant}",
        ("CO2を測りたい", "人に相談したい"),
    )


def unusable(amount: Amount, *, english: bool) -> Answer:
    """Ask again for a number that can't be read, is not above zero, or is more than a business can use."""
    what = name(amount.energy, english=english) if amount.energy else ("energy" if english else "エネルギー")
    unit = amount.unit
    if amount.number is None:
        return _ask(
            f"Which single number should I use for {what}? For example: 5,000 {unit} a month."
            if english
            else f"{what}の使用量は何{unit}ですか? 範囲のときは平均を、1つの数字で教えてください(例: 月500{unit})。"
        )
    if amount.number <= 0:
        return _ask(
            f"The amount of {what} has to be more than 0. How many {unit} does your bill show?"
            if english
            else f"{what}の使用量が0以下になっています。検針票や請求書では何{unit}ですか?"
        )
    most = shown(MOST[unit])
    return _ask(
        f"That is a very large amount of {what} (over {most} {unit} a year). Could you check the number and the unit?"
        if english
        else f"{what}が年{most}{unit}を超える、とても大きな数字です。桁と単位({unit}で合っているか)を確かめて、もう一度教えてください。"
    )


def which_fuel(amount: Amount, *, english: bool) -> Answer:
    """Ask what was burnt, with the same amount as choices."""
    number = f"{shown(amount.number)}{amount.unit}" if amount.number is not None else amount.unit
    if amount.energy is Energy.LPG:
        return _ask(
            "How many kg or m3 of propane was it? There is no factor for litres of it."
            if english
            else "プロパン(LPガス)は、kgかm3で教えてください。リットルの係数は手元の資料にありません。"
        )
    kinds = (Energy.CITY_GAS, Energy.LPG) if amount.unit == "m3" else FUELS if amount.unit == "L" else (Energy.LPG,)
    choices = tuple(restate((_as(amount, kind),), None, english=english) for kind in kinds)
    names = (" / " if english else "、").join(name(kind, english=english) for kind in kinds)
    return _ask(
        f"{number}: which one is it ({names})?" if english else f"{number}は、どの燃料ですか?({names})", choices
    )


def which_period(found: tuple[Amount, ...], *, english: bool) -> Answer:
    """Ask for the period of the amounts that have none, where the others have several."""
    choices = tuple(restate(found, period, english=english) for period in (MONTH, YEAR))
    open_ = "、".join(name(amount.energy, english=english) for amount in found if amount.energy and not amount.period)
    return _ask(
        f"Is {open_} for one month or one year?" if english else f"{open_}は、1か月分ですか、1年分ですか?", choices
    )


def _as(amount: Amount, energy: Energy) -> Amount:
    return Amount(amount.number, amount.unit, energy, amount.period, amount.start, amount.end)


def _ask(text: str, choices: tuple[str, ...] = ()) -> Answer:
    # Its numbers are the person's own, a limit of ours or an example: no passage can hold them.
    return Answer(Act.CLARIFY, text, choices=choices, confidence=0.3, computed=written(text))
