"""Runs `ippo` and kills it, without a word, where it first reaches a named point.

`python -m tests.crash.points POINT FOLDER serve …`: the second time it goes on, whichever process comes there.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

POINTS = {
    "stored": "the message is committed, the platform has no 200 yet",
    "begun": "work on a message is counted, it is not answered yet",
    "answered": "the answer is made, nothing is written yet",
    "written": "the answer is committed, nothing is sent yet",
    "sending": "the attempt is committed, the platform has not been called yet",
    "sent": "the platform has accepted, this is not marked yet",
}
LEASE = 3.0
"""Seconds: more than a first call takes, with all that is imported for it."""


def _kill(point: str, folder: Path) -> None:
    try:
        (folder / f"killed-{point}").touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def _before(owner: Any, name: str, kill: Callable[[], None]) -> None:
    done = getattr(owner, name)

    def wrapped(*arguments: Any, **more: Any) -> Any:
        kill()
        return done(*arguments, **more)

    setattr(owner, name, wrapped)


def _after(owner: Any, name: str, kill: Callable[[], None]) -> None:
    done = getattr(owner, name)

    def wrapped(*arguments: Any, **more: Any) -> Any:
        found = done(*arguments, **more)
        # A look that finds nothing to send is not the point.
        if name != "_next" or found is not None:
            kill()
        return found

    setattr(owner, name, wrapped)


def main(arguments: list[str]) -> None:
    """Arm one point, then run the command line."""
    point, folder, *command = arguments
    from adapters.messages import lanes
    from adapters.messages.answering import Answering
    from adapters.messages.conversation import Talker
    from adapters.messages.inbox import Inbox
    from adapters.messages.sending import Sending

    # What a dead worker held is taken over sooner than in earnest.
    lanes.LEASE = LEASE

    def kill() -> None:
        _kill(point, Path(folder))

    arm: dict[str, Callable[[], None]] = {
        "stored": lambda: _after(Inbox, "take", kill),
        "begun": lambda: _before(Talker, "respond", kill),
        "answered": lambda: _before(Answering, "_commit", kill),
        "written": lambda: _after(Answering, "_commit", kill),
        "sending": lambda: _after(Sending, "_next", kill),
        "sent": lambda: _before(Sending, "_settle", kill),
    }
    arm[point]()
    from adapters.cli import main as ippo

    sys.argv = ["ippo", *command]
    ippo()


if __name__ == "__main__":
    main(sys.argv[1:])
