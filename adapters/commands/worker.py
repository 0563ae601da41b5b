"""`ippo worker`: answering without a web server."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

import click

from adapters.commands.session import services

NICE = 10
"""How far workers step back where processors are scarce, so that taking in goes before answering."""


@click.command()
@click.option(
    "--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Conversations worked on at once."
)
@click.option("--check", is_flag=True, help="Only tell whether some worker is alive: exit code 0 or 1.")
@click.option("--parent", type=int, hidden=True, help="Process to end with, also when that one is killed.")
def worker(threads: int, check: bool, parent: int | None) -> None:
    """Answer stored messages, without a web server.

    Several workers on several machines share the work over one PostgreSQL database. Ctrl-C finishes what is being
    answered, then ends.

    \b
    Examples:
      ippo worker
      ippo worker --check
      IPPO_DATABASE_URL=postgresql+psycopg://ippo:…@db/ippo ippo worker --threads 8
    """
    from adapters import bootstrap, logs
    from adapters.embedding import kept_up

    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    if check:
        with services() as ippo, bootstrap.messaging(ippo) as messaging:
            alive = messaging.workers_alive()
        click.echo(f"{alive} alive")
        sys.exit(0 if alive else 1)
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if hasattr(os, "nice"):
        # Platforms give a webhook a second or three; who waits for an answer has more patience.
        os.nice(NICE)
    with services() as ippo, bootstrap.messaging(ippo) as messaging:
        logs.configure(server=True)
        with kept_up(ippo):
            working = messaging.worker(threads=threads)
            working.start()
            while not ended.wait(0.5):
                # A parent that is killed can't say so; its child then belongs to someone else.
                if parent is not None and os.getppid() != parent:
                    break
            working.stop()
