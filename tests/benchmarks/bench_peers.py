"""Side by side: Ippo and what one could use instead, on the same documents and questions, in one process."""

from __future__ import annotations

from collections.abc import Sequence

from tests.benchmarks.corpus import Corpus, load
from tests.benchmarks.figures import COLUMNS, Measured, gain, measure, points, table, thousandths
from tests.benchmarks.ippo import EndToEnd, Retrieval, ingested
from tests.benchmarks.peers import SIZES, peers, split

OURS = "Ippo, retrieval alone"
WHOLE = "Ippo, end to end"


def run(corpus: Corpus) -> list[Measured]:
    """Measure all systems."""
    with ingested(corpus.folder) as knowledge:
        measured = [
            measure(OURS, Retrieval(knowledge.current()), corpus.items),
            measure(WHOLE, EndToEnd.over(knowledge), corpus.items),
        ]
    for size, overlap in SIZES:
        for name, peer in peers(split(corpus, size, overlap)).items():
            measured.append(measure(f"{name}, {size}/{overlap}", peer, corpus.items))
    return measured


def show(corpus: Corpus, measured: Sequence[Measured]) -> None:
    """Print the tables."""
    development = [i < len(corpus.development) for i in range(len(corpus.items))]
    own = [not yes for yes in development]
    everything = [True] * len(development)
    for title, chosen in (("All questions", everything), ("Development set", development), ("Our own", own)):
        print(f"\n### {title} ({sum(chosen)})\n")
        parts = [system.part(chosen) for system in measured]
        print(table(["system", *COLUMNS], ([p.name, *(f(p) for f in COLUMNS.values())] for p in parts)))
        print(f"\nAhead of each peer, 95 % bootstrap interval ({title.lower()}):\n")
        head = ["peer"]
        for name in (OURS, WHOLE):
            head += [f"{name}: R@2k, points", "MRR"]
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
    print("\n## Side by side")
    show(corpus, run(corpus))


if __name__ == "__main__":
    main()
