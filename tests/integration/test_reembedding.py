"""Another embedding: the old index serves until the new one is whole, and no document is read again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy

from ingest.pipeline import ingest
from knowledge.embedding import Embedding, Vectors
from knowledge.encoders.chosen import Access, choose
from knowledge.encoders.folder import FolderEmbedding
from knowledge.errors import EmbeddingUnavailable
from knowledge.generations import Knowledge
from knowledge.index import IndexedChunk
from knowledge.query import query
from knowledge.reembedding import Reembedding, reembed
from knowledge.retrieval import Filter, Retriever
from knowledge.schema import vectors
from tests import tiny_model
from tests.integration.conftest import statuses
from tests.platforms import embeddings
from tests.searching import found, nearest

Open = Callable[..., Knowledge]
QUESTION = "電灯"
"""Shares no word and no pair of characters with any document, and the model's geometry with one of them."""


@pytest.fixture
def model(tmp_path: Path) -> FolderEmbedding:
    return FolderEmbedding(tiny_model.make(tmp_path / "multilingual-e5-tiny"))


@pytest.fixture
def open_with(data_dir: Path) -> Iterator[Callable[[Embedding | None], Knowledge]]:
    """Opens the data directory with an embedding, as another process would."""
    opened: list[Knowledge] = []

    def open_it(embedding: Embedding | None) -> Knowledge:
        opened.append(Knowledge.open(data_dir, embedding=embedding))
        return opened[-1]

    yield open_it
    for knowledge in opened:
        knowledge.close()


@pytest.fixture
def never_read(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Forbids to read or cut a document from then on."""

    def forbid() -> None:
        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("a document was read again")

        monkeypatch.setattr("ingest.pipeline.read", refuse)
        monkeypatch.setattr("ingest.index.chunking.chunk", refuse)

    return forbid


class Halting:
    """Embeds as another one does, but stops before so many chunks until it is let go."""

    def __init__(self, inner: Embedding) -> None:
        self.inner = inner
        self.go = threading.Event()
        self.reached = threading.Event()
        self.name = inner.name
        self.chunks = 0

    def embed_documents(self, some: Sequence[IndexedChunk]) -> Vectors:
        self.reached.set()
        assert self.go.wait(60)
        self.chunks += len(some)
        return self.inner.embed_documents(some)

    def embed_query(self, text: str) -> Vectors:
        return self.inner.embed_query(text)


class Broken:
    """A model that is away."""

    name = "broken"

    def embed_documents(self, some: Sequence[IndexedChunk]) -> Vectors:
        raise EmbeddingUnavailable("the server is away")

    def embed_query(self, text: str) -> Vectors:
        raise EmbeddingUnavailable("the server is away")


def sources(knowledge: Knowledge, text: str, dense: float) -> list[str]:
    """Sources that retrieval finds for a question, best first."""
    index = knowledge.current()
    ranked = Retriever(index, dense=dense).rank(query(text), Filter())
    return [item.indexed.chunk.source for item in ranked if item.score > 0]


def test_a_question_without_a_shared_word_is_found_by_meaning(
    open_with: Callable[[Embedding | None], Knowledge], model: FolderEmbedding, folder: Path
) -> None:
    knowledge = open_with(model)
    ingest([str(folder)], knowledge=knowledge)
    assert found(knowledge.current(), QUESTION) == []
    assert sources(knowledge, QUESTION, dense=0.0) == []
    assert sources(knowledge, QUESTION, dense=0.3)[0] == "led.md"
    assert sources(knowledge, "屋根の日", dense=0.3)[0] == "menu/solar.md"


def test_a_model_that_is_away_leaves_words_and_says_so_once(
    open_with: Callable[[Embedding | None], Knowledge], folder: Path, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with embeddings.serving("ollama") as server:
        knowledge = open_with(choose(f"ollama:{embeddings.MODEL}", Access(data_dir, ollama_host=server.url)))
        ingest([str(folder)], knowledge=knowledge)
        retriever = Retriever(knowledge.current(), dense=0.3)
        retriever.rank(query("照明"), Filter())
        server.failures = [500] * 9
        for text in ("太陽光発電の補助", "省エネ診断", "太陽光発電"):
            ranked = retriever.rank(query(text), Filter())
            assert ranked
    warned = [record for record in caplog.records if record.message == "searching by words alone"]
    assert len(warned) == 1


def test_a_question_does_not_wait_for_a_server_that_hangs(
    open_with: Callable[[Embedding | None], Knowledge], folder: Path, data_dir: Path
) -> None:
    with embeddings.serving("ollama") as server:
        knowledge = open_with(choose(f"ollama:{embeddings.MODEL}", Access(data_dir, ollama_host=server.url)))
        ingest([str(folder)], knowledge=knowledge)
        retriever = Retriever(knowledge.current(), dense=0.3)
        retriever.rank(query("照明"), Filter())
        server.held.clear()
        started = time.monotonic()
        for text in ("太陽光発電の補助", "省エネ診断"):
            assert retriever.rank(query(text), Filter())
        assert time.monotonic() - started < 15


def test_the_old_index_serves_while_the_new_one_is_made(
    run: Callable[..., dict[str, str]],
    knowledge: Knowledge,
    open_with: Callable[[Embedding | None], Knowledge],
    model: FolderEmbedding,
    folder: Path,
    never_read: Callable[[], None],
) -> None:
    run(folder)
    before = knowledge.current().generation
    never_read()
    halting = Halting(model)
    other = open_with(halting)
    work = Reembedding(other)
    work.start()
    assert halting.reached.wait(30)
    for reader in (knowledge, other):
        assert reader.current().generation == before
        assert found(reader.current(), "太陽光発電") == ["menu/solar.md"]
        assert reader.self_test() == []
    assert other.current().nearest("灯り", 3) == []
    halting.go.set()
    assert work.join(60)

    assert other.current().generation > before
    assert nearest(other.current(), "灯り") == "led.md"
    assert other.has_own_vectors()
    # A process with the old setting goes on by words.
    assert found(knowledge.current(), "太陽光発電") == ["menu/solar.md"]
    assert knowledge.current().nearest("太陽光発電", 3) == []
    assert not knowledge.has_own_vectors()


def test_ingest_takes_it_up_too_and_tells_all_sources_as_indexed(
    run: Callable[..., dict[str, str]],
    open_with: Callable[[Embedding | None], Knowledge],
    model: FolderEmbedding,
    folder: Path,
    never_read: Callable[[], None],
) -> None:
    assert set(run(folder).values()) == {"indexed"}
    never_read()
    other = open_with(model)
    assert set(statuses(ingest([str(folder)], knowledge=other)).values()) == {"indexed"}
    assert nearest(other.current(), QUESTION) == "led.md"
    assert set(statuses(ingest([str(folder)], knowledge=other)).values()) == {"unchanged"}
    back = open_with(None)
    assert reembed(back)
    assert nearest(back.current(), "太陽光発電の補助") == "menu/solar.md"
    with back.store.read() as connection:
        assert set(connection.scalars(sqlalchemy.select(vectors.c.embedding))) >= {"hashed-1024-v1"}


def test_a_model_that_fails_leaves_the_old_index(
    run: Callable[..., dict[str, str]],
    knowledge: Knowledge,
    open_with: Callable[[Embedding | None], Knowledge],
    folder: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    run(folder)
    before = knowledge.current().generation
    other = open_with(Broken())
    with pytest.raises(EmbeddingUnavailable):
        ingest([str(folder)], knowledge=other)
    (folder / "new.md").write_text("# 新しい話\n\n水道の話です。\n")
    with pytest.raises(EmbeddingUnavailable):
        ingest([str(folder)], knowledge=other)
    work = Reembedding(other, again=0.01)
    work.start()
    assert not work.join(1)
    work.stop()
    assert len([record for record in caplog.records if "old index serves" in record.message]) == 1
    assert other.current().generation == before
    assert found(other.current(), "太陽光発電") == ["menu/solar.md"]
    # With the old setting all goes on as before.
    assert run(folder)["new.md"] == "indexed"


def test_a_model_of_another_length_under_the_same_name_is_refused(
    open_with: Callable[[Embedding | None], Knowledge], folder: Path, data_dir: Path
) -> None:
    with embeddings.serving("ollama") as server:
        knowledge = open_with(choose(f"ollama:{embeddings.MODEL}", Access(data_dir, ollama_host=server.url)))
        ingest([str(folder)], knowledge=knowledge)
        server.dimensions = 12
        (folder / "new.md").write_text("# 新しい話\n\n水道の話です。\n")
        with pytest.raises(EmbeddingUnavailable, match="8 から 12"):
            ingest([str(folder)], knowledge=knowledge)
        # Nor does a question of that length do more than leave the vectors out.
        assert sources(knowledge, "太陽光発電の補助", dense=0.3)[0] == "menu/solar.md"


_KILLED = """
import sys, time
from pathlib import Path
from knowledge.encoders.folder import FolderEmbedding
from knowledge.generations import Knowledge
from knowledge import reembedding, writing
class Slow(FolderEmbedding):
    def embed_documents(self, chunks):
        time.sleep(0.05)
        return super().embed_documents(chunks)
writing._EMBEDDED_TOGETHER = 4
knowledge = Knowledge.open(Path(sys.argv[1]), embedding=Slow(Path(sys.argv[2])))
print("begun", flush=True)
reembedding.reembed(knowledge)
"""


def test_a_run_that_is_killed_is_taken_up_where_it_was(
    run: Callable[..., dict[str, str]],
    open_with: Callable[[Embedding | None], Knowledge],
    model: FolderEmbedding,
    tmp_path: Path,
    data_dir: Path,
) -> None:
    documents = tmp_path / "many"
    documents.mkdir()
    for n in range(60):
        (documents / f"{n:02}.md").write_text(f"# 第{n}号\n\n照明の話{n}です。\n")
    run(documents)
    other = open_with(Halting(model))

    def done() -> int:
        with other.store.read() as connection:
            mine = sqlalchemy.select(sqlalchemy.func.count()).where(vectors.c.embedding == model.name)
            return connection.scalar(mine) or 0

    command = [sys.executable, "-c", _KILLED, str(data_dir), str(tmp_path / "multilingual-e5-tiny")]
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": root}) as child:
        deadline = time.monotonic() + 60
        while not 4 <= done() < 60:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        child.send_signal(signal.SIGKILL)
    kept = done()
    assert 4 <= kept < 60
    assert not other.has_own_vectors()
    assert isinstance(other.embedding, Halting)
    other.embedding.go.set()
    assert reembed(other)
    assert other.embedding.chunks == 60 - kept
    assert other.current().size == 60
    assert other.current().nearest("照明", 1)
