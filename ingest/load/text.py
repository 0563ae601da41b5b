"""Plain text."""

from __future__ import annotations

from ingest.extract import Extract, Part, PartKind
from ingest.load.encoding import decode
from ingest.load.sniff import TEXT


def load(data: bytes, name: str) -> Extract:
    """Read a text file: one part, or one a page where form feeds separate pages."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    if "\f" not in text:
        return Extract((Part(PartKind.TEXT, text),), TEXT)
    pages = enumerate(text.split("\f"), 1)
    return Extract(tuple(Part(PartKind.TEXT, page, page=number) for number, page in pages if page.strip()), TEXT)
