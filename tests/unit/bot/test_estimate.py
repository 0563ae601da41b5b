"""The CO2 quick estimate: when it answers, what it works out, what it cites, and when it asks back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer import Act, Answer, Question
from bot.estimate import estimate
from bot.grounding import unsupported
from bot.lists.proofs import Proofs
from bot.reading import read as read_question
from ingest.chunk import chunk, split_paragraphs
from ingest.load import read
from ingest.manifest import fields_from_front_matter
from ingest.metadata import describe
from ingest.structure import structure
from knowledge.fold import squeeze
from tests.fakes import MemoryIndex

SOURCES = Path(__file__).parents[3] / "knowledge" / "sources"
FACTORS, WARDS = "japan/emission-factors.md", "all23/electricity.md"


@cache
def index_of(*names: str) -> MemoryIndex:
    sources, chunks = [], []
    for name in names:
        extract = read((SOURCES / name).read_bytes(), name)
        source = describe(name, extract, fields_from_front_matter(extract.metadata))
        sources.append(source)
        chunks += chunk(split_paragraphs(structure(extract, source, "0" * 64)))
    return MemoryIndex(sources, chunks)


def ask(text: str, *names: str) -> Answer | None:
    index = index_of(*(names or (FACTORS, WARDS)))
    return estimate(read_question(Question(text, date(2026, 11, 24)), index), Proofs(index), "http://localhost")


def answered(text: str, *names: str) -> Answer:
    answer = ask(text, *names)
    assert answer is not None, text
    return answer


def tonnes(answer: Answer) -> Decimal:
    match = re.search(r"([\d,.]+)t-CO2", answer.text)
    assert match, answer.text
    return Decimal(match[1].replace(",", ""))


@pytest.mark.parametrize(
    ("says", "t", "working"),
    [
        ("月5000kWhだとCO2どれくらい?", "25.38", "月5,000kWh×12=60,000kWh。60,000kWh×0.423kg=25,380kg"),
        ("うちは月に450kWh使ってます", "2.28", "5,400kWh×0.423kg=2,284.2kg"),
        ("電気の年間使用量は60,000kWhです", "25.38", "60,000kWh×0.423kg=25,380kg"),
        ("1万2千kWh/年", "5.08", "12,000kWh×0.423kg=5,076kg"),
        ("電気5千キロワット", "2.12", "5,000kWh×0.423kg=2,115kg"),
        ("検針2か月で800kWh、CO2は?", "2.03", "2か月800kWh×12÷2=4,800kWh"),
        ("1日30kWhだとCO2は?", "4.63", "10,950kWh×0.423kg=4,631.85kg"),
        ("5月 400kWh 6月 500kWh", "2.28", "5,400kWh×0.423kg=2,284.2kg"),
        ("1号店 月400kWh、2号店 月500kWhのCO2は?", "4.57", "10,800kWh×0.423kg=4,568.4kg"),
        ("東京電力 年60000kWh", "27.12", "60,000kWh×0.452kg=27,120kg"),
        ("都市ガス 年1,200㎥", "2.51", "1,200m3×2.09kg=2,508kg"),
        ("ガソリン年1500L", "3.44", "1,500L×2.29kg=3,435kg"),
        ("ガソリン月200リッター", "5.5", "2,400L×2.29kg=5,496kg"),
        ("軽油 月1,200ℓ", "37.73", "14,400L×2.62kg=37,728kg"),
        ("灯油18L", "0.05", "18L×2.5kg=45kg"),
        ("A重油500L", "1.38", "500L×2.75kg=1,375kg"),
        ("プロパン10kg", "0.03", "10kg×2.99kg=29.9kg"),
        ("プロパンガス月8立米", "0.62", "96m3×6.5kg=624kg"),
        ("地域冷暖房 年500GJ", "26.6", "500GJ×53.2kg=26,600kg"),
        ("1kWhのCO2は?", "0.01", "1kWh×0.423kg=0.423kg"),
        ("年間1万2千kWhだと何トン?", "5.08", "12,000kWh"),
        ("2tトラックの軽油が月300LなんだけどCO2は?", "9.43", "3,600L×2.62kg=9,432kg"),
        ("月5000kWhで電気代15万円。CO2は?", "25.38", "60,000kWh"),
        ("0.1kWhのCO2は", "0.01", "0.1kWh×0.423kg=0.042kg"),
    ],
)
def test_amounts_become_tonnes(says: str, t: str, working: str) -> None:
    answer = answered(says)

    assert answer.act is Act.ANSWER
    assert tonnes(answer) == Decimal(t)
    assert working in answer.text
    assert "概算" in answer.text
    assert "専門家" in answer.text
    assert "Scope1+2" in answer.text
    assert unsupported(answer) == []


def test_several_energies_are_added_up_with_a_line_each() -> None:
    answer = answered("電気60,000kWh、都市ガス1,200m3、ガソリン1,500L、全部1年間です")

    # 25,380 + 2,508 + 3,435 kg; 31,323 / 2,880 households
    assert tonnes(answer) == Decimal("31.32")
    assert "約11世帯" in answer.text
    assert [citation.n for citation in answer.citations] == [1, 2, 3, 4]
    assert len(re.findall(r"^・.*係数は.*\[\d\]$", answer.text, re.MULTILINE)) == 3


def test_halves_are_rounded_up() -> None:
    # 2 L × 2.50 kg = 5 kg = 0.005 t
    assert tonnes(answered("灯油 年2L")) == Decimal("0.01")


def test_a_month_times_twelve_is_said_to_be_rough() -> None:
    assert "1か月の12倍なので大まか" in answered("月5000kWhだとCO2は?").text
    assert "大まか" in answered("2か月で800kWh、CO2は?").text
    assert "大まか" not in answered("年60000kWhだとCO2は?").text


def test_factor_year_and_source_are_told_and_cited() -> None:
    answer = answered("月5000kWhだとCO2どれくらい?")

    assert "0.423kg" in answer.text
    assert "令和6年度実績" in answer.text
    assert "電気事業者別排出係数" in answer.text
    assert answer.citations[0].source == FACTORS
    assert answer.citations[0].quote == "全国平均係数 | 0.423"
    held = "\n".join(passage.chunk.text for passage in answer.passages)
    assert all(squeeze(citation.quote) in squeeze(held) for citation in answer.citations)
    assert {int(n) for n in re.findall(r"\[(\d+)\]", answer.text)} == {c.n for c in answer.citations}


def test_where_the_factor_page_is_missing_the_source_is_named_without_a_marker() -> None:
    answer = answered("月5000kWhだとCO2どれくらい?", "all23/zeb.md")

    assert answer.act is Act.ANSWER
    assert answer.citations == ()
    assert "[1]" not in answer.text
    assert "環境省・経済産業省「電気事業者別排出係数」" in answer.text
    assert unsupported(answer) == []


def test_households_are_proved_by_the_wards_page_where_it_is_all_there_is() -> None:
    answer = answered("月5000kWhだとCO2どれくらい?", WARDS)

    assert [citation.source for citation in answer.citations] == [WARDS]
    assert "約9世帯" in answer.text
    assert unsupported(answer) == []


def test_a_number_that_was_not_computed_still_needs_a_passage() -> None:
    answer = answered("月5000kWhだとCO2どれくらい?")
    boasting = replace(answer, text=f"{answer.text}\n90.71%の店が減らしました。")

    assert unsupported(boasting) == [("number", "90.71")]
    assert ("number", "25.38") in unsupported(replace(answer, computed=frozenset()))


@pytest.mark.parametrize("says", ["再エネ100%で月5000kWhだとCO2は?", "実質再エネの電気 月5000kWh CO2は?"])
def test_a_renewable_menu_is_zero_and_explained(says: str) -> None:
    answer = answered(says)

    assert tonnes(answer) == 0
    assert "係数が0" in answer.text
    assert "全国平均の電気なら約25.38t-CO2" in answer.text
    assert unsupported(answer) == []


def test_what_is_saved_is_called_saved() -> None:
    assert "減る量は" in answered("月500kWh減らしたらCO2はどれくらい減る?").text
    assert "減る量は" not in answered("CO2を減らしたいです。月500kWhだとCO2はどれくらい?").text


def test_gas_alone_is_taken_for_city_gas_and_asked_about() -> None:
    answer = answered("ガス 120㎥")

    assert "2.09kg" in answer.text
    assert "プロパンですか" in answer.text
    assert [tonnes(answered(choice)) for choice in answer.choices] == [
        Decimal(t) for t in ("3.01", "0.25", "9.36", "0.78")
    ]
    assert "プロパンですか" not in answered("都市ガス 月120㎥").text


def test_an_amount_without_a_period_is_taken_as_it_is_and_asked_about() -> None:
    answer = answered("電気 450kWh")

    assert tonnes(answer) == Decimal("0.19")
    assert "年間" not in answer.text.split("\n")[0]
    assert "1か月分ですか、1年分ですか" in answer.text
    assert [tonnes(answered(choice)) for choice in answer.choices] == [Decimal("2.28"), Decimal("0.19")]


def test_kilowatts_are_said_to_be_read_as_kwh() -> None:
    assert "kWhとして計算" in answered("電気5千キロワット").text


@pytest.mark.parametrize(
    ("says", "asks"),
    [
        ("電気代3万円だとCO2は?", "何kWhですか"),
        ("電気代が月10万円。CO2は?", "何kWhですか"),
        ("光熱費月5万円だとCO2どのくらい?", "何kWhですか"),
        ("ガス代2万円のCO2は?", "何m3ですか"),
        ("ガソリン代が月3万円、CO2いくつ?", "何Lですか"),
        ("0kWhのCO2は?", "0以下"),
        ("-500kWhのCO2は?", "0以下"),
        ("マイナス500kWhだとCO2どれくらい?", "0以下"),
        ("99999999999kWhのCO2は?", "とても大きな"),
        ("月1億kWhのCO2は?", "とても大きな"),
        ("ガソリン月1億リットル", "とても大きな"),
        (f"{'9' * 60}kWhのCO2は?", "1つの数字"),
        ("月3000〜5000kWhだとCO2は?", "1つの数字"),
        ("数千kWhだとCO2は?", "1つの数字"),
        ("200リットルのCO2は?", "どの燃料"),
        ("120m3のCO2は?", "どの燃料"),
        ("LPガス 20LのCO2は?", "kgかm3"),
        ("ガソリン80L、電気は月5000kWh、軽油は年1500L、CO2は?", "ガソリンは、1か月分ですか"),
    ],
)
def test_what_can_not_be_counted_is_asked_back(says: str, asks: str) -> None:
    answer = answered(says)

    assert answer.act is Act.CLARIFY
    assert asks in answer.text
    assert answer.citations == ()
    assert unsupported(answer) == []


def test_the_choices_of_a_question_back_are_answered() -> None:
    assert [tonnes(answered(choice)) for choice in answered("200リットルのCO2は?").choices] == [
        Decimal(t) for t in ("0.46", "0.52", "0.5", "0.55")
    ]


def test_an_energy_given_in_yen_beside_others_is_left_out_and_named() -> None:
    answer = answered("電気 年5000kWhとガス代1万円のCO2は?")

    assert tonnes(answer) == Decimal("2.12")
    assert "都市ガスは円なので入れていません" in answer.text


@pytest.mark.parametrize(
    ("says", "expects"),
    [
        ("How much CO2 is 5,000 kWh a month?", "about 25.38t-CO2 a year"),
        ("how many tons of co2 from 300 liters of gasoline a month?", "about 8.24t-CO2 a year"),
        ("What is the CO2 of 120 m3 of propane per month?", "about 9.36t-CO2 a year"),
    ],
)
def test_english_is_answered_in_english(says: str, expects: str) -> None:
    answer = answered(says)

    assert expects in answer.text
    assert answer.text.startswith("Estimate")
    assert not re.search("[ぁ-んァ-ヶ一-龥]", answer.text)
    assert unsupported(answer) == []


def test_english_yen_is_asked_for_kwh_in_english() -> None:
    answer = answered("How much CO2 is an electricity bill of 30,000 yen?")

    assert answer.act is Act.CLARIFY
    assert "How many kWh" in answer.text


@pytest.mark.parametrize(
    "says",
    [
        "380万kWhの建物で1,645tってどういう計算?",
        "区役所で380万kWhの計算ならCO2はどれくらい?",
        "J-クレジットは何トン",
        "J-クレジットは8年で7,728t?",
        "CO2をどれだけ出してるか専門の人に計算してもらいたい",
        "CO2を測りたい",
        "CO2を減らしたい。電気は月5000kWh。何から始める?",
        "電気を年間30万kWh使うけど、CO2削減の補助金は?",
        "原油換算1,500kL未満だとCO2の報告は義務?",
        "契約電力50kWなんだけど",
        "太陽光10kWでCO2どれくらい減る?",
        "3kWのエアコンのCO2はどれくらい?",
        "電気代が月10万円です",
        "電気代3万円を下げたい",
        "CO2削減で電気代月10万円を安くしたい",
        "100万円の補助金でCO2何トン減る?",
        "CO2は330t吸収する見込み?",
        "ごみ10kgのCO2は?",
        "月5000kWhって多い?",
        "水道20m3",
        "10kg",
        "120m3",
        "18L",
        "50kW",
        "灯油18Lはどこで買える?",
        "年間60000kWh使う店でもSBT取れる?",
        "電気の契約を変えたい。年6万kWh",
        "What can we do to cut CO2? We use 5,000 kWh a month.",
        "こんにちは",
        "",
    ],
)
def test_other_questions_are_left_to_the_documents(says: str) -> None:
    assert ask(says) is None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    ask(text)


_PIECES = st.sampled_from(
    "月 年 2か月で 電気 ガス プロパン ガソリン 灯油 CO2は? 計算して 5000 1,5 三千 万 億 -1 ~ 0 9999999999999 kWh キロワット m3 L kg t 円 電気代 再エネ100% 東電 の と 、 。 / ( )".split()
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES, max_size=14).map("".join))
def test_no_mix_of_its_own_words_breaks_it(text: str) -> None:
    answer = ask(text)

    if answer is not None:
        assert answer.act in (Act.ANSWER, Act.CLARIFY)
        assert unsupported(answer) == []


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.integers(1, 80_000_000), st.integers(1, 80_000_000)).map(sorted),
    st.sampled_from(["電気 月{}kWh", "電気 {}kWh", "ガス 年{}m3", "ガソリン 週{}L", "プロパン 5か月{}kg"]),
)
def test_more_energy_is_never_less_co2(pair: list[int], form: str) -> None:
    less, more = (answered(form.format(n)) for n in pair)

    if Act.CLARIFY in (less.act, more.act):
        assert more.act is Act.CLARIFY
    else:
        assert tonnes(less) <= tonnes(more)


def test_a_page_long_number_is_read_in_no_time() -> None:
    assert answered("CO2は? " + "1" * 4900 + "kWh").act is Act.CLARIFY
    assert ask("1万2,3" * 800) is None
