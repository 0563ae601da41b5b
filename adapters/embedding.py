"""What makes the vectors, as the settings say, and bringing the index up to it while a worker runs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from adapters.settings import Settings

if TYPE_CHECKING:
    from adapters.bootstrap import Ippo
    from knowledge.encoders.timely import TimelyEmbedding


def embedding(settings: Settings) -> TimelyEmbedding | None:
    """Make the embedding that is set; None: the built-in one.

    Nothing is loaded or asked yet. It is never replaced by the built-in one if it can't be had: the index would be
    made anew for that, and again once the folder or the key is back.

    Raises:
        knowledge.errors.EmbeddingUnavailable: Its folder lacks a file, or its key is missing.
    """
    if not settings.embeddings:
        return None
    from bot.privacy import mask
    from knowledge.encoders.chosen import Access, choose

    return choose(
        settings.embeddings,
        Access(
            models=settings.data_dir / "models",
            openai_url=settings.model_url,
            openai_key=os.environ.get("OPENAI_API_KEY", ""),
            ollama_host=os.environ.get("OLLAMA_HOST", ""),
            # A number or an address says nothing about what is asked.
            screen=mask,
        ),
    )


def weight(settings: Settings) -> float:
    """Give the weight of the vector arm: none for the built-in embedding, which is lexical itself."""
    from knowledge.nearness import DENSE

    return DENSE if settings.embeddings else 0.0


@contextmanager
def kept_up(ippo: Ippo) -> Iterator[None]:
    """Bring the vectors to the embedding that is set, in the background, while the old index serves."""
    from knowledge.generations import Knowledge
    from knowledge.reembedding import Reembedding

    if not isinstance(ippo.knowledge, Knowledge):
        yield
        return
    work = Reembedding(ippo.knowledge, warm=bool(weight(ippo.settings)))
    work.start()
    try:
        yield
    finally:
        work.stop()


def tried(settings: Settings) -> tuple[str, int, float]:
    """Embed a sentence for real: the embedding's name, its dimensions, milliseconds.

    Raises:
        knowledge.errors.EmbeddingUnavailable: It does not work; the message says what to do.
    """
    found = embedding(settings)
    if found is None:
        raise ValueError("no embedding is set")
    # Not bounded in time: a model that is loaded by this call may take longer than a question would wait.
    found.inner.embed_query("省エネの補助金はありますか")
    started = time.perf_counter()
    vector = found.inner.embed_query("照明を替える費用の補助")
    return found.name, len(vector), (time.perf_counter() - started) * 1000
