"""What the embedding that `IPPO_EMBEDDINGS` names gains beside the words, by its weight in the ranking."""

from __future__ import annotations

import time
from collections.abc import Iterator

from adapters import embedding as configured
from adapters import settings
from ingest.chunk import chunk
from knowledge.embedding import Embedding
from knowledge.nearness import DENSE
from tests.benchmarks.corpus import Corpus, documents, load
from tests.benchmarks.figures import gain, measure, points, table, thousandths
from tests.benchmarks.ippo import EndToEnd, Held, LooseIndex, Proposed, Retrieval, material

WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)


def rows(corpus: Corpus, embedding: Embedding) -> Iterator[list[str]]:
    """Measure vectors alone, then both arms at each weight, one row each as it is measured."""
    began = time.perf_counter()
    index = LooseIndex(material((document, chunk(document)) for document in documents(corpus.texts)), embedding)
    print(f"{index.size} chunks in {time.perf_counter() - began:.0f} s\n")
    alone = measure("vectors alone", Proposed(index, dense=True), corpus.items, rounds=1)
    yield ["vectors alone", f"{100 * alone.recall(2000).mean():.1f}", f"{alone.ranks.mean():.3f}", "", "", ""]
    words = None
    for weight in WEIGHTS:
        found = measure(str(weight), Retrieval(index, dense=weight), corpus.items, rounds=1)
        whole = measure(str(weight), EndToEnd.over(Held(index), dense=weight), corpus.items, rounds=1)
        words = words or found
        yield [
            f"{weight:g}" + (", the default" if weight == DENSE else ""),
            f"{100 * found.recall(2000).mean():.1f}",
            f"{found.ranks.mean():.3f}",
            points(gain(found.recall(2000), words.recall(2000))),
            thousandths(gain(found.ranks, words.ranks)),
            f"{100 * whole.passed.mean():.1f}",
        ]


def main() -> None:
    """Measure and print, if there is something to measure."""
    named = settings.load()
    embedding = configured.embedding(named)
    if embedding is None:
        print("## Embeddings: IPPO_EMBEDDINGS is not set, so there is none to measure\n")
        return
    corpus = load()
    print(f"## Embeddings: {embedding.name}, {len(corpus.items)} answerable questions\n")
    head = ["weight", "R@2k", "MRR", "gain in R@2k, points", "gain in MRR", "answers passed"]
    # Not bounded in time, as a person's question is: what a model finds is measured, not how fast.
    print(table(head, rows(corpus, embedding.inner)))


if __name__ == "__main__":
    main()
