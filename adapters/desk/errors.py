"""Why the desk refuses; the words are for the advisor who asked for it."""

from __future__ import annotations


class DeskError(Exception):
    """Something cannot be done with a case."""


class Taken(DeskError):
    """Somebody else was first."""


class NotYours(DeskError):
    """Only who holds the case, or an administrator, may do this."""


class NotOpen(DeskError):
    """The case is not in a state in which this can be done."""


class NotReady(DeskError):
    """The bot's last call has not ended yet: in a moment it can be done."""
