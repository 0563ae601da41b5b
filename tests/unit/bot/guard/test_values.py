from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard.bounds import Bound
from bot.guard.days import Day
from bot.guard.values import meets, values
from knowledge.fold import fold
from tests.benchmarks.paraphrases import in_kanji, wide


def same(one: str, other: str) -> bool:
    """Tell whether two writings of a value mean the same."""
    (a,), (b,) = values(fold(one)), values(fold(other))
    return meets(a, b)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,500万円", "1500万"),
        ("1,500万円", "千五百万円"),
        ("1億2,000万円", "120,000,000円"),
        ("¥300,000", "30万円"),
        ("百万円", "1,000,000円"),
        ("５０％", "5割"),
        ("35%", "3割5分"),
        ("2/3", "三分の二"),
        ("1/2", "半額"),
        ("100%", "全額"),
        ("令和8年3月31日", "R8.3.31"),
        ("半年", "6か月"),
        ("九十二の自治体", "92"),
        ("店舗8店", "店舗８店舗"),
        ("Scope1から3", "Scope1-3"),
        ("令和8年3月31日", "2026/3/31"),
        ("4月24日", "4/24(金)"),
        ("令和8年度", "2026年度"),
        ("R8", "令和8年度"),
        ("16 October 2023", "2023年10月16日"),
        ("午後3時", "15:00"),
        ("2026(令和8)年度", "令和八年度"),
        ("3000kWh", "3MWh"),
        ("7,700t", "7700トン"),
        ("03-5211-5085", "０３（５２１１）５０８５"),
        ("九段南1-2-1", "九段南一丁目2番1号"),
        ("https://a.example.jp/x", "HTTPS://A.example.jp/x/"),
        ("7つ", "7組織"),
    ],
)
def test_a_value_is_the_same_in_every_writing(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("150万円", "150円"),
        ("50%", "50円"),
        ("令和8年度", "令和8年"),
        ("令和8年3月31日", "令和8年3月30日"),
        ("3月31日", "4月31日"),
        ("14日", "14か月"),
        ("7社", "7人"),
        ("03-5211-5085", "03-5211-5086"),
    ],
)
def test_another_value_is_another(one: str, other: str) -> None:
    assert not same(one, other)


def test_a_passage_may_be_more_exact_than_what_is_said_but_not_less() -> None:
    assert Day(2026, 3).within(Day(2026, 3, 12))
    assert not Day(2026, 3, 12).within(Day(2026, 3))


def test_a_day_in_brackets_that_contradicts_is_read_as_two() -> None:
    years = [r.amount.year for v in values("R9(令和7)") for r in v.readings if isinstance(r.amount, Day)]
    assert years == [2027, 2025]


@pytest.mark.parametrize(
    "text", ["三菱UFJ銀行", "千代田区", "一部", "二酸化炭素", "CO2", "十分な数", "百貨店", "J-クレジット", "第三者"]
)
def test_a_numeral_in_a_word_is_no_value(text: str) -> None:
    assert values(fold(text)) == ()


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("50%以内", Bound.AT_MOST),
        ("上限は合計250万円", Bound.AT_MOST),
        ("300人未満", Bound.BELOW),
        ("3t以上", Bound.AT_LEAST),
        ("10万円を超える", Bound.ABOVE),
        ("約15℃", Bound.ABOUT),
        ("1月29日まで", Bound.UNTIL),
        ("4月から", Bound.FROM),
        ("令和7年度(2025年度)以降", Bound.FROM),
    ],
)
def test_the_side_of_a_value_is_read_from_the_words_around_it(text: str, bound: Bound) -> None:
    assert values(fold(text))[0].bound is bound


def test_a_digit_of_a_unit_is_no_value_of_its_own() -> None:
    assert [v.readings[0].unit for v in values("1m3あたり2.05kg-CO2")] == ["m3", "kg"]


def test_the_unit_of_a_range_stands_at_its_end() -> None:
    assert [v.readings[0].unit for v in values("8-12社")] == ["社", "社"]


@given(st.integers(1, 99_999_999))
def test_an_amount_in_kanji_digits_or_full_width_is_the_same(number: int) -> None:
    for text in (f"{number:,}円", f"{in_kanji(number)}円", wide(f"{number}円")):
        assert values(fold(text))[0].readings[0].amount == Fraction(number)


@given(st.text(max_size=300))
def test_any_text_is_read_without_overlap(text: str) -> None:
    folded = fold(text)
    found = values(folded)
    assert all(0 <= v.start < v.end <= len(folded) for v in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
