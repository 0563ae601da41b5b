"""Everyday words lead to the words of the documents, in Japanese and from English, and to nothing else."""

from __future__ import annotations

import pytest

from knowledge import synonyms
from knowledge.errors import ManifestError
from knowledge.synonyms import english, expand, parse, shipped, version
from knowledge.tokens import words


def found(question: str) -> set[str]:
    return {synonym for _, synonym in expand(question)}


@pytest.mark.parametrize(
    ("question", "synonym"),
    [
        ("お店の玄関を直したい", "エントランス"),
        ("ガラス張りの入口が暑い", "カーテンウォール"),
        ("ブレーカーのあたりに貼るやつ", "分電盤"),
        ("余った乾パンはどうすれば?", "備蓄品"),
        ("廃パソコンを引き取ってほしい", "oa機器"),
        ("厨房の棚を捨てたい", "店舗設備"),
        ("ペットボトルの蓋を集めている", "エコキャップ"),
        ("間引いた木はどうなる?山の木を切るのはなぜ", "間伐"),
        ("本屋さんで何をもらえる?", "ブックカバー"),
        ("途中でやめたいときは?", "解約"),
        ("契約は何年続くの", "有効期間"),
        ("ほかに口外していい?", "秘密保持"),
        ("参加は自由参加?", "任意参加"),
        ("何のためにやっているの", "目的"),
        ("うちにどんなメリットがある?", "効果"),
        ("ゼニスアドバンの連絡先", "株式会社ゼニス・アドバン"),
        ("池田リカって何の会社", "株式会社池田理化"),
        ("足すと全部でいくら", "累計"),
        ("ちよえことは", "ちよエコ"),
        ("リバースオクションって何", "リバースオークション"),
        ("芝公園の近くの店です", "港区"),
    ],
)
def test_what_an_owner_says_leads_to_what_is_written(question: str, synonym: str) -> None:
    assert synonym in found(question)


@pytest.mark.parametrize(
    ("question", "synonym"),
    [
        ("Are there SUBSIDIES for a small shop?", "助成"),
        ("Do you have a grant?", "助成"),
        ("Could I put up solar panels?", "太陽光"),
        ("I want solar-panel advice", "太陽光"),
        ("What about the Solar  Panel?", "太陽光"),
        ("How do we cut carbon emissions?", "排出量"),
        ("Where do old PCs go?", "oa機器"),
        ("Are there companies in Chiyoda?", "千代田区"),
        ("double glazing for my office", "内窓"),
        ("How is the agreement terminated or cancelled? When does it expire?", "有効期間"),
    ],
)
def test_english_words_lead_to_japanese_ones(question: str, synonym: str) -> None:
    assert synonym in found(question)


@pytest.mark.parametrize("question", ["every item in several levels", "grantee", "a forestless plain", "subsidised"])
def test_a_latin_word_inside_another_is_not_met(question: str) -> None:
    assert not found(question)


def test_english_is_reached_from_english_only() -> None:
    reached = {synonym for word in ("助成", "太陽光", "森林", "解約") for synonym in found(word)}
    assert reached
    assert not {synonym for synonym in reached if synonym in {word for group in english() for word in group.everyday}}


def test_a_plural_is_yielded_as_it_was_said() -> None:
    # The question's own word carries the synonyms, so it has to be recognisable among the question's words.
    assert ("subsidies", "補助金") in set(expand("Which subsidies?"))
    assert "subsidies" in words("Which subsidies?")


def test_an_arrow_makes_a_line_one_way() -> None:
    one, two = parse("場所→\t神田\t千代田区\nごみ\tゴミ\t廃棄物")
    assert (one.subject, one.one_way, two.one_way) == ("場所", True, False)
    assert "千代田区" in found("神田の店")
    assert not found("千代田区") & {"神田", "丸の内"}
    assert "ゴミ" in found("廃棄物の量")


def test_a_single_kanji_counts_only_by_itself() -> None:
    assert "アルミシート建材" in found("床を張り替えたい")
    assert not found("病床数")


def test_the_longest_word_wins() -> None:
    assert "カーテンウォール" in found("全面ガラスのビル")
    assert "内窓" not in found("全面ガラスのビル")


def test_a_name_of_the_documents_hides_its_parts() -> None:
    assert "東京都" in found("東京の会社です")
    assert "東京都" not in found("東京商工会議所には何がありますか")


def test_to_work_at_something_is_not_to_work_with_someone() -> None:
    assert "連携" in found("ほかの会社と組みたい")
    assert not found("取り組む、取り組んでいる、取り組みたい")


def test_a_line_without_three_columns_is_refused_by_number() -> None:
    with pytest.raises(ManifestError, match=r"pairs\.tsv: line 2"):
        parse("a\tb\tc\na\tb\n", "pairs.tsv")


def test_an_underscore_stands_for_a_space_and_notes_are_left_out() -> None:
    (group,) = parse("# a note\n\nenergy\tPower_Bill\t電気料金\n")
    assert group.everyday == ("power bill",)


def test_no_shipped_word_stands_on_both_sides_alone_or_twice_in_a_line() -> None:
    for group in (*shipped(), *english()):
        assert len(set(group.everyday)) == len(group.everyday), group
        assert len(set(group.written)) == len(group.written), group
        assert set(group.everyday) != set(group.written), group


def test_every_shipped_word_is_found_in_itself() -> None:
    for group in (*shipped(), *english()):
        for word in group.everyday:
            assert set(group.written) - {word} <= found(word), word


def test_english_words_are_latin() -> None:
    for group in english():
        assert all(word.isascii() for word in group.everyday), group


def test_the_version_changes_with_either_file(monkeypatch: pytest.MonkeyPatch) -> None:
    before = version()
    for name in ("shipped", "english"):
        version.cache_clear()
        with monkeypatch.context() as patch:
            patch.setattr(synonyms, name, lambda: ())
            assert version() != before
    version.cache_clear()
    assert version() == before
