"""Give the questions of our own their evidence back, from the documents they ask about.

A document's text is not ours to keep, so an evidence entry here is a place, not a quote: `{"source": "<file name>",
"start": int, "length": int}`, counted in characters of that file after NFKC and removal of all white space. Resolving
turns each place into the squeezed text found there, which is the form the development set has.

    python tests/evals/resolve.py FILE DOCUMENTS_DIR > OUT
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Item = dict[str, Any]
"""One question, a JSON object with the fields of the development set."""


def squeeze(text: str) -> str:
    """Return `text` in NFKC without white space, the form in which places are counted and strings compared."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def read_items(file: Path) -> list[Item]:
    """Read one question a line from a JSONL file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def resolve(items: Iterable[Item], documents_dir: Path) -> list[Item]:
    """Replace places by the text found there.

    Args:
        items: Questions whose evidence entries are places or, already resolved, strings.
        documents_dir: The folder that holds the named files, UTF-8.
    Returns:
        New items in the form of the development set, in the same order; `items` stay as they are.
    Raises:
        OSError: A named file cannot be read.
        ValueError: A place reaches beyond its file's end, so the file is not the one the places were counted in.
    """
    squeezed: dict[str, str] = {}

    def quote(place: dict[str, Any] | str) -> str:
        if isinstance(place, str):
            return place
        name, start, end = place["source"], place["start"], place["start"] + place["length"]
        if name not in squeezed:
            squeezed[name] = squeeze((documents_dir / name).read_text(encoding="utf-8"))
        if not 0 <= start < end <= len(squeezed[name]):
            raise ValueError(f"{name} has no characters {start} to {end}")
        return squeezed[name][start:end]

    return [{**item, "evidence": [quote(place) for place in item["evidence"]]} for item in items]


def main(arguments: list[str]) -> int:
    """Print the resolved questions of FILE, one a line; return the exit status."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python tests/evals/resolve.py FILE DOCUMENTS_DIR > OUT\n")
        return 2
    for item in resolve(read_items(Path(arguments[0])), Path(arguments[1])):
        sys.stdout.write(json.dumps(item, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
