"""The lexical arm: a tantivy index over words, context words and character bigrams.

Terms come ready-made from `knowledge.tokens`; tantivy only splits them at white space. One process writes an
index, into a directory that nobody else reads yet; any number read it afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Occur, Query

from knowledge.index import Field, IndexedChunk
from knowledge.tokens import bigrams

_TOKENIZER = "ready-made"
_HEAP = 128_000_000
"""Bytes tantivy collects in memory before it writes a segment; 100,000 chunks fit into one."""


class LexicalIndex:
    """A finished index, opened for search. Safe to share between threads."""

    def __init__(self, directory: Path) -> None:
        """Open it. Raises ValueError if the files are no sound index."""
        index = _open(directory)
        # It never changes: no thread need watch the directory for a commit.
        index.config_reader("manual")
        self._schema = index.schema
        self._searcher = index.searcher()

    @property
    def size(self) -> int:
        """Chunks in it."""
        return int(self._searcher.num_docs)

    def document_frequency(self, field: Field, term: str) -> int:
        """Count the chunks that hold a term in a field (up to a tenth more after incremental changes)."""
        return int(self._searcher.doc_freq(field.value, _term(term)))

    def search(self, terms: Mapping[Field, Mapping[str, float]], limit: int) -> list[tuple[str, float]]:
        """Search by weighted terms.

        Args:
            terms: Weight of each term by field; a weight of 0 or less leaves the term out.
            limit: Most hits to give.
        Returns:
            Chunk ids with their weighted BM25 sums (k1 = 1.2, b = 0.75), best first.
        """
        clauses = [
            (Occur.Should, Query.boost_query(Query.term_query(self._schema, field.value, _term(term), "freq"), weight))
            for field, weights in terms.items()
            for term, weight in weights.items()
            if weight > 0
        ]
        if not clauses or limit < 1:
            return []
        hits = self._searcher.search(Query.boolean_query(clauses), limit, count=False).hits
        return [(self._searcher.doc(address)["id"][0], score) for score, address in hits]


def build(directory: Path, added: Iterable[IndexedChunk], removed: Iterable[str] = ()) -> None:
    """Write an index, or change one that nobody has open.

    Args:
        directory: Empty, or a copy of a finished index.
        added: Chunks to put in.
        removed: Ids of chunks to take out first.
    """
    index = _open(directory) if any(directory.iterdir()) else _make(directory)
    # One thread: documents keep the order they are given in, so equal scores have the same order every time.
    writer = index.writer(_HEAP, 1)
    for chunk_id in removed:
        writer.delete_documents_by_term("id", chunk_id)
    for chunk in added:
        writer.add_document(_document(chunk))
    writer.commit()
    writer.wait_merging_threads()


def _make(directory: Path) -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for field in Field:
        builder.add_text_field(field.value, tokenizer_name=_TOKENIZER, index_option="freq")
    return _registered(tantivy.Index(builder.build(), path=str(directory)))


def _open(directory: Path) -> Any:
    return _registered(tantivy.Index.open(str(directory)))


def _registered(index: Any) -> Any:
    # Tokenisers are not stored with an index: they are named in it and registered at each opening.
    tokenizer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_TOKENIZER, tokenizer)
    return index


def _document(chunk: IndexedChunk) -> Any:
    text = f"{chunk.chunk.text}\n{chunk.chunk.context}"
    return tantivy.Document(
        id=[chunk.chunk.id],
        words=[_joined(chunk.words)],
        context=[_joined(chunk.context)],
        bigrams=[_joined(bigrams(text))],
    )


def _joined(terms: Iterable[str]) -> str:
    return " ".join(map(_term, terms))


def _term(term: str) -> str:
    # Some of Sudachi's normalised forms hold a space ("climate change"), at which tantivy would split them.
    return term.replace(" ", "\x1f") if " " in term else term
