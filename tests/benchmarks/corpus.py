"""What is measured on: the real documents, the questions about them, and distractors made of the same text."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ingest.chunk import split_paragraphs
from ingest.load import read
from ingest.metadata import describe
from ingest.structure import structure
from knowledge.documents import Block, BlockKind, Chunk, Document, Source
from knowledge.index import IndexedChunk
from knowledge.tokens import words
from tests.evals.resolve import read_items, resolve

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
TODAY = date(2026, 11, 1)
"""Date of the answers."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """The five documents as they lie on disk, and the answerable questions."""

    folder: Path
    texts: dict[str, str]
    """File name → raw text."""
    development: list[dict[str, Any]]
    own: list[dict[str, Any]]
    """Our own questions, written without sight of the answers given."""

    @property
    def items(self) -> list[dict[str, Any]]:
        """All questions."""
        return [*self.development, *self.own]


def load() -> Corpus:
    """Read documents and questions; ends the program with a reason where they are absent."""
    folder, questions = SHARED / "documents", SHARED / "devset" / "questions.jsonl"
    if not folder.is_dir() or not questions.is_file():
        sys.exit("Nothing measured: these figures need ../shared/documents and ../shared/devset/questions.jsonl.")
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))}
    development = [item for item in read_items(questions) if item["answerable"]]
    own = resolve(read_items(ROOT / "tests" / "evals" / "answerable.jsonl"), folder)
    return Corpus(folder, texts, development, own)


def documents(corpus: Corpus) -> list[Document]:
    """Read the documents as `ippo ingest` does, up to chunking."""
    found: list[Document] = []
    for name, text in corpus.texts.items():
        extract = read(text.encode(), name)
        found.append(split_paragraphs(structure(extract, describe(name, extract, {}), "0" * 64)))
    return found


_CLAUSE = re.compile(r"(?<=[、。\n])")
PER_SOURCE = 500
"""Distractors in one made-up source."""


def distractors(corpus: Corpus, count: int) -> tuple[list[Source], Iterator[IndexedChunk]]:
    """Make chunks out of clauses of the real documents in random order, about as long as the real ones.

    Args:
        corpus: Where the clauses come from.
        count: How many to make.
    Returns:
        Their sources, and the chunks as they are asked for. The same every time.
    """
    clauses = sorted(
        {
            clause
            for document in documents(corpus)
            for block in document.blocks
            for clause in map(str.strip, _CLAUSE.split(block.text.replace("\t", "、")))
            if len(clause) >= 4
        }
    )
    headings = sorted({line for document in documents(corpus) for block in document.blocks for line in block.heading})
    sources = [Source(f"distractor-{i:04}.txt", "再構成した文") for i in range(-(-count // PER_SOURCE))]
    return sources, _make(clauses, headings, sources, count)


def _make(clauses: list[str], headings: list[str], sources: list[Source], count: int) -> Iterator[IndexedChunk]:
    drawn = random.Random(20261101)
    terms = {text: words(text) for text in (*clauses, *headings)}
    for i in range(count):
        length = drawn.randint(60, 320)
        picked: list[str] = []
        while sum(map(len, picked)) < length:
            picked.append(drawn.choice(clauses))
        heading = (drawn.choice(headings),)
        blocks = tuple(Block(BlockKind.PARAGRAPH, text, heading) for text in picked)
        chunk = Chunk(sources[i // PER_SOURCE].id, i % PER_SOURCE * 100, blocks)
        own = tuple(word for text in picked for word in terms[text])
        yield IndexedChunk(chunk, own, terms[heading[0]])
