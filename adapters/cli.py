"""The command line: `ippo COMMAND`."""

from __future__ import annotations

import sys

import click

from adapters.commands.ask import ask
from adapters.commands.backup import backup, restore
from adapters.commands.doctor import doctor
from adapters.commands.eval import evaluate
from adapters.commands.ingest import ingest
from adapters.commands.line import line
from adapters.commands.person import person
from adapters.commands.serve import serve
from adapters.commands.sources import sources
from adapters.commands.worker import worker


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="ippo", message="%(prog)s %(version)s")
def ippo() -> None:
    """Sourced answers for a small business's first step to decarbonisation.

    \b
    Examples:
      ippo ingest                                read the shipped knowledge
      ippo ask 何から始めればいいですか          ask one question
      ippo serve                                 open the web chat on http://localhost:8000

    Settings are environment variables (IPPO_…) or lines of a file .env; docs/configuration.md lists them.
    """


for command in (ingest, ask, evaluate, serve, worker, line, sources, person, backup, restore, doctor):
    ippo.add_command(command)


def main() -> None:
    """Run the command line; text goes out as UTF-8 whatever the locale, for JSON's and Japanese's sake."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    ippo(prog_name="ippo")


if __name__ == "__main__":
    main()
