"""Where the bars of a chart stand; the page draws them, as shapes without any style of their own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 800, 220
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 10, 26
"""Margins for the numbers beside and the days below."""
LABELS = 9
"""Days that are named at most."""
WIDEST = 48.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a column."""

    x: float
    y: float
    width: float
    height: float
    series: int
    """Which series, from 0; its colour's class."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A line with its number, or a day's name."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked columns. Lengths in units of the drawing, `WIDTH` by `HEIGHT`, from the top left."""

    bars: tuple[Bar, ...]
    lines: tuple[Mark, ...]
    """Levels, by their height."""
    names: tuple[Mark, ...]
    """Of columns, by their middle."""


def columns(names: Sequence[str], series: Sequence[Sequence[int]]) -> Chart:
    """Lay out columns of stacked parts.

    Args:
        names: One a column, left to right.
        series: Each with one number of 0 or more a column, the lowest part first.
    Returns:
        A chart whose scale ends at a round number; no bars where there is nothing.
    """
    totals = [sum(values) for values in zip(*series, strict=True)]
    top = _round(max(totals, default=0))
    inner, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    step = inner / max(1, len(names))
    width = min(WIDEST, step * 0.8)
    bars = []
    for column in range(len(names)):
        reached = 0
        for number, values in enumerate(series):
            if not values[column]:
                continue
            reached += values[column]
            x = LEFT + step * column + (step - width) / 2
            y = TOP + high * (1 - reached / top)
            bars.append(Bar(round(x, 2), round(y, 2), round(width, 2), round(high * values[column] / top, 2), number))
    every = max(1, math.ceil(len(names) / LABELS))
    named = tuple(Mark(round(LEFT + step * (n + 0.5), 2), name) for n, name in enumerate(names) if n % every == 0)
    levels = sorted({0, top // 2, top}) if top > 1 else [0, top]
    return Chart(tuple(bars), tuple(Mark(round(TOP + high * (1 - n / top), 2), f"{n:,}") for n in levels), named)


def _round(most: int) -> int:
    """Give the next of 1, 2, 4, 6, 8, 10, 20, 40 … that is no less."""
    if most <= 1:
        return 1
    power = int(10 ** (len(str(most)) - 1))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= most)
