"""Stations and neighbourhoods as people name them, and the wards they lie in; the table is `neighbourhoods.tsv`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.fold import fold
from knowledge.wards import WARDS

TABLE = Path(__file__).parent / "neighbourhoods.tsv"


class NeighbourhoodsError(KnowledgeError):
    """The table is unusable: correct the line that the message names."""


@cache
def neighbourhoods() -> dict[str, tuple[str, ...]]:
    """Give the shipped table: folded name → wards in romaji, the longest name first.

    Raises:
        NeighbourhoodsError: A line is no line of the table.
    """
    return parse(TABLE.read_text("utf-8").splitlines())


def parse(lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read lines of the table.

    Raises:
        NeighbourhoodsError: A line hasn't two columns, names an unknown ward, or names a place a second time.
    """
    found: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        names, _, wards = (part.strip() for part in line.partition("\t"))
        unknown = set(wards.split()) - WARDS.keys()
        if not names or not wards or unknown:
            raise NeighbourhoodsError(f"line {number}: needs names, a tab and wards; unknown: {sorted(unknown)}")
        for name in names.split():
            if fold(name) in found:
                raise NeighbourhoodsError(f"line {number}: {name} stands twice")
            found[fold(name)] = tuple(wards.split())
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))
