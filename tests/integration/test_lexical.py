"""The lexical arm on real tantivy files."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge import lexical
from knowledge.documents import Block, BlockKind, Chunk
from knowledge.index import Field, IndexedChunk
from knowledge.lexical import LexicalIndex


def _chunk(number: int, *words: str, text: str = "") -> IndexedChunk:
    return IndexedChunk(Chunk("a.txt", number, (Block(BlockKind.PARAGRAPH, text or str(number)),)), words, ())


def _search(index: LexicalIndex, limit: int = 10, **weights: float) -> list[str]:
    return [chunk for chunk, _ in index.search({Field.WORDS: weights}, limit)]


def test_terms_are_found_as_they_are_weighted(tmp_path: Path) -> None:
    led, survey, both = _chunk(0, "照明", "led"), _chunk(1, "診断"), _chunk(2, "照明", "診断", "設備", "費用")
    lexical.build(tmp_path, [led, survey, both])
    index = LexicalIndex(tmp_path)

    assert index.size == 3
    assert _search(index, 照明=1.0) == [led.chunk.id, both.chunk.id]
    assert _search(index, 照明=1.0, 診断=9.0)[0] == survey.chunk.id
    assert _search(index, 照明=9.0, 診断=1.0)[0] == led.chunk.id
    assert _search(index, limit=1, 照明=1.0) == [led.chunk.id]
    assert _search(index, 照明=0.0) == []
    assert _search(index, limit=0, 照明=1.0) == []
    assert index.document_frequency(Field.WORDS, "照明") == 2
    assert index.document_frequency(Field.CONTEXT, "照明") == 0


def test_a_weight_multiplies_the_score(tmp_path: Path) -> None:
    lexical.build(tmp_path, [_chunk(0, "照明"), _chunk(1, "診断")])
    index = LexicalIndex(tmp_path)

    ((_, once),) = index.search({Field.WORDS: {"照明": 1.0}}, 5)
    ((_, thrice),) = index.search({Field.WORDS: {"照明": 3.0}}, 5)
    assert thrice == pytest.approx(3 * once)


def test_a_term_with_a_space_is_one_term(tmp_path: Path) -> None:
    lexical.build(tmp_path, [_chunk(0, "climate change"), _chunk(1, "climate", "change")])
    index = LexicalIndex(tmp_path)

    assert index.document_frequency(Field.WORDS, "climate change") == 1
    assert index.document_frequency(Field.WORDS, "climate") == 1


def test_no_term_is_read_as_a_query_language(tmp_path: Path) -> None:
    lexical.build(tmp_path, [_chunk(0, '"a:b"', "*"), _chunk(1, "x")])
    index = LexicalIndex(tmp_path)

    assert len(index.search({Field.WORDS: {'"a:b"': 1.0, "AND": 1.0, "(": 1.0}}, 5)) == 1


def test_equal_scores_keep_the_order_of_the_documents(tmp_path: Path) -> None:
    chunks = [_chunk(n, "同じ") for n in range(50)]
    lexical.build(tmp_path, chunks)

    assert _search(LexicalIndex(tmp_path), limit=50, 同じ=1.0) == [chunk.chunk.id for chunk in chunks]


def test_chunks_are_taken_out_and_put_in(tmp_path: Path) -> None:
    old, kept, new = _chunk(0, "旧"), _chunk(1, "残"), _chunk(2, "新")
    lexical.build(tmp_path, [old, kept])
    # One that is taken out and put in again is there once.
    lexical.build(tmp_path, [new, kept], [old.chunk.id, kept.chunk.id])
    index = LexicalIndex(tmp_path)

    assert index.size == 2
    assert set(_search(index, 旧=1.0, 残=1.0, 新=1.0)) == {new.chunk.id, kept.chunk.id}
    assert _search(index, 残=1.0) == [kept.chunk.id]


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    lexical.build(tmp_path, [])

    assert LexicalIndex(tmp_path).size == 0
    assert _search(LexicalIndex(tmp_path), 照明=1.0) == []


def test_a_directory_that_holds_no_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="meta"):
        LexicalIndex(tmp_path)
