"""The chat in a real browser: a question is typed, a citation opened."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from adapters.app import create_app
from tests.library import MemoryLibrary, messages, services, serving

CHROMIUM = "/usr/bin/chromium"
pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not shutil.which(CHROMIUM), reason="needs Debian's chromium"),
]

GUIDE = (
    "# 省エネ診断のご案内\n\n"
    + "\n\n".join(f"前置きその{n}です。" for n in range(60))
    + "\n\n## 費用\n\nみどり省エネ診断の費用は1件あたり3,300円です。\n\n申込みは電話で受け付けます。\n"
)
COMPANIES = "# 照明の相談\n\n照明の相談を受ける会社は次の4社です。\n\n- 青空電設株式会社\n- みなと照明株式会社\n- 山の手電工株式会社\n- 下町電器株式会社\n"
HOSTILE = """海の日の清掃活動

海の日の清掃活動は7月20日です。<script>document.title = "taken"</script><img src=x onerror="document.title='taken'">
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a worker, in threads of this process."""
    ippo = services(MemoryLibrary({"診断/案内.md": GUIDE, "会社.md": COMPANIES, "hostile.txt": HOSTILE}))
    with (
        messages(ippo, tmp_path_factory.mktemp("messages")) as messaging,
        serving(create_app(ippo, messaging)) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Chromium's sandbox refuses to run as root, as CI does.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(params=[(390, 844), (1280, 800)], ids=["phone", "desktop"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """The chat page; anything the browser complains of fails the test."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, locale="ja-JP")
    page = context.new_page()
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    yield page
    context.close()
    # One test takes the network away on purpose.
    assert [text for text in complaints if "ERR_INTERNET_DISCONNECTED" not in text] == []


def test_a_typed_question_is_answered_and_its_citation_opens_highlighted(page: Page, tmp_path: Path) -> None:
    page.get_by_role("textbox", name="質問").fill("みどり省エネ診断の費用はいくらですか")
    page.get_by_role("button", name="送信").click()
    expect(page.get_by_role("log")).to_contain_text("3,300円")
    page.screenshot(path=tmp_path / "answer.png")

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="省エネ診断のご案内", exact=True).first.click()
    document = opened.value

    cited = document.locator(".cited", has_text="3,300円")
    expect(cited).to_be_visible()
    expect(cited).to_be_in_viewport()
    expect(document.get_by_role("status")).to_have_text("回答の根拠になった箇所に色をつけています。")
    document.screenshot(path=tmp_path / "source.png")


def test_the_page_is_never_wider_than_the_screen(page: Page) -> None:
    page.get_by_role("textbox", name="質問").fill("みどり省エネ診断の費用はいくらですか")
    page.get_by_role("button", name="送信").click()
    expect(page.get_by_role("log")).to_contain_text("3,300円")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_choice_is_asked_by_a_tap_and_survives_a_reload(page: Page) -> None:
    page.get_by_role("button", name="どこに相談すればいいですか").click()
    expect(page.locator(".turn.ippo")).to_have_count(2)
    expect(page.locator(".waiting")).to_have_count(0)

    page.reload()

    expect(page.locator(".turn.person")).to_have_text("どこに相談すればいいですか")
    page.get_by_role("button", name="最初から").click()
    expect(page.locator(".turn.person")).to_have_count(0)


def test_what_a_document_or_a_person_writes_does_not_run(page: Page, address: str) -> None:
    page.get_by_role("textbox", name="質問").fill(
        "<img src=x onerror=\"document.title='taken'\"> 海の日の清掃活動はいつですか"
    )
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("7月20日")
    assert page.title() != "taken"

    page.goto(f"{address}/sources/hostile.txt")
    expect(page.get_by_role("article")).to_contain_text("7月20日")
    assert page.title() != "taken"


def test_a_lost_connection_offers_to_send_again(page: Page) -> None:
    page.context.set_offline(True)
    page.get_by_role("textbox", name="質問").fill("みどり省エネ診断の費用はいくらですか")
    page.keyboard.press("Enter")
    again = page.get_by_role("button", name="もう一度送る")
    expect(again).to_be_visible()

    page.context.set_offline(False)
    again.click()

    expect(page.get_by_role("log")).to_contain_text("3,300円")
    expect(page.locator(".turn.person")).to_have_count(1)


def test_many_sources_wait_behind_their_number(page: Page) -> None:
    page.get_by_role("textbox", name="質問").fill("照明の相談を受ける会社を全部教えて")
    page.get_by_role("button", name="送信").click()
    answer = page.get_by_role("log")
    expect(answer).to_contain_text("下町電器株式会社")
    sources = answer.get_by_role("list", name="出典")
    expect(sources).to_be_hidden()

    answer.locator("a.marker").first.click()
    expect(sources).to_be_visible()
    expect(sources.get_by_role("listitem").first).to_be_in_viewport()
