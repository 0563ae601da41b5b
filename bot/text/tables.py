"""Comparing the rows of a table: the largest and the smallest."""

from __future__ import annotations

import re

from bot.answer import Answer
from bot.draft import Draft
from bot.reading import Reading
from bot.text.material import Material, confidence
from bot.text.rows import NUMBER, SUM_COLUMN, column_names, is_numeric, pointed
from bot.text.select import Candidate, candidates
from bot.text.units import Unit, UnitKind, spoken, units
from knowledge.documents import Block
from knowledge.fold import fold, readable
from knowledge.query import query
from knowledge.retrieval import Filter
from knowledge.tokens import words

_MOST = re.compile(r"一番|いちばん|最も|もっとも|最大|トップ|多い順|biggest|largest|most")
_LEAST = re.compile(r"少な|小さ|最小|最少|低い|smallest|least")
_TOTAL = re.compile(r"^(?:合計|計|総計|小計|全体)$")


def superlative(reading: Reading, material: Material, public_url: str) -> Answer | None:
    """Answer "which is the most": compare one column over all rows of the table that the question is about."""
    if not _MOST.search(reading.text):
        return None
    rows = [c for c in material.candidates if c.unit.kind is UnitKind.ROW and is_numeric(c.unit.block)]
    if not rows:
        return None
    table = rows[0].unit
    same = _whole_table(table, rows, reading, material)
    column = _column(table.block, reading)
    if column is None or len(same) < 2:
        return None
    valued = [
        (value, c) for c in same if (value := _value(c.unit.block, column)) is not None and not _is_total(c.unit.block)
    ]
    if not valued:
        return None
    pick = min if _LEAST.search(reading.text) else max
    _, best = pick(valued, key=lambda pair: pair[0])
    also = [c for _, c in valued if c is not best and _matches(c, reading, best)]
    draft = Draft(public_url)
    name = readable(column_names(table.block)[column])
    draft.add(
        f"資料の表で{name}が{'最も小さい' if pick is min else '最も大きい'}のは、{_cell_saying(best.unit, column)}です。",
        best.unit,
    )
    for candidate in also[:2]:
        draft.add(f"{_cell_saying(candidate.unit, column)}です。", candidate.unit)
    chosen = [best, *also[:2]]
    return draft.answer(material.passages(draft.cited), confidence=max(0.6, confidence(reading, chosen, material)))


def _whole_table(table: Unit, rows: list[Candidate], reading: Reading, material: Material) -> list[Candidate]:
    """All rows of a table: those that were found, and those that only its title and header find."""
    retriever = material.retriever
    wanted = query(f"{table.block.table} {' '.join(table.block.header)}")
    ranked = retriever.rank(wanted, Filter(), 40)
    more = [
        unit
        for i, item in enumerate(ranked)
        for unit in units(item.indexed.chunk, retriever.index.source(item.indexed.chunk.source), i, item.score)
    ]
    scored = candidates([c.unit for c in rows] + more, reading, retriever.idf, retriever.rarest)
    found = {
        c.unit.quote: c
        for c in scored
        if c.unit.source.id == table.source.id and c.unit.block.table == table.block.table and is_numeric(c.unit.block)
    }
    return list(found.values())


def _cell_saying(unit: Unit, column: int) -> str:
    label = "・".join(spoken(cell) for cell in unit.block.carried if cell and not NUMBER.match(fold(cell)))
    return f"{label}の{spoken(unit.block.carried[column])}"


def _column(block: Block, reading: Reading) -> int | None:
    own = reading.own_words
    names = column_names(block)
    numeric = [i for i, cell in enumerate(block.carried) if NUMBER.match(fold(cell)) and names[i]]
    for i in numeric:
        if pointed(names[i], own):
            return i
    for i in numeric:
        if SUM_COLUMN.search(fold(names[i])):
            return i
    return numeric[-1] if numeric else None


def _value(block: Block, column: int) -> float | None:
    match = NUMBER.match(fold(block.carried[column])) if column < len(block.carried) else None
    return float(match.group().replace(",", "")) if match else None


def _is_total(block: Block) -> bool:
    return bool(_TOTAL.match(fold(block.carried[0])))


def _matches(candidate: Candidate, reading: Reading, best: Candidate) -> bool:
    labels = set(words("\n".join(cell for cell in candidate.unit.block.carried if not NUMBER.match(fold(cell)))))
    known = set(words("\n".join(cell for cell in best.unit.block.carried if not NUMBER.match(fold(cell)))))
    return bool((labels - known) & reading.own_words)
