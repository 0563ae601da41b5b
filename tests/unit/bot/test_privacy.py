"""What persons write loses their numbers and addresses, and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy import Contact, ContactKind, contacts_in, has_contact, mask

MASKED = [
    ("電話は090-1234-5678です", "電話は[電話番号]です"),
    ("０３−１２３４−５６７８に電話ください", "[電話番号]に電話ください"),
    ("(03)1234-5678か03(1234)5678", "[電話番号]か[電話番号]"),
    ("０９０１２３４５６７８", "[電話番号]"),
    ("0312345678です", "[電話番号]です"),
    ("+81 90-1234-5678", "[電話番号]"),
    ("＋81-3-1234-5678", "[電話番号]"),
    ("+81(0)3-1234-5678", "[電話番号]"),
    ("090 1234 5678", "[電話番号]"),
    ("090ー1234ー5678", "[電話番号]"),
    ("0120-123-456と0466-12-3456と045-123-4567", "[電話番号]と[電話番号]と[電話番号]"),
    ("050-1234-5678", "[電話番号]"),
    ("TEL 5211-0000", "TEL [電話番号]"),
    ("taro.yamada+shop@mail.example.co.jpまで", "[メール]まで"),
    ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "[メール]"),
    ("〒102-0074です", "[住所]です"),
    ("102-0074 千代田区九段南1-2-1", "[住所]千代田区[住所]"),
    ("東京都千代田区九段南1-2-1 九段ビル3階です", "東京都千代田区[住所]です"),
    ("千代田区神田神保町1丁目2番3号", "千代田区[住所]"),
    ("千代田区神保町一丁目二番地", "千代田区[住所]"),
    ("港区芝公園1-5-25の店", "港区[住所]の店"),
    ("葛飾区お花茶屋１−２−３", "葛飾区[住所]"),
    ("葛飾区四つ木2-3-4", "葛飾区[住所]"),
    ("神奈川県横浜市中区山下町123番地", "神奈川県横浜市[住所]"),
    ("神田神保町1-2-3の事務所", "[住所]の事務所"),
]


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_numbers_and_addresses_are_masked(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "月5,000kWh、年60000kWhです",
        "100-2000kWhのあいだ",
        "1,234,567円の見積もり、補助率1/2、上限50万円",
        "2026-11-25 09:00-17:00",
        "2026年1月5日から3-4か月",
        "令和6年度と令和7年度、2024-2025年度",
        "省エネ法第12条の3第2項、告示第12号",
        "係数は0.000423です",
        "千代田区の飲食店です。港区にも支店があります",
        "千代田区で1-3月の電気が5000kWh",
        "千代田区二番町の事務所",
        "葛飾区の工場、従業員30人、築40年",
        "港区の補助金は1-2-3のどれ?",
        "株式会社あおば",
        "価格は100-0005円",
        "3階建て、12号機",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert mask(text) == text
    assert not has_contact(text)


PIECES = st.sampled_from(
    ["090-1234-5678", "03", "(", ")", "-", "の", "5678", "1234", "千代田区", "神田", "1-2-3", "丁目", "番", "号", "〒", "電話", " ",
     "a@b.jp", "@", ".", "[電話番号]", "[住所]", "+81", "0", "ビル", "３", "町"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join)))
def test_masking_twice_changes_nothing_and_nothing_breaks(text: str) -> None:
    once = mask(text)

    assert mask(once) == once
    contacts_in(text)


@st.composite
def phones(draw: st.DrawFn) -> str:
    area, middle, last = draw(st.sampled_from([(3, 4, 4), (2, 4, 4), (3, 3, 4), (4, 2, 4), (4, 3, 3)]))
    gaps = st.sampled_from(["", "-", " ", "−", "ー", "(", ")", "－"])
    digits = draw(st.text("0123456789", min_size=middle + last, max_size=middle + last))
    head = draw(st.sampled_from({2: ["03", "06"], 3: ["090", "080", "070", "050"], 4: ["0466", "0120"]}[area]))
    if (area, middle) == (3, 3):
        head = draw(st.sampled_from(["045", "052"]))
    number = head + draw(gaps) + digits[:middle] + draw(gaps) + digits[middle:]
    return number.translate(str.maketrans("0123456789", "０１２３４５６７８９")) if draw(st.booleans()) else number


@given(
    phones(),
    st.text("あい漢字。、abc kWh円", max_size=12),
    st.text("です。、に漢字 kWh円", max_size=12),
)
def test_no_phone_number_remains(number: str, before: str, after: str) -> None:
    left = mask(before + number + after)

    assert not re.search(r"\d", left)
    assert "[電話番号]" in left
    assert has_contact(number)


def test_contacts_are_read_as_one_would_dial_them() -> None:
    text = "０９０１２３４５６７８かtaro@example.jp、会社は0466-12-3456、+81-3-1234-5678。もう一度、090-1234-5678"

    assert contacts_in(text) == (
        Contact(ContactKind.PHONE, "090-1234-5678", "090-****-5678"),
        Contact(ContactKind.EMAIL, "taro@example.jp", "t***@example.jp"),
        Contact(ContactKind.PHONE, "0466-12-3456", "0466-**-3456"),
        Contact(ContactKind.PHONE, "03-1234-5678", "03-****-5678"),
    )


def test_a_number_that_is_not_grouped_keeps_its_ends() -> None:
    assert contacts_in("0466123456")[0].masked == "04****3456"


def test_a_local_number_is_masked_but_can_not_be_dialled() -> None:
    assert mask("電話は5211-0000") == "電話は[電話番号]"
    assert not has_contact("電話は5211-0000")


def test_a_long_message_is_read_quickly() -> None:
    for text in ("a" * 5000, "0" * 5000, "千" * 5000, "1-" * 2500, "区" * 5000, "神田1丁目" * 800, "090-" * 1250):
        mask(text)
        contacts_in(text)
