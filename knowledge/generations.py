"""The knowledge as a whole: opens the generation to serve, and the next one when the pointer has moved."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection, delete, select

from knowledge import citing, editions, publishing, reading, selftest
from knowledge.documents import Source
from knowledge.embedding import Embedding, HashedEmbedding
from knowledge.errors import KnowledgeError
from knowledge.index import Index
from knowledge.publishing import HEARTBEAT, Placed
from knowledge.reading import Generation
from knowledge.schema import chunks, members, readers
from knowledge.shelf import Shelf
from knowledge.snapshot import NothingKnown, Snapshot
from knowledge.store import Store, now
from knowledge.writing import VersionWriter, blank_versions, embed_missing

log = logging.getLogger(__name__)

_RETRY = 30.0
"""Seconds until a build that failed in the background is tried again."""


class Knowledge:
    """What is known, for one process. Safe to share between threads."""

    def __init__(self, store: Store, shelf: Shelf, embedding: Embedding) -> None:
        self._store = store
        self._shelf = shelf
        self._embedding = embedding
        self._reader = secrets.token_hex(16)
        self._seen = (0, 0.0)  # generation and time of the last heartbeat
        self._open: Snapshot | None = None
        self._switching = threading.Lock()
        self._builder: threading.Thread | None = None
        self._failed_at = float("-inf")

    @classmethod
    def open(
        cls,
        data_dir: Path,
        database_url: str | None = None,
        chroma_url: str | None = None,
        embedding: Embedding | None = None,
    ) -> Knowledge:
        """Open the knowledge in a data directory, which is made if missing.

        Args:
            data_dir: Holds the database file, unless a URL names another, and the indexes.
            database_url: SQLAlchemy URL; None: SQLite in the data directory.
            chroma_url: `http://host:port` of a Chroma server; None: embedded.
            embedding: Makes the vectors; None: the built-in one.
        Raises:
            StoreUnavailable: The database cannot be opened.
        """
        store = Store.open(data_dir, database_url)
        return cls(store, Shelf(store, chroma_url), embedding or HashedEmbedding())

    def current(self) -> Snapshot | NothingKnown:
        """Give the generation to serve, the same object until another is ready.

        The first call builds what is missing on this machine. Later on, a generation that has to be built first
        (another host wrote it, or its files were damaged) is built in the background while the last one serves.

        Raises:
            StoreUnavailable: Neither the wanted generation nor an older one can be opened.
        """
        with self._store.read() as connection:
            wanted = reading.wanted(connection)
        if wanted is None:
            return NothingKnown()
        serving = self._open
        if serving is not None and serving.generation == wanted.number:
            self._beat(wanted.number)
            return serving
        with self._switching:
            if self._open is None:
                self._open = self._ready(wanted)
            elif self._open.generation != wanted.number:
                if self._shelf.has(wanted):
                    self._open = self._ready(wanted)
                else:
                    self._build_behind(wanted)
            self._beat(self._open.generation)
            return self._open

    def is_empty(self) -> bool:
        """Tell whether there is nothing to search."""
        with self._store.read() as connection:
            wanted = reading.wanted(connection)
        return wanted is None or wanted.chunks == 0

    def document(self, source_id: str, chunk_id: str | None = None) -> citing.Shown | None:
        """Give a source's text for the page behind a citation link; None if the source was never known.

        Args:
            source_id: As in `Source.id`; also of a source that was removed.
            chunk_id: The chunk that was cited; the version that holds it is given, also when it was replaced.
        """
        with self._store.read() as connection:
            return citing.find_shown(connection, source_id, chunk_id)

    def list_sources(self) -> list[tuple[Source, int]]:
        """List what is indexed, by source id, each with the number of its chunks."""
        with self._store.read() as connection:
            wanted = reading.wanted(connection)
            return reading.sources_of(connection, wanted.number) if wanted else []

    def self_test(self) -> list[str]:
        """Look up a word that is known to be there on both arms.

        Returns:
            What is wrong, one sentence each; empty if all is well. Nothing known yet is not wrong.
        """
        try:
            index = self.current()
            if not isinstance(index, Snapshot) or not index.size:
                return []
            with self._store.read() as connection:
                query = select(chunks.c.chunk).join_from(chunks, members, members.c.version == chunks.c.version)
                sample = connection.scalars(query.where(members.c.generation == index.generation).limit(200)).all()
            return selftest.problems_of(index, sample)
        except KnowledgeError as error:
            return [str(error)]

    def close(self) -> None:
        """Let go of the index and the database. Snapshots given out are not to be used afterwards."""
        builder = self._builder
        if builder is not None:
            builder.join()
        with self._switching:
            self._open = None
        try:
            with self._store.write() as connection:
                connection.execute(delete(readers).where(readers.c.id == self._reader))
        except KnowledgeError:
            log.warning("reader not signed off", extra={"reader": self._reader})
        self._shelf.close()
        self._store.close()

    # What `ingest` uses.

    def writing(self, patience: float) -> AbstractContextManager[None]:
        """Become the one that writes. Raises StoreBusy if another still is after so many seconds."""
        return self._store.lock("ingest", patience=patience)

    def blank(self, source: str, *, patience: float) -> int:
        """Take the text of a removed source from behind links that were sent earlier.

        Returns:
            How many of its versions were emptied; what some reader still has open is left for a later call.
        Raises:
            StoreBusy: Another still writes after `patience` seconds.
        """
        with self.writing(patience):
            # What nobody reads any more is let go of first.
            publishing.clear(self._store, self._shelf)
            return blank_versions(self._store, source)

    @property
    def embedding(self) -> Embedding:
        """What makes the vectors."""
        return self._embedding

    def has_own_vectors(self) -> bool:
        """Tell whether what is served was embedded as this process embeds; true if nothing is known yet."""
        with self._store.read() as connection:
            wanted = reading.wanted(connection)
        return wanted is None or wanted.embedding == self._embedding.name

    def embed_some(self, enough: Callable[[], bool]) -> int:
        """Embed what is served and has no vector of this embedding; within `writing` only.

        Args:
            enough: Asked now and then whether to leave the rest for another time.
        Returns:
            How many chunks; 0 once all have a vector.
        Raises:
            EmbeddingUnavailable: The model fails.
        """
        with self._store.read() as connection:
            wanted = reading.wanted(connection)
            order = reading.versions_of(connection, wanted.number) if wanted else []
        return embed_missing(self._store, self._embedding, order, enough=enough)

    def writer(self) -> VersionWriter:
        """Give what writes versions; within `writing` only."""
        return VersionWriter(self._store, self._embedding)

    def active(self) -> dict[str, Placed]:
        """List the known sources, by id."""
        with self._store.read() as connection:
            return publishing.active_sources(connection)

    def held(self) -> frozenset[str]:
        """List the sources that the knowledge desk looks after, which no folder changes."""
        with self._store.read() as connection:
            return editions.held(connection)

    def find_version(self, source_id: str, fingerprint: str) -> tuple[int, int] | None:
        """Find a version that was written before: its number and chunks."""
        with self._store.read() as connection:
            return publishing.find_version(connection, source_id, fingerprint)

    def publish(
        self,
        after: Mapping[str, Placed],
        *,
        check: Callable[[Index], None] | None = None,
        also: Callable[[Connection], None] | None = None,
    ) -> int:
        """Make the knowledge what `after` says, in one step; within `writing` only. See `publishing.publish`."""
        return publishing.publish(self._store, self._shelf, self._embedding, after, check=check, also=also)

    @property
    def store(self) -> Store:
        """The database, for those who keep editions in it (`knowledge.editions`)."""
        return self._store

    def _ready(self, wanted: Generation) -> Snapshot:
        """Open a generation; what is missing or broken is built first."""
        if not self._shelf.has(wanted):
            self._build(wanted)
        try:
            return Snapshot(self._store, self._shelf, wanted, self._embedding)
        except (ValueError, OSError) as error:
            log.warning("index is rebuilt", extra={"generation": wanted.number, "cause": str(error)})
            self._shelf.discard(wanted)
            self._build(wanted)
            return Snapshot(self._store, self._shelf, wanted, self._embedding)

    def _build(self, wanted: Generation) -> None:
        # Named before it is built, so that nobody clears it meanwhile.
        self._beat(wanted.number)
        with self._store.read() as connection:
            versions = reading.versions_of(connection, wanted.number)
        self._shelf.build(wanted, versions)

    def _build_behind(self, wanted: Generation) -> None:
        if self._builder is not None or time.monotonic() - self._failed_at < _RETRY:
            return

        def build() -> None:
            try:
                self._build(wanted)
            except KnowledgeError as error:
                self._failed_at = time.monotonic()
                log.warning("build failed", extra={"generation": wanted.number, "cause": str(error)})
            finally:
                self._builder = None

        self._builder = threading.Thread(target=build, name="build-index", daemon=True)
        self._builder.start()

    def _beat(self, generation: int) -> None:
        """Tell the others which generation this process reads, now and then."""
        seen, at = self._seen
        if seen == generation and time.monotonic() - at < HEARTBEAT / 10:
            return
        row = {"id": self._reader, "generation": generation, "seen_at": now()}
        with self._store.write() as connection:
            connection.execute(delete(readers).where(readers.c.id == self._reader))
            connection.execute(readers.insert().values(row))
        self._seen = (generation, time.monotonic())
