from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.messages.model import Reply
from adapters.slack import card, render
from adapters.slack.text import units
from tests.platforms.slack import check_blocks

PUBLIC = "https://ippo.example.jp"
_TAG = re.compile(r"<[^<>]*>")


def cited(n: int, title: str) -> dict[str, Any]:
    return {"n": n, "source": "led.md", "title": title, "place": title, "quote": title, "url": f"{PUBLIC}/sources/led.md#c{n}"}  # fmt: skip


def checked(made: dict[str, Any]) -> str:
    """Refuse what Slack would refuse; give all that is shown."""
    check_blocks(made["blocks"])
    assert 0 < units(made["text"]) <= render.FALLBACK
    return "\n".join([made["text"], *(block["text"]["text"] for block in made["blocks"] if block["type"] == "section")])


def test_a_question_stands_above_its_summary_and_the_state_above_both() -> None:
    made = card.card(Reply("LEDは?\n区: 港区\n業種: 食堂"), 12, public_url=PUBLIC, state="担当: 田中")
    assert [block["text"]["text"] for block in made["blocks"][:3]] == ["*担当: 田中*", "LEDは?", "区: 港区\n業種: 食堂"]
    assert made["text"] == "担当: 田中\nLEDは?\n区: 港区\n業種: 食堂"
    assert {button["value"] for button in made["blocks"][-1]["elements"]} == {"12"}


def test_who_speaks_stands_above_the_words() -> None:
    made = card.said("はい\nいいえ", speaker="相談者")
    assert made == {"text": "*相談者*\nはい\nいいえ", "blocks": [render.section("*相談者*\nはい\nいいえ")]}


@pytest.mark.parametrize("mention", ["!channel", "U1> <!here", "u123", "C0GENERAL", "", "U1|x"])
def test_nothing_but_a_users_id_calls_anybody(mention: str) -> None:
    assert card.said("x", mention=mention)["text"] == "x"
    assert card.said("x", mention="U0TANAKA1")["text"] == "<@U0TANAKA1> x"


WORDS = st.text(alphabet="あ<>&*_~`|!@ \n😀", max_size=300)


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS, st.integers(1, 60))
def test_whatever_is_written_slack_takes_it_and_it_calls_nobody(text: str, name: str, times: int) -> None:
    long = text * times
    reply = Reply(f"{long.replace(chr(10), ' ')}\n{long}", citations=tuple(cited(n, name) for n in range(1, 8)))
    for over in (False, True):
        shown = checked(card.card(reply, 1, public_url=PUBLIC, state=name, over=over))
        assert not _TAG.search(shown)
    assert not _TAG.search(checked(card.plainer(reply, 1)))
    assert _TAG.findall(checked(card.said(long, speaker=name, mention="U0TANAKA1"))) == ["<@U0TANAKA1>"] * 2


def test_an_ordinary_message_is_shown_whole() -> None:
    made = card.said("補助金の締切を教えてください。" * 333, speaker="相談者")
    checked(made)
    assert json.dumps(made["blocks"], ensure_ascii=False).count("締切") == 333
