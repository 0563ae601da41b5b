"""Ippo among a hundred thousand chunks: memory of the ingest, and retrieval beside tantivy's bigrams.

Run as `python -m tests.benchmarks.bench_size [CHUNKS]`. The documents are ingested together with text recombined
from them, and the questions are asked of the whole.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bot.answer import Question, Turn
from bot.reading import Reading, read
from ingest.pipeline import ingest
from knowledge import reading as stored
from knowledge.documents import Passage
from knowledge.embedding import HashedEmbedding
from knowledge.generations import Knowledge
from knowledge.index import Index
from knowledge.query import Query, lexical_terms, query
from knowledge.retrieval import DEFAULT_SCORING
from knowledge.store import Store
from tests.benchmarks.corpus import TODAY, Corpus, load, write_recombined
from tests.benchmarks.figures import gain, measure, peak, points, row, table, thousandths
from tests.benchmarks.ippo import EndToEnd, Retrieval
from tests.benchmarks.peers import Peer, bigram_index

CHUNKS = 100_000
LIMIT = 5.0
"""Times tantivy's bigrams that retrieval alone may take."""
ROUNDS = 4
"""The first warms the caches; of the others the quickest counts for each question, because others use the machine."""

Call = Callable[[], object]


def main(count: int) -> None:
    """Measure and print."""
    corpus = load()
    print(f"## Among {count:,} chunks\n")
    with tempfile.TemporaryDirectory(prefix="ippo-bench-") as directory:
        place = Path(directory)
        with _filled(corpus, place, count) as knowledge:
            (place / "peer").mkdir()
            peer = Peer(bigram_index(_texts(place / "data"), str(place / "peer")))
            _speed(corpus, knowledge.current(), peer)
            _quality(corpus, knowledge, peer)


@contextmanager
def _filled(corpus: Corpus, place: Path, count: int) -> Iterator[Knowledge]:
    """Ingest documents and recombined text with the real pipeline, and print what it took."""
    size = write_recombined(corpus, place / "recombined", count)
    row("recombined text", f"{size / 1e6:.1f} M characters")
    knowledge = Knowledge.open(place / "data")
    try:
        before, started = peak(), time.perf_counter()
        ingest([str(corpus.folder), str(place / "recombined")], knowledge=knowledge)
        seconds, chunks = time.perf_counter() - started, knowledge.current().size
        row("ingest", f"{seconds:.0f} s for {chunks:,} chunks, {chunks / seconds:.0f} a second, parsing included")
        row("peak memory of the ingest", f"{peak():.0f} MiB, {before:.0f} of them before it began")
        vectors = chunks * HashedEmbedding.dimensions * 4 / 2**20
        row("  of which Chroma's vectors", f"{vectors:.0f} MiB at least")
        yield knowledge
    finally:
        knowledge.close()


def _texts(data: Path) -> Iterator[str]:
    """Pass the texts of all chunks by, as they are indexed."""
    store = Store.open(data)
    try:
        with store.read() as connection:
            wanted = stored.wanted(connection)
            assert wanted is not None
            versions = stored.versions_of(connection, wanted.number)
        for known in stored.stream_chunks(store, versions):
            yield known.chunk.text
    finally:
        store.close()


def _question(item: Mapping[str, Any]) -> Question:
    turns = tuple(Turn(turn["role"], turn["text"]) for turn in item["history"])
    return Question(item["question"], TODAY, item.get("ward"), turns)


def _speed(corpus: Corpus, index: Index, peer: Peer) -> None:
    """Print the median times of a question, the systems asked in turn."""
    retrieval = Retrieval(index)
    questions = [_question(item) for item in corpus.items]
    read_before = [read(question, index) for question in questions]
    calls: dict[str, list[Call]] = {
        "tantivy, character bigrams": [partial(peer.search, question) for question in questions],
        "retrieval alone": [partial(_retrieve, retrieval, reading) for reading in read_before],
        "  of which building the query": [partial(_query, reading) for reading in read_before],
        "  of which candidates, from three fields": [partial(_candidates, index, reading) for reading in read_before],
        "with wards, names and wants read": [partial(retrieval.search, question) for question in questions],
    }
    medians = {name: statistics.median(times) for name, times in _times(calls).items()}
    for name, median in medians.items():
        row(name, f"p50 {median * 1000:.2f} ms")
    base, alone = list(medians.values())[:2]
    row("retrieval alone : tantivy", f"{alone / base:.2f}  (at most {LIMIT:.0f})")


def _query(reading: Reading) -> Query:
    question = reading.question
    return query(question.text, [turn.text for turn in question.history], leaning=reading.leaning)


def _candidates(index: Index, reading: Reading) -> list[tuple[str, float]]:
    return index.lexical(lexical_terms(reading.query), DEFAULT_SCORING.candidates)


def _retrieve(retrieval: Retrieval, reading: Reading) -> list[Passage]:
    """Build the query from the text, tokenised anew, and rank; the weights of the reading are what counts."""
    _query(reading)
    return retrieval.ranked(reading)


def _times(calls: Mapping[str, Sequence[Call]]) -> dict[str, list[float]]:
    """Time each call in seconds."""
    best = {name: [float("inf")] * len(found) for name, found in calls.items()}
    for round_ in range(ROUNDS):
        for name, found in calls.items():
            for i, call in enumerate(found):
                started = time.perf_counter()
                call()
                if round_:
                    best[name][i] = min(best[name][i], time.perf_counter() - started)
    return best


def _quality(corpus: Corpus, knowledge: Knowledge, peer: Peer) -> None:
    """Print what is still found among so much else."""
    ours = measure("Ippo, retrieval alone", Retrieval(knowledge.current()), corpus.items, rounds=1)
    whole = measure("Ippo, end to end", EndToEnd.over(knowledge), corpus.items)
    other = measure("tantivy, character bigrams, on Ippo's chunks", peer, corpus.items, rounds=1)
    print()
    rows = []
    for system in (ours, whole, other):
        recall, rank = gain(system.recall(2000), other.recall(2000)), gain(system.ranks, other.ranks)
        ahead = ["", ""] if system is other else [points(recall), thousandths(rank)]
        figures = (f"{100 * system.recall(budget).mean():.1f}" for budget in (1000, 2000, 4000))
        rows.append([system.name, *figures, f"{system.ranks.mean():.3f}", *ahead])
    print(table(["system", "R@1k", "R@2k", "R@4k", "MRR", "ahead: R@2k, points", "ahead: MRR"], rows))
    row("\nend to end", f"p50 {whole.p50:.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CHUNKS)
