"""From the setting `IPPO_EMBEDDINGS` to what embeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from knowledge.embedding import Embedding
from knowledge.encoders import served
from knowledge.encoders.fast import FastEmbedding
from knowledge.encoders.folder import FolderEmbedding
from knowledge.encoders.timely import TimelyEmbedding
from knowledge.errors import EmbeddingUnavailable


@dataclass(frozen=True, slots=True)
class Access:
    """What the models need besides their name."""

    models: Path
    """Where downloaded ones are kept."""
    openai_url: str | None = None
    """Base of an OpenAI-compatible server; None: OpenAI's own."""
    openai_key: str = ""
    ollama_host: str = ""
    """As in OLLAMA_HOST; empty: this machine."""
    screen: Callable[[str], str] | None = None
    """Takes out of a question what must not leave the house; used for `openai:`, whoever runs that server."""


def choose(setting: str, access: Access) -> TimelyEmbedding:
    """Make the embedding that a setting names; nothing is loaded or asked yet.

    Args:
        setting: `fastembed:NAME_OR_DIR`, `openai:NAME` or `ollama:NAME`.
        access: What they need besides.
    Raises:
        EmbeddingUnavailable: A folder lacks a file, or a key is missing.
    """
    kind, _, name = setting.partition(":")
    if kind == "fastembed":
        return TimelyEmbedding(_local(name, access), load=LOAD)
    if kind == "ollama":
        return TimelyEmbedding(served.ServedEmbedding(served.ollama(access.ollama_host), name))
    if not access.openai_url and not access.openai_key:
        raise EmbeddingUnavailable(
            "OPENAI_API_KEY が設定されていません。キーを設定するか、IPPO_MODEL_URL で手元のサーバーを指定してください"
        )
    server = served.openai(access.openai_url, access.openai_key)
    return TimelyEmbedding(served.ServedEmbedding(server, name, screen=access.screen))


LOAD = 10.0
"""Seconds that the first question may wait for a model to be read from disk: 1 GB takes some 3."""


def _local(name: str, access: Access) -> Embedding:
    folder = Path(name).expanduser()
    if folder.is_dir():
        return FolderEmbedding(folder)
    if name.startswith((".", "/", "~", "\\")) or name.endswith("/"):
        raise EmbeddingUnavailable(f"IPPO_EMBEDDINGS: フォルダ {name} がありません")
    return FastEmbedding(name, access.models)
