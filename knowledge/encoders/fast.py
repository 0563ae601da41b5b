"""A model by name through the `fastembed` library, an extra: it downloads the model at the first use."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embedding import Vectors
from knowledge.encoders.families import family_of
from knowledge.encoders.folder import unit
from knowledge.errors import EmbeddingUnavailable
from knowledge.index import IndexedChunk

_TOGETHER = 16


class FastEmbedding:
    """Embeds with one of fastembed's models. Safe to share between threads; it is loaded by the first text."""

    def __init__(self, model: str, cache: Path) -> None:
        """Take a model's name, as fastembed lists it, and where models are kept; its own variable goes first."""
        self._model = model
        self._cache = cache
        self._family = family_of(model)
        self._loading = threading.Lock()
        self._loaded: Any = None
        self.name = f"fastembed:{model[:160]}:{self._family.name or 'plain'}"

    def embed_documents(self, chunks: Sequence[IndexedChunk]) -> Vectors:
        """Embed chunks. Raises EmbeddingUnavailable if there is no such model, or it can't be loaded or run."""
        texts = self._family.passages(chunks)
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        return self._run("passage_embed", texts)

    def embed_query(self, text: str) -> Vectors:
        """Embed a question. Raises EmbeddingUnavailable as above."""
        vector: Vectors = self._run("query_embed", [self._family.question(text)])[0]
        return vector

    def _run(self, way: str, texts: Sequence[str]) -> Vectors:
        model = self._load()
        try:
            # The library adds what a model needs besides prefixes (jina's tasks); prefixes it leaves to us.
            return unit(np.stack(list(getattr(model, way)(texts, batch_size=_TOGETHER))))
        except Exception as error:  # onnxruntime's errors have no common root
            raise EmbeddingUnavailable(f"モデル {self._model} を実行できません: {error}") from error

    def _load(self) -> Any:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._loaded_model()
            return self._loaded

    def _loaded_model(self) -> Any:
        import os

        try:
            from fastembed import TextEmbedding
        except ImportError as error:
            raise EmbeddingUnavailable(
                "fastembed が入っていません。`uv sync --extra fastembed`(pip では `pip install 'ippo[fastembed]'`)を"
                "実行するか、モデルを置いたフォルダを IPPO_EMBEDDINGS に指定してください"
            ) from error
        try:
            cache = os.environ.get("FASTEMBED_CACHE_PATH") or str(self._cache)
            return TextEmbedding(self._model, cache_dir=cache)
        except Exception as error:  # the library's, the hub's and onnxruntime's
            raise EmbeddingUnavailable(
                f"モデル {self._model} を用意できません: {error}。名前と、モデルを取得できる接続を確かめてください"
            ) from error
