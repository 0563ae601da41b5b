"""The vector arm as retrieval uses it: how near chunks are to a question, as a share that can be added to scores."""

from __future__ import annotations

import logging

from knowledge.errors import KnowledgeError
from knowledge.index import Index

log = logging.getLogger(__name__)

DENSE = 0.3
"""Weight of the vector arm with a real embedding: the middle of the plateau (0.2 to 0.4) that multilingual-e5-small
has on 215 questions, MRR 0.811 → 0.835 [+0.006, +0.043]; from 0.7 on it loses (docs/benchmarks.md)."""


class Nearness:
    """Asks an index's vectors; without them, words alone are searched."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._by_words_alone = False

    def of(self, text: str, limit: int) -> dict[str, float]:
        """Give chunk ids with 1 for the nearest down to 0 for the last that came up; none if there are no vectors.

        Models differ in what they call near (e5 gives 0.7 to what has nothing in common), so only the distances
        among what came up count, and what came last has no more than what did not come up at all.
        """
        try:
            found = self._index.nearest(text, limit)
        except KnowledgeError as error:
            # Once, however many questions are asked until it works again.
            if not self._by_words_alone:
                log.warning("searching by words alone", extra={"cause": str(error)})
            self._by_words_alone = True
            return {}
        if self._by_words_alone:
            log.info("searching by vectors again")
        self._by_words_alone = False
        if not found:
            return {}
        best, last = found[0][1], found[-1][1]
        span = best - last
        return {key: (value - last) / span if span > 0 else 1.0 for key, value in found}
