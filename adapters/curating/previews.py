"""Documents before anybody is answered from them: brought in, looked at, asked, described, or thrown away."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from adapters.bootstrap import Ippo
from adapters.curating import golden, tasks
from adapters.curating.errors import CurationError
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
from knowledge.editions import Edition, State
from knowledge.errors import ManifestError
from knowledge.generations import Knowledge
from knowledge.index import Index
from knowledge.memory import MemoryIndex

LARGEST = 20 * 1024 * 1024
"""Bytes of a file."""
LONGEST_URL = 1000
MOST = 50
"""Previews at once; each keeps its file."""
_KEPT = 4
"""Previews whose index stays in memory between questions."""


class Previews:
    """Makes editions and shows them; nothing here changes what is answered from. Safe to share between threads."""

    def __init__(self, ippo: Ippo, knowledge: Knowledge, store: MessageStore) -> None:
        """Take what is needed.

        Args:
            ippo: The settings, and who answers.
            knowledge: Where editions and their files are kept.
            store: Where audit and tasks are.
        """
        self._ippo = ippo
        self.knowledge = knowledge
        self.store = store
        self._tried: OrderedDict[tuple[int, str], Assistant] = OrderedDict()
        self._trying = threading.Lock()

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
            note(connection, who, "knowledge-discard", found.source, f"edition:{number}")

    def _note(self, who: str, action: str, source: str, detail: str) -> None:
        with self.store.write() as connection:
            note(connection, who, action, source, detail)


def note(connection: Connection, who: str, action: str, source: str, detail: str = "") -> None:
    """Write into the audit what an operator did with a source."""
    record(connection, who=who, action=action, subject=f"source:{source}", detail=detail)


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
