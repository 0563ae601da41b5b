"""Private copies of an index, one a process, and how they go when the process has gone."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

from filelock import FileLock, Timeout


def claim(place: Path) -> tuple[Path, Callable[[], None]]:
    """Name a directory for this process alone and clear those whose processes have died.

    Args:
        place: Directory for copies; made if missing.
    Returns:
        A path that does not exist yet, and what to call when it is no longer needed.
    """
    place.mkdir(parents=True, exist_ok=True)
    with FileLock(place / "claim.lock"):
        for held in place.glob("*.held"):
            _clear(held)
        own = place / f"{os.getpid()}-{secrets.token_hex(4)}"
        # Held as long as the process lives, however it ends; let go by whichever thread is last to use the copy.
        lock = FileLock(own.with_suffix(".held"), thread_local=False)
        lock.acquire()

    def release() -> None:
        shutil.rmtree(own, ignore_errors=True)
        own.with_suffix(".held").unlink(missing_ok=True)
        lock.release()

    return own, release


def copy(directory: Path, own: Path, written: Collection[str]) -> None:
    """Copy a directory; files that are only read are linked where the file system can do that.

    Args:
        directory: What to copy.
        own: Where to; made if missing.
        written: Names of the files that will be written to.
    """
    own.mkdir(parents=True, exist_ok=True)
    for path in directory.rglob("*"):
        target = own / path.relative_to(directory)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.name not in written:
            try:
                target.hardlink_to(path)
                continue
            except OSError:
                pass  # no hard links here
        shutil.copyfile(path, target)


def _clear(held: Path) -> None:
    try:
        with FileLock(held, blocking=False):
            shutil.rmtree(held.with_suffix(""), ignore_errors=True)
            held.unlink(missing_ok=True)
    except Timeout:
        return  # in use
