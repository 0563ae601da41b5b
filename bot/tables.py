"""Tables of numbers: one cell, one row, the largest and the smallest."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answer import Act, Answer
from bot.draft import Draft
from bot.material import Material, confidence
from bot.reading import Reading
from bot.select import Candidate
from bot.units import Unit, UnitKind, spoken
from knowledge.documents import Block
from knowledge.fold import fold, readable
from knowledge.tokens import words

_NUMBER = re.compile(r"^[-+]?\d[\d,]*(?:\.\d+)?")
_MOST = re.compile(r"一番|いちばん|最も|もっとも|最大|トップ|多い順|biggest|largest|most")
_LEAST = re.compile(r"少な|小さ|最小|最少|低い|smallest|least")
_TOTAL = re.compile(r"^(?:合計|計|総計|小計|全体)$")
_SUM_COLUMN = re.compile(r"累計|合計|計$|総")


def row_saying(reading: Reading, unit: Unit) -> str:
    """Say a row: the cells that the question points at, else all of them with their columns' names."""
    block = unit.block
    cells = [(readable(name), spoken(cell)) for name, cell in zip(_names(block), block.carried, strict=False) if cell]
    if not any(name for name, _ in cells):
        return unit.say
    label = "・".join(cell for _, cell in cells if not _NUMBER.match(fold(cell)))
    numbers = [(name, cell) for name, cell in cells if _NUMBER.match(fold(cell))]
    if not numbers:
        head, *rest = cells
        told = "、".join(f"{name}は{cell}" if name else cell for name, cell in rest)
        return f"{head[1]}：{told}" if told else head[1]
    wanted = [(name, cell) for name, cell in numbers if _pointed(name, reading)]
    shown = wanted or numbers
    told = "、".join(f"{name}は{cell}" if name else cell for name, cell in shown)
    title = f"({block.table})" if block.table else ""
    return f"{label}：{told}{title}"


def _names(block: Block) -> Sequence[str]:
    return (*block.header, *[""] * len(block.carried))


def _pointed(name: str, reading: Reading) -> bool:
    if not name:
        return False
    terms = set(words(name))
    asked = {word for word, weight in reading.query.words.items() if weight >= 0.99}  # noqa: PLR2004 - the question's own
    return bool(terms & asked) and not terms <= {"年度"}


def superlative(reading: Reading, material: Material, public_url: str) -> Answer | None:
    """Answer "which is the most": compare one column over all rows of the table that the question is about."""
    if not _MOST.search(reading.text):
        return None
    rows = [c for c in material.candidates if c.unit.kind is UnitKind.ROW and _numbers(c.unit.block)]
    if not rows:
        return None
    table = rows[0].unit
    same = [c for c in rows if c.unit.source.id == table.source.id and c.unit.block.table == table.block.table]
    column = _column(table.block, reading)
    if column is None or len(same) < 2:  # noqa: PLR2004 - nothing to compare
        return None
    valued = [(value, c) for c in same if (value := _value(c.unit.block, column)) is not None and not _is_total(c.unit.block)]
    if not valued:
        return None
    pick = min if _LEAST.search(reading.text) else max
    _, best = pick(valued, key=lambda pair: pair[0])
    also = [c for _, c in valued if c is not best and _matches(c, reading, best)]
    draft = Draft(public_url)
    name = readable(_names(table.block)[column])
    draft.add(f"資料の表で{name}が{'最も小さい' if pick is min else '最も大きい'}のは、{_cell_saying(best.unit, column)}です。", best.unit)
    for candidate in also[:2]:
        draft.add(f"{_cell_saying(candidate.unit, column)}です。", candidate.unit)
    chosen = [best, *also[:2]]
    return Answer(
        Act.ANSWER,
        draft.text,
        draft.citations(),
        material.passages(draft.cited),
        confidence=max(0.6, confidence(reading, chosen, material)),
    )


def _cell_saying(unit: Unit, column: int) -> str:
    label = "・".join(spoken(cell) for cell in unit.block.carried if cell and not _NUMBER.match(fold(cell)))
    return f"{label}の{spoken(unit.block.carried[column])}"


def _numbers(block: Block) -> bool:
    return sum(bool(_NUMBER.match(fold(cell))) for cell in block.carried) >= 2  # noqa: PLR2004


def _column(block: Block, reading: Reading) -> int | None:
    names = _names(block)
    numeric = [i for i, cell in enumerate(block.carried) if _NUMBER.match(fold(cell)) and names[i]]
    for i in numeric:
        if _pointed(names[i], reading):
            return i
    for i in numeric:
        if _SUM_COLUMN.search(fold(names[i])):
            return i
    return numeric[-1] if numeric else None


def _value(block: Block, column: int) -> float | None:
    match = _NUMBER.match(fold(block.carried[column])) if column < len(block.carried) else None
    return float(match.group().replace(",", "")) if match else None


def _is_total(block: Block) -> bool:
    return bool(_TOTAL.match(fold(block.carried[0])))


def _matches(candidate: Candidate, reading: Reading, best: Candidate) -> bool:
    asked = {word for word, weight in reading.query.words.items() if weight >= 0.99}  # noqa: PLR2004
    labels = set(words("\n".join(cell for cell in candidate.unit.block.carried if not _NUMBER.match(fold(cell)))))
    known = set(words("\n".join(cell for cell in best.unit.block.carried if not _NUMBER.match(fold(cell)))))
    return bool((labels - known) & asked)
