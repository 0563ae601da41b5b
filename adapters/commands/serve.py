"""`ippo serve`: the web server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import click

from adapters.commands.session import services


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--no-worker", is_flag=True, help="Only take messages in; some `ippo worker` answers them.")
def serve(host: str, port: int, no_worker: bool) -> None:
    """Run the web server.

    The chat is on /, cited documents on /sources/, health on /healthz and /readyz, the API on /docs.

    \b
    Examples:
      ippo serve
      ippo serve --host 0.0.0.0 --port 80 --no-worker
      IPPO_PUBLIC_URL=https://ippo.example.jp ippo serve
    """
    import uvicorn

    from adapters import bootstrap, logs
    from adapters.app import create_app

    with services() as ippo:
        logs.configure(server=True)
        if ippo.knowledge.is_empty():
            click.echo(
                "Nothing is indexed yet: run `ippo ingest`. Until then there is nothing to answer from.", err=True
            )
        click.echo(f"http://{'localhost' if host == '127.0.0.1' else host}:{port}  (Ctrl-C to stop)", err=True)
        # Our own log line a request has no address in it, so uvicorn's is off; its other records go through ours.
        with (
            bootstrap.messaging(ippo) as messaging,
            bootstrap.connected(ippo.settings, messaging),
            nullcontext() if no_worker else _worker(),
        ):
            app = create_app(ippo, messaging)
            uvicorn.run(app, host=host, port=port, log_config=None, access_log=False, server_header=False)


@contextmanager
def _worker() -> Iterator[None]:
    """Run the workers in a process of their own, so that answering never holds up acknowledging."""
    command = [sys.executable, "-m", "adapters.cli", "worker", "--parent", str(os.getpid())]
    child = subprocess.Popen(command)  # noqa: S603 - our own program, no input in it
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
