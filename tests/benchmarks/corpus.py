"""What is measured on: documents, the questions about them, and any amount of text recombined from them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ingest.chunk import split_paragraphs
from ingest.load import read
from ingest.manifest import fields_from_front_matter
from ingest.metadata import describe
from ingest.structure import structure
from knowledge.documents import Document
from knowledge.fold import squeeze
from tests.evals.resolve import read_items, resolve

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
EVALS = ROOT / "tests" / "evals"
TODAY = date(2026, 11, 1)
"""Date of the answers, unless a question has its own."""

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder of documents and the question sets about it."""

    folder: Path
    texts: dict[str, str]
    """Path below the folder → raw text."""
    sets: dict[str, list[Item]]
    """Title → questions, answerable or not."""

    @property
    def items(self) -> list[Item]:
        """The answerable questions of all sets."""
        return [item for items in self.sets.values() for item in items if item["answerable"]]

    def chosen(self, title: str) -> list[bool]:
        """Tell for each of `items` whether it is of this set."""
        return [name == title for name, items in self.sets.items() for item in items if item["answerable"]]


def load() -> Corpus:
    """Read the five documents with the development set and our own questions, else what is shipped."""
    documents, development = SHARED / "documents", SHARED / "devset" / "questions.jsonl"
    if documents.is_dir() and development.is_file():
        own = read_items(EVALS / "answerable.jsonl") + read_items(EVALS / "unanswerable.jsonl")
        sets = {"Development set": read_items(development), "Our own": resolve(own, documents)}
        return Corpus(documents, _texts(documents), sets)
    print(
        "../shared is absent: the development set and its documents are not measured.\n"
        "Everything below is measured on the shipped knowledge instead and compares with no published figure.\n"
    )
    shipped = ROOT / "knowledge" / "sources"
    return Corpus(shipped, _texts(shipped), {"Shipped knowledge": read_items(EVALS / "shipped.jsonl")})


def _texts(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".txt", ".md"))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def documents(texts: dict[str, str]) -> Iterator[Document]:
    """Read texts as `ingest.pipeline` does, up to chunking."""
    for name, text in texts.items():
        extract = read(text.encode(), name)
        stated = fields_from_front_matter(extract.metadata, name=name) if extract.metadata else {}
        yield split_paragraphs(structure(extract, describe(name, extract, stated), "0" * 64))


_CLAUSE = re.compile(r"(?<=[、。\n])")
_MARKUP = re.compile(r"[#*<>_`|\[\]\\]")
PER_FILE = 100
"""Chunks in one file of recombined text, about."""
_SECTION = 2
"""Chunks below one heading, about."""
_CHUNK = 195
"""Characters of new text in a chunk: a window of 320 less what overlaps the one before and stays empty."""


def write_recombined(corpus: Corpus, folder: Path, count: int) -> int:
    """Write files whose clauses come from the corpus in random order.

    No clause holds a whole evidence of a question, so that what is found in these files is never right by chance.

    Args:
        corpus: Where the clauses come from.
        folder: Is made.
        count: About how many chunks they will be cut into.
    Returns:
        Characters written. The same files every time.
    """
    evidence = [squeeze(quote) for item in corpus.items for quote in item["evidence"]]
    clauses, headings = _pieces(corpus, evidence)
    drawn = random.Random(20261101)
    folder.mkdir()
    size = 0
    for n in range(max(1, count // PER_FILE)):
        text = "\n\n".join((f"# 資料{n}号", *_sections(drawn, clauses, headings)))
        size += len(text)
        (folder / f"{n:05}.md").write_text(text, encoding="utf-8")
    return size


def _sections(drawn: random.Random, clauses: list[str], headings: list[str]) -> Iterator[str]:
    for _ in range(PER_FILE // _SECTION):
        yield f"## {drawn.choice(headings)}"
        left = _SECTION * _CHUNK
        while left > 0:
            # Paragraphs of a sentence or two, because a window is closed at the end of one.
            text = "".join(drawn.choice(clauses) for _ in range(3))
            left -= len(text)
            yield text


def _pieces(corpus: Corpus, evidence: Iterable[str]) -> tuple[list[str], list[str]]:
    clauses: set[str] = set()
    headings: set[str] = set()
    for document in documents(corpus.texts):
        for block in document.blocks:
            headings.update(line for line in block.heading if not _MARKUP.search(line))
            clauses.update(map(str.strip, _CLAUSE.split(block.text.replace("\t", "、"))))
    usable = (clause for clause in clauses if len(clause) >= 4 and not _MARKUP.search(clause))
    return (
        sorted(clause for clause in usable if not any(quote in squeeze(clause) for quote in evidence)),
        sorted(headings),
    )
