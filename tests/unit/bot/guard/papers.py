"""Small documents made up for the guard's tests, as the loaders read them, and what the guard makes of a draft."""

from __future__ import annotations

from datetime import date
from functools import cache

from bot.guard import Guarded, Names, Shown, guard, names_of
from ingest.chunk import chunk, split_paragraphs
from ingest.load import read
from ingest.manifest import fields_from_front_matter
from ingest.metadata import describe
from ingest.structure import structure
from knowledge.documents import Chunk, Passage, Source
from knowledge.memory import MemoryIndex

TODAY = date(2026, 11, 24)

GRANT = """---
title: みどり区の店舗省エネ助成
publisher: みどり協議会
fiscal_year: 2026
wards: [chiyoda]
---

# みどり区の店舗省エネ助成

- 店舗省エネ助成制度の助成率は、LED照明が対象経費の50％以内、空調が3分の1以内です。
- 店舗省エネ助成制度の上限は、LED照明が150万円、空調が1,200万円です。
- 対象は千代田区内の事業所で、住宅は対象外です。
- 申請は工事の前に行います。申請の締め切りは令和9年1月29日です。
- 交付決定の通知は、申請から30日以内に届きます。
- 窓口は環境政策課（電話 03-1234-5678、https://midori.example.jp/josei）です。所在地は九段南一丁目2番1号です。
"""
MENU = """# 応援メニュー

| 応援企業名 | 応援メニュー |
|---|---|
| 青空サッシ株式会社 | 二重窓の取り付け |
| ひかり電設株式会社 | 店の照明をLEDに取り替える工事 |
| まちなか資源株式会社 | 使い終わった紙コップの回収と再生 |
"""
FORECAST = """# 港区のクレジットの見込み

この表は提案者の想定値です。港区が決めたことではありません。単位はtです。

| 区分 | 対象 | R8 | R9 | R10 |
|---|---|---|---|---|
| 太陽光 | 店 | 10 | 20 | 30 |
| 太陽光 | 住民 | 11 | 21 | 31 |
| 照明 | 店 | 40 | 50 | 60 |
"""
FILES = {"grant.md": GRANT, "menu.md": MENU, "forecast.md": FORECAST}


@cache
def papers() -> tuple[dict[str, Source], tuple[Chunk, ...], Names]:
    sources: dict[str, Source] = {}
    chunks: list[Chunk] = []
    for name, text in FILES.items():
        extract = read(text.encode(), name)
        stated = fields_from_front_matter(extract.metadata, name=name) if extract.metadata else {}
        document = split_paragraphs(structure(extract, describe(name, extract, stated), "0" * 64))
        sources[name] = document.source
        chunks.extend(chunk(document))
    return sources, tuple(chunks), names_of(MemoryIndex(sources.values(), chunks))


@cache
def shown() -> tuple[Shown, ...]:
    """All passages: the grant's are [S1] and on, then the menu's, then the forecast's."""
    sources, chunks, _ = papers()
    return tuple(Shown(n, Passage(part, sources[part.source], 1.0)) for n, part in enumerate(chunks, 1))


def mark(words: str) -> str:
    """The mark of the passage that holds these words."""
    return next(f"[S{item.number}]" for item in shown() if words in item.passage.chunk.text)


def judged(draft: str, question: str = "助成について教えてください", **more: object) -> Guarded:
    """What is left of a draft; [G], [M] and [F] stand for the passages of grant, menu and forecast."""
    for letter, words in (("G", "LED照明が対象経費"), ("D", "環境政策課"), ("M", "二重窓"), ("F", "太陽光")):
        draft = draft.replace(f"[{letter}]", mark(words))
    names = papers()[2]
    return guard(draft, shown(), names, question=question, today=TODAY, public_url="https://ippo.example", **more)  # type: ignore[arg-type] - keywords of the guard


def reasons(draft: str, question: str = "助成について教えてください", **more: object) -> list[str]:
    """The reasons of the rulings, sentence by sentence."""
    return [ruling.reason for ruling in judged(draft, question, **more).rulings]


def held_by(document: str, sentence: str) -> str:
    """The reason why a sentence that cites a document of its own is refused; empty where it goes out."""
    extract = read(document.encode(), "own.md")
    whole = split_paragraphs(structure(extract, describe("own.md", extract, {}), "0" * 64))
    parts = chunk(whole)
    items = [Shown(n, Passage(part, whole.source, 1.0)) for n, part in enumerate(parts, 1)]
    draft = sentence + "".join(f"[S{item.number}]" for item in items)
    names = names_of(MemoryIndex([whole.source], parts))
    done = guard(draft, items, names, question="教えてください", today=TODAY, public_url="https://ippo.example")
    return done.rulings[0].reason
