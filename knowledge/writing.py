"""Writes versions of sources, many small ones in one transaction and a large one in several."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Table, delete, func, select, update

from knowledge import reading, rows
from knowledge.documents import Block, BlockKind, Document, Source
from knowledge.embedding import Embedding, Vectors
from knowledge.errors import EmbeddingUnavailable
from knowledge.index import IndexedChunk, Mention
from knowledge.reading import parts
from knowledge.schema import chunks, members, mentions, sources, vectors, versions
from knowledge.store import Store

BLANKED = "(内容は削除されました)"
"""What stands on the page of a source whose text was erased."""
_TOGETHER = 1000
"""Chunks written in one transaction: 0.1 s, during which nobody else can write to SQLite."""


_EMBEDDED_TOGETHER = 64
"""Chunks embedded between two commits; a small model on two processors takes some 5 s for them."""


class VersionWriter:
    """Writes versions. Only the holder of the lock `ingest` may: it numbers the rows itself.

    A version counts once its last chunk is written. What a killed run left unfinished is cleared on making one.
    """

    def __init__(self, store: Store, embedding: Embedding) -> None:
        self._store = store
        self._embedding = embedding.name
        self._width = _Width(store, embedding.name)
        self._rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in (versions, chunks, vectors, mentions)}
        self._finished: dict[int, dict[str, Any]] = {}
        _clear_unfinished(store)
        with store.read() as connection:
            self._next = {
                table: (connection.scalar(select(func.max(table.c.id))) or 0) + 1
                for table in (versions, chunks, mentions)
            }

    def write(
        self,
        document: Document,
        fingerprint: str,
        pieces: Iterable[tuple[Sequence[IndexedChunk], Vectors]],
        found: Iterable[Mention],
    ) -> int:
        """Write a version; it is in the database after the next `flush` at the latest.

        Args:
            document: The source as it was read.
            fingerprint: What makes this version the same as another.
            pieces: Its chunks, some at a time, with their vectors: (n, dimensions), unit length.
            found: What its chunks mention, in document order.
        Returns:
            The version's number.
        Raises:
            EmbeddingUnavailable: The vectors are of another length than those that are there.
        """
        version = self._number(versions)
        version_row = _version_row(version, document, fingerprint)
        self._rows[versions].append(version_row)
        digest = hashlib.sha256()
        position = words = 0
        for some, matrix in pieces:
            self._width.check(matrix)
            for indexed, vector in zip(some, matrix.astype("<f4"), strict=True):
                row = _chunk_row(self._number(chunks), version, position, indexed)
                self._rows[chunks].append(row)
                self._rows[vectors].append(
                    {"chunk": row["id"], "embedding": self._embedding, "vector": vector.tobytes()}
                )
                digest.update("\0".join((row["chunk"], row["words"], row["context"], "")).encode())
                position += 1
                words += len(indexed.words)
            if len(self._rows[chunks]) >= _TOGETHER:
                self.flush()
        for mention in found:
            self._rows[mentions].append(
                {
                    "id": self._number(mentions),
                    "version": version,
                    "kind": mention.kind.value,
                    "value": _storable(mention.value),
                    "chunk": mention.chunk,
                }
            )
        whole = {"digest": digest.hexdigest(), "chunks": position, "words": words, "complete": True}
        if self._rows[versions]:
            version_row.update(whole)
        else:
            # A large one, whose first chunks are in the database already.
            self._finished[version] = whole
        return version

    def flush(self) -> None:
        """Write down what was collected."""
        with self._store.write() as connection:
            for table, collected in self._rows.items():
                if collected:
                    connection.execute(table.insert(), collected)
                    collected.clear()
            for version, whole in self._finished.items():
                connection.execute(update(versions).where(versions.c.id == version).values(whole))
            self._finished.clear()

    def _number(self, table: Table) -> int:
        number = self._next[table]
        self._next[table] += 1
        return number


def embed_missing(
    store: Store, embedding: Embedding, of: Sequence[int], *, enough: Callable[[], bool] | None = None
) -> int:
    """Embed what has no vector of this embedding: the setting changed, and not all sources were given again.

    Args:
        store: The caller holds its lock `ingest`.
        embedding: Makes the vectors.
        of: Versions.
        enough: Asked after each few chunks whether to leave the rest for another time; None: all of it.
    Returns:
        How many chunks were embedded; written a few at a time, so that a run that is killed leaves what it has done.
    Raises:
        EmbeddingUnavailable: The model fails, or its vectors are of another length than those that are there.
    """
    width = _Width(store, embedding.name)
    done = 0
    for passing in reading.stream_unembedded(store, of, embedding.name):
        for start in range(0, len(passing), _EMBEDDED_TOGETHER):
            some = passing[start : start + _EMBEDDED_TOGETHER]
            matrix = embedding.embed_documents([indexed for _, indexed in some])
            width.check(matrix)
            with store.write() as connection:
                connection.execute(
                    vectors.insert(),
                    [
                        {"chunk": number, "embedding": embedding.name, "vector": vector.tobytes()}
                        for (number, _), vector in zip(some, matrix.astype("<f4"), strict=True)
                    ],
                )
            done += len(some)
            if enough is not None and enough():
                return done
    return done


class _Width:
    """The length of an embedding's vectors, which must be the same for all."""

    def __init__(self, store: Store, embedding: str) -> None:
        theirs = vectors.c.embedding == embedding
        with store.read() as connection:
            # In two steps: the first is answered by the primary key's index, without a look at the vectors.
            chunk = connection.scalar(select(vectors.c.chunk).where(theirs).limit(1))
            one = connection.scalar(select(vectors.c.vector).where(theirs, vectors.c.chunk == chunk))
        self._embedding = embedding
        self._width = len(one) // 4 if one else 0

    def check(self, matrix: Vectors) -> None:
        """Compare with what is there, or with what came before."""
        if not len(matrix):
            return
        width = int(matrix.shape[1])
        if self._width and width != self._width:
            raise EmbeddingUnavailable(
                f"{self._embedding}: ベクトルの次元が {self._width} から {width} に変わりました。同じ名前で別のモデルが"
                "動いています。IPPO_EMBEDDINGS を空にして ippo ingest を実行し、元の設定に戻してもう一度実行してください"
            )
        self._width = width


def delete_versions(store: Store, of: Sequence[int]) -> None:
    """Delete versions that were never published, with all that belongs to them."""
    for part in parts(of):
        with store.write() as connection:
            theirs = select(chunks.c.id).where(chunks.c.version.in_(part))
            connection.execute(delete(vectors).where(vectors.c.chunk.in_(theirs)))
            connection.execute(delete(mentions).where(mentions.c.version.in_(part)))
            connection.execute(delete(chunks).where(chunks.c.version.in_(part)))
            connection.execute(delete(versions).where(versions.c.id.in_(part)))


def strip_versions(store: Store, of: Sequence[int]) -> None:
    """Take terms, vectors and mentions from versions that no generation holds; their text stays for citations."""
    for part in parts(of):
        with store.write() as connection:
            theirs = select(chunks.c.id).where(chunks.c.version.in_(part))
            connection.execute(delete(vectors).where(vectors.c.chunk.in_(theirs)))
            connection.execute(delete(mentions).where(mentions.c.version.in_(part)))
            connection.execute(update(chunks).where(chunks.c.version.in_(part)).values(words=None, context=None))
            # Should the same content come back, it is read anew.
            connection.execute(update(versions).where(versions.c.id.in_(part)).values(fingerprint=""))


def blank_versions(store: Store, source: str) -> int:
    """Take the text out of a removed source's versions, so that links sent earlier open a page that says so.

    Versions that a reader still has open are left for a later call.

    Args:
        store: The database; the caller holds the lock `ingest`, or nobody publishes this source.
        source: Id of a source that is no longer indexed.
    Returns:
        How many versions were emptied; 0 where nothing is left to do, or nothing can be done yet.
    """
    with store.write() as connection:
        if connection.scalar(select(sources.c.active).where(sources.c.id == source)) is not False:
            return 0
        held = select(members.c.version)
        theirs = list(
            connection.scalars(
                select(versions.c.id).where(
                    versions.c.source == source, versions.c.chunks > 0, versions.c.id.not_in(held)
                )
            )
        )
        if theirs:
            of = select(chunks.c.id).where(chunks.c.version.in_(theirs))
            connection.execute(delete(vectors).where(vectors.c.chunk.in_(of)))
            connection.execute(delete(mentions).where(mentions.c.version.in_(theirs)))
            connection.execute(delete(chunks).where(chunks.c.version.in_(theirs)))
            block = Block(BlockKind.PARAGRAPH, BLANKED)
            emptied = {
                "details": rows.source_to_json(Source(source, title=BLANKED)),
                "blocks": rows.pack(rows.blocks_to_json([block])),
                "warnings": "",
                "fingerprint": "",
                "chunks": 0,
            }
            connection.execute(update(versions).where(versions.c.id.in_(theirs)).values(**emptied))
    return len(theirs)


def _clear_unfinished(store: Store) -> None:
    with store.read() as connection:
        unfinished = list(connection.scalars(select(versions.c.id).where(versions.c.complete.is_(False))))
    delete_versions(store, unfinished)


def _version_row(version: int, document: Document, fingerprint: str) -> dict[str, Any]:
    return {
        "id": version,
        "source": document.source.id,
        "fingerprint": fingerprint,
        "content_hash": document.content_hash,
        "digest": "",
        "details": rows.source_to_json(document.source),
        "blocks": rows.pack(rows.blocks_to_json(document.blocks)),
        "warnings": _storable("\n".join(document.warnings)),
        "chunks": 0,
        "words": 0,
        "complete": False,
    }


def _chunk_row(number: int, version: int, position: int, indexed: IndexedChunk) -> dict[str, Any]:
    return {
        "id": number,
        "version": version,
        "position": position,
        "chunk": indexed.chunk.id,
        "first": indexed.chunk.first,
        "blocks": rows.blocks_to_json(indexed.chunk.blocks),
        "words": _storable(rows.terms_to_text(indexed.words)),
        "context": _storable(rows.terms_to_text(indexed.context)),
    }


def _storable(text: str) -> str:
    # PostgreSQL's text holds everything but this one; in JSON it is escaped.
    return text.replace("\0", "")
