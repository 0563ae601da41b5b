"""The shipped knowledge in memory, for tests of what is answered from it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ingest.chunk import chunk, split_paragraphs
from ingest.load import read
from ingest.manifest import fields_from_front_matter
from ingest.metadata import describe
from ingest.structure import structure
from knowledge.documents import Chunk, Source
from tests.fakes import MemoryIndex

SOURCES = Path(__file__).parents[3] / "knowledge" / "sources"


@cache
def pages() -> tuple[tuple[Source, ...], tuple[Chunk, ...]]:
    """Read the shipped pages as they are ingested."""
    sources: list[Source] = []
    chunks: list[Chunk] = []
    for path in sorted(SOURCES.rglob("*.md")):
        name = path.relative_to(SOURCES).as_posix()
        extract = read(path.read_bytes(), name)
        source = describe(name, extract, fields_from_front_matter(extract.metadata, name=name))
        sources.append(source)
        chunks.extend(chunk(split_paragraphs(structure(extract, source, "0" * 64))))
    return tuple(sources), tuple(chunks)


@cache
def index(*leaving_out: str) -> MemoryIndex:
    """Index the shipped pages, without those whose ids are given."""
    sources, chunks = pages()
    return MemoryIndex(
        [source for source in sources if source.id not in leaving_out],
        [chunk for chunk in chunks if chunk.source not in leaving_out],
    )
