"""Whether a model answers at all: one tiny request, for `ippo doctor`."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from bot.agent.models import Model

_WAIT = 15.0
"""Seconds."""
_REMEDIES = {
    401: "the key is not accepted: check the provider's key in the environment",
    403: "the key may not use this model: check the provider's account",
    404: "the provider does not know this model: check its name, and IPPO_MODEL_URL if it is set",
    429: "the provider refuses more requests: check its limits and the account's credit",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a request brought."""

    good: bool
    finding: str
    """What was found, for a person; nothing that a provider wrote, it may quote keys."""
    remedy: str = ""


def check(model: Model) -> Finding:
    """Ask a model for one word, with a tool at hand, as the agent does."""
    started = time.monotonic()
    try:
        asyncio.run(_ask(model))
    except TimeoutError:
        return Finding(False, f"{model.name} did not answer within {_WAIT:.0f} s", "take a faster model or server")
    except Exception as error:  # noqa: BLE001, RUF100 - whatever it is, the operator is to hear of it
        status = getattr(error, "status_code", None)
        remedy = _REMEDIES.get(status, "") if isinstance(status, int) else ""
        code = f" {status}" if isinstance(status, int) else ""
        return Finding(
            False,
            f"{model.name} failed: {type(error).__name__}{code}",
            remedy or "check the network, the provider's key and IPPO_MODEL_URL; answers are extracts meanwhile",
        )
    return Finding(True, f"{model.name} answered in {time.monotonic() - started:.1f} s")


async def _ask(model: Model) -> None:
    tool = {
        "type": "function",
        "function": {
            "name": "search_knowledge",
            "description": "資料を検索する",
            "parameters": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
        },
    }
    try:
        async with asyncio.timeout(_WAIT):
            await model.chat.bind_tools([tool]).ainvoke("「はい」とだけ答えてください。")
    finally:
        if model.aclose:
            await model.aclose()
