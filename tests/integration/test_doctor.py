"""`ippo doctor` asks each configured platform, and says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters import health
from tests.platforms import line as line_platform
from tests.platforms.slack import SlackServer


def found(name: str) -> health.Check:
    return next(check for check in health.examine() if check.name == name)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPPO_DATA_DIR", str(tmp_path / "data"))


def test_channels_without_credentials_are_off() -> None:
    assert found("line").good
    assert "off" in found("line").finding
    assert "off" in found("slack").finding


@pytest.mark.parametrize(("token", "good"), [(line_platform.TOKEN, True), ("wrong", False)])
def test_line_is_asked_for_its_account(monkeypatch: pytest.MonkeyPatch, token: str, good: bool) -> None:
    with line_platform.serving() as line:
        monkeypatch.setenv("IPPO_LINE_API_URL", line.url)
        monkeypatch.setenv("IPPO_LINE_CHANNEL_SECRET", line_platform.SECRET)
        monkeypatch.setenv("IPPO_LINE_CHANNEL_ACCESS_TOKEN", token)
        check = found("line")
    assert check.good is good
    assert token not in check.finding
    assert good or "IPPO_LINE_CHANNEL_ACCESS_TOKEN" in check.remedy


@pytest.mark.parametrize("good", [True, False])
def test_slack_is_asked_for_its_app(monkeypatch: pytest.MonkeyPatch, good: bool) -> None:
    with SlackServer() as slack:
        monkeypatch.setenv("IPPO_SLACK_API_URL", slack.api_url)
        monkeypatch.setenv("IPPO_SLACK_SIGNING_SECRET", slack.signing_secret)
        monkeypatch.setenv("IPPO_SLACK_BOT_TOKEN", slack.token if good else "xoxb-wrong")
        check = found("slack")
    assert check.good is good
    assert good or "IPPO_SLACK_BOT_TOKEN" in check.remedy


def test_a_platform_that_is_down_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPPO_LINE_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("IPPO_LINE_CHANNEL_SECRET", "s")
    monkeypatch.setenv("IPPO_LINE_CHANNEL_ACCESS_TOKEN", "t")
    assert "does not answer" in found("line").finding
