"""Addresses are fetched again each night: what changed waits for an operator, what is gone is said."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from dataclasses import asdict, dataclass

from adapters.bootstrap import Ippo
from adapters.curating import tasks
from adapters.curating.comparing import Comparison, compare, text_of
from adapters.curating.curation import Curation
from adapters.curating.errors import CurationError
from adapters.curating.previews import Previews, opened
from adapters.curating.tasks import Matter
from adapters.desk.nightly import Nightly
from adapters.messages.store import MessageStore, now
from ingest.errors import UnreadableSource
from ingest.places import is_url
from knowledge import editions
from knowledge.citing import Shown
from knowledge.editions import Edition, State
from knowledge.errors import KnowledgeError
from knowledge.generations import Knowledge

log = logging.getLogger(__name__)

SYSTEM = "system"
"""Author of editions that nobody brought in."""
ROUND = Nightly("refetch", "knowledge", 4_902_004)


@dataclass(slots=True)
class Fetched:
    """What a round found."""

    same: int = 0
    changed: int = 0
    broken: int = 0


def refetch_if_due(store: MessageStore, ippo: Ippo) -> threading.Thread | None:
    """Fetch all addresses again, if nobody has for 20 hours; of several processes that call this, one does.

    What a program before an update had read of published files is read anew on this occasion.
    It may take half a minute for each address, so it is done in a thread of its own and the caller goes on.

    Args:
        store: Where it is written down when it was done, and what operators have to look at.
        ippo: The knowledge and the settings.
    Returns:
        The thread, which ends by itself; None: it was not due, or the knowledge can only be read.
    Raises:
        StoreUnavailable: The database can't be reached.
    """
    knowledge = ippo.knowledge
    if not isinstance(knowledge, Knowledge) or not ROUND.begin(store, now()):
        return None

    def run() -> None:
        curation = Curation(ippo, knowledge, store)
        try:
            curation.renew()
            refetch(curation.previews)
        except Exception:
            # The program may be closing; the next round is in a day.
            log.exception("refetch failed")

    thread = threading.Thread(target=run, name="refetch", daemon=True)
    thread.start()
    return thread


def refetch(previews: Previews) -> Fetched:
    """Fetch all addresses that are answered from; what changed becomes a preview and a task.

    Raises:
        StoreUnavailable: The database can't be reached.
    """
    found = Fetched()
    for source, _ in previews.knowledge.list_sources():
        if is_url(source.id):
            _look(previews, source.id, found)
    with previews.store.write() as connection:
        ROUND.note(connection, now(), "refetched", json.dumps(asdict(found)))
    log.info("refetched", extra=asdict(found))
    return found


def _look(previews: Previews, url: str, found: Fetched) -> None:
    """Look at one address. What it holds now is nobody's fault but its own, and the round goes on."""
    shown = previews.knowledge.document(url)
    if shown is None or shown.withdrawn_on is not None:
        return
    try:
        data, name = previews.fetched(url)
        changes = _changes(previews, url, data, name, shown)
        number = previews.bring(url, data, name, SYSTEM) if changes else 0
    except KnowledgeError:
        raise
    except Exception as error:
        known = isinstance(error, UnreadableSource | CurationError)
        if not known:
            log.exception("address failed")
        found.broken += 1
        why = str(error) if known else f"読み取れませんでした({type(error).__name__})"
        with previews.store.write() as connection:
            tasks.open_task(connection, Matter.BROKEN, url, why)
        return
    with previews.store.write() as connection:
        tasks.close_tasks(connection, url, Matter.BROKEN)
        if changes:
            told = f"追加 {changes.added}行、削除 {changes.removed}行(版 {number})"
            tasks.open_task(connection, Matter.CHANGED, url, told)
    if changes:
        found.changed += 1
        _drop(previews, url, but=number)
    else:
        found.same += 1


def _changes(previews: Previews, url: str, data: bytes, name: str, shown: Shown) -> Comparison | None:
    """Tell what is new at an address.

    Words are compared, not bytes: a counter or a script on the page is no change. Where it is again as it is answered from, what
    waited is dropped.

    Returns:
        None: nothing, or what already waits for an operator.
    """
    digest = hashlib.sha256(data).hexdigest()
    waiting = _waiting(previews, url)
    if any(one.content_hash == digest for one in waiting):
        return None
    if shown.document.content_hash != digest:
        after = text_of(opened(url, data, name))
        changes = compare(text_of(shown.document), after)
        if changes.lines:
            same = any(text_of(previews.edition(one.id)[1]) == after for one in waiting)
            return None if same else changes
    _drop(previews, url)
    with previews.store.write() as connection:
        tasks.close_tasks(connection, url, Matter.CHANGED)
    return None


def _waiting(previews: Previews, url: str) -> list[Edition]:
    """List the previews that earlier rounds made of an address; an operator's own are left alone."""
    with previews.knowledge.store.read() as connection:
        known = editions.of_source(connection, url)
    return [one for one in known if one.state is State.PREVIEW and one.author == SYSTEM]


def _drop(previews: Previews, url: str, *, but: int = 0) -> None:
    """Discard what earlier rounds left waiting, but for one."""
    for one in _waiting(previews, url):
        if one.id != but:
            with previews.knowledge.store.write() as connection:
                editions.discard(connection, one.id)
