"""How long ingest takes, and of what parts: `python -m tests.benchmarks.bench_ingest [CHUNKS]`.

Text is recombined from the documents. The parts (tokenising, embedding, writing to SQL, tantivy and Chroma) are
timed by themselves on the same chunks in the same process, before the whole and after it, because the machine's
speed drifts. Parsing is timed apart. Beside the wall clock stands processor time, which other programs on the
machine disturb less.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine, create_engine

from ingest import chunk as chunking
from ingest import index as indexing
from ingest.load import read
from ingest.metadata import describe
from ingest.pipeline import Status, ingest
from ingest.structure import structure
from knowledge import lexical, rows, schema, tokens, vectors
from knowledge.documents import Chunk, Document
from knowledge.embedding import HashedEmbedding, Vectors
from knowledge.generations import Knowledge
from knowledge.index import IndexedChunk
from tests.benchmarks.corpus import load, write_recombined
from tests.benchmarks.figures import row

CHUNKS = 10_000
PARSING = "parsing"
MOST = 1.5
"""Times its parts that a whole run may take."""
LEAST = 30
"""Times quicker that a run without changes must be."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the wall clock, and of processor time in all threads and children."""

    wall: float
    processor: float


@dataclass(slots=True)
class Watch:
    """Adds up the time of named stretches."""

    spent: dict[str, Spent] = field(default_factory=dict)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Time what is done within."""
        wall, processor = time.perf_counter(), _processor()
        yield
        before = self.spent.get(name, Spent(0.0, 0.0))
        self.spent[name] = Spent(before.wall + time.perf_counter() - wall, before.processor + _processor() - processor)


def _processor() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def main(count: int) -> None:
    """Measure and print."""
    import chromadb  # noqa: F401 - its import (1 to 2 s) is no part of writing

    corpus = load()
    print("## Ingest\n")
    watch, parts = Watch(), Watch()
    tokens.words("暖機")
    with tempfile.TemporaryDirectory(prefix="ippo-bench-") as directory:
        place = Path(directory)
        documents = place / "documents"
        size = write_recombined(corpus, documents, count)
        row("text", f"{size / 1e6:.1f} M characters in {len(list(documents.iterdir()))} files")
        _parts(documents, place / "before", parts)
        chunks = _whole(documents, place / "data", watch)
        _parts(documents, place / "after", parts)
    _show(chunks, watch.spent, {name: _halved(spent) for name, spent in parts.spent.items()})


def _whole(documents: Path, data: Path, watch: Watch) -> int:
    """Ingest, ingest again, and once more after a change. Returns how many chunks it was."""
    knowledge = Knowledge.open(data)
    with watch("first"):
        ingest([str(documents)], knowledge=knowledge)
    with watch("again"):
        again = ingest([str(documents)], knowledge=knowledge)
    assert {result.status for result in again} == {Status.UNCHANGED}
    chunks = knowledge.current().size
    changed = next(iter(sorted(documents.iterdir())))
    text = changed.read_text(encoding="utf-8")
    changed.write_text("# 変更\n\n一つだけ変わりました。\n", encoding="utf-8")
    with watch("changed"):
        ingest([str(documents)], knowledge=knowledge)
    changed.write_text(text, encoding="utf-8")
    knowledge.close()
    return chunks


def _halved(spent: Spent) -> Spent:
    return Spent(spent.wall / 2, spent.processor / 2)


def _show(chunks: int, whole: Mapping[str, Spent], parts: Mapping[str, Spent]) -> None:
    first = whole["first"]
    for name, spent in parts.items():
        row(name, f"{spent.wall:.2f} s, {spent.processor:.2f} s of processor time")
    row("first run", f"{first.wall:.2f} s, {first.processor:.2f} s of processor time, {chunks:,} chunks")
    counted = [spent for name, spent in parts.items() if name != PARSING]
    wall = (first.wall - parts[PARSING].wall) / sum(spent.wall for spent in counted)
    processor = (first.processor - parts[PARSING].processor) / sum(spent.processor for spent in counted)
    row("whole without parsing : parts", f"{wall:.2f}, in processor time {processor:.2f}  (at most {MOST})")
    again = whole["again"]
    row("run without changes", f"{again.wall:.3f} s, {first.wall / again.wall:.0f} times quicker  (at least {LEAST})")
    row("run with one file changed", f"{whole['changed'].wall:.2f} s")


def _parts(documents: Path, place: Path, watch: Watch) -> None:
    """Time parsing, tokenising, embedding and writing on the same documents, each by itself."""
    with watch(PARSING):
        parsed = list(_parsed(documents))
    chunks = [(chunk, document.source.title) for document, cut in parsed for chunk in cut]
    with watch("tokenising"):
        indexed = [IndexedChunk(c, tokens.words(c.text), indexing.context_words(c, title)) for c, title in chunks]
    with watch("embedding"):
        matrix = HashedEmbedding().embed_documents(indexed)
    for name in ("tantivy", "chroma"):
        (place / name).mkdir(parents=True)
    with watch("writing to SQL"):
        _plain_rows(create_engine(f"sqlite:///{place / 'plain.db'}"), indexed, matrix)
    with watch("writing to tantivy"):
        lexical.build(place / "tantivy", indexed)
    with watch("writing to Chroma"):
        ids, sources = [known.chunk.id for known in indexed], [known.chunk.source for known in indexed]
        vectors.build(place / "chroma", [vectors.Batch(ids, sources, matrix)], len(ids))


def _parsed(documents: Path) -> Iterator[tuple[Document, list[Chunk]]]:
    for path in sorted(documents.iterdir()):
        extract = read(path.read_bytes(), path.name)
        document = structure(extract, describe(path.name, extract, {}), "0" * 64)
        document = chunking.split_paragraphs(document)
        # As the pipeline does: the same text at the same place is one chunk.
        yield document, list({chunk.id: chunk for chunk in chunking.chunk(document)}.values())


_VERSION = {
    "id": 1,
    "source": "s",
    "fingerprint": "",
    "content_hash": "",
    "digest": "",
    "details": "{}",
    "blocks": b"",
    "warnings": "",
    "chunks": 0,
    "words": 0,
    "complete": True,
}


def _plain_rows(engine: Engine, indexed: list[IndexedChunk], matrix: Vectors) -> None:
    """Write the same rows in the plainest way, as the measure of what writing costs."""
    schema.tables.create_all(engine)
    numbered = iter(enumerate(zip(indexed, matrix.astype("<f4"), strict=True)))
    with engine.begin() as connection:
        connection.execute(schema.versions.insert(), _VERSION)
        while some := list(islice(numbered, 1000)):
            connection.execute(schema.chunks.insert(), [_row(n, known) for n, (known, _) in some])
            connection.execute(
                schema.vectors.insert(),
                [{"chunk": n, "embedding": "e", "vector": vector.tobytes()} for n, (_, vector) in some],
            )


def _row(number: int, known: IndexedChunk) -> dict[str, object]:
    return {
        "id": number,
        "version": 1,
        "position": number,
        "chunk": known.chunk.id,
        "first": known.chunk.first,
        "blocks": rows.blocks_to_json(known.chunk.blocks),
        "words": rows.terms_to_text(known.words),
        "context": rows.terms_to_text(known.context),
    }


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CHUNKS)
