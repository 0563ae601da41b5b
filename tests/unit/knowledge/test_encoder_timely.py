"""A question waits two seconds for its vector, not longer, and is embedded once."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest

from knowledge.embedding import Vectors
from knowledge.encoders.timely import TimelyEmbedding
from knowledge.errors import EmbeddingUnavailable
from knowledge.index import IndexedChunk


class Slow:
    """Makes a vector once it is let go, or fails."""

    name = "slow"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go = threading.Event()
        self.failure = ""

    def embed_documents(self, chunks: Sequence[IndexedChunk]) -> Vectors:
        return np.ones((len(chunks), 2), dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        self.asked.append(text)
        self.go.wait(30)
        if self.failure:
            raise EmbeddingUnavailable(self.failure)
        return np.ones(2, dtype=np.float32)


@pytest.fixture
def slow() -> Slow:
    return Slow()


def test_one_question_is_embedded_once(slow: Slow) -> None:
    slow.go.set()
    timely = TimelyEmbedding(slow)
    assert [timely.embed_query("補助金")[0] for _ in range(3)] == [1, 1, 1]
    assert slow.asked == ["補助金"]
    assert timely.name == "slow"


def test_what_takes_too_long_is_said_to_and_kept_for_the_next(slow: Slow) -> None:
    now = 0.0
    timely = TimelyEmbedding(slow, within=0.01, clock=lambda: now)
    with pytest.raises(EmbeddingUnavailable, match="秒以内"):
        timely.embed_query("補助金")
    # Nobody else waits for a while.
    with pytest.raises(EmbeddingUnavailable, match="秒以内"):
        timely.embed_query("照明")
    assert slow.asked == ["補助金"]
    slow.go.set()
    now = 31.0
    assert timely.embed_query("照明").any()
    assert timely.embed_query("補助金").any()
    assert slow.asked == ["補助金", "照明"]


def test_the_first_question_may_wait_for_the_model_to_load(slow: Slow) -> None:
    timely = TimelyEmbedding(slow, within=0.0, load=30.0)
    threading.Timer(0.05, slow.go.set).start()
    assert timely.embed_query("補助金").any()


def test_a_failure_is_raised_and_tried_again_after_a_while(slow: Slow) -> None:
    now = 0.0
    slow.go.set()
    slow.failure = "no server"
    timely = TimelyEmbedding(slow, clock=lambda: now)
    for _ in range(3):
        with pytest.raises(EmbeddingUnavailable, match="no server"):
            timely.embed_query("補助金")
    assert len(slow.asked) == 1
    slow.failure = ""
    now = 31.0
    assert timely.embed_query("補助金").any()


def test_many_threads_that_ask_the_same_ask_once(slow: Slow) -> None:
    timely = TimelyEmbedding(slow, within=30.0)
    threads = [threading.Thread(target=timely.embed_query, args=("補助金",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    slow.go.set()
    for thread in threads:
        thread.join()
    assert slow.asked == ["補助金"]
