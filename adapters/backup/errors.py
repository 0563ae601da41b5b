"""What can go wrong with backups."""

from __future__ import annotations

from adapters.errors import AdapterError


class BackupError(AdapterError):
    """Nothing was written or changed; the message says what to do."""


class Unreadable(BackupError):
    """The file is no backup, or not a whole one: take another one."""


class Refused(BackupError):
    """Restoring would take something away: stop the workers, or say `--force`."""
