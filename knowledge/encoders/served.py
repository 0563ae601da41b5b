"""A model on a server: OpenAI's `/embeddings`, which many servers speak, and Ollama's `/api/embed`.

A small client of our own: LangChain's would bring a tokenizer that it downloads, and stays out of `knowledge`.
"""

from __future__ import annotations

import math
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge.embedding import Vectors
from knowledge.encoders.families import family_of
from knowledge.encoders.folder import unit
from knowledge.errors import EmbeddingUnavailable
from knowledge.index import IndexedChunk

if TYPE_CHECKING:
    import httpx

OPENAI = "https://api.openai.com/v1"
OLLAMA = "http://127.0.0.1:11434"
_TOGETHER = 64
"""Texts in a call; OpenAI allows 2,048 and 300,000 tokens, a server at home has less memory."""
_LONGEST = 6000
"""Characters of a text at most: OpenAI refuses more than 8,191 tokens, and Japanese has about one a character."""
_ATTEMPTS = 4
_PATIENCE = 60.0
"""Seconds for a batch: Ollama loads a model first."""
_QUICK = 5.0
"""Seconds for a question; whoever asks has stopped waiting by then."""
_PAUSE = 30.0
"""Seconds to wait at most, if the server asks for it."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a model runs and how it is asked."""

    kind: str
    """`openai` or `ollama`."""
    url: str
    """Where the call goes."""
    headers: Mapping[str, str]
    remedy: str
    """What to do if it does not answer, Japanese."""
    proxied: bool = False
    """Whether a proxy that the environment names is used: it leads outside, never to a server in the house."""

    def body(self, model: str, texts: Sequence[str]) -> dict[str, Any]:
        """Say what is sent."""
        if self.kind == "ollama":
            return {"model": model, "input": list(texts), "truncate": True}
        return {"model": model, "input": list(texts), "encoding_format": "float"}

    def vectors(self, answer: Any) -> list[list[float]]:
        """Read what came back. Raises KeyError, TypeError or ValueError if it is something else."""
        if self.kind == "ollama":
            return list(answer["embeddings"])
        # The order is not promised; each says which text it belongs to.
        return [one["embedding"] for one in sorted(answer["data"], key=lambda one: int(one["index"]))]


def openai(url: str | None, key: str) -> Server:
    """Describe OpenAI, or a server that speaks as it does. No key is fine for one's own."""
    bearer = key or ("none" if url else "")
    headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
    remedy = (
        "サーバーが動いているか、IPPO_MODEL_URL を確かめてください"
        if url
        else "インターネットへの接続を確かめてください"
    )
    return Server("openai", f"{url or OPENAI}/embeddings", headers, remedy, proxied=url is None)


def ollama(host: str) -> Server:
    """Describe an Ollama server; `host` as in its own OLLAMA_HOST, empty: on this machine."""
    address = (host or OLLAMA).rstrip("/")
    if "://" not in address:
        address = f"http://{address}"
    scheme, _, place = address.partition("://")
    # A server's own setting says where it listens; everywhere includes here.
    place = place.replace("0.0.0.0", "127.0.0.1", 1)  # noqa: S104 - taken out, not listened on
    if ":" not in place.rpartition("]")[2] and scheme == "http":
        place += ":11434"
    remedy = "`ollama serve` が動いているか、OLLAMA_HOST を確かめてください"
    return Server("ollama", f"{scheme}://{place}/api/embed", {}, remedy)


class ServedEmbedding:
    """Asks a server. Safe to share between threads."""

    def __init__(
        self,
        server: Server,
        model: str,
        *,
        screen: Callable[[str], str] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take a server and a model there; nothing is asked yet.

        Args:
            server: From `openai` or `ollama`.
            model: Its name there.
            screen: Takes out of a question what must not leave the house; None: it may be read as it is.
            sleep: Waits between two attempts.
        """
        self._server = server
        self._model = model
        self._family = family_of(model)
        self._screen = screen
        self._sleep = sleep
        self._connecting = threading.Lock()
        self._client: httpx.Client | None = None
        # Not the address: a model is the same wherever it runs.
        self.name = f"{server.kind}:{model[:160]}:{self._family.name or 'plain'}"

    def embed_documents(self, chunks: Sequence[IndexedChunk]) -> Vectors:
        """Embed chunks, a server that is busy being asked again.

        Raises:
            EmbeddingUnavailable: The server does not answer, refuses, or answers something else.
        """
        texts = [text[:_LONGEST] for text in self._family.passages(chunks)]
        parts = (texts[start : start + _TOGETHER] for start in range(0, len(texts), _TOGETHER))
        found = [self._ask(part, _PATIENCE, _ATTEMPTS) for part in parts]
        widths = {part.shape[1] for part in found}
        if len(widths) > 1:
            raise EmbeddingUnavailable(f"{self.name}: ベクトルの次元が途中で変わりました({sorted(widths)})")
        return np.concatenate(found) if found else np.zeros((0, 0), dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        """Embed a question, with one attempt. Raises EmbeddingUnavailable as above."""
        asked = self._family.question(self._screen(text) if self._screen else text)[:_LONGEST]
        vector: Vectors = self._ask([asked], _QUICK, 1)[0]
        return vector

    def _ask(self, texts: Sequence[str], patience: float, attempts: int) -> Vectors:
        import httpx

        for attempt in range(1, attempts + 1):
            try:
                body = self._server.body(self._model, texts)
                answer = self._connected().post(self._server.url, json=body, timeout=patience)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                cause = f"{type(error).__name__} {error}".strip()
                failure = f"{self._server.url} に接続できません({cause})。{self._server.remedy}"
                wait = 2.0 ** (attempt - 1)
            else:
                if answer.status_code == 200:
                    return self._read(answer, len(texts))
                failure = self._refusal(answer, quoted=attempts > 1)
                if answer.status_code not in (408, 429) and answer.status_code < 500:
                    break
                wait = _wait(answer.headers.get("retry-after"), attempt)
            if attempt < attempts:
                self._sleep(wait)
        raise EmbeddingUnavailable(failure)

    def _read(self, answer: httpx.Response, count: int) -> Vectors:
        try:
            matrix = np.asarray(self._server.vectors(answer.json()), dtype=np.float32)
        except (KeyError, TypeError, ValueError) as error:
            raise EmbeddingUnavailable(
                f"{self._server.url} の返事を読めません({type(error).__name__})。埋め込みのモデルか確かめてください"
            ) from error
        if matrix.ndim != 2 or matrix.shape[0] != count or not matrix.shape[1] or not np.isfinite(matrix).all():
            raise EmbeddingUnavailable(
                f"{self._server.url} の返事が文の数と合いません(形 {matrix.shape}、文 {count})。"
                "埋め込みのモデルか確かめてください"
            )
        return unit(matrix)

    def _refusal(self, answer: httpx.Response, *, quoted: bool) -> str:
        status = answer.status_code
        # A server may repeat what was sent, and a question's words have no place in a log.
        said = f"{self._server.url} は {status} を返しました{_reason(answer) if quoted else ''}"
        if status in (401, 403):
            return f"{said}。OPENAI_API_KEY を確かめてください"
        if status == 404 and self._server.kind == "ollama":
            return f"{said}。`ollama pull {self._model}` を実行してください"
        if status in (400, 404):
            return f"{said}。IPPO_EMBEDDINGS のモデル名({self._model})を確かめてください"
        if status == 429:
            return f"{said}。利用枠を確かめ、少し待ってからもう一度実行してください"
        return f"{said}。{self._server.remedy}"

    def _connected(self) -> httpx.Client:
        import httpx

        with self._connecting:
            if self._client is None:
                self._client = httpx.Client(headers=dict(self._server.headers), trust_env=self._server.proxied)
                # Nobody is told that an embedding is no longer needed.
                weakref.finalize(self, self._client.close)
            return self._client


def _wait(asked: str | None, attempt: int) -> float:
    """Seconds until the next attempt: what the server asks for, else 1, 2, 4."""
    try:
        seconds = float(asked) if asked else math.nan
    except ValueError:  # a date, which no embedding server sends
        seconds = math.nan
    return min(max(seconds, 0.0), _PAUSE) if math.isfinite(seconds) else 2.0 ** (attempt - 1)


def _reason(answer: httpx.Response) -> str:
    """What the server says of it, where it says it as these servers do; cut short, for a log line."""
    try:
        error = answer.json()["error"]
        said = error["message"] if isinstance(error, dict) else str(error)
    except (KeyError, TypeError, ValueError):
        return ""
    # OpenAI repeats part of a wrong key.
    return "" if answer.status_code in (401, 403) else f"({said[:200]})"
