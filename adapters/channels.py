"""Which channels are on: those whose credentials are set, and the web chat."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.messages.model import Channel
    from adapters.messages.store import MessageStore
    from adapters.settings import Settings


def configured(settings: Settings, store: MessageStore) -> dict[str, Channel]:
    """Make the channels that the settings turn on, by name. SDKs are imported where they are used.

    Args:
        settings: With the credentials.
        store: Where the advisors' channel looks up what it posts to.
    """
    from adapters.web.channel import WebChannel

    found: list[Channel] = [WebChannel()]
    if settings.line_channel_secret.get_secret_value() and settings.line_channel_access_token.get_secret_value():
        from adapters.line.channel import LineChannel

        found.append(LineChannel(settings))
    if settings.slack_bot_token.get_secret_value() and (
        settings.slack_signing_secret.get_secret_value() or settings.slack_app_token.get_secret_value()
    ):
        from adapters.slack.channel import SlackChannel
        from adapters.slack.pace import Pace

        # Shared: people may ask the bot in the advisors' channel, too.
        pace = Pace()
        found.append(SlackChannel(settings, pace=pace))
        if settings.slack_advisor_channel:
            from adapters.desk.posts import card_of, root_of
            from adapters.slack.desk import SlackDesk

            found.append(SlackDesk(settings, root=partial(root_of, store), card=partial(card_of, store), pace=pace))
    return {channel.name: channel for channel in found}
