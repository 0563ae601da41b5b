"""The advisors' console over a real store: who gets in, who may do what, what is shown to whom."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update

from adapters.app import create_app
from adapters.console import sessions
from adapters.desk.cases import Advisor, Desk, open_case
from adapters.desk.schema import advisors, audit, cases, logins, notes
from adapters.desk.schema import sessions as stored_sessions
from adapters.desk.telling import remember
from adapters.learning.runs import StoredJournal
from adapters.messages.conversation import Talker
from adapters.messages.inbox import Inbox
from adapters.messages.model import Incoming, Kind
from adapters.messages.schema import conversations, outbox, turns
from adapters.messages.service import Messaging
from adapters.messages.store import MessageStore, now
from adapters.settings import TOKYO
from adapters.web.channel import WebChannel
from bot.agent.journal import Entry as JournalEntry
from bot.agent.journal import MemoryJournal, Outcome
from bot.agent.usage import Usage
from tests.desk_app import ADDRESS, ADMIN, PASSWORD, DeskApp, attempt, post, token
from tests.library import MemoryLibrary, services

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("quick_passwords")]

GUIDE = "# 省エネ診断のご案内\n\n## 費用\n\nみどり省エネ診断の費用は1件あたり3,300円です。\n"
HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>\"'"


class Desks(DeskApp):
    """With people who call an advisor."""

    def call(self, question: str = "LEDの助成を相談したいです", visitor: str = "v1", reason: str = "asked") -> int:
        key = f"web:{visitor}:{question[:20]}"
        said = Incoming("web", visitor, (key,), Kind.TEXT, text=question, person=visitor, message="m")
        self.messaging.inbox.take([said])
        with self.store.write() as connection:
            number = connection.execute(select(conversations.c.id).where(conversations.c.key == visitor)).scalar_one()
            remember(connection, number, "user", question)
            return open_case(connection, number, reason=reason, question=question)

    def sent(self) -> list[dict[str, object]]:
        return self.rows(outbox, outbox.c.author == "advisor")


def made(store: MessageStore, password: str = ADMIN, public_url: str = ADDRESS) -> Desks:
    ippo = services(MemoryLibrary({"診断.md": GUIDE}))
    settings = ippo.settings.model_copy(update={"console_password": SecretStr(password), "public_url": public_url})
    ippo = replace(ippo, settings=settings)
    talker = Talker(ippo.assistant, settings.answering_date, reachable=True)
    messaging = Messaging(store, Inbox(store), {"web": WebChannel()}, talker, Desk(posting=False))
    return Desks(ippo, messaging)


@pytest.fixture
async def desks(store: MessageStore) -> AsyncIterator[Desks]:
    """The console on both databases."""
    async with made(store) as found:
        yield found


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[MessageStore]:
    """What does not depend on the database is tested on one."""
    store = MessageStore.open(tmp_path)
    yield store
    store.close()


@pytest.fixture
async def desk(sqlite: MessageStore) -> AsyncIterator[Desks]:
    """The console on SQLite."""
    async with made(sqlite) as found:
        yield found


# --- off and on


async def test_without_the_setting_every_path_says_what_is_missing(sqlite: MessageStore) -> None:
    off = made(sqlite, password="")
    for browser in (off.browser(),):
        for path in ("/console", "/console/login", "/console/cases/1"):
            response = await browser.get(path)
            assert response.status_code == 404
            assert "IPPO_CONSOLE_PASSWORD" in response.text
        assert (await browser.post("/console/login", data={"user": "admin"})).status_code == 404
    assert off.rows(advisors) == []


async def test_without_a_message_store_there_is_no_console(sqlite: MessageStore) -> None:
    ippo = made(sqlite).ippo
    transport = httpx.ASGITransport(create_app(ippo))
    async with httpx.AsyncClient(transport=transport, base_url="http://ippo.test") as browser:
        assert (await browser.get("/console")).status_code == 404


async def test_the_administrator_has_the_password_that_is_set_now(sqlite: MessageStore) -> None:
    before = made(sqlite)
    browser = await before.log_in()
    again = made(sqlite)
    assert (await browser.get("/console")).text.count("ログアウト") == 1  # the same setting ends no session

    after = made(sqlite, password="another one altogether")

    assert "ログアウト" not in (await browser.get("/console")).text
    assert (await attempt(after.browser(), "admin", ADMIN)).status_code == 401
    assert (await attempt(after.browser(), "admin", "another one altogether")).status_code == 303
    assert len(again.rows(advisors)) == 1
    assert str(again.rows(advisors)[0]["password"]).startswith("$argon2id$")


# --- logging in


async def test_logging_in_leads_to_the_queue_and_out_of_it_again(desks: Desks) -> None:
    browser = desks.browser()
    page = await browser.get("/console")
    assert page.status_code == 200
    assert 'name="user"' in page.text
    assert 'name="password"' in page.text

    data = {"user": "Admin", "password": ADMIN, "csrf": token(page.text)}
    response = await browser.post("/console/login", data=data)
    assert (response.status_code, response.headers["location"]) == (303, "/console")
    page = await browser.get("/console")
    assert "待っている相談はありません" in page.text

    assert (await post(browser, "/console/logout")).status_code == 303
    assert "待っている相談" not in (await browser.get("/console")).text
    assert desks.rows(stored_sessions) == []


async def test_the_cookie_is_for_browsers_alone_and_the_database_cannot_give_it_away(sqlite: MessageStore) -> None:
    found = made(sqlite, public_url="https://ippo.example.jp")
    response = await attempt(found.browser(), "admin", ADMIN)

    # An httpx client does not send a secure cookie back over http, so this is the refusal of the form's own cookie.
    assert response.status_code == 403
    assert "Secure" in response.headers.get("set-cookie", "")
    browser = found.browser()
    form = await browser.get("/console/login")
    nonce = re.search(r"ippo_console_login=([^;]+)", form.headers["set-cookie"])
    assert nonce
    response = await browser.post(
        "/console/login",
        data={"user": "admin", "password": ADMIN, "csrf": token(form.text)},
        headers={"cookie": f"ippo_console_login={nonce[1]}"},
    )
    cookie = response.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=strict", "Secure", "Path=/console", "Max-Age=86400"):
        assert part in cookie
    value = re.search(r"ippo_console=([^;]+)", cookie)
    assert value
    assert len(value[1]) == 43
    assert all(value[1] not in str(row) for row in found.rows(stored_sessions))


async def test_what_was_wrong_is_not_said(desks: Desks) -> None:
    desks.add("tanaka")
    one = await attempt(desks.browser(), "tanaka", "wrong")
    other = await attempt(desks.browser(), "nobody", "wrong")
    assert one.status_code == other.status_code == 401
    assert "ログイン名かパスワードが違います" in one.text
    same = [re.sub(r'value="[^"]*"', "", response.text) for response in (one, other)]
    assert same[0] == same[1]


async def test_a_login_needs_the_token_that_this_browser_was_given(desk: Desks) -> None:
    browser, other = desk.browser(), desk.browser()
    foreign = token((await other.get("/console")).text)
    for data in ({}, {"csrf": ""}, {"csrf": foreign}, {"csrf": "é"}):
        await browser.get("/console")
        response = await browser.post("/console/login", data={"user": "admin", "password": ADMIN, **data})
        assert response.status_code == 403
    nobody = desk.browser()
    data = {"user": "admin", "password": ADMIN, "csrf": foreign}
    assert (await nobody.post("/console/login", data=data)).status_code == 403
    form = token((await browser.get("/console")).text)
    data = {"user": "admin", "password": ADMIN, "csrf": form}
    cross = await browser.post("/console/login", data=data, headers={"sec-fetch-site": "cross-site"})
    assert cross.status_code == 403
    assert desk.rows(stored_sessions) == []


async def test_after_five_failures_also_the_right_password_waits(desks: Desks) -> None:
    desks.add("tanaka")
    statuses = [(await attempt(desks.browser(), "tanaka", "wrong")).status_code for _ in range(5)]
    assert statuses == [401] * 5

    refused = await attempt(desks.browser("198.51.100.7"), "tanaka", PASSWORD)

    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 900
    assert (await attempt(desks.browser(), "admin", ADMIN)).status_code == 303
    with desks.store.write() as connection:
        connection.execute(update(logins).values(at=now() - 901))
    assert (await attempt(desks.browser(), "tanaka", PASSWORD)).status_code == 303


async def test_an_address_is_heard_twenty_times_whatever_names_it_tries(desk: Desks) -> None:
    statuses = [(await attempt(desk.browser(), f"nobody{n}", "wrong")).status_code for n in range(21)]
    assert statuses == [401] * 20 + [429]
    assert (await attempt(desk.browser(), "admin", ADMIN)).status_code == 429
    assert (await attempt(desk.browser("198.51.100.7"), "admin", ADMIN)).status_code == 303


async def test_many_attempts_at_once_are_no_way_around_the_limit(desks: Desks) -> None:
    desks.add("tanaka")
    browsers = [desks.browser() for _ in range(12)]
    forms = [token((await browser.get("/console")).text) for browser in browsers]

    async def guess(browser: httpx.AsyncClient, csrf: str) -> int:
        data = {"user": "tanaka", "password": "wrong", "csrf": csrf}
        return (await browser.post("/console/login", data=data)).status_code

    statuses = await asyncio.gather(*(guess(*pair) for pair in zip(browsers, forms, strict=True)))
    assert statuses.count(401) <= 5
    assert set(statuses) <= {401, 429}


async def test_a_success_forgets_the_failures_before_it(desk: Desks) -> None:
    desk.add("tanaka")
    for _ in range(2):
        for _ in range(4):
            assert (await attempt(desk.browser(), "tanaka", "wrong")).status_code == 401
        assert (await attempt(desk.browser(), "tanaka", PASSWORD)).status_code == 303


async def test_who_is_not_logged_in_sees_nothing_and_is_brought_back_afterwards(desk: Desks) -> None:
    number = desk.call("ひみつの相談")
    browser = desk.browser()
    response = await browser.get(f"/console/cases/{number}")
    assert response.status_code == 303
    form = await browser.get(response.headers["location"])
    assert "ひみつ" not in form.text
    data = {"user": "admin", "password": ADMIN, "csrf": token(form.text), "next": f"/console/cases/{number}"}
    assert (await browser.post("/console/login", data=data)).headers["location"] == f"/console/cases/{number}"
    fragment = await desk.browser().get("/console/queue", headers={"hx-request": "true"})
    assert (fragment.status_code, fragment.headers["hx-redirect"]) == (401, "/console")
    assert (await desk.browser().post(f"/console/cases/{number}/claim")).status_code == 401
    for elsewhere in ("https://evil.example/", "//evil.example", "/console/../x", "/console/logout"):
        another = desk.browser()
        form = await another.get("/console/login", params={"next": elsewhere})
        data = {"user": "admin", "password": ADMIN, "csrf": token(form.text), "next": elsewhere}
        assert (await another.post("/console/login", data=data)).headers["location"] == "/console"


async def test_a_link_from_another_site_finds_the_session(desk: Desks) -> None:
    number = desk.call()
    browser = desk.browser()
    response = await browser.get(f"/console/cases/{number}", headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 200
    assert f'content="0; url=/console/cases/{number}"' in response.text


# --- sessions and forms


async def test_every_form_needs_its_session_s_token(desks: Desks) -> None:
    number = desks.call()
    browser, other = await desks.advisor("tanaka"), await desks.advisor("suzuki")
    foreign = token((await other.get("/console")).text)
    for data in ({}, {"csrf": "x"}, {"csrf": foreign}):
        response = await browser.post(f"/console/cases/{number}/claim", data=data)
        assert response.status_code == 403
    mine = token((await browser.get("/console")).text)
    cross = {"sec-fetch-site": "cross-site"}
    response = await browser.post(f"/console/cases/{number}/claim", data={"csrf": mine}, headers=cross)
    assert response.status_code == 403
    assert desks.rows(cases)[0]["state"] == "waiting"
    response = await browser.post(f"/console/cases/{number}/claim", headers={"x-csrf-token": mine})
    assert response.status_code == 303


async def test_a_session_ends_when_nobody_does_anything_and_after_a_day(
    desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await desk.log_in()
    start = now()

    async def is_in(after_hours: float, path: str = "/console/account") -> bool:
        monkeypatch.setattr(sessions, "now", lambda: start + after_hours * 3600)
        return (await browser.get(path)).status_code in (200, 204)

    assert await is_in(7.9)
    assert await is_in(15.8)
    # What the page fetches by itself keeps nobody logged in.
    assert await is_in(23.5, "/console/queue")
    assert not await is_in(23.9)
    browser = await desk.log_in()
    for hours in (7, 14, 21):
        start_over = await is_in(23.9 + hours)
    assert start_over
    assert not await is_in(23.9 + 24.1)


async def test_who_is_deactivated_is_out_at_once(desks: Desks) -> None:
    number = desks.add("tanaka")
    browser, admin = await desks.log_in("tanaka", PASSWORD), await desks.log_in()
    assert (await browser.get("/console/account")).status_code == 200

    assert (await post(admin, f"/console/advisors/{number}/active", active="no")).status_code == 303

    assert (await browser.get("/console/account")).status_code == 303
    assert (await attempt(desks.browser(), "tanaka", PASSWORD)).status_code == 401
    assert (await post(admin, f"/console/advisors/{number}/active", active="yes")).status_code == 303
    assert (await attempt(desks.browser(), "tanaka", PASSWORD)).status_code == 303


async def test_a_new_password_ends_the_other_sessions(desk: Desks) -> None:
    desk.add("tanaka")
    here, there = await desk.log_in("tanaka", PASSWORD), await desk.log_in("tanaka", PASSWORD)
    fresh = "a much better password"
    path = "/console/account/password"
    assert (await post(here, path, current="wrong", fresh=fresh, again=fresh)).status_code == 422
    assert (await post(here, path, current=PASSWORD, fresh="short", again="short")).status_code == 422
    assert (await post(here, path, current=PASSWORD, fresh=fresh, again="other")).status_code == 422
    assert (await there.get("/console/account")).status_code == 200

    assert (await post(here, path, current=PASSWORD, fresh=fresh, again=fresh)).status_code == 200

    assert (await here.get("/console/account")).status_code == 200
    assert (await there.get("/console/account")).status_code == 303
    assert (await attempt(desk.browser(), "tanaka", fresh)).status_code == 303


# --- accounts


async def test_an_administrator_adds_an_advisor_whose_password_is_shown_once(desk: Desks) -> None:
    admin = await desk.log_in()
    fields = {"login": "tanaka", "name": "田中", "role": "advisor", "slack_user": "T01:U02"}
    page = await post(admin, "/console/advisors", **fields)
    shown = re.search(r"<code>([^<]+)</code>", page.text)
    assert shown
    assert shown[1] not in (await admin.get("/console/advisors")).text
    assert (await attempt(desk.browser(), "tanaka", shown[1])).status_code == 303
    assert desk.rows(advisors, advisors.c.login == "tanaka")[0]["slack_user"] == "T01:U02"

    for wrong in (
        {"login": "tanaka"},
        {"login": "Ta na"},
        {"login": "x2", "name": ""},
        {"login": "x2", "slack_user": "tanaka"},
        {"login": "x2", "slack_user": "U02"},
        {"login": "x2", "password": "short"},
    ):
        assert (await post(admin, "/console/advisors", **{**fields, **wrong})).status_code == 422, wrong
    assert len(desk.rows(advisors)) == 2


async def test_a_slack_user_alone_belongs_to_the_workspace_that_is_known(desk: Desks) -> None:
    said = Incoming("slack", "T77:C1:1.2", ("slack:1",), Kind.TEXT, text="x", person="", message="m")
    desk.messaging.inbox.take([said])
    admin = await desk.log_in()
    await post(admin, "/console/advisors", login="sato", name="佐藤", role="advisor", slack_user="U02")
    assert desk.rows(advisors, advisors.c.login == "sato")[0]["slack_user"] == "T77:U02"


async def test_the_administrator_of_the_settings_stays_one(desk: Desks) -> None:
    admin = await desk.log_in()
    number = desk.rows(advisors)[0]["id"]
    assert (await post(admin, f"/console/advisors/{number}/active", active="no")).status_code == 422
    assert (await post(admin, f"/console/advisors/{number}/password")).status_code == 422
    await post(admin, f"/console/advisors/{number}", name="区の管理者", role="advisor")
    row = desk.rows(advisors)[0]
    assert (row["name"], row["role"], row["active"]) == ("区の管理者", "administrator", True)


async def test_pages_of_administrators_are_closed_to_advisors(desk: Desks) -> None:
    browser = await desk.advisor("tanaka")
    for path in ("/console/advisors", "/console/phrases", "/console/audit", "/console/audit.csv", "/console/model"):
        assert (await browser.get(path)).status_code == 403
    for path in ("/console/advisors", "/console/advisors/1/active", "/console/advisors/1/password", "/console/phrases"):
        assert (await post(browser, path, login="evil", name="x", title="x", text="x")).status_code == 403
    assert "監査" not in (await browser.get("/console")).text
    assert len(desk.rows(advisors)) == 2


async def test_what_became_of_a_models_runs_is_shown(desk: Desks) -> None:
    browser = await desk.log_in()
    assert "使われていません" in (await browser.get("/console/model")).text
    usage = Usage(2, 1234, 56)
    StoredJournal(desk.store, MemoryJournal()).record(
        JournalEntry("run-1", "openai:<test>", Outcome.UNCITED, usage, 900.0, rulings=(("number", 2), ("no-marker", 1)))
    )
    page = (await browser.get("/console/model")).text
    assert "数値 2、出典なし 1" in page
    assert "出典のある文が残らなかった" in page
    assert "1,234" in page
    assert "openai:&lt;test&gt;" in page


# --- cases


async def test_the_queue_has_those_who_wait_first_and_what_one_needs_without_their_number(desks: Desks) -> None:
    browser = await desks.advisor("tanaka", "田中")
    me = Advisor(f"account:{desks.rows(advisors, advisors.c.login == 'tanaka')[0]['id']}", "田中")
    numbers = [desks.call(f"相談{n} 電話は090-1234-567{n}", f"v{n}", "unanswered") for n in range(5)]
    with desks.store.write() as connection:
        desks.messaging.desk.claim(connection, numbers[0], Advisor("slack:T1:U1", "鈴木"))
        desks.messaging.desk.claim(connection, numbers[1], me)
        desks.messaging.desk.claim(connection, numbers[2], me)
        desks.messaging.desk.close(connection, numbers[2], me)
        connection.execute(update(cases).where(cases.c.id == numbers[4]).values(opened_at=now() - 5000))

    page = (await browser.get("/console")).text

    order = [int(n) for n in re.findall(r'<tr id="case-(\d+)"', page)]
    assert order == [numbers[4], numbers[3], numbers[1], numbers[0], numbers[2]]
    assert "090-1234" not in page
    assert "[電話番号]" in page
    for words in ("答えられない質問が続いた", "ウェブ", "鈴木"):
        assert words in page


async def test_how_long_somebody_waits_is_said_in_words_and_counts_opening_hours_alone(
    sqlite: MessageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime(2026, 11, 26, 9, 40, tzinfo=TOKYO)  # a Thursday
    monkeypatch.setattr(Talker, "now", lambda _self: at)
    found = made(sqlite)
    browser = await found.log_in()
    waits = {1: 5, 2: 15, 3: 35, 4: 60 * 17}
    for n, minutes in waits.items():
        number = found.call(f"相談{n}", f"v{n}")
        with found.store.write() as connection:
            connection.execute(update(cases).where(cases.c.id == number).values(opened_at=now() - minutes * 60 - 5))

    page = re.sub(r"<[^>]+>", " ", (await browser.get("/console")).text)

    # Who called at 16:40 the day before has waited 20 minutes there and 40 here.
    assert [" ".join(said.split()) for said in re.findall(r"\d+分\s+10分未満|\d+分\s+\d0分を超えました", page)] == [
        "60分 30分を超えました",
        "35分 30分を超えました",
        "15分 10分を超えました",
        "5分 10分未満",
    ]


async def test_a_page_that_shows_the_same_gets_nothing_new(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.console.waiting.KEPT", 0.0)
    browser = await desks.log_in()
    number = desks.call()
    for name in ("queue", "badge"):
        page = (await browser.get("/console")).text
        again = html.unescape(re.search(rf'hx-get="(/console/{name}[^"]+)"', page)[1])  # type: ignore[index]
        assert (await browser.get(again)).status_code == 204
        desks.call("もう一人", f"v-{name}")
        assert (await browser.get(again)).status_code == 200
    page = (await browser.get(f"/console/cases/{number}")).text
    again = html.unescape(re.search(r'hx-get="(/console/cases/\d+/live[^"]+)"', page)[1])  # type: ignore[index]
    assert (await browser.get(again)).status_code == 204
    with desks.store.write() as connection:
        remember(connection, int(desks.rows(cases)[0]["conversation"]), "user", "追伸です")
    response = await browser.get(again)
    assert response.status_code == 200
    assert "追伸です" in response.text


async def test_of_two_consoles_the_first_claim_wins(desks: Desks) -> None:
    number = desks.call()
    browsers = [await desks.advisor(name) for name in ("tanaka", "suzuki", "sato")]

    responses = await asyncio.gather(*(post(one, f"/console/cases/{number}/claim") for one in browsers))

    assert sorted(response.status_code for response in responses) == [303, 409, 409]
    winner = ["tanaka", "suzuki", "sato"][[response.status_code for response in responses].index(303)]
    assert desks.rows(cases)[0]["holder_name"] == winner
    assert f"{winner}さんが担当しています" in next(one for one in responses if one.status_code == 409).text
    assert desks.rows(cases)[0]["shown_at"] is not None


async def test_between_slack_and_the_console_the_first_claim_wins(desks: Desks) -> None:
    first, second = desks.call("一", "v1"), desks.call("二", "v2")
    browser = await desks.advisor("tanaka")
    with desks.store.write() as connection:
        desks.messaging.desk.claim(connection, first, Advisor("slack:T1:U1", "鈴木"))

    assert (await post(browser, f"/console/cases/{first}/claim")).status_code == 409
    assert (await post(browser, f"/console/cases/{second}/claim")).status_code == 303

    assert [row["holder_name"] for row in desks.rows(cases)] == ["鈴木", "tanaka"]
    refused = desks.rows(audit, audit.c.action == "refused")
    assert [row["subject"] for row in refused] == [f"case:{first}"]


async def test_a_reply_goes_out_once_however_often_it_is_sent(desks: Desks) -> None:
    number = desks.call()
    browser = await desks.advisor("tanaka", "田中")
    await post(browser, f"/console/cases/{number}/claim")
    path = f"/console/cases/{number}/reply"

    responses = await asyncio.gather(*(post(browser, path, text="こんにちは\r\n田中です", key="k1") for _ in range(3)))
    script = await post(browser, path, script=True, text="こんにちは\n田中です", key="k1")
    # The same page gone back to, with other words in it.
    await post(browser, path, text="もう一つ", key="k1")

    assert [response.status_code for response in responses] == [303] * 3
    assert script.json()["said"] == "送りました。"
    assert script.json()["key"] not in ("", "k1")
    texts = [row["text"] for row in desks.rows(turns, turns.c.role == "advisor")]
    assert texts == ["こんにちは\n田中です", "もう一つ"]
    assert len(desks.sent()) == 2
    assert '"sender": "田中"' in str(desks.sent()[0]["reply"])
    assert len(desks.rows(audit, audit.c.action == "reply")) == 2


async def test_a_reply_that_is_refused_is_given_back(desk: Desks) -> None:
    number = desk.call()
    browser, other = await desk.advisor("tanaka"), await desk.advisor("suzuki")
    await post(other, f"/console/cases/{number}/claim")
    path = f"/console/cases/{number}/reply"

    response = await post(browser, path, text=f"大事な文章 {HOSTILE}", key="k")
    script = await post(browser, path, script=True, text="大事な文章", key="k")

    assert response.status_code == script.status_code == 409
    assert f"大事な文章 {html.escape(HOSTILE)}" in response.text.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")
    assert "suzuki" in script.json()["said"]
    assert desk.sent() == []
    await post(other, path, text="x" * 5001, key="k2")
    await post(other, path, text="  ", key="k3")
    assert desk.sent() == []


async def test_only_the_holder_replies_and_only_they_or_an_administrator_end_it(desks: Desks) -> None:
    first, second = desks.call("一", "v1"), desks.call("二", "v2")
    holder, other, admin = await desks.advisor("tanaka"), await desks.advisor("suzuki"), await desks.log_in()
    for number in (first, second):
        await post(holder, f"/console/cases/{number}/claim")
    for deed in ("return", "close"):
        assert (await post(other, f"/console/cases/{first}/{deed}")).status_code == 409
    assert (await post(other, f"/console/cases/{first}/hand-over", to="1")).status_code == 409
    for browser in (other, admin):
        assert (await post(browser, f"/console/cases/{first}/reply", text="x", key="k")).status_code == 409
    assert [row["state"] for row in desks.rows(cases)] == ["with_advisor"] * 2

    assert (await post(holder, f"/console/cases/{first}/close")).status_code == 303
    assert (await post(admin, f"/console/cases/{second}/return")).status_code == 303

    assert [row["state"] for row in desks.rows(cases)] == ["closed", "returned"]
    assert (await post(holder, f"/console/cases/{first}/reply", text="x", key="k")).status_code == 409
    assert "終了" in (await holder.get(f"/console/cases/{first}")).text


async def test_a_case_is_handed_to_another_advisor(desks: Desks) -> None:
    number = desks.call()
    holder = await desks.advisor("tanaka", "田中")
    to = desks.add("suzuki", "鈴木")
    await post(holder, f"/console/cases/{number}/claim")
    assert (await post(holder, f"/console/cases/{number}/hand-over", to="999")).status_code == 409

    assert (await post(holder, f"/console/cases/{number}/hand-over", to=str(to))).status_code == 303

    assert desks.rows(cases)[0]["holder"] == f"account:{to}"
    assert (await post(holder, f"/console/cases/{number}/reply", text="x", key="k")).status_code == 409
    heir = await desks.log_in("suzuki", PASSWORD)
    assert (await post(heir, f"/console/cases/{number}/reply", text="鈴木です", key="k")).status_code == 303
    page = (await heir.get(f"/console/cases/{number}")).text
    assert "田中が引き継ぎました" in page


async def test_notes_stay_inside(desks: Desks) -> None:
    number = desks.call()
    browser = await desks.advisor("tanaka", "田中")
    for _ in range(2):  # the line broke, and the button was pressed again
        assert (await post(browser, f"/console/cases/{number}/note", text="折り返し希望")).status_code == 303
    assert [row["text"] for row in desks.rows(notes)] == ["折り返し希望"]
    assert desks.sent() == []
    assert "折り返し希望" in (await browser.get(f"/console/cases/{number}")).text


async def test_numbers_are_plain_to_the_holder_and_to_others_with_consent(desks: Desks) -> None:
    number = desks.call("電話は03-1234-5678です")
    holder, other = await desks.advisor("tanaka"), await desks.advisor("suzuki")
    path = f"/console/cases/{number}"
    assert "03-1234-5678" not in (await holder.get(path)).text
    await post(holder, f"{path}/claim")
    assert "03-1234-5678" in (await holder.get(path)).text
    assert "03-1234-5678" not in (await other.get(path)).text
    assert "03-1234-5678" not in (await other.get(f"{path}/live")).text
    with desks.store.write() as connection:
        connection.execute(update(cases).values(contact="03-9999-8888"))
    assert "03-9999-8888" not in (await holder.get(path)).text
    with desks.store.write() as connection:
        connection.execute(update(cases).values(consent_at=now()))
    page = (await other.get(path)).text
    assert "03-9999-8888" in page
    assert "03-1234-5678" in page


async def test_the_talk_begins_shortly_before_the_call_and_ends_with_the_case(desk: Desks) -> None:
    number = desk.call("本題です")
    conversation = int(desk.rows(cases)[0]["conversation"])
    with desk.store.write() as connection:
        for n in range(30):
            remember(connection, conversation, "user", f"むかし{n:02}")
        connection.execute(update(turns).where(turns.c.text.startswith("むかし")).values(at=now() - 500))
        connection.execute(update(turns).where(turns.c.text == "本題です").values(at=now() + 0.001))
    browser = await desk.log_in()
    page = (await browser.get(f"/console/cases/{number}")).text
    assert re.findall(r"むかし(\d\d)", page) == [f"{n}" for n in range(22, 30)]
    await post(browser, f"/console/cases/{number}/claim")
    await post(browser, f"/console/cases/{number}/close")
    with desk.store.write() as connection:
        remember(connection, conversation, "user", "あとの話")
        connection.execute(update(turns).where(turns.c.text == "あとの話").values(at=now() + 60))
    assert "あとの話" not in (await browser.get(f"/console/cases/{number}")).text


async def test_what_became_of_an_advisor_s_words_is_shown(desk: Desks) -> None:
    number = desk.call()
    browser = await desk.log_in()
    await post(browser, f"/console/cases/{number}/claim")
    await post(browser, f"/console/cases/{number}/reply", text="返事", key="k")
    for status, words in {
        "pending": "送信中",
        "sent": "届きました",
        "failed": "届きませんでした",
        "unknown": "届いたか確かめられません",
    }.items():
        with desk.store.write() as connection:
            connection.execute(update(outbox).where(outbox.c.author == "advisor").values(status=status))
        assert words in (await browser.get(f"/console/cases/{number}/live")).text


async def test_what_persons_and_advisors_write_is_never_markup(desk: Desks) -> None:
    number = desk.call(f"相談 {HOSTILE}")
    conversation = int(desk.rows(cases)[0]["conversation"])
    evil = {"n": 1, "source": HOSTILE, "title": HOSTILE, "place": HOSTILE, "quote": HOSTILE, "url": "javascript:x()"}
    with desk.store.write() as connection:
        remember(connection, conversation, "user", HOSTILE)
        remember(connection, conversation, "assistant", HOSTILE, detail={"citations": [evil]})
        connection.execute(update(cases).values(contact=HOSTILE, consent_at=now()))
        connection.execute(update(advisors).values(name=HOSTILE))
    browser = await desk.log_in()
    await post(browser, "/console/phrases", title=HOSTILE, text=HOSTILE)
    await post(browser, f"/console/cases/{number}/note", text=HOSTILE)
    await post(browser, f"/console/cases/{number}/claim")
    await post(browser, f"/console/cases/{number}/reply", text=HOSTILE, key=HOSTILE)
    await attempt(desk.browser(), HOSTILE, HOSTILE)
    for path in (
        "/console",
        "/console/queue",
        f"/console/cases/{number}",
        f"/console/cases/{number}/live",
        f"/console/cases/{number}/draft",
        f"/console/search?q={HOSTILE}",
        "/console/phrases",
        "/console/advisors",
        f"/console/audit?subject={HOSTILE}&who={HOSTILE}&since={HOSTILE}",
        f"/console/login?next={HOSTILE}",
    ):
        response = await browser.get(path)
        assert response.status_code in (200, 303), path
        assert "<script>alert" not in response.text, path
        assert "<img src=x" not in response.text, path
        assert "javascript:" not in response.text, path
        assert "script-src 'self'" in response.headers["content-security-policy"]
    failed = await attempt(desk.browser(), f'"><script>{HOSTILE}', "x")
    assert "<script>" not in failed.text


async def test_what_was_erased_is_said_to_be_gone(desk: Desks) -> None:
    number = desk.call("消してほしい話")
    with desk.store.write() as connection:
        connection.execute(update(turns).values(text=""))
        connection.execute(update(cases).values(question=""))
    browser = await desk.log_in()
    assert "(文章は消去されました)" in (await browser.get("/console")).text
    page = (await browser.get(f"/console/cases/{number}")).text
    assert "消してほしい話" not in page
    assert "(本人が取り消したか、消去されました)" in page
    assert "下書きを作れませんでした" in (await browser.get(f"/console/cases/{number}/draft")).text


async def test_a_case_that_is_not_there_is_not_found(desks: Desks) -> None:
    browser = await desks.log_in()
    for number in ("1", "0", "99999999999", "x"):
        assert (await browser.get(f"/console/cases/{number}")).status_code == 404
        assert (await browser.get(f"/console/cases/{number}/draft")).status_code == 404
        assert (await post(browser, f"/console/cases/{number}/claim")).status_code == 404
    assert (await browser.get("/console/audit?before=99999999999999999999")).status_code == 200


# --- aids


async def test_a_draft_and_passages_come_with_their_sources_and_are_never_sent_by_themselves(desk: Desks) -> None:
    number = desk.call("みどり省エネ診断の費用はいくらですか")
    browser = await desk.log_in()
    await post(browser, f"/console/cases/{number}/claim")

    draft = (await browser.get(f"/console/cases/{number}/draft")).text
    found = (await browser.get("/console/search", params={"q": "省エネ診断 費用"})).text

    for page in (draft, found):
        inserted = html.unescape(re.search(r'data-insert="([^"]+)"', page)[1])  # type: ignore[index]
        assert "3,300円" in inserted
        assert "省エネ診断のご案内" in inserted
        assert "http://ippo.test/sources/" in inserted or "http://localhost:8000/sources/" in inserted
    assert "「みどり省エネ診断の費用は1件あたり3,300円です。」(出典: " in html.unescape(found)
    assert desk.sent() == []
    assert "見つかりませんでした" in (await browser.get("/console/search", params={"q": "ペンギン"})).text


async def test_phrases_are_kept_by_administrators_and_used_by_all(desk: Desks) -> None:
    number = desk.call()
    admin, advisor = await desk.log_in(), await desk.advisor("tanaka")
    assert (await post(admin, "/console/phrases", title="", text="x")).status_code == 422
    assert (await post(admin, "/console/phrases", title="あいさつ", text="こんにちは")).status_code == 303
    assert 'data-insert="こんにちは"' in (await advisor.get(f"/console/cases/{number}")).text
    assert (await post(admin, "/console/phrases/1", title="あいさつ", text="おはようございます")).status_code == 303
    assert 'data-insert="おはようございます"' in (await advisor.get(f"/console/cases/{number}")).text
    assert (await post(admin, "/console/phrases/1/delete")).status_code == 303
    assert (await post(admin, "/console/phrases/1", title="a", text="b")).status_code == 404
    assert "おはようございます" not in (await advisor.get(f"/console/cases/{number}")).text


# --- audit


async def test_the_audit_tells_who_did_what_and_holds_nobody_s_words(desks: Desks) -> None:
    number = desks.call("秘密の相談です")
    admin, browser = await desks.log_in(), await desks.advisor("tanaka", "田中")
    await attempt(desks.browser(), "my-secret-password", "x")
    path = f"/console/cases/{number}"
    await browser.get(path)
    await browser.get(path)  # looked at again a moment later: one row
    await post(browser, f"{path}/claim")
    await post(browser, f"{path}/reply", text="秘密の返事", key="k")
    await post(browser, f"{path}/note", text="秘密のメモ")
    await post(browser, f"{path}/close")

    rows = desks.rows(audit)
    me = f"account:{desks.rows(advisors, advisors.c.login == 'tanaka')[0]['id']}"
    assert [row["action"] for row in rows if row["who"] == me] == ["login", "view", "claim", "reply", "note", "close"]
    assert any(row["action"] == "login-failed" and row["who"] == "unknown" for row in rows)
    assert "秘密" not in str(rows)
    assert "my-secret" not in str(rows)

    page = (await admin.get("/console/audit", params={"who": me, "action": "reply"})).text
    assert page.count("<tr>") == 2
    assert f"case:{number}" in page
    file = await admin.get("/console/audit.csv", params={"subject": f"case:{number}"})
    assert file.content.startswith(b"\xef\xbb\xbf")
    lines = file.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 6
    assert "田中" in lines[1]


async def test_the_audit_is_paged_newest_first(desk: Desks) -> None:
    from adapters.desk.audit import record

    with desk.store.write() as connection:
        for n in range(250):
            record(connection, who="account:1", action="view", subject=f"case:{n}", detail="=1+1")
    admin = await desk.log_in()
    path, seen = "/console/audit?action=view", []
    while path:
        page = (await admin.get(path)).text
        seen += [int(n) for n in re.findall(r">case:(\d+)<", page)]
        more = re.search(r'href="(/console/audit\?[^"]*before[^"]*)"', page)
        path = html.unescape(more[1]) if more else ""
    assert seen == list(range(249, -1, -1))
    assert "'=1+1" in (await admin.get("/console/audit.csv?action=view")).text


async def test_pages_are_not_kept_and_not_described(desk: Desks) -> None:
    browser = await desk.log_in()
    assert (await browser.get("/console")).headers["cache-control"] == "no-store"
    api = (await browser.get("/openapi.json")).json()
    assert not [path for path in api["paths"] if path.startswith("/console")]
    for name in ("htmx.min.js", "console.js", "console.css"):
        assert (await browser.get(f"/console/static/{name}")).status_code == 200
    with desk.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(stored_sessions)).scalar() == 1
