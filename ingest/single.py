"""One source by itself: read, so that a person can look at it, and written only when it is to be published."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from ingest import chunk as chunking
from ingest import index
from ingest.load import read
from ingest.manifest import fields_from_front_matter
from ingest.metadata import describe
from ingest.structure import structure
from knowledge.documents import Chunk, Document
from knowledge.generations import Knowledge
from knowledge.publishing import Placed
from knowledge.writing import VersionWriter


def open_document(source: str, data: bytes, name: str, *, url: str = "") -> Document:
    """Read and clean a source, as `ippo ingest` does.

    Args:
        source: Its identity.
        data: Its bytes.
        name: Its name; the ending tells kinds of text apart.
        url: Where it was fetched from, if it was.
    Raises:
        UnreadableSource: It gives no usable text.
        ManifestError: Its front matter is wrong.
    """
    extract = read(data, name)
    stated: dict[str, Any] = {"url": url} if url else {}
    if extract.metadata:
        stated |= fields_from_front_matter(extract.metadata, name=name)
    return structure(extract, describe(source, extract, stated), hashlib.sha256(data).hexdigest())


def cut(document: Document) -> list[Chunk]:
    """Cut a document into the chunks that it is going to be indexed as."""
    chunks = chunking.chunk(chunking.split_paragraphs(document))
    return list({chunk.id: chunk for chunk in chunks}.values())


def mark_of(content_hash: str, stated: Mapping[str, object]) -> str:
    """Give the mark of the version that `place` makes of the same: equal means that nothing need be read anew."""
    return index.fingerprint(content_hash, stated, index.pipeline_version())


def place(
    knowledge: Knowledge, writer: VersionWriter, document: Document, stated: Mapping[str, object], root: str
) -> Placed:
    """Write a document as a version that can be published; in the database after `writer.flush`.

    Args:
        knowledge: What it is for; the caller is the one that writes.
        writer: Writes it.
        document: With what is stated about it.
        stated: The same by itself, which makes it another version than the same text with something else stated.
        root: Where it came from, see `Placed`.
    """
    mark = mark_of(document.content_hash, stated)
    source = document.source.id
    version, chunks = knowledge.find_version(source, mark) or index.store(writer, document, mark, knowledge.embedding)
    return Placed(version, root, mark, chunks)
