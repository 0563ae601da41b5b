"""The chat in a real browser: a question is typed, a citation opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from adapters.app import create_app
from adapters.web import api
from tests.chromium import CHROMIUM_NEEDED
from tests.library import MemoryLibrary, messages, services, serving

LOST = ("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING")
pytestmark = CHROMIUM_NEEDED

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
    # Some tests take the network or the server away on purpose.
    assert [text for text in complaints if not any(lost in text for lost in LOST)] == []


def ask(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="質問").fill(text)
    page.get_by_role("textbox", name="質問").press("Enter")


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
    page.route("**/api/messages", lambda route: route.abort("internetdisconnected"))
    ask(page, "みどり省エネ診断の費用はいくらですか")
    again = page.get_by_role("button", name="もう一度送る")
    expect(again).to_be_visible()
    expect(page.locator(".waiting")).to_have_count(0)

    page.unroute("**/api/messages")
    again.click()

    expect(page.get_by_role("log")).to_contain_text("3,300円")
    expect(page.locator(".failed")).to_have_count(0)
    expect(page.locator(".turn.person")).to_have_count(1)


def test_what_was_written_offline_is_sent_when_the_network_is_back(page: Page) -> None:
    page.context.set_offline(True)
    ask(page, "みどり省エネ診断の費用はいくらですか")
    expect(page.locator(".failed")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("オフラインです")

    page.context.set_offline(False)

    expect(page.get_by_role("log")).to_contain_text("3,300円")
    expect(page.locator(".turn.person")).to_have_count(1)
    expect(page.locator(".turn.ippo")).to_have_count(2)
    expect(page.get_by_role("status")).to_have_text("")


def test_an_answer_whose_connection_broke_is_shown_once(page: Page) -> None:
    def swallow(route: Route) -> None:
        route.fetch()  # it arrives and is answered; the answer does not come back
        route.abort("internetdisconnected")

    expect(page.locator(".turn.ippo")).to_have_count(1)
    page.route("**/api/messages", swallow, times=1)
    ask(page, "みどり省エネ診断の費用はいくらですか")

    expect(page.get_by_role("log")).to_contain_text("3,300円", timeout=15_000)
    expect(page.locator(".failed")).to_have_count(0)
    expect(page.locator(".turn.person")).to_have_count(1)
    expect(page.locator(".turn.ippo")).to_have_count(2)


def test_a_reload_restores_the_conversation_from_the_server(page: Page) -> None:
    ask(page, "みどり省エネ診断の費用はいくらですか")
    expect(page.get_by_role("log")).to_contain_text("3,300円")
    ask(page, "海の日の清掃活動はいつですか")
    expect(page.get_by_role("log")).to_contain_text("7月20日")
    before = page.locator(".turn").all_inner_texts()
    page.evaluate("sessionStorage.clear()")

    page.reload()

    expect(page.locator(".turn.person")).to_have_count(2)
    assert page.locator(".turn").all_inner_texts() == before
    expect(page.get_by_role("log")).not_to_have_attribute("aria-busy", "true")


def test_a_question_sent_just_before_a_reload_is_answered_after_it(page: Page) -> None:
    page.route("**/api/messages", lambda route: None if route.request.method == "POST" else route.continue_())
    ask(page, "みどり省エネ診断の費用はいくらですか")
    expect(page.locator(".waiting")).to_be_visible()
    page.unroute("**/api/messages")

    page.reload()

    expect(page.get_by_role("log")).to_contain_text("3,300円")
    expect(page.locator(".turn.person")).to_have_count(1)


def test_another_tab_shows_what_is_asked_and_answered_here(page: Page) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator(".turn.ippo")).to_have_count(1)
    with other.expect_response("**/api/events*"):
        other.reload()

    ask(page, "みどり省エネ診断の費用はいくらですか")

    expect(other.get_by_role("log")).to_contain_text("3,300円")
    expect(other.locator(".turn.person")).to_have_text("みどり省エネ診断の費用はいくらですか")
    expect(other.locator(".waiting")).to_have_count(0)
    page.get_by_role("button", name="最初から").click()
    expect(other.locator(".turn.person")).to_have_count(0)


def test_a_late_answer_comes_by_the_stream(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "PATIENCE", 0.0)
    with page.expect_response(lambda response: response.request.method == "POST") as sent:
        ask(page, "みどり省エネ診断の費用はいくらですか")

    assert sent.value.status == 202
    expect(page.get_by_role("log")).to_contain_text("3,300円")
    expect(page.locator(".waiting")).to_have_count(0)


def test_a_restart_of_the_server_is_survived(page: Page, tmp_path: Path) -> None:
    ippo = services(MemoryLibrary({"診断/案内.md": GUIDE}))
    with messages(ippo, tmp_path) as messaging, serving(create_app(ippo, messaging)) as address:
        page.goto(address)
        ask(page, "申込みはどうすればいいですか")
        expect(page.get_by_role("log")).to_contain_text("電話で受け付けます")
    ask(page, "みどり省エネ診断の費用はいくらですか")
    expect(page.locator(".failed")).to_be_visible()

    with (
        messages(ippo, tmp_path) as messaging,
        serving(create_app(ippo, messaging), int(address.rsplit(":", 1)[1])),
    ):
        # By itself, in a few seconds: the browser was online all the time.
        expect(page.get_by_role("log")).to_contain_text("3,300円", timeout=20_000)
        expect(page.locator(".failed")).to_have_count(0)
        page.reload()
        expect(page.locator(".turn.person")).to_have_count(2)
        expect(page.locator(".turn.ippo")).to_have_count(3)
        page.close()


def test_two_questions_in_a_row_are_both_answered_in_order(page: Page) -> None:
    ask(page, "みどり省エネ診断の費用はいくらですか")
    ask(page, "海の日の清掃活動はいつですか")

    expect(page.get_by_role("log")).to_contain_text("7月20日")
    expect(page.locator(".turn.ippo")).to_have_count(3)
    expect(page.locator(".turn.ippo").nth(1)).to_contain_text("3,300円")
    expect(page.locator(".turn.ippo").nth(2)).to_contain_text("7月20日")


def test_what_was_begun_in_pieces_gets_one_answer(page: Page) -> None:
    ask(page, "みどり省エネ診断なんだけど")
    ask(page, "費用はいくらですか?")

    expect(page.get_by_role("log")).to_contain_text("3,300円")
    expect(page.locator(".turn.person")).to_have_count(2)
    expect(page.locator(".turn.ippo")).to_have_count(2)
    expect(page.locator(".waiting")).to_have_count(0)


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    choice = page.get_by_role("button", name="どこに相談すればいいですか")
    choice.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".turn.ippo")).to_have_count(2)
    expect(page.locator(".waiting")).to_have_count(0)

    # The button is gone; the focus is where the answer is, not lost.
    expect(page.get_by_role("log")).to_be_focused()


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
