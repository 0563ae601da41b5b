"""`ippo backup` and `ippo restore`: everything in one file, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from adapters.commands.session import Misconfigured, Unavailable, read_settings

_FILE = click.Path(path_type=Path, dir_okay=False)


class Failed(click.ClickException):
    """Nothing was written or changed: exit code 1."""

    exit_code = 1


@click.command()
@click.argument("file", type=_FILE, metavar="FILE.tar.gz")
def backup(file: Path) -> None:
    """Save documents and conversations into one file, while everything goes on.

    The indexes are left out: they are built from the documents at the first question. The file holds what people
    wrote; nobody but its owner may read it. Keep it as long as docs/privacy.md says, no longer.

    \b
    Examples:
      ippo backup ippo.tar.gz
      ippo backup /backups/ippo-$(date +%F).tar.gz

    Exit code: 0; 1 if it can't be written; 2 on unusable settings; 3 if the database can't be read.
    """
    found = read_settings()
    with _explained():
        from adapters.backup.save import save

        if not file.name.endswith((".tar.gz", ".tgz")):
            raise Misconfigured(f"{file}: a backup is called something.tar.gz")
        manifest = save(file.absolute(), found.data_dir, found.database_url)
    rows = sum(part.rows for part in manifest.parts.values())
    click.echo(f"saved {rows:,} rows of {len(manifest.parts)} tables, {file.stat().st_size:,} bytes: {file}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE.tar.gz")
@click.option("--force", is_flag=True, help="Replace what is there, also while workers are alive.")
def restore(file: Path, force: bool) -> None:
    """Put a backup in the place of what there is: all of it, or nothing is changed.

    Persons who were erased since stay erased. Replies that were under way are not sent blindly, and old ones not at
    all. Stop `ippo serve` and `ippo worker` before, and start them after.

    \b
    Examples:
      ippo restore ippo.tar.gz
      ippo restore --force ippo.tar.gz
      IPPO_DATABASE_URL=postgresql+psycopg://ippo:…@db/ippo ippo restore from-sqlite.tar.gz

    Exit code: 0; 1 if the file is damaged or something is in its way; 3 if the database can't be used.
    """
    found = read_settings()
    with _explained():
        from adapters.backup.restore import restore as put_back
        from adapters.settings import TOKYO

        done = put_back(file, found.data_dir, found.database_url, force=force)
    rows = sum(part.rows for part in done.manifest.parts.values())
    made_at = datetime.fromtimestamp(done.manifest.made_at, TOKYO)
    settled = done.settled
    click.echo(f"restored {rows:,} rows as of {made_at:%Y-%m-%d %H:%M} (Asia/Tokyo)")
    click.echo(
        f"  replies: {settled.dropped:,} too old to send, {settled.unknown:,} of unknown outcome, "
        f"{settled.looked_up:,} to be looked up before they are sent"
    )
    click.echo(f"  messages too old to answer: {settled.parked:,}; conversations of erased persons: {settled.erased:,}")
    click.echo("Start `ippo serve` and `ippo worker` now; the index is built with the first question.")


@contextmanager
def _explained() -> Iterator[None]:
    from adapters import logs
    from adapters.backup.errors import BackupError
    from knowledge.errors import KnowledgeError

    logs.configure(server=False)
    try:
        yield
    except BackupError as error:
        raise Failed(str(error)) from error
    except KnowledgeError as error:
        raise Unavailable(f"{error}\n`ippo doctor` tells more.") from error
