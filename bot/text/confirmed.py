"""What an advisor has answered and an administrator approved, told again to whoever asks the same.

The bar is high on purpose. The answer is told as a person's word, so a question that is merely near must not get
it: it then goes the way of all others, where the same source may still be found and quoted as one among many.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.answer import Answer, Question
from bot.draft import Draft
from bot.places import only_for
from bot.reading import Reading, read
from bot.text.material import Material
from bot.text.units import Unit, UnitKind, pairs_of, spoken
from knowledge.dates import fiscal_year
from knowledge.documents import Block, BlockKind, Chunk, Source
from knowledge.fold import fold, squeeze
from knowledge.index import Field, Index
from knowledge.tokens import bigrams, words

CLOSE = 0.9
"""Share of either question's words, by idf, that the other must hold, synonyms included."""
ALIKE = 0.3
"""Share of character pairs below which two questions are not compared any further."""
SURE = 0.95
_LOOKED_AT = 60
"""Chunks that are looked through for a source's own; its title stands above each of them."""
_SEAL = re.compile(r"^\(相談員が確認した回答・\d{4}年\d{1,2}月\d{1,2}日\)$")
_BASIS = "根拠:"
_NOTHING = re.compile(r"[\W_]+|ですか|ますか|でしょうか|ください|教えて")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NO = re.compile(r"(?:ない|なく|なし|無し|せず|不要|以外|ません)(?!です?か|か|の?でしょうか)")
_CONTRASTS = (
    "前", "後", "まで", "から", "以上", "以下", "未満", "以内", "上限", "下限", "最初", "最後", "今年", "来年", "去年", "開始", "終了",
    "内", "外", "初めて", "2回目", "両方", "片方", "だけ",
)  # fmt: skip
"""Small words that turn a question round; retrieval weighs them next to nothing."""


@dataclass(slots=True)
class Confirmed:
    """The confirmed answers of one index. Safe to share: whatever it remembers is the same whoever asks."""

    index: Index
    _sources: tuple[Source, ...] | None = None
    _read: dict[str, Reading] = field(default_factory=dict)
    _chunks: dict[str, tuple[Chunk, ...]] = field(default_factory=dict)

    def sources(self) -> tuple[Source, ...]:
        """List the confirmed sources, whatever the day."""
        if self._sources is None:
            self._sources = tuple(source for source in self.index.sources() if source.is_confirmed)
        return self._sources

    def question(self, source: Source) -> Reading:
        """Read the question that a source answers."""
        if source.id not in self._read:
            self._read[source.id] = read(Question(source.title, date.min), self.index)
        return self._read[source.id]

    def chunks(self, source: Source) -> tuple[Chunk, ...]:
        """Give a source's chunks in order; none if not all of them are found, for half an answer is none."""
        if source.id not in self._chunks:
            self._chunks[source.id] = self._search(source)
        return self._chunks[source.id]

    def _search(self, source: Source) -> tuple[Chunk, ...]:
        terms = dict.fromkeys(words(source.title), 1.0)
        pairs = dict.fromkeys(bigrams(source.title), 0.3)
        query = {Field.WORDS: terms, Field.CONTEXT: terms, Field.BIGRAMS: pairs}
        ids = [key for key, _ in self.index.lexical(query, _LOOKED_AT)]
        mine = sorted(
            (item.chunk for item in self.index.chunks(ids) if item.chunk.source == source.id), key=lambda c: c.first
        )
        reached = 0
        for chunk in mine:
            if chunk.first > reached:
                return ()
            reached = max(reached, chunk.last)
        return tuple(mine) if any(block.text.startswith(_BASIS) for chunk in mine for block in chunk.blocks) else ()


def confirmed(reading: Reading, material: Material, known: Confirmed, public_url: str) -> Answer | None:
    """Answer with what an advisor confirmed, if the same was asked; None where it was not.

    Returns:
        The advisor's words as they are, with their source and the day. Never what has expired, and never what
        holds in another ward, or in one ward only while nobody knows the person's.
    """
    found: list[tuple[float, bool, date, str, Source]] = []
    for source in known.sources():
        if not _holds_on(source, reading.question.today) or not _alike(reading.text, source.title):
            continue
        asked = known.question(source)
        if not _for_this_place(reading, asked, source):
            continue
        closeness = same(reading, asked, material.retriever.idf)
        if closeness >= CLOSE:
            found.append((closeness, bool(only_for(source)), source.reviewed_on or date.min, source.id, source))
    # What holds in the person's ward goes before what holds everywhere, the latest before the earlier.
    for *_, source in sorted(found, key=lambda item: item[:4], reverse=True):
        answer = _told(reading, material, source, known.chunks(source), public_url)
        if answer is not None:
            return answer
    return None


def same(asked: Reading, known: Reading, idf: Callable[[str], float]) -> float:
    """Tell how surely two questions ask for the same, 0 to 1.

    Returns:
        1 for the same words; else the smaller share of words that one has of the other, and 0 where a number, a
        negation, a small word that turns it round, or the kind of value asked for is another.
    """
    if _bare(asked.text) == _bare(known.text):
        return 1.0
    if asked.leaning or asked.english:
        return 0.0
    if _turns(asked.text) != _turns(known.text) or asked.asked.kinds != known.asked.kinds:
        return 0.0
    return min(_covered(asked, known, idf), _covered(known, asked, idf))


def _turns(text: str) -> tuple[object, ...]:
    """What two questions must have in common whatever else they say."""
    folded = fold(text)
    numbers = frozenset(_NUMBER.findall(folded.replace("23区", "")))
    return (numbers, len(_NO.findall(folded)), frozenset(word for word in _CONTRASTS if word in folded))


def _covered(one: Reading, other: Reading, idf: Callable[[str], float]) -> float:
    held = {topic.word for topic in other.query.topics}
    synonyms = {word for topic in other.query.topics for word in topic.synonyms}
    total = covered = 0.0
    for topic in one.query.topics:
        if _is_place(topic.word):
            continue
        weight = topic.weight * idf(topic.word)
        total += weight
        covered += weight * (topic.word in held or topic.word in synonyms or bool(topic.synonyms & held))
    return covered / total if total else 0.0


_PLACE = re.compile(r"^(?:東京都?|[一-龥]{1,3}区|区)$")


def _is_place(word: str) -> bool:
    # Whom an answer is for is judged by itself.
    return bool(_PLACE.match(word))


def _alike(text: str, title: str) -> bool:
    mine, theirs = pairs_of(text), pairs_of(title)
    return len(mine & theirs) >= ALIKE * min(len(mine), len(theirs)) and bool(mine)


def _bare(text: str) -> str:
    return _NOTHING.sub("", squeeze(fold(text)).lower())


def _holds_on(source: Source, today: date) -> bool:
    return (source.valid_from or today) <= today <= (source.valid_until or today)


def _for_this_place(reading: Reading, asked: Reading, source: Source) -> bool:
    only = only_for(source) or asked.named_wards
    if not only:
        return True
    here = reading.named_wards or (frozenset({reading.ward}) if reading.ward else frozenset())
    return bool(here) and here <= only


def _told(
    reading: Reading, material: Material, source: Source, chunks: Sequence[Chunk], public_url: str
) -> Answer | None:
    pieces = _pieces(chunks)
    day = source.reviewed_on
    if not pieces or day is None:
        return None
    draft = Draft(public_url)
    draft.add(f"相談員が確認した回答です({day.year}年{day.month}月{day.day}日確認)。")
    for chunk, blocks in pieces:
        draft.add(_joined(blocks), _unit(chunk, source, blocks))
    if source.fiscal_year and fiscal_year(reading.question.today) > source.fiscal_year:
        draft.add("金額は前の年度のものです。いまの金額は窓口にご確認ください。")
    return draft.answer(material.passages(draft.cited), confidence=SURE)


def _pieces(chunks: Sequence[Chunk]) -> list[tuple[Chunk, list[Block]]]:
    """Give the answer's blocks, each once, by the chunk that holds them: what stands between seal and basis."""
    blocks = {chunk.first + n: block for chunk in chunks for n, block in enumerate(chunk.blocks)}
    seals = [n for n, block in blocks.items() if _SEAL.match(block.text)]
    bases = [n for n, block in blocks.items() if block.text.startswith(_BASIS)]
    if not seals or not bases:
        return []
    # An answer may speak of its basis, too: the last such line is ours, as the first seal is.
    begin, end = min(seals) + 1, max(bases)
    pieces: list[tuple[Chunk, list[Block]]] = []
    for chunk in chunks:
        mine = [blocks[n] for n in range(max(begin, chunk.first), min(end, chunk.last))]
        if mine:
            pieces.append((chunk, mine))
            begin = chunk.last
    return pieces


def _joined(blocks: Sequence[Block]) -> str:
    """Put blocks together as they were written: pieces of one paragraph on one line."""
    text = ""
    for block in blocks:
        text += block.text if block.continued or not text else f"\n{block.text}"
    return text


def _unit(chunk: Chunk, source: Source, blocks: Sequence[Block]) -> Unit:
    # Nothing but line breaks stands between the blocks of such a source, so a quote may run over all of them.
    quote = "\n".join(block.text for block in blocks)
    first = blocks[0]
    kind = UnitKind.ITEM if first.kind is BlockKind.ITEM else UnitKind.SENTENCE
    return Unit(kind, chunk, source, first, quote, spoken(quote), source.title, frozenset(), frozenset(), frozenset(), 0, 1.0)  # fmt: skip
