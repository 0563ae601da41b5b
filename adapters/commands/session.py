"""What every command does first and last: read the settings, build the services, close them, explain a failure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from adapters.bootstrap import Ippo
    from adapters.settings import Settings


class Misconfigured(click.ClickException):
    """A setting is malformed: exit code 2."""

    exit_code = 2


class Unavailable(click.ClickException):
    """The database or the index can't be used: exit code 3."""

    exit_code = 3


def read_settings() -> Settings:
    """Read the settings, or end with one line for each malformed one (exit code 2)."""
    from adapters import settings
    from adapters.errors import SettingsError

    try:
        return settings.load()
    except SettingsError as error:
        raise Misconfigured(str(error)) from None


@contextmanager
def services() -> Iterator[Ippo]:
    """Build the services for one command."""
    from adapters import bootstrap, logs
    from knowledge.errors import KnowledgeError

    found = read_settings()
    logs.configure(server=False)
    try:
        with bootstrap.build(found) as ippo:
            yield ippo
    except KnowledgeError as error:
        raise Unavailable(f"{error}\n`ippo doctor` tells more.") from error
