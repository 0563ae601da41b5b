"""How long ingest takes, of what parts, and how much memory: `python -m tests.benchmarks.bench_ingest [CHUNKS]`.

Text is recombined from sentences of our own. Parsing is timed apart. The parts (tokenising, embedding, writing to
SQL, tantivy and Chroma) are timed on the same chunks by themselves, in the same process, before the whole.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine, create_engine

from ingest import chunk as chunking
from ingest import index as indexing
from ingest.load import read
from ingest.metadata import describe
from ingest.pipeline import ingest
from ingest.structure import structure
from knowledge import lexical, tokens, vectors
from knowledge.documents import Chunk, Document
from knowledge.embedding import HashedEmbedding
from knowledge.generations import Knowledge
from knowledge.index import IndexedChunk

_SUBJECTS = (
    "区内の中小企業 商店街の店舗 町工場 飲食店 印刷会社 診断の専門家 区の窓口 組合 運送会社 不動産の所有者".split()
)
_THINGS = (
    "照明 空調設備 太陽光発電設備 蓄電池 断熱窓 ボイラー 電気自動車 冷蔵庫 給湯器 生産設備 換気装置 圧縮機".split()
)
_ACTS = "更新します 導入します 診断を受けます 助成を申請します 見直します 共同で購入します 計画に加えます 点検します".split()
_ADDS = (
    "費用の一部が助成されます 電気の使用量が減ります 排出量を算定できます 相談は無料です 期限までに申し込みます".split()
)
_PER_FILE = 100  # chunks


def main(wanted: int, whole_only: bool) -> None:
    """Print the table for so many chunks; only the whole run if asked."""
    with tempfile.TemporaryDirectory(prefix="ippo-bench-") as place:
        documents = Path(place, "documents")
        size = _write(documents, wanted)
        _row("text", f"{size / 1e6:.1f} M characters in {len(list(documents.iterdir()))} files")
        parts = None if whole_only else _parts(documents, Path(place, "parts"))
        knowledge = Knowledge.open(Path(place, "data"))
        before = time.perf_counter()
        ingest([str(documents)], knowledge=knowledge)
        first = time.perf_counter() - before
        before = time.perf_counter()
        again = ingest([str(documents)], knowledge=knowledge)
        second = time.perf_counter() - before
        chunks = knowledge.current().size
        (documents / "00000.md").write_text("# 変更\n\n一つだけ変わりました。\n")
        before = time.perf_counter()
        ingest([str(documents)], knowledge=knowledge)
        third = time.perf_counter() - before
        knowledge.close()
        assert {result.status for result in again} == {"unchanged"}
        _row("first run", f"{first:.2f} s for {chunks} chunks, {chunks / first:.0f} a second")
        if parts is not None:
            _row("whole without parsing : parts", f"{(first - parts[0]) / parts[1]:.2f}  (at most 1.5)")
        _row("run without changes", f"{second:.3f} s, {first / second:.0f} times faster  (at least 30)")
        _row("run with one changed file", f"{third:.2f} s")
        _row("peak memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def _parts(documents: Path, place: Path) -> tuple[float, float]:
    """Time parsing, and the sum of tokenising, embedding and writing, on the same documents."""
    clock = time.perf_counter
    started = clock()
    parsed = list(_parsed(documents))
    parsing = clock() - started
    tokens.words("暖機")
    chunks = [(chunk, document.source.title) for document, cut in parsed for chunk in cut]
    started = clock()
    indexed = [IndexedChunk(c, tokens.words(c.text), indexing.context_words(c, title)) for c, title in chunks]
    tokenising = clock() - started
    embedding = HashedEmbedding()
    started = clock()
    matrix = embedding.embed_documents(indexed)
    embedded = clock() - started
    for name in ("data", "tantivy", "chroma"):
        (place / name).mkdir(parents=True)
    started = clock()
    engine = create_engine(f"sqlite:///{place / 'data' / 'plain.db'}")
    _plain_rows(engine, indexed, matrix.astype("<f4"))
    sql = clock() - started
    started = clock()
    lexical.build(place / "tantivy", indexed)
    words = clock() - started
    import chromadb  # noqa: F401 - its import is no part of writing

    started = clock()
    ids = [known.chunk.id for known in indexed]
    sources = [known.chunk.source for known in indexed]
    vectors.build(place / "chroma", [vectors.Batch(ids, sources, matrix)], len(ids))
    dense = clock() - started
    for name, seconds in (
        ("parsing", parsing),
        ("tokenising", tokenising),
        ("embedding", embedded),
        ("writing to SQL", sql),
        ("writing to tantivy", words),
        ("writing to Chroma", dense),
    ):
        _row(name, f"{seconds:.2f} s")
    return parsing, tokenising + embedded + sql + words + dense


def _parsed(documents: Path) -> Iterator[tuple[Document, list[Chunk]]]:
    for path in sorted(documents.iterdir()):
        extract = read(path.read_bytes(), path.name)
        document = structure(extract, describe(path.name, extract, {}), "0" * 64)
        document = chunking.split_paragraphs(document)
        yield document, chunking.chunk(document)


def _plain_rows(engine: Engine, indexed: list[IndexedChunk], matrix: object) -> None:
    """Write the same rows in the plainest way, as the measure of what writing costs."""
    from knowledge import rows, schema

    schema.tables.create_all(engine)
    version = {"id": 1, "source": "s", "fingerprint": "", "content_hash": "", "digest": "", "details": "{}"}
    version |= {"blocks": b"", "warnings": "", "chunks": 0, "words": 0, "complete": True}
    numbered = iter(enumerate(zip(indexed, matrix, strict=True)))  # type: ignore[call-overload]
    with engine.begin() as connection:
        connection.execute(schema.versions.insert(), version)
        while some := list(islice(numbered, 1000)):
            connection.execute(
                schema.chunks.insert(),
                [
                    {
                        "id": n,
                        "version": 1,
                        "position": n,
                        "chunk": known.chunk.id,
                        "first": known.chunk.first,
                        "blocks": rows.blocks_to_json(known.chunk.blocks),
                        "words": rows.terms_to_text(known.words),
                        "context": rows.terms_to_text(known.context),
                    }
                    for n, (known, _) in some
                ],
            )
            connection.execute(
                schema.vectors.insert(),
                [{"chunk": n, "embedding": "e", "vector": vector.tobytes()} for n, (_, vector) in some],
            )


def _write(documents: Path, wanted: int) -> int:
    """Write files that give about so many chunks. Returns their characters."""
    dice = random.Random(1)
    documents.mkdir()
    size = 0
    for n in range(max(1, wanted // _PER_FILE)):
        lines = [f"# 資料{n}号"]
        for section in range(_PER_FILE // 2):
            lines.append(f"\n## {dice.choice(_THINGS)}の手引き その{section}\n")
            # Two windows of about 320 characters.
            lines.extend(f"{_sentence(dice)}\n" for _ in range(11))
        text = "\n".join(lines)
        size += len(text)
        (documents / f"{n:05}.md").write_text(text)
    return size


def _sentence(dice: random.Random) -> str:
    number = dice.randrange(1, 9999)
    return (
        f"{dice.choice(_SUBJECTS)}は{dice.randrange(2020, 2050)}年度に{dice.choice(_THINGS)}を{number}台、"
        f"{dice.choice(_ACTS)}。{dice.choice(_THINGS)}では{dice.choice(_ADDS)}。"
    )


def _row(name: str, value: str) -> None:
    print(f"{name:<32}{value}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, "--whole-only" in sys.argv)
