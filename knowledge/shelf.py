"""The derived indexes on disk, a directory a generation: `index/<number>/{tantivy,chroma}`.

Built from SQL beside their place and moved there when they are whole; opened only if their marker vouches for
them. With a Chroma server, the vectors live there in a collection a generation.
"""

from __future__ import annotations

import logging
import secrets
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from knowledge import lexical, marker, reading, vectors
from knowledge.errors import StoreUnavailable
from knowledge.lexical import LexicalIndex
from knowledge.marker import Marker
from knowledge.reading import Generation
from knowledge.store import Store
from knowledge.vectors import ChromaServer, VectorIndex

log = logging.getLogger(__name__)

_SMALL = 2000
"""Chunks up to which an index is always built from nothing; it takes 2 s."""
_SHARE = 0.1
"""Share of an index that may change, or have changed, for a copy of it to be worked on."""
_ATTEMPTS = 3


class Shelf:
    """Builds, checks and opens the indexes of generations."""

    def __init__(self, store: Store, chroma_url: str | None = None) -> None:
        self._store = store
        self._directory = store.data_dir / "index"
        self._chroma_url = chroma_url
        self._server: ChromaServer | None = None

    def has(self, generation: Generation) -> bool:
        """Tell whether a generation's directory is whole. What a Chroma server holds is seen on opening it."""
        return self._marker(generation) is not None

    def build(self, generation: Generation, versions: Sequence[int], base: Generation | None = None) -> None:
        """Build a generation's indexes from SQL, unless they are there.

        Args:
            generation: What to build; it need not be in SQL yet.
            versions: Its versions, in the order of `reading.versions_of`.
            base: An older generation, still in SQL, whose indexes may be copied if little has changed since.
        Raises:
            StoreUnavailable: It could not be built: the disk is full, the Chroma server gone.
        """
        try:
            with self._building():
                if self.has(generation):
                    return
                self._build(generation, versions, base)
        except OSError as error:
            raise StoreUnavailable(f"索引を書けません: {error}") from error

    def open_lexical(self, generation: Generation) -> LexicalIndex:
        """Open the lexical index. Raises ValueError or OSError if it is not sound after all."""
        return LexicalIndex(self._place(generation) / "tantivy")

    def open_vectors(self, generation: Generation, versions: Sequence[int]) -> VectorIndex:
        """Open the vector index, building what is missing.

        Raises:
            StoreUnavailable: It can neither be opened nor built.
        """
        if self._chroma_url:
            return self._open_collection(generation, versions)
        for _ in range(_ATTEMPTS):
            if not self.has(generation):
                self.build(generation, versions)
            try:
                return vectors.open_copy(self._place(generation) / "chroma", self._directory / "open")
            except (OSError, StoreUnavailable) as error:
                log.warning("vector index is rebuilt", extra={"generation": generation.number, "cause": str(error)})
                self.discard(generation)
        raise StoreUnavailable("ベクトル索引を開けません。ディスクの空きを確かめてください")

    def discard(self, generation: Generation) -> None:
        """Take a broken index away; it is built again when it is next needed."""
        with self._building():
            self._take_away(self._place(generation))

    def keep(self, generations: Sequence[Generation]) -> None:
        """Delete the indexes of all generations but these."""
        names = {str(generation.number) for generation in generations}
        with self._building():
            # A run that was killed over it leaves what it was building, or was taking away.
            self._sweep()
            for path in self._directory.iterdir():
                if path.name.isdecimal() and path.name not in names:
                    self._take_away(path)
        if self._chroma_url:
            self._chroma().drop(f"ippo-{self._store.id}-", [self._collection(known) for known in generations])

    def close(self) -> None:
        """Close the connections to a Chroma server."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _place(self, generation: Generation) -> Path:
        return self._directory / str(generation.number)

    def _marker(self, generation: Generation) -> Marker | None:
        found = marker.read(self._place(generation))
        if found is None or found.checksum != generation.checksum or found.chunks != generation.chunks:
            return None
        return found

    @contextmanager
    def _building(self) -> Iterator[None]:
        self._directory.mkdir(parents=True, exist_ok=True)
        with FileLock(self._directory / "build.lock"):
            yield

    def _build(self, generation: Generation, versions: Sequence[int], base: Generation | None) -> None:
        self._sweep()
        change = self._change(generation, versions, base) if base else None
        for attempt in range(_ATTEMPTS):
            directory = self._directory / f"building-{secrets.token_hex(4)}"
            try:
                drift = self._fill(directory, generation, versions, change)
            except (StoreUnavailable, ValueError) as error:  # ValueError: tantivy's
                shutil.rmtree(directory, ignore_errors=True)
                if attempt == _ATTEMPTS - 1:
                    raise StoreUnavailable(f"索引を作れません: {error}") from error
                change = None
                continue
            marker.write(directory, Marker(generation.checksum, generation.chunks, drift))
            place = self._place(generation)
            self._take_away(place)
            directory.rename(place)
            log.info("built", extra={"generation": generation.number, "chunks": generation.chunks, "drift": drift})
            return

    def _change(
        self, generation: Generation, versions: Sequence[int], base: Generation
    ) -> tuple[Path, list[int], list[str], int] | None:
        """Say how to get there from a copy of `base`: its directory, new versions, ids to remove, drift."""
        before = self._marker(base)
        if before is None or generation.chunks <= _SMALL or base.embedding != generation.embedding:
            return None
        with self._store.read() as connection:
            old = set(reading.versions_of(connection, base.number))
        new = [version for version in versions if version not in old]
        gone = reading.chunk_ids(self._store, sorted(old.difference(versions)))
        drift = before.drift + len(gone)
        if max(drift, len(gone) + reading.count_chunks(self._store, new)) > _SHARE * generation.chunks:
            return None
        return self._place(base), new, gone, drift

    def _fill(
        self,
        directory: Path,
        generation: Generation,
        versions: Sequence[int],
        change: tuple[Path, list[int], list[str], int] | None,
    ) -> int:
        """Write the indexes into a new directory. Returns the drift."""
        new, gone, drift = versions, list[str](), 0
        if change is None:
            for name in ("tantivy", "chroma"):
                (directory / name).mkdir(parents=True)
        else:
            base, new, gone, drift = change
            shutil.copytree(base, directory, ignore=shutil.ignore_patterns("complete.json*", "*.lock"))
        if self._chroma_url:
            self._chroma().build(self._collection(generation), self._vectors(generation, versions))
            lexical.build(directory / "tantivy", reading.stream_chunks(self._store, new), gone)
            return drift
        count = reading.count_chunks(self._store, new)
        vectors.build(directory / "chroma", self._vectors(generation, new), count, gone)
        probe = next((batch.vectors[0] for batch in self._vectors(generation, versions)), None)
        # The child spends its 2 s on importing Chroma; the lexical index is written meanwhile.
        with ThreadPoolExecutor(1) as aside:
            sound = aside.submit(vectors.verify, directory / "chroma", generation.chunks, probe)
            lexical.build(directory / "tantivy", reading.stream_chunks(self._store, new), gone)
        if not sound.result():
            raise StoreUnavailable("ベクトル索引を作れませんでした")
        return drift

    def _vectors(self, generation: Generation, versions: Sequence[int]) -> Iterator[vectors.Batch]:
        return reading.stream_vectors(self._store, versions, generation.embedding)

    def _open_collection(self, generation: Generation, versions: Sequence[int]) -> VectorIndex:
        name = self._collection(generation)
        found = self._chroma().open(name, generation.chunks)
        if found is None:
            self._chroma().build(name, self._vectors(generation, versions))
            found = self._chroma().open(name, generation.chunks)
        if found is None:
            raise StoreUnavailable("Chroma サーバーに索引を作れませんでした")
        return found

    def _chroma(self) -> ChromaServer:
        if self._server is None:
            self._server = ChromaServer(self._chroma_url or "")
        return self._server

    def _collection(self, generation: Generation) -> str:
        # With the checksum, so that what a killed run left under this number is not taken for it.
        return f"ippo-{self._store.id}-{generation.number}-{generation.checksum[:12]}"

    def _sweep(self) -> None:
        for leftover in self._directory.glob("building-*"):
            shutil.rmtree(leftover, ignore_errors=True)

    def _take_away(self, path: Path) -> None:
        # Renamed first, so that nobody finds half of it in its place.
        if path.exists():
            trash = self._directory / f"building-{secrets.token_hex(4)}"
            path.rename(trash)
            shutil.rmtree(trash, ignore_errors=True)
