"""From a document to what is stored of it: chunks with their terms, vectors and mentions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import islice

from ingest import chunk as chunking
from ingest import clean, structure
from knowledge import synonyms, tokens
from knowledge.documents import Chunk, Document
from knowledge.embedding import Embedding, Vectors
from knowledge.fold import fold
from knowledge.index import IndexedChunk, Mention
from knowledge.mentions import find
from knowledge.writing import VersionWriter

_READERS = "3"
"""Raised whenever loaders, metadata or mentions of the same bytes would come out differently."""
_TOGETHER = 500
"""Chunks of a large document that are worked on at once; bounds memory."""


def pipeline_version() -> str:
    """Name everything that decides what is read of the same content; equal means "would come out the same".

    The embedding is not part of it: another one needs other vectors, but nothing has to be read again for them.
    """
    return "/".join((_READERS, clean.VERSION, structure.VERSION, chunking.VERSION, tokens.VERSION, synonyms.version()))


def fingerprint(content_hash: str, stated: Mapping[str, object], pipeline: str) -> str:
    """Make the mark by which an unchanged source is known.

    Args:
        content_hash: Of its bytes, hex.
        stated: What the manifest says about it.
        pipeline: From `pipeline_version`.
    """
    facts = json.dumps(stated, default=_plain, sort_keys=True)
    return hashlib.sha256("\0".join((content_hash, facts, pipeline)).encode()).hexdigest()


def store(writer: VersionWriter, document: Document, mark: str, embedding: Embedding) -> tuple[int, int]:
    """Cut a document into chunks, tokenise and embed them, and write it all as a new version.

    Args:
        writer: Where it is written to.
        document: As structured; long paragraphs are split here.
        mark: Its fingerprint.
        embedding: Makes the vectors.
    Returns:
        The version's number and how many chunks it has.
    """
    document = chunking.split_paragraphs(document)
    # Two chunks of one document have the same id only if they are the same.
    chunks = list({chunk.id: chunk for chunk in chunking.chunk(document)}.values())
    mentions: list[Mention] = []
    pieces = _pieces(chunks, document.source.title, embedding, mentions)
    return writer.write(document, mark, pieces, mentions), len(chunks)


def _pieces(
    chunks: list[Chunk], title: str, embedding: Embedding, mentions: list[Mention]
) -> Iterator[tuple[list[IndexedChunk], Vectors]]:
    rest = iter(chunks)
    while some := list(islice(rest, _TOGETHER)):
        indexed = [IndexedChunk(chunk, tokens.words(chunk.text), context_words(chunk, title)) for chunk in some]
        # A list that the writer reads after the last piece.
        for chunk in some:
            mentions.extend(find(chunk))
        yield indexed, embedding.embed_documents(indexed)


def context_words(chunk: Chunk, title: str) -> tuple[str, ...]:
    """Tokenise line by line: a heading stands above many chunks and is tokenised once."""
    return tuple(word for line in (*chunk.context.split("\n"), title) for word in _line_words(fold(line)))


@lru_cache(maxsize=20_000)
def _line_words(line: str) -> tuple[str, ...]:
    return tokens.words(line) if line else ()


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
