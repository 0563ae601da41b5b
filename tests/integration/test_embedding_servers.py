"""Embeddings from a server that speaks as OpenAI does, and from Ollama, through real HTTP."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from knowledge.documents import Block, BlockKind, Chunk
from knowledge.encoders import served
from knowledge.encoders.chosen import Access, choose
from knowledge.encoders.served import ServedEmbedding
from knowledge.errors import EmbeddingUnavailable
from knowledge.index import IndexedChunk
from tests.platforms import embeddings
from tests.platforms.embeddings import KEY, MODEL, Embeddings


def chunks(*texts: str) -> list[IndexedChunk]:
    return [IndexedChunk(Chunk("a.md", i, (Block(BlockKind.PARAGRAPH, t),)), (), ()) for i, t in enumerate(texts)]


def expected(text: str) -> Any:
    vector = np.array(embeddings.vector(text))
    return vector / np.linalg.norm(vector)


@pytest.fixture(params=["openai", "ollama"])
def server(request: pytest.FixtureRequest) -> Iterator[Embeddings]:
    with embeddings.serving(request.param, key=KEY if request.param == "openai" else "") as found:
        yield found


class Waits:
    """Writes down how long it would have waited."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def client(server: Embeddings, model: str = MODEL, **more: Any) -> ServedEmbedding:
    place = served.openai(server.url, KEY) if server.kind == "openai" else served.ollama(server.url)
    return ServedEmbedding(place, model, **more)


def test_texts_come_back_in_their_order_and_of_unit_length(server: Embeddings) -> None:
    texts = [f"補助金{n}" for n in range(150)]
    matrix = client(server).embed_documents(chunks(*texts))
    np.testing.assert_allclose(matrix, [expected(text) for text in texts], atol=1e-5)
    assert [len(some) for some in server.asked] == [64, 64, 22]
    np.testing.assert_allclose(client(server).embed_query("補助金1"), expected("補助金1"), atol=1e-5)


def test_a_model_gets_its_prefixes(server: Embeddings) -> None:
    server.models.add("multilingual-e5-small")
    embedding = client(server, "multilingual-e5-small")
    embedding.embed_documents(chunks("照明"))
    embedding.embed_query("電球")
    assert server.texts == ["passage: 照明", "query: 電球"]
    assert embedding.name == f"{server.kind}:multilingual-e5-small:e5"


def test_a_busy_server_is_asked_again_for_documents_not_for_questions(server: Embeddings) -> None:
    waits = Waits()
    server.failures = [503, 429, 500]
    assert client(server, sleep=waits).embed_documents(chunks("照明")).shape == (1, 8)
    assert waits.seconds == [1.0, 2.0, 4.0]
    server.failures = [503]
    with pytest.raises(EmbeddingUnavailable, match="503") as raised:
        client(server, sleep=waits).embed_query("照明")
    # A server may repeat a question's words, which have no place in a log.
    assert "as the test wants" not in str(raised.value)
    assert len(waits.seconds) == 3


def test_a_server_that_stays_down_is_given_up(server: Embeddings) -> None:
    server.failures = [500] * 9
    with pytest.raises(EmbeddingUnavailable, match="500"):
        client(server, sleep=Waits()).embed_documents(chunks("照明"))
    assert len(server.failures) == 5


@pytest.mark.parametrize(
    "spoilt",
    [
        b"<html>",
        [],
        {"data": [], "embeddings": []},
        {"data": [{"index": 0}], "embeddings": None},
        {"data": [{"index": 0, "embedding": ["a"]}], "embeddings": [["a"]]},
        {"data": [{"index": 0, "embedding": []}], "embeddings": [[]]},
        {"data": [{"index": 0, "embedding": [1e999, 0.0]}], "embeddings": [[1e999, 0.0]]},
    ],
)
def test_an_answer_that_is_none_is_explained(server: Embeddings, spoilt: Any) -> None:
    server.mangle = lambda _: spoilt
    with pytest.raises(EmbeddingUnavailable, match="埋め込みのモデルか"):
        client(server).embed_query("照明")


def test_a_model_that_is_not_there_is_named_with_what_to_do(server: Embeddings) -> None:
    with pytest.raises(EmbeddingUnavailable) as raised:
        client(server, "no-such-model").embed_documents(chunks("照明"))
    assert "no-such-model" in str(raised.value)
    assert ("ollama pull no-such-model" if server.kind == "ollama" else "IPPO_EMBEDDINGS") in str(raised.value)


def test_a_wrong_key_is_said_without_repeating_it() -> None:
    with embeddings.serving("openai", key=KEY) as server:
        wrong = ServedEmbedding(served.openai(server.url, "sk-wrong"), MODEL)
        with pytest.raises(EmbeddingUnavailable, match="OPENAI_API_KEY") as raised:
            wrong.embed_query("照明")
    assert "sk-wrong" not in str(raised.value)


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    for embedding, remedy in (
        (choose(f"openai:{MODEL}", Access(tmp_path, openai_url=f"http://127.0.0.1:{port}/v1")), "IPPO_MODEL_URL"),
        (choose(f"ollama:{MODEL}", Access(tmp_path, ollama_host=f"127.0.0.1:{port}")), "OLLAMA_HOST"),
    ):
        with pytest.raises(EmbeddingUnavailable, match=remedy):
            embedding.embed_query("照明")


def test_openai_itself_needs_a_key_a_server_of_ones_own_does_not(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingUnavailable, match="OPENAI_API_KEY"):
        choose(f"openai:{MODEL}", Access(tmp_path))
    with embeddings.serving("openai") as server:
        assert choose(f"openai:{MODEL}", Access(tmp_path, openai_url=server.url)).embed_query("照明").shape == (8,)


def test_what_must_not_leave_the_house_is_taken_out_of_questions(tmp_path: Path) -> None:
    with embeddings.serving("openai") as server:
        access = Access(tmp_path, openai_url=server.url, screen=lambda text: text.replace("090-1111-2222", "[電話]"))
        choose(f"openai:{MODEL}", access).embed_query("090-1111-2222 に補助金の電話を")
        assert server.texts == ["[電話] に補助金の電話を"]


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://127.0.0.1:11434/api/embed"),
        ("0.0.0.0", "http://127.0.0.1:11434/api/embed"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080/api/embed"),
        ("gpu.local", "http://gpu.local:11434/api/embed"),
        ("http://gpu.local:1234/", "http://gpu.local:1234/api/embed"),
        ("https://ollama.example.jp", "https://ollama.example.jp/api/embed"),
        ("[::1]:11434", "http://[::1]:11434/api/embed"),
    ],
)
def test_ollamas_own_variable_is_read_as_it_reads_it(host: str, url: str) -> None:
    assert served.ollama(host).url == url


class _FastEmbed(ModuleType):
    """As much of fastembed 0.9 as we use; it refuses what that refuses."""

    def __init__(self) -> None:
        super().__init__("fastembed")
        self.asked: list[tuple[str, list[str]]] = []
        self.opened: list[str] = []
        outer = self

        class TextEmbedding:
            def __init__(self, model_name: str, cache_dir: str | None = None) -> None:
                if model_name != "intfloat/multilingual-e5-large":
                    raise ValueError(f"Model {model_name} is not supported in TextEmbedding.")
                outer.opened.append(str(cache_dir))

            def query_embed(self, texts: list[str], batch_size: int = 256) -> Iterator[Any]:
                outer.asked.append(("query", texts))
                return iter([np.array(embeddings.vector(text)) for text in texts])

            def passage_embed(self, texts: list[str], batch_size: int = 256) -> Iterator[Any]:
                outer.asked.append(("passage", texts))
                return iter([np.array(embeddings.vector(text)) for text in texts])

        self.TextEmbedding = TextEmbedding


def test_a_model_by_name_goes_through_fastembed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = _FastEmbed()
    monkeypatch.setitem(sys.modules, "fastembed", library)
    monkeypatch.delenv("FASTEMBED_CACHE_PATH", raising=False)
    embedding = choose("fastembed:intfloat/multilingual-e5-large", Access(tmp_path / "models"))
    np.testing.assert_allclose(embedding.embed_query("照明"), expected("query: 照明"), atol=1e-5)
    np.testing.assert_allclose(embedding.embed_documents(chunks("照明")), [expected("passage: 照明")], atol=1e-5)
    assert library.opened == [str(tmp_path / "models")]
    assert embedding.name == "fastembed:intfloat/multilingual-e5-large:e5"
    with pytest.raises(EmbeddingUnavailable, match="not supported"):
        choose("fastembed:no/such-model", Access(tmp_path)).embed_query("照明")


def test_without_the_extra_its_name_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fastembed", None)
    with pytest.raises(EmbeddingUnavailable, match="--extra fastembed"):
        choose("fastembed:intfloat/multilingual-e5-large", Access(tmp_path)).embed_query("照明")
