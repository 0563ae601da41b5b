"""What a folder says about its model: the files that `sentence-transformers` writes, and our own `ippo.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from knowledge.encoders.families import Family, Pooling, family_of
from knowledge.errors import EmbeddingUnavailable

OWN = "ippo.json"
_FIELDS = {"query_prefix": str, "passage_prefix": str, "pooling": str, "normalize": bool}
_POOLINGS = ("mean", "cls")
_LONGEST = 1024
"""Tokens read of a text at most. Chunks have a few hundred; a model that could read 8,192 needs gigabytes for them."""
_USUAL = 512
_OFFSET = {"roberta", "xlm-roberta", "camembert"}
"""Kinds of models that keep two of their positions for themselves."""


@dataclass(frozen=True, slots=True)
class Described:
    """How a folder's model is to be used."""

    family: Family
    normalize: bool
    longest: int
    """Tokens, the special ones included."""
    padding: int
    """Id of the token that fills a batch up."""


def describe(folder: Path) -> Described:
    """Read what a folder says.

    `ippo.json` counts most, then what `sentence-transformers` left there, then what the model's name tells.

    Raises:
        EmbeddingUnavailable: One of the files is not what it should be.
    """
    config = _json(folder / "config.json")
    tokenizer = _json(folder / "tokenizer_config.json")
    own = _own(folder / OWN)
    family = family_of(folder.resolve().name)
    if not family.name:
        family = family_of(str(config.get("_name_or_path", "")))
    family = replace(family, pooling=_pooling(folder) or family.pooling)
    family = _prompts(_json(folder / "config_sentence_transformers.json"), family)
    if own:
        family = Family(
            f"{family.name}+{OWN}",
            own.get("query_prefix", family.query),
            own.get("passage_prefix", family.passage),
            cast(Pooling, own.get("pooling", family.pooling)),
        )
    return Described(family, own.get("normalize", True), _longest(folder, config, tokenizer), _padding(config))


def _own(path: Path) -> dict[str, Any]:
    own = _json(path)
    for name, value in own.items():
        if name not in _FIELDS or not isinstance(value, _FIELDS[name]):
            allowed = ", ".join(f"{known} ({kind.__name__})" for known, kind in _FIELDS.items())
            raise EmbeddingUnavailable(f"{path.name}: {name!r} は使えません。使えるのは {allowed} です")
    if own.get("pooling", "mean") not in _POOLINGS:
        raise EmbeddingUnavailable(f"{path.name}: pooling は {' か '.join(_POOLINGS)} です")
    return own


def _pooling(folder: Path) -> Pooling | None:
    modes = _json(folder / "1_Pooling" / "config.json")
    if modes.get("pooling_mode_cls_token"):
        return "cls"
    if modes.get("pooling_mode_mean_tokens"):
        return "mean"
    if any(value is True for name, value in modes.items() if name.startswith("pooling_mode_")):
        raise EmbeddingUnavailable("1_Pooling/config.json: 平均(mean)か先頭の語(cls)でまとめるモデルだけを使えます")
    return None


def _prompts(config: dict[str, Any], family: Family) -> Family:
    """Take the prefixes that were kept with the model, where both are there."""
    prompts = config.get("prompts") or {}
    query, passage = prompts.get("query"), prompts.get("document", prompts.get("passage"))
    if not (isinstance(query, str) and isinstance(passage, str) and (query or passage)):
        return family
    return replace(family, query=query, passage=passage)


def _longest(folder: Path, config: dict[str, Any], tokenizer: dict[str, Any]) -> int:
    positions = config.get("max_position_embeddings")
    if isinstance(positions, int) and config.get("model_type") in _OFFSET:
        positions -= 2
    stated = (
        _json(folder / "sentence_bert_config.json").get("max_seq_length"),
        # 10^30 where nobody stated any.
        tokenizer.get("model_max_length"),
        positions,
    )
    usable = [value for value in stated if isinstance(value, int) and 0 < value < 1_000_000]
    return min([_LONGEST, *usable]) if usable else _USUAL


def _padding(config: dict[str, Any]) -> int:
    found = config.get("pad_token_id")
    return found if isinstance(found, int) else 0


def _json(path: Path) -> dict[str, Any]:
    """Read an object; empty if there is no such file."""
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EmbeddingUnavailable(f"{path.name} を読めません: {error}") from error
    if not isinstance(content, dict):
        raise EmbeddingUnavailable(f"{path.name}: JSON のオブジェクトではありません")
    return content
