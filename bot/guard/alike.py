"""Words that say the same of a matter: 減らす and 低減, 始める and 開始."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from knowledge.tokens import words

DATA = Path(__file__).with_name("alike.tsv")


@cache
def _groups() -> Mapping[str, frozenset[int]]:
    """Word → the numbers of its groups."""
    found: dict[str, set[int]] = {}
    for number, line in enumerate(DATA.read_text("utf-8").splitlines()):
        if line.startswith("#"):
            continue
        for entry in line.split():
            parts = words(entry)
            # A compound is met as a whole or not at all: 手を組む is not 手.
            for word in parts if len(parts) == 1 else (entry,):
                found.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


def groups_of(terms: frozenset[str]) -> frozenset[int]:
    """Give the groups that some terms belong to."""
    groups = _groups()
    return frozenset(number for term in terms for number in groups.get(term, ()))


def met(terms: frozenset[str], held: frozenset[str], groups: frozenset[int]) -> frozenset[str]:
    """Give those terms that stand in a text, or of which one that says the same does.

    Args:
        terms: Of a sentence.
        held: Of the text.
        groups: `groups_of` the text.
    """
    known = _groups()
    return frozenset(term for term in terms if term in held or not groups.isdisjoint(known.get(term, frozenset())))
