"""`ippo sources`: what is indexed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from adapters.commands.session import services

if TYPE_CHECKING:
    from datetime import date

    from knowledge.documents import Source


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a source.")
def sources(as_json: bool) -> None:
    """List what is indexed: title, publisher, date, validity, chunks.

    What was read from a document's text rather than stated is named: a manifest.toml beside it may put it right.

    \b
    Examples:
      ippo sources
      ippo sources --json > sources.jsonl
    """
    with services() as ippo:
        found = ippo.knowledge.list_sources()
    for source, chunks in found:
        click.echo(json.dumps(_facts(source, chunks), ensure_ascii=False) if as_json else _lines(source, chunks))
    if not found:
        click.echo("Nothing is indexed yet: run `ippo ingest`.", err=True)


def _facts(source: Source, chunks: int) -> dict[str, object]:
    return {
        "source": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "date": _day(source.date) or None,
        "valid_from": _day(source.valid_from) or None,
        "valid_until": _day(source.valid_until) or None,
        "wards": source.wards,
        "kind": source.kind.value,
        "chunks": chunks,
        "derived": source.derived,
    }


def _lines(source: Source, chunks: int) -> str:
    validity = (
        f"{_day(source.valid_from)} – {_day(source.valid_until)}" if source.valid_from or source.valid_until else ""
    )
    about = [", ".join(source.wards), source.kind.value, source.publisher, _day(source.date)]
    facts = [*about, validity and f"valid {validity}", f"{chunks} chunks"]
    return f"{click.style(source.title or source.id, bold=True)}\n  {source.id}\n  {' · '.join(filter(None, facts))}{_derived(source)}"


def _derived(source: Source) -> str:
    """Say what was read from the text, so that a wrong guess can be put right in the manifest."""
    return f"\n  read from the text, not stated: {', '.join(source.derived)}" if source.derived else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
