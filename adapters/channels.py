"""Which channels are on: those whose credentials are set, and the web chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.messages.model import Channel
    from adapters.settings import Settings


def configured(settings: Settings) -> dict[str, Channel]:
    """Make the channels that the settings turn on, by name. SDKs are imported where they are used."""
    from adapters.web.channel import WebChannel

    found: list[Channel] = [WebChannel()]
    if settings.line_channel_secret.get_secret_value() and settings.line_channel_access_token.get_secret_value():
        from adapters.line.channel import LineChannel

        found.append(LineChannel(settings))
    if settings.slack_bot_token.get_secret_value() and (
        settings.slack_signing_secret.get_secret_value() or settings.slack_app_token.get_secret_value()
    ):
        from adapters.slack.channel import SlackChannel

        found.append(SlackChannel(settings))
    return {channel.name: channel for channel in found}
