"""What people state about their sources: a `manifest.toml` beside the documents, or a Markdown file's front matter.

    [defaults]
    publisher = "千代田区"

    [sources."2026/menu.pdf"]
    title = "中小企業向け支援メニュー"
    wards = ["chiyoda"]
    kind = "menu"
    valid_until = 2027-03-31

Defaults give way to front matter, front matter to an entry. A mistake is an error that names its place: a
`valid_until` lost to a misspelt key would let an answer speak of a subsidy that has ended.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypedDict, cast

from knowledge.documents import Kind
from knowledge.errors import ManifestError
from knowledge.wards import AREAS, WARDS, ward_of

MANIFEST = "manifest.toml"
"""Name of the manifest in the directory given to ingest; never a source itself."""
_LIMIT = 4 * 1024 * 1024  # bytes; thousands of entries stay far below
_SHOWN = 60  # characters of a wrong value that a message repeats
_YEARS = range(1989, 2101)


class Fields(TypedDict, total=False):
    """Fields of `knowledge.documents.Source` that were stated; what is absent was not stated."""

    title: str
    publisher: str
    date: date
    wards: tuple[str, ...]
    kind: Kind
    valid_from: date
    valid_until: date
    fiscal_year: int
    url: str
    original: str
    trust: str
    reviewed_on: date


@dataclass(frozen=True, slots=True)
class Manifest:
    """A directory's stated fields; empty if it has no manifest."""

    path: Path | None = None
    defaults: Fields = field(default_factory=Fields)
    entries: Mapping[str, Fields] = field(default_factory=dict)
    """By source id: a path relative to the manifest's directory (posix) or a URL."""

    def for_source(self, source_id: str, front_matter: Fields | None = None) -> Fields:
        """Merge what is stated about a source: defaults, then its front matter, then its entry.

        Args:
            source_id: As in `Source.id`.
            front_matter: From `fields_from_front_matter`, if the source has any.
        Returns:
            A new dict, also when nothing is stated (empty).
        Raises:
            ManifestError: Each part is sound, but together they end before they begin.
        """
        merged: dict[str, Any] = {**self.defaults, **(front_matter or {}), **self.entries.get(source_id, {})}
        _check_order(merged, f"{self.path or MANIFEST}: {source_id}")
        return cast(Fields, merged)


def read_manifest(directory: Path) -> Manifest:
    """Read the manifest of a directory of documents.

    Args:
        directory: The directory given to ingest; a path that is no directory has no manifest.
    Raises:
        ManifestError: The file is no TOML, or an entry or field is wrong; the message names file, entry,
            field and what is allowed.
    """
    path = directory / MANIFEST
    try:
        if not path.is_file():
            return Manifest()
        if path.stat().st_size > _LIMIT:
            raise ManifestError(f"{path}: 大きすぎます({_LIMIT // 1024 // 1024} MiB まで)")
        content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: 読めません。UTF-8 の TOML で保存してください({error})") from error
    # Very deep nesting or a number of thousands of digits: tomllib lets these two through as they are.
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise ManifestError(f"{path}: TOML として正しくありません({error})") from error
    for key in content:
        if key not in ("defaults", "sources"):
            raise ManifestError(f'{path}: {key!r} という項目は使えません。使えるのは [defaults] と [sources."…"] です')
    sources = content.get("sources", {})
    if not isinstance(sources, dict):
        raise ManifestError(f'{path}: sources は [sources."相対パスまたはURL"] の形で書いてください')
    entries = {source_id: _fields(stated, f"{path}: [sources.{source_id!r}]") for source_id, stated in sources.items()}
    return Manifest(path, _fields(content.get("defaults", {}), f"{path}: [defaults]"), entries)


def fields_from_front_matter(metadata: Mapping[str, object], *, name: str = "front matter") -> Fields:
    """Check the front matter of a Markdown file; its names are those of the manifest.

    Args:
        metadata: `Extract.metadata`; dates may be strings (YYYY-MM-DD) or dates.
        name: The file's name, for messages.
    Raises:
        ManifestError: As for a manifest's entry.
    """
    return _fields(metadata, f"{name}: front matter")


def checked_field(name: str, value: object) -> object:
    """Check one field that a person stated in a form.

    Args:
        name: As in the manifest.
        value: As it was typed.
    Returns:
        The value as `Source` holds it.
    Raises:
        ValueError: Says in Japanese what is wrong with the value.
        KeyError: There is no such field.
    """
    return _CHECKS[name](value)


def _fields(stated: object, where: str) -> Fields:
    """Check one entry; `where` begins the message of an error."""
    if not isinstance(stated, Mapping):
        raise ManifestError(f"{where}: 「項目 = 値」の並びで書いてください({_show(stated)})")
    checked: dict[str, Any] = {}
    for key, value in stated.items():
        check = _CHECKS.get(key) if isinstance(key, str) else None
        if check is None:
            raise ManifestError(f"{where}: {_show(key)} という項目は使えません。使えるのは {', '.join(_CHECKS)} です")
        try:
            checked[key] = check(value)
        except ValueError as error:
            raise ManifestError(f"{where}: {key} = {_show(value)} は使えません。{error}") from error
    _check_order(checked, where)
    return cast(Fields, checked)


def _check_order(fields: Mapping[str, Any], where: str) -> None:
    first, last = fields.get("valid_from"), fields.get("valid_until")
    if first is not None and last is not None and first > last:
        raise ManifestError(f"{where}: valid_until ({last}) が valid_from ({first}) より前です")


def _show(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("空でない文字列を書いてください")
    return value.strip()


def _address(value: object) -> str:
    text = _text(value)
    # The address becomes a link on a page people open: `javascript:` and the like must never get there.
    if not text.lower().startswith(("http://", "https://")):
        raise ValueError("http:// または https:// で始まるURLを書いてください")
    return text


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value.strip() if isinstance(value, str) else "")
    except ValueError:
        raise ValueError("実在する日付を YYYY-MM-DD の形で書いてください") from None


def _wards(value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names:
        raise ValueError(f"区の名前の一覧を書いてください: {', '.join((*WARDS, *AREAS))}")
    wards: dict[str, None] = {}
    for name in names:
        ward = name if name in AREAS else ward_of(name) if isinstance(name, str) else None
        if ward is None:
            raise ValueError(f"{_show(name)} は区の名前ではありません: {', '.join((*WARDS, *AREAS))}")
        wards[ward] = None
    return tuple(wards)


def _kind(value: object) -> Kind:
    try:
        return Kind(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError(f"次のどれかを書いてください: {', '.join(Kind)}") from None


def _year(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in _YEARS:
        raise ValueError(f"年度が始まる年を西暦の整数で書いてください({_YEARS[0]}–{_YEARS[-1]}、例: 2026)")
    return value


_CHECKS: dict[str, Callable[[object], object]] = {
    "title": _text,
    "publisher": _text,
    "date": _day,
    "wards": _wards,
    "kind": _kind,
    "valid_from": _day,
    "valid_until": _day,
    "fiscal_year": _year,
    "url": _address,
    "original": _text,
    "trust": _text,
    "reviewed_on": _day,
}
