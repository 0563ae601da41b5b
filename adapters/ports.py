"""What the command line and the web ask of the inner rings, so that tests can stand in for a whole index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from knowledge.documents import Chunk, Document, Source
from knowledge.index import Index

if TYPE_CHECKING:
    from ingest.pipeline import Result


@dataclass(frozen=True, slots=True)
class Shown:
    """One version of a source, as its page shows it."""

    document: Document
    chunks: Sequence[Chunk]
    replaced_on: date | None = None
    """The day a newer version took its place; None: this is the current one, or the last."""
    withdrawn_on: date | None = None
    """The day the source was removed without a successor."""


class Library(Protocol):
    """What is known, for readers."""

    def current(self) -> Index:
        """Give the newest complete generation; it stays as it is while it is held."""

    def is_empty(self) -> bool:
        """Tell whether nothing is indexed."""

    def document(self, source: str, chunk: str | None = None) -> Shown | None:
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
