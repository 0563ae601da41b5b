"""Saving and restoring: from and to both databases, under load, and against files that mean harm."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sqlite3
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, func, inspect, select, text, update

from adapters.backup import rows
from adapters.backup.archive import MANIFEST, Manifest
from adapters.backup.errors import BackupError, Refused, Unreadable
from adapters.backup.restore import restore
from adapters.backup.save import save
from adapters.cli import ippo
from adapters.desk import cases as desk_cases
from adapters.desk.posts import Op, post
from adapters.desk.schema import drafts
from adapters.messages.conversation import Talker
from adapters.messages.inbox import Inbox
from adapters.messages.model import Delivery, Incoming, Kind, Outcome, Outgoing
from adapters.messages.schema import conversations, inbox, outbox, turns, workers
from adapters.messages.store import MessageStore, now
from adapters.messages.worker import Worker
from adapters.privacy.erase import erase_person, listed
from adapters.privacy.people import digest
from adapters.web.store import WebStore
from bot.answer import Act, Answer, Question
from ingest.pipeline import ingest
from knowledge.generations import Knowledge
from knowledge.store import Store
from tests.searching import found


@dataclass(frozen=True)
class Place:
    """A data directory and the database that goes with it."""

    data_dir: Path
    url: str | None

    def messages(self) -> MessageStore:
        return MessageStore.open(self.data_dir, self.url)

    def save(self, file: Path) -> Manifest:
        return save(file, self.data_dir, self.url)

    def restore(self, file: Path, *, force: bool = False) -> None:
        restore(file, self.data_dir, self.url, force=force)


class Echo:
    def answer(self, question: Question) -> Answer:
        return Answer(Act.ANSWER, f"「{question.text}」ですね。", (), (), (), 0.9)


class Delivers:
    name = "line"

    def deliver(self, message: Outgoing) -> Delivery:
        return Delivery(Outcome.SENT, sent_as=f"m{message.id}")

    def working(self, address: object) -> None:
        pass


@pytest.fixture
def emptied(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Gives the address of a PostgreSQL database of which nothing is left."""

    def empty() -> str:
        url: str = request.getfixturevalue("postgresql")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()
        return url

    yield empty
    if "postgresql" in request.fixturenames or any("postgresql" in str(value) for value in _parameters(request)):
        # Other tests of this session expect the tables.
        MessageStore.open(Path(request.getfixturevalue("tmp_path")) / "again", empty()).close()


def _parameters(request: pytest.FixtureRequest) -> list[object]:
    spec = getattr(request.node, "callspec", None)
    return list(spec.params.values()) if spec else []


@pytest.fixture(params=["sqlite", "sqlite in one file", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path, emptied: Callable[[], str]) -> Place:
    url = {
        "sqlite": lambda: None,
        "sqlite in one file": lambda: f"sqlite:///{tmp_path / 'whole.db'}",
        "postgresql": emptied,
    }[request.param]()
    return Place(tmp_path / "data", url)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "saved.tar.gz"


def take(store: MessageStore, person: str, words: str, n: int = 0) -> None:
    key = digest("line", f"{person}:{n}:{words}")  # As platforms' ids, it tells nothing.
    Inbox(store).take([Incoming("line", person, (key,), Kind.TEXT, words, person, f"m{n}-{person}", {"to": person})])


def work(store: MessageStore) -> None:
    worker = Worker(store, Talker(Echo(), lambda: date(2026, 11, 24)), {"line": Delivers()})
    while worker.work_once():
        pass


def fill(place: Place, folder: Path | None = None) -> None:
    """Put something into every corner: documents with vectors, conversations, a case with a draft, the cookies' key."""
    knowledge = Knowledge.open(place.data_dir, place.url)
    if folder is not None:
        ingest([str(folder)], knowledge=knowledge)
    knowledge.close()
    store = place.messages()
    take(store, "U-hanako", "花子の質問")
    take(store, "U-taro", "太郎の質問")
    work(store)
    with store.write() as connection:
        number = connection.execute(select(conversations.c.id).where(conversations.c.key == "U-taro")).scalar_one()
        case = desk_cases.open_case(connection, number, reason="asked", question="太郎の質問")
        connection.execute(
            drafts.insert().values(
                case_id=case, question="q", answer="a", based_on="", expires_on=date(2027, 3, 31), state="draft",
                author="account:1", approved_by="", approved_on=None, at=now() + 0.123456789,
            )
        )  # fmt: skip
    WebStore(store).secret()
    store.close()


def content(place: Place) -> dict[str, list[tuple[object, ...]]]:
    """Give all rows of all tables that a backup holds."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for opened, kind in ((Store.open(place.data_dir, place.url), "knowledge"), (place.messages(), "messages")):
        with opened.read() as connection:
            for table in rows.saved(connection, kind):
                query = select(*table.columns).order_by(*table.primary_key.columns)
                found[table.name] = [tuple(map(_comparable, row)) for row in connection.execute(query)]
        opened.close()
    return found


def _comparable(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def differing(before: dict[str, list[tuple[object, ...]]], after: dict[str, list[tuple[object, ...]]]) -> set[str]:
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


SETTLED = {"audit"}
"""What restoring writes; leases apart, nothing else may differ."""


def test_what_was_saved_comes_back(place: Place, folder: Path, file: Path, tmp_path: Path) -> None:
    fill(place, folder)
    before = content(place)
    assert all(
        before[name] for name in ("chunks", "vectors", "pointer", "inbox", "outbox", "cases", "drafts", "web_keys")
    )
    manifest = place.save(file)
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert manifest.parts["messages/inbox.jsonl"].rows == 2

    store = place.messages()
    take(store, "U-jiro", "あとの質問")
    store.close()
    place.restore(file, force=True)

    assert differing(before, content(place)) == SETTLED
    knowledge = Knowledge.open(place.data_dir, place.url)
    assert "led.md" in found(knowledge.current(), "照明 LED")
    knowledge.close()
    store = place.messages()
    take(store, "U-jiro", "あとの質問")  # Ids go on where they were.
    work(store)
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(inbox)).scalar_one() == 3
    store.close()


@pytest.mark.parametrize("towards", ["postgresql", "sqlite"])
def test_one_database_is_restored_into_the_other(
    towards: str, folder: Path, file: Path, tmp_path: Path, emptied: Callable[[], str]
) -> None:
    url = emptied()
    small, large = Place(tmp_path / "small", None), Place(tmp_path / "large", url)
    first, second = (small, large) if towards == "postgresql" else (large, small)
    fill(first, folder)
    before = content(first)
    first.save(file)

    second.restore(file)

    assert differing(before, content(second)) == SETTLED
    store = second.messages()
    take(store, "U-jiro", "あとの質問")
    work(store)
    store.close()


def test_a_backup_taken_while_messages_flow_is_of_one_moment(place: Place, file: Path) -> None:
    fill(place)
    store = place.messages()
    stop = threading.Event()
    failures: list[BaseException] = []
    counts = [0, 0]

    def write(lane: int) -> None:
        try:
            while not stop.is_set():
                counts[lane] += 1
                take(store, f"U-{lane}-{counts[lane] % 5}", f"質問{counts[lane]}", counts[lane])
        except BaseException as error:
            failures.append(error)

    worker = Worker(store, Talker(Echo(), lambda: date(2026, 11, 24)), {"line": Delivers()}, threads=2)
    threads = [threading.Thread(target=write, args=(lane,)) for lane in range(2)]
    for thread in threads:
        thread.start()
    worker.start()
    saved = []
    for n in range(3):
        while sum(counts) < 20 * (n + 1):
            stop.wait(0.01)
        saved.append(place.save(file.with_name(f"{n}.tar.gz")))
    stop.set()
    for thread in threads:
        thread.join()
    worker.stop()
    store.close()

    assert failures == []
    taken = [manifest.parts["messages/inbox.jsonl"].rows for manifest in saved]
    assert taken == sorted(taken)
    assert taken[0] < taken[-1]
    place.restore(file.with_name("2.tar.gz"), force=True)
    store = place.messages()
    with store.read() as connection:
        asked = dict.fromkeys(connection.scalars(select(inbox.c.id)))
        keys = connection.scalars(select(outbox.c.key).where(outbox.c.author == "bot")).all()
        # One transaction writes a reply, its turns and the end of the message: all of them are there or none.
        done = set(connection.scalars(select(inbox.c.id).where(inbox.c.status == "done")))
        said = connection.execute(select(turns.c.role, func.count()).group_by(turns.c.role)).all()
        names = set(connection.scalars(select(inbox.c.message)))
    store.close()
    assert len(asked) == taken[-1]
    assert {int(key.split(":")[0]) for key in keys} == done
    by_role = {row[0]: row[1] for row in said}
    assert by_role["user"] == by_role["assistant"] == len(done)
    assert len(names) == len(asked)


def test_whoever_was_erased_stays_erased(place: Place, file: Path) -> None:
    fill(place)
    place.save(file)
    store = place.messages()
    erase_person(store, "line", "U-hanako")
    store.close()

    place.restore(file, force=True)

    everything = json.dumps(content(place), default=str, ensure_ascii=False)
    assert "花子" not in everything
    assert "U-hanako" not in json.dumps(content(place)["conversations"], default=str)
    assert "太郎の質問" in everything
    store = place.messages()
    with store.read() as connection:
        assert list(listed(connection)) == [digest("line", "U-hanako")]
    store.close()
    again = file.with_name("again.tar.gz")
    place.save(again)
    place.restore(file, force=True)
    place.restore(again, force=True)
    assert "花子" not in json.dumps(content(place), default=str, ensure_ascii=False)


def test_the_list_in_the_backup_counts_where_the_database_is_new(file: Path, tmp_path: Path) -> None:
    first = Place(tmp_path / "first", None)
    fill(first)
    store = first.messages()
    erase_person(store, "line", "U-hanako")
    store.close()
    first.save(file)
    second = Place(tmp_path / "second", None)

    second.restore(file)

    store = second.messages()
    with store.read() as connection:
        assert list(listed(connection)) == [digest("line", "U-hanako")]
    store.close()


def test_what_was_taken_back_stays_taken_back(place: Place, file: Path) -> None:
    fill(place)
    place.save(file)
    store = place.messages()
    Inbox(store).take([Incoming("line", "U-hanako", ("unsend",), Kind.UNSEND, message="m0-U-hanako")])
    store.close()

    place.restore(file, force=True)

    store = place.messages()
    with store.read() as connection:
        left = connection.scalars(select(inbox.c.text).where(inbox.c.text != "")).all()
    store.close()
    assert left == ["太郎の質問"]


def test_nothing_is_sent_twice_and_nothing_old_at_all(place: Place, file: Path) -> None:
    fill(place)
    store = place.messages()
    with store.write() as connection:
        number = connection.execute(select(conversations.c.id).where(conversations.c.key == "U-taro")).scalar_one()
        for key, status, age in (
            ("a", "sending", 9000),
            ("b", "pending", 9000),
            ("c", "pending", 10),
            ("d", "sent", 10),
        ):
            connection.execute(
                outbox.insert().values(
                    key=key, conversation=number, epoch=0, author="bot", reply='{"text": "x", "act": "answer", "citations": [], "choices": []}',
                    address="{}", retry_key=key, received_at=now() - age, status=status, attempts=0, error="", sent_as="",
                )
            )  # fmt: skip
        case = connection.execute(select(desk_cases.cases.c.id)).scalar_one()
        post(connection, case, Op.DELETE, channel="C", ts="1.0")
        connection.execute(update(outbox).where(outbox.c.address.contains("delete")).values(received_at=now() - 9000))
        connection.execute(update(conversations).values(lease_token="t", lease_until=now() + 30))
    take(store, "U-old", "古い質問")
    take(store, "U-new", "新しい質問")
    with store.write() as connection:
        connection.execute(update(inbox).where(inbox.c.text == "古い質問").values(received_at=now() - 9000))
    store.close()
    place.save(file)

    place.restore(file, force=True)

    store = place.messages()
    with store.read() as connection:
        status = {row.key: row.status for row in connection.execute(select(outbox.c.key, outbox.c.status))}
        asked = {row.text: row.status for row in connection.execute(select(inbox.c.text, inbox.c.status))}
        lanes = {row.key: (row.busy, row.lease_token) for row in connection.execute(select(conversations))}
        attempted = connection.execute(select(outbox.c.attempted_at).where(outbox.c.key == "c")).scalar_one()
        posts = connection.scalars(select(outbox.c.status).where(outbox.c.address.contains("delete"))).all()
    store.close()
    assert [status[key] for key in "abcd"] == ["unknown", "dropped", "sending", "sent"]
    assert posts == ["pending"]
    assert attempted is not None
    assert (asked["古い質問"], asked["新しい質問"]) == ("parked", "pending")
    assert lanes["U-new"] == (True, None)
    assert lanes["U-taro"] == (True, None)
    assert lanes["U-hanako"] == (False, None)


def test_something_in_the_way_is_not_replaced_unasked(place: Place, file: Path) -> None:
    fill(place)
    place.save(file)
    before = content(place)

    with pytest.raises(Refused, match="--force"):
        place.restore(file)

    store = place.messages()
    with store.write() as connection:
        connection.execute(workers.insert().values(id="w", beat_at=now()))
    store.close()
    with pytest.raises(Refused, match="workers are alive"):
        place.restore(file)
    assert differing(before, content(place)) == set()


def test_a_server_that_runs_goes_on_with_what_was_restored(place: Place, file: Path) -> None:
    fill(place)
    place.save(file)
    store = place.messages()
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(inbox)).scalar_one() == 2
    take(store, "U-jiro", "あとの質問")

    place.restore(file, force=True)

    take(store, "U-saburo", "もっとあとの質問")
    store.close()
    again = place.messages()
    with again.read() as connection:
        assert set(connection.scalars(select(inbox.c.text))) == {"花子の質問", "太郎の質問", "もっとあとの質問"}
    again.close()


# A file that means harm, or has suffered some.


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup with something in every corner."""
    folder = tmp_path_factory.mktemp("saved")
    (folder / "documents").mkdir()
    (folder / "documents" / "led.md").write_text("# 照明のLED化\n\n照明をLEDに取り替えます。\n")
    place = Place(folder / "data", None)
    fill(place, folder / "documents")
    place.save(folder / "saved.tar.gz")
    return (folder / "saved.tar.gz").read_bytes()


@pytest.fixture
def there(saved: bytes, file: Path, tmp_path: Path) -> Place:
    """Where it has been restored."""
    place = Place(tmp_path / "data", None)
    file.write_bytes(saved)
    place.restore(file)
    return place


def members(packed: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        return {info.name: (tar.extractfile(info) or io.BytesIO()).read() for info in tar}


def packed(entries: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.GNU_FORMAT) as tar:
        for info, data in entries:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def entries(found: dict[str, bytes]) -> list[tuple[tarfile.TarInfo, bytes]]:
    return [(tarfile.TarInfo(name), data) for name, data in found.items()]


def announced(found: dict[str, bytes], change: Callable[[dict[str, object]], None]) -> dict[str, bytes]:
    manifest = json.loads(found[MANIFEST])
    change(manifest)
    return {**found, MANIFEST: json.dumps(manifest).encode()}


def with_part(found: dict[str, bytes], name: str, data: bytes, *, lines: int | None = None) -> dict[str, bytes]:
    """Change a table and have the manifest vouch for it: what an attacker can do, and a fault can't."""

    def vouch(manifest: dict[str, object]) -> None:
        parts = manifest["parts"]
        assert isinstance(parts, dict)
        count = data.count(b"\n") - 1 if lines is None else lines
        parts[name] = {"rows": count, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}

    return announced({**found, name: data}, vouch)


def _set(**values: object) -> Callable[[dict[str, object]], None]:
    return lambda manifest: manifest.update(values)


def _at(revision: str) -> Callable[[dict[str, object]], None]:
    def change(manifest: dict[str, object]) -> None:
        revisions = manifest["revisions"]
        assert isinstance(revisions, dict)
        revisions["messages"] = revision

    return change


def linked(found: dict[str, bytes]) -> bytes:
    info = tarfile.TarInfo("messages/inbox.jsonl")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    rest = {name: data for name, data in found.items() if name != "messages/inbox.jsonl"}
    return packed([*entries(rest), (info, b"")])


def extended(found: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as tar:
        for info, data in entries(found):
            info.size, info.pax_headers = len(data), {"comment": "x" * 2000}
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


INBOX = "messages/inbox.jsonl"
HARM: dict[str, Callable[[bytes], bytes]] = {
    "no archive": lambda whole: b"hello",
    "empty": lambda whole: b"",
    "cut off": lambda whole: whole[: len(whole) // 2],
    "a bit turned": lambda whole: whole[:-2000] + bytes([whole[-2000] ^ 4]) + whole[-1999:],
    "a table missing": lambda whole: packed(entries({n: d for n, d in members(whole).items() if n != INBOX})),
    "a table changed": lambda whole: packed(
        entries({**(m := members(whole)), INBOX: m[INBOX].replace("花子".encode(), "次子".encode())})
    ),
    "a table twice": lambda whole: packed([*entries(m := members(whole)), (tarfile.TarInfo(INBOX), m[INBOX])]),
    "a path upwards": lambda whole: packed(entries({**members(whole), "../../evil": b"x"})),
    "an absolute path": lambda whole: packed(entries({**members(whole), "/evil": b"x"})),
    "a path upwards that is vouched for": lambda whole: packed(entries(with_part(members(whole), "../../evil", b"x\n"))),
    "a table that there is not": lambda whole: packed(
        entries(with_part(members(whole), "messages/sqlite_master.jsonl", b'["a"]\n["b"]\n'))
    ),
    "a link": lambda whole: linked(members(whole)),
    "extended headers": lambda whole: extended(members(whole)),
    "no manifest": lambda whole: packed(entries({n: d for n, d in members(whole).items() if n != MANIFEST})),
    "a manifest that is no JSON": lambda whole: packed(entries({**members(whole), MANIFEST: b"{"})),
    "a manifest nested too deep": lambda whole: packed(entries({**members(whole), MANIFEST: b"[" * 100_000})),
    "a newer form": lambda whole: packed(entries(announced(members(whole), _set(format=2)))),
    "a newer program's tables": lambda whole: packed(
        entries(announced(members(whole), _at("9999")))
    ),
    "a revision that is an option": lambda whole: packed(
        entries(announced(members(whole), _at("base")))
    ),
    "a row that refers to nothing": lambda whole: packed(
        entries(with_part(m := members(whole), "messages/turns.jsonl", m["messages/turns.jsonl"].replace(b"[1, 1,", b"[1, 999,")))
    ),
    "a row too short": lambda whole: packed(entries(with_part(m := members(whole), INBOX, m[INBOX] + b"[1]\n"))),
    "a row that is no JSON": lambda whole: packed(entries(with_part(m := members(whole), INBOX, m[INBOX] + b"nonsense\n"))),
    "other columns": lambda whole: packed(entries(with_part(m := members(whole), INBOX, m[INBOX].replace(b'"kind"', b'"kid"')))),
    "fewer rows than announced": lambda whole: packed(entries(with_part(m := members(whole), INBOX, m[INBOX], lines=9))),
    "a bomb": lambda whole: gzip.compress(
        gzip.decompress(packed(entries(with_part(members(whole), INBOX, b"\n" * (80 * 1024 * 1024))))), 9
    ),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARM)
def test_a_file_that_is_not_whole_and_sound_changes_nothing(
    harm: str, saved: bytes, there: Place, file: Path, tmp_path: Path
) -> None:
    before = content(there)
    file.write_bytes(HARM[harm](saved))

    with pytest.raises(Unreadable):
        there.restore(file, force=True)

    assert differing(before, content(there)) == set()
    assert list((tmp_path / "data").glob("restoring-*")) == []
    assert {path.name for path in tmp_path.iterdir()} == {"data", "saved.tar.gz"}


@pytest.mark.parametrize("harm", ["a row too short", "a row that refers to nothing", "a newer program's tables"])
def test_on_postgresql_neither(harm: str, saved: bytes, file: Path, tmp_path: Path, emptied: Callable[[], str]) -> None:
    place = Place(tmp_path / "there", emptied())
    file.write_bytes(saved)
    place.restore(file)
    before = content(place)
    file.write_bytes(HARM[harm](saved))

    with pytest.raises(Exception, match=r"backup|データベース"):
        place.restore(file, force=True)

    assert differing(before, content(place)) == set()


def test_a_database_that_cannot_be_opened_is_replaced_when_forced(there: Place, file: Path) -> None:
    place = there
    before = content(place)
    (place.data_dir / "messages.db").write_bytes(b"damaged" * 1000)

    with pytest.raises(Exception, match="データベースを開けません"):
        place.restore(file)
    place.restore(file, force=True)

    assert differing(before, content(place)) == SETTLED


def test_two_files_that_belong_together_are_replaced_together(there: Place, file: Path) -> None:
    """The second can't be replaced: the first is put back."""
    place = there
    store = place.messages()
    take(store, "U-jiro", "あとの質問")
    store.close()
    with closing(sqlite3.connect(place.data_dir / "ippo.db")) as connection:
        connection.execute("UPDATE sources SET root = 'changed'")
        connection.commit()
    before = content(place)
    # A size of pages that the backup does not have: SQLite copies nothing into it.
    with closing(sqlite3.connect(place.data_dir / "messages.db")) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("VACUUM")
        connection.execute("PRAGMA journal_mode = WAL")

    with pytest.raises(BackupError, match="can't be replaced"):
        place.restore(file, force=True)

    assert differing(before, content(place)) == set()


def test_an_older_revision_is_brought_up_to_date(saved: bytes, file: Path, tmp_path: Path) -> None:
    found = members(saved)
    desk = {
        "cases",
        "transitions",
        "notes",
        "answers",
        "advisors",
        "audit",
        "templates",
        "drafts",
        "tasks",
        "runs",
        "erasures",
    }
    old = {name: data for name, data in found.items() if Path(name).stem not in desk}

    def as_it_was(name: str, *columns: str) -> None:
        lines = [json.loads(line) for line in old[name].splitlines()]
        left = [n for n, column in enumerate(lines[0]) if column not in columns]
        data = "".join(json.dumps([line[n] for n in left]) + "\n" for line in lines).encode()
        old.update(with_part(old, name, data))

    as_it_was("messages/conversations.jsonl", "talk")
    as_it_was("messages/turns.jsonl", "owner", "detail")

    def earlier(manifest: dict[str, object]) -> None:
        parts = manifest["parts"]
        assert isinstance(parts, dict)
        manifest["parts"] = {name: part for name, part in parts.items() if Path(name).stem not in desk}
        _at("0001")(manifest)

    file.write_bytes(packed(entries(announced(old, earlier))))
    place = Place(tmp_path / "new", None)

    place.restore(file)

    store = place.messages()
    with store.read() as connection:
        assert connection.scalars(select(turns.c.owner)).all() == ["bot"] * 4
        assert connection.execute(select(func.count()).select_from(inbox)).scalar_one() == 2
        assert "cases" in inspect(connection).get_table_names()
    store.close()


def test_no_word_is_left_over_in_a_backup_of_what_was_erased(file: Path, tmp_path: Path) -> None:
    """Rows are written anew, so that nothing hides between them as in a copied database file."""
    place = Place(tmp_path / "data", None)
    fill(place)
    store = place.messages()
    erase_person(store, "line", "U-hanako")
    store.close()

    place.save(file)

    assert "花子".encode() not in b"".join(members(file.read_bytes()).values())


def test_a_backup_that_cannot_be_written_leaves_the_one_before(tmp_path: Path, file: Path) -> None:
    place = Place(tmp_path / "data", None)
    place.messages().close()
    with pytest.raises(BackupError, match="can't be written"):
        place.save(tmp_path / "nowhere" / "saved.tar.gz")
    file.mkdir()
    (file / "x").touch()

    with pytest.raises(BackupError, match="can't be written"):
        place.save(file)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "saved.tar.gz"]


def test_the_commands_say_what_was_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    fill(Place(tmp_path / ".ippo", None))
    run = CliRunner().invoke

    assert run(ippo, ["backup", "saved.zip"]).exit_code == 2
    made = run(ippo, ["backup", "saved.tar.gz"])
    assert (made.exit_code, "saved.tar.gz" in made.output) == (0, True)
    refused = run(ippo, ["restore", "saved.tar.gz"])
    assert (refused.exit_code, "--force" in refused.stderr) == (1, True)
    shown = run(ippo, ["person", "export", "line", "U-hanako"])
    assert "花子の質問" in shown.stdout
    assert run(ippo, ["person", "erase", "line", "U-hanako"], input="n\n").exit_code == 1
    erased = run(ippo, ["person", "erase", "line", "U-hanako", "--yes"])
    assert "erased: 1 conversations" in erased.stdout
    restored = run(ippo, ["restore", "--force", "saved.tar.gz"])
    assert (restored.exit_code, "erased persons: 1" in restored.stdout) == (0, True)
    assert json.loads(run(ippo, ["person", "export", "line", "U-hanako"]).stdout)["conversations"] == []
