"""What of a draft may be somebody's own is found, however it is written."""

from __future__ import annotations

import pytest

from adapters.learning.personal import Sort, personal


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("電話は090-1234-5678です", Sort.PHONE),
        ("電話は０９０（１２３４）５６７８です", Sort.PHONE),
        ("+81 90 1234 5678", Sort.PHONE),
        ("電話 1234-5678", Sort.PHONE),
        ("taro@example.jp に送ります", Sort.EMAIL),
        ("千代田区神田町1-2-3 に店があります", Sort.ADDRESS),
    ],
)
def test_numbers_and_addresses_may_be_an_office_s(text: str, sort: Sort) -> None:
    (found,) = personal({"answer": text})
    assert (found.sort, found.field) == (sort, "answer")
    assert found.may_be_an_office_s


@pytest.mark.parametrize(
    "text", ["山田花子さんの店", "山田 花子 様", "０９０ １２３４ ５６７８", "09012345678", "HANAKO@example.jp"]
)
def test_what_the_person_left_is_theirs_in_whatever_form(text: str) -> None:
    found = personal({"question": "補助金はありますか", "answer": text}, "山田花子、090-1234-5678、hanako@example.jp")
    assert [one.sort for one in found] == [Sort.PERSON]
    assert not found[0].may_be_an_office_s


@pytest.mark.parametrize(
    "text",
    [
        "上限は50万円、令和8年度の助成率は2分の1です。",
        "2026年4月1日から2027年3月31日まで",
        "第3条 12-34",
        "千代田区の店",
        "",
    ],
)
def test_amounts_and_days_are_nobody_s(text: str) -> None:
    assert personal({"answer": text}, "山田花子") == ()
