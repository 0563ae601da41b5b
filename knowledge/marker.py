"""The marker of a finished index directory: what it holds, and how its files looked when it was verified.

Written last, so a directory without it is unfinished. A file that was lost, cut or changed afterwards shows; a
directory that was only copied (other times, same bytes) passes.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

_NAME = "complete.json"


@dataclass(frozen=True, slots=True)
class Marker:
    """What a finished directory holds."""

    checksum: str
    """Of the generation."""
    chunks: int
    drift: int
    """Chunks taken out since the index was last built from nothing; they still count in term statistics."""


@dataclass(frozen=True, slots=True)
class _File:
    size: int
    modified: int
    """Nanoseconds since 1970."""
    digest: str
    """SHA-256, hex."""


def write(directory: Path, marker: Marker) -> None:
    """Declare a directory finished."""
    _write(directory, marker, {name: _look(directory / name, _digest(directory / name)) for name in _names(directory)})


def read(directory: Path) -> Marker | None:
    """Give a directory's marker if it is finished and its files are as they were, else None.

    Files whose size or time differ are read whole (1 s for 100,000 chunks); the rest is only looked at.
    """
    try:
        content = json.loads((directory / _NAME).read_text())
        marker = Marker(**content["marker"])
        files = {name: _File(**known) for name, known in content["files"].items()}
        current = {name: _look(directory / name, known.digest) for name, known in files.items()}
        if current == files:
            return marker
        if any(current[name].size != known.size for name, known in files.items()):
            return None
        if any(_digest(directory / name) != known.digest for name, known in files.items()):
            return None
    except (OSError, ValueError, TypeError, KeyError):
        return None
    try:
        _write(directory, marker, current)
    except OSError:
        pass  # a directory we may not write to is looked at more closely each time
    return marker


def _write(directory: Path, marker: Marker, files: dict[str, _File]) -> None:
    content = {"marker": asdict(marker), "files": {name: asdict(file) for name, file in files.items()}}
    new = directory / f"{_NAME}.{os.getpid()}"
    new.write_text(json.dumps(content))
    new.replace(directory / _NAME)


def _names(directory: Path) -> list[str]:
    # Lock files come and go with whoever looks into the index.
    return sorted(
        path.relative_to(directory).as_posix()
        for path in directory.rglob("*")
        if path.is_file() and path.suffix != ".lock" and not path.name.startswith(_NAME)
    )


def _look(path: Path, digest: str) -> _File:
    status = path.stat()
    return _File(status.st_size, status.st_mtime_ns, digest)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
