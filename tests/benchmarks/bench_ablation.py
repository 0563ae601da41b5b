"""What each arm and step gains: everything is switched off once, one thing at a time, on the same questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from unittest.mock import patch

from bot.answer import Question
from bot.reading import Reading, read
from ingest.chunk import chunk
from knowledge.documents import Block, BlockKind, Chunk, Document
from knowledge.index import Index
from knowledge.retrieval import DEFAULT_SCORING, Scoring
from knowledge.synonyms import expand
from knowledge.tokens import content, words
from tests.benchmarks.corpus import Corpus, documents, load
from tests.benchmarks.figures import Gain, Measured, gain, measure, points, table, thousandths
from tests.benchmarks.ippo import ByUnits, EndToEnd, Held, LooseIndex, Material, Proposed, Reader, Retrieval, material
from tests.benchmarks.peers import split

Cut = Callable[[Document], Sequence[Chunk]]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing, and how to do without it (or, if `added`, with it)."""

    name: str
    scoring: Scoring = DEFAULT_SCORING
    dense: float = 0.0
    reader: Reader = read
    cut: Cut = chunk
    strip: Callable[[Material], Material] | None = None
    """Takes something out of what is indexed."""
    patched: Callable[[], AbstractContextManager[object]] = nullcontext
    added: bool = False


class _All:
    """Contains everything."""

    def __contains__(self, _: object) -> bool:
        return True


def _as_it_is(text: str) -> str:
    return text


def _plain(size: int, overlap: int) -> Cut:
    """Cut into LangChain's chunks, which know no headings, rows or lists."""

    def cut(document: Document) -> list[Chunk]:
        text = "\n".join(block.text for block in document.blocks)
        pieces = enumerate(split([text], size, overlap))
        return [Chunk(document.source.id, n, (Block(BlockKind.PARAGRAPH, piece),)) for n, piece in pieces]

    return cut


def _without_context(full: Material) -> Material:
    def bare(block: Block) -> Block:
        return replace(block, heading=(), header=(), carried=(), table="", lead="")

    def strip(found: Chunk) -> Chunk:
        return replace(found, blocks=tuple(map(bare, found.blocks)))

    return replace(full, chunks=[replace(known, chunk=strip(known.chunk), context=()) for known in full.chunks])


def _without_parts(full: Material) -> Material:
    def whole(text: str) -> tuple[str, ...]:
        return tuple(word.form for word in content(text) if not word.part)

    titles = {source.id: source.title for source in full.sources}
    return replace(
        full,
        chunks=[
            replace(
                known,
                words=whole(known.chunk.text),
                context=whole(f"{known.chunk.context}\n{titles[known.chunk.source]}"),
            )
            for known in full.chunks
        ],
    )


def _no_parts(question: Question, index: Index) -> Reading:
    reading = read(question, index)
    said = [reading.text, *(turn.text for turn in question.history)]
    known = [word for text in (*said, *(found for t in said for _, found in expand(t))) for word in content(text)]
    parts = {word.form for word in known if word.part} - {word.form for word in known if not word.part}
    query = reading.query
    kept = {word: weight for word, weight in query.words.items() if word not in parts}
    topics = tuple(topic for topic in query.topics if topic.word not in parts)
    return replace(reading, query=replace(query, words=kept, topics=topics))


def _no_words(question: Question, index: Index) -> Reading:
    reading = read(question, index)
    return replace(reading, query=replace(reading.query, words={}, topics=()))


def _no_bigrams(question: Question, index: Index) -> Reading:
    reading = read(question, index)
    return replace(reading, query=replace(reading.query, bigrams={}))


def _no_synonyms(question: Question, index: Index) -> Reading:
    reading = read(question, index)
    said = reading.own_words.union(*(words(turn.text) for turn in question.history))
    query = reading.query
    kept = {word: weight for word, weight in query.words.items() if word in said}
    topics = tuple(replace(topic, synonyms=frozenset()) for topic in query.topics)
    return replace(reading, query=replace(query, words=kept, topics=topics))


def _no_history(question: Question, index: Index) -> Reading:
    return read(replace(question, history=()), index)


STEPS = (
    Step("Japanese words (bigrams alone are left)", reader=_no_words),
    Step("character bigrams", reader=_no_bigrams),
    Step("parts of compounds beside the whole", reader=_no_parts, strip=_without_parts),
    Step(
        "leaving out particles and empty words",
        patched=lambda: patch.multiple("knowledge.tokens", _CONTENT=_All(), _EMPTY=frozenset()),
    ),
    Step("NFKC and radical folding of terms", patched=lambda: patch("knowledge.tokens.fold", _as_it_is)),
    Step("synonyms", reader=_no_synonyms),
    Step("history", reader=_no_history),
    Step("context field (headings, header cells, lead-ins, titles)", strip=_without_context),
    Step("chunks by structure (plain 400/80 instead)", cut=_plain(400, 80)),
    Step("chunks by structure (plain 1000/200 instead)", cut=_plain(1000, 200)),
    Step("k1 and b for short chunks (1.2 and 0.75 instead)", scoring=replace(DEFAULT_SCORING, k1=1.2, b=0.75)),
    Step("bonus for coverage", scoring=replace(DEFAULT_SCORING, coverage=0.0)),
    Step("ward filter", scoring=replace(DEFAULT_SCORING, own_ward=1.0, other_ward=1.0)),
    Step("kinds of sources that the question names", scoring=replace(DEFAULT_SCORING, named_kind=1.0)),
    Step("expired sources last", scoring=replace(DEFAULT_SCORING, expired=1.0)),
    Step("leaving out repeats", patched=lambda: patch("knowledge.retrieval._without_repeats", _as_they_are)),
    Step("dense arm, weight 0.2 (off by default)", dense=0.2, added=True),
    Step("dense arm, weight 1 (off by default)", dense=1.0, added=True),
)


def _as_they_are(ranked: Sequence[object]) -> Sequence[object]:
    return ranked


def _index(corpus: Corpus, step: Step) -> LooseIndex:
    full = material((document, step.cut(document)) for document in documents(corpus.texts))
    return LooseIndex(step.strip(full) if step.strip else full)


def _measured(corpus: Corpus, step: Step) -> tuple[Measured, Measured]:
    """Measure retrieval alone and the whole answer under one step."""
    with step.patched(), patch("bot.assistant.read", step.reader):
        index = _index(corpus, step)
        alone = Retrieval(index, scoring=step.scoring, dense=step.dense, reader=step.reader)
        whole = EndToEnd.over(Held(index), scoring=step.scoring, dense=step.dense)
        return (
            measure(step.name, alone, corpus.items, rounds=1),
            measure(step.name, whole, corpus.items, rounds=1),
        )


_NOTICED = 0.0025
"""A gain below this, half a question in 215 or a quarter of a point, is none."""


def verdict(gains: Sequence[Gain]) -> str:
    """Say in words what figures with their intervals allow to say."""
    if any(found.low > 0 for found in gains):
        return "gains and loses" if any(found.high < 0 for found in gains) else "gains"
    if any(found.high < 0 for found in gains):
        return "loses"
    return "adds nothing" if all(found.mean < _NOTICED for found in gains) else "not proven"


def _row(step: Step, full: tuple[Measured, Measured], other: tuple[Measured, Measured]) -> list[str]:
    sign = -1 if step.added else 1
    recall = gain(sign * full[0].recall(2000), sign * other[0].recall(2000))
    rank = gain(sign * full[0].ranks, sign * other[0].ranks)
    passed = gain(sign * full[1].passed, sign * other[1].passed)
    return [step.name, points(recall), thousandths(rank), points(passed), verdict((recall, rank, passed))]


def rows(corpus: Corpus) -> Iterator[list[str]]:
    """Measure everything with each step missing (or added), one row each as it is measured."""
    full = _measured(corpus, Step("everything"))
    yield ["everything", *_figures(full[0]), f"{100 * full[1].passed.mean():.1f}", ""]
    for step in STEPS:
        yield _row(step, full, _measured(corpus, step))


def _figures(system: Measured) -> tuple[str, str]:
    return f"{100 * system.recall(2000).mean():.1f}", f"{system.ranks.mean():.3f}"


def stages(corpus: Corpus) -> Iterator[list[str]]:
    """Follow one question's way: what the arms propose, our scoring, the order by units, the answer's order."""
    index = _index(corpus, Step("everything"))
    for name, system in (
        ("vectors alone (built-in embedding)", Proposed(index, dense=True)),
        ("tantivy's order over words, context and bigrams", Proposed(index, dense=False)),
        ("our scoring (retrieval alone)", Retrieval(index)),
        ("order by the best sentence, row or cell", ByUnits(index)),
        ("what the answer rests on first (end to end)", EndToEnd.over(Held(index))),
    ):
        found = measure(name, system, corpus.items, rounds=1)
        recalls = (f"{100 * found.recall(budget).mean():.1f}" for budget in (1000, 2000, 4000))
        yield [name, *recalls, f"{found.ranks.mean():.3f}"]


def main() -> None:
    """Measure and print."""
    corpus = load()
    print(f"## Ablation: {len(corpus.items)} answerable questions\n")
    print(table(["order of the passages", "R@1k", "R@2k", "R@4k", "MRR"], stages(corpus)))
    print("\nWhat each step gains: with it less without it, 95 % bootstrap interval.\n")
    head = ["step", "R@2k, points", "MRR", "answers passed, points", "verdict"]
    print(table(head, rows(corpus)))


if __name__ == "__main__":
    main()
