"""The advisors' console in a real browser, beside the chat of the person who asked for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pydantic import SecretStr

from adapters.app import create_app
from adapters.console import accounts, passwords
from adapters.messages.service import Messaging
from tests.chromium import CHROMIUM_NEEDED
from tests.library import MemoryLibrary, messages, services, serving

PASSWORD = "the administrator's own"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
# What a browser says where a test takes the network away, or is refused on purpose.
LOST = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "htmx:error", "status of 409")
GUIDE = "# 省エネ診断のご案内\n\n## 費用\n\nみどり省エネ診断の費用は1件あたり3,300円です。\n"
pytestmark = CHROMIUM_NEEDED


@dataclass
class Served:
    """A server with a worker, in threads of this process."""

    address: str
    messaging: Messaging


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    ippo = services(MemoryLibrary({"診断/案内.md": GUIDE}))
    settings = ippo.settings.model_copy(update={"console_password": SecretStr(PASSWORD), "data_dir": tmp_path})
    ippo = replace(ippo, settings=settings)
    with messages(ippo, tmp_path) as messaging:
        with messaging.store.write() as connection:
            fresh = passwords.hashed(PASSWORD)
            accounts.add(connection, login="tanaka", name="田中", role="advisor", slack_user="", password=fresh)
        with serving(create_app(ippo, messaging)) as address:
            yield Served(address, messaging)


@dataclass
class Rooms:
    """Contexts of one browser: people who do not share their cookies."""

    browser: Browser
    served: Served
    complaints: list[str]
    opened: list[BrowserContext]

    def page(self, path: str, size: dict[str, int] | None = None, scheme: str = "light") -> Page:
        context = self.browser.new_context(
            viewport=size or DESKTOP,  # type: ignore[arg-type]
            locale="ja-JP",
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        self.opened.append(context)
        context.on("console", lambda message: self.complaints.append(message.text))
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.served.address + path)
        return page

    def advisor(self, login: str = "tanaka", size: dict[str, int] | None = None, scheme: str = "light") -> Page:
        page = self.page("/console", size, scheme)
        page.get_by_label("ログイン名").fill(login)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="ログイン").click()
        expect(page.get_by_role("heading", name="相談", exact=True)).to_be_visible()
        return page

    def person(self, question: str = "みどり省エネ診断の費用はいくらですか") -> Page:
        """Somebody on the web chat who has asked, and wants to speak with an advisor."""
        page = self.page("/")
        for text in (question, "相談員に聞く"):
            page.get_by_role("textbox", name="質問").fill(text)
            page.get_by_role("textbox", name="質問").press("Enter")
            expect(page.locator(".waiting")).to_have_count(0)
            expect(page.locator(".turn.ippo").last).not_to_have_text("")
        expect(page.get_by_role("log")).to_contain_text("相談員")
        return page


@pytest.fixture
def rooms(browser: Browser, served: Served) -> Iterator[Rooms]:
    """Anything a browser complains of fails the test."""
    found = Rooms(browser, served, [], [])
    yield found
    for context in found.opened:
        context.close()
    assert [text for text in found.complaints if not any(lost in text for lost in LOST)] == []


def claimed(rooms: Rooms, advisor: Page) -> Page:
    advisor.get_by_role("button", name="を担当する").first.click()
    expect(advisor.get_by_text("あなたが担当しています")).to_be_visible()
    return advisor


def test_somebody_who_asks_is_answered_by_an_advisor_and_sees_it_end(rooms: Rooms, tmp_path: Path) -> None:
    advisor = rooms.advisor()
    expect(advisor.get_by_text("待っている相談はありません")).to_be_visible()

    person = rooms.person()

    # Without a reload: the queue, the title and what is read out.
    expect(advisor.get_by_role("button", name="#1 を担当する")).to_be_visible()
    expect(advisor).to_have_title("(1) 相談 ― Ippo 相談員")
    expect(advisor.locator("#news")).to_have_text("新しい相談が届きました。待っている相談は1件です。")
    advisor.screenshot(path=tmp_path / "queue.png", full_page=True)
    claimed(rooms, advisor)
    expect(advisor.get_by_label("会話").first).to_contain_text("みどり省エネ診断の費用はいくらですか")
    expect(advisor.locator("aside")).to_contain_text("要約")

    advisor.get_by_label("相談者への返信").fill("田中です。診断の日程についてですね。")
    advisor.get_by_role("button", name="送信", exact=True).click()
    expect(person.get_by_role("log")).to_contain_text("田中です。診断の日程についてですね。")
    expect(advisor.locator(".talk .advisor")).to_contain_text("届きました")
    expect(advisor.get_by_label("相談者への返信")).to_have_value("")

    person.get_by_role("textbox", name="質問").fill("はい、来週でお願いします")
    person.get_by_role("textbox", name="質問").press("Enter")
    expect(advisor.locator(".talk")).to_contain_text("はい、来週でお願いします")
    expect(advisor.locator("#news")).to_have_text("相談者から新しいメッセージが届きました。")
    advisor.screenshot(path=tmp_path / "case.png")

    advisor.get_by_text("相談を終了する").click()
    advisor.get_by_role("button", name="終了する").click()
    expect(advisor.locator(".state")).to_contain_text("終了")
    expect(advisor.get_by_label("相談者への返信")).to_be_hidden()
    expect(person.get_by_role("button", name="解決しました", exact=True)).to_be_visible()


def test_a_text_in_its_box_outlives_what_changes_around_it_and_a_reload(rooms: Rooms) -> None:
    person, advisor = rooms.person(), rooms.advisor()
    claimed(rooms, advisor)
    box = advisor.get_by_label("相談者への返信")
    box.fill("書きかけの返事")
    box.press("End")

    person.get_by_role("textbox", name="質問").fill("もう一つあります")
    person.get_by_role("textbox", name="質問").press("Enter")
    expect(advisor.locator(".talk")).to_contain_text("もう一つあります")

    expect(box).to_have_value("書きかけの返事")
    expect(box).to_be_focused()
    advisor.reload()
    expect(box).to_have_value("書きかけの返事")
    box.press("Control+Enter")
    expect(person.get_by_role("log")).to_contain_text("書きかけの返事")
    advisor.reload()
    expect(box).to_have_value("")


def test_a_draft_a_passage_and_a_phrase_are_put_into_the_reply_and_not_sent(rooms: Rooms) -> None:
    person, admin = rooms.person(), rooms.advisor("admin")
    admin.goto(rooms.served.address + "/console/phrases")
    admin.get_by_label("題名").fill("あいさつ")
    admin.get_by_label("文章").fill("お待たせしました。")
    admin.get_by_role("button", name="追加").click()
    admin.get_by_role("link", name="相談", exact=False).first.click()
    claimed(rooms, admin)
    box = admin.get_by_label("相談者への返信")

    admin.get_by_role("button", name="あいさつ").click()
    admin.get_by_role("searchbox").fill("省エネ診断の費用")
    admin.get_by_role("searchbox").press("Enter")
    admin.get_by_role("button", name="1件目を返信に入れる").click()

    expect(box).to_be_focused()
    text = box.input_value()
    assert text.startswith(
        "お待たせしました。\n「みどり省エネ診断の費用は1件あたり3,300円です。」(出典: 省エネ診断のご案内"
    )
    expect(person.get_by_role("log")).not_to_contain_text("お待たせしました")


def test_the_focus_stays_where_it_is_while_the_queue_changes(rooms: Rooms) -> None:
    rooms.person()
    advisor = rooms.advisor()
    button = advisor.get_by_role("button", name="#1 を担当する")
    button.focus()

    rooms.person()

    expect(advisor.get_by_role("button", name="#2 を担当する")).to_be_visible()
    expect(button).to_be_focused()


def test_who_comes_second_is_told_calmly(rooms: Rooms) -> None:
    rooms.person()
    first, second = rooms.advisor(), rooms.advisor("admin")
    second.get_by_role("link", name="#1").click()
    expect(second.get_by_role("button", name="この相談を担当する")).to_be_visible()
    second.route("**/live*", lambda route: route.abort())  # its page does not know yet

    claimed(rooms, first)
    second.get_by_role("button", name="この相談を担当する").click()

    expect(second.get_by_role("alert")).to_have_text("この相談は田中さんが担当しています。")
    expect(second.get_by_label("相談者への返信")).to_be_hidden()


def test_everything_is_done_with_keys_alone(rooms: Rooms) -> None:
    person = rooms.person()
    page = rooms.page("/console")
    # The first field has the focus by itself, though only once the page has been drawn.
    expect(page.get_by_label("ログイン名")).to_be_focused()
    page.keyboard.type("tanaka")
    page.keyboard.press("Tab")
    expect(page.get_by_label("パスワード")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="相談", exact=True)).to_be_visible()
    page.wait_for_load_state()  # a page that is not whole yet goes to its anchor once more when it is
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="本文へ")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="#1")).to_be_focused()
    expect(page.get_by_role("link", name="#1")).to_have_css("outline-style", "solid")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="この相談を担当する")).to_be_visible()
    page.keyboard.press("Alt+h")
    expect(page.get_by_role("dialog", name="キー操作")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+c")
    expect(page.get_by_label("相談者への返信")).to_be_focused()
    page.keyboard.type("鍵盤だけで書きました")
    page.keyboard.press("Control+Enter")
    expect(person.get_by_role("log")).to_contain_text("鍵盤だけで書きました")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Alt+n")
    expect(page.get_by_label("内部メモ", exact=True).last).to_be_focused()
    page.keyboard.press("Alt+r")
    expect(page.get_by_label("相談者への返信")).to_be_focused()
    page.keyboard.press("Alt+q")
    expect(page.get_by_role("heading", name="自分の担当")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_a_phone(rooms: Rooms, scheme: str, tmp_path: Path) -> None:
    rooms.person("みどり省エネ診断の費用はいくらですか" + "とても長い" * 60)
    page = rooms.advisor("admin", PHONE, scheme)
    for path in ("", "/cases/1", "/phrases", "/advisors", "/audit", "/account"):
        page.goto(f"{rooms.served.address}/console{path}")
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.screenshot(path=tmp_path / f"phone{path.replace('/', '-')}.png", full_page=True)
    page.goto(f"{rooms.served.address}/console")
    claimed(rooms, page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_server_that_is_away_is_said_and_the_text_is_kept(rooms: Rooms) -> None:
    person, advisor = rooms.person(), rooms.advisor()
    claimed(rooms, advisor)
    advisor.get_by_label("相談者への返信").fill("届くはずの返事")
    advisor.context.set_offline(True)
    advisor.get_by_role("button", name="送信", exact=True).click()
    expect(advisor.locator("#reply .outcome")).to_contain_text("もう一度押してください")
    expect(advisor.locator("#news")).to_contain_text("サーバーにつながりません")

    advisor.context.set_offline(False)
    advisor.get_by_role("button", name="送信", exact=True).click()

    expect(person.get_by_role("log")).to_contain_text("届くはずの返事")
    expect(advisor.locator("#news")).to_have_text("")
    expect(person.get_by_text("届くはずの返事")).to_have_count(1)
