"""The dense arm on a Chroma server, started here: the same answers as embedded."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from ingest.pipeline import ingest
from knowledge.encoders.folder import FolderEmbedding
from knowledge.errors import StoreUnavailable
from knowledge.generations import Knowledge
from knowledge.reembedding import reembed
from knowledge.vectors import ChromaServer
from tests import tiny_model
from tests.searching import nearest

Open = Callable[..., Knowledge]
_QUESTIONS = ("太陽光発電の補助", "照明をLEDに", "専門家の診断", "上限100万円")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Address of a server of its own."""
    url = f"http://127.0.0.1:{(port := _free_port())}"
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(tmp_path / "chroma")]
    child = subprocess.Popen([*command, "--host", "127.0.0.1", "--port", str(port)], stdout=-1, stderr=-1)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urlopen(f"{url}/api/v2/heartbeat", timeout=5):
                    break
            except OSError:
                assert child.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.1)
        yield url
    finally:
        child.kill()
        child.communicate()


def test_a_server_gives_the_same_hits_as_the_embedded_one(
    server: str, open_knowledge: Open, folder: Path, tmp_path: Path
) -> None:
    embedded, remote = open_knowledge(tmp_path / "one"), open_knowledge(tmp_path / "two", chroma_url=server)
    for knowledge in (embedded, remote):
        ingest([str(folder)], knowledge=knowledge)

    for question in _QUESTIONS:
        here, there = (knowledge.current().nearest(question, 5) for knowledge in (embedded, remote))
        assert [chunk for chunk, _ in there] == [chunk for chunk, _ in here]
        assert [score for _, score in there] == pytest.approx([score for _, score in here], abs=1e-5)
    assert not (tmp_path / "two" / "index" / "1" / "chroma" / "chroma.sqlite3").exists()
    assert remote.self_test() == []


def test_a_server_keeps_one_collection_a_living_generation(server: str, open_knowledge: Open, folder: Path) -> None:
    knowledge = open_knowledge(chroma_url=server)
    ingest([str(folder)], knowledge=knowledge)
    (folder / "led.md").unlink()
    ingest([str(folder)], knowledge=knowledge)

    chroma = ChromaServer(server)
    (name,) = chroma._names()
    assert name.startswith("ippo-")
    assert "-2-" in name
    assert chroma.open(name, knowledge.current().size)

    # Lost on the server, it is built again from SQL.
    chroma.drop(name, keep=())
    assert chroma._names() == set()
    chroma.close()
    assert open_knowledge(chroma_url=server).current().nearest("太陽光発電", 1)


def test_a_server_that_is_away_is_a_clear_error_and_changes_nothing(open_knowledge: Open, folder: Path) -> None:
    url = f"http://127.0.0.1:{_free_port()}"
    ingest([str(folder)], knowledge=open_knowledge())
    (folder / "led.md").unlink()

    away = open_knowledge(chroma_url=url)
    with pytest.raises(StoreUnavailable, match="Chroma"):
        ingest([str(folder)], knowledge=away)
    assert away.current().generation == 1
    assert away.self_test() != []


def test_another_embedding_gets_a_collection_of_its_own(
    server: str, open_knowledge: Open, folder: Path, tmp_path: Path
) -> None:
    own = open_knowledge(chroma_url=server)
    ingest([str(folder)], knowledge=own)
    before = own.current()
    assert before.nearest("太陽光発電", 1)
    other = open_knowledge(chroma_url=server, embedding=FolderEmbedding(tiny_model.make(tmp_path / "model")))
    assert reembed(other)
    assert nearest(other.current(), "灯り") == "led.md"
    # Who holds the old one can still search it: its collection goes when nobody reads it any more.
    assert before.nearest("太陽光発電", 1)
