from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from adapters.messages.model import Incoming, Kind
from adapters.messages.taking import Taking
from knowledge.errors import StoreUnavailable


class Box:
    """An inbox that takes a moment, refuses "bad" and is away when it is told to be."""

    def __init__(self) -> None:
        self.taken: list[list[str]] = []
        self.away = False

    def take(self, found: Sequence[Incoming]) -> int:
        time.sleep(0.02)
        if self.away:
            raise StoreUnavailable("away")
        if any(event.text == "bad" for event in found):
            raise ValueError("bad")
        self.taken.append([event.text for event in found])
        return len(found)


def event(text: str) -> Incoming:
    return Incoming("slack", "T:C:1", (f"slack:{text}",), Kind.TEXT, text)


async def results(taking: Taking, texts: Sequence[str]) -> list[BaseException | None]:
    return await asyncio.gather(*(taking.take([event(text)]) for text in texts), return_exceptions=True)


def test_what_waits_is_stored_together_and_in_order() -> None:
    box = Box()
    assert asyncio.run(results(Taking(box), list("abcde"))) == [None] * 5  # type: ignore[arg-type]
    assert [text for together in box.taken for text in together] == list("abcde")
    assert len(box.taken) <= 2


def test_one_that_is_refused_does_not_sink_the_others() -> None:
    box = Box()
    first, bad, last = asyncio.run(results(Taking(box), ["a", "bad", "c"]))  # type: ignore[arg-type]
    assert (first, last) == (None, None)
    assert isinstance(bad, ValueError)
    assert sorted(text for together in box.taken for text in together) == ["a", "c"]


def test_nobody_is_told_that_it_is_stored_while_the_store_is_away() -> None:
    box = Box()
    box.away = True
    found = asyncio.run(results(Taking(box), ["a", "b"]))  # type: ignore[arg-type]
    assert [type(error) for error in found] == [StoreUnavailable] * 2


def test_a_sender_that_hangs_up_changes_nothing_for_the_others() -> None:
    box = Box()

    async def scene() -> None:
        taking = Taking(box)  # type: ignore[arg-type]
        gone, stays = asyncio.create_task(taking.take([event("a")])), asyncio.create_task(taking.take([event("b")]))
        await asyncio.sleep(0)
        gone.cancel()
        await stays
        with pytest.raises(asyncio.CancelledError):
            await gone

    asyncio.run(scene())
    assert sorted(text for together in box.taken for text in together) == ["a", "b"]
