"""From a file's bytes to its text in parts: one module a media type, chosen by what the content is.

`read` is the only way in. Whatever the bytes hold, it ends in an `Extract` with usable text or in
`UnreadableSource`, whose message says in plain Japanese what is wrong and what to do.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby

from ingest.errors import UnreadableSource
from ingest.extract import Extract, Part
from ingest.garble import garble_of
from ingest.load import sniff

log = logging.getLogger(__name__)

MAX_BYTES = 50 * 1024 * 1024
"""Largest file that is read."""

_LOADERS = {
    sniff.TEXT: "text",
    sniff.MARKDOWN: "markdown",
    sniff.HTML: "html",
    sniff.CSV: "csv",
    sniff.PDF: "pdf",
    sniff.DOCX: "docx",
    sniff.PPTX: "pptx",
    sniff.XLSX: "xlsx",
}
"""Module of this package by media type; each has `load(data, name) -> Extract`."""


def read(data: bytes, name: str) -> Extract:
    """Read a file.

    Args:
        data: Its bytes.
        name: Its name, path or address; the ending tells kinds of text apart.
    Returns:
        Its parts in reading order. Garbled pages are left out and named in the warnings.
    Raises:
        UnreadableSource: Too big, empty, encrypted, damaged, garbled, a bomb, or of a type that is not read.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableSource(
            f"大きすぎます({len(data) / 1024 / 1024:.0f} MiB)。{MAX_BYTES // 1024 // 1024} MiB までに分けてください"
        )
    media_type = sniff.media_type_of(data, name)
    load = _loader(media_type)
    try:
        extract = load(data, name)
    except UnreadableSource:
        raise
    # A document may break a parser in any way (KeyError, AssertionError, RecursionError, lxml's and pdfium's own
    # errors …). None of them is a fault of ours to be seen, and the run must go on.
    except Exception as error:
        log.info("unreadable", extra={"media_type": media_type, "error": type(error).__name__})
        raise UnreadableSource("壊れているため開けません。元のファイルを保存し直してください") from error
    return _without_garble(extract)


def _loader(media_type: str) -> Callable[[bytes, str], Extract]:
    # Parsers are imported when first needed: the Office and PDF libraries take most of a second together.
    load: Callable[[bytes, str], Extract] = importlib.import_module(f"ingest.load.{_LOADERS[media_type]}").load
    return load


def _without_garble(extract: Extract) -> Extract:
    """Drop garbled pages with a warning each; a document without pages is dropped as a whole."""
    kept: list[Part] = []
    warnings = list(extract.warnings)
    for page, group in groupby(extract.parts, key=lambda part: part.page):
        parts = tuple(group)
        garble = garble_of("\n".join(part.text for part in parts))
        if garble is None:
            kept += parts
        elif page is None:
            raise UnreadableSource(str(garble))
        else:
            warnings.append(f"{page}ページ: {garble}")
    if not any(part.text.strip() for part in kept):
        raise UnreadableSource(" / ".join(warnings) or "文字がありません。内容を確かめてください")
    return replace(extract, parts=tuple(kept), warnings=tuple(warnings))
