"""Makers of small sample documents, with the kinds of damage and structure that real ones have."""

from __future__ import annotations

from ingest.extract import Extract, PartKind

PROSE = (
    "葛飾区では、区内の事業者が再生可能エネルギーの電力に切り替える費用の一部を補助しています。\n"
    "対象となるのは区内に事業所を持つ中小企業で、申請は先着順に受け付けます。詳しくは環境課までお問い合わせください。\n"
)
"""Two sentences of Japanese, one a line."""


def rows_of(extract: Extract) -> list[tuple[str, ...]]:
    """Give the cells of an extract's rows, headers included."""
    return [part.cells for part in extract.parts if part.table is not None]


def outline(extract: Extract) -> list[tuple[str, str]]:
    """Give kind and text of each part, in order; headings with their level."""
    return [(f"{p.kind}{p.level}" if p.kind is PartKind.HEADING else p.kind.value, p.text) for p in extract.parts]
