"""Side by side: Ippo and what one could use instead, on the same documents and questions, in one process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.benchmarks.corpus import Corpus, load
from tests.benchmarks.figures import COLUMNS, Measured, gain, measure, points, table, thousandths
from tests.benchmarks.ippo import EndToEnd, Retrieval, ingested
from tests.benchmarks.peers import SIZES, peers, split

OURS = "Ippo, retrieval alone"
WHOLE = "Ippo, end to end"


def run(corpus: Corpus) -> Iterator[Measured]:
    """Measure all systems, ours first."""
    with ingested(corpus.folder) as knowledge:
        yield measure(OURS, Retrieval(knowledge.current()), corpus.items)
        yield measure(WHOLE, EndToEnd.over(knowledge), corpus.items)
    for size, overlap in SIZES:
        for name, peer in peers(split(corpus.texts.values(), size, overlap)).items():
            yield measure(f"{name}, {size}/{overlap}", peer, corpus.items)


def show(corpus: Corpus, measured: Sequence[Measured]) -> None:
    """Print a table of figures and one of differences for each question set, and for all of them together."""
    chosen = {title: corpus.chosen(title) for title in corpus.sets}
    if len(chosen) > 1:
        chosen = {"All questions": [True] * len(corpus.items), **chosen}
    for title, kept in chosen.items():
        parts = [system.part(kept) for system in measured]
        print(f"\n### {title}: {sum(kept)} answerable\n")
        print(table(["system", *COLUMNS], ([p.name, *(f(p) for f in COLUMNS.values())] for p in parts)))
        print(f"\nHow far Ippo is ahead of each, with the 95 % bootstrap interval ({title.lower()}):\n")
        head = ["system", *(f"{name}: {figure}" for name in (OURS, WHOLE) for figure in ("R@2k, points", "MRR"))]
        print(table(head, (_ahead(parts[:2], peer) for peer in parts[2:])))


def _ahead(ours: Sequence[Measured], peer: Measured) -> list[str]:
    row = [peer.name]
    for system in ours:
        row.append(points(gain(system.recall(2000), peer.recall(2000))))
        row.append(thousandths(gain(system.ranks, peer.ranks)))
    return row


def main() -> None:
    """Measure and print."""
    corpus = load()
    print("## Side by side")
    show(corpus, list(run(corpus)))


if __name__ == "__main__":
    main()
