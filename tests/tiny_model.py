"""A real embedding model made on the spot: a table of one row a character, as ONNX, with its tokenizer.

Characters of one group point the same way, so what is near is known beforehand: 「灯り」 is near 「照明」, with
which it shares no word. The row of the filling token is huge, so that a mask that is forgotten shows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors

DIMENSIONS = 16
GROUPS = ("照明電灯り球", "太陽光発屋根日", "診断専門家相談見")
"""Characters that mean the same to the model."""
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
_LETTERS = "abcdefghijklmnopqrstuvwxyz: 検索クエリ文書章を。"


def vocabulary() -> list[str]:
    return [*_SPECIAL, *dict.fromkeys("".join(GROUPS) + _LETTERS)]


def table(seed: int = 7, dimensions: int = DIMENSIONS) -> NDArray[np.float32]:
    """(tokens, dimensions): a group's direction for each of its characters, a little noise for all others."""
    rows = np.random.default_rng(seed).normal(0, 0.05, (len(vocabulary()), dimensions)).astype(np.float32)
    for i, token in enumerate(vocabulary()):
        for axis, group in enumerate(GROUPS):
            if token in group:
                rows[i] += 3 * np.eye(dimensions, dtype=np.float32)[axis]
    rows[0] = 1000.0
    return rows


def make(
    folder: Path,
    *,
    seed: int = 7,
    dimensions: int = DIMENSIONS,
    inputs: Sequence[str] = ("input_ids", "attention_mask"),
    files: Mapping[str, Any] | None = None,
    place: str = "model.onnx",
) -> Path:
    """Write a model into a folder, which is made; `files` are more JSON files beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / place).parent.mkdir(exist_ok=True)
    shape = ["batch", "width"]
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in inputs],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*shape, dimensions])],
        [numpy_helper.from_array(table(seed, dimensions), "table")],
    )
    # Newer ones than onnxruntime knows are refused.
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(made, str(folder / place))
    tokenizer().save(str(folder / "tokenizer.json"))
    for name, content in (files or {}).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content, ensure_ascii=False))
    return folder


def tokenizer() -> Tokenizer:
    """One token a character, between [CLS] and [SEP]."""
    ids = {token: i for i, token in enumerate(vocabulary())}
    made = Tokenizer(models.WordLevel(ids, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return made


def expected(text: str, *, pooling: str = "mean", normalize: bool = True, longest: int = 512) -> NDArray[np.float32]:
    """What a text comes to, reckoned by hand."""
    ids = tokenizer().encode(text).ids
    if len(ids) > longest:
        ids = [*ids[: longest - 1], ids[-1]]
    rows = table()[ids]
    vector = rows.mean(axis=0) if pooling == "mean" else rows[0]
    return vector / np.linalg.norm(vector) if normalize else vector
