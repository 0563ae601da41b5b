"""What operators do with documents. The knowledge changes in one step; what was done is in the audit afterwards."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from adapters.bootstrap import Ippo
from adapters.curating import golden, rivals, tasks
from adapters.curating.errors import Breaks, CurationError
from adapters.curating.naming import name_of
from adapters.curating.tasks import Matter
from adapters.desk.audit import record
from adapters.messages.store import MessageStore
from bot.answer import Answer, Question
from bot.assistant import Assistant
from ingest import single
from ingest.errors import UnreadableSource
from ingest.fetch import fetch
from ingest.index import pipeline_version
from ingest.places import is_url
from knowledge import editions
from knowledge.documents import Document
from knowledge.editions import DESK, Edition, State
from knowledge.errors import ManifestError
from knowledge.generations import Knowledge
from knowledge.index import Index
from knowledge.memory import MemoryIndex

LARGEST = 20 * 1024 * 1024
"""Bytes of a file."""
LONGEST_URL = 1000
MOST = 50
"""Previews at once; each keeps its file."""
PATIENCE = 30.0
"""Seconds that another one who is publishing, or an ingest, is waited for."""
_KEPT = 4
"""Previews whose index stays in memory between questions."""


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
        self._tried: OrderedDict[tuple[int, str], Assistant] = OrderedDict()
        self._trying = threading.Lock()

    # Bringing in

    def bring_file(self, given: str, data: bytes, who: str) -> int:
        """Read a file into a preview.

        Args:
            given: What the browser says it is called.
            data: Its bytes.
            who: The operator.
        Returns:
            The edition's id.
        Raises:
            CurationError: It can't be read, or there are too many previews.
        """
        return self.bring(name_of(given), data, name_of(given), who)

    def bring_url(self, address: str, who: str) -> int:
        """Fetch an address into a preview; otherwise as `bring_file`."""
        if not is_url(address) or len(address) > LONGEST_URL or any(c.isspace() for c in address):
            raise CurationError("http:// または https:// で始まるアドレスを入れてください。")
        try:
            data, name = self.fetched(address)
        except UnreadableSource as error:
            raise CurationError(f"取得できませんでした。{error}") from error
        return self.bring(address, data, name, who)

    def fetched(self, address: str) -> tuple[bytes, str]:
        """Fetch an address: its bytes, and a file name for them. Raises UnreadableSource."""
        found = fetch(address, allow_private=self._ippo.settings.allow_private_urls)
        return found.data, found.name

    def bring(self, source: str, data: bytes, name: str, who: str) -> int:
        """Read bytes into a preview of a source.

        What was stated about the edition before is stated about this one too, but for its dates, which are its own.

        Raises:
            CurationError: They can't be read, or there are too many previews.
        """
        if len(data) > LARGEST:
            raise CurationError(f"大きすぎます。{LARGEST // 1024 // 1024} MiB までにしてください。")
        document = opened(source, data, name)
        with self.knowledge.store.write() as connection:
            if editions.previews(connection) >= MOST:
                raise CurationError(f"公開前の文書が{MOST}件あります。公開するか、破棄してから追加してください。")
            editions.keep_original(connection, data)
            number = editions.add(
                connection,
                document,
                name=name,
                stated=_inherited(editions.of_source(connection, source)),
                pipeline=pipeline_version(),
                author=who,
            )
        self._note(who, "knowledge-bring", source, f"edition:{number}")
        return number

    # Looking

    def edition(self, number: int) -> tuple[Edition, Document]:
        """Give an edition with its text, read anew if the pipeline has changed.

        Raises:
            CurationError: There is none, or it can't be read any more.
        """
        pipeline = pipeline_version()
        with self.knowledge.store.read() as connection:
            found = editions.find(connection, number)
            if found is None:
                raise CurationError("この文書は見つかりません。破棄されたのかもしれません。")
            if found.pipeline == pipeline:
                try:
                    return found, editions.document_of(connection, number)
                except NoResultFound:  # discarded between the two
                    raise CurationError("この文書は見つかりません。破棄されたのかもしれません。") from None
            data = editions.original(connection, found.content_hash)
        document = opened(found.source, data, found.name)
        with self.knowledge.store.write() as connection:
            editions.reread(connection, number, document, pipeline)
        found = replace(found, described=editions.described(document.source, found.stated), pipeline=pipeline)
        return found, replace(document, source=found.described)

    def ask(self, number: int, question: Question) -> Answer:
        """Answer a question from an edition alone, published or not."""
        found, document = self.edition(number)
        key = (number, repr(sorted(found.stated.items())) + found.pipeline)
        with self._trying:
            assistant = self._tried.get(key)
            if assistant is None:
                index = MemoryIndex([document.source], single.cut(document))
                assistant = self._tried[key] = answering(self._ippo, index)
                while len(self._tried) > _KEPT:
                    self._tried.popitem(last=False)
            self._tried.move_to_end(key)
        return assistant.answer(question)

    # Changing

    def state(self, number: int, stated: Mapping[str, Any], who: str) -> None:
        """Say what is known about a preview."""
        found, _ = self.edition(number)
        if found.state is not State.PREVIEW:
            raise CurationError("公開した文書の情報は変えられません。新しい版として追加してください。")
        with self.knowledge.store.write() as connection:
            editions.restate(connection, number, stated)
        self._note(who, "knowledge-state", found.source, f"edition:{number}")

    def discard(self, number: int, who: str) -> None:
        """Throw a preview away, with its file."""
        with self.knowledge.store.write() as connection:
            found = editions.find(connection, number)
            gone = editions.discard(connection, number)
        if found is None or not gone:
            raise CurationError("公開前の文書ではありません。")
        with self.store.write() as connection:
            tasks.close_tasks(connection, found.source, Matter.CHANGED)
            self._record(connection, who, "knowledge-discard", found.source, f"edition:{number}")

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
        found, document = self.edition(number)
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
            self._record(connection, who, "knowledge-publish", found.source, f"edition:{number}")
            self._record_override(connection, who, found.source, check)
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
            self._record(connection, who, "knowledge-withdraw", source)
            self._record_override(connection, who, source, check)

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
            self._record(connection, who, "knowledge-publish", source)
            self._record_override(connection, who, source, check)

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
                    _, document = self.edition(one.id)
                except CurationError:
                    continue
                writer = writer or self.knowledge.writer()
                after[one.source] = single.place(self.knowledge, writer, document, one.stated, DESK)
                renewed += 1
            if writer is not None:
                writer.flush()
                self.knowledge.publish(after)
        return renewed

    def _note(self, who: str, action: str, source: str, detail: str = "") -> None:
        with self.store.write() as connection:
            self._record(connection, who, action, source, detail)

    def _record(self, connection: Connection, who: str, action: str, source: str, detail: str = "") -> None:
        record(connection, who=who, action=action, subject=f"source:{source}", detail=detail)

    def _record_override(self, connection: Connection, who: str, source: str, check: _Check) -> None:
        if check.broken:
            ids = ", ".join(name for name, _ in check.broken)
            self._record(connection, who, "knowledge-override", source, f"{ids}: {check.reason}")


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


def answering(ippo: Ippo, index: Index) -> Assistant:
    """Make one who answers from an index that stays as it is."""
    return Assistant(golden.Fixed(index), public_url=ippo.settings.public_url, hours=ippo.settings.hours)


def opened(source: str, data: bytes, name: str) -> Document:
    """Read and clean bytes. Raises CurationError where they give no usable text."""
    try:
        return single.open_document(source, data, name, url=source if is_url(source) else "")
    except (UnreadableSource, ManifestError) as error:
        raise CurationError(f"読み取れませんでした。{error}") from error
    except UnicodeEncodeError as error:
        raise CurationError("名前か本文が正しい文字列ではありません。UTF-8 にしてください。") from error


def _inherited(before: Sequence[Edition]) -> dict[str, Any]:
    published = next((one for one in before if one.state is not State.PREVIEW), None)
    if published is None:
        return {}
    return {name: published.stated[name] for name in ("publisher", "wards", "kind") if published.stated.get(name)}
