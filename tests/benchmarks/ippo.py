"""Ippo as a system under measurement: retrieval alone, end to end, and with steps taken out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.answer import Question
from bot.assistant import Assistant
from bot.ports import Answering
from bot.reading import Reading, read
from ingest.pipeline import ingest
from knowledge import lexical
from knowledge.documents import Passage, Source
from knowledge.embedding import HashedEmbedding
from knowledge.generations import Knowledge
from knowledge.index import Field, Index, IndexedChunk, Mention, MentionKind
from knowledge.lexical import LexicalIndex
from knowledge.mentions import find
from knowledge.query import Query
from knowledge.retrieval import DEFAULT_SCORING, Filter, Retriever, Scoring
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


class Retrieval:
    """Query building, candidates and ranking, without the answer."""

    def __init__(self, index: Index, *, scoring: Scoring = DEFAULT_SCORING, dense: float = 0.0) -> None:
        self._index = index
        self._retriever = Retriever(index, scoring, dense=dense)

    def search(self, question: Question) -> list[Passage]:
        reading = self.read(question)
        ranked = self._retriever.rank(self.query(question, reading), self.where(reading), SHOWN)
        return [self._retriever.passage(item.indexed.chunk, item.score) for item in ranked]

    def read(self, question: Question) -> Reading:
        return read(question, self._index)

    def query(self, question: Question, reading: Reading) -> Query:
        return reading.query

    def where(self, reading: Reading) -> Filter:
        return Filter(reading.ward, reading.question.today, reading.named_wards, reading.kinds)


class EndToEnd:
    """The passages of the whole assistant's answers, which come in the order that the answer rests on them."""

    def __init__(self, assistant: Answering) -> None:
        self._assistant = assistant

    @classmethod
    def over(cls, knowledge: Knowledge) -> EndToEnd:
        """Set up the assistant as `adapters.bootstrap` does."""
        return cls(Assistant(knowledge, public_url="http://localhost:8000"))

    def search(self, question: Question) -> Sequence[Passage]:
        return self._assistant.answer(question).passages


@dataclass(frozen=True, slots=True)
class Material:
    """Chunks with their terms, before they are indexed."""

    sources: Sequence[Source]
    chunks: Sequence[IndexedChunk]


class LooseIndex:
    """An `Index` over chunks however they were made: the real lexical arm, vectors compared one by one."""

    generation = 1

    def __init__(self, material: Material) -> None:
        self._sources = {source.id: source for source in material.sources}
        self._by_id = {indexed.chunk.id: indexed for indexed in material.chunks}
        self._ids = list(self._by_id)
        self.size = len(self._ids)
        self.mean_words = sum(len(indexed.words) for indexed in material.chunks) / max(1, self.size)
        self._found = [mention for indexed in material.chunks for mention in find(indexed.chunk)]
        self._embedding = HashedEmbedding()
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
