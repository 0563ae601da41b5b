"""Lists and next events from the shipped knowledge: complete, dated, cited, and silent where nothing proves them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from bot.answer import Act, Answer, Question, Turn
from bot.grounding import unsupported
from bot.lists.listing import listing
from bot.lists.proofs import Proofs
from bot.reading import read
from knowledge.catalogue.load import shipped
from knowledge.catalogue.models import Category
from knowledge.documents import Block, BlockKind, Chunk, Kind, Source
from knowledge.fold import squeeze
from tests.fakes import MemoryIndex
from tests.unit.bot.shipped import index, pages

TODAY = "2026-11-24"


def ask(text: str, ward: str | None = "chiyoda", today: str = TODAY, **more: Any) -> Answer | None:
    found = more.pop("within", index())
    question = Question(text, date.fromisoformat(today), ward, tuple(more.pop("history", ())))
    return listing(read(question, found), Proofs(found), "http://localhost:8000")


def answered(text: str, ward: str | None = "chiyoda", today: str = TODAY, **more: Any) -> Answer:
    answer = ask(text, ward, today, **more)
    assert answer is not None, text
    return answer


@pytest.mark.parametrize(
    ("today", "first", "also", "never"),
    [
        ("2026-03-05", "2026年3月12日(木) 14:00-16:00 千代田区 経営戦略フォーラム", ["環境講演会"], ["終わった"]),
        ("2026-04-02", "2026年4月24日(金) 15時から17時 脱炭素化を通じた経営改善セミナー", ["5月中旬"], ["3月12日"]),
        ("2026-05-20", "2026年5月中旬 共創会議", ["6月 企業交流会"], ["5月20日", "4月24日"]),
        (
            "2026-11-22",
            "2026年11月から2027年2月ごろ ちよエコ未来企業スクール",
            ["10-15社", "環境フェア"],
            ["3月12日", "共創会議"],
        ),
        ("2027-03-01", "2027年3月 交流会", ["予定表の並びから読み取った"], ["スクール"]),
    ],
)
def test_the_next_event_is_told_by_the_day_of_the_question(
    today: str, first: str, also: list[str], never: list[str]
) -> None:
    answer = answered("次のイベントは?", today=today)

    assert answer.act is Act.ANSWER
    assert answer.text.split("\n")[1].startswith(first)
    assert all(part in answer.text for part in also)
    assert not any(part in answer.text for part in never)


def test_after_the_last_event_the_documents_hold_no_later_one() -> None:
    answer = answered("次のイベントはいつ?", today="2027-04-02")

    assert answer.act is Act.ABSTAIN
    assert "これより後の催しの予定がありません" in answer.text
    assert "03-5211-5085" in answer.text
    assert answer.confidence < 0.5


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        (
            "再エネの日っていつ?",
            "2026-11-24",
            ["2026年9月 再エネの日", "予定の時期は過ぎました", "次の日程は書かれていません"],
        ),
        ("再エネの日っていつ?", "2026-05-20", ["2026年9月 再エネの日", "日にちは書かれていません"]),
        ("4月にやる経営改善のセミナーっていつ？何時から？", "2026-03-05", ["2026年4月24日(金) 15時から17時"]),
        ("4月にやる経営改善のセミナーっていつ？何時から？", "2026-11-24", ["2026年4月24日(金)", "すでに終わった日程"]),
        ("共創会議はもう終わった?", "2026-05-15", ["5月中旬", "いまがその時期です"]),
        ("環境講演会はいつ?", "2026-03-21", ["今日です"]),
        ("スクールはいつ?", "2026-11-24", ["2026年11月から2027年2月ごろ"]),
        ("スクールはいつ?", "2027-05-01", ["2027年2月ごろ", "予定の時期は過ぎました"]),
        ("3月のイベントは?", "2026-02-20", ["2026年3月12日(木)", "2026年3月21日(土)"]),
        ("来月の催しは?", "2026-11-24", ["2026年12月 交流会"]),
        ("終わった催しは?", "2026-11-24", ["2026年4月24日(金)", "すでに終わった日程"]),
        ("葛飾区の脱炭素経営セミナーはいつだった?", "2026-11-24", ["2025年2月7日（金）", "すでに終わった日程"]),
    ],
)
def test_an_event_is_past_or_vague_as_it_is(text: str, today: str, expected: list[str]) -> None:
    answer = answered(text, None, today)

    assert all(part in answer.text for part in expected), answer.text


def test_a_question_that_leans_on_the_talk_means_its_event() -> None:
    history = [Turn("user", "再エネの日って何?"), Turn("assistant", "Eサイクルちよだを導入した企業が登壇します。")]

    assert "2026年9月 再エネの日" in answered("それはいつ?", today="2026-05-20", history=history).text


def test_other_wards_events_are_their_own() -> None:
    katsushika = answered("次のセミナーはいつ?", "katsushika")

    assert katsushika.act is Act.ABSTAIN
    assert "2025年2月7日" in katsushika.text
    assert "03-5654-8228" in katsushika.text
    assert "5211" not in katsushika.text
    assert ask("次のイベントは?", "minato") is None


@pytest.mark.parametrize(
    ("text", "companies"),
    [
        ("SBTの目標づくりを手伝ってくれる会社を全部知りたい", ["アークエル", "東京海上日動火災保険"]),
        ("窓の断熱をしてくれる会社は?", ["上野硝子工業", "久保工", "ゼニス・アドバン"]),
        ("補助金の申請を手伝ってくれる会社は?", ["上野硝子工業", "久保工", "山善"]),
        ("紙コップのリサイクル頼めるのはどこ？", ["三井物産パッケージング"]),
        ("J-クレジットを売っている会社は?", ["三井物産", "東京海上日動火災保険"]),
        ("Which companies can do window insulation?", ["上野硝子工業", "久保工", "ゼニス・アドバン"]),
    ],
)
def test_all_companies_that_do_something_are_named(text: str, companies: list[str]) -> None:
    answer = answered(text)
    named = [line[1:].split("：")[0] for line in answer.text.split("\n") if line.startswith("・")]

    assert named == companies
    assert "CES事務局" in answer.text


def test_no_company_is_called_the_best() -> None:
    answer = answered("空調の会社で一番いいのはどこ?")

    assert "どこがよいかはお答えできません" in answer.text
    assert answer.text.count("・") >= 3


def test_outside_the_ward_the_menu_is_not_promised() -> None:
    answer = answered("省エネ診断してくれるところは?", "minato")

    assert answer.text.index("クール・ネット東京") < answer.text.index("アークエル")
    assert "港区から頼めるかどうかは、資料に書かれていません" in answer.text


@pytest.mark.parametrize("category", Category)
def test_a_category_is_told_whole_over_its_choices(category: Category) -> None:
    catalogue = shipped()
    answer = answered(f"メニュー{category.circled}は誰が何をしている?")
    told = answer.text
    while more := [choice for choice in answer.choices if re.search(r"ほか\d+件", choice)]:
        answer = answered(more[0])
        told += answer.text

    for offer in catalogue.offers:
        if offer.category is category:
            assert catalogue.organisation(offer.organisation).short in told


def test_a_long_list_shows_six_and_the_rest_on_request() -> None:
    first = answered("電気代を下げてくれる会社はどこ?")
    rest = answered(first.choices[0])

    assert first.text.count("\n・") == 6
    assert first.choices == ("節電・省エネの会社のほか1件",)
    assert rest.text.count("\n・") == 1
    assert not set(re.findall(r"・(.+?)：", first.text)) & set(re.findall(r"・(.+?)：", rest.text))


def test_an_organisations_items_are_listed() -> None:
    assert answered("アークエルのメニューを全部教えて").text.count("・⑤") == 7
    assert answered("アークエルは何ができる?").text.count("・⑤") == 6
    assert ask("三井物産パッケージングは何をしてくれる?") is None


@pytest.mark.parametrize(
    ("text", "ward", "expected", "never"),
    [
        (
            "テナントでも使える助成は?",
            "chiyoda",
            ["テナントも対象", "経営支援助成", "申請できるかは要確認"],
            ["低炭素建築物", "円"],
        ),
        (
            "借りてる事務所で使える補助金ある?",
            "minato",
            ["省エネルギー診断に基づく設備改修", "所有者の同意書"],
            ["千代田", "円"],
        ),
        (
            "千代田区の補助金を全部教えて",
            "chiyoda",
            ["省エネルギー改修", "受験料", "ヒートアイランド", "低炭素建築物"],
            ["円", "対象です"],
        ),
        ("LEDの補助金ある?", "chiyoda", ["令和6年度の案内では", "50％", "250万円", "工事の前に"], ["20％"]),
        ("LEDに替えるときの助成、いくらまで出る？", "chiyoda", ["令和6年度の案内では", "250万円", "今年度の額"], []),
        ("コンサルの助成はいくら?", "chiyoda", ["2分の1", "上限50万円", "令和6年度", "03-5211-4255"], []),
        ("窓のフィルムに助成出る? いくら?", "chiyoda", ["令和5年度の案内では", "4,500円"], ["3万円"]),
        ("葛飾区で使える補助金は?", "katsushika", ["かつしかエコ助成金", "03-5654-8228"], ["千代田", "円", "15万"]),
        ("文京区の補助金は?", "bunkyo", ["持続可能性向上支援補助金", "文京区役所"], ["円", "千代田"]),
    ],
)
def test_grants_are_the_wards_own_with_their_years(text: str, ward: str, expected: list[str], never: list[str]) -> None:
    answer = answered(text, ward)

    assert all(part in answer.text for part in expected), answer.text
    assert not any(part in answer.text for part in never), answer.text
    assert "に聞いてください" in answer.text


@pytest.mark.parametrize(
    ("text", "ward"),
    [
        ("補助金ありますか?", None),
        ("品川区の補助金は?", "shinagawa"),
        ("千代田区の省エネ改修の助成って使えるかな", "katsushika"),
        ("うちは補助金の対象?", "chiyoda"),
        ("もう工事しちゃったけど助成使える?", "chiyoda"),
        ("コンサル代の助成って申込みいつまで？", "chiyoda"),
        ("最大750万円もらえるって本当?", "chiyoda"),
        ("Eサイクルちよだって結局どういう仕組み？お金かかる？", "chiyoda"),
        ("CES認証ってなに？取ると何がいいの", "chiyoda"),
        ("組んでやれる3社ってどこ", "chiyoda"),
        ("まず何から始めればいい?", "chiyoda"),
        ("セミナーには誰が登壇しますか", "chiyoda"),
        ("スクールの参加費はいくら?", "chiyoda"),
        ("補助金の申請はどこにすればいい?", "chiyoda"),
        ("電話番号教えて", "chiyoda"),
        ("こんにちは", "chiyoda"),
    ],
)
def test_what_the_catalogue_is_not_for_is_left_to_the_text_search(text: str, ward: str | None) -> None:
    assert ask(text, ward) is None


ASKED = [
    ("次のイベントは?", "chiyoda"),
    ("今後の催しを全部教えて", "chiyoda"),
    ("終わった催しは?", "chiyoda"),
    ("電気代を下げてくれる会社はどこ?", "chiyoda"),
    ("省エネ診断してくれるところは?", "minato"),
    ("メニュー⑤は誰が何をしている?", "chiyoda"),
    ("テナントでも使える助成は?", "chiyoda"),
    ("エアコンの補助金ある?", "minato"),
    ("太陽光の補助金ある?", "chiyoda"),
    ("次のセミナーは?", "katsushika"),
]


@pytest.mark.parametrize(("text", "ward"), ASKED)
@pytest.mark.parametrize("today", ["2026-03-05", "2026-05-20", "2026-11-22", "2027-04-02"])
def test_every_line_is_cited_and_every_figure_held(text: str, ward: str, today: str) -> None:
    answer = answered(text, ward, today)
    passages = {passage.chunk.id: passage.chunk for passage in answer.passages}

    assert unsupported(answer) == []
    assert len(answer.passages) <= 10
    for line in answer.text.split("\n"):
        if line.startswith("・"):
            assert re.search(r"\[\d+\]$", line), line
    used = [int(n) for n in re.findall(r"\[(\d+)\]", answer.text)]
    assert list(dict.fromkeys(used)) == [citation.n for citation in answer.citations]
    for citation in answer.citations:
        assert squeeze(citation.quote) in squeeze(passages[citation.chunk].text)
    assert len(re.sub(r"\[\d+\]", "", answer.text)) <= 420
    assert len(answer.choices) <= 13


@pytest.mark.parametrize(("text", "ward"), ASKED)
def test_without_the_shipped_pages_nothing_is_said(text: str, ward: str) -> None:
    source = Source("chiyoda/events-2026.md", title="わが社の予定", kind=Kind.EVENT)
    block = Block(BlockKind.ITEM, "次のイベントは社内の勉強会です。省エネ診断の会社や補助金の話をします。", ("予定",))
    own = MemoryIndex([source], [Chunk(source.id, 0, (block,))])

    assert ask(text, ward, within=own) is None


def test_someone_elses_calendar_keeps_us_from_saying_that_there_is_nothing() -> None:
    source = Source("own/calendar.md", title="商店街の催し", kind=Kind.EVENT)
    own = Chunk(source.id, 0, (Block(BlockKind.ITEM, "2027年5月1日 省エネまつり", ("催し",)),))
    sources, chunks = pages()
    both = MemoryIndex([*sources, source], [*chunks, own])

    assert ask("次のイベントはいつ?", today="2027-04-02", within=both) is None


def test_a_missing_page_takes_only_its_own_lines_away() -> None:
    answer = answered("LEDの補助金ある?", within=index("chiyoda/grant-energy-saving.md"))

    assert "省エネルギー改修等助成制度：LED照明、太陽光、空調" in answer.text
    assert "％" not in answer.text
