"""Rows of tables, said in words: the cells a question points at, with their columns' names."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from bot.text.units import Unit, spoken
from knowledge.documents import Block
from knowledge.fold import fold, readable
from knowledge.tokens import words

NUMBER = re.compile(r"^[-+]?\d[\d,]*(?:\.\d+)?(?![\d:/月日時-])")
"""A cell that begins with a number."""

SUM_COLUMN = re.compile(r"累計|合計|計$|総")
"""Names of columns that add the others up."""
_SUM_WORDS = frozenset({"足す", "合計", "累計", "トータル", "合わせる", "総計", "全部"})


def is_numeric(block: Block) -> bool:
    """A row with at least two numbers."""
    return sum(bool(NUMBER.match(fold(cell))) for cell in block.carried) >= 2


def row_saying(unit: Unit, asked: frozenset[str]) -> str:
    """Say a row: the cells that the question points at, else all of them with their columns' names.

    Args:
        unit: A row.
        asked: The question's own words.
    """
    block = unit.block
    cells = [
        (readable(name), spoken(cell)) for name, cell in zip(column_names(block), block.carried, strict=False) if cell
    ]
    if not any(name for name, _ in cells):
        return unit.say
    label = "・".join(cell for _, cell in cells if not NUMBER.match(fold(cell)))
    numbers = [(name, cell) for name, cell in cells if NUMBER.match(fold(cell))]
    if not numbers:
        head, *rest = cells
        told = "、".join(f"{name}は{cell}" if name else cell for name, cell in rest)
        return f"{head[1]}：{told}" if told else head[1]
    shown = [(name, cell) for name, cell in numbers if pointed(name, asked)]
    if not shown and asked & _SUM_WORDS:
        shown = [(name, cell) for name, cell in numbers if SUM_COLUMN.search(fold(name))]
    shown = shown or numbers
    told = "、".join(f"{name}は{cell}" if name else cell for name, cell in shown)
    title = f"({block.table})" if block.table else ""
    return f"{label}：{told}{title}"


def column_names(block: Block) -> Sequence[str]:
    """Give a name for every column, empty where the table has none."""
    return (*block.header, *[""] * len(block.carried))


def pointed(name: str, asked: Collection[str]) -> bool:
    """Tell whether a question names a column; a bare number in it is not a name."""
    return (
        any(len(term) > 1 and not term.isdigit() and term != "年度" and term in asked for term in words(name))
        if name
        else False
    )
