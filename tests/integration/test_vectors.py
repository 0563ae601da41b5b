"""The dense arm on real Chroma directories."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge import vectors
from knowledge.vectors import Batch

_IDS = [f"{n:024x}" for n in range(60)]


@pytest.fixture(scope="module")
def matrix() -> np.ndarray:
    drawn = np.random.default_rng(7).standard_normal((60, 32)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.fixture
def directory(tmp_path: Path, matrix: np.ndarray) -> Path:
    (tmp_path / "chroma").mkdir()
    batches = [Batch(_IDS[i : i + 25], ["a.txt"] * len(_IDS[i : i + 25]), matrix[i : i + 25]) for i in (0, 25, 50)]
    vectors.build(tmp_path / "chroma", batches, 60)
    return tmp_path / "chroma"


def test_scores_are_cosines_best_first(directory: Path, matrix: np.ndarray, tmp_path: Path) -> None:
    index = vectors.open_copy(directory, tmp_path / "open")
    hits = index.search(matrix[5], 60)

    assert index.size == 60
    exact = matrix @ matrix[5]
    assert [chunk for chunk, _ in hits] == [_IDS[n] for n in np.argsort(-exact)]
    assert [score for _, score in hits] == pytest.approx(sorted(map(float, exact), reverse=True), abs=1e-5)
    assert index.search(np.zeros(32, dtype=np.float32), 5) == []
    assert index.search(matrix[5], 0) == []
    assert len(index.search(matrix[5], 1000)) == 60


def test_a_copy_leaves_its_original_alone_and_goes_when_it_is_not_used(
    directory: Path, matrix: np.ndarray, tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    index = vectors.open_copy(directory, tmp_path / "open")
    index.search(matrix[0], 5)
    assert len(list((tmp_path / "open").glob("*.held"))) == 1

    del index
    assert [path.name for path in (tmp_path / "open").iterdir()] == ["claim.lock"]
    assert {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()} == before


def test_nothing_is_left_to_be_worked_in_at_the_next_opening(directory: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(directory / "chroma.sqlite3")) as database:
        ((waiting,),) = database.execute("SELECT count(*) FROM embeddings_queue")
    # The last of them stays as the mark of how far it got.
    assert waiting <= 1
    assert list(directory.rglob("data_level0.bin"))


def test_entries_are_taken_out_and_put_in(directory: Path, matrix: np.ndarray, tmp_path: Path) -> None:
    vectors.build(directory, [Batch(["new"], ["b.txt"], -matrix[:1])], 1, [_IDS[0]])
    index = vectors.open_copy(directory, tmp_path / "open")

    assert index.size == 60
    assert index.search(-matrix[0], 1)[0][0] == "new"
    assert _IDS[0] not in dict(index.search(matrix[0], 60))


def test_a_child_tells_a_sound_directory_from_a_broken_one(directory: Path, matrix: np.ndarray) -> None:
    assert vectors.verify(directory, 60, matrix[3])
    assert not vectors.verify(directory, 61, matrix[3])
    assert not vectors.verify(directory, 60, np.ones(32, dtype=np.float32) / np.float32(np.sqrt(32)))
    # Whatever opening this does, a segfault included, it does not happen here.
    for path in directory.rglob("*.bin"):
        path.write_bytes(b"\xff" * (path.stat().st_size // 2))
    assert not vectors.verify(directory, 60, matrix[3])


def test_an_empty_collection_is_sound(tmp_path: Path) -> None:
    (tmp_path / "chroma").mkdir()
    vectors.build(tmp_path / "chroma", [], 0)

    assert vectors.verify(tmp_path / "chroma", 0, None)
