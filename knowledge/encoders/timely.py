"""Questions in time: whoever asks gets an answer from words alone rather than waiting for vectors."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong

from knowledge.embedding import Embedding, Vectors
from knowledge.errors import EmbeddingUnavailable
from knowledge.index import IndexedChunk

WITHIN = 2.0
"""Seconds a question waits for its vector."""
_PAUSE = 30.0
"""Seconds for which nobody waits again after a failure."""
_KEPT = 256
"""Questions whose vectors are kept; one question is looked for several times."""


class TimelyEmbedding:
    """Bounds another embedding's questions in time, asks each once and leaves a broken one alone for a while.

    What comes late is kept: the next to ask the same has it.
    """

    def __init__(
        self,
        inner: Embedding,
        *,
        within: float = WITHIN,
        load: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take an embedding.

        Args:
            inner: Makes the vectors; safe to share between threads.
            within: Seconds a question waits.
            load: Seconds more until the first vector was made: a model is loaded by it.
            clock: Tells seconds.
        """
        self.inner = inner
        self._within, self._load = within, load
        self._clock = clock
        self._changing = threading.Lock()
        self._known: OrderedDict[str, Future[Vectors]] = OrderedDict()
        # Two at a time are plenty where one takes 10 ms, and no flood where one takes 5 s.
        self._work = ThreadPoolExecutor(2, thread_name_prefix="embed-question")
        self._ready = False
        self._paused_until = float("-inf")
        self._cause = ""

    @property
    def name(self) -> str:
        """The inner one's."""
        return self.inner.name

    def embed_documents(self, chunks: Sequence[IndexedChunk]) -> Vectors:
        """Embed chunks; takes as long as it takes."""
        matrix = self.inner.embed_documents(chunks)
        self._ready = True
        return matrix

    def embed_query(self, text: str) -> Vectors:
        """Embed a question.

        Raises:
            EmbeddingUnavailable: It failed, took too long, or did so a moment ago.
        """
        waiting = self._asked(text)
        try:
            vector = waiting.result(self._within + (0.0 if self._ready else self._load))
        except TookTooLong:
            self._leave_alone(f"{self._within:g} 秒以内に返りませんでした")
            raise EmbeddingUnavailable(f"{self.name}: {self._cause}") from None
        except EmbeddingUnavailable as error:
            self._forget(text)
            self._leave_alone(str(error))
            raise
        self._ready = True
        return vector

    def _asked(self, text: str) -> Future[Vectors]:
        with self._changing:
            found = self._known.get(text)
            if found is not None and (found.done() or self._clock() >= self._paused_until):
                self._known.move_to_end(text)
                return found
            if self._clock() < self._paused_until:
                raise EmbeddingUnavailable(self._cause)
            found = self._known[text] = self._work.submit(self.inner.embed_query, text)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            return found

    def _forget(self, text: str) -> None:
        with self._changing:
            self._known.pop(text, None)

    def _leave_alone(self, cause: str) -> None:
        with self._changing:
            self._cause = cause
            self._paused_until = self._clock() + _PAUSE
