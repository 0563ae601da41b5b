"""Emission factors: how much CO2 an amount of energy stands for, each with its year and source."""

from __future__ import annotations

import tomllib
from collections import Counter
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError

from knowledge.catalogue.load import CatalogueError
from knowledge.catalogue.models import Entry, Id, Pointer, Text
from knowledge.fold import fold

FILE = Path(__file__).with_name("emission_factors.toml")


class Energy(StrEnum):
    """What people buy."""

    ELECTRICITY = "electricity"
    CITY_GAS = "city-gas"
    LPG = "lpg"
    GASOLINE = "gasoline"
    DIESEL = "diesel"
    KEROSENE = "kerosene"
    HEAVY_OIL = "heavy-oil"
    HEAT = "heat"


Unit = Literal["kWh", "m3", "L", "kg", "GJ"]


def _exact(value: object) -> Decimal:
    # A TOML float is read as binary before anyone sees it: 0.423 would already be another number.
    if not isinstance(value, str):
        raise ValueError("write the number as a string")  # noqa: TRY004 - pydantic reports ValueErrors
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{value!r} is no number") from None
    if not number.is_finite() or number < 0:
        raise ValueError("must be 0 or more")
    return number


Exact = Annotated[Decimal, BeforeValidator(_exact)]


class Factor(Entry):
    """kg of CO2 for one unit of an energy."""

    id: Id
    energy: Energy
    unit: Unit
    kg: Exact
    """kg-CO2 per unit."""
    name: Text
    name_en: Text
    names: tuple[Text, ...] = ()
    """Words of a message that choose it."""
    default: bool = False
    """Taken where no other factor of this energy and unit is named."""
    derived: bool = False
    """Worked out from sourced figures rather than stated by one; a guide only."""
    source: Text
    source_en: Text
    year: Text
    """The year its figure is of, as a reader is told."""
    year_en: Text
    proof: Pointer


class Household(Entry):
    """What an average household emits in a year, for comparison."""

    kg: Exact
    """kg-CO2 a year; more than 0."""
    name: Text
    source: Text
    source_en: Text
    year: Text
    proofs: tuple[Pointer, ...] = Field(min_length=1)
    """The first one that the index holds is cited."""


class Factors(Entry):
    """The table, in the order of the file."""

    factors: tuple[Factor, ...]
    household: Household

    def choose(self, energy: Energy, unit: Unit, said: str = "") -> Factor | None:
        """Choose the factor for an energy.

        Args:
            energy: What was used.
            unit: What it was measured in.
            said: The message; a name in it goes before the default. Case and widths don't matter.
        Returns:
            None where this energy is not measured in this unit.
        """
        text = fold(said).lower().replace(" ", "")
        fitting = [factor for factor in self.factors if (factor.energy, factor.unit) == (energy, unit)]
        named = (f for f in fitting if any(fold(name).lower().replace(" ", "") in text for name in f.names))
        return next(named, None) or next((factor for factor in fitting if factor.default), None)

    @property
    def names(self) -> tuple[str, ...]:
        """All words that choose a factor."""
        return tuple(dict.fromkeys(name for factor in self.factors for name in factor.names))


@cache
def shipped() -> Factors:
    """Give the table that is shipped with the program."""
    return load(FILE)


def load(path: Path) -> Factors:
    """Read and check a table of factors.

    Args:
        path: A TOML file with `[[factor]]` entries and one `[household]`.
    Raises:
        CatalogueError: It is no TOML, a field is missing, unknown or wrong (source and year are never optional), an
            id is used twice, or an energy's unit has no default or several.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogueError(f"{path.name}: {error}") from error
    if table.keys() != {"factor", "household"}:
        raise CatalogueError(f"{path.name}: holds [[factor]] and [household], not {sorted(table)}")
    try:
        found = Factors(factors=table["factor"], household=table["household"])
    except ValidationError as error:
        first = error.errors()[0]
        raise CatalogueError(f"{path.name}: {_label(table, first['loc'])}: {first['msg']}") from error
    _check(found, path)
    return found


def _label(table: dict[str, object], loc: tuple[int | str, ...]) -> str:
    place = ".".join(map(str, loc))
    entries = table["factor"]
    if loc[0] == "factors" and len(loc) > 1 and isinstance(entries, list) and isinstance(loc[1], int):
        entry = entries[loc[1]]
        return f"{place} ({entry.get('id', 'no id')})" if isinstance(entry, dict) else place
    return place


def _check(found: Factors, path: Path) -> None:
    twice = [key for key, count in Counter(factor.id for factor in found.factors).items() if count > 1]
    if twice:
        raise CatalogueError(f"{path.name}: id {twice[0]!r} is used twice")
    defaults = Counter((f.energy, f.unit) for f in found.factors if f.default)
    for energy, unit in dict.fromkeys((f.energy, f.unit) for f in found.factors):
        if defaults[energy, unit] != 1:
            raise CatalogueError(f"{path.name}: {energy} in {unit} has {defaults[energy, unit]} defaults, not one")
    if not found.household.kg:
        raise CatalogueError(f"{path.name}: household.kg must be more than 0")
