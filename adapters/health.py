"""Checks of what Ippo needs, for `/readyz` and `ippo doctor`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adapters import bootstrap, settings
from adapters.errors import SettingsError
from knowledge.errors import EmbeddingUnavailable, KnowledgeError

if TYPE_CHECKING:
    from adapters.messages.service import Messaging


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    good: bool
    finding: str
    """What was found, for a person."""
    remedy: str = ""
    """What to do about it; empty where nothing needs doing."""


def readiness(ippo: bootstrap.Ippo) -> list[Check]:
    """Check database, index and search; the answer to "can it work?"."""
    try:
        index = ippo.knowledge.current()
        size = index.size
        sources = len(index.sources())
    except KnowledgeError as error:
        return [
            Check("database", False, str(error), "check IPPO_DATABASE_URL, IPPO_DATA_DIR and IPPO_CHROMA_URL"),
            Check("index", False, "not looked at"),
            Check("search", False, "not looked at"),
        ]
    database = Check("database", True, "reachable")
    if not size:
        missing = Check("index", False, "nothing is indexed", "run `ippo ingest`")
        return [database, missing, Check("search", False, "not looked at")]
    problems = ippo.knowledge.self_test()
    if problems:
        search = Check(
            "search", False, "; ".join(problems), "run `ippo ingest`; the index is built anew from the database"
        )
    else:
        search = Check("search", True, "a known word is found by words and by vectors")
    return [database, Check("index", True, f"{size:,} chunks of {sources:,} sources"), search]


def messages(messaging: Messaging) -> list[Check]:
    """Check that what people send is worked off."""
    try:
        alive = messaging.workers_alive()
    except KnowledgeError as error:
        return [Check("messages", False, str(error), "check IPPO_DATABASE_URL and IPPO_DATA_DIR")]
    if not alive:
        return [Check("worker", False, "no worker is alive", "run `ippo serve` without --no-worker, or `ippo worker`")]
    return [Check("worker", True, f"{alive} alive")]


def examine() -> list[Check]:
    """Check everything, each part although another failed."""
    try:
        found = settings.load()
    except SettingsError as error:
        return [
            Check("settings", False, line, "correct the variable or the line in .env")
            for line in str(error).splitlines()
        ]
    checks = [*_settings(found)]
    if found.chroma_url:
        checks.append(_chroma(found.chroma_url))
    try:
        with _built(found) as ippo:
            checks += [*readiness(ippo), *_embeddings(ippo, found)]
    except KnowledgeError as error:
        checks.append(
            Check("database", False, str(error), "check IPPO_DATABASE_URL, IPPO_DATA_DIR and IPPO_CHROMA_URL")
        )
    return [*checks, *_models(found), _line(found), _slack(found)]


def _built(found: settings.Settings) -> bootstrap.Ippo:
    """Build the services; an embedding that can't be had must not hide the rest."""
    try:
        return bootstrap.build(found)
    except EmbeddingUnavailable:
        return bootstrap.build(found.model_copy(update={"embeddings": ""}))


def _settings(found: settings.Settings) -> Iterator[Check]:
    known = {settings.variable(field) for field in settings.Settings.model_fields}
    strays = sorted(name for name in os.environ if name.startswith(settings.PREFIX) and name not in known)
    if strays:
        yield Check("settings", False, f"unknown: {', '.join(strays)}", "docs/configuration.md lists the names")
    else:
        yield Check("settings", True, f"data in {found.data_dir}, date {found.answering_date()}")
    if not Path(found.knowledge_dir).is_dir():
        yield Check(
            "settings", False, f"IPPO_KNOWLEDGE_DIR: no folder {found.knowledge_dir}", "name a folder of documents"
        )


def _chroma(url: str) -> Check:
    import httpx

    try:
        httpx.get(f"{url}/api/v2/heartbeat", timeout=3, trust_env=False).raise_for_status()
    except httpx.HTTPError as error:
        return Check("chroma", False, f"{url} does not answer: {error}", "start the server, or unset IPPO_CHROMA_URL")
    return Check("chroma", True, f"{url} answers")


def _line(found: settings.Settings) -> Check:
    """Ask LINE whom the token belongs to."""
    token = found.line_channel_access_token.get_secret_value()
    if not token or not found.line_channel_secret.get_secret_value():
        names = "IPPO_LINE_CHANNEL_SECRET and IPPO_LINE_CHANNEL_ACCESS_TOKEN"
        return Check("line", True, f"off: {names} are not both set")
    import httpx

    try:
        url = f"{found.line_api_url}/v2/bot/info"
        answer = httpx.get(url, headers={"authorization": f"Bearer {token}"}, timeout=5, trust_env=False)
    except httpx.HTTPError as error:
        return Check("line", False, f"{found.line_api_url} does not answer: {error}", "check the network")
    if answer.status_code != 200:
        return Check("line", False, f"LINE answers {answer.status_code}", "check IPPO_LINE_CHANNEL_ACCESS_TOKEN")
    return Check("line", True, f"on: {answer.json().get('displayName', 'the account')}")


def _slack(found: settings.Settings) -> Check:
    """Ask Slack whom the token belongs to."""
    token = found.slack_bot_token.get_secret_value()
    if not token or not (found.slack_signing_secret.get_secret_value() or found.slack_app_token.get_secret_value()):
        names = "IPPO_SLACK_BOT_TOKEN and IPPO_SLACK_SIGNING_SECRET (or IPPO_SLACK_APP_TOKEN)"
        return Check("slack", True, f"off: {names} are not both set")
    import httpx

    try:
        url = f"{found.slack_api_url}auth.test"
        answer = httpx.post(url, headers={"authorization": f"Bearer {token}"}, timeout=5, trust_env=False)
        told = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        return Check("slack", False, f"{found.slack_api_url} does not answer: {error}", "check the network")
    if not told.get("ok"):
        return Check(
            "slack", False, f"Slack answers {told.get('error', answer.status_code)}", "check IPPO_SLACK_BOT_TOKEN"
        )
    return Check("slack", True, f"on: {told.get('user', 'the app')} in {told.get('team', 'a workspace')}")


def _embeddings(ippo: bootstrap.Ippo, found: settings.Settings) -> Iterator[Check]:
    """Embed a sentence with what is set, and see whether the index was made by it."""
    from adapters.embedding import tried
    from knowledge.generations import Knowledge

    if not found.embeddings:
        yield Check("embeddings", True, "built in")
    else:
        try:
            name, dimensions, took = tried(found)
        except EmbeddingUnavailable as error:
            remedy = "until then words alone are searched; docs/embeddings.md tells how embeddings are set up"
            yield Check("embeddings", False, str(error), remedy)
            return
        yield Check("embeddings", True, f"{name}: {dimensions:,} dimensions, {took:,.0f} ms a question")
    if isinstance(ippo.knowledge, Knowledge) and not ippo.knowledge.has_own_vectors():
        remedy = "a running `ippo serve` or `ippo worker` does it by itself after its start; else run `ippo ingest`"
        yield Check("embeddings", False, "the index was made by another embedding", remedy)


def _models(found: settings.Settings) -> Iterator[Check]:
    """Ask each model that is set for a word."""
    if not found.model:
        yield Check("model", True, "none: answers are extracts from the documents")
        return
    from bot.agent.checking import check
    from bot.agent.models import open_model
    from bot.errors import ModelUnavailable

    for name in filter(None, (found.model, found.model_fallback)):
        try:
            asked = check(open_model(name, url=found.model_url))
        except ModelUnavailable as error:
            yield Check("model", False, str(error), "docs/model.md tells how models are set up")
        else:
            yield Check("model", asked.good, asked.finding, asked.remedy)
