"""Retrieval: candidates from the indexes, scored anew by words, context and bigrams, filtered by ward.

The gain is in the scoring (BM25 for short chunks over Japanese words, with headings and header cells as a
second field), not in the engine: tantivy and Chroma propose candidates, this module ranks them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from knowledge.documents import Chunk, Kind, Passage, Source
from knowledge.index import Field, Index, IndexedChunk
from knowledge.nearness import Nearness
from knowledge.query import Query, Topic, lexical_terms
from knowledge.tokens import bigrams


@dataclass(frozen=True, slots=True)
class Scoring:
    """Constants of the ranking, no units unless said."""

    k1: float = 0.8
    b: float = 0.5
    """BM25 for short chunks: a word said twice counts little more, and length is punished mildly."""
    context: float = 0.85
    """Weight of a word in heading, header, lead-in or title, as a share of one in the text."""
    bigram: float = 0.35
    """Weight of the bigram score beside the word score."""
    coverage: float = 0.5
    """Bonus for the share of the question's words that a chunk covers."""
    own_ward: float = 1.12
    """Factor on what is for the person's own ward."""
    other_ward: float = 0.45
    """Factor on what is for another ward only."""
    named_kind: float = 1.2
    """Factor on a kind of source that the question names."""
    expired: float = 0.6
    """Factor on what no longer holds."""
    candidates: int = 60
    """Chunks asked of each index."""


DEFAULT_SCORING = Scoring()


@dataclass(frozen=True, slots=True)
class Filter:
    """What the person's situation makes of a source."""

    ward: str | None = None
    today: date | None = None
    named_wards: frozenset[str] = frozenset()
    """Wards that the question itself names; their matter is asked for."""
    kinds: frozenset[Kind] = frozenset()
    """Kinds of sources that the question names ("in the proposal"); they come first."""

    def factor(self, source: Source, scoring: Scoring) -> float:
        """Give the factor on a source's scores: 1 where it may be offered as it is, 0 where it may not at all."""
        if self.today and source.is_confirmed and source.valid_until and source.valid_until < self.today:
            # A person vouched for it until that day; a document only tells what was so.
            return 0.0
        factor = 1.0
        wanted = self.named_wards | ({self.ward} if self.ward else frozenset())
        only = [ward for ward in source.wards if ward not in ("all23", "tokyo", "japan")]
        if wanted and only and not wanted.intersection(source.wards):
            factor *= scoring.other_ward
        elif wanted.intersection(only):
            factor *= scoring.own_ward
        if source.kind in self.kinds:
            factor *= scoring.named_kind
        if self.today and source.valid_until and source.valid_until < self.today:
            factor *= scoring.expired
        return factor


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its score's parts."""

    indexed: IndexedChunk
    score: float
    coverage: float
    """Share of the question's own words, by idf, that text or context covers, synonyms included; 0 to 1."""
    factor: float = 1.0
    """The filter's, which the score holds already."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A chunk as scoring needs it; made once, because the same chunks come up again and again."""

    text: dict[str, int]
    context: frozenset[str]
    held: frozenset[str]
    pairs: frozenset[str]
    length: int


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A question as scoring needs it: what does not depend on the chunk is computed once."""

    words: Mapping[str, float]
    """Weight times idf times (k1 + 1)."""
    pairs: Mapping[str, float]
    topics: Sequence[tuple[Topic, float]]
    """Each with its weight times idf."""
    total: float

    def coverage(self, held: Set[str]) -> float:
        """Share of the question's own words, weighted by idf, that a set of words covers, synonyms included."""
        covered = 0.0
        for topic, weight in self.topics:
            if topic.word in held:
                covered += weight
            elif not topic.synonyms.isdisjoint(held):
                covered += 0.8 * weight
        return covered / self.total if self.total else 0.0


class _Factors:
    """The filter's factor of each source, computed once a question."""

    def __init__(self, where: Filter, scoring: Scoring) -> None:
        self._where, self._scoring = where, scoring
        self._known: dict[str, float] = {}

    def of(self, source: Source) -> float:
        found = self._known.get(source.id)
        if found is None:
            found = self._known[source.id] = self._where.factor(source, self._scoring)
        return found


_KEPT = 20_000
"""Prepared chunks that are kept, some 5 kB each."""


def _prepared(indexed: IndexedChunk) -> _Prepared:
    text, context = Counter(indexed.words), frozenset(indexed.context)
    pairs = frozenset(bigrams(f"{indexed.chunk.text}\n{indexed.chunk.context}"))
    return _Prepared(dict(text), context, context | text.keys(), pairs, len(indexed.words))


class Retriever:
    """Ranks the chunks of one index for a question."""

    def __init__(self, index: Index, scoring: Scoring = DEFAULT_SCORING, *, dense: float = 0.0) -> None:
        """Take an index.

        Args:
            index: One generation of the knowledge.
            scoring: Constants.
            dense: Weight of the vector arm, as a share of the best score by words. 0 leaves the arm out: the
                built-in embedding is lexical and adds nothing to the words it is made of.
        """
        self._index = index
        self._scoring = scoring
        self._dense = dense
        self._idf: dict[str, float] = {}
        self._ready: dict[str, _Prepared] = {}
        self._mean = max(1.0, index.mean_words)
        self._nearness = Nearness(index)

    @property
    def index(self) -> Index:
        """The generation it searches."""
        return self._index

    @property
    def rarest(self) -> float:
        """The idf of a word that stands in one chunk."""
        return math.log(1 + (self._index.size - 0.5) / 1.5)

    def idf(self, word: str) -> float:
        """Give a word's inverse document frequency over text and context; a word that is nowhere has the highest."""
        found = self._idf.get(word)
        if found is None:
            df = max(
                self._index.document_frequency(Field.WORDS, word),
                self._index.document_frequency(Field.CONTEXT, word),
            )
            found = math.log(1 + (self._index.size - df + 0.5) / (df + 0.5))
            self._idf[word] = found
        return found

    def stands(self, word: str) -> bool:
        """Tell whether any chunk holds a word, in its text or context."""
        return self.idf(word) < math.log(1 + (self._index.size + 0.5) / 0.5)

    def rank(self, query: Query, where: Filter, limit: int = 40) -> list[Ranked]:
        """Rank chunks for a query, best first, repeated text left out.

        Returns:
            At most `limit` candidates. Scores are positive sums without an upper bound.
        """
        scoring = self._scoring
        similarity = self._nearness.of(query.text, scoring.candidates) if self._dense else {}
        ids = [key for key, _ in self._index.lexical(lexical_terms(query), scoring.candidates)]
        known = set(ids)
        ids += [key for key in similarity if key not in known]
        weighed, factors = self._weigh(query), _Factors(where, scoring)
        ranked = [
            self._score(indexed, weighed, factors.of(self._index.source(indexed.chunk.source)))
            for indexed in self._index.chunks(ids)
            if factors.of(self._index.source(indexed.chunk.source))
        ]
        if similarity:
            ranked = self._both(ranked, similarity)
        ranked.sort(key=lambda item: -item.score)
        return list(islice(_without_repeats(ranked), limit))

    def _both(self, ranked: Sequence[Ranked], similarity: Mapping[str, float]) -> list[Ranked]:
        """Add the vector arm's share to the scores by words."""
        # A sum of normalised scores: plain RRF, which knows ranks only, loses 3.7 points of R@1 to it. Where no word
        # is shared, nearness counts as much as one rare word would.
        whole = max(max((item.score for item in ranked), default=0.0), self.rarest)
        return [
            replace(
                item, score=item.score + self._dense * whole * item.factor * similarity.get(item.indexed.chunk.id, 0.0)
            )
            for item in ranked
        ]

    def _weigh(self, query: Query) -> _Weighed:
        scoring = self._scoring
        words = {word: weight * self.idf(word) * (scoring.k1 + 1) for word, weight in query.words.items()}
        pairs = {pair: scoring.bigram * weight * self._pair_idf(pair) for pair, weight in query.bigrams.items()}
        topics = [(topic, topic.weight * self.idf(topic.word)) for topic in query.topics]
        return _Weighed(words, pairs, topics, sum(weight for _, weight in topics))

    def _score(self, indexed: IndexedChunk, weighed: _Weighed, factor: float) -> Ranked:
        scoring = self._scoring
        ready = self._prepare(indexed)
        length = scoring.k1 * (1 - scoring.b + scoring.b * ready.length / self._mean)
        total = 0.0
        for word in weighed.words.keys() & ready.held:
            tf = ready.text.get(word, 0) + (scoring.context if word in ready.context else 0.0)
            total += weighed.words[word] * tf / (tf + length)
        for pair in weighed.pairs.keys() & ready.pairs:
            total += weighed.pairs[pair]
        coverage = weighed.coverage(ready.held)
        total *= 1 + scoring.coverage * coverage
        return Ranked(indexed, total * factor, coverage, factor)

    def _prepare(self, indexed: IndexedChunk) -> _Prepared:
        ready = self._ready.get(indexed.chunk.id)
        if ready is None:
            if len(self._ready) >= _KEPT:
                self._ready.clear()
            ready = self._ready[indexed.chunk.id] = _prepared(indexed)
        return ready

    def _pair_idf(self, pair: str) -> float:
        key = "\0" + pair
        found = self._idf.get(key)
        if found is None:
            df = self._index.document_frequency(Field.BIGRAMS, pair)
            found = math.log(1 + (self._index.size - df + 0.5) / (df + 0.5))
            self._idf[key] = found
        return found

    def passage(self, chunk: Chunk, score: float) -> Passage:
        """Make a passage of a chunk."""
        return Passage(chunk, self._index.source(chunk.source), score)


def _without_repeats(ranked: Sequence[Ranked]) -> Iterable[Ranked]:
    """Leave out chunks most of whose blocks a better one of the same document already shows."""
    shown: dict[str, set[int]] = {}
    for item in ranked:
        chunk = item.indexed.chunk
        blocks = set(range(chunk.first, chunk.last))
        seen = shown.setdefault(chunk.source, set())
        new = sum(len(chunk.blocks[i - chunk.first].text) for i in blocks - seen)
        if new * 2 >= sum(len(block.text) for block in chunk.blocks):
            seen |= blocks
            yield item
