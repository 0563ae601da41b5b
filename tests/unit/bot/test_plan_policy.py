"""The policy's table: what it points at, and what a mistake in it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.lists.proofs import Proofs
from bot.plan.policy import DATA, PolicyError, load, policy
from tests.unit.bot.shipped import index


@pytest.mark.parametrize("pointer", policy().pointers(), ids=lambda p: f"{p.source}-{p.words[:12]}")
def test_every_pointer_of_the_table_means_a_passage_of_the_shipped_pages(pointer):
    assert Proofs(index()).find(pointer) is not None


def broken(tmp_path: Path, change: Callable[[str], str]) -> str:
    """Load a changed table and give the error's message."""
    text = DATA.read_text("utf-8")
    changed = change(text)
    assert changed != text
    path = tmp_path / "policy.toml"
    path.write_text(changed, "utf-8")
    with pytest.raises(PolicyError) as error:
        load(path)
    return str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ('id = "filter"\nname =', 'id = "filter"\nnaem =', r"step \d+ \(filter\) naem"),
        ('places = ["minato"]\ntext', 'places = ["yokohama"]\ntext', r"step \d+ \(minato-renewable\).*yokohama"),
        ('when = { concern = ["waste"], trade = ["food"] }', 'when = { concern = ["rubbish"] }', r"rule \d+ \(waste-food\).*rubbish"),
        ('when = { concern = ["client"] }\nstep = "checksheet"', 'when = { konzern = ["client"] }\nstep = "checksheet"', r"rule \d+ \(checksheet\).*konzern"),
        ('step = "waste-cups"', 'step = "waste-cup"', r"'waste-cup'"),
        ('slot = "today"\nwhen = { concern = ["subsidy"] }', 'slot = "yesterday"\nwhen = { concern = ["subsidy"] }', r"rule 1 \(hold-orders\) slot"),
        ('name = "CO2を計算する"', 'name = "12か月分を計算する"', r"step \d+ \(checksheet\).*number"),
        ('event = "school-2026"', 'event = "school-2062"', r"event"),
        ('（予定は{when}）"', '"', r"step \d+ \(school\).*when"),
        ('contact = "cool-net"', 'contact = "coolnet"', r"contact"),
        ('contact = "cool-net"\n', "", r"call \d+.*contact"),
        ('id = "filter"', 'id = "bills"', r"twice"),
        ('text = "エアコンのフィルターを掃除しましょう。2週間に1回が目安です（愛知県の案内）"', 'text = "検針票"', r"must not stand"),
        ('about = "power"\nwhen = {}', 'about = "power"\nwhen = { place = ["other"] }', r"caution about power"),
        ('about = "power"\nwhen = {}', 'about = "power"\nwhen = { trade = ["food"] }', r"caution 4.*place alone"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_table_names_its_place(tmp_path, old, new, names):
    message = broken(tmp_path, lambda text: text.replace(old, new, 1))
    assert message.startswith("policy.toml: ")
    assert re.search(names, message), message


def test_a_step_without_a_proof_stops_the_start(tmp_path):
    pattern = re.compile(r'(id = "filter"\n.*?)proofs = \[.*?\]\n', re.DOTALL)
    assert re.search(
        r"step \d+ \(filter\).*proof", broken(tmp_path, lambda text: pattern.sub(r"\1proofs = []\n", text, 1))
    )
    assert re.search(r"step \d+ \(filter\) proofs", broken(tmp_path, lambda text: pattern.sub(r"\1", text, 1)))


@pytest.mark.parametrize("id_", [step.id for step in policy().step if step.before])
def test_a_step_towards_an_order_without_its_rule_stops_the_start(tmp_path, id_):
    pattern = re.compile(rf'(id = "{id_}"\n(?:(?!\[\[).)*?)before = [^\n]*\n', re.DOTALL)
    assert re.search(rf"step \d+ \({id_}\).*before", broken(tmp_path, lambda text: pattern.sub(r"\1", text, 1)))


def test_a_table_that_is_no_toml_or_is_missing_is_named(tmp_path):
    assert broken(tmp_path, lambda text: f"{text}\n[[step").startswith("policy.toml: ")
    with pytest.raises(PolicyError, match=r"gone\.toml"):
        load(tmp_path / "gone.toml")
