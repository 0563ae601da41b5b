"""Brings the vectors to the embedding in use, while the old generation serves.

Only vectors are computed; no document is read again. A few chunks at a time, so that others may write in between
and a process that is killed leaves what it has done.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from knowledge.errors import KnowledgeError, StoreBusy

if TYPE_CHECKING:
    from knowledge.generations import Knowledge

log = logging.getLogger(__name__)

_TURN = 5.0
"""Seconds of work between two looks at who else wants to write."""
_BREATH = 0.2
"""Seconds in which another one that waits for the lock gets it; it looks ten times a second at the least."""
_PATIENCE = 60.0
_AGAIN = 60.0
"""Seconds after a failure (a server that is away) until it is tried again."""


class Reembedding:
    """One attempt in the background to bring a knowledge's vectors up to date; it ends when they are.

    One a process start: of two processes with different settings the one that is done last has its way, and they
    do not take turns for ever.
    """

    def __init__(self, knowledge: Knowledge, *, warm: bool = False, again: float = _AGAIN) -> None:
        """Take a knowledge.

        Args:
            knowledge: With the embedding to be used.
            warm: Whether model and index are opened first, so that the first question does not wait for them.
            again: Seconds from a failure to the next attempt.
        """
        self._knowledge = knowledge
        self._warm = warm
        self._again = again
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="re-embed", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the chunks at hand; what is done is kept."""
        self._ended.set()
        self._thread.join()

    def join(self, timeout: float | None = None) -> bool:
        """Wait until it has ended by itself; tells whether it has."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _open(self) -> None:
        try:
            self._knowledge.current().nearest("省エネ", 1)
        except KnowledgeError as error:
            log.warning("vectors not ready", extra={"cause": str(error)})

    def _run(self) -> None:
        said = ""
        if self._warm:
            self._open()
        while not self._ended.is_set():
            try:
                reembed(self._knowledge, self._ended)
                return
            except StoreBusy:
                wait = _BREATH
            except KnowledgeError as error:
                # Said once, however long a server is away.
                if str(error) != said:
                    log.warning("not re-embedded, the old index serves", extra={"cause": str(error)})
                said = str(error)
                wait = self._again
            self._ended.wait(wait)


def reembed(knowledge: Knowledge, ended: threading.Event | None = None) -> bool:
    """Give all that is known vectors of the embedding in use, and publish them.

    Args:
        knowledge: With the embedding to be used.
        ended: Set by another thread to end it early.
    Returns:
        Whether there was something to do, and it is done.
    Raises:
        EmbeddingUnavailable: The model fails; what is done is kept.
        StoreBusy: Another run takes long.
        StoreUnavailable: The database or an index cannot be written; the old generation serves.
    """
    if knowledge.has_own_vectors():
        return False

    turn = 0.0

    def stopped() -> bool:
        return ended is not None and ended.is_set()

    def enough() -> bool:
        return stopped() or time.monotonic() > turn

    log.info("re-embedding", extra={"embedding": knowledge.embedding.name})
    done = 0
    while True:
        with knowledge.writing(_PATIENCE):
            if stopped():
                return False
            if knowledge.has_own_vectors():
                return False  # somebody else's run was quicker
            turn = time.monotonic() + _TURN
            some = knowledge.embed_some(enough)
            if not some:
                knowledge.publish(knowledge.active())
                break
        done += some
        time.sleep(_BREATH)
    log.info("re-embedded", extra={"embedding": knowledge.embedding.name, "chunks": done})
    return True
