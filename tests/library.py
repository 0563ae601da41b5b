"""A small library in memory, read by the real loaders, for tests of the command line and the web."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from adapters import bootstrap
from adapters.bootstrap import Ippo
from adapters.messages.service import Messaging
from adapters.settings import Settings
from bot.assistant import Assistant
from bot.ports import Answering
from ingest.chunk import chunk, split_paragraphs
from ingest.load import read
from ingest.metadata import describe
from ingest.structure import structure
from knowledge.citing import Shown
from knowledge.documents import Source
from tests.fakes import MemoryIndex


class MemoryLibrary:
    """Meets `adapters.ports.Library`."""

    def __init__(self, files: Mapping[str, str], facts: Mapping[str, object] | None = None) -> None:
        """Read files: name → text; facts hold for all of them."""
        self.problems: list[str] = []
        self.closed = False
        self._shown: dict[str, Shown] = {}
        for name, text in files.items():
            extract = read(text.encode(), name)
            source = replace(describe(name, extract, facts or {}))
            document = split_paragraphs(structure(extract, source, "0" * 64))
            self._shown[name] = Shown(document, chunk(document))
        self._index = MemoryIndex(
            [shown.document.source for shown in self._shown.values()],
            [found for shown in self._shown.values() for found in shown.chunks],
        )

    def withdraw(self, name: str, day: date) -> None:
        """Mark a source as removed."""
        self._shown[name] = replace(self._shown[name], withdrawn_on=day)

    def current(self) -> MemoryIndex:
        return self._index

    def is_empty(self) -> bool:
        return self._index.size == 0

    def document(self, source_id: str, chunk_id: str | None = None) -> Shown | None:
        return self._shown.get(source_id)

    def list_sources(self) -> Sequence[tuple[Source, int]]:
        return [(source, len(self._shown[source.id].chunks)) for source in self._index.sources()]

    def self_test(self) -> Sequence[str]:
        return self.problems

    def close(self) -> None:
        self.closed = True


def services(library: MemoryLibrary, *, assistant: Answering | None = None, today: date | None = None) -> Ippo:
    """The services around a library in memory; nothing can be ingested into it."""
    settings = Settings(_env_file=None, today=today)  # type: ignore[call-arg] - pydantic-settings' own argument

    def refuse(sources: Sequence[str], progress: object) -> list[object]:
        raise AssertionError(f"the web was to ingest {sources}")

    answering = assistant or Assistant(library, public_url=settings.public_url)
    return Ippo(settings, library, answering, refuse)  # type: ignore[arg-type] - it never returns


@contextmanager
def messages(ippo: Ippo, data_dir: Path, *, working: bool = True) -> Iterator[Messaging]:
    """A message store in a folder, with a worker at work in one thread (or none), which stops at the end."""
    settings = ippo.settings.model_copy(update={"data_dir": data_dir})
    with bootstrap.messaging(replace(ippo, settings=settings)) as found:
        worker = found.worker(threads=1)
        if working:
            worker.start()
        try:
            yield found
        finally:
            worker.stop()


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Open streams end by the signal that a server in a thread does not get.
        if live := self.lifespan.state.get("live"):
            live.close()
        await super().shutdown(sockets)


@contextmanager
def serving(app: FastAPI, port: int = 0) -> Iterator[str]:
    """An application on a free port (or this one), in a thread of this process; gives its address."""
    # Listening before the thread starts: a browser's first request waits in the queue instead of failing.
    with socket.create_server(("127.0.0.1", port)) as listening:
        server = _Server(uvicorn.Config(app, log_config=None))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive(), "the server did not end"
