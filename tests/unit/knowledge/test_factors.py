"""The emission factors: exact, each with source and year, and told by the shipped page it points at."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from knowledge.catalogue.factors import FILE, Energy, load, shipped
from knowledge.catalogue.load import CatalogueError
from knowledge.fold import fold, squeeze

PROJECT = Path(__file__).parents[3]
SHARED = PROJECT.parent / "shared" / "domain" / "emission_factors.tsv"

KEYS = {
    "elec_avg": "elec-avg",
    "elec_tepco_m": "elec-tepco-m",
    "elec_tepco_all": "elec-tepco-all",
    "elec_subst": "elec-subst",
    "elec_re100": "elec-re100",
    "gas_tokyo": "gas-tokyo",
    "gas_subst": "gas-subst",
    "gasoline": "gasoline",
    "diesel": "diesel",
    "kerosene": "kerosene",
    "heavy_a": "heavy-oil-a",
    "lpg_kg": "lpg-kg",
    "lpg_m3": "lpg-m3",
    "heat": "heat",
}
"""Keys of the research table; `elec_seed` explains an old example and is never counted with."""


def damaged(tmp_path: Path, old: str, new: str) -> Path:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "factors.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("energy", "unit", "said", "kg"),
    [
        (Energy.ELECTRICITY, "kWh", "", "0.423"),
        (Energy.ELECTRICITY, "kWh", "東京電力です", "0.452"),
        (Energy.ELECTRICITY, "kWh", "ｔｅｐｃｏ", "0.452"),
        (Energy.ELECTRICITY, "kWh", "東京電力の事業者全体で", "0.421"),
        (Energy.ELECTRICITY, "kWh", "代替値で", "0.416"),
        (Energy.ELECTRICITY, "kWh", "東電の再エネ100%メニュー", "0"),
        (Energy.CITY_GAS, "m3", "", "2.09"),
        (Energy.CITY_GAS, "m3", "大阪ガス", "2.05"),
        (Energy.LPG, "kg", "", "2.99"),
        (Energy.LPG, "m3", "", "6.5"),
        (Energy.HEAT, "GJ", "", "53.2"),
    ],
)
def test_a_named_supplier_goes_before_the_default(energy: Energy, unit: str, said: str, kg: str) -> None:
    factor = shipped().choose(energy, unit, said)  # type: ignore[arg-type]

    assert factor is not None
    assert factor.kg == Decimal(kg)


def test_an_energy_in_a_unit_it_is_not_sold_in_has_no_factor() -> None:
    assert shipped().choose(Energy.LPG, "L") is None
    assert shipped().choose(Energy.GASOLINE, "m3") is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kg = "0.423"', "kg = 0.423", "string"),
        ('kg = "0.423"', 'kg = "-1"', "0 or more"),
        ('kg = "0.423"', 'kg = "NaN"', "0 or more"),
        ('kg = "0.423"', 'kg = "about"', "no number"),
        ('kg = "2880"', 'kg = "0"', "household"),
        ('year = "令和6年度実績"\n', "", "year"),
        ('source = "環境省・経済産業省「電気事業者別排出係数」"\n', "", "source"),
        ('source = "環境省・経済産業省「電気事業者別排出係数」"\n', 'source = " "\n', "source"),
        ('id = "diesel"', 'id = "gasoline"', "used twice"),
        ('id = "diesel"', 'id = "diesel"\ncolour = "red"', "colour"),
        ('kg = "2.62"\ndefault = true', 'kg = "2.62"', "0 defaults"),
        ('kg = "0.416"', 'kg = "0.416"\ndefault = true', "2 defaults"),
        ('unit = "GJ"', 'unit = "kcal"', "unit"),
        ("[household]", "[home]", "household"),
        ("[household]", "[household", "factors.toml"),
    ],
)
def test_a_mistake_in_the_table_names_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(CatalogueError, match=message):
        load(damaged(tmp_path, old, new))


def test_a_missing_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError):
        load(tmp_path / "none.toml")


def pointers() -> list[tuple[str, str, str, str]]:
    table = shipped()
    named = [(factor.id, factor.proof) for factor in table.factors]
    named += [("household", proof) for proof in table.household.proofs]
    return [(id_, pointer.source, pointer.heading, pointer.words) for id_, pointer in named]


@pytest.mark.parametrize(("id_", "source", "heading", "words"), pointers())
def test_the_page_says_what_a_factor_points_at(id_: str, source: str, heading: str, words: str) -> None:
    text = (PROJECT / "knowledge" / "sources" / source).read_text(encoding="utf-8")
    section = text.split(f"# {heading}\n", 1)[1].split("\n## ", 1)[0]

    assert squeeze(fold(words)) in squeeze(fold(section.replace("|", " "))), id_


@pytest.mark.parametrize("factor", shipped().factors, ids=lambda factor: factor.id)
def test_what_proves_a_factor_holds_its_number(factor: object) -> None:
    number = f"{factor.kg:f}"  # type: ignore[attr-defined]

    assert number in factor.proof.words  # type: ignore[attr-defined]


@pytest.mark.skipif(not SHARED.is_file(), reason="../shared with the research table is absent")
def test_the_factors_are_those_of_the_research() -> None:
    with SHARED.open(encoding="utf-8", newline="") as file:
        researched = {row["key"]: row for row in csv.DictReader(file, delimiter="\t")}
    known = {factor.id: factor for factor in shipped().factors}

    assert researched.keys() - KEYS.keys() == {"elec_seed", "household"}
    assert set(KEYS.values()) == known.keys()
    for key, id_ in KEYS.items():
        assert known[id_].kg == Decimal(researched[key]["kgco2_per_unit"]), key
        assert known[id_].unit == researched[key]["unit"], key
    assert shipped().household.kg == Decimal(researched["household"]["kgco2_per_unit"])
