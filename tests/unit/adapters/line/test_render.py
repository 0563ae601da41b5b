"""A reply as LINE's message objects: within LINE's limits whatever is in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.line import render
from adapters.messages.model import Reply
from tests.platforms.line_messages import errors, flex_errors, graphemes

HOST = "https://ippo.example.jp"
FAMILY = "👨‍👩‍👧‍👦"


def citation(n: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "n": n,
        "source": "led.md",
        "title": "照明のLED化",
        "place": "費用 › 助成",
        "quote": "費用の半分を助成します。",
        "url": f"{HOST}/sources/led.md?chunk=c1#c1",
        **more,
    }


def render_it(text: str = "はい。", **more: Any) -> list[render.Message]:
    return render.messages(Reply(text, **more), public_url=HOST)


def check(messages: list[render.Message]) -> None:
    assert errors(messages) == []
    assert flex_errors(messages) is None


def parts(message: render.Message) -> list[Any]:
    contents = message["contents"]
    bubbles = contents["contents"] if contents["type"] == "carousel" else [contents]
    return [part for bubble in bubbles for part in bubble["body"]["contents"]]


def test_a_short_text_is_one_message() -> None:
    assert render_it("はい。[1]") == [{"type": "text", "text": "はい。[1]"}]


def test_a_long_text_is_cut_between_sentences() -> None:
    sentence = "あ" * 1999 + "。"
    found = render_it(sentence * 5)

    assert [one["text"] for one in found] == [sentence * 2, sentence * 2, sentence]


def test_emoji_count_twice() -> None:
    found = render_it("😀" * 2501)

    assert [len(one["text"]) for one in found] == [2500, 1]


def test_more_than_five_messages_are_cut_off_and_said_to_be() -> None:
    found = render_it("あいう。" * 10_000, citations=(citation(),))

    assert len(found) == 5
    assert found[3]["text"].endswith("続きは出典をご覧ください)")
    assert found[4]["type"] == "flex"
    check(found)


@pytest.mark.parametrize("text", ["", " \n ", "\0", "\ud800"])
def test_there_is_always_a_text(text: str) -> None:
    check(render_it(text))


def test_a_citation_names_title_place_and_quote_and_opens_its_page() -> None:
    flex = render_it(citations=(citation(),))[-1]

    assert [part.get("text") for part in parts(flex)[:3]] == [
        "[1] 照明のLED化",
        "費用 › 助成",
        "「費用の半分を助成します。」",
    ]
    assert parts(flex)[3]["action"]["uri"] == f"{HOST}/sources/led.md?chunk=c1#c1"
    assert flex["altText"] == "出典: [1] 照明のLED化"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://ippo.example.jp/sources/a",
        "https://evil.example/sources/a",
        "https://ippo.example.jp.evil.example/",
        "https://ippo.example.jp@evil.example/",
        "https://evil.example\\@ippo.example.jp/",
        "//ippo.example.jp/",
        "javascript:alert(1)",
        "line://msg/text/x",
        "https://ippo.example.jp/a b",
        "https://ippo.example.jp/資料",
        "https://[",
        f"{HOST}/{'x' * 1000}",
    ],
)
def test_only_https_on_our_own_host_is_linked(url: str) -> None:
    found = render_it(citations=(citation(url=url),))

    assert not any(part["type"] == "button" for part in parts(found[-1]))
    check(found)


@pytest.mark.parametrize("count", [1, 2, 12, 13, 40])
def test_all_citations_fit(count: int) -> None:
    found = render_it(citations=tuple(citation(n + 1) for n in range(count)))

    assert sum(part.get("weight") == "bold" for part in parts(found[-1])) == count
    check(found)


def test_the_longest_citations_fit_too() -> None:
    long = citation(title="題" * 500, place="所" * 500, quote="文" * 5000, url=f"{HOST}/sources/{'%E8' * 310}")
    found = render_it(citations=tuple({**long, "n": n} for n in range(60)))

    assert render.fits(found[-1]["contents"])
    check(found)


def test_what_is_missing_in_a_citation_is_left_out() -> None:
    found = render_it(citations=({"n": 1, "source": "led.md", "title": "", "place": "", "quote": "", "url": ""},))

    assert [part["text"] for part in parts(found[-1])] == ["[1] led.md"]
    check(found)


def test_taps_stand_on_the_last_message_each_once_and_whole() -> None:
    long = "千代田区で空調を入れ替えるときに使える補助金は?"
    found = render_it(
        citations=(citation(),), choices=("締切は?", long, "締切は?", " ", *(f"問{n}" for n in range(20)))
    )

    assert "quickReply" not in found[0]
    actions = [item["action"] for item in found[1]["quickReply"]["items"]]
    assert len(actions) == 13
    assert actions[1] == {"type": "message", "text": long, "label": "千代田区で空調を入れ替えるときに使える…"}
    check(found)


@pytest.mark.parametrize("text", [FAMILY * 10, "が" * 25, "🇯🇵" * 15, "e\u0301" * 30])
def test_labels_are_not_cut_within_a_character(text: str) -> None:
    label = render.label(text)

    assert graphemes(label) <= 20
    assert text.startswith(label.removesuffix("…"))
    assert not label.removesuffix("…").endswith("\u200d")


def test_in_a_group_a_tap_is_a_postback() -> None:
    found = render.messages(Reply("はい。", choices=("締切は?",)), public_url=HOST, in_group=True)

    action = found[0]["quickReply"]["items"][0]["action"]
    assert action == {"type": "postback", "data": "締切は?", "displayText": "締切は?", "label": "締切は?"}
    check(found)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("田中", "田中"),
        ("LINE担当 田中", "担当 田中"),
        ("Line", "アドバイザー"),
        ("あ" * 30, "あ" * 20),
        ("lLINEine", "アドバイザー"),
    ],
)
def test_advisors_carry_their_name_as_line_takes_it(name: str, shown: str) -> None:
    found = render.messages(Reply("はい。", citations=(citation(),)), public_url=HOST, sender=name)

    assert {one["sender"]["name"] for one in found} == {shown}
    check(found)


HOSTILE = st.text(max_size=400) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"}],"type":"image"',
        "{{text}}",
        "${jndi:x}",
        "\u202eabc",
        "\0\x1b[2J",
        "@All",
        FAMILY * 90,
    ]
)


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, st.lists(HOSTILE, max_size=20), st.integers(0, 15))
def test_hostile_strings_are_text(text: str, title: str, quote: str, url: str, choices: list[str], cited: int) -> None:
    found = render_it(
        text,
        citations=tuple(citation(n, title=title, quote=quote, url=url) for n in range(cited)),
        choices=tuple(choices),
    )

    check(found)
    json.dumps(found).encode("ascii")


def test_the_plain_form_keeps_the_texts_alone() -> None:
    found = render_it(citations=(citation(),), choices=("締切は?",))

    assert render.plain(found) == [{"type": "text", "text": "はい。"}]
    assert render.plain(render_it(choices=("締切は?",))) == [{"type": "text", "text": "はい。"}]
