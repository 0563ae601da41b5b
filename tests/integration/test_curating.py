"""The knowledge desk over a real index: documents are brought in, looked at, published, compared and withdrawn."""

from __future__ import annotations

import html
import io
import json
import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from adapters import bootstrap
from adapters.console.knowledge import MATTERS
from adapters.curating.curation import Curation
from adapters.curating.errors import CurationError
from adapters.curating.naming import name_of
from adapters.curating.previews import Previews
from adapters.curating.refetch import Fetched, refetch, refetch_if_due
from adapters.curating.tasks import Matter, open_task, open_tasks, tick_off
from adapters.desk.schema import audit, tasks
from adapters.messages.store import MessageStore
from adapters.settings import Settings
from bot.answer import Act, Question
from ingest.pipeline import FetchRules, ingest
from knowledge import schema
from knowledge.generations import Knowledge
from knowledge.store import Store
from tests import desk_app, postgres
from tests.desk_app import DeskApp, console_settings, token

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("quick_passwords")]

TODAY = date(2026, 11, 26)
GUIDE = "# みどり診断のご案内\n\n## 費用\n\nみどり省エネ診断の費用は1件あたり{fee}円です。\n"
OTHER = "# 太陽光パネルの手引き\n\n屋根の太陽光パネルの点検は、年に1回、専門の事業者に依頼します。\n"
FEE = "みどり省エネ診断の費用はいくらですか"


@dataclass
class Place(DeskApp):
    """With knowledge of its own, and a folder that it is ingested from."""

    folder: Path

    @property
    def knowledge(self) -> Knowledge:
        assert isinstance(self.ippo.knowledge, Knowledge)
        return self.ippo.knowledge

    @property
    def curation(self) -> Curation:
        return Curation(self.ippo, self.knowledge, self.store)

    def sources(self) -> dict[str, str]:
        return {source.id: source.title for source, _ in self.knowledge.list_sources()}

    def answer(self, question: str = FEE) -> str:
        return self.ippo.assistant.answer(Question(question, TODAY)).text

    def ingest(self, **files: str) -> dict[str, str]:
        for name, content in files.items():
            (self.folder / f"{name}.md").write_text(content)
        results = ingest([str(self.folder)], knowledge=self.knowledge)
        return {result.source: result.status.value for result in results}

    def golden(self, *lines: object) -> None:
        place = self.ippo.settings.data_dir / "golden.jsonl"
        place.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))

    def audited(self) -> list[tuple[str, str, str]]:
        with self.store.read() as connection:
            where = audit.c.action.startswith("knowledge-")
            rows = connection.execute(select(audit).where(where).order_by(audit.c.id)).mappings()
            return [(row["action"], row["subject"], row["detail"]) for row in rows]

    def tasks(self) -> list[tuple[str, str]]:
        with self.store.read() as connection:
            rows = connection.execute(select(tasks).where(tasks.c.done.is_(False)).order_by(tasks.c.id)).mappings()
            return [(row["kind"], row["subject"]) for row in rows]

    def kept(self) -> tuple[int, int]:
        """Count editions and originals."""
        with self.knowledge.store.read() as connection:
            return tuple(  # type: ignore[return-value]
                connection.scalar(select(func.count()).select_from(table))
                for table in (schema.editions, schema.originals)
            )


@pytest.fixture
async def both(request: pytest.FixtureRequest, tmp_path: Path, store: MessageStore) -> AsyncIterator[Place]:
    """On each database, empty."""
    url = None
    if not store.is_sqlite:
        url = request.getfixturevalue("postgresql")
        known = Store.open(tmp_path / "other", url)
        with known.write() as connection:
            postgres.empty(connection, (table for table in schema.tables.sorted_tables if table is not schema.about))
        known.close()
    async for place in made(tmp_path / "both", url):
        yield place


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """What does not depend on the database is tested on one."""
    async for found in made(tmp_path):
        yield found


async def made(tmp_path: Path, url: str | None = None, *, private: bool = True) -> AsyncIterator[Place]:
    folder = tmp_path / "documents"
    folder.mkdir(parents=True)
    settings = console_settings(tmp_path / "data", database_url=url, today=TODAY, allow_private_urls=private)
    with bootstrap.build(settings) as ippo, bootstrap.messaging(ippo) as messaging:
        async with Place(ippo, messaging, folder) as found:
            yield found


post = partial(desk_app.post, page="/console/knowledge")
"""From the desk's own page, which so is shown in every state that a test comes to."""


async def send(browser: httpx.AsyncClient, name: str, content: bytes | str) -> httpx.Response:
    csrf = token((await browser.get("/console/knowledge")).text)
    content = content.encode() if isinstance(content, str) else content
    return await browser.post("/console/knowledge/upload", data={"csrf": csrf}, files={"file": (name, content)})


async def bring(browser: httpx.AsyncClient, name: str, content: bytes | str) -> str:
    """Bring a file in; give its page's path."""
    response = await send(browser, name, content)
    assert response.status_code == 303, response.text
    return response.headers["location"]


async def publish(browser: httpx.AsyncClient, page: str, **fields: str) -> httpx.Response:
    stated = {"facts": "1", "title": "みどり診断のご案内", "kind": "guide", **fields}
    return await post(browser, f"{page}/publish", **stated)


def question(number: str, expected: str, evidence: str, asked: str = FEE) -> dict[str, object]:
    return {
        "id": number,
        "question": asked,
        "kind": "fact",
        "must_contain": [[expected]],
        "must_not_contain": [],
        "evidence": [evidence],
        "answerable": True,
        "expect": "answer",
    }


# --- in, looked at, out


async def test_a_file_is_answered_from_only_once_it_is_published(both: Place) -> None:
    browser = await both.log_in()

    page = await bring(browser, "診断.md", GUIDE.format(fee="3,300"))

    shown = (await browser.get(page)).text
    assert "公開前" in shown
    assert "みどり省エネ診断の費用は1件あたり3,300円です。" in shown
    assert both.sources() == {}
    assert "3,300" not in both.answer()
    tried = (await browser.get(page, params={"q": FEE})).text
    assert "3,300円" in tried.split('class="tried"')[1]

    response = await publish(
        browser, page, **{"ward-chiyoda": "1", "publisher": "みどり協会", "valid_until": "2027-03-31"}
    )

    assert response.status_code == 303
    assert both.sources() == {"診断.md": "みどり診断のご案内"}
    [(source, _)] = both.knowledge.list_sources()
    assert source.wards == ("chiyoda",)
    assert source.publisher == "みどり協会"
    assert source.valid_until == date(2027, 3, 31)
    assert source.derived == ()  # the operator has seen all of it
    assert "3,300円" in both.answer()
    assert "公開中" in (await browser.get(page)).text
    assert [action for action, _, _ in both.audited()] == ["knowledge-bring", "knowledge-state", "knowledge-publish"]
    assert {subject for _, subject, _ in both.audited()} == {"source:診断.md"}


async def test_the_same_name_again_is_a_new_edition_with_what_changed(both: Place) -> None:
    browser = await both.log_in()
    first = await bring(browser, "診断.md", GUIDE.format(fee="3,300"))
    await publish(browser, first, publisher="みどり協会", **{"ward-minato": "1"})
    second = await bring(browser, "診断.md", GUIDE.format(fee="4,400"))

    shown = (await browser.get(second)).text

    assert "<ins>みどり省エネ診断の費用は1件あたり4,400円です。</ins>" in shown
    assert "<del>みどり省エネ診断の費用は1件あたり3,300円です。</del>" in shown
    assert 'value="みどり協会"' in shown  # stated before, so it need not be again
    assert re.search(r'name="ward-minato" value="1" checked', shown)
    assert "3,300円" in both.answer()
    await publish(browser, second)
    assert "4,400円" in both.answer()
    listed = (await browser.get("/console/knowledge")).text
    assert "新しい版に置き換え済み" in listed

    # The one before can be had back.
    response = await post(browser, f"{first}/publish")
    assert response.status_code == 303
    assert "3,300円" in both.answer()


async def test_a_source_is_withdrawn_and_published_again(both: Place) -> None:
    browser = await both.log_in()
    page = await bring(browser, "診断.md", GUIDE.format(fee="3,300"))
    await publish(browser, page)

    assert (await post(browser, "/console/knowledge/withdraw", source="診断.md")).status_code == 303

    assert both.sources() == {}
    assert "3,300" not in both.answer()
    assert "取り下げ" in (await browser.get("/sources/診断.md")).text  # a link once sent keeps working
    assert f'href="{page}"' in (await browser.get("/console/knowledge", params={"status": "withdrawn"})).text
    assert (await post(browser, "/console/knowledge/withdraw", source="診断.md")).status_code == 422

    await post(browser, f"{page}/publish")
    assert both.sources() == {"診断.md": "みどり診断のご案内"}
    assert "knowledge-withdraw" in [action for action, _, _ in both.audited()]


async def test_what_is_discarded_leaves_nothing_behind(both: Place) -> None:
    browser = await both.log_in()
    before = (0, 0)
    assert both.kept() == before
    page = await bring(browser, "診断.md", GUIDE.format(fee="5,500"))
    same = await bring(browser, "別名.md", GUIDE.format(fee="5,500"))
    assert both.kept() == (before[0] + 2, before[1] + 1)

    await post(browser, f"{page}/discard")
    assert both.kept() == (before[0] + 1, before[1] + 1)  # another edition is of the same file
    assert (await browser.get(page)).status_code == 404
    await post(browser, f"{same}/discard")

    assert both.kept() == before
    assert (await post(browser, f"{page}/discard")).status_code == 404


# --- beside `ippo ingest`


async def test_a_folder_changes_nothing_that_the_desk_looks_after(place: Place) -> None:
    assert place.ingest(診断=GUIDE.format(fee="3,300"), 点検=OTHER) == {"診断.md": "indexed", "点検.md": "indexed"}
    browser = await place.log_in()
    page = await bring(browser, "診断.md", GUIDE.format(fee="4,400"))
    await publish(browser, page)
    await post(browser, "/console/knowledge/withdraw", source="点検.md")

    assert place.ingest() == {"診断.md": "unchanged", "点検.md": "unchanged"}

    assert "4,400円" in place.answer()
    assert list(place.sources()) == ["診断.md"]


async def test_a_source_of_a_folder_is_restored_and_then_the_folder_s_again(place: Place) -> None:
    place.ingest(点検=OTHER)
    browser = await place.log_in()
    await post(browser, "/console/knowledge/withdraw", source="点検.md")
    assert "もう一度公開する" in (await browser.get("/console/knowledge")).text

    assert (await post(browser, "/console/knowledge/restore", source="点検.md")).status_code == 303

    assert "年に1回" in place.answer("太陽光パネルの点検は年に何回ですか")
    assert place.ingest(点検=OTHER.replace("1回", "2回")) == {"点検.md": "indexed"}
    assert "年に2回" in place.answer("太陽光パネルの点検は年に何回ですか")
    assert (await post(browser, "/console/knowledge/restore", source="点検.md")).status_code == 422


# --- golden questions


async def test_publishing_stops_where_a_question_breaks_unless_there_is_a_reason(both: Place) -> None:
    browser = await both.log_in()
    page = await bring(browser, "診断.md", GUIDE.format(fee="3,300"))
    await publish(browser, page)
    evidence = "みどり省エネ診断の費用は1件あたり3,300円です。"
    both.golden(question("fee", "3,300", evidence), question("never", "空飛ぶ", "空飛ぶ", "空飛ぶ円盤の費用は"))
    generation = both.knowledge.current().generation
    second = await bring(browser, "診断.md", GUIDE.format(fee="4,400"))

    stopped = await publish(browser, second)

    assert stopped.status_code == 409
    assert FEE in stopped.text
    assert "空飛ぶ" not in stopped.text  # it did not pass before either
    assert "3,300円" in both.answer()
    assert both.knowledge.current().generation == generation
    with both.knowledge.store.read() as connection:
        numbers = list(connection.scalars(select(schema.generations.c.number)))
        unpublished = select(schema.versions.c.id).where(schema.versions.c.published_at.is_(None))
        assert max(numbers) == generation
        assert connection.execute(unpublished).all() == []

    response = await post(browser, f"{second}/publish", reason="料金改定のため")

    assert response.status_code == 303
    assert "4,400円" in both.answer()
    assert ("knowledge-override", "source:診断.md", "fee: 料金改定のため") in both.audited()


async def test_withdrawing_asks_the_questions_too(place: Place) -> None:
    browser = await place.log_in()
    await publish(browser, await bring(browser, "診断.md", GUIDE.format(fee="3,300")))
    place.golden(question("fee", "3,300", "みどり省エネ診断の費用は1件あたり3,300円です。"))

    stopped = await post(browser, "/console/knowledge/withdraw", source="診断.md")

    assert stopped.status_code == 409
    assert 'name="source" value="診断.md"' in stopped.text
    assert list(place.sources()) == ["診断.md"]
    await post(browser, "/console/knowledge/withdraw", source="診断.md", reason="誤りがあったため")
    assert place.sources() == {}


async def test_a_question_that_was_tried_becomes_one_that_must_keep_working(place: Place) -> None:
    browser = await place.log_in()
    page = await bring(browser, "診断.md", GUIDE.format(fee="3,300"))
    tried = (await browser.get(page, params={"q": FEE})).text
    line = re.search(r"<textarea readonly[^>]*>(.*?)</textarea>", tried, re.DOTALL)
    assert line
    await publish(browser, page)
    place.golden(html.unescape(line[1]))

    stopped = await post(browser, "/console/knowledge/withdraw", source="診断.md")

    assert stopped.status_code == 409
    assert FEE in stopped.text


@pytest.mark.parametrize("wrong", ["{", "[1]", '{"id": "x"}', '"' + "[" * 100])
async def test_questions_that_can_not_be_read_stop_it_as_well(place: Place, wrong: str) -> None:
    browser = await place.log_in()
    page = await bring(browser, "診断.md", GUIDE.format(fee="3,300"))
    place.golden(wrong)

    response = await publish(browser, page)

    assert response.status_code == 422
    assert "golden.jsonl" in response.text
    assert place.sources() == {}


# --- who may


async def test_only_administrators_get_there(place: Place) -> None:
    advisor = await place.advisor("tanaka", "田中")
    csrf = token((await advisor.get("/console")).text)

    for path in ("/console/knowledge", "/console/knowledge/editions/1"):
        assert (await advisor.get(path)).status_code == 403
    for path in ("upload", "url", "withdraw", "restore", "tasks/1", "editions/1/publish", "editions/1/discard"):
        response = await advisor.post(f"/console/knowledge/{path}", data={"csrf": csrf, "source": "x", "url": "x"})
        assert response.status_code == 403, path
    assert "知識" not in (await advisor.get("/console")).text.split("</nav>")[0]


async def test_a_form_of_another_site_is_refused(place: Place) -> None:
    browser = await place.log_in()
    page = await bring(browser, "診断.md", GUIDE.format(fee="3,300"))

    for csrf in ("", "x" * 43):
        files = {"file": ("a.md", b"# a\n\nb")}
        response = await browser.post("/console/knowledge/upload", data={"csrf": csrf}, files=files)
        assert response.status_code == 403
        assert (await browser.post(f"{page}/publish", data={"csrf": csrf})).status_code == 403
    assert place.kept() == (1, 1)


class Dripping(httpx.AsyncByteStream):
    """A body that counts how much of it was asked for."""

    def __init__(self, parts: int) -> None:
        self.parts = parts
        self.given = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.parts):
            self.given += 1
            yield b"x" * 1024 * 1024


@pytest.mark.parametrize("stated", [True, False])
async def test_a_stranger_s_upload_is_refused_before_it_is_read(place: Place, stated: bool) -> None:
    body = Dripping(10)
    headers = {"content-type": "multipart/form-data; boundary=b"}
    if stated:
        headers["content-length"] = str(10 * 1024 * 1024)

    response = await place.browser().post("/console/knowledge/upload", content=body, headers=headers)

    assert response.status_code in (303, 401)
    assert body.given <= 1


async def test_the_larger_limit_is_this_route_s_alone_and_has_an_end(place: Place) -> None:
    browser = await place.log_in()
    big = b"# x\n\n" + "省エネの診断を受けましょう。\n".encode() * 60_000  # 2.4 MB

    assert (await send(browser, "big.md", big)).status_code == 303
    for path in ("/console/knowledge/url", "/console/knowledge", "/line/webhook", "/console/knowledge/upload/"):
        assert (await browser.post(path, content=big)).status_code == 413
    assert (await send(browser, "huge.md", b"x" * (21 * 1024 * 1024))).status_code == 413
    endless = Dripping(30)
    headers = {"content-type": "multipart/form-data; boundary=b"}
    response = await browser.post("/console/knowledge/upload", content=endless, headers=headers)
    assert response.status_code in (400, 413)
    assert endless.given <= 22


# --- what may come


HOSTILE = "<script>alert('x')</script>.md"


async def test_names_are_shown_as_text_and_are_no_paths(place: Place, tmp_path: Path) -> None:
    browser = await place.log_in()
    before = sorted(path.name for path in tmp_path.rglob("*"))

    page = await bring(browser, HOSTILE.replace("</", "<\\/"), GUIDE.format(fee="3,300"))
    up = await bring(
        browser, "../../../etc/手引き.md", "# <img src=x onerror=alert(1)>\n\n=cmd|' /C calc'!A0 本文です。"
    )

    for path in (page, up, "/console/knowledge"):
        shown = (await browser.get(path)).text
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
    assert "手引き.md" in (await browser.get("/console/knowledge")).text
    assert "etc" not in (await browser.get(up)).text
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("C:\\Users\\山田\\案内.pdf", "案内.pdf"),
        ("../../etc/passwd", "passwd"),
        ("か\u3099いど.md", "がいど.md"),
        ("a\u202etxt.exe\x00\n.md", "atxt.exe.md"),
    ],
)
def test_a_name_is_the_last_part_of_what_was_given(given: str, name: str) -> None:
    assert name_of(given) == name


@pytest.mark.parametrize("given", ["", "..", "/", "a/", "\u200b", "長" * 201])
def test_what_is_no_name_is_refused(given: str) -> None:
    with pytest.raises(CurationError):
        name_of(given)


def _bomb() -> bytes:
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"0" * 400_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", _bomb()),
        ("a.pdf", b"%PDF-1.7\n" + b"\xff\x00broken" * 50),
        ("a.md", b""),
        ("a.exe", b"MZ\x90\x00" + b"\x00" * 500),
        ("a.md", b"---\nvalid_until: never\n---\n# x\n\ny\n"),
        ("a.xlsx", b"PK\x03\x04" + b"\x00" * 100),
    ],
)
async def test_what_can_not_be_read_says_why_and_is_not_kept(place: Place, name: str, content: bytes) -> None:
    browser = await place.log_in()

    response = await send(browser, name, content)

    assert response.status_code == 422
    assert "読み取れませんでした" in response.text
    assert place.kept() == (0, 0)


async def test_a_form_without_a_file_or_with_several_is_refused(place: Place) -> None:
    browser = await place.log_in()
    csrf = token((await browser.get("/console/knowledge")).text)
    path = "/console/knowledge/upload"

    assert (await browser.post(path, data={"csrf": csrf})).status_code == 400
    assert (await browser.post(path, data={"csrf": csrf}, files={"other": ("a", b"b")})).status_code == 400
    two = [("file", ("a.md", b"a")), ("file", ("b.md", b"b"))]
    assert (await browser.post(path, data={"csrf": csrf}, files=two)).status_code == 400
    broken = await browser.post(path, content=b"--b\r\n", headers={"content-type": "multipart/form-data"})
    assert broken.status_code == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"date": "2026-02-30"},
        {"fiscal_year": "9999999"},
        {"fiscal_year": "令和8"},
        {"kind": "nothing"},
        {"valid_from": "2026-05-01", "valid_until": "2026-04-01"},
        {"title": "長" * 201},
        {"publisher": "長" * 101},
    ],
)
async def test_facts_that_can_not_be_are_named(place: Place, fields: dict[str, str]) -> None:
    browser = await place.log_in()
    page = await bring(browser, "診断.md", GUIDE.format(fee="3,300"))

    response = await publish(browser, page, **fields)

    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert place.sources() == {}


# --- addresses


class Site(BaseHTTPRequestHandler):
    """A page that its owner changes."""

    text = GUIDE.format(fee="3,300")
    status = 200

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Keep the test's output clean."""

    def do_GET(self) -> None:
        body = self.text.encode()
        self.send_response(self.status)
        self.send_header("content-type", "text/markdown")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def site() -> Iterator[tuple[type[Site], str]]:
    handler = type("ThisSite", (Site,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield handler, f"http://127.0.0.1:{server.server_address[1]}/guide.md"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def test_an_address_is_fetched_into_a_preview(place: Place) -> None:
    browser = await place.log_in()
    with site() as (_, url):
        response = await post(browser, "/console/knowledge/url", url=url)
        assert response.status_code == 303
        await publish(browser, response.headers["location"])

    assert list(place.sources()) == [url]
    assert "3,300円" in place.answer()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest",
        "http://localhost/",
        "http://[::1]/",
        "file:///etc/passwd",
        "a b",
    ],
)
async def test_an_address_inside_the_network_is_refused(tmp_path: Path, url: str) -> None:
    async for place in made(tmp_path, private=False):
        browser = await place.log_in()

        response = await post(browser, "/console/knowledge/url", url=url)

        assert response.status_code == 422
        assert place.kept() == (0, 0)


async def followed(place: Place, url: str) -> httpx.AsyncClient:
    """Publish an address; give the browser."""
    browser = await place.log_in()
    response = await post(browser, "/console/knowledge/url", url=url)
    await publish(browser, response.headers["location"])
    return browser


async def test_a_page_that_changed_waits_for_an_operator_with_what_changed(both: Place) -> None:
    with site() as (owner, url):
        browser = await followed(both, url)
        assert refetch(both.curation.previews) == Fetched(same=1)
        owner.text = GUIDE.format(fee="4,400")

        assert refetch(both.curation.previews) == Fetched(changed=1)
        assert refetch(both.curation.previews) == Fetched(same=1)  # it waits already

        assert both.tasks() == [("changed", url)]
        assert "3,300円" in both.answer()
        listed = (await browser.get("/console/knowledge")).text
        page = re.search(r'href="(/console/knowledge/editions/\d+)">変わったところを見る', listed)
        assert page
        assert "<ins>みどり省エネ診断の費用は1件あたり4,400円です。</ins>" in (await browser.get(page[1])).text
        await publish(browser, page[1])

    assert both.tasks() == []
    assert "4,400円" in both.answer()


async def test_another_change_takes_the_place_of_the_one_that_waits(place: Place) -> None:
    with site() as (owner, url):
        await followed(place, url)
        for fee in ("4,400", "5,500"):
            owner.text = GUIDE.format(fee=fee)
            assert refetch(place.curation.previews) == Fetched(changed=1)
        assert place.kept() == (2, 2)  # the published one and the newest
        assert place.tasks() == [("changed", url)]

        owner.text = GUIDE.format(fee="3,300")  # as it was

        assert refetch(place.curation.previews) == Fetched(same=1)
        assert place.kept() == (1, 1)
        assert place.tasks() == []


async def test_other_bytes_with_the_same_words_are_no_change(place: Place) -> None:
    with site() as (owner, url):
        await followed(place, url)
        owner.text = GUIDE.format(fee="3,300") + "\n\n\n"
        assert refetch(place.curation.previews) == Fetched(same=1)
        assert place.kept() == (1, 1)
        owner.text = GUIDE.format(fee="4,400")
        assert refetch(place.curation.previews) == Fetched(changed=1)
        owner.text += "\n\n\n"

        assert refetch(place.curation.previews) == Fetched(same=1)  # it waits already

    assert place.kept() == (2, 2)
    assert place.tasks() == [("changed", url)]


async def test_a_page_that_is_gone_is_said_once_and_settled_when_it_is_back(place: Place) -> None:
    with site() as (owner, url):
        await followed(place, url)
        owner.status = 404
        for _ in range(2):
            assert refetch(place.curation.previews) == Fetched(broken=1)
        assert place.tasks() == [("broken", url)]
        assert "3,300円" in place.answer()  # what was published stays
        owner.status = 200

        assert refetch(place.curation.previews) == Fetched(same=1)
        assert place.tasks() == []
        owner.status = 404
        refetch(place.curation.previews)
        assert place.tasks() == [("broken", url)]


async def test_an_address_that_ippo_ingest_brought_is_followed_too(place: Place) -> None:
    with site() as (owner, url):
        ingest([url], knowledge=place.knowledge, fetching=FetchRules(allow_private=True))
        owner.text = GUIDE.format(fee="4,400")

        assert refetch(place.curation.previews) == Fetched(changed=1)


async def test_a_task_is_ticked_off(place: Place) -> None:
    browser = await place.log_in()
    with place.store.write() as connection:
        open_task(connection, Matter.BROKEN, "https://example.jp/<b>", "取得できません<script>")
        number = connection.scalar(select(tasks.c.id))
    shown = (await browser.get("/console/knowledge")).text
    assert "取得できません&lt;script&gt;" in shown

    await post(browser, f"/console/knowledge/tasks/{number}")

    assert place.tasks() == []
    with place.store.write() as connection:
        assert not open_task(connection, Matter.BROKEN, "https://example.jp/<b>", "取得できません<script>")
        assert open_task(connection, Matter.BROKEN, "https://example.jp/<b>", "別の理由")


async def test_a_round_is_once_a_day_whoever_asks(both: Place) -> None:
    with site() as (_, url):
        await followed(both, url)
        started = [refetch_if_due(both.store, both.ippo) for _ in range(3)]
        for thread in filter(None, started):
            thread.join(20)

    assert [thread is not None for thread in started] == [True, False, False]
    with both.store.read() as connection:
        found = connection.execute(select(audit.c.detail).where(audit.c.action == "refetched")).scalars().all()
    assert [json.loads(one) for one in found] == [{"same": 1, "changed": 0, "broken": 0}]


# --- editions of the same rule, and amounts that contradict each other


RULE = (
    "# LED助成のご案内 令和{n}年度\n\n千代田区の商店街LED照明助成は、対象経費の2分の1を助成し、上限は{limit}円です。\n"
)


async def stand(browser: httpx.AsyncClient, name: str, content: str, **fields: str) -> str:
    """Bring a rule in and publish it; give its page before it was."""
    page = await bring(browser, name, content)
    shown = (await browser.get(page)).text
    stated = {"publisher": "千代田区", "kind": "subsidy", "ward-chiyoda": "1", **fields}
    assert (await publish(browser, page, **stated)).status_code == 303
    return shown


async def test_an_older_edition_is_offered_for_withdrawal(place: Place) -> None:
    browser = await place.log_in()
    await stand(browser, "r7.md", RULE.format(n=7, limit="50万"), title="LED助成のご案内 令和7年度")
    await stand(browser, "r8.md", RULE.format(n=8, limit="80万"), title="LED助成のご案内(令和8年度版)")

    assert place.tasks() == [("older", "r7.md")]  # and no conflict: it goes with the older one
    await post(browser, "/console/knowledge/withdraw", source="r7.md")

    assert place.tasks() == []
    assert list(place.sources()) == ["r8.md"]


async def test_the_older_one_published_later_is_the_one_that_is_offered(place: Place) -> None:
    browser = await place.log_in()
    await stand(browser, "r8.md", RULE.format(n=8, limit="80万"), title="LED助成 令和8年度")
    await stand(browser, "r7.md", RULE.format(n=7, limit="50万"), title="LED助成 令和7年度")

    assert place.tasks() == [("older", "r7.md")]


@pytest.mark.parametrize(
    "fields",
    [
        {"publisher": "港区"},
        {"ward-chiyoda": "", "ward-minato": "1"},
        {"kind": "minutes"},
        {"title": "蓄電池助成 令和8年度"},
    ],
)
async def test_another_rule_is_no_edition_of_it(place: Place, fields: dict[str, str]) -> None:
    browser = await place.log_in()
    await stand(browser, "r7.md", "# あ\n\n本文の一です。", title="LED助成 令和7年度")
    await stand(browser, "r8.md", "# い\n\n本文の二です。", **{"title": "LED助成 令和8年度", **fields})

    assert place.tasks() == []


async def test_amounts_that_contradict_each_other_are_shown_with_both_passages(place: Place) -> None:
    browser = await place.log_in()
    await stand(browser, "leaflet.md", RULE.format(n=8, limit="50万"), title="商店街のちらし")
    await stand(browser, "manual.md", RULE.format(n=8, limit="80万"), title="助成の手引き", date="2026-04-01")

    assert place.tasks() == [("conflict", "manual.md")]
    listed = (await browser.get("/console/knowledge")).text
    assert "商店街LED照明助成の上限が、2つの文書で違います。" in listed
    assert "50万円" in listed
    assert "80万円" in listed


# --- what it is read by


async def test_another_pipeline_reads_the_file_anew(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = await place.log_in()
    page = await bring(browser, "診断.md", GUIDE.format(fee="3,300"))
    monkeypatch.setattr("ingest.clean.VERSION", "next")
    with place.knowledge.store.write() as connection:
        connection.execute(schema.editions.update().values(blocks=b"unreadable by now"))

    shown = (await browser.get(page)).text

    assert "3,300円" in shown
    await publish(browser, page)
    assert "3,300円" in place.answer()


async def test_published_files_are_read_anew_after_an_update(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = await place.log_in()
    await publish(browser, await bring(browser, "診断.md", GUIDE.format(fee="3,300")))
    assert place.curation.renew() == 0
    before = place.knowledge.active()["診断.md"].version
    monkeypatch.setattr("ingest.clean.VERSION", "next")

    assert place.curation.renew() == 1

    assert place.knowledge.active()["診断.md"].version > before
    assert "3,300円" in place.answer()
    assert place.sources() == {"診断.md": "みどり診断のご案内"}  # as it was stated
    assert place.curation.renew() == 0


def test_there_is_an_end_to_previews(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.curating.previews.MOST", 2)
    settings = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    with bootstrap.build(settings) as ippo, bootstrap.messaging(ippo) as messaging:
        assert isinstance(ippo.knowledge, Knowledge)
        previews = Previews(ippo, ippo.knowledge, messaging.store)
        for name in ("a.md", "b.md"):
            previews.bring_file(name, f"# {name}\n\n本文です。".encode(), "account:1")

        with pytest.raises(CurationError, match="2件"):
            previews.bring_file("c.md", b"# c\n\ntext", "account:1")

        assert previews.ask(1, Question("本文は?", TODAY)).act in Act


def test_what_an_erasure_left_elsewhere_is_a_matter_for_operators(store: MessageStore) -> None:
    with store.write() as connection:
        connection.execute(
            tasks.insert().values(
                kind="erasure", subject="case:3", detail="Slackに1件残っています。", done=False, at=1.0
            )
        )
    with store.write() as connection:
        (task,) = open_tasks(connection)
        assert MATTERS[task["kind"]]
        assert tick_off(connection, task["id"])
        assert open_tasks(connection) == []
