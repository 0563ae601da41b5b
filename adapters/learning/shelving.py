"""Keeps the index in step with the published answers: at once where somebody waits, and now and then anyhow."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import date

from adapters.learning import drafts
from adapters.messages.store import MessageStore
from adapters.ports import Collecting, Library
from knowledge.errors import StoreBusy, StoreUnavailable
from knowledge.generations import Knowledge
from knowledge.writing import BLANKED

log = logging.getLogger(__name__)

COLLECTION = "confirmed"
"""Name of the collection that these sources are in, the same on every machine."""
EVERY = 3600.0
"""Seconds after which all of it is compared, whatever is thought to be so."""
AGAIN = 30.0
"""Seconds until what could not be done is tried again."""
_IMPATIENT = 1.0
"""Seconds that a chore waits for another run's end; somebody at a page waits longer."""


class Shelving:
    """Brings published answers into the index and takes withdrawn ones out. Safe to share, in several processes too."""

    def __init__(self, store: MessageStore, library: Library, collect: Collecting, today: Callable[[], date]) -> None:
        """Take the two stores.

        Args:
            store: Where drafts are.
            library: What is indexed.
            collect: Makes a collection of texts what it is now.
            today: The day by which answers expire.
        """
        self._store, self._library, self._collect, self._today = store, library, collect, today
        self._lock = threading.Lock()
        self._blanked: set[str] = set()  # erased sources of which nothing is left
        self._due = True
        self._next = 0.0  # no look before this
        self._whole = float("-inf")  # when all of it was compared
        self._done = ""  # digest of what was published then

    def withdraw(self, _draft: int) -> None:
        """Take note that a draft was withdrawn; `run` takes it out of the index.

        To be passed to `adapters.privacy.erase.erase`, which calls it within its transaction: nothing may be taken
        out before that is committed, so it is left to the next run of the chores.
        """
        with self._lock:
            self._due, self._next = True, 0.0

    def run(self) -> None:
        """Bring the index in step, if it is not; a chore of every worker. What fails is tried again later."""
        with self._lock:
            if time.monotonic() < self._next:
                return
            self._next = time.monotonic() + AGAIN
        self._blank()
        published, indexed = self._published(), self.indexed()
        as_it_was = not self._due and self._digest(published) == self._done and time.monotonic() - self._whole < EVERY
        if indexed == set(published) and (as_it_was or not published):
            return
        try:
            self.sync(patience=_IMPATIENT)
        except (StoreBusy, StoreUnavailable) as error:
            log.warning("confirmed answers not in step yet", extra={"cause": type(error).__name__})

    def sync(self, *, patience: float = 10.0) -> None:
        """Make what is indexed what is published.

        Raises:
            StoreBusy: Another run took longer than `patience`; `run` does it later.
            StoreUnavailable: The index cannot be written; the old state stays.
        """
        taken: list[str] = []

        def texts() -> Mapping[str, str]:
            # Read once the lock is held: of two who publish at once, the second one has both.
            with self._lock:
                self._due = False
            found = self._published()
            taken.append(self._digest(found))
            return found

        try:
            results = self._collect(COLLECTION, texts, patience)
        except (StoreBusy, StoreUnavailable):
            with self._lock:
                self._due = True
            raise
        for result in results:
            if result.status == "skipped":
                log.error("confirmed answer not indexed", extra={"source": result.source, "cause": result.reason})
        with self._lock:
            self._done, self._whole = taken[-1], time.monotonic()

    def indexed(self) -> set[str]:
        """List the confirmed sources that are in the index, by id."""
        return {source.id for source in self._library.current().sources() if source.is_confirmed}

    def _blank(self) -> None:
        """Take the text of erased answers from behind links that were sent, once no index holds it."""
        if not isinstance(self._library, Knowledge):
            return
        with self._store.read() as connection:
            left = [source for source in drafts.erased(connection) if source not in self._blanked]
        indexed = self.indexed() if left else set()
        for source in left:
            shown = self._library.document(source)
            if source in indexed or shown is None:
                continue
            try:
                if self._library.blank(source, patience=_IMPATIENT) or shown.document.source.title == BLANKED:
                    self._blanked.add(source)
            except (StoreBusy, StoreUnavailable) as error:
                log.warning("erased answer still behind its link", extra={"cause": type(error).__name__})

    def _published(self) -> Mapping[str, str]:
        with self._store.read() as connection:
            return drafts.sources(connection, self._today())

    @staticmethod
    def _digest(published: Mapping[str, str]) -> str:
        return hashlib.sha256(repr(sorted(published.items())).encode()).hexdigest()
