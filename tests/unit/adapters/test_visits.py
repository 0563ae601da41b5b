from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.web.visits import Visits
from bot.answer import Turn


def echo(history: tuple[Turn, ...]) -> tuple[int, str]:
    return len(history), "はい"


def test_each_reply_sees_what_was_said_before() -> None:
    visits: Visits[int] = Visits(turns=4)

    assert [visits.reply("a", str(n), "?", echo) for n in range(4)] == [0, 2, 4, 4]
    assert visits.reply("b", "0", "?", echo) == 0


def test_a_failed_reply_can_be_asked_for_again() -> None:
    visits: Visits[int] = Visits()

    def fail(history: tuple[Turn, ...]) -> tuple[int, str]:
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - any will do
        visits.reply("a", "1", "?", fail)

    assert visits.reply("a", "1", "?", echo) == 0


def test_the_visitor_who_was_longest_away_is_forgotten() -> None:
    visits: Visits[int] = Visits(visitors=2)
    for visitor in ("a", "b", "a", "c"):
        visits.reply(visitor, visitor, "?", echo)

    assert visits.reply("a", "2", "?", echo) == 2
    assert visits.reply("b", "2", "?", echo) == 0


def test_old_replies_are_let_go() -> None:
    visits: Visits[int] = Visits(replies=2)
    for n in range(3):
        visits.reply("a", str(n), "?", echo)

    assert visits.reply("a", "2", "?", echo) == 4  # kept
    assert visits.reply("a", "0", "?", echo) == 6  # made anew


def test_the_same_message_sent_at_once_from_many_sides_is_answered_once() -> None:
    visits: Visits[object] = Visits()
    made = []
    together = threading.Barrier(8)

    def answer(history: tuple[Turn, ...]) -> tuple[object, str]:
        made.append(1)
        return object(), ""

    def send(_: int) -> object:
        together.wait()
        return visits.reply("a", "same", "?", answer)

    with ThreadPoolExecutor(8) as pool:
        replies = set(pool.map(send, range(8)))

    assert (len(made), len(replies)) == (1, 1)
