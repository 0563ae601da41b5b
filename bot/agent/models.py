"""Opens language models by name, through LangChain's `init_chat_model`."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel

from bot.agent.limits import Limits
from bot.agent.usage import Price
from bot.errors import ModelUnavailable

CONNECT = 5.0
"""Seconds until a connection must stand."""
_EXTRAS = {
    "anthropic": ("anthropic", "langchain_anthropic"),
    "google_genai": ("google", "langchain_google_genai"),
    "ollama": ("ollama", "langchain_ollama"),
}
"""Provider → the extra of this project that brings it, and the package that it brings."""
_KEYS = {
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY",),
    "google_genai": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
}
"""Provider → environment variables of which one holds its key."""
_RETRIED = frozenset({408, 409, 425, 429})


@dataclass(frozen=True, slots=True)
class Model:
    """A model that can be asked."""

    name: str
    """As in the settings."""
    chat: BaseChatModel
    price: Price | None = None
    aclose: Callable[[], Awaitable[None]] | None = None
    """Gives back its connections; within the event loop that it was used in."""


def open_model(name: str, *, url: str | None = None, limits: Limits | None = None, price: Price | None = None) -> Model:
    """Open a model; nothing is sent yet.

    Args:
        name: `provider:model`.
        url: Base address of an OpenAI-compatible server, for `openai:`, or of Ollama's.
        limits: Bounds of one answer, which bound each request as well.
        price: Of a million tokens.
    Raises:
        ModelUnavailable: The provider is unknown, its package not installed, or its key not set.
    """
    limits = limits or Limits()
    provider, _, model = name.partition(":")
    extra, package = _EXTRAS.get(provider, ("", ""))
    if package and find_spec(package) is None:
        raise ModelUnavailable(
            f"{name}: the package for {provider} is not installed; install it with "
            f"`uv sync --inexact --extra {extra}` (or `pip install 'ippo[{extra}]'`)"
        )
    keys = _KEYS.get(provider, ())
    if keys and not url and not any(os.environ.get(key) for key in keys):
        raise ModelUnavailable(f"{name} needs a key: set {' or '.join(keys)} in the environment")
    try:
        if provider == "openai":
            return _openai(name, model, url, limits, price)
        return Model(name, init_chat_model(model, model_provider=provider, **_bounds(provider, url, limits)), price)
    except ImportError as error:
        raise ModelUnavailable(f"{name}: {error}") from error
    except ValueError as error:
        # Pydantic's errors are ValueErrors too; their words may quote what was set, keys included.
        raise ModelUnavailable(f"{name} can't be opened: check the name and the provider's key") from error


def _openai(name: str, model: str, url: str | None, limits: Limits, price: Price | None) -> Model:
    from openai import DefaultAsyncHttpxClient

    # Connections belong to the event loop they were opened in; the ones that the library shares between all models of
    # a process would outlive it. A proxy is never meant for a server on this very machine.
    own = urlsplit(url or "").hostname in ("localhost", "127.0.0.1", "::1")
    client = DefaultAsyncHttpxClient(timeout=limits.seconds, trust_env=not own)
    settings: dict[str, Any] = {"base_url": url} if url else {}
    settings |= {
        # Servers that speak like OpenAI's want none, but the client wants to send one.
        "api_key": os.environ.get("OPENAI_API_KEY") or "none",
        # The contract's: Chat Completions alone, which every compatible server has.
        "use_responses_api": False,
        "stream_usage": True,
        "http_async_client": client,
        **_bounds("openai", None, limits),
    }
    chat = init_chat_model(model, model_provider="openai", **settings)
    return Model(name, chat, price, client.aclose)


def _bounds(provider: str, url: str | None, limits: Limits) -> dict[str, Any]:
    """The same bounds in each provider's words."""
    if provider == "ollama":
        found: dict[str, Any] = {
            "num_predict": limits.reply_tokens,
            "client_kwargs": {"timeout": limits.seconds},
        }
        return {**found, "base_url": url} if url else found
    # Requests are repeated by us, within the time of one answer.
    return {"timeout": limits.seconds, "max_retries": 0, "max_tokens": limits.reply_tokens}


def is_transient(error: BaseException) -> bool:
    """Tell whether a request that failed so may well succeed at once: busy or broken off, but not too slow."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return status in _RETRIED or status >= 500
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if any("Timeout" in kind for kind in kinds):
        return False
    return bool(kinds & {"APIConnectionError", "ConnectError", "RemoteProtocolError", "ReadError", "ConnectionError"})
