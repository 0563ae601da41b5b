"""The signal to stop ends the streams, and is still heard by who heard it before."""

from __future__ import annotations

import asyncio
import signal

import pytest
from fastapi import FastAPI

from adapters.web.ending import ending
from adapters.web.live import Live

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_signal_closes_and_goes_on_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: heard.append(number))
    try:
        live = Live(None)  # type: ignore[arg-type] - nobody listens
        async with ending(live)(FastAPI()):
            signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert live.closed
            assert heard == [signal.SIGTERM]
        signal.raise_signal(signal.SIGTERM)
        assert len(heard) == 2
    finally:
        signal.signal(signal.SIGTERM, before)
