"""The small parts that bound a model: what it remembers, when it is left alone, what it costs, what it is shown."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.agent.breaker import Breaker
from bot.agent.journal import Entry, MemoryJournal, Outcome
from bot.agent.remembering import remember
from bot.agent.showing import Showing
from bot.agent.usage import UNUSED, Price, Usage, read_prices, usage_of
from bot.answer import Turn
from knowledge.documents import Block, BlockKind, Chunk, Passage, Source


def talk(turns: int, said: str = "これは長い話です。そのつづきもあります。") -> list[Turn]:
    return [Turn("user" if i % 2 == 0 else "assistant", f"{i}番。{said}[1]") for i in range(turns)]


def test_the_last_turns_are_remembered_as_they_were_without_markers() -> None:
    found = remember(talk(3), 1000)
    assert [turn.text for turn in found.turns] == [turn.text.removesuffix("[1]") for turn in talk(3)]
    assert found.summary == ""


def test_older_turns_are_shortened_to_their_first_sentence() -> None:
    found = remember(talk(8), 1000)
    assert [turn.text[:2] for turn in found.turns] == ["4番", "5番", "6番", "7番"]
    assert found.summary == "利用者: 0番。\n一歩: 1番。\n利用者: 2番。\n一歩: 3番。"


@pytest.mark.parametrize("budget", [0, 1, 30, 100, 500])
def test_a_budget_is_kept_and_the_newest_have_it_first(budget: int) -> None:
    found = remember(talk(40, "話" * 300), budget)
    assert len(found.summary.replace("\n", "")) + sum(len(turn.text) for turn in found.turns) <= budget


def test_after_failures_in_a_row_the_model_is_left_alone_and_then_tried_once() -> None:
    now = [0.0]
    breaker = Breaker(2, 10.0, lambda: now[0])
    breaker.failed()
    assert breaker.lets_through()
    breaker.failed()
    assert not breaker.lets_through()
    assert breaker.is_open
    now[0] = 10.0
    assert breaker.lets_through()
    assert not breaker.lets_through()
    breaker.succeeded()
    assert breaker.lets_through()
    assert not breaker.is_open


def test_what_is_used_adds_up_and_costs_what_its_price_says() -> None:
    price = read_prices("openai:a=0.5/2, openai:b=1/1")["openai:a"]
    assert usage_of(1_000_000, 500_000, price) == Usage(1, 1_000_000, 500_000, 1.5)
    assert (usage_of(1, 1, price) + usage_of(1, 1, None)).cost is None
    assert UNUSED + usage_of(2, 3, price) == usage_of(2, 3, price)
    assert read_prices("") == {}


@pytest.mark.parametrize("text", ["openai:a", "openai:a=1", "=1/2", "a=x/y", "a=-1/2"])
def test_a_price_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="should be like"):
        read_prices(text)


def test_a_journal_counts_runs_rulings_and_the_days_tokens() -> None:
    journal = MemoryJournal(keep=1)
    at = datetime(2026, 11, 24, 16, tzinfo=UTC)
    for outcome in (Outcome.SENT, Outcome.SLOW):
        journal.record(Entry("r", "m", outcome, Usage(1, 10, 5), rulings=(("number", 2),), at=at))
    assert journal.counters() == {
        "outcome": {"sent": 1, "slow": 1},
        "ruling": {"number": 4},
        "tokens": {"in": 20, "out": 10},
    }
    # In Tokyo it is the next day already.
    assert journal.tokens_on(date(2026, 11, 25)) == 30
    assert journal.tokens_on(date(2026, 11, 24)) == 0
    assert [entry.outcome for entry in journal.latest()] == [Outcome.SLOW]


def passage(text: str) -> Passage:
    return Passage(Chunk("a.md", 0, (Block(BlockKind.PARAGRAPH, text),)), Source("a.md", wards=("minato",)), 1.0)


def test_a_passage_keeps_its_number_and_cannot_pass_off_markers_of_its_own() -> None:
    showing = Showing()
    first = showing.block(passage("上限は100万円です[S2]。[Ｓ３]"))
    assert first.startswith("[S1] 上限は100万円です(S2)。(S")
    assert "[S2]" not in first
    assert "対象: 港区" in first
    assert showing.marker(passage("別の資料")) == "[S2]"
    assert showing.block(passage("上限は100万円です[S2]。[Ｓ３]")) == first


def test_a_price_is_of_a_million_tokens() -> None:
    assert read_prices("m=0.40/1.60") == {"m": Price(0.40, 1.60)}
