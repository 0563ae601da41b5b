"""What `conftest.py` promises."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

SKIPS = """
import pytest

def test_passes(): pass

@pytest.mark.skip(reason="needs ../shared/documents")
def test_of_the_real_documents(): pass

@pytest.mark.skipif({wanting}, reason="needs Debian's chromium")
def test_of_the_browser(): pass
"""


def run(project: Path, folder: Path, *, wanting: bool) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(SKIPS.format(wanting=wanting), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", os.devnull, "--no-skips", folder]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_a_skip_for_want_of_the_real_documents_is_allowed(project: Path, tmp_path: Path) -> None:
    ran = run(project, tmp_path, wanting=False)

    assert ran.returncode == 0, ran.stdout
    assert "1 for want of ../shared, 0 for want of something else" in ran.stdout


def test_any_other_skip_fails_the_run_and_is_named(project: Path, tmp_path: Path) -> None:
    ran = run(project, tmp_path, wanting=True)

    assert ran.returncode == 1
    assert "1 for want of something else, which --no-skips counts as failure" in ran.stdout
    assert "needs Debian's chromium" in ran.stdout


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("10.0.0.1", 80)])
def test_a_connection_that_leaves_the_machine_is_refused(address: tuple[str, int]) -> None:
    with socket.socket() as reaching, pytest.raises(BaseException, match=r"connection to \d"):
        reaching.connect(address)


def test_a_name_is_not_looked_up() -> None:
    with pytest.raises(BaseException, match=r"look-up of 'example\.test'"):
        socket.getaddrinfo("example.test", 80)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        client.send(b"a")


def test_no_setting_from_outside_is_seen() -> None:
    assert not [name for name in os.environ if name.startswith("IPPO_")]
