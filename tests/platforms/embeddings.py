"""Two strict local servers for embeddings: one speaks as OpenAI does, one as Ollama; both refuse what those refuse.

A text's vector depends on the text alone, so that what comes back can be compared. What was asked is in `asked`.
"""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

MODEL = "tiny-embedding"
KEY = "sk-embedding"


def vector(text: str, dimensions: int = 8) -> list[float]:
    """What a text comes to: not of unit length."""
    return [float(x) for x in np.random.default_rng(zlib.crc32(text.encode())).normal(0, 2, dimensions)]


@dataclass
class Embeddings:
    """A server's state, which a test may change while it runs."""

    kind: str
    url: str = ""
    key: str = ""
    """What a caller has to bring; empty: anything goes."""
    dimensions: int = 8
    failures: list[int] = field(default_factory=list)
    """Statuses to answer with, one a call, before it works again."""
    mangle: Callable[[Any], Any] | None = None
    """Spoils an answer."""
    held: threading.Event = field(default_factory=threading.Event)
    """Not set: answers wait."""
    asked: list[list[str]] = field(default_factory=list)
    models: set[str] = field(default_factory=lambda: {MODEL})

    def __post_init__(self) -> None:
        self.held.set()

    @property
    def texts(self) -> list[str]:
        return [text for texts in self.asked for text in texts]

    def answer(self, path: str, headers: Any, raw: bytes) -> tuple[int, Any]:
        if headers.get("content-type", "").split(";")[0] != "application/json":
            return 415, _error("content-type is not application/json")
        try:
            body = json.loads(raw)
        except ValueError:
            return 400, _error("no JSON")
        self.held.wait(30)
        if self.failures:
            return self.failures.pop(0), _error("as the test wants")
        openai = self.kind == "openai"
        if path != ("/v1/embeddings" if openai else "/api/embed"):
            return 404, _error("no such path")
        if openai and self.key and headers.get("authorization") != f"Bearer {self.key}":
            return 401, _error(f"Incorrect API key provided: {headers.get('authorization')}")
        allowed = {"model", "input", "encoding_format"} if openai else {"model", "input", "truncate"}
        if set(body) - allowed or not {"model", "input"} <= set(body):
            return 400, _error(f"fields {sorted(body)}")
        if body["model"] not in self.models:
            return 404, _error(f'model "{body["model"]}" not found, try pulling it first')
        texts = body["input"]
        if (
            not isinstance(texts, list)
            or not all(isinstance(text, str) for text in texts)
            or not 0 < len(texts) <= 2048
        ):
            return 400, _error("input is no list of strings")
        if openai and (not all(texts) or body.get("encoding_format") != "float"):
            return 400, _error("an empty string, or vectors that are not asked for as floats")
        self.asked.append(texts)
        found = [vector(text, self.dimensions) for text in texts]
        if openai:
            data = [{"object": "embedding", "index": i, "embedding": one} for i, one in enumerate(found)]
            # The order is not promised.
            result: Any = {"object": "list", "data": data[::-1], "model": body["model"], "usage": {"total_tokens": 1}}
        else:
            result = {"model": body["model"], "embeddings": found, "total_duration": 1}
        return 200, self.mangle(result) if self.mangle else result


def _error(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error"}}


@contextmanager
def serving(kind: str, **state: Any) -> Iterator[Embeddings]:
    """Run an `openai` or `ollama` server on loopback; its `url` is what the settings want."""
    served = Embeddings(kind, **state)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, body = served.answer(self.path, self.headers, raw)
            if kind == "ollama" and isinstance(body, dict) and "error" in body:
                body = {"error": body["error"]["message"]}
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            try:
                self.wfile.write(content)
            except (BrokenPipeError, ConnectionResetError):
                pass  # whoever asked has gone

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_address[1]}" + ("/v1" if kind == "openai" else "")
    try:
        yield served
    finally:
        served.held.set()
        server.shutdown()
        thread.join()
        server.server_close()
