from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.guard.manners import safe_form
from bot.guard.markers import LOOKS_LIKE, MARKER
from knowledge.fold import squeeze
from tests.unit.bot.guard.papers import held_by, judged, mark, papers, reasons, shown


@pytest.mark.parametrize(
    "draft",
    [
        "LED照明の助成率は、対象経費の５割以内です[G]。",
        "LED照明の上限は百五十万円です。[G]",
        "空調の助成率は三分の一以内で、上限は1200万円です[G]。",
        "空調は2026年度で1/3以内です[G]。",
        "住宅は対象外です[G]。",
        "締め切りは2027年1月29日です[D]。",
        "通知は、申請から30日以内に届きます[D]。",
        "窓口は環境政策課で、電話は03(1234)5678です[D]。",
        "所在地は九段南1-2-1です[D]。",
        "二重窓は、青空サッシが取り付けます[M]。",
        "店の太陽光の想定値は、R8が10、R9が20です[F]。",
        "照明（店）の令和10年度の想定は60tです[F]。",
        "**LED照明**の上限は**150万円**です［Ｓ1］。",
    ],
)
def test_what_the_passages_say_goes_out(draft: str) -> None:
    draft = draft.replace("［Ｓ1］", "[G]")
    assert reasons(draft) == [""]


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        ("LED照明の上限は200万円です[G]。", "number"),
        ("LED照明の上限は150円です[G]。", "number"),
        ("LED照明の助成率は40%以内です[G]。", "rate"),
        ("LED照明の助成率は50%以上です[G]。", "rate"),
        ("締め切りは令和9年2月28日です[D]。", "date"),
        ("締め切りは令和10年1月29日です[D]。", "date"),
        ("LED照明の令和7年度の助成率は50%以内です[G]。", "date"),
        ("電話は03-1234-9999です[D]。", "phone"),
        ("所在地は九段南三丁目2番1号です[D]。", "address"),
        ("申請はhttps://other.example.jp/からできます[D]。", "url"),
        ("二重窓は、あおぞら信用金庫が取り付けます[M]。", "organisation"),
        ("二重窓は、株式会社みらい環境が取り付けます[M]。", "organisation"),
        ("脱炭素スタート応援補助金の上限は、LED照明が150万円です[G]。", "programme"),
        ("対象は葛飾区内の事業所です[G]。", "ward"),
        ("住宅は対象です[G]。", "scope"),
        ("申請は工事の後に行います[D]。", "scope"),
        ("申請は工事の前に行いません[D]。", "negation"),
        ("LED照明の上限は150万円です。", "no-marker"),
        ("LED照明の上限は150万円です[S99]。", "unknown-marker"),
        ("窓辺の部屋で猫がよく眠ります[G]。", "unsupported"),
    ],
)
def test_what_the_passages_do_not_say_is_left_out(draft: str, reason: str) -> None:
    assert reasons(draft) == [reason]
    assert not judged(draft).answers


@pytest.mark.parametrize(
    "draft",
    [
        "LED照明の上限は1,200万円です[G]。",
        "空調の助成率は50%以内です[G]。",
        "二重窓は、ひかり電設が取り付けます[M]。",
        "紙コップの回収は、青空サッシ株式会社が行います[M]。",
        "店の太陽光の想定値は、R9が10です[F]。",
        "照明（店）のR8の想定値は、11です[F]。",
    ],
)
def test_a_value_or_name_of_another_row_year_or_company_is_left_out(draft: str) -> None:
    assert reasons(draft) != [""]


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        ("後ほど担当者からお電話いたします。", "promise"),
        ("申請の手続きはこちらで進めておきます[G]。", "promise"),
        ("御社は対象になります[G]。", "verdict"),
        ("必ずもらえます[G]。", "verdict"),
        ("補助金が出ますので、安心してください。", "verdict"),
        ("間違いなく半額が戻ります[G]。", "verdict"),
        ("窓口におつなぎしますので、このままお待ちください。", "promise"),
        ("明日、係の者がお店にうかがいます。", "promise"),
        ("助成金は経費として計上できます[G]。", "advice"),
    ],
)
def test_what_is_not_the_programs_to_say_becomes_a_safe_sentence(draft: str, reason: str) -> None:
    done = judged(draft)
    assert [ruling.reason for ruling in done.rulings] == [reason]
    assert done.text == safe_form(reason, draft)
    assert not done.answers


def test_a_rule_about_nobody_in_particular_is_no_verdict() -> None:
    assert reasons("千代田区内の事業所が対象になります[G]。") == [""]


@pytest.mark.parametrize(
    "draft",
    ["こんにちは。", "次のとおりです。", "お店の広さはどのくらいですか？", "詳しくは窓口にお問い合わせください。"],
)
def test_what_states_nothing_needs_no_source(draft: str) -> None:
    done = judged(draft)
    assert done.text == draft
    assert not done.answers


@pytest.mark.parametrize(
    "draft",
    [
        "助成率は50%ですが、いつ工事しますか？",
        "税理士に相談してください。",
        "申請は工事の後でもかまいません。",
    ],
)
def test_a_statement_in_a_harmless_form_needs_one(draft: str) -> None:
    assert reasons(draft) == ["no-marker"]


def test_that_something_is_not_known_may_be_said_in_the_questions_words() -> None:
    assert reasons("駐車場の台数は資料に記載がありません。", "駐車場の台数は？") == [""]
    assert reasons("駐車場の台数は資料に記載がありません。", "助成率は？") == ["no-marker"]


def test_a_figure_of_the_question_may_be_denied_but_not_confirmed() -> None:
    asks = "LED照明の助成率は75%ですか"
    assert reasons("LED照明の助成率は75%ではなく、50%以内です[G]。", asks) == [""]
    assert reasons("LED照明の助成率は75%です[G]。", asks) == ["rate"]


def test_a_figure_that_was_worked_out_needs_no_passage() -> None:
    draft = "LED照明の助成は25,380円ほどになります[G]。"
    assert reasons(draft) == ["number"]
    assert reasons(draft, computed=frozenset({"25380"})) == [""]


@pytest.mark.parametrize("lead", ["ただし", "その場合は、", "これは、", "また、その", "なお、この"])
def test_what_leans_on_a_sentence_that_is_gone_goes_too(lead: str) -> None:
    draft = f"LED照明の上限は999万円です[G]。{lead}住宅は対象外です[G]。空調の上限は1,200万円です[G]。"
    assert reasons(draft) == ["number", "depends", ""]


def test_what_goes_on_without_a_subject_goes_with_the_sentence_before() -> None:
    false, more = "LED照明の上限は999万円です[G]。", "工事の前に行います[D]。"
    assert reasons(f"{false}{more}") == ["number", "depends"]
    assert reasons(f"{false}\n{more}") == ["number", ""]
    assert reasons(f"{false}申請は{more}") == ["number", ""]
    assert reasons(f"{false}環境政策課に聞いてください[D]。") == ["number", ""]


def test_each_half_of_a_clause_has_its_own_side() -> None:
    passage = "この方法は、手間なく続けられる一番の近道だと思います。"
    assert held_by(passage, "手間なく続けられる一番の近道だと思います") == ""
    assert held_by(passage, "手間なく続けられる一番の近道だと思いません") == "negation"


def test_a_rows_name_may_stand_beside_the_name_in_its_cell() -> None:
    table = (
        "| 事業名 | 担う団体 | プロジェクト名 |\n|---|---|---|\n"
        "| 店舗省エネ助成制度 | 商店 | みどりLEDプロジェクト 番号P101 |\n| 緑のカーテン助成制度 | 住民 | みどり窓辺プロジェクト 番号P202 |\n"
    )
    assert held_by(table, "店舗省エネ助成制度のプロジェクト名は、みどりLEDプロジェクト 番号P101です") == ""
    assert held_by(table, "店舗省エネ助成制度のプロジェクト名は、みどり窓辺プロジェクト 番号P202です") != ""


def test_half_of_a_sentences_words_must_stand_in_what_it_cites() -> None:
    document = "みどり診断では、専門家が店を訪ね、照明や空調の使い方を見て、電気を減らす方法を書いた報告書を渡します。"
    assert held_by(document, "専門家が店を訪ねて照明や空調の使い方を見ます") == ""
    assert held_by(document, "専門家が店の融資や保険の契約をまとめて見直します") == "unsupported"


def test_an_english_sentence_needs_a_figure_or_name_that_its_japanese_passage_has() -> None:
    document = "みどり助成は、青空サッシ株式会社の二重窓に使えます。上限は50万円です。住宅は対象外です。"
    assert held_by(document, "The limit is 500,000 yen.") == ""
    assert held_by(document, "The limit is 600,000 yen.") == "number"
    assert held_by(document, "Houses are covered as well.") == "unsupported"


def test_each_part_of_a_sentence_is_proved_for_itself() -> None:
    document = "LED照明は対象経費の50％です。ほかの補助金についての決まりは、この資料に記載がありません。"
    assert held_by(document, "LED照明は対象経費の50％です") == ""
    assert held_by(document, "LED照明は対象経費の50％で、家族や友人の紹介なら増額です") == "unsupported"
    assert held_by(document, "LED照明は対象経費の50％です(全業種、審査は省略)") == "unsupported"
    assert held_by(document, "当日は私も同席します") in ("promise", "unsupported")


@pytest.mark.parametrize("claim", ["借りている建物からも申請できます", "借りている建物からは申請できません"])
def test_what_is_not_known_proves_neither_side(claim: str) -> None:
    document = "申請は窓口で受け付けます。借りている建物から申請できるかどうかは、資料では確認できません。"
    assert held_by(document, claim) != ""
    assert held_by(document, "借りている建物から申請できるかどうかは、資料では確認できません") == ""


def test_a_figure_that_a_passage_denies_is_not_proved_by_it() -> None:
    document = "750万円は、住宅の上限です。事業所ビルの上限は250万円です。750万円は事業所ビルの上限ではありません。"
    assert held_by(document, "事業所ビルの上限は250万円です") == ""
    assert held_by(document, "事業所ビルの上限は750万円です") == "number"


@pytest.mark.parametrize(
    "claim",
    [
        "申請は工事が終わってから行います",
        "着工してから申請してください",
        "先に工事を始めても申請できます",
        "申請は工事中に行います",
        "契約や注文をしてから申請します",
    ],
)
def test_after_the_work_is_not_before_it_in_whatever_words(claim: str) -> None:
    document = "申請は、契約や注文、工事を始める前に行います。工事は業者が行います。"
    assert held_by(document, "申請は工事を始める前に行います") == ""
    assert held_by(document, claim) in ("scope", "negation")


def test_a_figure_of_the_person_is_repeated_not_confirmed() -> None:
    asks = "LED照明の助成は80%と聞きました。予算は900万円です"
    assert reasons("お使いのLED照明には80%が助成されます[G]。", asks) == ["rate"]
    assert reasons("ご希望の900万円が上限です[G]。", asks) == ["number"]


def test_an_old_figure_is_not_called_this_years() -> None:
    document = "令和6年度の案内では、LED照明は対象経費の50％です（今年度の内容は環境政策課に確認）。"
    assert held_by(document, "令和6年度の案内では、LED照明は対象経費の50％です") == ""
    assert held_by(document, "LED照明は今年度も対象経費の50％です") == "date"
    assert held_by(document, "LED照明はいまも対象経費の50％です") == "date"


@pytest.mark.parametrize(
    "draft",
    [
        "申請不要の助成金についてご紹介します。",
        "こんにちは、全業種が対象です。",
        "先に工事をしてしまってはどうでしょうか？",
        "後から申請しても間に合うのではないでしょうか？",
    ],
)
def test_a_claim_in_a_greeting_an_announcement_or_a_question_needs_a_source(draft: str) -> None:
    assert not judged(draft).text or reasons(draft) != [""]


def test_numbers_in_kanji_are_read_as_dates_and_foreign_money_is_no_yen() -> None:
    document = "セミナーは令和7年2月7日に開きます。上限は250万円です。LEDも条件の一つです。"
    assert held_by(document, "セミナーは令和七年二月七日に開きます") == ""
    assert held_by(document, "セミナーは令和七年五月七日に開きます") == "date"
    assert held_by(document, "上限は250万ドルです") == "number"
    assert held_by(document, "LEDも条件の一つです") == ""


def test_a_figure_of_another_row_is_not_proved_by_citing_both() -> None:
    document = "# 見込み\n\n単位はtです。\n\n| 区分 | R8 | R9 |\n|---|---|---|\n| 空調設備 | 39 | 84 |\n| LED照明 | 88 | 223 |\n"
    assert held_by(document, "空調設備のR8は39です") == ""
    assert held_by(document, "LED照明のR8は88t、空調設備のR8は39tです") == ""
    assert held_by(document, "空調設備のR8は88です") != ""
    assert held_by(document, "空調設備はR8に88tの見込みです") == "number"
    assert held_by(document, "LED照明のR9は84tです") == "number"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("LED照明は半額、空調は2割です", ""),
        ("LED照明と太陽光は対象経費の50％です", ""),
        ("LED照明と空調は対象経費の50％です", "rate"),
        ("LED照明も空調も対象経費の50％です", "rate"),
        ("LED照明は対象経費の50％、空調は対象経費の50％です", "rate"),
    ],
)
def test_a_figure_that_is_said_of_several_holds_for_each(said: str, reason: str) -> None:
    document = "LED照明は対象経費の50％です。\n\n太陽光は対象経費の50％です。\n\n空調は対象経費の20％です。\n"
    assert held_by(document, said) == reason


@pytest.mark.parametrize(
    "claim",
    [
        "額は、二つの計算の高いほうです",
        "証明は税務署で取ります",
        "この制度は大企業向けの高価な仕組みです",
        "解約は口頭でできます",
        "設備は中古であることが条件です",
    ],
)
def test_the_contrary_of_a_word_is_not_said(claim: str) -> None:
    document = (
        "額は、二つの計算の低いほうです。証明は都税事務所で取ります。この制度は中小企業向けの安価な仕組みです。"
        "解約は書面でできます。設備は新品であることが条件です。"
    )
    assert held_by(document, claim) == "scope"


def test_the_number_of_a_list_item_is_no_count() -> None:
    document = "# 効果\n\nこの取組が目指す効果は3つあります。\n\n- 目指す効果1：速く進むこと。\n- 目指す効果2：広く知られること。\n- 目指す効果3：続くこと。\n"
    assert held_by(document, "この取組が目指す効果は3つあります") == ""
    assert held_by(document, "この取組が目指す効果は2つあります") == "number"


def test_what_a_document_does_not_say_is_not_said_to_stand_there() -> None:
    document = "参加費は1,000円と書かれています。次の日程は、この資料に記載がありません。"
    assert held_by(document, "次の日程は、この資料に記載がありません") == ""
    assert held_by(document, "次の日程は、この資料に記載があります") == "negation"


def test_a_promise_that_a_document_makes_is_not_repeated_but_its_rules_are() -> None:
    document = "助成金は必ず全額もらえます。契約は、必ず交付決定を受けてから行ってください。助成金が必ずもらえるとは限りません。"
    assert held_by(document, "助成金は必ず全額もらえます") == "verdict"
    assert held_by(document, "契約は、必ず交付決定を受けてから行ってください") == ""
    assert held_by(document, "助成金が必ずもらえるとは限りません") == ""


def test_a_list_goes_with_its_lead_in_and_a_lead_in_with_its_list() -> None:
    assert reasons("港区の助成率は次のとおりです[G]。\n- LED照明は50%以内です[G]\n- 空調は3分の1以内です[G]") == [
        "ward",
        "depends",
        "depends",
    ]
    assert reasons("助成率は次のとおりです。\n- LED照明は60%以内です[G]\n- 空調は4割以内です[G]") == [
        "depends",
        "rate",
        "rate",
    ]


def test_a_lead_in_that_counts_its_list_needs_all_of_it() -> None:
    whole = "助成率は次の2つです[G]。\n- LED照明は50%以内です[G]\n- 空調は3分の1以内です[G]"
    assert reasons(whole) == ["", "", ""]
    assert reasons(whole.replace("3分の1", "半額")) == ["number", "depends", "rate"]


def test_a_table_is_read_row_by_row() -> None:
    done = judged("## 上限\n\n| 設備 | 上限 |\n|---|---|\n| LED照明 | 150万円 [G] |\n| 空調 | 150万円 [G] |")
    assert done.text == "## 上限\n\n| 設備 | 上限 |\n|---|---|\n| LED照明 | 150万円 [1] |"


def test_markers_become_numbers_in_order_of_first_use() -> None:
    done = judged(
        "二重窓は青空サッシです[M]。LED照明の上限は150万円です［Ｓ1］[S99]。二重窓の取り付けです。[M, G]".replace(
            "[M, G]", "[M][G]"
        ).replace("［Ｓ1］", "[G]")
    )
    assert re.findall(r"\[\d+\]", done.text) == ["[1]", "[2]", "[1]", "[2]"]
    assert [citation.n for citation in done.citations] == [1, 2]
    assert done.citations[0].source == "menu.md"


def test_a_citation_quotes_the_row_or_sentence_that_says_it() -> None:
    done = judged("紙コップの回収は、まちなか資源株式会社が行います[M]。空調の上限は1,200万円です[G]。")
    chunks = {part.id: part for part in papers()[1]}
    assert "紙コップ" in done.citations[0].quote
    assert "1,200万円" in done.citations[1].quote
    for citation in done.citations:
        assert squeeze(citation.quote) in squeeze(chunks[citation.chunk].text)
        assert citation.url.startswith("https://ippo.example/sources/")


def test_rulings_hold_nothing_of_the_text() -> None:
    draft = "LED照明の上限は150万円です[G]。"
    (ruling,) = judged(draft).rulings
    assert (ruling.sentence, ruling.kept, ruling.reason) == (0, True, "")
    assert ruling.markers == (int(mark("LED照明が対象経費")[2:-1]),)


@pytest.mark.parametrize(
    "draft",
    [
        "あ" * 100_000,
        "助成率は50%です[S1]。" * 10_000,
        "[[" * 50_000 + "S1" + "]]" * 50_000,
        "（「" * 50_000,
        "千百" * 50_000,
        "1," * 50_000,
        "| a | b |\n" * 10_000,
        "- " * 50_000,
        "a@" * 50_000,
        "[S1" * 30_000,
        "\x00\x1b[31m\ud800\ufffe助成[S1]。",
        "三割5分の二1/2令和8年3月31日から" * 30 + "[S1]。",
        "助成率は50%です" + " " * 1900 + "[S1]\n" + " " * 3000 + "以上です。",
    ],
    ids=str.__len__,
)
def test_a_hostile_draft_takes_little_time_and_raises_nothing(draft: str) -> None:
    started = time.perf_counter()
    judged(draft)
    assert time.perf_counter() - started < 3


def test_unseen_characters_do_not_split_a_figure_and_markup_never_goes_out() -> None:
    assert judged("空調の上限は9\u200b99万円です[G]。").text == ""
    assert reasons("<script>alert(1)</script>空調の上限は1,200万円です[G]。") == ["markup"]


PIECES = st.sampled_from(
    [
        "LED照明の上限は150万円です", "空調は3分の1以内です", "上限は999万円です", "こんにちは", "次のとおりです", "ただし住宅は対象外です", "御社は対象になります", "後ほどご連絡します",
        "[S1]", "[S2][S3]", "［Ｓ１］", "[S1, S99]", "〔S2〕", "[7]", "[S", "S1]", "。", "。\n", "！", "\n\n", "- ", "| a | b |\n", "## 助成率\n", "**", "「", "」", "（", "）", " ", "\u200b", "<b>",
    ]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@example("A\U000e0000?")
@example("150万[S1]!対象になります")
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join)))
def test_whatever_is_drafted_only_pieces_of_it_go_out_and_each_marker_has_its_citation(draft: str) -> None:
    done = judged(draft)
    used = [int(n) for n in re.findall(r"\[(\d+)\]", done.text)]
    assert set(used) == {citation.n for citation in done.citations}
    assert list(dict.fromkeys(used)) == list(range(1, len(done.citations) + 1))
    assert not MARKER.search(done.text)
    safe = {safe_form(reason, "。") for reason in ("promise", "verdict", "advice")}
    plain = _plain(draft)
    own = re.sub("|".join(map(re.escape, safe)), "\n", re.sub(r"\[\d+\]", "", done.text))
    for sentence in re.split(r"(?<=。)|\n", own):
        assert _plain(sentence) in plain


def _plain(text: str) -> str:
    """A text without marks, white space and what the guard takes out unseen."""
    text = re.sub(
        r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufff0-\uffff\U000e0000-\U0010ffff]",
        "",
        text,
    )
    return re.sub(r"\s", "", LOOKS_LIKE.sub("", MARKER.sub("", text)))


def test_the_passages_shown_are_numbered_as_the_tests_take_them() -> None:
    assert shown()[0].number == 1
