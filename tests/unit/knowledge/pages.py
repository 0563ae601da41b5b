"""The shipped pages as their tests read them: front matter, sections, coverage tables, comparison with originals."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingest.load import read
from knowledge.fold import fold, squeeze

PROJECT = Path(__file__).parents[3]
SOURCES = PROJECT / "knowledge" / "sources"
SHARED = PROJECT.parent / "shared"

FIELDS = {"title", "publisher", "original", "date", "url", "wards", "kind", "fiscal_year", "trust", "reviewed_on"}
REQUIRED = {"title", "publisher", "original", "wards", "kind", "trust", "reviewed_on"}

COPIED = 25
"""So many identical characters in a row are a copy, names aside."""

NAMES = (Path(__file__).parent / "long_names.txt").read_text(encoding="utf-8").splitlines()[3:]
"""Names that can't be told in other words; the file says how they are compared."""


@dataclass(frozen=True)
class Page:
    """A page as its readers get it: front matter, and its sections by heading."""

    metadata: dict[str, object]
    lines: tuple[str, ...]

    @property
    def sections(self) -> dict[str, str]:
        """Text under each heading, up to the next heading of any level."""
        found: dict[str, list[str]] = {}
        heading = ""
        for line in self.lines:
            if match := re.match(r"#+ (.+)", line):
                heading = match[1].strip()
                assert heading not in found, f"two sections are called {heading}"
            found.setdefault(heading, []).append(line)
        return {heading: "\n".join(lines[1:]).strip() for heading, lines in found.items() if heading}

    @property
    def told(self) -> str:
        """The text without the 出典 lines, which name places in the originals."""
        return "\n".join(line for line in self.lines if not line.startswith("出典"))


@cache
def page(name: str) -> Page:
    data = (SOURCES / name).read_bytes()
    body = data.decode().split("---\n", 2)[2].strip()
    return Page(read(data, name).metadata, tuple(body.splitlines()))


PAGES = sorted(path.relative_to(SOURCES).as_posix() for path in SOURCES.rglob("*.md"))
SEED = [name for name in PAGES if "\ntrust: seed\n" in (SOURCES / name).read_text(encoding="utf-8")]
"""Pages that tell the five originals the project began with."""
PUBLIC = [name for name in PAGES if name not in SEED]
"""Pages that tell what offices publish, or (`trust: secondary`) only name what others report."""


def rows(table: str) -> list[dict[str, str]]:
    """Read a coverage table: id, file, heading, and what must stand there, separated by |."""
    with (PROJECT / "knowledge" / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def missing(covered: list[dict[str, str]]) -> list[tuple[str, str]]:
    """List what rows ask for and their sections don't hold, as (id, text) pairs."""
    absent = []
    for row in covered:
        section = squeeze(fold(page(row["file"]).sections[row["heading"]]).replace(" ", ""))
        must = [must for must in row["must"].split("|") if must]
        assert must, row["id"]
        absent += [(row["id"], part) for part in must if squeeze(fold(part)) not in section]
    return absent


def as_compared(text: str) -> str:
    """One form for both sides of the comparison: markup and white space gone, names one character each."""
    text = squeeze(fold(re.sub(r"\*\*|<[^>]+>", "", text)))
    for i, name in enumerate(sorted({squeeze(fold(name)) for name in NAMES}, key=len, reverse=True)):
        text = text.replace(name, chr(0xE000 + i))
    return text


def copied(told: str, original: str) -> list[str]:
    """List the runs of at least `COPIED` characters that both texts hold (as windows of that length)."""
    told, original = as_compared(told), as_compared(original)
    windows = {original[i : i + COPIED] for i in range(len(original) - COPIED + 1)}
    return [told[i : i + COPIED] for i in range(len(told) - COPIED + 1) if told[i : i + COPIED] in windows]
