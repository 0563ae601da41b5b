"""Statements about documents: faithful ones, and ones that were made false in one point.

Nothing here looks at how the guard reads values or names: what is changed is found by patterns of its own, so that a
blind spot of the guard is none of its measurement.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.clean import sentences
from knowledge.catalogue.load import shipped
from knowledge.documents import Block, BlockKind, Chunk, Passage, Source
from knowledge.fold import fold, readable, squeeze
from knowledge.wards import WARDS
from tests.benchmarks.mutations import MUTATIONS, Ground
from tests.benchmarks.paraphrases import SENTENCES, marked, merged, of_row, values


@dataclass(frozen=True, slots=True)
class Case:
    """One statement with what was shown when it was made."""

    kind: str
    """How it was made: the name of a paraphrase or of a mutation; of swaps `swap …`."""
    faithful: bool
    draft: str
    """One sentence with its marks."""
    shown: tuple[tuple[int, Passage], ...]
    """Numbers and passages, the cited ones among others."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A true sentence of a passage."""

    text: str
    passage: Passage
    row: bool = False


class Maker:
    """Draws statements about one set of documents; the same seed gives the same ones."""

    def __init__(self, sources: Sequence[Source], chunks: Sequence[Chunk], seed: int) -> None:
        """Take documents as they are indexed."""
        by_id = {source.id: source for source in sources}
        self._passages = [Passage(chunk, by_id[chunk.source], 1.0) for chunk in chunks]
        self._drawn = random.Random(seed)
        catalogue = shipped()
        self._organisations = tuple(
            n for o in catalogue.organisations for n in (o.name, o.short) if n not in WARDS.values()
        )
        self._programmes = tuple(x.name for x in (*catalogue.programmes, *catalogue.grants) if len(x.name) > 4)
        self._said = [said for passage in self._passages for said in self._sentences(passage)]

    def faithful(self, count: int) -> Iterator[Case]:
        """Draw true statements, every kind of paraphrase about as often."""
        kinds = [*SENTENCES, "row", "row whole", "merged", "two sources"]
        made = 0
        while made < count:
            kind = kinds[made % len(kinds)]
            found = self._faithful(kind)
            if found:
                made += 1
                yield found

    def mutated(self, each: int) -> Iterator[Case]:
        """Draw false statements that bring in something new, each kind so many times."""
        for kind, mutate in MUTATIONS.items():
            made = 0
            for _ in range(each * 400):
                said = self._drawn.choice(self._said)
                text = mutate(said.text, self._ground(said.passage), self._drawn)
                if text:
                    yield self._case(kind, text, (said.passage,), faithful=False)
                    made += 1
                if made == each:
                    break
        for _ in range(each):
            said = self._drawn.choice(self._said)
            number = self._drawn.randint(40, 99)
            shown, _ = self._show((said.passage,))
            yield Case("unknown marker", False, marked(said.text, (number,), self._drawn), shown)
            yield Case("no marker", False, said.text, shown)

    def swapped(self, each: int) -> Iterator[Case]:
        """Draw false statements whose wrong value stands in the same passage, each kind so many times."""
        for kind, pattern in _SWAPPED.items():
            made = 0
            for _ in range(each * 2000):
                found = self._swap(pattern)
                if found:
                    yield self._case(f"swap {kind}", found[0], (found[1],), faithful=False)
                    made += 1
                if made == each:
                    break
        for kind, names in (
            ("organisation", self._organisations),
            ("ward", tuple(WARDS.values())),
            ("programme", self._programmes),
        ):
            made = 0
            for _ in range(each * 2000):
                found = self._swap_name(names)
                if found:
                    yield self._case(f"swap {kind}", found[0], (found[1],), faithful=False)
                    made += 1
                if made == each:
                    break
        yield from self._swapped_cells(each)

    def _sentences(self, passage: Passage) -> Iterator[_Said]:
        for block in passage.chunk.blocks:
            if block.kind is BlockKind.ROW:
                text = of_row(block, self._drawn, whole=self._drawn.random() < 0.5)
                if text:
                    yield _Said(text, passage, row=True)
            elif block.kind in (BlockKind.ITEM, BlockKind.PARAGRAPH):
                for sentence in sentences(readable(block.text)):
                    if (
                        sentence.endswith("。")
                        and 12 <= len(sentence) <= 220
                        and "\n" not in sentence
                        and not _LEANS.match(sentence)
                    ):
                        yield _Said(sentence, passage)

    def _faithful(self, kind: str) -> Case | None:
        drawn = self._drawn
        if kind in SENTENCES:
            said = drawn.choice(self._said)
            text = SENTENCES[kind](said.text, drawn)
            if kind in ("values", "order", "shortened", "words") and text == said.text:
                return None
            return self._case(kind, text, (said.passage,), faithful=True)
        passage = drawn.choice(self._passages)
        if kind.startswith("row"):
            rows = [block for block in passage.chunk.blocks if block.kind is BlockKind.ROW]
            text = of_row(drawn.choice(rows), drawn, whole=kind == "row whole") if rows else ""
            return (
                self._case(kind, values(text, drawn) if drawn.random() < 0.3 else text, (passage,), faithful=True)
                if text
                else None
            )
        own = [said for said in self._sentences(passage) if not said.row and len(said.text) < 110]
        other = passage if kind == "merged" else drawn.choice(self._passages)
        others = own if other is passage else [s for s in self._sentences(other) if not s.row and len(s.text) < 110]
        if not own or not others:
            return None
        first, second = drawn.choice(own), drawn.choice(others)
        text = merged(first.text, second.text) if first.text != second.text else ""
        cited = (passage,) if other is passage else (passage, other)
        return self._case(kind, text, cited, faithful=True) if text else None

    def _case(self, kind: str, text: str, cited: tuple[Passage, ...], *, faithful: bool) -> Case:
        shown, numbers = self._show(cited)
        return Case(kind, faithful, marked(text, numbers, self._drawn), shown)

    def _show(self, cited: tuple[Passage, ...]) -> tuple[tuple[tuple[int, Passage], ...], tuple[int, ...]]:
        """Show passages among four others."""
        others = self._drawn.sample(self._passages, 4)
        passages = list(dict.fromkeys((*cited, *(p for p in others if p not in cited))))
        self._drawn.shuffle(passages)
        shown = tuple(enumerate(passages, 1))
        return shown, tuple(n for wanted in cited for n, passage in shown if passage == wanted)

    def _ground(self, passage: Passage) -> Ground:
        return Ground(squeeze(fold(_all_of(passage))), self._organisations, self._programmes)

    def _swap(self, pattern: str) -> tuple[str, Passage] | None:
        """Put a value of another sentence or row of the passage in place of one of the same form."""
        said = self._drawn.choice(self._said)
        own = list(re.finditer(pattern, said.text))
        if not own:
            return None
        lines = [
            line
            for line in _lines(said.passage)
            if squeeze(line) not in squeeze(said.text) and squeeze(said.text) not in squeeze(line)
        ]
        match = self._drawn.choice(own)
        theirs = [
            m
            for line in lines
            for m in re.findall(pattern, fold(line))
            if _tail(m) == _tail(match.group()) and m not in fold(said.text)
        ]
        # Nothing that the true sentence or its row says as well.
        theirs = [m for m in theirs if m != fold(match.group())]
        if not theirs or said.row:
            return None
        new = self._drawn.choice(theirs)
        return f"{said.text[: match.start()]}{new}{said.text[match.end() :]}", said.passage

    def _swap_name(self, names: Sequence[str]) -> tuple[str, Passage] | None:
        said = self._drawn.choice(self._said)
        inside = [name for name in names if name in said.text]
        if not inside or said.row:
            return None
        old = max(inside, key=len)
        body = squeeze(fold("\n".join(_lines(said.passage))))
        others = [n for n in names if _may_replace(n, old, said.text, body)]
        if not others:
            return None
        return said.text.replace(old, self._drawn.choice(others), 1), said.passage

    def _swapped_cells(self, each: int) -> Iterator[Case]:
        rows = [sum(b.kind is BlockKind.ROW and bool(b.header) for b in p.chunk.blocks) for p in self._passages]
        for kind, least in (("row", 2), ("column", 1)):
            tables = [passage for passage, count in zip(self._passages, rows, strict=True) if count >= least]
            made = 0
            for _ in range(each * 200):
                passage = self._drawn.choice(tables)
                text = _other_cell([b for b in passage.chunk.blocks if b.kind is BlockKind.ROW], kind, self._drawn)
                if text:
                    yield self._case(f"swap {kind}", text, (passage,), faithful=False)
                    made += 1
                if made == each:
                    break


_LEANS = re.compile(r"ただし|その|この|これ|それ|ここ|また、|なお|同じ|別の|方法は|内容は|対象は|名前|次の")
_SWAPPED = {
    "amount": r"\d[\d,]*万?円",
    "rate": r"\d{1,3}\s?[%％]",
    "number": r"(?<![\d.,:/A-Za-z令和第年月~～-])\d[\d,]*(?:\.\d+)?(?:社|区|人|名|件|か所|組織|t|トン|店舗|市町村)",
    "date": r"(?<!\d)\d{1,2}月\d{1,2}日",
    "year": r"(?:令和|(?<![A-Za-z])R)\d{1,2}(?:年度)?|20[1-4]\d年度?",
    "plain figure": r"(?<=が|は)\d[\d,]*(?=、|で)",
}


def _may_replace(name: str, old: str, text: str, body: str) -> bool:
    """Tell whether a name stands in the passage, and means something else than what the sentence names."""
    plain, core, own = squeeze(fold(name)), squeeze(_core(name)), squeeze(fold(text))
    return plain in body and core not in own and plain not in squeeze(old) and squeeze(_core(old)) not in plain


def _tail(text: str) -> str:
    return re.sub(r"[\d,.\s]", "", fold(text)).replace("%", "％")


def _core(name: str) -> str:
    return re.sub(r"株式会社|有限会社|一般社団法人|一般財団法人|火災保険", "", name).strip()


def _lines(passage: Passage) -> list[str]:
    return [sentence for block in passage.chunk.blocks for sentence in sentences(readable(block.text))]


def _all_of(passage: Passage) -> str:
    source = passage.source
    day = f"{source.date.year}年{source.date.month}月{source.date.day}日" if source.date else ""
    fiscal = f"令和{source.fiscal_year - 2018}年度 {source.fiscal_year}年度" if source.fiscal_year else ""
    wards = " ".join(WARDS.get(ward, "23区 東京都") for ward in source.wards)
    return "\n".join(
        (passage.chunk.text, passage.chunk.context, source.title, source.original, source.publisher, day, fiscal, wards)
    )


def _other_cell(rows: Sequence[Block], kind: str, drawn: random.Random) -> str:
    """Tell a cell with another one's value: of the same column in another row, or of the same row in another column."""
    block = drawn.choice(rows)
    heads = [
        i
        for i, head in enumerate(block.header)
        if head and i and i < len(block.carried) and re.search(r"\d", block.carried[i])
    ]
    if not heads or not block.carried[0]:
        return ""
    column = drawn.choice(heads)
    label = "".join(
        f"（{readable(cell)}）" if i else readable(cell)
        for i, cell in enumerate(block.carried[:column])
        if cell and not re.search(r"\d", cell) and i < 2
    )
    own = readable(block.carried[column])
    if kind == "row":
        others = [
            readable(b.carried[column])
            for b in rows
            if b.header == block.header and column < len(b.carried) and b.carried[0] != block.carried[0]
        ]
    else:
        others = [readable(block.carried[i]) for i in heads if i != column]
    true = {squeeze(fold(own))}
    false = [
        other
        for other in others
        if other
        and squeeze(fold(other)) not in true
        and re.search(r"\d", other)
        and "\n" not in other
        and len(other) < 40
    ]
    same = [other for other in false if _tail(other) == _tail(own)]
    if not same or not label:
        return ""
    return f"{label}の{readable(block.header[column])}は、{drawn.choice(same)}です。"
