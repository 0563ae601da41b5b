"""An advisor's confirmed answer is told to whoever asks the same, and to nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from adapters.learning.text import as_source, plain
from bot.answer import Act, Answer, Question, Turn
from bot.assistant import Assistant
from bot.grounding import unsupported
from ingest.chunk import chunk, split_paragraphs
from ingest.load import read
from ingest.manifest import fields_from_front_matter
from ingest.metadata import describe
from ingest.structure import structure
from knowledge.documents import Chunk, Source
from tests.fakes import MemoryIndex
from tests.unit.bot.shipped import pages
from tests.unit.bot.town import MENU, MINUTES, PROPOSAL, TODAY

ASKED = "駐輪場をつくるときに使える補助金はありますか"
ANSWER = (
    "はい。「駐輪場整備助成」が使えます。上限は50万円です。\n- 対象は区内の商店です。\n- 工事の前に申請が必要です。"
)
QUOTED = (
    "はい。「駐輪場整備助成」が使えます。上限は50万円です。\n・対象は区内の商店です。\n・工事の前に申請が必要です。"
)
APPROVED, EXPIRES = date(2026, 11, 20), date(2027, 3, 31)


BASIS = "千代田区の要綱 第3条"


def faq(
    question: str = ASKED, answer: str = ANSWER, ward: str | None = "chiyoda", based_on: str = BASIS, **more: date
) -> str:
    days = {"approved": APPROVED, "expires": EXPIRES, **more}
    return as_source(question=question, answer=plain(answer), based_on=based_on, ward=ward, **days)


class Shelf:
    """An index of texts by name."""

    def __init__(self, files: Mapping[str, str], sources: tuple[Source, ...] = (), chunks: tuple[Chunk, ...] = ()):
        known, found = list(sources), list(chunks)
        for name, text in files.items():
            extract = read(text.encode(), name)
            stated = fields_from_front_matter(extract.metadata, name=name) if extract.metadata else {}
            source = describe(name, extract, stated)
            known.append(source)
            found.extend(chunk(split_paragraphs(structure(extract, source, "0" * 64))))
        self._index = MemoryIndex(known, found)

    def current(self) -> MemoryIndex:
        return self._index


def assistant(**faqs: str) -> Assistant:
    """One that knows the town, and these answers by their number."""
    files = {"menu.txt": MENU, "proposal.txt": PROPOSAL, "minutes.txt": MINUTES}
    return Assistant(
        Shelf({**files, **{f"faq/{name}.md": text for name, text in faqs.items()}}), public_url="https://ippo.example"
    )


def asked(
    of: Assistant, text: str = ASKED, ward: str | None = "chiyoda", today: date = TODAY, history: tuple[Turn, ...] = ()
) -> Answer:
    answer = of.answer(Question(text, today, ward, history))
    assert not unsupported(answer) or answer.act is not Act.ANSWER
    return answer


def is_told(answer: Answer) -> bool:
    return "相談員が確認した回答です" in answer.text


def test_the_same_question_gets_the_advisor_s_words_as_they_are_with_source_and_day() -> None:
    answer = asked(assistant(n1=faq()))
    assert answer.act is Act.ANSWER
    assert answer.text == (f"相談員が確認した回答です(2026年11月20日確認)。\n{QUOTED}\n(金額は令和8年度のものです)[1]")
    (citation,) = answer.citations
    assert citation.source == "faq/n1.md"
    assert citation.title == ASKED
    assert citation.quote == f"{QUOTED}\n(金額は令和8年度のものです)"
    assert citation.quote in answer.passages[0].chunk.text
    assert answer.passages[0].source.id == "faq/n1.md"


@pytest.mark.parametrize(
    "text",
    [
        "駐輪場をつくるときに使える補助金はありますか?",
        "駐輪場をつくるときに使える補助金は、ありますでしょうか。",
        "駐輪場を作るときに使える補助金ってありますか?",
        "千代田区で駐輪場をつくるときに使える補助金はありますか",
    ],
)
def test_it_is_told_whatever_the_wording_s_ending(text: str) -> None:
    assert is_told(asked(assistant(n1=faq()), text))


NEAR_MISSES = [
    # another thing
    "駐車場をつくるときに使える補助金はありますか",
    "屋根をつくるときに使える補助金はありますか",
    "自転車を買うときに使える補助金はありますか",
    # another kind of value
    "駐輪場をつくるときに使える補助金はいくらですか",
    "駐輪場をつくるときに使える補助金はいつまでですか",
    "駐輪場をつくるときに使える補助金の申請方法は?",
    "駐輪場をつくるときに使える補助金の電話番号は?",
    # turned round
    "駐輪場をつくるときに使えない補助金はありますか",
    "駐輪場をつくった後に使える補助金はありますか",
    "駐輪場をなくすときに使える補助金はありますか",
    # narrower, wider
    "賃貸のビルで駐輪場をつくるときに使える補助金はありますか",
    "令和9年度に駐輪場をつくるときに使える補助金はありますか",
    "駐輪場を3か所つくるときに使える補助金はありますか",
    "使える補助金はありますか",
    "駐輪場",
    "駐輪場をつくるときに使える補助金はありますよね、100万円ですよね",
    "駐輪場をつくるときに使える補助金はありますか。あとLEDの助成はいくらですか",
    # elsewhere
    "港区で駐輪場をつくるときに使える補助金はありますか",
    "千代田区と港区で駐輪場をつくるときに使える補助金はありますか",
]


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_is_merely_near_does_not_get_it(text: str) -> None:
    assert not is_told(asked(assistant(n1=faq()), text))


PAIRS = [
    ("エアコンを買い替えるときの助成金はいくらですか", "LEDを買い替えるときの助成金はいくらですか"),
    ("工事の前に申請できますか", "工事の後に申請できますか"),
    ("個人事業主でも省エネ診断を受けられますか", "大企業でも省エネ診断を受けられますか"),
    ("二重窓の助成の上限はいくらですか", "二重窓の助成の下限はいくらですか"),
    ("省エネ診断の申し込みはいつまでですか", "省エネ診断の結果はいつまでですか"),
    ("エアコンの助成は今年もありますか", "エアコンの助成は来年もありますか"),
    ("中古のエアコンは助成の対象ですか", "新品のエアコンは助成の対象ですか"),
]


@pytest.mark.parametrize(("known", "near"), [*PAIRS, *((near, known) for known, near in PAIRS)])
def test_two_questions_that_differ_in_one_word_that_matters(known: str, near: str) -> None:
    of = assistant(n1=faq(known, "はい、そのとおりです。", None))
    assert is_told(asked(of, known))
    assert not is_told(asked(of, near))


def test_it_is_never_for_another_ward_nor_for_somebody_of_whom_nobody_knows() -> None:
    of = assistant(n1=faq(ward="chiyoda"))
    assert not is_told(asked(of, ward="minato"))
    assert not is_told(asked(of, ward=None))
    everywhere = assistant(n1=faq(ward=None))
    assert is_told(asked(everywhere, ward="minato"))
    assert is_told(asked(everywhere, ward=None))


def test_of_two_the_one_for_the_person_s_own_ward_is_told_and_of_these_the_latest() -> None:
    of = assistant(
        n1=faq(answer="どの区でもありません。", ward=None),
        n2=faq(answer="千代田区にはあります。", approved=date(2026, 10, 1)),
        n3=faq(answer="千代田区にはまだあります。", approved=date(2026, 11, 1)),
    )
    assert "千代田区にはまだあります。" in asked(of).text
    assert "どの区でもありません。" in asked(of, ward="minato").text


def test_from_its_day_on_it_is_not_told_nor_found_any_more() -> None:
    of = assistant(n1=faq())
    assert is_told(asked(of, today=date(2027, 3, 30)))
    for day in (date(2027, 3, 31), date(2027, 12, 1)):
        answer = asked(of, today=day)
        assert not is_told(answer)
        assert not any(passage.source.id.startswith("faq/") for passage in answer.passages)
        assert "50万円" not in answer.text


def test_after_the_fiscal_year_the_amount_is_said_to_be_of_the_year_before() -> None:
    of = assistant(n1=faq(expires=date(2027, 10, 1)))
    assert "前の年度" not in asked(of, today=date(2027, 3, 31)).text
    answer = asked(of, today=date(2027, 4, 1))
    assert is_told(answer)
    assert "金額は前の年度のものです" in answer.text


def test_a_long_answer_is_told_whole_with_a_marker_for_each_passage() -> None:
    lines = [
        f"手順その{n}として、窓口に電話をして、書類の書き方と期日を確かめてください。" for n in "一二三四五六七八九十"
    ] * 2
    of = assistant(n1=faq(answer="\n".join(lines)))
    answer = asked(of)
    assert is_told(answer)
    plain_text = answer.text
    for n in range(1, len(answer.citations) + 1):
        assert plain_text.count(f"[{n}]") == 1
        plain_text = plain_text.replace(f"[{n}]", "")
    assert plain_text.split("\n")[1:] == lines
    assert len(answer.citations) > 1


def test_an_answer_that_speaks_of_its_basis_and_a_basis_of_many_sentences_are_told_apart() -> None:
    answer = "使えます。\n根拠: 窓口で聞きました。\n申請は3月までです。"
    basis = "千代田区の要綱の第三条に書かれています。" * 20
    told = asked(assistant(n1=faq(answer=answer, based_on=basis)))
    assert is_told(told)
    assert told.text.split("\n")[1:] == [*answer.split("\n")[:-1], "申請は3月までです。[1]"]


def test_a_follow_up_is_no_question_by_itself() -> None:
    of = assistant(n1=faq("補助金はありますか", "はい。", None))
    history = (Turn("user", "エアコンを替えたいです"), Turn("assistant", "省エネ性能の高い機種があります。"))
    assert not is_told(asked(of, "それに補助金はありますか", history=history))


def test_a_rule_that_goes_before_an_order_still_goes_with_it() -> None:
    question = "エアコンの工事を業者に頼むときに気をつけることは何ですか"
    sources, chunks = pages()
    text = faq(question, "見積もりを2社から取ってください。", None)
    of = Assistant(Shelf({"faq/n1.md": text}, sources, chunks), public_url="https://ippo.example")
    answer = asked(of, question)
    assert is_told(answer)
    assert "見積もりを2社から取ってください。" in answer.text
    assert "前" in answer.text.split("\n")[-1]
    assert len(answer.citations) == 2


def test_a_phone_number_in_it_is_no_contact_for_other_questions() -> None:
    of = assistant(n1=faq(answer="自転車係(電話 03-9999-8888)にお電話ください。"))
    assert "03-9999-8888" in asked(of).text
    assert "03-9999-8888" not in asked(of, "水素ステーションの設置費用はいくらですか").text


def test_without_any_such_source_nothing_is_looked_at() -> None:
    of = assistant()
    assert not is_told(asked(of))
