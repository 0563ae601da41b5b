"""Whether a value or name stands where a sentence puts it: the guard against swaps.

A passage holds many values of one sort: another row's, another year's, another company's. A sentence that takes one of
them for another one's is made of words that are all there. What gives it away is the neighbourhood: the words beside
the value in the sentence stand beside a different value in the passage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.guard.statement import Beside

CLOSE = 0.02
"""Difference of two scores that says nothing."""
_NEARLY = 0.99
"""Share of the best rival's score that is as good."""
_WHOLE, _ABOVE, _REST, _VALUE = 0.7, 0.35, 0.5, 0.1
"""Weights: of a word that stands elsewhere in the passage's sentence; above it; of the sentence's other words; of its other values."""


def score(said: Beside, held: Beside, above: frozenset[str], weight: Callable[[str], float]) -> float:
    """Tell how well what stands beside something in a sentence agrees with what stands beside it in a passage.

    Args:
        said: In the sentence.
        held: In the passage.
        above: Terms of the headings and titles that the passage's sentence stands under.
        weight: How much a term tells.
    """
    total = 0.0
    for term in said.near:
        total += weight(term) * (
            1 if term in held.near else _WHOLE if term in held.whole else _ABOVE if term in above else 0
        )
    for term in said.whole - said.near:
        # Another value has its own neighbours; that it stands in the same sentence tells a little all the same.
        rest = _VALUE if term[0] == "=" else _REST
        total += weight(term) * rest * (1 if term in held.whole else _ABOVE if term in above else 0)
    return total


def fits(own: Iterable[float], rivals: Iterable[float]) -> bool:
    """Tell whether the best place that holds what is said is as good as the best place that holds something else."""
    best = max(own, default=None)
    return best is not None and best >= _NEARLY * max(rivals, default=0.0) - CLOSE
