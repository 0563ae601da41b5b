"""Clients of Slack's Web API, and what its errors mean."""

from __future__ import annotations

import logging
import re
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.settings import Settings

TIMEOUT = 10
"""Seconds to wait for Slack."""
# The SDK's own records repeat what came over the line; what becomes of a call is told by who made it.
_quiet = logging.getLogger("adapters.slack.sdk")
_CODE = re.compile(r"[a-z_]{1,60}")


def token(settings: Settings, team: str) -> str:
    """Give the bot token of a workspace. There is one so far; whoever sends asks here, so that there can be more."""
    return settings.slack_bot_token.get_secret_value()


def client(settings: Settings, *, timeout: int = TIMEOUT) -> WebClient:
    """Make a client without a token of its own: each call names its workspace's."""
    # No retries by the SDK: it repeats a post whose connection broke, which may have arrived.
    made = WebClient(base_url=settings.slack_api_url, timeout=timeout, retry_handlers=[], logger=_silent())
    if _is_local(settings.slack_api_url):
        made.proxy = None
    return made


def async_client(settings: Settings, token: str | None = None) -> AsyncWebClient:
    """Make the same for an event loop."""
    made = AsyncWebClient(token, base_url=settings.slack_api_url, timeout=TIMEOUT, retry_handlers=[], logger=_silent())
    if _is_local(settings.slack_api_url):
        made.proxy = None
    return made


def code(error: SlackApiError) -> str:
    """Give Slack's word for what went wrong; a body that is none of its JSON may hold anything and is not repeated."""
    try:
        said = str(error.response["error"])
    except (KeyError, TypeError, ValueError):
        return "unreadable"
    return said if _CODE.fullmatch(said) else "unreadable"


def status(error: SlackApiError) -> int:
    """Give the HTTP status of a refusal, 0 where there is none."""
    return int(getattr(error.response, "status_code", 0) or 0)


def retry_after(error: SlackApiError) -> float:
    """Give the seconds that Slack asks to wait, 1 where it does not say."""
    headers = getattr(error.response, "headers", None) or {}
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "1")
    said = said[0] if isinstance(said, list) else said
    return min(max(float(said), 1.0), 3600.0) if str(said).strip().isdigit() else 1.0


def _silent() -> logging.Logger:
    _quiet.setLevel(logging.CRITICAL + 1)
    return _quiet


def _is_local(url: str) -> bool:
    # The SDK uses the environment's proxy and knows no exceptions from it.
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
