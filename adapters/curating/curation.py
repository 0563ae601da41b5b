"""What is answered from, and what no more. The knowledge changes in one step; what was done is in the audit afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from adapters.bootstrap import Ippo
from adapters.curating import golden, rivals, tasks
from adapters.curating.errors import Breaks, CurationError
from adapters.curating.previews import Previews, answering, note
from adapters.curating.tasks import Matter
from adapters.messages.store import MessageStore
from ingest import single
from knowledge import editions
from knowledge.editions import DESK, State
from knowledge.generations import Knowledge
from knowledge.index import Index

PATIENCE = 30.0
"""Seconds that another one who is publishing, or an ingest, is waited for."""


class Curation:
    """The knowledge desk. Safe to share between threads."""

    def __init__(self, ippo: Ippo, knowledge: Knowledge, store: MessageStore) -> None:
        """Take what is needed.

        Args:
            ippo: The settings, and who answers.
            knowledge: What is changed.
            store: Where audit and tasks are.
        """
        self._ippo = ippo
        self.knowledge = knowledge
        self.store = store
        self.previews = Previews(ippo, knowledge, store)

    def publish(self, number: int, who: str, *, reason: str = "") -> None:
        """Answer from an edition from now on, instead of the one before.

        Args:
            number: The edition: a preview, or a former one.
            who: The operator.
            reason: Why it is to be published although questions break; empty: it is not.
        Raises:
            Breaks: Golden questions that pass today would not; nothing was published.
            CurationError: It is published already, can't be read, or the questions can't.
            StoreBusy: Another one is publishing.
        """
        found, document = self.previews.edition(number)
        if found.state is State.PUBLISHED:
            raise CurationError("この版はすでに公開されています。")
        check = _Check(self._ippo, self.knowledge, reason)
        with self.knowledge.writing(PATIENCE):
            after = self.knowledge.active()
            writer = self.knowledge.writer()
            after[found.source] = single.place(self.knowledge, writer, document, found.stated, DESK)
            writer.flush()
            self.knowledge.publish(
                after,
                check=check.wanted,
                also=lambda connection: editions.mark_published(connection, number, found.source),
            )
        with self.store.write() as connection:
            tasks.close_tasks(connection, found.source, *Matter)
            note(connection, who, "knowledge-publish", found.source, f"edition:{number}")
            self._note_override(connection, who, found.source, check)
        index = self.knowledge.current()
        with self.store.write() as connection:
            rivals.review(connection, index, document, self._ippo.settings.answering_date())

    def withdraw(self, source: str, who: str, *, reason: str = "") -> None:
        """Answer from a source no more; it stays readable for those to whom it was cited.

        Args:
            source: Its identity; also of one that `ippo ingest` brought, which brings it back no more.
            who: The operator.
            reason: As for `publish`.
        Raises:
            Breaks, CurationError, StoreBusy: As `publish`.
        """
        check = _Check(self._ippo, self.knowledge, reason)
        with self.knowledge.writing(PATIENCE):
            after = self.knowledge.active()
            if after.pop(source, None) is None:
                raise CurationError("この資料は、いまは公開されていません。")
            self.knowledge.publish(
                after, check=check.wanted, also=lambda connection: editions.mark_withdrawn(connection, source)
            )
        with self.store.write() as connection:
            tasks.close_tasks(connection, source, *Matter)
            note(connection, who, "knowledge-withdraw", source)
            self._note_override(connection, who, source, check)

    def restore(self, source: str, who: str, *, reason: str = "") -> None:
        """Publish a source again that was withdrawn and never was an edition: it goes back to the folder it came from.

        Raises:
            Breaks, CurationError, StoreBusy: As `publish`.
        """
        check = _Check(self._ippo, self.knowledge, reason)
        shown = self.knowledge.document(source)
        with self.knowledge.writing(PATIENCE):
            after = self.knowledge.active()
            if shown is None or source in after or source not in self.knowledge.held():
                raise CurationError("取り下げた資料ではありません。")
            writer = self.knowledge.writer()
            # No folder's root: the next ingest of its folder takes it over, with all that is stated there.
            after[source] = single.place(self.knowledge, writer, shown.document, {"restored": source}, "")
            writer.flush()
            self.knowledge.publish(after, check=check.wanted)
        with self.store.write() as connection:
            note(connection, who, "knowledge-publish", source)
            self._note_override(connection, who, source, check)

    def renew(self) -> int:
        """Read the published files anew that an older pipeline read; `ippo ingest` does so for what lies in folders.

        Returns:
            How many there were. One that can't be read any more stays as it was.
        Raises:
            StoreBusy, StoreUnavailable: It is for the next time.
        """
        with self.knowledge.store.read() as connection:
            published = [one for one in editions.listed(connection) if one.state is State.PUBLISHED]
        renewed = 0
        with self.knowledge.writing(PATIENCE):
            after = self.knowledge.active()
            writer = None
            for one in published:
                known = after.get(one.source)
                if known is None or known.fingerprint == single.mark_of(one.content_hash, one.stated):
                    continue
                try:
                    _, document = self.previews.edition(one.id)
                except CurationError:
                    continue
                writer = writer or self.knowledge.writer()
                after[one.source] = single.place(self.knowledge, writer, document, one.stated, DESK)
                renewed += 1
            if writer is not None:
                writer.flush()
                self.knowledge.publish(after)
        return renewed

    def _note_override(self, connection: Connection, who: str, source: str, check: _Check) -> None:
        if check.broken:
            ids = ", ".join(name for name, _ in check.broken)
            note(connection, who, "knowledge-override", source, f"{ids}: {check.reason}")


class _Check:
    """Asks the golden questions of a new generation before anybody is served it."""

    def __init__(self, ippo: Ippo, knowledge: Knowledge, reason: str) -> None:
        """Read the questions.

        Raises:
            CurationError: They can't be read, and there is no reason to go on without them.
        """
        self._ippo = ippo
        self._knowledge = knowledge
        self.reason = reason
        self.broken: list[tuple[str, str]] = []
        """(id, question) of what breaks; of the file itself, where it can't be read."""
        self._items: list[dict[str, Any]] = []
        try:
            self._items = golden.load(ippo.settings.data_dir)
        except golden.UnusableQuestions as error:
            if not reason:
                raise CurationError(f"確認質問のファイル {golden.FILE} を読めません({error})。") from error
            self.broken.append((golden.FILE, ""))

    @property
    def wanted(self) -> Callable[[Index], None] | None:
        """What looks at the generation; None: there is nothing to ask."""
        return self._ask if self._items else None

    def _ask(self, index: Index) -> None:
        today = self._ippo.settings.answering_date()
        before = golden.passing(answering(self._ippo, self._knowledge.current()), self._items, today)
        lost = before - golden.passing(answering(self._ippo, index), self._items, today)
        self.broken += [(str(item["id"]), str(item["question"])) for item in self._items if str(item["id"]) in lost]
        if self.broken and not self.reason:
            raise Breaks(self.broken)
