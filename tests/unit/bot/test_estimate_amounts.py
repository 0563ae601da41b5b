"""Amounts as people write them: numbers, units, periods, energies."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.estimate.amounts import amounts
from bot.estimate.numerals import shown, value
from bot.estimate.periods import MONTH, YEAR, Period
from knowledge.fold import fold


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5000", "5000"),
        ("12,000", "12000"),
        ("1,234,567.5", "1234567.5"),
        ("1.2万", "12000"),
        ("1万2千", "12000"),
        ("1万2,000", "12000"),
        ("12万3456", "123456"),
        ("3億", "300000000"),
        ("1億2千万", "120000000"),
        ("三千", "3000"),
        ("五百", "500"),
        ("千五百", "1500"),
        ("一万二千", "12000"),
        ("二〇〇", "200"),
        ("十二", "12"),
        ("二十万", "200000"),
        ("0.1", "0.1"),
    ],
)
def test_a_number_is_read_exactly(text: str, number: str) -> None:
    assert value(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "万", "1,5", "12,34", "1万2万", "5.", ".5", "1.2.3", "1" * 41])
def test_a_number_that_is_not_certain_is_not_guessed(text: str) -> None:
    assert value(text) is None


@given(st.integers(min_value=0, max_value=10**9))
def test_what_is_shown_is_read_back(number: int) -> None:
    assert value(shown(Decimal(number))) == number


KWH, M3, LITRE, KG = "kWh", "m3", "L", "kg"
TWO_MONTHS = Period(12, 2)


@pytest.mark.parametrize(
    ("says", "expects"),
    [
        ("月5000kWh", [("5000", KWH, "electricity", MONTH)]),
        ("５０００ＫＷＨ", [("5000", KWH, "electricity", None)]),
        ("5,000 kw h/月", [("5000", KWH, "electricity", MONTH)]),
        ("5000㎾h", [("5000", KWH, "electricity", None)]),
        ("電気 5千キロワット", [("5000", KWH, "electricity", None)]),
        ("月に五百キロワットアワー", [("500", KWH, "electricity", MONTH)]),
        ("500キロワット時", [("500", KWH, "electricity", None)]),
        ("1万2千kWh/年", [("12000", KWH, "electricity", YEAR)]),
        ("年間1.2MWh", [("1200", KWH, "electricity", YEAR)]),
        ("検針2か月で800kWh", [("800", KWH, "electricity", TWO_MONTHS)]),
        ("2ヶ月分で800kWh", [("800", KWH, "electricity", TWO_MONTHS)]),
        ("隔月で800kWh", [("800", KWH, "electricity", TWO_MONTHS)]),
        ("半年で3万kWh", [("30000", KWH, "electricity", Period(12, 6))]),
        ("1日50kWh", [("50", KWH, "electricity", Period(365))]),
        ("週に100kWh", [("100", KWH, "electricity", Period(52))]),
        ("2024年度は60000kWh", [("60000", KWH, "electricity", YEAR)]),
        ("2024年に開業した店です。電気は5000kWh", [("5000", KWH, "electricity", None)]),
        ("令和6年5月は400kWh", [("400", KWH, "electricity", Period(12, month="5"))]),
        ("60,000kWh/年(12か月合計)", [("60000", KWH, "electricity", YEAR)]),
        ("ガス 120㎥", [("120", M3, "city-gas", None)]),
        ("ガス120m3/月", [("120", M3, "city-gas", MONTH)]),
        ("都市ガス 30立米", [("30", M3, "city-gas", None)]),
        ("プロパン 8立方メートル", [("8", M3, "lpg", None)]),
        ("プロパン10kg", [("10", KG, "lpg", None)]),
        ("LPガス月20キロ", [("20", KG, "lpg", MONTH)]),
        ("ＬＰＧ 2t", [("2000", KG, "lpg", None)]),
        ("ガス10kg", [("10", KG, "lpg", None)]),
        ("ガソリン月200リッター", [("200", LITRE, "gasoline", MONTH)]),
        ("ハイオク 40ℓ", [("40", LITRE, "gasoline", None)]),
        ("軽油 1.5kL", [("1500", LITRE, "diesel", None)]),
        ("灯油18L", [("18", LITRE, "kerosene", None)]),
        ("A重油500L", [("500", LITRE, "heavy-oil", None)]),
        ("200Lのガソリンと30Lの軽油", [("200", LITRE, "gasoline", None), ("30", LITRE, "diesel", None)]),
        (
            "電気5000kWh/月、ガス120㎥/年、ガソリン年1500L",
            [("5000", KWH, "electricity", MONTH), ("120", M3, "city-gas", YEAR), ("1500", LITRE, "gasoline", YEAR)],
        ),
        ("月に電気500kWhとガス30㎥", [("500", KWH, "electricity", MONTH), ("30", M3, "city-gas", MONTH)]),
        ("電気500kWh、ガス30㎥(1か月分)", [("500", KWH, "electricity", MONTH), ("30", M3, "city-gas", MONTH)]),
        ("東京ガスの電気 月300kWh", [("300", KWH, "electricity", MONTH)]),
        ("水道20m3とガス30m3", [("20", M3, None, None), ("30", M3, "city-gas", None)]),
        (
            "5,000 kWh a month and 120 m3 of city gas per year",
            [("5000", KWH, "electricity", MONTH), ("120", M3, "city-gas", YEAR)],
        ),
        ("300 liters of gasoline per month", [("300", LITRE, "gasoline", MONTH)]),
        ("200リットル", [("200", LITRE, None, None)]),
        ("地域冷暖房 500MJ", [("0.5", "GJ", "heat", None)]),
    ],
)
def test_amounts_are_found(says: str, expects: list[tuple[str, str, str | None, Period | None]]) -> None:
    found = [(amount.number, amount.unit, amount.energy, amount.period) for amount in amounts(fold(says))]

    assert found == [(Decimal(number), unit, energy, period) for number, unit, energy, period in expects]


@pytest.mark.parametrize("says", ["3000〜5000kWh", "3000kWhから4000kWh", "数千kWh", "1,5kWh", "5e3kWh"])
def test_a_range_or_an_unclear_number_has_no_value(says: str) -> None:
    assert amounts(fold(says))[-1].number is None


@pytest.mark.parametrize("says", ["-500kWh", "マイナス500kWh", "▲500kWh", "電気 −500kWh"])
def test_a_minus_is_kept(says: str) -> None:
    assert amounts(fold(says))[0].number == Decimal(-500)


@pytest.mark.parametrize("says", ["ガソリンー100L", "電気 - 100kWh", "2024-05 100kWh"])
def test_a_dash_is_no_minus(says: str) -> None:
    assert amounts(fold(says))[0].number == Decimal(100)


@pytest.mark.parametrize("says", ["40Wの電球", "5000円", "月10m2", "200km", "LED 10", "25%", "5月1日", "温室効果ガス"])
def test_other_numbers_are_no_amounts(says: str) -> None:
    assert amounts(fold(says)) == ()
