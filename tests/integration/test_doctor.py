"""`ippo doctor` asks each configured platform, and says what to do."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from adapters import bootstrap, health, settings
from adapters.embedding import kept_up
from tests import tiny_model
from tests.platforms import embeddings
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


def embeddings_checks() -> list[health.Check]:
    return [check for check in health.examine() if check.name == "embeddings"]


def test_without_embeddings_the_built_in_one_is_named() -> None:
    (check,) = embeddings_checks()
    assert check.good
    assert check.finding == "built in"


def test_a_model_in_a_folder_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tiny_model.make(tmp_path / "multilingual-e5-tiny")
    monkeypatch.setenv("IPPO_EMBEDDINGS", f"fastembed:{folder}")
    (check,) = embeddings_checks()
    assert check.good
    assert "onnx:multilingual-e5-tiny:" in check.finding
    assert "16 dimensions" in check.finding


def test_a_folder_that_lacks_a_file_is_said_and_hides_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny_model.make(tmp_path / "m")
    (folder / "tokenizer.json").unlink()
    monkeypatch.setenv("IPPO_EMBEDDINGS", f"fastembed:{folder}")
    (check,) = embeddings_checks()
    assert not check.good
    assert "tokenizer.json" in check.finding
    assert "docs/embeddings.md" in check.remedy
    assert found("database").good


@pytest.mark.parametrize("kind", ["openai", "ollama"])
@pytest.mark.parametrize("good", [True, False])
def test_an_embedding_server_is_asked(monkeypatch: pytest.MonkeyPatch, kind: str, good: bool) -> None:
    with embeddings.serving(kind, key=embeddings.KEY if kind == "openai" else "") as server:
        monkeypatch.setenv("IPPO_MODEL_URL" if kind == "openai" else "OLLAMA_HOST", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", embeddings.KEY)
        monkeypatch.setenv("IPPO_EMBEDDINGS", f"{kind}:{embeddings.MODEL if good else 'wrong'}")
        (check,) = embeddings_checks()
    assert check.good is good
    assert embeddings.KEY not in check.finding
    assert ("8 dimensions" if good else "404") in check.finding


def test_an_index_of_another_embedding_is_said_with_what_makes_it_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "led.md").write_text("# 照明のLED化\n\n照明をLEDに替えます。\n")
    with bootstrap.build(settings.load()) as ippo:
        ippo.ingest([str(tmp_path / "documents")], None)
    monkeypatch.setenv("IPPO_EMBEDDINGS", f"fastembed:{tiny_model.make(tmp_path / 'm')}")
    tried, index = embeddings_checks()
    assert tried.good
    assert not index.good
    assert "ippo ingest" in index.remedy
    assert found("search").good
    with bootstrap.build(settings.load()) as ippo, kept_up(ippo):
        deadline = time.monotonic() + 60
        while len(embeddings_checks()) > 1:
            assert time.monotonic() < deadline
            time.sleep(0.2)
