from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from knowledge.documents import Block, BlockKind, Chunk
from knowledge.embedding import HashedEmbedding
from knowledge.index import IndexedChunk
from knowledge.tokens import words


def _indexed(*texts: str, heading: str = "") -> list[IndexedChunk]:
    chunks = [Chunk("a.txt", 0, (Block(BlockKind.PARAGRAPH, text, (heading,) if heading else ()),)) for text in texts]
    return [IndexedChunk(chunk, words(chunk.text), words(chunk.context)) for chunk in chunks]


def test_rows_have_unit_length_and_the_stated_shape() -> None:
    matrix = HashedEmbedding().embed_documents(_indexed("照明をLEDに替えます。", "専門家が診断します。"))

    assert matrix.shape == (2, HashedEmbedding.dimensions)
    assert matrix.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(matrix, axis=1), 1.0, rtol=1e-5)


def test_a_question_is_nearest_to_the_text_that_shares_its_words() -> None:
    embedding = HashedEmbedding()
    matrix = embedding.embed_documents(
        _indexed("照明をLEDに替えます。", "専門家が省エネ診断をします。", "屋根に太陽光発電設備を置きます。")
    )

    assert [int(np.argmax(matrix @ embedding.embed_query(q))) for q in ("LED照明", "診断してほしい", "太陽光")] == [
        0,
        1,
        2,
    ]


def test_the_heading_counts_for_less_than_the_text() -> None:
    embedding = HashedEmbedding()
    (stated,) = embedding.embed_documents(_indexed("診断を行います。"))
    (headed,) = embedding.embed_documents(_indexed("無料で行います。", heading="診断"))
    (neither,) = embedding.embed_documents(_indexed("無料で行います。"))
    question = embedding.embed_query("診断")

    assert stated @ question > headed @ question > neither @ question


def test_widths_make_no_difference_to_a_question() -> None:
    embedding = HashedEmbedding()

    np.testing.assert_array_equal(embedding.embed_query("ＬＥＤ ２０５０"), embedding.embed_query("LED 2050"))


def test_nothing_to_go_by_gives_a_zero_vector() -> None:
    assert not HashedEmbedding().embed_query("、。!").any()
    assert not HashedEmbedding().embed_documents(_indexed("…")).any()
    assert HashedEmbedding().embed_documents([]).shape == (0, 1024)


def test_every_process_makes_the_same_vectors(project: Path) -> None:
    # Python's own `hash` of a text differs from process to process.
    code = "from knowledge.embedding import HashedEmbedding as E; print(E().embed_query('照明をLEDに').tobytes().hex())"
    out = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == HashedEmbedding().embed_query("照明をLEDに").tobytes().hex()
