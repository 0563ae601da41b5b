"""Ippo as a system under measurement: retrieval alone, end to end, and with steps taken out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.answer import Answer, Question
from bot.assistant import Assistant
from bot.ports import Answering
from bot.ports import Knowledge as Known
from bot.reading import Reading, read
from bot.text.material import gather
from ingest.pipeline import ingest
from knowledge import lexical
from knowledge.documents import Chunk, Document, Passage, Source
from knowledge.embedding import Embedding, HashedEmbedding
from knowledge.generations import Knowledge
from knowledge.index import Field, Index, IndexedChunk, Mention, MentionKind
from knowledge.lexical import LexicalIndex
from knowledge.mentions import find
from knowledge.query import lexical_terms
from knowledge.retrieval import DEFAULT_SCORING, Filter, Retriever, Scoring
from knowledge.tokens import words
from tests.benchmarks.figures import SHOWN


@contextmanager
def ingested(folder: Path) -> Iterator[Knowledge]:
    """Ingest a folder with the real pipeline, into SQLite, tantivy and Chroma in a directory of its own."""
    with tempfile.TemporaryDirectory() as directory:
        knowledge = Knowledge.open(Path(directory))
        try:
            ingest([str(folder)], knowledge=knowledge)
            yield knowledge
        finally:
            knowledge.close()


Reader = Callable[[Question, Index], Reading]
"""Reads a question; an ablation takes something out of what is read."""


class Retrieval:
    """Query building, candidates and ranking, without the answer."""

    def __init__(
        self, index: Index, *, scoring: Scoring = DEFAULT_SCORING, dense: float = 0.0, reader: Reader = read
    ) -> None:
        self._index = index
        self._retriever = Retriever(index, scoring, dense=dense)
        self._reader = reader

    def search(self, question: Question) -> list[Passage]:
        return self.ranked(self._reader(question, self._index))

    def ranked(self, reading: Reading) -> list[Passage]:
        """Retrieve for a question that is read already."""
        where = Filter(reading.ward, reading.question.today, reading.named_wards, reading.kinds)
        ranked = self._retriever.rank(reading.query, where, SHOWN)
        return [self._retriever.passage(item.indexed.chunk, item.score) for item in ranked]


class Proposed:
    """One arm's own order, without our scoring: tantivy's over the three fields, or the vectors'."""

    def __init__(self, index: Index, *, dense: bool) -> None:
        self._index = index
        self._dense = dense

    def search(self, question: Question) -> list[Passage]:
        query = read(question, self._index).query
        index = self._index
        found = index.nearest(query.text, SHOWN) if self._dense else index.lexical(lexical_terms(query), SHOWN)
        scores = dict(found)
        chunks = (indexed.chunk for indexed in index.chunks(list(scores)))
        return [Passage(chunk, index.source(chunk.source), scores[chunk.id]) for chunk in chunks]


class ByUnits:
    """Retrieval put in the order of the best sentence, row or cell, as the answer is written from."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._retriever = Retriever(index)

    def search(self, question: Question) -> Sequence[Passage]:
        return gather(read(question, self._index), self._retriever).passages()


class EndToEnd:
    """The passages of the whole assistant's answers, which come in the order that the answer rests on them."""

    def __init__(self, assistant: Answering) -> None:
        self._assistant = assistant

    @classmethod
    def over(cls, knowledge: Known, *, scoring: Scoring = DEFAULT_SCORING, dense: float = 0.0) -> EndToEnd:
        """Set up the assistant as `adapters.bootstrap` does."""
        return cls(Assistant(knowledge, public_url="http://localhost:8000", scoring=scoring, dense=dense))

    def answer(self, question: Question) -> Answer:
        return self._assistant.answer(question)


@dataclass(frozen=True, slots=True)
class Material:
    """Chunks with their terms, before they are indexed."""

    sources: Sequence[Source]
    chunks: Sequence[IndexedChunk]


def material(found: Iterable[tuple[Document, Sequence[Chunk]]]) -> Material:
    """Give chunks their terms, as `ingest.index` does but without its cache, which would outlive a change of terms."""
    sources, indexed = [], []
    for document, chunks in found:
        sources.append(document.source)
        for chunk in {chunk.id: chunk for chunk in chunks}.values():
            context = words(f"{chunk.context}\n{document.source.title}")
            indexed.append(IndexedChunk(chunk, words(chunk.text), context))
    return Material(sources, indexed)


class LooseIndex:
    """An `Index` over chunks however they were made: the real lexical arm, vectors compared one by one."""

    generation = 1

    def __init__(self, material: Material, embedding: Embedding | None = None) -> None:
        self._sources: dict[str, Source] = {source.id: source for source in material.sources}
        self._by_id = {indexed.chunk.id: indexed for indexed in material.chunks}
        self._ids = list(self._by_id)
        self.size = len(self._ids)
        self.mean_words = sum(len(indexed.words) for indexed in material.chunks) / max(1, self.size)
        self._found = [mention for indexed in material.chunks for mention in find(indexed.chunk)]
        self._embedding = embedding or HashedEmbedding()
        self._vectors = self._embedding.embed_documents(list(self._by_id.values()))
        with tempfile.TemporaryDirectory() as directory:
            # Opened files outlive their directory entries on the systems that this runs on.
            lexical.build(Path(directory), self._by_id.values())
            self._lexical = LexicalIndex(Path(directory))
            self._lexical.search({Field.WORDS: {"会社": 1.0}}, 1)

    def document_frequency(self, field: Field, term: str) -> int:
        return self._lexical.document_frequency(field, term)

    def lexical(self, terms: Mapping[Field, Mapping[str, float]], limit: int) -> list[tuple[str, float]]:
        return self._lexical.search(terms, limit)

    def nearest(self, text: str, limit: int) -> list[tuple[str, float]]:
        similarity = self._vectors @ self._embedding.embed_query(text)
        return [(self._ids[i], float(similarity[i])) for i in np.argsort(-similarity)[:limit]]

    def chunks(self, ids: Sequence[str]) -> list[IndexedChunk]:
        return [self._by_id[key] for key in ids if key in self._by_id]

    def source(self, source_id: str) -> Source:
        return self._sources[source_id]

    def sources(self) -> Sequence[Source]:
        return [self._sources[key] for key in sorted(self._sources)]

    def mentions(self, *kinds: MentionKind) -> list[Mention]:
        return [mention for mention in self._found if mention.kind in kinds]


@dataclass(frozen=True, slots=True)
class Held:
    """Knowledge that stays as it is."""

    index: Index

    def current(self) -> Index:
        return self.index
