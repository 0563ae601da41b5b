"""Webhooks at a steady rate into the whole program: how fast they are acknowledged, how fast answered, what is lost."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests import postgres
from tests.crash.fire import QUESTIONS
from tests.crash.rig import Rig, running
from tests.platforms import line as line_platform

RATE, SECONDS, PEOPLE = 100, 30, 300
PATIENCE = 240.0


@dataclass
class Taken:
    """What the load gave."""

    milliseconds: list[float] = field(default_factory=list)
    refused: int = 0


def _load(rig: Rig, rate: int, seconds: int) -> Taken:
    taken, lock = Taken(), threading.Lock()
    limits = httpx.Limits(max_connections=40, max_keepalive_connections=40)

    with httpx.Client(base_url=rig.address, timeout=10, limits=limits) as client, ThreadPoolExecutor(32) as pool:

        def post(n: int) -> None:
            event = rig.line.text(line_platform.user(n % PEOPLE), f"{QUESTIONS[n % len(QUESTIONS)]} ({n})")
            body, headers = rig.line.request(event)
            began = time.perf_counter()
            status = client.post("/line/webhook", content=body, headers=headers).status_code
            took = (time.perf_counter() - began) * 1000
            with lock:
                taken.milliseconds.append(took)
                taken.refused += status != 200

        started = time.perf_counter()
        for n in range(rate * seconds):
            wait = started + n / rate - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            pool.submit(post, n)
    return taken


def _resident(rig: Rig) -> int:
    """Memory of server and workers, MiB."""
    assert rig.server is not None
    total = 0
    for process in (rig.server.pid, *rig.workers()):
        status = Path(f"/proc/{process}/status").read_text()
        total += int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
    return total // 1024


def _ages(answered: list[line_platform.Delivered]) -> list[tuple[line_platform.Delivered, float]]:
    """Pair each delivery with the seconds since the load began at which its question was asked, taken from its own.

    Each person asks one question a round, in turn, and gets the answers in order.
    """
    began = min(one.at for one in answered) if answered else 0.0
    asked: Counter[str] = Counter()
    number = {line_platform.user(n): n for n in range(PEOPLE)}
    found = []
    for one in answered:
        at = (number[one.to] + PEOPLE * asked[one.to]) / RATE
        asked[one.to] += 1
        found.append((one, one.at - began - at))
    return found


def _overtaken(answered: list[line_platform.Delivered]) -> float:
    """Seconds by which a question was asked before one that was answered sooner, at most."""
    newest = most = 0.0
    began = min(one.at for one in answered) if answered else 0.0
    for one, age in _ages(answered):
        asked = one.at - began - age
        newest = max(newest, asked)
        most = max(most, newest - asked)
    return most


def measure(name: str, database: str | None, workers: int) -> None:
    """Measure one way to run it, and print."""
    with tempfile.TemporaryDirectory(prefix="ippo-load-") as folder, running(Path(folder), database) as rig:
        for _ in range(workers - 1):
            rig.add_worker()
        warm = _load(rig, 20, 5)
        _until_answered(rig, len(warm.milliseconds))
        before, start = _resident(rig), len(rig.line.delivered)
        began = time.perf_counter()
        taken = _load(rig, RATE, SECONDS)
        during = len(rig.line.delivered) - start
        loaded = time.perf_counter() - began
        _until_answered(rig, start + RATE * SECONDS)
        drained = time.perf_counter() - began
        time.sleep(2)
        answered = sorted(rig.line.delivered[start:], key=lambda one: one.at)
        pushed = [seconds for one, seconds in _ages(answered) if one.way == "push"]
        doubled = sum(
            max(0, count - RATE * SECONDS // PEOPLE) for count in Counter(one.to for one in answered).values()
        )
        times = sorted(taken.milliseconds)
        left = RATE * SECONDS - during
        print(f"| {name} | {times[len(times) // 2]:.0f} | {times[int(len(times) * 0.99)]:.0f} | {taken.refused} "
              f"| {during / loaded:.0f} | {left / max(0.1, drained - loaded):.0f} | {RATE * SECONDS - len(answered)} "
              f"| {doubled} | {_overtaken(answered):.1f} | {len(pushed)} | {min(pushed, default=0):.0f} "
              f"| {_resident(rig) / before:.2f} |", flush=True)  # fmt: skip


def _until_answered(rig: Rig, count: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(rig.line.delivered) < count and time.monotonic() < deadline:
        time.sleep(0.1)


def main() -> None:
    """Measure SQLite, and PostgreSQL with one and two workers."""
    print(f"\n## {RATE} webhook events a second for {SECONDS} s, {PEOPLE} people\n")
    print("| | acknowledged p50, ms | p99, ms | refused | answered a second, meanwhile | and after | lost | doubled | overtaken by at most, s | pushed | youngest of these, s | memory, end ÷ warm |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    measure("SQLite, 1 worker", None, 1)
    if postgres.programs() is None or "sqlite" in sys.argv[1:]:
        return
    for workers in (1, 2):
        with postgres.server() as url:
            measure(f"PostgreSQL, {workers} worker{'s' * (workers > 1)}", url, workers)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
