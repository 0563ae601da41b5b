"""The guard: how much of what is false gets through, by kind, how much of what is true is kept, and how fast."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from bot.guard import Names, Shown, guard, names_of
from knowledge.memory import MemoryIndex
from tests.benchmarks.figures import row, table
from tests.benchmarks.statements import Case, Maker
from tests.unit.bot.shipped import pages

SEEDS = (101, 202, 303)
FAITHFUL, EACH = 440, 30
"""Statements of a seed: true ones; false ones of each kind."""
LEAK, SWAPS, KEPT, MILLISECONDS = 0.01, 0.10, 0.95, 20.0
QUESTION = "教えてください"
TODAY = date(2026, 11, 24)


@dataclass(slots=True)
class Measured:
    """Counts by kind."""

    made: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    """What went out."""
    wrong: list[tuple[Case, str]] = field(default_factory=list)
    """Cases that were judged wrong, with the reason that was given, empty for none."""
    seconds: float = 0.0

    def share(self, kinds: Iterable[str]) -> float:
        """Share of these kinds that went out, 0 to 1."""
        chosen = list(kinds)
        return sum(self.sent[k] for k in chosen) / max(1, sum(self.made[k] for k in chosen))

    def milliseconds(self) -> float:
        """Mean time of a sentence."""
        return 1000 * self.seconds / max(1, sum(self.made.values()))


def measure(cases: Iterable[Case], names: Names) -> Measured:
    """Put cases before the guard, one a draft."""
    found = Measured()
    for case in cases:
        shown = [Shown(number, passage) for number, passage in case.shown]
        started = time.perf_counter()
        done = guard(case.draft, shown, names, question=QUESTION, today=TODAY, public_url="http://localhost:8000")
        found.seconds += time.perf_counter() - started
        sent = any(ruling.kept for ruling in done.rulings)
        found.made[case.kind] += 1
        found.sent[case.kind] += sent
        if sent is not case.faithful:
            found.wrong.append((case, " ".join(ruling.reason for ruling in done.rulings)))
    return found


def cases(maker: Maker, *, faithful: int = FAITHFUL, each: int = EACH) -> tuple[list[Case], list[Case], list[Case]]:
    """Draw the true ones, those with something new, and the swaps."""
    return list(maker.faithful(faithful)), list(maker.mutated(each)), list(maker.swapped(each))


def main(arguments: list[str]) -> None:
    """Measure and print; other seeds may be given, and `-v` prints what was judged wrong."""
    sources, chunks = pages()
    names = names_of(MemoryIndex(sources, chunks))
    seeds = [int(seed) for seed in arguments if seed.isdigit()] or list(SEEDS)
    results = [[measure(part, names) for part in cases(Maker(sources, chunks, seed))] for seed in seeds]
    print("## The guard\n")
    for title, part in (("true: kept, %", 0), ("new and false: sent, %", 1), ("swapped: sent, %", 2)):
        kinds = list(dict.fromkeys(kind for result in results for kind in result[part].made))
        lines = [[kind, *(_cell(result[part], [kind]) for result in results)] for kind in kinds]
        lines.append(["**together**", *(_cell(result[part], kinds) for result in results)])
        print(table([title, *(f"seed {seed}" for seed in seeds)], lines), end="\n\n")
    spent = sum(part.seconds for result in results for part in result)
    count = sum(sum(part.made.values()) for result in results for part in result)
    row("a sentence", f"{1000 * spent / count:.2f} ms  (under {MILLISECONDS:.0f})")
    if "-v" in arguments:
        for case, reason in [wrong for result in results for part in result for wrong in part.wrong]:
            print(f"{case.kind:<18}{reason:<14}{case.draft}")


def _cell(result: Measured, kinds: list[str]) -> str:
    return f"{100 * result.share(kinds):.1f} of {sum(result.made[k] for k in kinds)}"


if __name__ == "__main__":
    main(sys.argv[1:])
