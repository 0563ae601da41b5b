"""The dense arm: Chroma, embedded or as a server. The only module that speaks to it.

Embedded Chroma is not safe between processes, writes to its directory on opening, and a process killed while
writing can leave a directory that crashes whoever opens it. Hence: one process builds a directory nobody else
sees, a child process opens it first (`python -m knowledge.vectors DIR SIZE`), and each reader opens a copy.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
import sys
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import numpy as np

from knowledge.copies import claim, copy
from knowledge.embedding import Vectors
from knowledge.errors import StoreUnavailable

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

log = logging.getLogger(__name__)

_NAME = "chunks"
_DATABASE = "chroma.sqlite3"
_PATIENCE = 120.0
"""Seconds a child may take to open and query an index; 100,000 chunks take 4."""
# Chroma's default space is squared L2 and cannot be changed once a collection exists; our scores are
# cosine, so the space is named when it is created. Looking at 200 neighbours rather than the default 100 finds
# more of the true nearest.
_GRAPH = {"space": "cosine", "ef_search": 200}


@dataclass(frozen=True, slots=True)
class Batch:
    """Some chunks' vectors."""

    ids: Sequence[str]
    sources: Sequence[str]
    """Source id of each; kept as metadata, for whoever looks into Chroma."""
    vectors: Vectors
    """(n, dimensions), rows of unit length."""


class VectorIndex:
    """A finished collection, opened for search. Safe to share between threads."""

    def __init__(self, collection: Collection, size: int) -> None:
        self._collection = collection
        self.size = size

    def search(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Find the nearest chunks: ids with cosine similarity (-1 to 1), best first.

        Raises:
            StoreUnavailable: The server is gone, or the index holds vectors of another length.
        """
        limit = min(limit, self.size)
        if limit < 1 or not vector.any():
            return []
        try:
            found = self._collection.query(query_embeddings=cast(Any, [vector]), n_results=limit, include=["distances"])
        except Exception as error:  # Chroma's errors have no common root
            raise StoreUnavailable(f"ベクトル索引を調べられません: {error}") from error
        distances = found["distances"]
        return [
            (chunk_id, 1.0 - float(distance))
            for chunk_id, distance in zip(found["ids"][0], distances[0] if distances else (), strict=True)
        ]


def open_copy(directory: Path, place: Path) -> VectorIndex:
    """Open a copy of a finished directory, which goes when the index is no longer used.

    Args:
        directory: As `build` left it; not written to.
        place: Directory for the copies of all processes, best on the same file system.
    Raises:
        StoreUnavailable: Chroma cannot open it.
        OSError: It cannot be copied.
    """
    own, release = claim(place)
    try:
        # Only the database is written to on opening; the graph (4 KB a chunk) is read.
        copy(directory, own, written={_DATABASE})
        client = _client(own)
        collection = client.get_collection(_NAME, embedding_function=None)
        index = VectorIndex(collection, collection.count())
    except OSError:
        release()
        raise
    except Exception as error:  # Chroma's errors have no common root
        release()
        raise StoreUnavailable(f"ベクトル索引を開けません: {error}") from error
    weakref.finalize(index, _close, client, release)
    return index


def build(directory: Path, added: Iterable[Batch], count: int, removed: Sequence[str] = ()) -> None:
    """Write a collection, or change one that nobody has open.

    Args:
        directory: Empty, or a copy of a finished one.
        added: Vectors to put in.
        count: How many they are.
        removed: Ids of chunks to take out first.
    Raises:
        StoreUnavailable: Chroma refuses.
        OSError: The disk is full.
    """
    # Chroma writes its graph to disk after each so many changes. What came later is worked in again at each opening
    # (1 ms a chunk), so the last change has to be the one after which it is written.
    changes = max(2, count + len(removed))
    graph = {"batch_size": min(changes, 5000), "sync_threshold": changes}
    try:
        client = _prepared(directory, graph)
        try:
            _fill(client, client.get_collection(_NAME, embedding_function=None), added, removed)
        finally:
            client.close()
    except (OSError, StoreUnavailable):
        raise
    except Exception as error:  # Chroma's errors have no common root
        raise StoreUnavailable(f"ベクトル索引を書けません: {error}") from error
    # What was written went through a queue in the database first; without it a copy is quick.
    with closing(sqlite3.connect(directory / _DATABASE)) as database:
        database.execute("VACUUM")


def _prepared(directory: Path, graph: dict[str, int]) -> Client:
    """Open a directory whose collection, made if missing, writes its graph in this rhythm."""
    client = _client(directory)
    if _NAME not in [known.name for known in client.list_collections()]:
        configuration = cast(Any, {"hnsw": _GRAPH | graph})
        client.create_collection(_NAME, embedding_function=None, configuration=configuration)
        return client
    collection = client.get_collection(_NAME, embedding_function=None)
    with warnings.catch_warnings():
        # It warns of an embedding function of the old kind where there is none.
        warnings.simplefilter("ignore", DeprecationWarning)
        collection.modify(configuration=cast(Any, {"hnsw": graph}))
    # The new rhythm is taken up at the next opening.
    client.close()
    return _client(directory)


def verify(directory: Path, size: int, probe: Vectors | None) -> bool:
    """Open a directory in a child process and see whether it works; a crash there, a segfault included, is "no".

    Args:
        directory: As `build` left it; opening changes bytes of its database, but nothing it holds.
        size: How many chunks it should hold.
        probe: A vector that is in it; None if it is empty.
    """
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "knowledge.vectors", str(directory), str(size)],
            input=b"" if probe is None else probe.astype("<f4").tobytes(),
            capture_output=True,
            timeout=_PATIENCE,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.warning("vector index hangs", extra={"seconds": _PATIENCE})
        return False
    if child.returncode:
        log.warning("vector index is unusable", extra={"exit_code": child.returncode})
    return child.returncode == 0


class ChromaServer:
    """A Chroma server, which holds one collection a generation."""

    def __init__(self, url: str) -> None:
        """Connect. Raises StoreUnavailable if nobody answers there."""
        import chromadb

        parts = urlsplit(url)
        secure = parts.scheme == "https"
        with _unreachable():
            self._client = chromadb.HttpClient(
                host=parts.hostname or "",
                port=parts.port or (443 if secure else 8000),
                ssl=secure,
                settings=_settings(),
            )

    def open(self, name: str, size: int) -> VectorIndex | None:
        """Open a collection; None if it is missing or not whole."""
        with _unreachable():
            if name not in self._names():
                return None
            collection = self._client.get_collection(name, embedding_function=None)
            whole = (collection.metadata or {}).get("complete") and collection.count() == size
            return VectorIndex(collection, size) if whole else None

    def build(self, name: str, added: Iterable[Batch]) -> None:
        """Write a collection. Another host may be writing the same one: both write the same."""
        with _unreachable():
            collection = self._client.get_or_create_collection(
                name, embedding_function=None, configuration=cast(Any, {"hnsw": _GRAPH})
            )
            _fill(self._client, collection, added, ())
            collection.modify(metadata={"complete": True})

    def drop(self, prefix: str, keep: Iterable[str]) -> None:
        """Delete the collections whose names begin with a prefix, but for those to keep."""
        with _unreachable():
            for name in {name for name in self._names() if name.startswith(prefix)} - set(keep):
                self._client.delete_collection(name)

    def close(self) -> None:
        """Close the connections; indexes that were opened through it can no longer be used."""
        # Chroma 1.5's own `close` leaves its HTTP sessions open: the client's and that of the client within it.
        for client in (self._client, getattr(self._client, "_admin_client", None)):
            session = getattr(getattr(client, "_server", None), "_session", None)
            if session is not None:
                session.close()

    def _names(self) -> set[str]:
        names: set[str] = set()
        while page := self._client.list_collections(limit=100, offset=len(names)):
            names |= {collection.name for collection in page}
        return names


def _fill(client: ClientAPI, collection: Collection, added: Iterable[Batch], removed: Sequence[str]) -> None:
    most = client.get_max_batch_size()
    for start in range(0, len(removed), most):
        collection.delete(ids=list(removed[start : start + most]))
    for batch in added:
        for start in range(0, len(batch.ids), most):
            part = slice(start, start + most)
            collection.upsert(
                ids=list(batch.ids[part]),
                embeddings=batch.vectors[part],
                metadatas=[{"source": source} for source in batch.sources[part]],
            )


def _client(directory: Path) -> Client:
    import chromadb

    # Declared as its interface, which has no `close`.
    return cast("Client", chromadb.PersistentClient(path=str(directory), settings=_settings()))


def _settings() -> Any:
    from chromadb.config import Settings

    # Nothing about our users' questions leaves this machine.
    return Settings(anonymized_telemetry=False)


def _close(client: Client, release: Callable[[], None]) -> None:
    client.close()
    release()


@contextmanager
def _unreachable() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # Chroma's errors have no common root
        raise StoreUnavailable(f"Chroma サーバーを使えません: {error}") from error


def _check(directory: str, size: str) -> int:
    """Answer for `verify`, in the child: 0 if the index works."""
    client = _client(Path(directory))
    collection = client.get_collection(_NAME, embedding_function=None)
    if collection.count() != int(size):
        return 1
    probe = np.frombuffer(sys.stdin.buffer.read(), dtype="<f4")
    if probe.size:
        nearest = VectorIndex(collection, int(size)).search(probe, 1)
        # The probe itself, or its twin from another source.
        if not nearest or nearest[0][1] < 0.999:
            return 1
    client.close()
    return 0


if __name__ == "__main__":
    sys.exit(_check(*sys.argv[1:]))
