"""Personal data goes out as what it is and comes home as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.agent.masking import Masks, key_of
from bot.privacy import contacts_in


def test_a_value_has_one_name_however_it_is_written() -> None:
    masks = Masks()
    assert masks.hide("090-1234-5678です。０９０１２３４５６７８にください") == "[電話番号1]です。[電話番号1]にください"
    assert masks.hide("taro@example.jp と 03-1111-2222") == "[メール1] と [電話番号2]"


def test_a_ward_stays_and_the_rest_of_an_address_goes() -> None:
    masks = Masks()
    assert masks.hide("店は千代田区神田小川町1-2-3です。") == "店は千代田区[住所1]です。"


def test_what_documents_hold_is_nobodys_personal_data() -> None:
    masks = Masks({key_of("03-5211-5085"), key_of("Info@chiyoda-ces.jp")})
    text = "03(5211)5085 か info@chiyoda-ces.jp"
    assert masks.hide(text) == text


@pytest.mark.parametrize("mark", ["。[S1]", "[S1]。", "。［Ｓ１］", "。 【S1】", "。\n[S1]", "。", "ですね。[s 1]"])
def test_a_number_in_a_statement_is_put_back_before_it_is_checked(mark: str) -> None:
    masks = Masks()
    masks.hide("区の番号は03-9999-9999ですよね?")
    assert masks.for_the_guard(f"番号は[電話番号1]{mark}") == f"番号は03-9999-9999{mark}"


@pytest.mark.parametrize("said", ["[電話番号1]", "［電話番号1］", "[電話番号１]", "【電話番号1】"])
def test_elsewhere_it_is_put_back_at_the_end(said: str) -> None:
    masks = Masks()
    masks.hide("090-1234-5678です")
    checked = masks.for_the_guard(f"{said}ですね。上限は100万円です。[S1]")
    assert "090" not in checked
    assert checked.endswith("。上限は100万円です。[S1]")
    assert masks.show(checked).startswith("090-1234-5678ですね。")
    assert "5678" in masks.numbers()


def test_a_name_that_nobody_gave_is_dropped() -> None:
    assert Masks().for_the_guard("番号は[電話番号7]です。") == "番号はです。"


def test_nobody_can_write_a_private_character_or_a_name_of_ours() -> None:
    masks = Masks()
    assert masks.hide("\ue100と[電話番号]と090-1234-5678") == "と[電話番号]と[電話番号1]"
    assert masks.show(masks.for_the_guard("窓口は\ue100です。\ue800ありがとうございます。[S1]")) == (
        "窓口はです。ありがとうございます。[S1]"
    )


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("お電話は[電話番号1]ですね。", True),
        ("ご連絡先[電話番号1]、承知しました。", True),
        ("[電話番号1]でよろしいですか?", True),
        ("窓口の電話は[電話番号1]ですね。", False),
        ("上限は50万円、[電話番号1]ですね。", False),
        ("[電話番号1]に補助が出ます。", False),
    ],
)
def test_a_sentence_that_only_repeats_it_is_held(said: str, held: bool) -> None:
    masks = Masks()
    masks.hide("090-1234-5678です")
    checked = masks.for_the_guard(said)
    assert checked.endswith("ありがとうございます。") is held
    assert masks.show(checked) == said.replace("[電話番号1]", "090-1234-5678")


@given(st.text(alphabet="090-1234 5678@a.jp千代田区神田1丁目2番[]電話番号。\n", max_size=60))
def test_nothing_that_the_mask_knows_goes_out(text: str) -> None:
    assert not contacts_in(Masks().hide(text))
