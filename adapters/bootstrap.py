"""The composition root: settings → the services that commands, routes and tests use."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

from adapters.ports import Collecting, Ingesting, Library
from adapters.settings import Settings
from bot import hours
from bot.ports import Answering

if TYPE_CHECKING:
    from adapters.messages.service import Messaging
    from ingest.pipeline import Result

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ippo:
    """All services; close it when done, or use it in a `with`."""

    settings: Settings
    knowledge: Library
    assistant: Answering
    ingest: Ingesting
    collect: Collecting | None = None
    """None: nothing of people's can become knowledge here."""

    def close(self) -> None:
        """Give back connections and index files."""
        # A model holds connections too; the assistant alone holds none.
        close = getattr(self.assistant, "close", None)
        if close is not None:
            close()
        self.knowledge.close()

    def __enter__(self) -> Ippo:
        """Use it for one command."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


def messaging(ippo: Ippo) -> Messaging:
    """Open the message store and join it with who answers and with the channels that are on.

    Raises:
        knowledge.errors.StoreUnavailable: The database can't be opened.
    """
    from adapters.answering import keep_runs
    from adapters.channels import configured
    from adapters.curating.refetch import refetch_if_due
    from adapters.desk.cases import Desk
    from adapters.desk.chores import Chores
    from adapters.desk.posts import CHANNEL as DESK
    from adapters.learning.shelving import Shelving
    from adapters.messages.conversation import Talker
    from adapters.messages.inbox import Inbox
    from adapters.messages.service import Messaging
    from adapters.messages.store import MessageStore
    from adapters.messages.worker import nobody
    from adapters.privacy.retention import purge_if_due

    settings = ippo.settings
    store = MessageStore.open(settings.data_dir, settings.database_url)
    channels = configured(settings, store)
    desk = Desk(posting=DESK in channels)
    talker = Talker(
        ippo.assistant,
        settings.answering_date,
        opening=settings.hours,
        reachable=desk.posting or bool(settings.console_password.get_secret_value()),
    )
    if settings.model:
        keep_runs(ippo.assistant, store)
    chores = Chores(store, desk, hours.parse(settings.hours), talker.now)

    def purge() -> None:
        purge_if_due(store, settings)

    def fetch_again() -> None:
        refetch_if_due(store, ippo)

    due: list[Callable[[], None]] = [chores.run, purge, fetch_again]
    if ippo.collect is not None:
        due.append(Shelving(store, ippo.knowledge, ippo.collect, settings.answering_date).run)
    # The advisors' channel knows how its users are called; a channel need not.
    names = getattr(channels.get(DESK), "user_name", nobody)
    return Messaging(store, Inbox(store), channels, talker, desk, names=names, chores=due)


@contextmanager
def connected(settings: Settings, messaging: Messaging) -> Iterator[None]:
    """Hold the connections that bring messages without a request to us: Slack's Socket Mode, where it is on.

    They belong to `ippo serve`, which takes messages in; a worker has no need of them.
    """
    if not settings.slack_app_token.get_secret_value():
        yield
        return
    from adapters.slack.socket import start_socket

    socket = start_socket(settings, messaging.inbox)
    try:
        yield
    finally:
        if socket is not None:
            socket.close()


def build(settings: Settings) -> Ippo:
    """Open the knowledge that the settings name and join the services around it.

    Raises:
        knowledge.errors.StoreUnavailable: The database or the index can't be opened.
        knowledge.errors.EmbeddingUnavailable: The folder of the embedding lacks a file, or a key is missing.
    """
    # Imported here, not above: `ippo --help` and the settings' errors do without the database and the tokeniser.
    from adapters.answering import answering
    from adapters.embedding import embedding, weight
    from bot.assistant import Assistant
    from knowledge.generations import Knowledge

    knowledge = Knowledge.open(settings.data_dir, settings.database_url, settings.chroma_url, embedding(settings))
    own = Assistant(knowledge, public_url=settings.public_url, hours=settings.hours, dense=weight(settings))
    assistant = answering(own, settings)

    def ingest(sources: Sequence[str], progress: Callable[[int, int], None] | None) -> list[Result]:
        from ingest.pipeline import FetchRules
        from ingest.pipeline import ingest as run

        rules = FetchRules(allow_private=settings.allow_private_urls)
        return run(sources or [str(settings.knowledge_dir)], knowledge=knowledge, fetching=rules, progress=progress)

    def collect(name: str, texts: Callable[[], Mapping[str, str]], patience: float) -> list[Result]:
        from ingest.pipeline import ingest_texts

        return ingest_texts(name, texts, knowledge=knowledge, patience=patience)

    return Ippo(settings, knowledge, assistant, ingest, collect)
