"""The file: a gzipped tar of a manifest and one file a table. Read as if somebody meant harm with it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from adapters.backup.errors import BackupError, Unreadable

MANIFEST = "manifest.json"
FORMAT: Final = 1
_MANIFEST_LIMIT = 1024 * 1024
_RATIO = 200
"""Times that a backup may grow when it is unpacked: rows of tables shrink to a tenth, seldom to a fiftieth."""
_SMALL = 64 * 1024 * 1024
"""Bytes unpacked up to which the ratio does not matter."""
_PIECE = 1024 * 1024
_BLOCK = 512  # bytes, tar's
_NAME = re.compile(r"(?:knowledge|messages)/[a-z_]{1,40}\.jsonl")


class Part(BaseModel):
    """One table's file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    rows: Annotated[int, Field(ge=0)]
    bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """What a backup says of itself."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    format: Literal[1]
    program: str
    """Version of the program that wrote it."""
    made_at: float
    """Seconds since 1970, UTC."""
    database: Literal["sqlite", "postgresql"]
    revisions: Mapping[Literal["knowledge", "messages"], str]
    """The newest migration of each set of tables."""
    parts: Mapping[str, Part]
    """`knowledge/<table>.jsonl` or `messages/<table>.jsonl` → what has to be found there."""


def pack(destination: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Write a backup, whole or not at all; nobody but its owner may read it.

    Args:
        destination: Replaced if it exists.
        manifest: What it says of itself.
        files: Name in the backup → file.
    Raises:
        BackupError: It can't be written there.
    """
    beside = destination.with_name(f".{destination.name}.{os.getpid()}")
    try:
        beside.touch(mode=0o600, exist_ok=False)
        with beside.open("wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", format=tarfile.GNU_FORMAT, compresslevel=6) as tar:
                written = manifest.model_dump_json(indent=1).encode()
                head = tarfile.TarInfo(MANIFEST)
                head.size, head.mtime, head.mode = len(written), int(manifest.made_at), 0o600
                tar.addfile(head, io.BytesIO(written))
                for name, path in files.items():
                    info = tarfile.TarInfo(name)
                    info.size, info.mtime, info.mode = path.stat().st_size, int(manifest.made_at), 0o600
                    with path.open("rb") as file:
                        tar.addfile(info, file)
            raw.flush()
            os.fsync(raw.fileno())
        beside.replace(destination)
    except OSError as error:
        raise BackupError(f"{destination}: can't be written: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)


def unpack(source: Path, folder: Path) -> tuple[Manifest, dict[str, Path]]:
    """Check a backup from its first byte to its last, and unpack it.

    No name in it is ever used as a path, nothing but plain files is taken, and no more than the manifest announces.

    Args:
        source: The backup.
        folder: Empty; gets a file a table.
    Returns:
        What it says of itself, and name → file.
    Raises:
        Unreadable: It is none, damaged, cut off, or larger than it may be.
    """
    try:
        size = source.stat().st_size
        with gzip.open(source, "rb") as stream:
            manifest = _manifest(stream)
            _check_size(sum(part.bytes for part in manifest.parts.values()), size, folder)
            found: dict[str, Path] = {}
            while (info := _next(stream)) is not None:
                part = manifest.parts.get(info.name)
                if part is None or info.name in found or info.size != part.bytes:
                    raise Unreadable(f"{source}: {info.name!r} is not what the manifest announces")
                path = folder / f"{len(found)}.jsonl"
                if _copy(stream, path, part.bytes) != part.sha256:
                    raise Unreadable(f"{source}: {info.name} is damaged")
                found[info.name] = path
    except (OSError, EOFError, zlib.error, tarfile.TarError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no backup, or a damaged one"
        raise Unreadable(f"{source}: {reason}") from error
    if missing := sorted(set(manifest.parts) - set(found)):
        raise Unreadable(f"{source}: cut off, {missing[0]} is missing")
    return manifest, found


def describe(path: Path) -> tuple[int, str]:
    """Give a file's size and SHA-256."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return path.stat().st_size, digest.hexdigest()


def _manifest(stream: gzip.GzipFile) -> Manifest:
    info = _next(stream)
    if info is None or info.name != MANIFEST or info.size > _MANIFEST_LIMIT:
        raise ValueError("no manifest")
    written = json.loads(_exactly(stream, info.size))
    _exactly(stream, -info.size % _BLOCK)
    if isinstance(written, dict) and written.get("format") != FORMAT:
        raise Unreadable("the backup is of a newer form: update the program")
    manifest = Manifest.model_validate(written)
    if not all(_NAME.fullmatch(name) for name in manifest.parts):
        raise ValueError("a name that no table has")
    return manifest


def _next(stream: gzip.GzipFile) -> tarfile.TarInfo | None:
    """Read a header. `tarfile` itself would follow extended headers of any size: here there are none."""
    block = _exactly(stream, _BLOCK)
    if not block.strip(b"\0"):
        return None
    info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    if info.type != tarfile.REGTYPE or info.size < 0:
        raise ValueError("something else than a plain file")
    return info


def _copy(stream: gzip.GzipFile, path: Path, size: int) -> str:
    digest, left = hashlib.sha256(), size
    with path.open("xb") as file:
        while left:
            piece = _exactly(stream, min(left, _PIECE))
            digest.update(piece)
            file.write(piece)
            left -= len(piece)
    _exactly(stream, -size % _BLOCK)
    return digest.hexdigest()


def _exactly(stream: gzip.GzipFile, size: int) -> bytes:
    piece = stream.read(size)
    if len(piece) != size:
        raise EOFError
    return piece


def _check_size(unpacked: int, packed: int, folder: Path) -> None:
    if unpacked > max(_SMALL, _RATIO * packed):
        raise Unreadable(f"the backup would grow to {unpacked:,} bytes, which no real one does")
    # As files, and once more as a database.
    if unpacked * 2 > shutil.disk_usage(folder).free:
        raise Unreadable(f"the disk has no room for {2 * unpacked:,} bytes")
