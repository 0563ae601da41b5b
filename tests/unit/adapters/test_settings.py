from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from adapters import settings
from adapters.errors import SettingsError


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without a developer's `.env`."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_any_variable_everything_is_embedded_and_offline() -> None:
    found = settings.load()

    assert found.database == "sqlite:///.ippo/ippo.db"
    assert found.chroma_url is None
    assert found.model == ""
    assert found.public_url == "http://localhost:8000"
    assert (found.knowledge_dir.name, found.knowledge_dir.parent.name) == ("sources", "knowledge")


def test_the_date_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPPO_TODAY", "2026-03-31")

    assert settings.load().answering_date() == date(2026, 3, 31)


def test_an_empty_variable_means_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPPO_CHROMA_URL", "")
    monkeypatch.setenv("IPPO_TODAY", "")

    assert settings.load() == settings.Settings()


def test_dotenv_is_read_and_its_other_variables_are_left_alone(empty_folder: Path) -> None:
    (empty_folder / ".env").write_text("IPPO_DATA_DIR=/srv/ippo\nOTHER_PROGRAM=1\nIPPO_UNKNOWN=1\n", encoding="utf-8")

    assert settings.load().data_dir == Path("/srv/ippo")


def test_a_providers_key_in_dotenv_is_handed_on_unless_the_environment_has_one(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / ".env").write_text("OPENAI_API_KEY=sk-file\nANTHROPIC_API_KEY=sk-other\nPATH=/nowhere\n", "utf-8")
    # Set and taken away again, so that what is written here is undone after the test.
    monkeypatch.setenv("OPENAI_API_KEY", "")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-set")

    settings.load()

    assert os.environ["OPENAI_API_KEY"] == "sk-file"
    assert os.environ["ANTHROPIC_API_KEY"] == "sk-set"
    assert os.environ["PATH"] != "/nowhere"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("IPPO_CHROMA_URL", "chroma", "should be http://host:port"),
        ("IPPO_CHROMA_URL", "http://chroma:99999", "should be http://host:port"),
        ("IPPO_PUBLIC_URL", "ftp://example.jp", "should be http://host:port"),
        ("IPPO_DATABASE_URL", "mysql://root@host/db", "should be postgresql+psycopg://"),
        ("IPPO_TODAY", "令和8年", "should be a date like"),
        ("IPPO_MODEL", "gpt", "should be provider:model"),
        ("IPPO_EMBEDDINGS", "best", "should be fastembed:NAME_OR_DIR"),
        ("IPPO_SLACK_ADVISOR_CHANNEL", "#help", "channel's id"),
        ("IPPO_ALLOW_PRIVATE_URLS", "perhaps", "should be true or false"),
        ("IPPO_HOURS", "Mon-Fri 9-5 Asia/Tokyo", "'9-5' should be a span like 09:00-17:00"),
    ],
)
def test_a_malformed_setting_gives_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as raised:
        settings.load()

    (line,) = str(raised.value).splitlines()
    assert line.startswith(f"{name}: ")
    assert said in line


def test_two_malformed_settings_give_two_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPPO_MODEL", "gpt")
    monkeypatch.setenv("IPPO_CHROMA_URL", "chroma")

    with pytest.raises(SettingsError) as raised:
        settings.load()

    assert len(str(raised.value).splitlines()) == 2


def test_a_secret_does_not_show_in_the_settings_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPPO_LINE_CHANNEL_SECRET", "s3cret")

    found = settings.load()

    assert "s3cret" not in repr(found)
    assert found.line_channel_secret.get_secret_value() == "s3cret"
