"""How sources, blocks and terms are written into columns and read back."""

from __future__ import annotations

import dataclasses
import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from knowledge.documents import Block, BlockKind, Kind, Source

_DATES = ("date", "valid_from", "valid_until", "reviewed_on")
_TUPLES = ("wards", "derived")
# Short keys, and nothing for what is empty: most blocks are a paragraph with a heading.
_BLOCK_TUPLES = ("heading", "cells", "header", "carried")
_BLOCK_PLAIN = ("page", "table", "lead", "origin", "joined", "continued")


def source_to_json(source: Source) -> str:
    """Write all fields of a source but its id."""
    known = {f.name: getattr(source, f.name) for f in dataclasses.fields(source) if f.name != "id"}
    return _dump({name: value for name, value in sorted(known.items()) if value})


def source_from_json(source_id: str, text: str) -> Source:
    """Read what `source_to_json` wrote."""
    known: dict[str, Any] = json.loads(text)
    for name in _DATES:
        if name in known:
            known[name] = date.fromisoformat(known[name])
    for name in _TUPLES:
        if name in known:
            known[name] = tuple(known[name])
    if "kind" in known:
        known["kind"] = Kind(known["kind"])
    return Source(source_id, **known)


def blocks_to_json(blocks: Iterable[Block]) -> str:
    """Write blocks as a list of objects without their empty fields."""
    return _dump([_block(block) for block in blocks])


def blocks_from_json(text: str) -> tuple[Block, ...]:
    """Read what `blocks_to_json` wrote."""
    blocks = []
    for known in json.loads(text):
        for name in _BLOCK_TUPLES:
            if name in known:
                known[name] = tuple(known[name])
        known["kind"] = BlockKind(known["kind"])
        blocks.append(Block(**known))
    return tuple(blocks)


def pack(text: str) -> bytes:
    """Compress a long text; a document's blocks repeat their headings."""
    return zlib.compress(text.encode(), 6)


def unpack(packed: bytes) -> str:
    """Undo `pack`."""
    return zlib.decompress(packed).decode()


def terms_to_text(terms: Sequence[str]) -> str:
    """Write terms one a line; folding has left no line break in them."""
    return "\n".join(terms)


def terms_from_text(text: str | None) -> tuple[str, ...]:
    """Undo `terms_to_text`; terms that were dropped with their generation read as none."""
    return tuple(text.split("\n")) if text else ()


def _dump(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half a surrogate pair, which no database takes; as an escape it does no harm.
        return json.dumps(value, separators=(",", ":"), default=_plain)
    return text


def _block(block: Block) -> dict[str, object]:
    known: dict[str, object] = {"kind": block.kind.value, "text": block.text}
    for name in _BLOCK_TUPLES + _BLOCK_PLAIN:
        if value := getattr(block, name):
            known[name] = value
    return known


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
