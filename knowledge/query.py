"""From a question and its history to weighted search terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.fold import fold
from knowledge.index import Field
from knowledge.synonyms import expand
from knowledge.tokens import bigrams, content, words


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each origin of a term counts; the question's own words count 1."""

    synonym: float = 0.55
    """Terms from the synonym file."""
    history: float = 0.20
    """Words of the turn before; each earlier turn counts half of the next."""
    follow_up: float = 0.65
    """The same when the question leans on what was said (それ, じゃあ次は)."""
    history_synonym: float = 0.4
    """Factor on the history's weight for its synonyms."""


DEFAULT_WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Topic:
    """A word of the question (or of what it leans on) with the synonyms it brought."""

    word: str
    synonyms: frozenset[str]
    weight: float
    """1 for a noun of the question, less for verbs and for words of earlier turns."""


@dataclass(frozen=True, slots=True)
class Query:
    """Weighted terms."""

    text: str
    words: Mapping[str, float]
    bigrams: Mapping[str, float]
    topics: tuple[Topic, ...] = ()
    """What the question is about, word by word."""


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
    _add(found, words(text), 1.0)
    synonyms: dict[str, set[str]] = {}
    _add(pairs, bigrams(text), 1.0)
    for word, synonym in expand(text):
        terms = words(synonym)
        # A compound synonym is one idea: its parts share the weight, so that long names do not drown the question.
        share = weights.synonym / max(1, len(terms)) ** 0.5
        _add(found, terms, share)
        for origin in words(word) or (word,):
            synonyms.setdefault(origin, set()).update(_representatives(synonym))
    factor = weights.follow_up if leaning else weights.history
    for turn in reversed(history[-4:]):
        _add(found, words(turn), factor)
        _add(pairs, bigrams(turn), factor * 0.5)
        for _, synonym in expand(turn):
            terms = words(synonym)
            _add(found, terms, factor * weights.history_synonym / max(1, len(terms)) ** 0.5)
        factor *= 0.5
    topics = _topics(text, 1.0, synonyms)
    if leaning:
        for turn in history[-2:]:
            for topic in _topics(turn, weights.follow_up * 0.5, {}).values():
                topics.setdefault(topic.word, topic)
    return Query(fold(text), found, pairs, tuple(topics.values()))


def _representatives(phrase: str) -> set[str]:
    """The words of a synonym that stand for the whole of it: a part alone (削減 of 電力使用量の削減) means less."""
    whole = [word.form for word in content(phrase) if not word.part]
    longest = max(map(len, whole), default=0)
    return {form for form in whole if len(form) == longest}


def _topics(text: str, weight: float, synonyms: Mapping[str, set[str]]) -> dict[str, Topic]:
    found: dict[str, Topic] = {}
    for word in content(text):
        # A part of a compound says again what the compound says; a verb says less than what is done to.
        share = weight * (0.4 if word.part else 1.0 if word.noun else 0.5)
        found.setdefault(word.form, Topic(word.form, frozenset(synonyms.get(word.form, ())), share))
    return found


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
