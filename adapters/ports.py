"""What the command line and the web ask of the inner rings, so that tests can stand in for a whole index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from knowledge.citing import Shown
from knowledge.documents import Source
from knowledge.index import Index

if TYPE_CHECKING:
    from ingest.pipeline import Result


class Library(Protocol):
    """What is known, for readers."""

    def current(self) -> Index:
        """Give the newest complete generation; it stays as it is while it is held."""

    def is_empty(self) -> bool:
        """Tell whether nothing is indexed."""

    def document(self, source_id: str, chunk_id: str | None = None) -> Shown | None:
        """Give a source's current version, or the version that holds a chunk; None if there is none."""

    def list_sources(self) -> Sequence[tuple[Source, int]]:
        """List what is indexed, by id, each with the number of its chunks."""

    def self_test(self) -> Sequence[str]:
        """Search a known word on both arms and name what does not find it, one sentence each."""

    def close(self) -> None:
        """Give back what is open."""


class Ingesting(Protocol):
    """Reads sources into the index; `ingest.pipeline.ingest` does."""

    def __call__(self, sources: Sequence[str], progress: Callable[[int, int], None] | None) -> list[Result]:
        """Ingest paths and addresses, none: the shipped knowledge; tell progress as (done, total)."""


class Collecting(Protocol):
    """Makes a collection of texts what it is now; `ingest.pipeline.ingest_texts` does."""

    def __call__(self, name: str, texts: Callable[[], Mapping[str, str]], patience: float) -> list[Result]:
        """Index the texts (by source id) of a collection and let go of its others; see `ingest_texts`."""
