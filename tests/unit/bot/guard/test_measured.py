"""The guard's benchmark in small, on statements about the shipped knowledge: bounds that must hold."""

from __future__ import annotations

from functools import cache

from bot.guard import names_of
from knowledge.memory import MemoryIndex
from tests.benchmarks.bench_guard import KEPT, LEAK, MILLISECONDS, SWAPS, Measured, cases, measure
from tests.benchmarks.statements import Maker
from tests.unit.bot.shipped import pages

SEED = 20261124


@cache
def measured() -> tuple[Measured, Measured, Measured]:
    """True statements, false ones with something new, and swaps."""
    sources, chunks = pages()
    names = names_of(MemoryIndex(sources, chunks))
    true, new, swapped = cases(Maker(sources, chunks, SEED), faithful=330, each=20)
    return measure(true, names), measure(new, names), measure(swapped, names)


def told(result: Measured) -> str:
    return "\n".join(f"{case.kind}: {reason or 'kept'}: {case.draft}" for case, reason in result.wrong)


def test_there_are_enough_statements_of_every_kind() -> None:
    true, new, swapped = (sum(part.made.values()) for part in measured())
    assert true >= 300
    assert new + swapped >= 300


def test_what_is_true_is_kept() -> None:
    true = measured()[0]
    assert true.share(true.made) >= KEPT, told(true)


def test_nothing_new_and_false_gets_through() -> None:
    new = measured()[1]
    assert new.share(new.made) <= LEAK, told(new)


def test_swaps_hardly_get_through() -> None:
    swapped = measured()[2]
    assert swapped.share(swapped.made) <= SWAPS, told(swapped)


def test_a_sentence_takes_little_time() -> None:
    assert sum(part.seconds for part in measured()) * 1000 < MILLISECONDS * sum(
        sum(part.made.values()) for part in measured()
    )
