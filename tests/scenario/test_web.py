"""The web application as a browser's requests see it, over documents in memory."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from adapters.app import create_app
from adapters.bootstrap import Ippo
from adapters.messages.conversation import APOLOGY
from adapters.messages.service import Messaging
from adapters.web.edge import BODY_LIMIT
from bot.answer import Answer, Question
from bot.assistant import Assistant
from knowledge.errors import StoreUnavailable
from tests.library import MemoryLibrary, messages, services

pytestmark = pytest.mark.anyio

GUIDE = "区/省エネ 100%.md"
FILES = {
    GUIDE: """# 省エネ診断のご案内

## 費用

みどり省エネ診断の費用は1件あたり3,300円です。診断には半日かかります。

- 申込みは電話で受け付けます。
- 結果は2週間で届きます。

## 窓口一覧

| 窓口 | 電話 |
|---|---|
| 環境課みどり係 | 03-0000-1111 |
| 産業課 | 03-0000-2222 |
""",
    "hostile.md": """# <script>alert(1)</script>

<img src=x onerror=alert(1)> 海の日の清掃活動は7月です。

| a | b |
|---|---|
| "><script>alert(2)</script> | {{ 7 * 7 }} |
""",
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def library() -> MemoryLibrary:
    return MemoryLibrary(FILES)


@pytest.fixture
def ippo(library: MemoryLibrary) -> Ippo:
    return services(library, today=date(2026, 4, 1))


@pytest.fixture
def messaging(ippo: Ippo, tmp_path: Path) -> Iterator[Messaging]:
    with messages(ippo, tmp_path) as found:
        yield found


@pytest.fixture
async def web(ippo: Ippo, messaging: Messaging) -> AsyncIterator[httpx.AsyncClient]:
    async with browsing(ippo, messaging) as client:
        yield client


@asynccontextmanager
async def browsing(ippo: Ippo, messaging: Messaging | None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(ippo, messaging))
    async with httpx.AsyncClient(transport=transport, base_url="http://ippo.test") as client:
        yield client


async def say(web: httpx.AsyncClient, text: str, client_id: str = "1") -> httpx.Response:
    return await web.post("/api/messages", json={"text": text, "client_id": client_id})


async def test_a_question_gets_an_answer_whose_citation_opens(web: httpx.AsyncClient) -> None:
    reply = (await say(web, "みどり省エネ診断の費用はいくらですか")).json()

    assert reply["act"] == "answer"
    assert "3,300円" in reply["text"]
    citation = reply["citations"][0]
    assert citation["source"] == GUIDE
    path, fragment = citation["path"].split("#")
    assert path == f"/sources/{quote(GUIDE, safe='')}"
    page = await web.get(path)
    assert page.status_code == 200
    assert f'id="{fragment}"' in page.text


async def test_the_same_message_sent_twice_is_answered_once(web: httpx.AsyncClient, ippo: Ippo) -> None:
    first = await say(web, "みどり省エネ診断の費用はいくらですか", "same")
    second = await say(web, "みどり省エネ診断の費用はいくらですか", "same")

    # The time it took is part of the reply: a second run could hardly take exactly as long.
    assert first.json() == second.json()


async def test_the_first_message_sets_a_cookie_that_scripts_cannot_read(web: httpx.AsyncClient) -> None:
    first = await say(web, "こんにちは", "1")
    second = await say(web, "こんにちは", "2")

    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "set-cookie" not in second.headers


async def test_a_made_up_cookie_is_replaced(web: httpx.AsyncClient) -> None:
    web.cookies.set("ippo_visitor", "admin")

    assert "ippo_visitor=" in (await say(web, "こんにちは")).headers["set-cookie"]


async def test_a_follow_up_is_asked_with_what_was_said_before(library: MemoryLibrary, tmp_path: Path) -> None:
    asked: list[Question] = []

    class Recording:
        def answer(self, question: Question) -> Answer:
            asked.append(question)
            return Assistant(library, public_url="http://localhost:8000").answer(question)

    ippo = services(library, assistant=Recording())
    with messages(ippo, tmp_path) as messaging:
        async with browsing(ippo, messaging) as web:
            await say(web, "みどり省エネ診断について教えて", "1")
            await say(web, "それはいくら?", "2")
            forgotten = await web.delete("/api/messages")
            await say(web, "それはいくら?", "3")

    assert [turn.role for turn in asked[1].history] == ["user", "assistant"]
    assert asked[1].history[0].text == "みどり省エネ診断について教えて"
    assert forgotten.status_code == 204
    assert asked[2].history == ()


@pytest.mark.parametrize(
    "body",
    [
        {"text": "あ" * 5001, "client_id": "1"},
        {"text": "", "client_id": "1"},
        {"text": "  \n ", "client_id": "1"},
        {"text": "こんにちは"},
        {"text": 5, "client_id": "1"},
        {"text": "こんにちは", "client_id": ""},
        [],
    ],
)
async def test_a_message_that_is_no_message_is_refused_with_422(web: httpx.AsyncClient, body: object) -> None:
    reply = await web.post("/api/messages", json=body)

    assert reply.status_code == 422
    assert reply.json()["error"]


async def test_a_text_of_5000_characters_is_read(web: httpx.AsyncClient) -> None:
    assert (await say(web, "省" * 5000)).status_code == 200


@pytest.mark.parametrize(
    "body", [b'{"text": "\\ud83d", "client_id": "1"}', b"\xff\xfe", b"{", b"[" * 50_000, b'{"text": NaN}']
)
async def test_bytes_that_are_no_message_are_the_senders_error(web: httpx.AsyncClient, body: bytes) -> None:
    reply = await web.post("/api/messages", content=body, headers={"content-type": "application/json"})

    assert reply.status_code in (400, 422)
    assert reply.json()["error"]


async def test_a_body_over_1_mib_is_refused_by_its_stated_length(web: httpx.AsyncClient) -> None:
    reply = await web.post(
        "/api/messages", content=b" " * (BODY_LIMIT + 1), headers={"content-type": "application/json"}
    )

    assert reply.status_code == 413


async def test_a_chunked_body_over_1_mib_is_refused_while_it_is_read(web: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(10_000):
            sent += 64 * 1024
            yield b" " * 64 * 1024

    reply = await web.post("/api/messages", content=endless(), headers={"content-type": "application/json"})

    assert reply.status_code == 413
    assert sent < 2 * BODY_LIMIT


async def test_a_document_shows_headings_lists_and_tables(web: httpx.AsyncClient) -> None:
    page = (await web.get(f"/sources/{quote(GUIDE, safe='')}")).text

    assert "<h1>" in page
    assert page.count("省エネ診断のご案内</span></h1>") == 1
    assert "<li>" in page
    assert '<th scope="col">' in page
    assert "03-0000-2222</td>" in page


async def test_a_source_is_decoded_once(web: httpx.AsyncClient) -> None:
    # "%25" is a percent sign in the name; decoding twice would look for another source.
    assert (await web.get("/sources/%E5%8C%BA%2F%E7%9C%81%E3%82%A8%E3%83%8D%20100%25.md")).status_code == 200
    assert (await web.get("/sources/%25E5%258C%25BA.md")).status_code == 404


@pytest.mark.parametrize("path", ["..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", "nothing.md", "pyproject.toml", "%00"])
async def test_only_what_is_indexed_is_shown(web: httpx.AsyncClient, path: str) -> None:
    reply = await web.get(f"/sources/{path}")

    assert reply.status_code == 404
    assert "資料が見つかりません" in reply.text


async def test_what_a_document_contains_stays_text(web: httpx.AsyncClient) -> None:
    page = (await web.get("/sources/hostile.md")).text

    # Only our own script, by address; whatever the loader let through is escaped.
    assert page.count("<script") == 1
    assert "<img src=x" not in page
    assert "{{ 7 * 7 }}" in page


async def test_a_withdrawn_document_says_so(web: httpx.AsyncClient, library: MemoryLibrary) -> None:
    library.withdraw("hostile.md", date(2026, 3, 31))

    assert "2026年3月31日に取り下げられました" in (await web.get("/sources/hostile.md")).text


async def test_nothing_runs_inline_and_nothing_comes_from_elsewhere(web: httpx.AsyncClient) -> None:
    for path in ("/", "/docs", "/sources/hostile.md", "/nowhere"):
        page = await web.get(path)
        policy = page.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert " style=" not in page.text
        assert not any(f'{name}="http' in page.text for name in ("src", "srcset"))
        assert page.headers["x-content-type-options"] == "nosniff"


async def test_the_interface_is_described(web: httpx.AsyncClient) -> None:
    described = (await web.get("/openapi.json")).json()

    assert set(described["paths"]) >= {"/api/messages", "/api/events", "/healthz", "/readyz"}
    assert "POST /api/messages" in (await web.get("/docs")).text


async def test_ready_when_there_is_something_to_answer_from(web: httpx.AsyncClient) -> None:
    assert (await web.get("/healthz")).text == "ok\n"
    ready = await web.get("/readyz")
    assert (ready.status_code, ready.json()["missing"]) == (200, [])


async def test_not_ready_when_an_arm_finds_nothing(web: httpx.AsyncClient, library: MemoryLibrary) -> None:
    library.problems.append("the vectors do not find 省エネ")

    ready = await web.get("/readyz")

    assert ready.status_code == 503
    assert ready.json()["missing"] == ["search"]
    assert "省エネ" in ready.json()["checks"]["search"]


async def test_not_ready_when_nothing_is_indexed() -> None:
    ippo = services(MemoryLibrary({}))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(ippo)), base_url="http://ippo.test") as web:
        ready = await web.get("/readyz")

    assert ready.status_code == 503
    assert "index" in ready.json()["missing"]


async def test_a_lost_database_is_said_calmly(
    ippo: Ippo, messaging: Messaging, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(events: object) -> int:
        raise StoreUnavailable("connection to db.internal refused")

    monkeypatch.setattr(type(messaging.inbox), "take", lambda _inbox, events: lost(events))
    async with browsing(ippo, messaging) as web:
        reply = await say(web, "費用は?")

    assert reply.status_code == 503
    assert "db.internal" not in json.dumps(reply.json())
    assert [record.error for record in caplog.records if record.message == "knowledge unavailable"] == [
        "connection to db.internal refused"
    ]


async def test_what_can_not_be_answered_gets_an_apology_and_is_logged(
    library: MemoryLibrary, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def answer(self, question: Question) -> Answer:
            raise RuntimeError("internal detail")

    ippo = services(library, assistant=Broken())
    with messages(ippo, tmp_path) as messaging:
        async with browsing(ippo, messaging) as web:
            reply = await say(web, "費用は?")

    assert (reply.status_code, reply.json()["text"]) == (200, APOLOGY)
    assert "internal detail" not in reply.text
    assert any(record.exc_info and "internal detail" in str(record.exc_info[1]) for record in caplog.records)


async def test_an_unforeseen_failure_is_said_calmly_and_logged(
    ippo: Ippo, messaging: Messaging, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_inbox: object, _events: object) -> int:
        raise RuntimeError("internal detail")

    monkeypatch.setattr(type(messaging.inbox), "take", broken)
    async with browsing(ippo, messaging) as web:
        reply = await say(web, "費用は?")

    assert reply.status_code == 500
    assert "internal detail" not in reply.text
    assert "content-security-policy" in reply.headers
    assert any(record.exc_info and "internal detail" in str(record.exc_info[1]) for record in caplog.records)


async def test_a_request_is_logged_without_what_was_said(
    web: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")

    await say(web, "ひみつの相談です")

    (record,) = [record for record in caplog.records if record.message == "served"]
    assert (record.route, record.status) == ("/api/messages", 200)
    assert not any("ひみつ" in str(vars(record)) for record in caplog.records)
