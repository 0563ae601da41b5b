"""Where sources come from: the arguments of `ippo ingest`, and the files below a directory."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import UnusableArgument
from ingest.manifest import MANIFEST, Manifest, read_manifest


@dataclass(frozen=True, slots=True)
class Place:
    """One source to be read."""

    source: str
    """Its identity: path relative to the argument (posix), a single file's name, or the URL."""
    root: str
    """SHA-256 of the directory it lies in, as given, of its URL, or of its collection's name. No path is ever stored."""
    manifest: Manifest
    path: Path | None
    """None for a URL and for a text."""
    text: str | None = None
    """Of a text that is handed over as it is."""


@dataclass(frozen=True, slots=True)
class Search:
    """What the arguments hold."""

    places: Sequence[Place]
    """Each identity once: the last argument that holds it counts."""
    roots: frozenset[str]
    """Digests of the directories given: what was found there before and is missing now is to be removed."""


def search(arguments: Sequence[str]) -> Search:
    """Find the sources that arguments name.

    Args:
        arguments: Paths of files and directories, or http(s) URLs.
    Raises:
        UnusableArgument: A path does not exist, or is neither file nor directory.
        ManifestError: A manifest is wrong.
    """
    places: dict[str, Place] = {}
    roots = set()
    for argument in arguments:
        for place in _find(argument):
            places[place.source] = place
        if not is_url(argument) and Path(argument).is_dir():
            roots.add(_digest(Path(argument)))
    return Search(list(places.values()), frozenset(roots))


def collection(name: str, texts: Mapping[str, str]) -> Search:
    """Take texts that lie in no folder as the whole of a collection: what was in it before is to be removed.

    Args:
        name: The collection's, the same on every machine.
        texts: By source id, which ends like a file's name; it tells how a text is read.
    """
    # No directory's digest: it has no path in it.
    root = hashlib.sha256(f"collection\0{name}".encode()).hexdigest()
    return Search([Place(source, root, Manifest(), None, text) for source, text in texts.items()], frozenset({root}))


def is_url(argument: str) -> bool:
    """Tell whether an argument is a URL rather than a path."""
    return argument.lower().startswith(("http://", "https://"))


def _find(argument: str) -> Iterator[Place]:
    if is_url(argument):
        yield Place(argument, hashlib.sha256(argument.encode(errors="replace")).hexdigest(), Manifest(), None)
        return
    path = Path(argument)
    try:
        if path.is_dir():
            manifest = read_manifest(path)
            for file in sorted(_files(path)):
                yield Place(file.relative_to(path).as_posix(), _digest(path), manifest, file)
            return
        if path.is_file():
            # As if its directory had been given, and nothing else were in it.
            yield Place(path.name, _digest(path.parent), read_manifest(path.parent), path)
            return
    except OSError as error:
        raise UnusableArgument(f"{argument}: 読めません({error.strerror or error})") from error
    except ValueError as error:  # a NUL in it
        raise UnusableArgument(f"{argument!r}: パスとして使えません") from error
    raise UnusableArgument(f"{argument}: ファイルまたはフォルダが見つかりません")


def _files(directory: Path) -> Iterator[Path]:
    # Links to directories are not followed: they may lead round in circles or out of the directory.
    for folder, below, names in os.walk(directory, onerror=_fail):
        below[:] = [name for name in below if not name.startswith(".")]
        for name in names:
            path = Path(folder, name)
            if name.startswith(".") or name == MANIFEST:
                continue
            # What is no regular file (a pipe, a device) would block or never end; a broken link is kept, to be
            # reported.
            if path.is_file() or path.is_symlink():
                yield path


def _fail(error: OSError) -> None:
    # Half a directory would look as if the other half had been deleted.
    raise error


def _digest(directory: Path) -> str:
    return hashlib.sha256(os.fsencode(directory.resolve())).hexdigest()
