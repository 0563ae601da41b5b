"""What must be known of what a model says, and it does not say: for another ward only, a proposal, over."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bot.answer import Citation
from bot.guard.days import Day
from bot.guard.values import Value, values
from bot.places import only_for, ward_name
from bot.reading import Reading
from bot.text.dating import days
from knowledge.dates import years
from knowledge.documents import Kind, Passage
from knowledge.fold import fold

_MARK = re.compile(r"\[(\d+)\]")
_PROPOSED = re.compile(r"提案|検討|構想")
_TAKES_PLACE = re.compile(
    r"予定|開催|開か|実施|申し?込|応募|募集|受付|締め?切|まで|参加|会場|催し|イベント|セミナー|フォーラム|講演|勉強会|交流会|会議|スクール|説明会|見学|\d時|\d:\d\d"
)
_KNOWN_TO_BE_OVER = re.compile(
    r"ました|でした|終わ|終了|過ぎ|済み?(?:[。の、]|$)|過去|以前|時点|現在|付け|版|改定|案内で|広報|発表|締結|策定|調べ"
)
_ENDS = {"上旬": 10, "はじめ": 10, "前半": 15, "中旬": 20}
"""The last day of a part of a month."""


def remarks(
    text: str, citations: Iterable[Citation], passages: Mapping[str, Passage], reading: Reading
) -> Iterator[str]:
    """List the remarks that a model's answer needs, a line each.

    Args:
        text: The answer, as the guard left it.
        citations: Its citations.
        passages: By the ids of their chunks; those that are cited.
        reading: The question, whose ward and day count.
    """
    if reading.english:
        return
    found = {citation.n: passages[citation.chunk] for citation in citations}
    of: dict[str, list[int]] = {}
    for n, passage in found.items():
        for remark in _on_source(passage, text, reading):
            of.setdefault(remark, []).append(n)
    yield from (f"※{''.join(f'[{n}]' for n in numbers)}{remark}" for remark, numbers in of.items())
    over = list(dict.fromkeys(day for line in text.split("\n") for day in _over(line, found, reading)))
    if over:
        yield f"※{'、'.join(over)}は、すでに過ぎています。"


def _on_source(passage: Passage, text: str, reading: Reading) -> Iterator[str]:
    """Say what must be known of a source; what it is said of stands before it."""
    wards = only_for(passage.source)
    called = any(ward_name(ward) in text for ward in wards)
    if reading.ward and wards and reading.ward not in wards and not called:
        whose = "・".join(sorted(map(ward_name, wards)))
        yield f"は{whose}の資料です。{ward_name(reading.ward)}での扱いは書かれていません。"
    if passage.source.kind is Kind.PROPOSAL and not _PROPOSED.search(text):
        yield "は提案の資料です。決まったことではありません。"


def _over(line: str, found: Mapping[int, Passage], reading: Reading) -> Iterator[str]:
    """List the days of a line that it speaks of as if they were to come, though all of them are over."""
    if not _TAKES_PLACE.search(line) or _KNOWN_TO_BE_OVER.search(line):
        return
    chunks = [found[n].chunk for n in map(int, _MARK.findall(line)) if n in found]
    today = reading.question.today
    around = sorted({year for chunk in chunks for year in years(f"{chunk.text}\n{chunk.context}")}, reverse=True)
    plain = fold(_MARK.sub("", line))
    said = [(day, plain[value.start : value.end]) for value in values(plain) if (day := _day(value)) and day.month]
    last = [_last(day, written, (*around, today.year, today.year - 1)) for day, written in said]
    if all(day is not None and day < today for day in last):
        yield from (written for _, written in said)


def _day(value: Value) -> Day | None:
    return next((reading.amount for reading in value.readings if isinstance(reading.amount, Day)), None)


def _last(day: Day, written: str, around: tuple[int, ...]) -> date | None:
    """The last date that a day or month may mean; None where its year is not known."""
    if day.year is None or day.month is None:
        # Its weekday tells the year.
        return max(days(written, around), default=None) if day.weekday else None
    end = day.day or _ENDS.get(day.part) or monthrange(day.year, day.month)[1]
    try:
        return date(day.year, day.month, end)
    except ValueError:
        return None
