"""From a question without an answer to an answer: the chat, the console, and the chat again, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr

from adapters import bootstrap
from adapters.app import create_app
from adapters.console import accounts, passwords
from adapters.settings import Settings
from tests.chromium import CHROMIUM_NEEDED
from tests.library import serving

PASSWORD = "the administrator's own"
ASKED = "千代田区の省エネ診断の申し込みはいつまでですか"
pytestmark = CHROMIUM_NEEDED


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The program with a worker and one page of knowledge."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "診断.md").write_text("# 省エネ診断\n\n千代田区の省エネ診断の費用は1件あたり3,300円です。\n")
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg] - pydantic-settings' own argument
        data_dir=tmp_path / "data",
        console_password=SecretStr(PASSWORD),
        today=date(2026, 11, 25),
    )
    with bootstrap.build(settings) as ippo, bootstrap.messaging(ippo) as messaging:
        ippo.ingest([str(tmp_path / "pages")], None)
        with messaging.store.write() as connection:
            fresh = passwords.hashed(PASSWORD)
            accounts.add(connection, login="tanaka", name="田中", role="advisor", slack_user="", password=fresh)
        worker = messaging.worker(threads=1)
        worker.start()
        try:
            with serving(create_app(ippo, messaging)) as found:
                yield found
        finally:
            worker.stop()


def test_what_nobody_could_answer_is_answered_once_two_people_have_seen_to_it(address: str, browser: Browser) -> None:
    complaints: list[str] = []

    def opened(path: str, width: int = 1280) -> Page:
        page = browser.new_context(viewport={"width": width, "height": 844}, locale="ja-JP").new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address + path)
        return page

    def ask(page: Page) -> str:
        page.get_by_role("textbox", name="質問").fill(ASKED)
        page.get_by_role("textbox", name="質問").press("Enter")
        expect(page.locator(".waiting")).to_have_count(0)
        expect(page.locator(".turn.ippo").last).not_to_have_text("")
        return page.locator(".turn.ippo").last.inner_text()

    def logged_in(login: str, width: int = 1280) -> Page:
        page = opened("/console", width)
        page.get_by_label("ログイン名").fill(login)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="ログイン").click()
        return page

    assert "2月19日" not in ask(opened("/"))

    advisor = logged_in("tanaka")
    advisor.get_by_role("link", name="未回答").click()
    expect(advisor.get_by_role("heading", name=ASKED)).to_be_visible()
    advisor.get_by_role("link", name=re.compile("の回答を書く")).click()
    expect(advisor.get_by_label("質問")).to_have_value(ASKED)
    advisor.get_by_label("回答", exact=True).fill("来年の2月19日まで受け付けています。")
    advisor.get_by_label("根拠").fill("省エネ診断の募集案内")
    advisor.get_by_label("対象の区").select_option("千代田区")
    advisor.get_by_role("button", name="保存して").click()
    expect(advisor.get_by_text("承認待ち")).to_be_visible()
    expect(advisor.get_by_role("button", name="公開する")).to_have_count(0)

    admin = logged_in("admin", width=390)
    admin.get_by_role("link", name="回答づくり").click()
    admin.get_by_role("link", name=ASKED).click()
    admin.get_by_role("button", name="公開する").click()
    expect(admin.get_by_text("公開中", exact=True)).to_be_visible()
    for path in ("/console/drafts", "/console/figures", "/console/unanswered"):
        admin.goto(address + path)
        assert admin.evaluate("document.documentElement.scrollWidth") <= 390, path

    told = ask(opened("/"))
    assert "相談員が確認した回答です" in told
    assert "2月19日" in told

    admin.goto(f"{address}/console/figures")
    expect(admin.get_by_role("img", name="日ごとの応答の数")).to_be_visible()
    admin.get_by_text("表で見る").click()
    expect(admin.get_by_role("row").filter(has_text="50%").first).to_be_visible()
    assert complaints == []
