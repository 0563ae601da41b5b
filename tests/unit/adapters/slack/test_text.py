from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.text import LONGEST, cut, escape, mentions, mrkdwn, plain, unescape, units


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("<@U0IPPO> LEDの補助金は?", "LEDの補助金は?"),
        ("窓は? <@U0IPPO|ippo>", "窓は?"),
        ("<@U0IPPO><@U0BOB> 窓は?", "窓は?"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("<!channel> 窓は?", "窓は?"),
        ("<!subteam^S1|@all> 窓は?", "窓は?"),
        ("<#C1|general> の窓は?", "#general の窓は?"),
        ("<#C1|> の窓は?", "の窓は?"),
        ("<https://x.jp/a|案内> を見た", "案内 を見た"),
        ("<https://x.jp/a?b=1&amp;c=2> を見た", "https://x.jp/a?b=1&c=2 を見た"),
        ("<mailto:a@x.jp|a@x.jp> へ", "a@x.jp へ"),
        ("<mailto:a@x.jp> へ", "a@x.jp へ"),
        ("半\ud83d分\x00", "半分"),
        ("3 < 5", "3 < 5"),
        ("<@U0IPPO>", ""),
        ("", ""),
    ],
)
def test_what_a_person_wrote_is_read(sent: str, read: str) -> None:
    assert plain(sent) == read


def test_only_so_much_is_read() -> None:
    assert len(plain("あ" * 40_000)) == LONGEST


def test_a_mention_is_the_bots_own() -> None:
    assert mentions("<@U0IPPO> x", "U0IPPO")
    assert mentions("x <@U0IPPO|ippo>", "U0IPPO")
    assert not mentions("<@U0IPPO2> x", "U0IPPO")
    assert not mentions("&lt;@U0IPPO&gt;", "U0IPPO")
    assert not mentions("<@U0IPPO>", "")


@given(st.text())
def test_escaping_is_undone(text: str) -> None:
    assert unescape(escape(text)) == text


@given(st.text())
def test_nothing_escaped_has_a_meaning(text: str) -> None:
    written = mrkdwn(text)
    assert not re.search(r"[<>]", written)
    assert re.fullmatch(r"(?:[^&]|&(?:amp|lt|gt);)*", written, re.DOTALL)
    assert unescape(written.replace("\u200b", "")) == text.replace("\u200b", "")


@pytest.mark.parametrize("text", ["*太字*", "前 *太字*", "_x_", "~~x~~", "`x`", "```x```"])
def test_formatting_does_not_open(text: str) -> None:
    assert re.search(r"(?:^|\s)[*_~`]", mrkdwn(text)) is None


@pytest.mark.parametrize("text", ["10~20万円", "a_b_c", "2*3", "50% * 2"])
def test_ordinary_signs_stay_as_they_are(text: str) -> None:
    assert mrkdwn(text) == text


@given(st.text(), st.integers(1, 50))
def test_a_cut_text_fits(text: str, most: int) -> None:
    assert units(cut(text, most)) <= most
    assert units(text) > most or cut(text, most) == text


def test_units_are_those_of_utf16() -> None:
    assert units("a😀あ") == len("a😀あ".encode("utf-16-le")) // 2 == 4
