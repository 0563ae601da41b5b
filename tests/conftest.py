"""What holds for every test: no `IPPO_*` from outside, no network but loopback, no skip that goes unnoticed."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The same examples every time, so that a change is judged and not the day's luck; `HYPOTHESIS_PROFILE=explore` looks
# for new ones, and what it finds becomes an `@example`.
settings.register_profile("repeatable", derandomize=True, database=None)
settings.register_profile("explore", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

SHARED = "../shared"
"""A skip whose reason holds this is allowed everywhere: the real documents are not part of the project."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips", action="store_true", help=f"fail if a test was skipped for want of anything but {SHARED}"
    )


def pytest_configure(config: pytest.Config) -> None:
    # Before any module or session fixture can read them; a developer's own settings must not decide a test.
    for name in [name for name in os.environ if name.upper().startswith("IPPO_")]:
        del os.environ[name]


class NetworkRefused(BaseException):
    """A test reached for the network. No OSError, so that no "unreachable" branch of the program hides it."""


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Refuse connections and name look-ups that leave this machine."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(family: int, host: Any) -> None:
        if family == socket.AF_UNIX or host in ("localhost", "", None):
            return
        name = host.decode() if isinstance(host, bytes) else str(host)
        try:
            local = ipaddress.ip_address(name.split("%")[0])
        except ValueError:
            raise NetworkRefused(f"look-up of {name!r}") from None
        if not (local.is_loopback or local.is_unspecified):
            raise NetworkRefused(f"connection to {name}")

    def checked_connect(self: socket.socket, address: Any) -> None:
        check(self.family, address if self.family == socket.AF_UNIX else address[0])
        connect(self, address)

    def checked_connect_ex(self: socket.socket, address: Any) -> int:
        check(self.family, address if self.family == socket.AF_UNIX else address[0])
        return connect_ex(self, address)

    def checked_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            # A literal address asks no server; connecting to it is judged above.
            ipaddress.ip_address(str(host))
        except ValueError:
            check(socket.AF_INET, host)
        return look_up(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", checked_connect)
        patch.setattr(socket.socket, "connect_ex", checked_connect_ex)
        patch.setattr(socket, "getaddrinfo", checked_look_up)
        yield


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's folder."""
    return Path(__file__).parent.parent


def _skips(terminal: pytest.TerminalReporter) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Split the skipped tests into allowed and unwanted ones: (test, reason)."""
    allowed, unwanted = [], []
    for report in terminal.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        (allowed if SHARED in reason else unwanted).append((report.nodeid, reason.removeprefix("Skipped: ")))
    return allowed, unwanted


# First, so that the terminal's own closing line is already red.
@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if terminal and session.config.getoption("--no-skips") and exitstatus == pytest.ExitCode.OK and _skips(terminal)[1]:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    allowed, unwanted = _skips(terminalreporter)
    if not allowed and not unwanted:
        return
    verdict = ", which --no-skips counts as failure" if unwanted and config.getoption("--no-skips") else ""
    terminalreporter.section("skipped tests")
    terminalreporter.line(f"{len(allowed)} for want of {SHARED}, {len(unwanted)} for want of something else{verdict}")
    for test, reason in unwanted:
        terminalreporter.line(f"  {test}: {reason}")
