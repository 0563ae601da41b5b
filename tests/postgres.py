"""A PostgreSQL server of a test's own, in a temporary directory, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Table, text

_AS = "postgres"


def programs() -> Path | None:
    """Find the directory of `initdb` and `pg_ctl`, newest version last; None where PostgreSQL is not installed."""
    # Debian keeps them out of the path.
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    return Path(named).resolve().parent if named else None


@contextmanager
def server() -> Iterator[str]:
    """Run a server on loopback and give the SQLAlchemy URL of its empty database."""
    home = programs()
    assert home is not None, "PostgreSQL is not installed"
    place = Path(tempfile.mkdtemp(prefix="ippo-pg-"))
    # PostgreSQL refuses to run as root.
    before = ["runuser", "-u", _AS, "--"] if os.geteuid() == 0 else []
    if before:
        shutil.chown(place, _AS)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cluster = str(place / "cluster")

    def call(program: str, *arguments: str) -> None:
        command = [*before, str(home / program), "-D", cluster, *arguments]
        subprocess.run(command, check=True, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    try:
        call("initdb", "-U", _AS, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place} -c fsync=off"
        call("pg_ctl", "-w", "-o", options, "-l", str(place / "log"), "start")
        try:
            yield f"postgresql+psycopg://{_AS}@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def empty(connection: Connection, tables: Iterable[Table]) -> None:
    """Empty tables and what refers to them; numbers begin at 1 again."""
    # Row by row would be refused: some tables' rows are never changed.
    names = ", ".join(table.name for table in tables)
    connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
