"""Our questions on the shipped knowledge: their form, that the pages prove them, and that nothing of it goes unasked."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

import pytest

from bot.answer import Act
from bot.interview.interview import heard
from bot.interview.questions import question
from bot.interview.state import UNKNOWN
from knowledge.catalogue.events import Event, Precision
from knowledge.catalogue.load import shipped
from knowledge.catalogue.models import Grant, Organisation, Pointer, Programme
from knowledge.fold import squeeze
from knowledge.wards import WARDS
from tests.evals.form import EVALS, FIELDS
from tests.unit.bot.shipped import SOURCES

DATED = {**FIELDS, "today": str}
DAYS = {"2026-03-05", "2026-05-20", "2026-11-22", "2027-04-02"}

Item = dict[str, Any]


def read(name: str) -> list[Item]:
    return [json.loads(line) for line in (EVALS / name).read_text(encoding="utf-8").splitlines()]


@cache
def page(source: str) -> str:
    return squeeze((SOURCES / source).read_text(encoding="utf-8"))


SHIPPED = read("shipped.jsonl")
TRAVEL = read("timetravel.jsonl")
ITEMS = SHIPPED + TRAVEL


def passes(item: Item, text: str) -> bool:
    squeezed = squeeze(text)
    wanted = all(any(word in squeezed for word in words) for words in item["must_contain"])
    return wanted and not any(word in squeezed for word in item["must_not_contain"])


def test_no_question_or_id_occurs_twice() -> None:
    assert len(SHIPPED) >= 140
    assert max(Counter(item["id"] for item in ITEMS).values()) == 1
    asked = Counter((item["question"], str(item["history"]), item["ward"], item["today"]) for item in ITEMS)
    assert [question for question, times in asked.items() if times > 1] == []


def test_ten_questions_are_asked_on_every_one_of_the_four_days() -> None:
    days = defaultdict(set)
    for item in TRAVEL:
        days[item["question"]].add(item["today"])
    assert set.union(*days.values()) == DAYS
    assert sum(asked == DAYS for asked in days.values()) >= 10


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["id"])
def test_a_question_has_the_form_of_the_development_set_and_a_date(item: Item) -> None:
    assert {name for name, kind in DATED.items() if not isinstance(item.get(name), kind)} == set()
    assert set(item) == set(DATED)
    assert item["ward"] is None or item["ward"] in WARDS
    assert item["expect"] in set(Act)
    assert item["answerable"] == (item["expect"] == "answer")
    assert (item["kind"] == "followup") == bool(item["history"])
    assert all(turn["role"] in ("user", "assistant") and turn["text"] for turn in item["history"])
    date.fromisoformat(item["today"])
    assert item["must_contain"]
    assert all(item["must_contain"])
    words = [word for words in item["must_contain"] for word in words] + item["must_not_contain"]
    assert [word for word in words if not word or word != squeeze(word)] == []


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["id"])
def test_its_evidence_is_a_short_span_of_the_pages_that_it_names(item: Item) -> None:
    assert bool(item["evidence"]) or not item["answerable"]
    found = set()
    for quote in item["evidence"]:
        span = squeeze(quote)
        assert 6 <= len(span) <= 60, quote
        holding = {source for source in item["source"] if span in page(source)}
        assert holding, quote
        found |= holding
    assert found == set(item["source"])


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["id"])
def test_repeating_the_question_or_the_talk_before_it_is_no_answer(item: Item) -> None:
    assert not passes(item, item["question"])
    assert not passes(item, "".join(turn["text"] for turn in item["history"]))


def test_the_pages_hold_what_an_answer_must_contain() -> None:
    # A step of the plan may come from any of many pages, a follow-up may name what was said before, a reckoned
    # number stands nowhere, and "it is over" is no word of a page that was written before.
    unsupported = [
        (item["id"], words)
        for item in SHIPPED
        if item["answerable"] and item["kind"] not in ("first_step", "followup")
        if item["source"] != ["japan/emission-factors.md"]
        for words in item["must_contain"]
        if not any(word in page(source) for source in item["source"] for word in words)
    ]
    assert unsupported == []


# ---------------------------------------------------------------- nothing goes unasked


def said(item: Item) -> str:
    """Everything of an item that tells what it is about."""
    words = [word for words in item["must_contain"] for word in words]
    return squeeze(" ".join([item["question"], *words, *item["evidence"]])).lower()


def names(entry: Programme | Organisation | Grant | Event) -> Iterable[str]:
    yield from (squeeze(name).lower() for name in (entry.name, *entry.names))
    if isinstance(entry, Organisation):
        yield squeeze(entry.short).lower()


def is_proven_by(item: Item, proof: Pointer) -> bool:
    words = squeeze(proof.words)
    return any(words in squeeze(quote) or squeeze(quote) in words for quote in item["evidence"])


def unasked(entries: Iterable[Any], is_asked_in: Any) -> list[str]:
    return [entry.id for entry in entries if not any(is_asked_in(entry, item) for item in ITEMS)]


def test_every_programme_is_asked_about() -> None:
    def is_asked(entry: Programme, item: Item) -> bool:
        return any(name in said(item) for name in names(entry)) or is_proven_by(item, entry.proof)

    assert unasked(shipped().programmes, is_asked) == []


def test_every_organisation_is_asked_about_or_has_to_be_named() -> None:
    # Whole words only: the one name may begin another, as 三井物産 does 三井物産パッケージング.
    def is_asked(entry: Organisation, item: Item) -> bool:
        needed = {word.lower() for words in item["must_contain"] for word in words}
        asked = squeeze(item["question"]).lower()
        return any(name in needed or name in asked for name in names(entry))

    assert unasked(shipped().organisations, is_asked) == []


def test_every_grant_is_asked_about_in_its_ward() -> None:
    def is_asked(entry: Grant, item: Item) -> bool:
        return item["ward"] in (entry.ward, None) and any(name in said(item) for name in names(entry))

    assert unasked(shipped().grants, is_asked) == []


def test_every_event_is_asked_about_with_its_date() -> None:
    def is_asked(entry: Event, item: Item) -> bool:
        start = entry.start
        when = {Precision.DAY: f"{start.month}月{start.day}日", Precision.SEASON: "春"}
        text = said(item)
        return when.get(entry.precision, f"{start.month}月") in text and any(name in text for name in names(entry))

    assert unasked(shipped().events, is_asked) == []


@pytest.mark.parametrize("field", ["concern", "building", "place"])
def test_every_answer_of_the_interview_is_given_in_a_message(field: str) -> None:
    told = {
        heard(text).get(field)
        for item in SHIPPED
        for text in (item["question"], *(turn["text"] for turn in item["history"] if turn["role"] == "user"))
    }
    if field == "place":
        told |= {item["ward"] for item in SHIPPED}
        told |= {"other"} if told & WARDS.keys() - {answer.value for answer in question(field).answer} else set()
    # Who does not know says so to a question, not by the way.
    known = {answer.value for answer in question(field).answer if answer.value not in (UNKNOWN, "unsure")}
    assert known - told == set()


@pytest.mark.parametrize("act", list(Act))
def test_every_act_is_expected_somewhere(act: Act) -> None:
    assert any(item["expect"] == act for item in SHIPPED)


# ---------------------------------------------------------------- what the shipped pages answer and others do not


@pytest.mark.parametrize("change", read("changed.jsonl"), ids=lambda change: change["id"])
def test_a_changed_expectation_names_the_page_and_heading_that_answer_it(change: Item) -> None:
    assert set(change) == {"id", "expect", "fact", "why"}
    assert change["expect"] in set(Act)
    lines = (SOURCES / change["fact"]["source"]).read_text(encoding="utf-8").splitlines()
    assert any(line.lstrip("#").strip() == change["fact"]["heading"] for line in lines if line.startswith("#"))
    assert change["why"]
