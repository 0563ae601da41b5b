"""The Bolt app: tells Slack's payloads apart, stores what is to be answered, then acknowledges.

Bolt's own way is to acknowledge first and work afterwards in memory, where a crash loses the message. Here
`process_before_response` makes it wait for the listener, and a listener only translates and stores.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.request.async_internals import build_async_context
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.messages.inbox import Inbox
from adapters.messages.taking import Taking
from adapters.settings import Settings
from adapters.slack import desk_events, events, home, wire
from knowledge.errors import KnowledgeError

log = logging.getLogger(__name__)

ACKNOWLEDGED = "ありがとうございます。ダイレクトメッセージでお答えします。"
USAGE = "使い方: `/ippo 質問`(例: `/ippo LED照明に使える補助金は?`)。答えはダイレクトメッセージでお送りします。"


def make_app(settings: Settings, inbox: Inbox) -> AsyncApp:
    """Make the Bolt app around an inbox; it opens nothing before its first request."""
    # Bolt's records may hold whole payloads: only its errors are let through.
    quiet = logging.getLogger("adapters.slack.bolt")
    quiet.setLevel(logging.ERROR)
    app = AsyncApp(
        name="ippo",
        logger=quiet,
        client=wire.async_client(settings),
        authorize=_authorize(settings),
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        attaching_function_token_enabled=False,
    )
    app.error(_failed)
    _listen(app, _Listener(inbox, settings.slack_advisor_channel), _Greeter())
    return app


def with_form(request: AsyncBoltRequest) -> AsyncBoltRequest:
    """Mend a slash command whose words hold "payload": Bolt takes it for a button's and finds nothing in it."""
    if not request.body and request.mode == "http":
        fields = dict(parse_qsl(request.raw_body, keep_blank_values=True))
        request.body, request.context = fields, build_async_context(AsyncBoltContext(), fields)
    return request


class _Listener:
    """Stores what is to be answered; nothing else is done before Slack has its 200."""

    def __init__(self, inbox: Inbox, advisors: str) -> None:
        self._taking = Taking(inbox)
        self._advisors = advisors

    async def message(self, body: dict[str, Any]) -> None:
        if desk_events.is_in_thread(body, self._advisors):
            # Advisors speak with a person there, or with one another: never with the bot.
            found = desk_events.message(body)
        else:
            found = events.message(body) or events.deletion(body)
        await self._taking.take([found] if found else [])

    async def action(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await self._taking.take([*events.actions(body), *desk_events.actions(body, self._advisors)])
        await ack()

    async def command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        found = events.command(body)
        await self._taking.take([found] if found else [])
        await ack(ACKNOWLEDGED if found else USAGE)


class _Greeter:
    """Shows help where a person has just arrived. Not stored: they come again, and it is shown again."""

    async def opened(self, client: AsyncWebClient, event: dict[str, Any]) -> None:
        if event.get("tab") == "messages":
            await _try(client, "assistant.threads.setSuggestedPrompts", home.prompts(str(event.get("channel", ""))))
        else:
            await _try(client, "views.publish", {"user_id": str(event.get("user", "")), "view": home.view()})

    async def started(self, client: AsyncWebClient, event: dict[str, Any]) -> None:
        thread = event.get("assistant_thread")
        if isinstance(thread, dict):
            channel, ts = str(thread.get("channel_id", "")), str(thread.get("thread_ts", ""))
            await _try(client, "assistant.threads.setSuggestedPrompts", home.prompts(channel, ts))


def _listen(app: AsyncApp, listener: _Listener, greeter: _Greeter) -> None:
    everything = re.compile("")
    app.event("app_mention")(listener.message)
    app.event(re.compile("^message$"))(listener.message)
    app.event("app_home_opened")(ack=_nothing, lazy=[greeter.opened])
    app.event("assistant_thread_started")(ack=_nothing, lazy=[greeter.started])
    for name in ("app_uninstalled", "tokens_revoked"):
        app.event(name)(_removed)
    # An event without a listener would be a 404: Slack sends it again, and in the end no event at all.
    app.event(everything)(_nothing)
    app.command(everything)(listener.command)
    app.action(everything)(listener.action)


async def _nothing() -> None:
    """Acknowledge alone."""


async def _removed(body: dict[str, Any]) -> None:
    log.warning("slack workspace has removed the app", extra={"team": str(body.get("team_id", ""))[:30]})


async def _try(client: AsyncWebClient, method: str, arguments: Mapping[str, Any]) -> None:
    try:
        await client.api_call(method, json=dict(arguments))
    except Exception as error:
        said = wire.code(error) if isinstance(error, SlackApiError) else type(error).__name__
        log.warning("slack did not show help", extra={"method": method, "error": said})


def _authorize(settings: Settings) -> Any:
    """Tell Bolt who we are from the payload itself.

    Its single-workspace way asks `auth.test` within a person's first request, which then fails when Slack is slow;
    and one cached answer would be wrong in a second workspace.
    """

    async def authorize(enterprise_id: str | None, team_id: str | None, context: Any) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=context.get("bot_user_id"),
            bot_token=wire.token(settings, team_id or ""),
        )

    return authorize


async def _failed(error: Exception) -> BoltResponse:
    """Answer what no listener took (200) and what could not be stored (503: Slack sends it again)."""
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=200, body="")
    if isinstance(error, KnowledgeError):
        log.error("slack event not stored", extra={"error": str(error)})
        return BoltResponse(status=503, body={"error": "ただいま受け付けられません。"})
    # The kind alone: Bolt's words may hold the payload.
    log.error("slack payload not understood", extra={"error": type(error).__name__})
    return BoltResponse(status=400, body={"error": "送られた形式を読めません。"})
