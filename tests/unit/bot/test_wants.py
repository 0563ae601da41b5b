"""What a question asks for, in the words in which people ask."""

from __future__ import annotations

import pytest

from bot.wants import Want, holds, wanted


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("港区の環境の係の電話ばんごう教えて", Want.PHONE),
        ("窓口はどこ?電話も", Want.PHONE),
        ("講演会でしゃべるのだれですか", Want.PERSON),
        ("会見で話した人の名前は?", Want.PERSON),
        ("審査は何日くらい待つの", Want.PERIOD),
        ("Eサイクルに変えたら何年しばり?", Want.PERIOD),
        ("始めてどのくらいたってた?", Want.PERIOD),
        ("ごみひろいの大会はどの季節?", Want.DATE),
        ("応援する組織はなんぼになる?", Want.COUNT),
        ("参加したら何ポイントつくの", Want.COUNT),
        ("塾にはなんにん来てたの", Want.COUNT),
        ("なんがつにやる?", Want.DATE),
        ("クレジットは全部で何トンの見込み?", Want.QUANTITY),
        ("認証をとるのになんぼかかる?", Want.FEE),
        ("なにか安くなる制度ある?", Want.SUBSIDY),
        ("その助成は何をしたら出るんですか", Want.CONDITION),
        ("案を出した会社、なんて名前?", Want.ORGANISATION),
    ],
)
def test_what_is_asked_for(text: str, want: Want) -> None:
    assert want in wanted(text)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("審査は何日くらい待つの", Want.DATE),
        ("期限がすぎた書類はどうするの", Want.DEADLINE),
        ("クレジットは全部で何トンの見込み?", Want.COUNT),
        ("いくらかかるかの計算もしてくれる?", Want.FEE),
        ("片方が直したいと言ったらどうなる?", Want.BENEFIT),
        ("名前とか住所が漏れたら届け出る?", Want.PLACE),
        ("助成は何種類あるん?名前ぜんぶ並べて", Want.COUNT),
    ],
)
def test_what_is_not_asked_for(text: str, want: Want) -> None:
    assert want not in wanted(text)


def test_a_vague_count_a_season_and_half_a_year_are_values() -> None:
    assert holds("数十社の組を考えている", Want.COUNT, wanted("何社くらい集まる?"))
    assert holds("春 ごみひろいの大会", Want.DATE, wanted("どの季節にやる?"))
    assert not holds("春 ごみひろいの大会", Want.DATE, wanted("何月何日にやる?"))
    assert holds("開講から半年", Want.PERIOD, wanted("始めてどのくらいたってた?"))
