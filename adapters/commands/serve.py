"""`ippo serve`: the web server."""

from __future__ import annotations

import click

from adapters.commands.session import services


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Run the web server.

    The chat is on /, cited documents on /sources/, health on /healthz and /readyz, the API on /docs.

    \b
    Examples:
      ippo serve
      ippo serve --host 0.0.0.0 --port 80
      IPPO_PUBLIC_URL=https://ippo.example.jp ippo serve
    """
    import uvicorn

    from adapters import logs
    from adapters.app import create_app

    with services() as ippo:
        logs.configure(server=True)
        if ippo.knowledge.is_empty():
            click.echo(
                "Nothing is indexed yet: run `ippo ingest`. Until then there is nothing to answer from.", err=True
            )
        click.echo(f"http://{'localhost' if host == '127.0.0.1' else host}:{port}  (Ctrl-C to stop)", err=True)
        # Our own log line a request has no address in it, so uvicorn's is off; its other records go through ours.
        uvicorn.run(create_app(ippo), host=host, port=port, log_config=None, access_log=False, server_header=False)
