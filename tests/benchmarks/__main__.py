"""Runs the benchmarks: `python -m tests.benchmarks [PART …]`, or `make bench` for all of them."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time

from tests.benchmarks.corpus import ROOT

PARTS = {
    "peers": "retrieval and whole answers beside what one could use instead; 1 minute",
    "ablation": "what each arm and step gains; 2 minutes",
    "embeddings": "what the embedding that IPPO_EMBEDDINGS names gains; nothing without one",
    "answers": "the figures of `ippo eval`, and how long a terminal waits; 1 minute",
    "guard": "what gets past the guard that is false, and what it keeps that is true; 1 minute",
    "model": "the figures with models that repeat sentences of their sources; 4 minutes",
    "ingest": "a whole ingest against its parts, at 10,000 chunks; 2 minutes",
    "messages": "webhooks at a steady rate into the whole program, on SQLite and PostgreSQL; 8 minutes",
    "console": "twenty advisors' open pages while fifty people wait, on SQLite and PostgreSQL; 1 minute",
    "size": "memory and speed at 100,000 chunks, beside tantivy; 10 minutes",
}


def main(arguments: list[str]) -> int:
    """Run the parts that are named, or all.

    Returns:
        0, or 1 if a part failed; the others are run all the same.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measure Ippo. Without names, everything is measured; --quick leaves out what takes longest (size, messages).",
        epilog="parts:\n" + "\n".join(f"  {name:<10}{what}" for name, what in PARTS.items()),
    )
    parser.add_argument("parts", nargs="*", metavar="PART", type=_part, help="which parts to run")
    parser.add_argument("--quick", action="store_true", help="all parts but the two longest")
    options = parser.parse_args(arguments)
    names = options.parts or [name for name in PARTS if not (options.quick and name in ("size", "messages"))]
    print(f"# Ippo's benchmarks, {time.strftime('%Y-%m-%d')}: Python {platform.python_version()}, {_cores()} cores\n")
    failed = [name for name in names if not _run(name)]
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _part(name: str) -> str:
    if name not in PARTS:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(PARTS)}")
    return name


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run(name: str) -> bool:
    """Run a part in a process of its own: what one holds in memory is not counted against the next."""
    sys.stdout.flush()
    child = subprocess.run([sys.executable, "-m", f"tests.benchmarks.bench_{name}"], cwd=ROOT, check=False)
    print()
    return child.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
