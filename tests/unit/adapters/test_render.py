from __future__ import annotations

import json

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.render import _wrap, answer_json, answer_text, width
from bot.answer import Act, Answer, Citation
from knowledge.documents import Block, BlockKind, Chunk, Passage, Source

CHUNK = Chunk("a.md", 0, (Block(BlockKind.PARAGRAPH, "費用は3,300円です。", ("案内", "費用"), page=2),))
ANSWER = Answer(
    Act.ANSWER,
    "費用は3,300円です。[1]",
    (
        Citation(
            1, "a.md", "省エネ診断のご案内", CHUNK.place, CHUNK.text, CHUNK.id, "http://localhost:8000/sources/a.md#x"
        ),
    ),
    tuple(Passage(CHUNK, Source("a.md"), 1 - n / 20) for n in range(12)),
    ("申込みの方法は?",),
    0.87654,
)


def test_json_has_the_contracts_keys_in_its_order() -> None:
    shown = answer_json(ANSWER, question="費用は?", elapsed_ms=12.345)

    assert list(shown) == [
        "id", "question", "act", "text", "citations", "passages", "choices", "confidence", "elapsed_ms",
    ]  # fmt: skip
    assert list(shown["citations"][0]) == ["n", "source", "title", "place", "quote", "url"]
    assert list(shown["passages"][0]) == ["source", "place", "text", "score"]
    assert (shown["id"], shown["act"], shown["confidence"], shown["elapsed_ms"]) == (None, "answer", 0.8765, 12.3)
    assert shown["citations"][0]["place"] == "案内 › 費用 (p. 2)"
    json.dumps(shown, ensure_ascii=False).encode()


def test_passages_are_at_most_ten_and_scores_never_rise() -> None:
    scores = [passage["score"] for passage in answer_json(ANSWER, question="", elapsed_ms=0)["passages"]]

    assert len(scores) == 10
    assert scores == sorted(scores, reverse=True)


def test_text_shows_the_answer_its_sources_and_what_to_ask_next() -> None:
    assert click.unstyle(answer_text(ANSWER)).splitlines() == [
        "費用は3,300円です。[1]",
        "",
        "出典",
        "[1] 省エネ診断のご案内",
        "    案内 › 費用 (p. 2)",
        "    「費用は3,300円です。」",
        "    http://localhost:8000/sources/a.md#x",
        "",
        "続けて聞けること",
        "  ・申込みの方法は?",
    ]


def test_width_counts_columns_rather_than_characters() -> None:
    assert width("CO₂排出量ｶﾞ") == 3 + 6 + 2


def test_a_line_does_not_begin_with_a_closing_mark_nor_lose_its_marker() -> None:
    lines = _wrap("千代田区の店や会社は、省エネ診断（無料）を受けられます。[1]", 24, "").splitlines()

    assert len(lines) > 2
    assert not any(line[0] in "、。）" or line.startswith("[1]") for line in lines)
    assert not any(line.endswith("（") for line in lines)


@given(st.text(alphabet="省エネのこと、。「」（） abc/[1]\u3000", max_size=200), st.integers(20, 100))
def test_wrapping_only_changes_white_space(text: str, columns: int) -> None:
    assert "".join(_wrap(text, columns, "  ").split()) == "".join(text.split())


@pytest.mark.parametrize("columns", [30, 60, 88])
def test_lines_fit_the_terminal(columns: int) -> None:
    text = "省エネの診断を受けると、電気代の目安が分かります。申込みは電話で受け付けています。" * 4

    assert all(width(line) <= columns for line in _wrap(text, columns).splitlines())
