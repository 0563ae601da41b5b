"""What an advisor reads first: only what was said, in ten lines, and nobody's number without consent."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handoff.facts import facts_from
from bot.handoff.summary import HEADER, LINE, CaseFacts, lines

TODAY = date(2026, 11, 25)
SAID = (
    "千代田区の神田でITの会社をやってます。従業員は30人くらい",
    "事務所は借りてます。電気は自社の名義",
    "年60000kWhのCO2は?",
    "LEDは2022年に替えました。工事はまだ発注してないです",
    "取引先からCO2を聞かれてて、12/5までに回答しないといけない",
)
CASE = CaseFacts(
    question="この数字を取引先に出していい? 私の電話は090-1234-5678です",
    today=TODAY,
    reason="publication",
    ward="chiyoda",
    said=SAID,
    sources=(
        "電気事業者別排出係数(令和6年度実績)",
        "千代田区 中小企業者等脱炭素経営支援助成",
        "CES 登録のご案内",
        "四つ目",
    ),
    unanswered=("承諾書の書式は?", "R8の締切は? 連絡はtaro@example.jpへ"),
)


def test_a_whole_case() -> None:
    assert lines(CASE) == [
        "【相談要約】(自動作成・本人未確認)",
        "1 ひと言: 借りている建物、オフィス、取引先からのCO2の質問、期限12月5日(土、あと10日)(きっかけ: 外に出す数字・表示)",
        "2 区/業種/規模: 千代田区/オフィス/従業員30人",
        "3 建物と電力契約: 借りている建物/契約名義=自社の名義",
        "4 使用量: 電気 年60,000kWh → 概算25.38t-CO2/年(係数: 全国平均係数 令和6年度実績)",
        "5 やりたいこと・期限: 取引先からのCO2の質問/12月5日(土、あと10日)",
        "6 すでにやったこと: LEDは2022年に替えました/工事の発注: まだ「LEDは2022年に替えました。工事はまだ発注してないです」",
        "7 案内した資料: 電気事業者別排出係数(令和6年度実績)、千代田区 中小企業者等脱炭素経営支援助成、CES 登録のご案内",
        "8 答えられなかった問い: 「承諾書の書式は?」",
        "・「R8の締切は? 連絡は[メール]へ」",
        "9 連絡先と同意: なし(この会話で返事)",
        "10 推定される次の担当: 算定の支援者(CES事務局から紹介)",
    ]


def test_what_nobody_said_is_unknown() -> None:
    found = lines(CaseFacts(question="人と話したい", today=TODAY, reason="asked"))

    assert found == [
        HEADER,
        "1 ひと言: 「人と話したい」(きっかけ: 本人の希望)",
        "2 区/業種/規模: 不明/不明/不明",
        "3 建物と電力契約: 不明/契約名義=不明",
        "4 使用量: 不明",
        "5 やりたいこと・期限: 不明/不明",
        "6 すでにやったこと: 不明/工事の発注: 不明",
        "7 案内した資料: なし",
        "8 答えられなかった問い: なし",
        "9 連絡先と同意: なし(この会話で返事)",
        "10 推定される次の担当: 不明",
    ]


def test_a_contact_stands_there_only_with_consent() -> None:
    kept = replace(CASE, contact="090-1234-5678")
    agreed = replace(kept, consent_at=1_763_775_660.0)

    assert not any("090" in line for line in lines(kept))
    assert "9 連絡先と同意: 090-1234-5678、同意 2025-11-22 10:41" in lines(agreed)
    assert sum("090-1234-5678" in line for line in lines(agreed)) == 1


def test_the_wards_own_office_is_next_where_no_topic_says_otherwise() -> None:
    assert lines(CaseFacts("人と話したい", TODAY, ward="minato"))[-1] == "10 推定される次の担当: 港区の担当課"
    assert lines(CaseFacts("人と話したい", TODAY, ward="chiyoda"))[-1] == "10 推定される次の担当: CES事務局"


def test_the_summary_never_says_whether_a_programme_fits() -> None:
    text = "\n".join(lines(replace(CASE, question="うちは対象になる?", reason="eligibility")))

    assert not re.search(r"対象(?:です|になります|外)|もらえ(?:ます|る)|見込", text)


@pytest.mark.parametrize(
    ("texts", "size"),
    [
        (["従業員30人です"], "従業員30人"),
        (["社員は約15名"], "従業員15人"),
        (["従業員三十人"], "従業員30人"),
        (["5人の小さな会社です"], "従業員5人"),
        (["8人で回してる店です"], "従業員8人"),
        (["一人でやってる店です"], "一人で営業"),
        (["夫婦でやってます"], "夫婦で営業"),
        (["従業員5人", "すみません、従業員は6人でした"], "従業員6人"),
        (["何人まで参加できる?"], ""),
        (["30人参加のセミナーは?"], ""),
    ],
)
def test_size(texts: list[str], size: str) -> None:
    assert facts_from(texts, TODAY).size == size


@pytest.mark.parametrize(
    ("texts", "ordered"),
    [
        (["もう発注しました"], True),
        (["先週契約した。業者と"], True),
        (["工事しちゃった"], True),
        (["まだ発注してない"], False),
        (["契約はまだです"], False),
        (["これから工事を頼むところ"], False),
        (["まだ発注してない", "さっき発注しました"], True),
        (["発注前に何をする?"], None),
        (["LEDの補助は?"], None),
        (["発注元からCO2を聞かれた"], None),
    ],
)
def test_ordered_or_not(texts: list[str], ordered: bool | None) -> None:
    assert facts_from(texts, TODAY).ordered is ordered


@pytest.mark.parametrize(
    ("texts", "usage"),
    [
        (["月5000kWh使ってます"], "電気 月5,000kWh"),
        (["電気が年6万kWh、都市ガスは年1200m3です"], "電気 年60,000kWh、都市ガス 年1,200m3"),
        (["月5000kWh", "間違えた、月500kWhです"], "電気 月500kWh"),
        (["契約電力は50kWです"], ""),
        (["年1000kWh以上の会社は?"], ""),
        (["電気代は月10万円"], ""),
        (["500kWh減らしたらどうなる?"], ""),
    ],
)
def test_usage_is_what_they_use(texts: list[str], usage: str) -> None:
    assert facts_from(texts, TODAY).usage == usage


def test_an_amount_without_a_period_is_not_made_a_years() -> None:
    found = facts_from(["5000kWhです"], TODAY)

    assert found.usage == "電気 5,000kWh"
    assert found.estimate == ""


def test_what_is_known_of_the_business_comes_from_taps_and_sentences() -> None:
    found = facts_from(
        ["港区の居酒屋です", "借りている(テナント)", "ビル側の契約", "電気代を下げたい"], TODAY
    ).interview

    assert (found.place, found.trade, found.building, found.contract, found.concern) == (
        "minato", "food", "tenant", "building", "bill",
    )  # fmt: skip


@given(
    st.builds(
        CaseFacts,
        question=st.text(max_size=300),
        today=st.just(TODAY),
        reason=st.sampled_from(["", "asked", "legal", "nothing"]),
        ward=st.sampled_from([None, "chiyoda", "all23"]),
        said=st.lists(st.text(max_size=80), max_size=4).map(tuple),
        sources=st.lists(st.text(max_size=200), max_size=5).map(tuple),
        unanswered=st.lists(st.text(max_size=300), max_size=6).map(tuple),
        contact=st.just("090-1234-5678"),
    )
)
def test_lines_are_bounded_and_nothing_breaks(facts: CaseFacts) -> None:
    found = lines(facts)

    assert found[0] == HEADER
    assert len([line for line in found if re.match(r"\d+ ", line)]) == 10
    assert len(found) <= 13
    assert all(len(line) <= LINE and "\n" not in line for line in found)
    assert not any("090-1234-5678" in line for line in found)
