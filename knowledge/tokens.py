"""Japanese words and character bigrams for the lexical index.

Words come from Sudachi: the normalised form of each content word in its longest reading (mode C) with its
parts (mode A) beside it, so that 排出量算定 meets 算定. Function words carry no meaning for search and are
dropped. Bigrams catch names, numbers and whatever the dictionary does not know.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import add

from sudachipy import Dictionary, SplitMode, Tokenizer

from knowledge.dates import month_days, year_months, years
from knowledge.fold import fold

VERSION = "3"
"""Raised whenever the terms of the same text would come out differently."""

_CONTENT = {"名詞", "動詞", "形容詞", "形状詞", "副詞", "接頭辞", "接尾辞", "連体詞", "代名詞"}
# Words so common in questions and answers that matching them says nothing.
_EMPTY = frozenset(
    "する 為る いる 居る ある 有る なる 成る できる 出来る こと 事 もの 物 の 何 なに どれ どう どこ 何処 いつ 何時 誰 だれ 幾ら いくら 幾つ "
    "ため 為 よう 様 それ 其れ これ 此れ あれ 彼れ ここ 此処 そこ 其処 その 其の この 此の ください 下さる くださる 教える 知る 言う いう 思う "
    "みる 見る くる 来る いく 行く おく 置く しまう 等 など 的 さん 様 うち 内 私 わたし 僕 ところ 所 とき 時 ほう 方 やつ 奴 やる 遣る "
    "もらう 貰う くれる 呉れる あげる てる とる ちゃう 願う お願い 御 お ご 聞く 良い いい よい 無い ない 他 ほか どの 何の どんな そんな こんな "
    "じゃあ もう まだ また 又 とか って 欲しい ほしい たい れる られる せる させる 分かる わかる 件 そう いつ頃 何時頃 日日 気 "
    "how do does did the for of to in on at is are was were be can could would should will i we my our you your a an and or with what which who when where why please tell me about it this that "
    "if so any some there have has had get much many us too hi hello".split()
)
_WORD = re.compile(r"[0-9A-Za-zぁ-んァ-ヶー一-龥々〆]")
_MONTH = re.compile(r"(?<![\d/])(1[0-2]|[1-9])月(?!\s*\d{1,2}\s*日)")
_NOT_TEXT = re.compile(r"[\W_]+", re.UNICODE)
_local = threading.local()


@dataclass(frozen=True, slots=True)
class Terms:
    """A text's search terms, with repetitions, in text order."""

    words: tuple[str, ...]
    bigrams: tuple[str, ...]


@lru_cache(maxsize=1)
def _dictionary() -> Dictionary:
    return Dictionary(dict="core")


def _tokenizer() -> Tokenizer:
    # Sharing one Tokenizer between threads fails in SudachiPy; the dictionary behind it is shared.
    tokenizer: Tokenizer | None = getattr(_local, "tokenizer", None)
    if tokenizer is None:
        tokenizer = _local.tokenizer = _dictionary().tokenizer(mode=SplitMode.C)
    return tokenizer


def words(text: str) -> tuple[str, ...]:
    """List the content words of a text, compounds with their parts.

    Args:
        text: Any text; it is folded first.
    Returns:
        Normalised forms in text order, lower case; a compound is followed by its parts, and the years, months
        and days come last in one form each. Repetitions are kept, because term frequency matters.
    """
    folded = fold(text)
    return (*(word.form for word in _content(folded)), *_times(folded))


@dataclass(frozen=True, slots=True)
class Word:
    """A content word of a text."""

    form: str
    """Normalised, lower case."""
    noun: bool
    part: bool
    """True for a part of the compound before it."""


def content(text: str) -> tuple[Word, ...]:
    """List the content words of a text with what they are; compounds are followed by their parts."""
    folded = fold(text)
    return (*_content(folded), *(Word(form, True, False) for form in _times(folded)))


def _content(folded: str) -> Iterator[Word]:
    # Sudachi refuses inputs over 49,149 bytes; sentences never reach 8,000 characters.
    for start in range(0, len(folded), 8000):
        for morpheme in _tokenizer().tokenize(folded[start : start + 8000]):
            part = morpheme.part_of_speech()
            if part[0] not in _CONTENT:
                continue
            surface = morpheme.surface()
            # Sudachi writes English in kana (the → ザ); the word itself is what documents and questions share.
            latin = surface.isascii() and surface.isalpha()
            form = surface.lower() if latin else plain_kana(morpheme.normalized_form())
            if form in _EMPTY or not _WORD.search(form):
                continue
            noun = part[0] == "名詞"
            yield Word(form, noun, False)
            if latin and not morpheme.normalized_form().isascii():
                yield Word(plain_kana(morpheme.normalized_form()), noun, True)
            pieces = morpheme.split(SplitMode.A)
            if len(pieces) > 1:
                for piece in pieces:
                    small = plain_kana(piece.normalized_form())
                    if small != form and small not in _EMPTY and _WORD.search(small):
                        yield Word(small, noun, True)


@dataclass(frozen=True, slots=True)
class PersonName:
    """A word of a text that the dictionary knows as the name of a person."""

    start: int
    end: int
    """Its place in the text."""
    words: tuple[str, ...]
    """Its words as `words` gives them, by which an index has them."""


def person_names(text: str) -> tuple[PersonName, ...]:
    """List what the dictionary knows as names of persons, family and given name apart; places are none.

    Args:
        text: At most 8,000 characters of it are read.
    """
    return tuple(
        PersonName(morpheme.begin(), morpheme.end(), words(morpheme.surface()))
        for morpheme in _tokenizer().tokenize(text[:8000])
        if morpheme.part_of_speech()[2] == "人名"
    )


_SMALL_KANA = str.maketrans("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ", "あいうえおつやゆよわアイウエオツヤユヨワ")


def plain_kana(form: str) -> str:
    """Lower case, small kana as large ones: ちょエコ and ちよエコ, エコツェリア and エコツエリア are written for each other."""
    return form.lower().translate(_SMALL_KANA)


def _times(folded: str) -> Iterator[str]:
    """Years, months and days in one form each, so that 令和8年度, R8 and 2026 meet, and 4/24 meets 4月24日."""
    for year in sorted(years(folded)):
        yield f"年{year}"
    for day in month_days(folded):
        yield f"日{day.month}-{day.day}"
        yield f"月{day.month}"
    for _, number in year_months(folded):
        yield f"月{number}"
    for month in _MONTH.findall(folded):
        yield f"月{int(month)}"


def bigrams(text: str) -> tuple[str, ...]:
    """List the character bigrams of a text, never across white space or punctuation; lower case."""
    found: list[str] = []
    for run in _NOT_TEXT.split(fold(text).lower()):
        found.extend(map(add, run, run[1:]))
    return tuple(found)


def analyse(text: str) -> Terms:
    """Split a text into both kinds of terms."""
    return Terms(words(text), bigrams(text))
