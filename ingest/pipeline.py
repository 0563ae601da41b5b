"""A run of `ippo ingest`: find the sources, read what is new, publish all of it in one step.

What is written down on the way is not seen by anyone until the end, and is used by the next run if this one dies.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePosixPath

from ingest import index
from ingest.errors import UnreadableSource
from ingest.fetch import FetchLimits, fetch
from ingest.load import MAX_BYTES, read
from ingest.manifest import Fields, fields_from_front_matter
from ingest.metadata import describe
from ingest.places import Place, Search, collection, search
from ingest.structure import structure
from knowledge.documents import Document
from knowledge.errors import KnowledgeError, ManifestError
from knowledge.generations import Knowledge
from knowledge.publishing import Placed
from knowledge.writing import VersionWriter

log = logging.getLogger(__name__)


class Status(StrEnum):
    """What became of a source."""

    INDEXED = "indexed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one source."""

    source: str
    status: Status
    chunks: int = 0
    reason: str = ""
    """Why it was skipped, or what of it was left out; Japanese."""


@dataclass(frozen=True, slots=True)
class FetchRules:
    """How URLs are fetched."""

    limits: FetchLimits | None = None
    allow_private: bool = False


def ingest(
    arguments: Sequence[str],
    *,
    knowledge: Knowledge,
    fetching: FetchRules | None = None,
    progress: Callable[[int, int], None] | None = None,
    on_result: Callable[[Result], None] | None = None,
    patience: float = 300.0,
) -> list[Result]:
    """Read sources into the knowledge.

    Args:
        arguments: Files, directories, URLs. They add to what is known; removed is what is missing in a directory
            that was given before.
        knowledge: What to add to.
        fetching: How URLs are fetched; None: as `ingest.fetch` does by itself.
        progress: Told how many sources are done, of how many.
        on_result: Told each result as it comes. It is searchable only when this function has returned.
        patience: Seconds to wait for another run to end.
    Returns:
        One result a source, in the order of the arguments, the removed ones last.
    Raises:
        UnusableArgument, ManifestError: An argument or a manifest is wrong; nothing was done.
        StoreBusy: Another run took longer than `patience`.
        StoreUnavailable: The database or an index cannot be written; the old state stays.
    """
    found = search(arguments)
    with knowledge.writing(patience):
        return _run(found, knowledge, fetching or FetchRules(), progress, on_result)


def ingest_texts(
    name: str, texts: Callable[[], Mapping[str, str]], *, knowledge: Knowledge, patience: float = 300.0
) -> list[Result]:
    """Make a collection of texts what it is now; whatever else is known stays.

    Texts that are kept in a database have no folder, so they are handed over all together: what is missing is
    removed, as it is in a folder that is given again.

    Args:
        name: The collection's, the same on every machine.
        texts: Gives the texts by source id. Called once no other run can come between, so that of two runs the
            last one has the latest texts.
        knowledge: What to add to.
        patience: Seconds to wait for another run to end.
    Returns:
        One result a text, the removed ones last.
    Raises:
        StoreBusy, StoreUnavailable: As `ingest`.
    """
    with knowledge.writing(patience):
        return _run(collection(name, texts()), knowledge, FetchRules(), None, None)


def _run(
    found: Search,
    knowledge: Knowledge,
    fetching: FetchRules,
    progress: Callable[[int, int], None] | None,
    on_result: Callable[[Result], None] | None,
) -> list[Result]:
    """Read what was found and publish it; the caller has become the one that writes."""
    run = _Run(knowledge, fetching)
    results = []

    def report(result: Result) -> None:
        results.append(result)
        if on_result:
            on_result(result)

    for done, place in enumerate(found.places):
        if progress:
            progress(done, len(found.places))
        report(run.take(place))
    if progress:
        progress(len(found.places), len(found.places))
    for source in run.drop_missing(found.roots, {place.source for place in found.places}):
        report(Result(source, Status.REMOVED))
    run.publish()
    return results


class _Run:
    """One run, from the first source to the new generation."""

    def __init__(self, knowledge: Knowledge, fetching: FetchRules) -> None:
        self._knowledge = knowledge
        self._fetching = fetching
        self._pipeline = index.pipeline_version()
        # With another embedding all is indexed anew, though nothing is read again.
        self._same = Status.UNCHANGED if knowledge.has_own_vectors() else Status.INDEXED
        self._writer: VersionWriter | None = None
        self._before = knowledge.active()
        self._held = knowledge.held()
        self._after = dict(self._before)

    def take(self, place: Place) -> Result:
        """Read one source, unless it is as it was. Whatever it holds, it ends in a result."""
        source = place.source
        try:
            # Names that are no text (bytes in another encoding) cannot be identities.
            source.encode()
            if source in self._held:
                # Its file may still lie in the folder: it would bring back what an operator replaced or withdrew.
                chunks = self._before[source].chunks if source in self._before else 0
                return Result(source, Status.UNCHANGED, chunks, "管理画面の「知識」で管理しています")
            data, name = self._bytes(place)
            content_hash = hashlib.sha256(data).hexdigest()
            stated = place.manifest.for_source(source)
            mark = index.fingerprint(content_hash, stated, self._pipeline)
            before = self._before.get(source)
            if before and before.fingerprint == mark:
                self._after[source] = replace(before, root=place.root)
                return Result(source, self._same, before.chunks)
            written = self._knowledge.find_version(source, mark)
            warnings: tuple[str, ...] = ()
            if written is None:
                document = _document(place, data, name, content_hash)
                warnings = document.warnings
                written = index.store(self._writing(), document, mark, self._knowledge.embedding)
            version, chunks = written
            self._after[source] = Placed(version, place.root, mark, chunks)
            return Result(source, Status.INDEXED, chunks, " ".join(warnings))
        except UnicodeEncodeError:
            name = source.encode(errors="replace").decode()
            return Result(name, Status.SKIPPED, reason="名前か本文が正しい文字列ではありません。UTF-8 にしてください")
        except (UnreadableSource, ManifestError) as error:
            return self._skipped(place, str(error))
        except KnowledgeError:
            raise  # nobody's source is at fault
        except Exception as error:
            # A source may trip any of the steps in a way that nobody thought of; the others must not suffer.
            log.warning("source skipped", extra={"source": source, "cause": type(error).__name__})
            return self._skipped(place, f"読み取れませんでした({type(error).__name__})")

    def drop_missing(self, roots: frozenset[str], seen: set[str]) -> list[str]:
        """Let go of the sources that were found in these directories and are there no more; by id."""
        missing = sorted(
            source for source, placed in self._before.items() if placed.root in roots and source not in seen
        )
        for source in missing:
            del self._after[source]
        return missing

    def publish(self) -> None:
        """Make all of it known in one step."""
        if self._writer:
            self._writer.flush()
        if self._after or self._before:
            self._knowledge.publish(self._after)

    def _writing(self) -> VersionWriter:
        if self._writer is None:
            self._writer = self._knowledge.writer()
        return self._writer

    def _bytes(self, place: Place) -> tuple[bytes, str]:
        if place.text is not None:
            return place.text.encode(), PurePosixPath(place.source).name
        if place.path is None:
            fetched = fetch(place.source, limits=self._fetching.limits, allow_private=self._fetching.allow_private)
            return fetched.data, fetched.name
        try:
            # One byte more than allowed is enough for `read` to refuse it; the rest need not fit into memory.
            with place.path.open("rb") as file:
                return file.read(MAX_BYTES + 1), place.path.name
        except OSError as error:
            raise UnreadableSource(f"ファイルを開けません({error.strerror or error})") from error

    def _skipped(self, place: Place, reason: str) -> Result:
        if place.source in self._after:
            reason += "。前に読み取った内容を引き続き使います"
        return Result(place.source, Status.SKIPPED, reason=reason)


def _document(place: Place, data: bytes, name: str, content_hash: str) -> Document:
    extract = read(data, name)
    front_matter = fields_from_front_matter(extract.metadata, name=name) if extract.metadata else None
    stated: Fields = place.manifest.for_source(place.source, front_matter)
    if place.path is None and place.text is None:
        stated.setdefault("url", place.source)
    return structure(extract, describe(place.source, extract, stated), content_hash)
