"""The derived indexes: damaged, moved, shared between processes, and cleared when nobody reads them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import func, select, update

from ingest.pipeline import ingest
from knowledge import schema
from knowledge.embedding import HashedEmbedding
from knowledge.generations import Knowledge
from knowledge.index import Field, IndexedChunk, MentionKind
from tests.searching import found, nearest

Run = Callable[..., dict[str, str]]
Open = Callable[..., Knowledge]


def _files(data_dir: Path, arm: str) -> list[Path]:
    """The files of an arm of the newest generation that hold something."""
    newest = max(int(path.name) for path in (data_dir / "index").iterdir() if path.name.isdecimal())
    inside = (data_dir / "index" / str(newest) / arm).rglob("*")
    return sorted(path for path in inside if path.is_file() and path.suffix != ".lock" and path.stat().st_size)


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _scramble(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("arm", ["tantivy", "chroma"])
@pytest.mark.parametrize("damage", [_truncate, _scramble, Path.unlink])
def test_a_damaged_index_is_rebuilt_without_asking(
    run: Run,
    knowledge: Knowledge,
    open_knowledge: Open,
    folder: Path,
    data_dir: Path,
    arm: str,
    damage: Callable[[Path], None],
) -> None:
    run(folder)
    knowledge.close()
    for path in _files(data_dir, arm):
        damage(path)

    index = open_knowledge().current()
    assert found(index, "診断") == ["menu/survey.md"]
    assert nearest(index, "太陽光発電の補助") == "menu/solar.md"


def test_an_index_that_is_gone_is_rebuilt(
    run: Run, knowledge: Knowledge, open_knowledge: Open, folder: Path, data_dir: Path
) -> None:
    run(folder)
    knowledge.close()
    shutil.rmtree(data_dir / "index")

    again = open_knowledge()
    assert found(again.current(), "診断") == ["menu/survey.md"]
    assert again.self_test() == []


def test_a_run_without_changes_rebuilds_what_is_damaged(run: Run, folder: Path, data_dir: Path) -> None:
    run(folder)
    for path in _files(data_dir, "chroma"):
        path.unlink()

    assert set(run(folder).values()) == {"unchanged"}
    assert _files(data_dir, "chroma")


def test_a_copied_data_directory_answers_the_same(
    run: Run, knowledge: Knowledge, open_knowledge: Open, folder: Path, data_dir: Path, tmp_path: Path
) -> None:
    run(folder)
    knowledge.close()
    # New times, same bytes; and the old place is gone.
    shutil.copytree(data_dir, tmp_path / "moved", copy_function=shutil.copyfile)
    shutil.rmtree(data_dir)
    built = (tmp_path / "moved" / "index" / "1").stat().st_ino

    moved = open_knowledge(tmp_path / "moved")
    assert found(moved.current(), "診断") == ["menu/survey.md"]
    assert nearest(moved.current(), "太陽光発電の補助") == "menu/solar.md"
    assert (tmp_path / "moved" / "index" / "1").stat().st_ino == built, "it was built again"
    assert set(ingest_all(moved, folder)) == {"unchanged"}


def ingest_all(knowledge: Knowledge, folder: Path) -> list[str]:
    return [result.status.value for result in ingest([str(folder)], knowledge=knowledge)]


_ASK = """
import sys
from pathlib import Path
from knowledge.generations import Knowledge
knowledge = Knowledge.open(Path(sys.argv[1]))
index = knowledge.current()
print("open", flush=True)
sys.stdin.readline()
for _ in range(20):
    (best, score), *_ = index.nearest("太陽光発電の補助", 3)
    assert index.chunks([best])[0].chunk.source == "menu/solar.md", best
print("well", flush=True)
sys.stdin.readline()
knowledge.close()
"""


def test_three_processes_open_one_generation_at_once(
    run: Run, knowledge: Knowledge, folder: Path, data_dir: Path, project: Path
) -> None:
    run(folder)
    knowledge.close()
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", _ASK, str(data_dir)], cwd=project, stdin=-1, stdout=-1, stderr=-1, text=True
        )
        for _ in range(3)
    ]
    for child in asking:
        assert child.stdout
        assert child.stdout.readline() == "open\n"
    for child in asking:
        assert child.stdin
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in asking:
        assert child.stdout
        assert child.stdout.readline() == "well\n"
    # One dies without a word; its copy is cleared by whoever opens the next one.
    asking[0].kill()
    for child in asking:
        _, errors = child.communicate("done\n" if child is not asking[0] else None)
        assert child is asking[0] or child.returncode == 0, errors
    left = list((data_dir / "index" / "open").glob("*.held"))
    assert len(left) == 1
    again = Knowledge.open(data_dir)
    assert nearest(again.current(), "太陽光発電") == "menu/solar.md"
    assert not left[0].exists()
    again.close()


def test_a_generation_stays_as_long_as_somebody_reads_it(
    run: Run, open_knowledge: Open, folder: Path, data_dir: Path
) -> None:
    run(folder)
    reader = open_knowledge()
    held = reader.current()
    (folder / "led.md").unlink()
    run(folder)

    assert found(held, "照明") == ["led.md"]
    assert nearest(held, "照明のLED化") == "led.md"
    assert reader.current().generation == held.generation + 1
    (folder / "menu" / "solar.md").unlink()
    run(folder)
    reader.current()
    run(folder)
    assert [path.name for path in (data_dir / "index").iterdir() if path.name.isdecimal()] == ["3"]


def test_what_nobody_reads_is_cleared_but_for_the_text(run: Run, knowledge: Knowledge, folder: Path) -> None:
    run(folder)
    (folder / "led.md").write_text("# 空調\n\n古いエアコンを取り替えます。\n")
    run(folder)

    with knowledge._store.read() as connection:
        living = select(schema.chunks.c.chunk).where(schema.chunks.c.words.is_not(None))
        vectors = connection.scalar(select(func.count()).select_from(schema.vectors))
        assert len(connection.execute(living).all()) == vectors
        assert connection.scalar(select(func.count()).select_from(schema.generations)) == 1
        assert connection.scalar(select(func.count()).select_from(schema.versions)) == 4


def test_a_dead_readers_heartbeat_holds_nothing_for_ever(
    run: Run, knowledge: Knowledge, open_knowledge: Open, folder: Path, data_dir: Path
) -> None:
    run(folder)
    open_knowledge().current()
    with knowledge._store.write() as connection:
        connection.execute(update(schema.readers).values(seen_at=int(time.time()) - 3600))
    (folder / "led.md").unlink()
    run(folder)

    assert [path.name for path in (data_dir / "index").iterdir() if path.name.isdecimal()] == ["2"]


def test_a_generation_written_elsewhere_is_built_here_while_the_last_one_serves(
    run: Run, open_knowledge: Open, folder: Path, data_dir: Path
) -> None:
    run(folder)
    reader = open_knowledge()
    old = reader.current()
    (folder / "led.md").unlink()
    run(folder)
    shutil.rmtree(data_dir / "index" / "2")

    assert reader.current() is old
    builder = reader._builder
    assert builder is not None
    builder.join()
    assert reader.current().generation == 2
    assert found(reader.current(), "照明") == []


def test_mentions_and_chunks_come_in_order(run: Run, knowledge: Knowledge, folder: Path) -> None:
    run(folder)
    index = knowledge.current()

    (phone,) = index.mentions(MentionKind.PHONE)
    assert phone.value == "03-1234-5678"
    (chunk,) = index.chunks([phone.chunk, "0" * 24])
    assert chunk.chunk.source == "menu/survey.md"
    assert "診断" in chunk.words
    ids = [chunk_id for chunk_id, _ in index.lexical({Field.BIGRAMS: {"補助": 1.0, "助成": 1.0}}, 9)]
    assert [chunk.chunk.id for chunk in index.chunks([*ids, *reversed(ids)])] == [*ids, *reversed(ids)]
    assert index.document_frequency(Field.BIGRAMS, "補助") == 1
    assert index.mean_words == pytest.approx(
        np.mean([len(chunk.words) for chunk in index.chunks([found_id for found_id, _ in _all(index.lexical)])])
    )


def _all(lexical: Callable[..., list[tuple[str, float]]]) -> list[tuple[str, float]]:
    return lexical({Field.BIGRAMS: {"ます": 1.0, "補助": 1.0, "電話": 1.0}}, 100)


class OtherEmbedding(HashedEmbedding):
    """Makes other vectors, of another length."""

    name = "other-64"
    dimensions = 64

    def embed_documents(self, chunks: list[IndexedChunk]) -> NDArray[np.float32]:  # type: ignore[override]
        return super().embed_documents(chunks)


def test_another_embedding_is_taken_up_by_the_next_run_for_all_sources(
    run: Run, knowledge: Knowledge, folder: Path, data_dir: Path
) -> None:
    run(folder)
    other = Knowledge.open(data_dir, embedding=OtherEmbedding())
    try:
        assert other.current().nearest("太陽光発電", 3) == []
        # Words are found meanwhile, so all that it takes to answer is there.
        assert other.self_test() == []
        assert not other.has_own_vectors()
        # Given is one document; the vectors of the others must be of the same kind.
        ingest([str(folder / "led.md")], knowledge=other)

        assert nearest(other.current(), "太陽光発電の補助") == "menu/solar.md"
        assert other.self_test() == []
        assert other.has_own_vectors()
    finally:
        other.close()


def test_a_large_index_is_changed_on_a_copy(
    knowledge: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("knowledge.shelf._SMALL", 10)
    documents = tmp_path / "many"
    documents.mkdir()
    for n in range(40):
        (documents / f"{n:02}.md").write_text(f"# 第{n}号\n\n目印は林檎{n}番です。\n")
    ingest([str(documents)], knowledge=knowledge)
    (documents / "07.md").write_text("# 第7号\n\n目印は葡萄です。\n")
    with caplog.at_level("INFO", logger="knowledge.shelf"):
        ingest([str(documents)], knowledge=knowledge)

    (built,) = [record for record in caplog.records if record.message == "built"]
    assert built.__dict__["drift"] == 1
    index = knowledge.current()
    assert index.size == 40
    assert found(index, "葡萄") == ["07.md"]
    assert len(found(index, "林檎")) == 39
    assert nearest(index, "目印は葡萄です。") == "07.md"
    assert nearest(index, "目印は林檎9番です。") == "09.md"
