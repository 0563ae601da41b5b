"""From a question and its history to weighted search terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.fold import fold
from knowledge.index import Field
from knowledge.synonyms import expand
from knowledge.tokens import bigrams, words


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each origin of a term counts; the question's own words count 1."""

    synonym: float = 0.55
    """Terms from the synonym file."""
    history: float = 0.30
    """Words of the turn before; each earlier turn counts half of the next."""
    follow_up: float = 0.75
    """The same when the question leans on what was said (それ, じゃあ次は)."""
    history_synonym: float = 0.4
    """Factor on the history's weight for its synonyms."""


DEFAULT_WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Query:
    """Weighted terms."""

    text: str
    words: Mapping[str, float]
    bigrams: Mapping[str, float]
    own: frozenset[str] = field(default=frozenset())
    """The words that the question itself says."""
    groups: tuple[tuple[str, ...], ...] = ()
    """Each own word with the synonyms it brought: a chunk that holds one of a group covers the word."""


def query(
    text: str,
    history: Sequence[str] = (),
    *,
    leaning: bool = False,
    weights: Weights = DEFAULT_WEIGHTS,
) -> Query:
    """Build the query for a question.

    Args:
        text: The question.
        history: Earlier turns, oldest first, of both sides.
        leaning: True for a follow-up that can't be understood alone.
        weights: See `Weights`.
    Returns:
        Each term with the largest weight that any of its origins gives it.
    """
    found: dict[str, float] = {}
    pairs: dict[str, float] = {}
    own = words(text)
    synonyms: dict[str, list[str]] = {}
    _add(found, own, 1.0)
    _add(pairs, bigrams(text), 1.0)
    for word, synonym in expand(text):
        terms = words(synonym)
        # A compound synonym is one idea: its parts share the weight, so that long names do not drown the question.
        share = weights.synonym / max(1, len(terms)) ** 0.5
        _add(found, terms, share)
        for origin in words(word) or (word,):
            synonyms.setdefault(origin, []).extend(terms)
    factor = weights.follow_up if leaning else weights.history
    for turn in reversed(history[-4:]):
        _add(found, words(turn), factor)
        _add(pairs, bigrams(turn), factor * 0.5)
        for _, synonym in expand(turn):
            terms = words(synonym)
            _add(found, terms, factor * weights.history_synonym / max(1, len(terms)) ** 0.5)
        factor *= 0.5
    groups = tuple((word, *synonyms.get(word, ())) for word in dict.fromkeys(own))
    return Query(fold(text), found, pairs, frozenset(own), groups)


def _add(found: dict[str, float], terms: Sequence[str], weight: float) -> None:
    for term in terms:
        if found.get(term, 0.0) < weight:
            found[term] = weight


def lexical_terms(query: Query) -> dict[Field, dict[str, float]]:
    """Spread a query over the lexical fields, to find candidates."""
    return {
        Field.WORDS: dict(query.words),
        Field.CONTEXT: {term: 0.5 * weight for term, weight in query.words.items()},
        Field.BIGRAMS: {term: 0.3 * weight for term, weight in query.bigrams.items()},
    }
