"""Runs the whole test: `make crash`, or `python -m tests.crash [SEED]`; some six minutes."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from tests import postgres
from tests.crash.fire import Scale, fire

WHOLE = Scale(people=30, each=10, kills=12, faults=60)


def main(arguments: list[str]) -> int:
    """Fire at both databases; give 0 if every question was answered once and in order."""
    seed = int(arguments[0]) if arguments else random.SystemRandom().randrange(10_000)
    failed = 0
    for name in ("SQLite", "PostgreSQL"):
        with tempfile.TemporaryDirectory(prefix="ippo-crash-") as folder:
            started = time.monotonic()
            if name == "SQLite":
                count = fire(Path(folder), None, seed, WHOLE)
            else:
                with postgres.server() as url:
                    count = fire(Path(folder), url, seed, WHOLE)
            took = time.monotonic() - started
            print(
                f"{name}, seed {seed}: {count.asked} questions, {count.kills} kills, {took:.0f} s, {len(count.wrong)} wrong"
            )
            print("\n".join(f"  {line}" for line in count.wrong))
            failed += bool(count.wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
