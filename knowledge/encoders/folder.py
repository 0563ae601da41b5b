"""A model in a folder (`model.onnx`, `tokenizer.json`), run by onnxruntime: no download, nothing leaves the house."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Vectors
from knowledge.encoders.described import Described, describe
from knowledge.errors import EmbeddingUnavailable
from knowledge.index import IndexedChunk

_MODELS = ("model.onnx", "onnx/model.onnx")
_TOKENIZER = "tokenizer.json"
_TOGETHER = 16
"""Texts in a batch; of 400 tokens each they take some 100 MB on their way through a small model."""
_POOLED = ("sentence_embedding", "pooled")
"""Outputs that hold one vector a text already."""
_TOKENS = ("last_hidden_state", "token_embeddings")


class FolderEmbedding:
    """Runs a folder's model. Safe to share between threads; the model is loaded by the first text."""

    def __init__(self, folder: Path) -> None:
        """Take a folder; it is looked at, but the model isn't loaded yet.

        Raises:
            EmbeddingUnavailable: A file is missing or not what it should be.
        """
        model = next((folder / name for name in _MODELS if (folder / name).is_file()), None)
        tokenizer = folder / _TOKENIZER
        if model is None or not tokenizer.is_file():
            missing = _TOKENIZER if model else _MODELS[0]
            raise EmbeddingUnavailable(
                f"IPPO_EMBEDDINGS: フォルダ {folder.name} に {missing} がありません。"
                "ONNX 形式のモデルと tokenizer.json を置いてください(docs/embeddings.md)"
            )
        self._model, self._tokenizer = model, tokenizer
        self._described = describe(folder)
        self._loading = threading.Lock()
        self._loaded: _Loaded | None = None
        self.name = _name(folder, model, tokenizer, self._described)

    def embed_documents(self, chunks: Sequence[IndexedChunk]) -> Vectors:
        """Embed chunks. Raises EmbeddingUnavailable if the model can't be loaded or run."""
        return self._embed(self._described.family.passages(chunks))

    def embed_query(self, text: str) -> Vectors:
        """Embed a question. Raises EmbeddingUnavailable if the model can't be loaded or run."""
        vector: Vectors = self._embed([self._described.family.question(text)])[0]
        return vector

    def _embed(self, texts: Sequence[str]) -> Vectors:
        loaded = self._load()
        try:
            return loaded.embed(texts)
        except Exception as error:  # onnxruntime's errors have no common root
            raise EmbeddingUnavailable(f"モデル {self._model.name} を実行できません: {error}") from error

    def _load(self) -> _Loaded:
        with self._loading:
            if self._loaded is None:
                try:
                    self._loaded = _Loaded(self._model, self._tokenizer, self._described)
                except Exception as error:  # nor has anything else that reads these files
                    raise EmbeddingUnavailable(
                        f"モデル {self._model.name} を読み込めません: {error}。ファイルを置き直してください"
                    ) from error
            return self._loaded


class _Loaded:
    """A model in memory."""

    def __init__(self, model: Path, tokenizer: Path, described: Described) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self._described = described
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        own = self._tokenizer.padding or {}
        # The tokenizer knows its padding better than the model's configuration; what is padded is masked anyway.
        self._padding = int(own.get("pad_id", described.padding))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(described.longest)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors; it warns of how a model was exported
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._inputs: dict[str, Any] = {
            found.name: np.int32 if found.type == "tensor(int32)" else np.int64 for found in self._session.get_inputs()
        }
        outputs = {found.name: len(found.shape) for found in self._session.get_outputs()}
        named = [name for name in (*_POOLED, *_TOKENS) if name in outputs]
        self._output = named[0] if named else max(outputs, key=lambda name: outputs[name])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed texts: (n, dimensions)."""
        encoded = self._tokenizer.encode_batch(list(texts))
        # Texts of one length together: what fills the short ones up costs as much as what they hold.
        order = sorted(range(len(texts)), key=lambda i: len(encoded[i].ids))
        rows: dict[int, Vectors] = {}
        for start in range(0, len(order), _TOGETHER):
            some = order[start : start + _TOGETHER]
            rows |= dict(zip(some, self._run([encoded[i] for i in some]), strict=True))
        if not rows:
            return np.zeros((0, 0), dtype=np.float32)
        return np.stack([rows[i] for i in range(len(texts))])

    def _run(self, encoded: Sequence[Any]) -> Vectors:
        width = max(1, *(len(one.ids) for one in encoded))
        ids = np.full((len(encoded), width), self._padding, dtype=np.int64)
        mask = np.zeros((len(encoded), width), dtype=np.int64)
        types = np.zeros((len(encoded), width), dtype=np.int64)
        for i, one in enumerate(encoded):
            ids[i, : len(one.ids)] = one.ids
            mask[i, : len(one.ids)] = 1
            types[i, : len(one.ids)] = one.type_ids
        places = np.broadcast_to(np.arange(width, dtype=np.int64), ids.shape)
        known = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types, "position_ids": places}
        fed = {name: known[name].astype(kind) for name, kind in self._inputs.items()}
        (found,) = self._session.run([self._output], fed)
        vectors = found if found.ndim == 2 else pool(found, mask, self._described.family.pooling)
        return unit(vectors) if self._described.normalize else vectors.astype(np.float32)


def pool(tokens: NDArray[Any], mask: NDArray[np.int64], pooling: str) -> NDArray[Any]:
    """Make one vector of a text's tokens.

    Args:
        tokens: (n, width, dimensions).
        mask: (n, width), 1 where a token is the text's own, 0 where it fills up.
        pooling: `mean` of the text's own tokens, or `cls`: the first one.
    Returns:
        (n, dimensions).
    """
    if pooling == "cls":
        first: NDArray[Any] = tokens[:, 0]
        return first
    weights = mask[:, :, None].astype(tokens.dtype)
    mean: NDArray[Any] = (tokens * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)
    return mean


def unit(vectors: NDArray[Any]) -> Vectors:
    """Scale rows to unit length; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)


_BLOCK = 1 << 16
_BLOCKS = 32


def _name(folder: Path, model: Path, tokenizer: Path, described: Described) -> str:
    """Name what makes the vectors, by its content: a folder may be moved, and a model in it replaced."""
    digest = hashlib.sha256(repr(sorted(asdict(described).items())).encode())
    # A large model's weights may lie beside it (`model.onnx_data`).
    for path in (tokenizer, *sorted(model.parent.glob(f"{model.name}*"))):
        digest.update(_sample(path))
    return f"onnx:{folder.resolve().name[:120]}:{digest.hexdigest()[:16]}"


def _sample(path: Path) -> bytes:
    """Digest a file's size and 32 blocks spread over it; a gigabyte would take a second at each start."""
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        for i in range(_BLOCKS):
            file.seek(i * max(_BLOCK, size // _BLOCKS))
            digest.update(file.read(_BLOCK))
    return digest.digest()
