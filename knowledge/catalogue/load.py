"""Read the data files; a mistake in one is an error that names its place."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from knowledge.catalogue.events import Event
from knowledge.catalogue.models import (
    Contact,
    Entry,
    Grant,
    Need,
    Offer,
    Organisation,
    Pointer,
    Programme,
    Term,
)
from knowledge.errors import KnowledgeError

DATA = Path(__file__).parent / "data"
E = TypeVar("E", bound=Entry)


class CatalogueError(KnowledgeError):
    """A data file of the catalogue is unusable: correct the file, entry and field that the message names."""


class Catalogue(Entry):
    """All entries, in the order of the files."""

    organisations: tuple[Organisation, ...]
    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    programmes: tuple[Programme, ...]
    grants: tuple[Grant, ...]
    events: tuple[Event, ...]
    contacts: tuple[Contact, ...]
    glossary: tuple[Term, ...]

    def organisation(self, id_: str) -> Organisation:
        """Give an organisation. Raises KeyError for an id that is no entry's."""
        return _by_id(self.organisations, id_)

    def need(self, id_: str) -> Need:
        """Give a need. Raises KeyError for an id that is no entry's."""
        return _by_id(self.needs, id_)

    def programme(self, id_: str) -> Programme:
        """Give a programme. Raises KeyError for an id that is no entry's."""
        return _by_id(self.programmes, id_)

    def grant(self, id_: str) -> Grant:
        """Give a grant. Raises KeyError for an id that is no entry's."""
        return _by_id(self.grants, id_)

    def event(self, id_: str) -> Event:
        """Give an event. Raises KeyError for an id that is no entry's."""
        return _by_id(self.events, id_)

    def contact(self, id_: str) -> Contact:
        """Give a contact. Raises KeyError for an id that is no entry's."""
        return _by_id(self.contacts, id_)

    def pointers(self) -> list[tuple[str, Pointer]]:
        """List all pointers, each with the name of the entry that it proves something of."""
        return [
            (_label(entry), part)
            for name in type(self).model_fields
            for entry in getattr(self, name)
            for part in _parts(entry)
            if isinstance(part, Pointer)
        ]

    @property
    def sources(self) -> frozenset[str]:
        """Source ids of the pages that the entries point at."""
        return frozenset(pointer.source for _, pointer in self.pointers())


@cache
def shipped() -> Catalogue:
    """Give the catalogue that is shipped with the program."""
    return load(DATA)


def load(directory: Path) -> Catalogue:
    """Read and check a catalogue.

    Args:
        directory: Holds one TOML file for each kind of entry.
    Raises:
        CatalogueError: A file is missing or no TOML, an entry breaks a rule, an id is used twice, or an entry names
            another one that does not exist.
    """
    catalogue = Catalogue(
        organisations=_read(directory / "organisations.toml", Organisation),
        needs=_read(directory / "needs.toml", Need),
        offers=_read(directory / "offers.toml", Offer),
        programmes=_read(directory / "programmes.toml", Programme),
        grants=_read(directory / "grants.toml", Grant),
        events=_read(directory / "events.toml", Event),
        contacts=_read(directory / "contacts.toml", Contact),
        glossary=_read(directory / "glossary.toml", Term),
    )
    _check_references(catalogue)
    return catalogue


def _read(path: Path, kind: type[E]) -> tuple[E, ...]:
    try:
        with path.open("rb") as file:
            table = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"{path.name}: {error}") from error
    if table.keys() != {"entry"}:
        raise CatalogueError(f"{path.name}: only [[entry]] may stand here, not {sorted(table)}")
    found: list[E] = []
    for n, values in enumerate(table["entry"], 1):
        try:
            found.append(kind.model_validate(values))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "entry"
            name = values.get("id") or values.get("what") if isinstance(values, dict) else None
            raise CatalogueError(f"{path.name}: entry {n} ({name or 'no id'}): {place}: {first['msg']}") from error
    twice = [id_ for id_, count in Counter(getattr(entry, "id", None) for entry in found).items() if id_ and count > 1]
    if twice:
        raise CatalogueError(f"{path.name}: id {twice[0]!r} is used twice")
    return tuple(found)


_REFERENCES = {"organisation": "organisations", "needs": "needs", "contact": "contacts"}
"""Fields that hold ids of other entries, and whose."""


def _check_references(catalogue: Catalogue) -> None:
    known = {kind: {entry.id for entry in getattr(catalogue, kind)} for kind in _REFERENCES.values()}
    for name in type(catalogue).model_fields:
        for entry in getattr(catalogue, name):
            for part in _parts(entry):
                for field, kind in _REFERENCES.items():
                    value = getattr(part, field, None) or ()
                    for id_ in (value,) if isinstance(value, str) else value:
                        if id_ not in known[kind]:
                            raise CatalogueError(f"{name}.toml: {_label(entry)} names {id_!r}, which is no entry")


def _parts(entry: Entry) -> Iterator[Entry]:
    """An entry and all that stand inside it."""
    yield entry
    for name in type(entry).model_fields:
        value: Any = getattr(entry, name)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Entry):
                yield from _parts(inner)


def _label(entry: Entry) -> str:
    return str(getattr(entry, "id", None) or getattr(entry, "what", ""))


def _by_id(entries: Sequence[E], id_: str) -> E:
    for entry in entries:
        if getattr(entry, "id", None) == id_:
            return entry
    raise KeyError(id_)
