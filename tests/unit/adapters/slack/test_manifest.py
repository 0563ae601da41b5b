"""The manifest asks for what the code uses, and for nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.slack.home import PROMPTS
from bot.replies import STARTERS
from tests.platforms.slack import NEEDED, SCOPES


@pytest.fixture
def manifest(project: Path) -> dict[str, Any]:
    return dict(yaml.safe_load((project / "adapters/slack/manifest.yml").read_text()))


def test_the_scopes_are_those_that_are_needed(manifest: dict[str, Any]) -> None:
    scopes = set(manifest["oauth_config"]["scopes"]["bot"])
    assert set(NEEDED.values()) | set(SCOPES) | {"mpim:history"} == scopes


def test_every_address_is_the_one_route(manifest: dict[str, Any]) -> None:
    settings = manifest["settings"]
    addresses = {
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        *(command["url"] for command in manifest["features"]["slash_commands"]),
    }
    assert addresses == {"https://ippo.example.jp/slack/events"}


def test_messages_of_channels_are_asked_for_where_advisors_are_and_of_groups_of_people_not(
    manifest: dict[str, Any],
) -> None:
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert {"app_mention", "message.im", "app_home_opened"} <= set(events)
    asked = {event for event in events if event.startswith("message.")}
    assert asked == {"message.im", "message.channels", "message.groups"}


def test_the_prompts_are_the_ones_the_bot_suggests_everywhere(manifest: dict[str, Any]) -> None:
    prompts = manifest["features"]["agent_view"]["suggested_prompts"]
    assert [prompt["message"] for prompt in prompts] == list(STARTERS[:PROMPTS])


def test_the_texts_are_within_slacks_limits(manifest: dict[str, Any]) -> None:
    shown = manifest["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
