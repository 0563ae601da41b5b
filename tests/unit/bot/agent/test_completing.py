"""What a model's answer leaves out of the assistant's is added to it, whole lines, and no line that it tells."""

from __future__ import annotations

from datetime import date

import pytest

from bot.agent.completing import Completed, complete
from bot.answer import Citation, Question
from bot.guard import Names, names_of
from bot.reading import read
from knowledge.memory import MemoryIndex

INDEX = MemoryIndex((), ())
NAMES: Names = names_of(INDEX)
ASKED = "みどり助成ってどんなもの?"


def cited(n: int, quote: str = "", chunk: str = "") -> Citation:
    return Citation(n, "a.md", "A", "", quote or f"引用{n}", chunk or f"chunk{n}", "https://x")


def completed(text: str, own: str, question: str = ASKED, citations: tuple[Citation, ...] = (cited(1),)) -> Completed:
    reading = read(Question(question, date(2026, 11, 24)), INDEX)
    return complete(text, citations, own, [cited(n) for n in range(1, 10)], reading, NAMES)


def added(text: str, own: str, question: str = ASKED) -> list[str]:
    found = completed(text, own, question).text
    assert found.startswith(text)
    return found.removeprefix(text).split("\n")[1:]


def test_an_answer_that_tells_everything_stays_as_it_is() -> None:
    own = "みどり助成は、照明の取り替えの費用を助成します。[1]"
    assert added("みどり助成は照明の取り替えにかかる費用を助成するものです。[1]", own) == []


def test_a_line_that_is_not_told_is_added_with_its_citation_under_a_number_of_its_own() -> None:
    found = completed("照明の費用が助成されます。[1]", "・窓の断熱は対象外です。[3]")
    assert found.text.split("\n")[1:] == ["資料には、こう書かれています。", "・窓の断熱は対象外です。[2]"]
    assert [(citation.n, citation.chunk) for citation in found.citations] == [(1, "chunk1"), (2, "chunk3")]


def test_a_citation_that_is_there_is_not_made_twice() -> None:
    found = completed("照明の費用が助成されます。[1]", "・窓の断熱は対象外です。[1]")
    assert len(found.citations) == 1
    assert found.text.endswith("対象外です。[1]")


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("上限は50万円です。[1]", "令和8年度の上限は50万円です。[1]"),
        ("受付は4月に始まります。[1]", "受付は5月に始まります。[1]"),
        ("上限は50万円です。[1]\n対象は区内の店です。令和8年度の案内です。[1]", "令和8年度の上限は50万円です。[1]"),
    ],
)
def test_a_figure_that_is_missing_or_stands_in_another_line_is_not_told(text: str, own: str) -> None:
    assert added(text, own)[-1] == own


def test_a_second_sentence_and_a_remark_are_told_for_themselves() -> None:
    first = "みどり助成は照明の費用を助成します。"
    whole = f"{first}申請の前に工事を始めてはいけません。[1]"
    assert added(f"{first}[1]", whole)[-1] == whole
    over = "5月中旬 みどり会議。※予定の時期は過ぎました[1]"
    assert added("みどり会議は5月中旬です。[1]", over)[-1] == over
    assert added("5月中旬のみどり会議は、もう予定の時期を過ぎました。[1]", over) == []


def test_a_lead_in_goes_with_its_list_and_stays_away_without_it() -> None:
    own = "資料では次のとおりです。\n・照明の取り替え[1]\n・窓の断熱[2]\n対象になるかどうかは窓口が決めます。"
    assert added("照明の取り替えが挙がっています。[1]", own) == [
        "資料では次のとおりです。",
        "・窓の断熱[2]",
        "対象になるかどうかは窓口が決めます。",
    ]
    told = "・照明の取り替え[1]\n・窓の断熱[1]\n対象になるかどうかは窓口が決めます。"
    assert added(told, own) == []


def test_a_question_for_one_figure_is_not_answered_with_what_has_none_but_with_whom_to_ask() -> None:
    own = "・令和8年度の上限は50万円です。[1]\n・みどり助成は商店街を元気にします。[2]\nくわしくは、環境課に聞いてください。[3]"
    question = "みどり助成の上限はいくら?"
    assert added("令和8年度の上限は50万円です。[1]", own, question) == ["くわしくは、環境課に聞いてください。[2]"]
    assert len(added("令和8年度の上限は50万円です。[1]", own)) == 3


def test_no_more_passages_are_cited_than_an_answer_may_show() -> None:
    own = "\n".join(f"・{what}の話です。[{n}]" for n, what in enumerate("春夏秋冬朝昼夜", 1))
    citations = tuple(cited(n, chunk=f"other{n}") for n in range(1, 8))
    found = completed("照明の費用です。[1]", own, citations=citations)
    assert len({citation.chunk for citation in found.citations}) == 10


def test_an_english_answer_is_compared_by_figures_and_sources() -> None:
    question = "What is the limit of the Midori grant?"
    told = "The limit is 500,000 yen in fiscal 2026. [1]"
    assert added(told, "令和8年度の上限は50万円です。[1]", question) == []
    assert added(told, "令和7年度の上限は40万円です。[2]", question)[0] == "The documents say:"
