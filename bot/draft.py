"""A draft: statements with what proves them, numbered in order of first use."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote as percent_encode

from bot.answer import Act, Answer, Citation
from bot.text.units import Unit
from knowledge.documents import BlockKind, Passage
from knowledge.fold import readable

SAY_AT_MOST = 170
"""Characters of one statement; a phone shows about six lines of 25."""


@dataclass(slots=True)
class Draft:
    """Text under construction. Lines are joined by line breaks."""

    public_url: str
    lines: list[str] = field(default_factory=list)
    cited: list[Unit] = field(default_factory=list)

    def add(self, text: str, *proofs: Unit) -> None:
        """Add a line; its proofs' markers follow it, inside no sentence."""
        markers = "".join(f"[{self._number(unit)}]" for unit in proofs)
        self.lines.append(f"{text}{markers}")

    def _number(self, unit: Unit) -> int:
        for n, known in enumerate(self.cited, 1):
            if known.chunk.id == unit.chunk.id and (known.quote == unit.quote or unit.quote in known.quote):
                return n
        self.cited.append(unit)
        return len(self.cited)

    @property
    def text(self) -> str:
        """The lines as the person reads them."""
        return "\n".join(self.lines)

    def citations(self) -> tuple[Citation, ...]:
        """The citations, in order of their numbers."""
        return tuple(cite(unit, n, self.public_url) for n, unit in enumerate(self.cited, 1))

    def passages(self) -> tuple[Passage, ...]:
        """Give the passages that are cited, in order of first use, at most ten."""
        cited = {unit.chunk.id: unit for unit in self.cited}
        return tuple(Passage(unit.chunk, unit.source, 1.0) for unit in cited.values())[:10]

    def answer(
        self,
        passages: tuple[Passage, ...] | None = None,
        *,
        confidence: float,
        act: Act = Act.ANSWER,
        choices: tuple[str, ...] = (),
        computed: frozenset[str] = frozenset(),
    ) -> Answer:
        """Make a reply of the draft.

        Args:
            passages: What was retrieved; None: what is cited, where nothing was.
            confidence: Estimated probability that the documents answer the question, 0 to 1.
            act: What the reply does.
            choices: Tap-able next questions, at most 13.
            computed: Numbers of the text that no passage can hold.
        """
        shown = self.passages() if passages is None else passages
        return Answer(act, self.text, self.citations(), shown, choices, confidence, computed)


def cite(unit: Unit, n: int, public_url: str) -> Citation:
    """Make a citation of a unit."""
    source = unit.source
    title = source.original or source.title or source.id
    return Citation(
        n,
        source.id,
        title,
        place(unit),
        unit.quote,
        unit.chunk.id,
        f"{public_url.rstrip('/')}/sources/{percent_encode(source.id, safe='')}#{unit.chunk.id}",
    )


def place(unit: Unit) -> str:
    """Say where a unit stands: headings, for a table its title, row and column, and the page."""
    block = unit.block
    parts = [block.origin] if block.origin else list(block.heading)
    if block.kind is BlockKind.ROW:
        if block.table and block.table not in parts:
            parts.append(block.table)
        if block.carried and block.carried[0]:
            parts.append(readable(block.carried[0]))
        column = _column(unit)
        if column:
            parts.append(column)
    text = " › ".join(part for part in parts if part)
    return f"{text} (p. {block.page})" if block.page is not None else text


def _column(unit: Unit) -> str:
    for name, cell in zip(unit.block.header, unit.block.cells, strict=False):
        if cell and unit.quote in cell and name:
            return name
    return ""


_CUT = re.compile(r"(?<=[。、）)])")


def clip(unit: Unit) -> str:
    """Give what a unit says, shortened at a clause's end if it is long."""
    say = unit.say
    if len(say) <= SAY_AT_MOST:
        return say
    kept = ""
    for piece in _CUT.split(say):
        if len(kept) + len(piece) > SAY_AT_MOST:
            break
        kept += piece
    return f"{kept.rstrip('、')}…" if kept else f"{say[:SAY_AT_MOST]}…"
