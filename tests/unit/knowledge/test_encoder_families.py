"""Prefixes and pooling by a model's name."""

from __future__ import annotations

import pytest

from knowledge.documents import Block, BlockKind, Chunk
from knowledge.encoders.families import PLAIN, family_of
from knowledge.index import IndexedChunk


@pytest.mark.parametrize(
    ("model", "query", "passage", "pooling"),
    [
        ("intfloat/multilingual-e5-small", "query: ", "passage: ", "mean"),
        ("multilingual-e5-large", "query: ", "passage: ", "mean"),
        ("intfloat/e5-base-v2", "query: ", "passage: ", "mean"),
        ("cl-nagoya/ruri-v3-30m", "検索クエリ: ", "検索文書: ", "mean"),
        ("ruri-v3-310m-onnx", "検索クエリ: ", "検索文書: ", "mean"),
        ("cl-nagoya/ruri-small-v2", "クエリ: ", "文章: ", "mean"),
        ("cl-nagoya/ruri-large", "クエリ: ", "文章: ", "mean"),
        ("BAAI/bge-m3", "", "", "cls"),
        ("bge-m3:latest", "", "", "cls"),
        ("text-embedding-3-small", "", "", "mean"),
        ("nomic-embed-text", "", "", "mean"),
        ("pfnet/plamo-embedding-1b", "", "", "mean"),
    ],
)
def test_a_model_is_asked_as_it_was_trained(model: str, query: str, passage: str, pooling: str) -> None:
    family = family_of(model)
    assert (family.query, family.passage, family.pooling) == (query, passage, pooling)


def test_instruction_tuned_e5_gets_its_instruction_and_plain_passages() -> None:
    family = family_of("intfloat/multilingual-e5-large-instruct")
    assert family.question("補助金").startswith("Instruct: ")
    assert family.question("補助金").endswith("Query: 補助金")
    assert family.passage == ""


def test_a_passage_is_read_with_what_stands_above_it() -> None:
    chunk = Chunk("a.md", 0, (Block(BlockKind.PARAGRAPH, "費用の半分を助成します。", heading=("照明のLED化",)),))
    bare = Chunk("a.md", 0, (Block(BlockKind.PARAGRAPH, "無料です。"),))
    indexed = [IndexedChunk(chunk, (), ()), IndexedChunk(bare, (), ())]
    assert family_of("e5-small").passages(indexed) == [
        "passage: 照明のLED化\n費用の半分を助成します。",
        "passage: 無料です。",
    ]
    assert PLAIN.passages(indexed)[1] == "無料です。"
