"""Settings from the environment and `.env`, read once at the edge.

Each field's description is what the table in `docs/configuration.md` says about it (`make docs`).
"""

from __future__ import annotations

import os
import re
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

import knowledge
from adapters.errors import SettingsError
from bot import hours
from bot.agent.usage import read_prices

PREFIX = "IPPO_"
# Japan has had one zone without summer time since 1952; no zone database is needed for its date.
TOKYO = timezone(timedelta(hours=9), "Asia/Tokyo")
_MODEL = re.compile(r"[a-z_]+:\S+")
_CHANNEL = re.compile(r"[A-Z0-9]{2,}")


def _http(example: str) -> AfterValidator:
    def check(value: str) -> str:
        try:
            parts = urlsplit(value)
            # `port` is checked when it is read.
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise ValueError(f"should be {example}")
        return value.rstrip("/") if not example.endswith("/") else value.rstrip("/") + "/"

    return AfterValidator(check)


def _database(value: str) -> str:
    if not value.startswith(("postgresql+psycopg://", "sqlite:///")):
        raise ValueError("should be postgresql+psycopg://user:password@host/database or sqlite:///path")
    return value


def _model(value: str) -> str:
    if value and not _MODEL.fullmatch(value):
        raise ValueError("should be provider:model, for example openai:gpt-4.1-mini or ollama:qwen3")
    return value


def _prices(value: str) -> str:
    read_prices(value)
    return value


def _embeddings(value: str) -> str:
    if value and not re.fullmatch(r"(fastembed|openai|ollama):\S.*", value):
        raise ValueError("should be fastembed:NAME_OR_DIR, openai:NAME or ollama:NAME, or empty for the built-in one")
    return value


def _channel(value: str) -> str:
    if value and not _CHANNEL.fullmatch(value):
        raise ValueError("should be a channel's id like C0123456789, not its name")
    return value


def _hours(value: str) -> str:
    hours.parse(value)
    return value


ENV_FILE = ".env"


class Settings(BaseSettings):
    """Everything that can be set, with its default and meaning."""

    # An empty value means "not set": compose files and CI systems pass empty strings.
    # `.env` may hold other programs' variables too.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    data_dir: Path = Field(
        default=Path(".ippo"), description="Everything the embedded default writes: database file, index generations."
    )
    database_url: Annotated[str, AfterValidator(_database)] | None = Field(
        default=None,
        description="`postgresql+psycopg://…` to scale out.",
        json_schema_extra={"shown": "SQLite file in the data directory"},
    )
    chroma_url: Annotated[str, _http("http://host:port")] | None = Field(
        default=None, description="`http://host:port` of a Chroma server.", json_schema_extra={"shown": "embedded"}
    )
    knowledge_dir: Path = Field(
        # Beside the package rather than below the working directory, so that `ippo` works from any folder.
        default=Path(knowledge.__file__).parent / "sources",
        description="What `ippo ingest` reads without arguments; the default is the one shipped with the program.",
        json_schema_extra={"shown": "`knowledge/sources`"},
    )
    allow_private_urls: bool = Field(
        default=False, description="Let `ippo ingest` read addresses of this machine and of private networks."
    )
    model: Annotated[str, AfterValidator(_model)] = Field(
        default="",
        description="A LangChain `init_chat_model` name: `openai:…`, `anthropic:…`, `google_genai:…`, `ollama:…`.",
        json_schema_extra={"shown": "empty: no model, extractive answers"},
    )
    model_url: Annotated[str, _http("http://host:port/v1")] | None = Field(
        default=None,
        description="Base URL of an OpenAI-compatible server (`{url}/chat/completions`).",
        json_schema_extra={"shown": "the provider's"},
    )
    model_fallback: Annotated[str, AfterValidator(_model)] = Field(
        default="",
        description="A second model, asked where the first one fails. [model.md](model.md)",
        json_schema_extra={"shown": "empty: none"},
    )
    model_daily_tokens: int = Field(
        default=0,
        ge=0,
        description="Tokens a day of all workers (in and out, day in Asia/Tokyo) after which answers are extracts; 0: no limit.",
    )
    model_prices: Annotated[str, AfterValidator(_prices)] = Field(
        default="",
        description="Prices of a million tokens, for counting costs: `openai:gpt-4.1-mini=0.40/1.60` (in/out), several by comma.",
        json_schema_extra={"shown": "empty: costs are not counted"},
    )
    embeddings: Annotated[str, AfterValidator(_embeddings)] = Field(
        default="",
        description="`fastembed:NAME_OR_DIR`, `openai:…`, `ollama:…`; see [embeddings.md](embeddings.md).",
        json_schema_extra={"shown": "built in, no download"},
    )
    public_url: Annotated[str, _http("http://host:port")] = Field(
        default="http://localhost:8000", description="Base of the citation links."
    )
    line_channel_secret: SecretStr = Field(
        default=SecretStr(""), description="LINE channel secret.", json_schema_extra={"shown": "empty: channel off"}
    )
    line_channel_access_token: SecretStr = Field(
        default=SecretStr(""),
        description="LINE channel access token.",
        json_schema_extra={"shown": "empty: channel off"},
    )
    line_api_url: Annotated[str, _http("http://host:port")] = Field(
        default="https://api.line.me", description="When set, serves both LINE hosts (api and api-data)."
    )
    slack_signing_secret: SecretStr = Field(
        default=SecretStr(""), description="Slack signing secret.", json_schema_extra={"shown": "empty: channel off"}
    )
    slack_bot_token: SecretStr = Field(
        default=SecretStr(""),
        description="Slack bot token (`xoxb-…`).",
        json_schema_extra={"shown": "empty: channel off"},
    )
    slack_app_token: SecretStr = Field(
        default=SecretStr(""),
        description="Slack app token (`xapp-…`), for Socket Mode.",
        json_schema_extra={"shown": "empty: no Socket Mode"},
    )
    slack_api_url: Annotated[str, _http("https://host/api/")] = Field(
        default="https://slack.com/api/", description="Slack Web API base."
    )
    slack_advisor_channel: Annotated[str, AfterValidator(_channel)] = Field(
        default="", description="Id of the channel where handoffs are posted.", json_schema_extra={"shown": "empty"}
    )
    console_password: SecretStr = Field(
        default=SecretStr(""),
        description="Password of the first administrator, `admin`; more advisors are added in the console.",
        json_schema_extra={"shown": "empty: console off"},
    )
    hours: Annotated[str, AfterValidator(_hours)] = Field(
        default="Mon-Fri 09:00-17:00 Asia/Tokyo",
        description="When advisors answer; Japanese public holidays are off. "
        "Also `Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-12:00 Asia/Tokyo`.",
    )
    retention_days: int = Field(
        default=365,
        ge=1,
        description="Days after which a conversation that nobody has touched loses its words and its person; "
        "[privacy.md](privacy.md) says what stays.",
    )
    today: date | None = Field(
        default=None,
        description="The date for answers, events, opening hours and holidays (with the clock's time); "
        "never for token ages, leases, signatures, sessions or retention.",
        json_schema_extra={"shown": "the system's date in Asia/Tokyo"},
    )

    def answering_date(self) -> date:
        """Give the date answers are given on: `today` where it is set, else the system's date in Asia/Tokyo."""
        return self.today or datetime.now(TOKYO).date()

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'ippo.db'}"


def variable(field: str) -> str:
    """Name the environment variable of a field."""
    return f"{PREFIX}{field}".upper()


PROVIDER_KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY")
"""What the providers' own clients look for in the environment of the process."""


def load() -> Settings:
    """Read the settings; providers' keys that stand in `.env` alone become part of the environment.

    Raises:
        SettingsError: One line for each malformed setting; a secret's value is never repeated.
    """
    for name, value in dotenv_values(ENV_FILE).items():
        if name in PROVIDER_KEYS and value and not os.environ.get(name):
            os.environ[name] = value
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_line(dict(problem)) for problem in error.errors())) from None


def _line(problem: dict[str, object]) -> str:
    location = problem["loc"]
    name = variable(str(location[0]) if isinstance(location, tuple) else "")
    if problem["type"] in ("date_from_datetime_parsing", "date_parsing", "date_from_datetime_inexact", "date_type"):
        reason = "should be a date like 2026-01-31"
    elif problem["type"] in ("bool_parsing", "bool_type"):
        reason = "should be true or false"
    else:
        reason = str(problem["msg"]).removeprefix("Value error, ")
    return f"{name}: {reason}"
