"""Pages that say what is unknown: told where they speak of just what is asked, and never in place of an answer."""

from __future__ import annotations

import pytest

from bot.answer import Act
from tests.unit.bot.town import ask, town

PAGE = """---
title: みどり認証
wards: [chiyoda]
publisher: みどり協議会
---

# みどり認証

## 認証の内容

- みどり認証は、小さな会社のための環境の認証です。
- みどり認証の審査は、申し込みから2か月後に終わります。
- 令和6年度のみどり認証の登録料は、年3万円です。

## 資料では確認できないこと

- みどり認証の更新の手数料は、資料では確認できません。みどり協議会へ問い合わせてください。
- 令和8年度のみどり認証の登録料は、資料では確認できません。みどり協議会へ問い合わせてください。
- みどり認証を個人事業主が受けられるかどうかは、資料では確認できません。
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("みどり認証の更新の手数料はいくら?", "更新の手数料は、資料では確認できません"),
        ("令和8年度のみどり認証の登録料は?", "令和8年度のみどり認証の登録料は、資料では確認できません"),
        ("みどり認証って個人事業主でも受けられますか?", "個人事業主が受けられるかどうか"),
    ],
)
def test_what_is_said_to_be_unknown_is_told_with_whom_to_ask(text: str, told: str) -> None:
    answer = ask(town(**{"認証.md": PAGE}), text)
    assert answer.act is Act.ABSTAIN
    assert told in answer.text
    assert "みどり協議会" in answer.text
    assert told in answer.citations[0].quote
    assert answer.confidence <= 0.4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("みどり認証の登録料はいくら?", "年3万円"),
        ("みどり認証の審査はいつ終わる?", "2か月後"),
        ("みどり認証って何?", "環境の認証"),
    ],
)
def test_what_is_known_is_answered(text: str, told: str) -> None:
    answer = ask(town(**{"認証.md": PAGE}), text)
    assert answer.act is Act.ANSWER, answer.text
    assert told in answer.text


def test_an_unknown_phone_number_of_someone_else_is_not_told_for_ours() -> None:
    page = PAGE + "- みどり認証の会員の電話番号は、資料では確認できません。\n"
    answer = ask(town(**{"認証.md": page}), "電話番号教えて")
    assert "03-1234-5678" in answer.text
