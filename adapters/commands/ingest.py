"""`ippo ingest`: read documents into the index."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from adapters.commands.session import services

if TYPE_CHECKING:
    from adapters.bootstrap import Ippo
    from ingest.pipeline import Result

_COLOURS = {"indexed": "green", "unchanged": None, "removed": "yellow", "skipped": "red"}


@click.command()
@click.argument("sources", nargs=-1, metavar="[PATH or URL ...]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a source: source, status, chunks, reason.")
def ingest(sources: tuple[str, ...], as_json: bool) -> None:
    """Read and index documents: files, folders and web addresses.

    A folder is read with all that is below it.

    Without an argument the shipped knowledge is read. Arguments add to the index; removed is what is missing
    below a folder that is given again. Each source gets one line: indexed, unchanged, removed or skipped with
    the reason.

    \b
    Examples:
      ippo ingest
      ippo ingest ~/Documents/脱炭素
      ippo ingest guide.pdf https://www.example.jp/subsidy.html
      ippo ingest --json documents > report.jsonl

    Exit code: 0 if every source was indexed or unchanged, 1 if some were skipped, 2 on unusable arguments.
    """
    from ingest.errors import UnusableArgument
    from knowledge.errors import ManifestError

    with services() as ippo:
        try:
            results = read_sources(ippo, sources)
        except (UnusableArgument, ManifestError) as error:
            raise click.UsageError(str(error)) from None
    for result in results:
        click.echo(json.dumps(asdict(result), ensure_ascii=False) if as_json else _line(result))
    counts = Counter(str(result.status) for result in results)
    if not as_json:
        click.echo(", ".join(f"{counts[status]} {status}" for status in _COLOURS if counts[status]) or "nothing found")
    sys.exit(1 if counts["skipped"] else 0)


def read_sources(ippo: Ippo, sources: Sequence[str]) -> list[Result]:
    """Ingest sources (none: the shipped knowledge), with a progress bar on a terminal."""
    if not sys.stderr.isatty():
        return ippo.ingest(sources, None)
    with click.progressbar(length=1, label="reading", file=sys.stderr, show_eta=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        return ippo.ingest(sources, progress)


def _line(result: Result) -> str:
    status = click.style(f"{result.status:<10}", fg=_COLOURS[result.status])
    facts = f"  ({result.chunks} chunks)" if result.status in ("indexed", "unchanged") else ""
    return f"{status}{result.source}{facts}" + (f"  {result.reason}" if result.reason else "")
