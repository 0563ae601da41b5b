from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.messages.model import Reply
from adapters.slack import home, render
from adapters.slack.text import units
from bot.answer import Act
from tests.platforms.slack import check_blocks

PUBLIC = "https://ippo.example.jp"


def cited(n: int, **more: Any) -> dict[str, Any]:
    return {"n": n, "source": "led.md", "title": "照明のLED化", "place": "費用", "quote": "半分を助成します。", "url": f"{PUBLIC}/sources/led.md#c{n}", **more}  # fmt: skip


def shown(reply: Reply, **more: Any) -> dict[str, Any]:
    made = render.message(reply, public_url=PUBLIC, **more)
    check_blocks(made["blocks"])
    assert 0 < units(made["text"]) <= render.FALLBACK
    return made


def texts(made: Any) -> list[str]:
    """Give every mrkdwn text."""
    if isinstance(made, list):
        return [text for value in made for text in texts(value)]
    if not isinstance(made, dict):
        return []
    return ([made["text"]] if made.get("type") == "mrkdwn" else []) + texts(list(made.values()))


def test_a_reply_is_text_sources_choices_and_a_vote() -> None:
    made = shown(Reply("半分です。[1]", citations=(cited(1),), choices=("締切は?", "窓口は?")))
    assert [block["type"] for block in made["blocks"]] == ["section", "context", "actions", "context_actions"]
    assert made["blocks"][0]["text"]["text"] == "半分です。[1]"
    assert texts(made["blocks"][1]) == [f"[1] <{PUBLIC}/sources/led.md#c1|照明のLED化> — 費用\n「半分を助成します。」"]
    assert [button["value"] for button in made["blocks"][2]["elements"]] == ["締切は?", "窓口は?"]
    assert made["text"] == "半分です。[1]\n\n出典\n[1] 照明のLED化"


def test_thirteen_choices_take_three_rows_of_five_at_most() -> None:
    made = shown(Reply("どれですか?", choices=tuple(f"{n}です" for n in range(13))))
    assert [len(block["elements"]) for block in made["blocks"] if block["type"] == "actions"] == [5, 5, 3]


def test_a_long_choice_is_cut_on_its_button_and_asked_in_full() -> None:
    long = "あ" * 200
    made = shown(Reply("どれですか?", choices=(long, "い" * 2001, " ")))
    (button,) = made["blocks"][1]["elements"]
    assert button["value"] == long
    assert units(button["text"]["text"]) == 75


@pytest.mark.parametrize("act", [Act.GREET, Act.REFUSE, Act.HANDOFF])
def test_only_answers_are_voted_on(act: Act) -> None:
    assert [block["type"] for block in shown(Reply("こんにちは。", act))["blocks"]] == ["section"]


def test_an_advisors_words_are_not_voted_on() -> None:
    assert [block["type"] for block in shown(Reply("承りました。"), votes=False)["blocks"]] == ["section"]


def test_a_long_answer_is_split_at_lines_and_keeps_its_markers() -> None:
    lines = [f"{n}番目の手順です。<{n}>&です[{n}]" for n in range(1, 151)]
    made = shown(Reply("\n".join(lines)))
    sections = [block["text"]["text"] for block in made["blocks"] if block["type"] == "section"]
    assert len(sections) > 1
    assert "\n".join(sections).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").split("\n") == lines


def test_an_answer_beyond_all_limits_ends_with_an_ellipsis() -> None:
    made = shown(Reply("ながい文です。" * 5000, citations=tuple(cited(n) for n in range(1, 80))))
    sections = [block["text"]["text"] for block in made["blocks"] if block["type"] == "section"]
    assert sections[-1].endswith("…")
    assert len(made["blocks"]) <= render.BLOCKS


@pytest.mark.parametrize(
    "url",
    [
        "http://ippo.example.jp/sources/x",
        "https://evil.example/sources/x",
        "https://ippo.example.jp.evil.example/x",
        "https://ippo.example.jp@evil.example/x",
        "https://ippo.example.jp/x|y",
        "https://ippo.example.jp/x>y<!channel",
        "https://ippo.example.jp/x y",
        "javascript:alert(1)",
        "",
    ],
)
def test_links_go_to_our_own_host_over_https_alone(url: str) -> None:
    made = shown(Reply("半分です。[1]", citations=(cited(1, url=url),)))
    assert "<" not in "".join(texts(made["blocks"]))


def test_an_address_with_parameters_is_escaped_and_not_broken() -> None:
    made = shown(Reply("半分です。[1]", citations=(cited(1, url=f"{PUBLIC}/sources/a%20b?x=1&y=2#c1"),)))
    assert f"<{PUBLIC}/sources/a%20b?x=1&amp;y=2#c1|" in texts(made["blocks"])[1]


def test_on_a_machine_without_https_sources_are_named_without_links() -> None:
    made = render.message(Reply("[1]", citations=(cited(1, url="http://localhost:8000/sources/x"),)), public_url="http://localhost:8000")  # fmt: skip
    assert "照明のLED化" in texts(made["blocks"])[1]
    assert "http" not in json.dumps(made["blocks"][:2])


HOSTILE = "<!channel> <@U1> <https://evil.example|窓> &lt; | *太字* ~x~ `y` > 引用\n> 引用 \u202e 😀"
_LINK = re.compile(rf"<{re.escape(PUBLIC)}/[^<>|]*\|[^<>|]*>")


def test_hostile_documents_call_nobody_and_link_nowhere() -> None:
    citation = cited(1, title=HOSTILE, place=HOSTILE, quote=HOSTILE, source=HOSTILE)
    made = shown(Reply(HOSTILE, citations=(citation,), choices=(HOSTILE,)), asked=HOSTILE)
    for text in [*texts(made["blocks"]), made["text"]]:
        assert not re.search(r"[<>]", _LINK.sub("", text).removeprefix("> "))
    assert all(block["verbatim"] for block in _mrkdwn(made["blocks"]))
    for button in made["blocks"][-2]["elements"]:
        assert not re.search("[<>]", button["text"]["text"])


def _mrkdwn(made: Any) -> list[dict[str, Any]]:
    if isinstance(made, list):
        return [found for value in made for found in _mrkdwn(value)]
    if not isinstance(made, dict):
        return []
    return ([made] if made.get("type") == "mrkdwn" else []) + _mrkdwn(list(made.values()))


_WORDS = st.text(st.sampled_from("あ<>&*_~`|\n 。😀a[1]") | st.characters(exclude_categories=("Cs",)), max_size=400)


@settings(max_examples=60, deadline=None)
@given(
    text=st.builds(lambda words, times: words * times or "あ", _WORDS, st.integers(1, 60)),
    citations=st.lists(st.fixed_dictionaries({"title": _WORDS, "place": _WORDS, "quote": _WORDS, "source": _WORDS}), max_size=60),
    choices=st.lists(_WORDS, max_size=16),
    asked=_WORDS,
)  # fmt: skip
def test_whatever_is_said_slack_takes_it(text: str, citations: list[dict[str, Any]], choices: list[str], asked: str) -> None:  # fmt: skip
    numbered = tuple(cited(n, **citation) for n, citation in enumerate(citations, 1))
    shown(Reply(text, citations=numbered, choices=tuple(choices)), asked=asked)


def test_the_home_tab_and_the_prompts_are_within_slacks_limits() -> None:
    check_blocks(home.view()["blocks"], most=100, view=True)
    prompts = home.prompts("D1")
    assert "thread_ts" not in prompts
    assert 1 <= len(prompts["prompts"]) <= 4
    assert home.prompts("D1", "1.1")["thread_ts"] == "1.1"
