"""The knowledge desk in a real browser: a file is brought in, tried, published, replaced and withdrawn."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr

from adapters import bootstrap
from adapters.app import create_app
from adapters.settings import Settings
from tests.chromium import CHROMIUM_NEEDED
from tests.library import serving

PASSWORD = "the administrator's own"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
RULE = (
    "# 商店街LED照明助成のご案内 令和{year}年度\n\n## 助成の内容\n\n"
    "千代田区の商店街LED照明助成は、対象経費の2分の1を助成し、上限は{limit}円です。\n\n"
    "- 対象は、区内の商店街と小売店です。\n- 申込みは、工事の契約の前に行います。\n"
)
pytestmark = CHROMIUM_NEEDED


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", today=date(2026, 11, 26))  # type: ignore[call-arg]
    settings = settings.model_copy(update={"console_password": SecretStr(PASSWORD)})
    with (
        bootstrap.build(settings) as ippo,
        bootstrap.messaging(ippo) as messaging,
        serving(create_app(ippo, messaging)) as found,
    ):
        yield found


def administrator(browser: Browser, address: str, size: dict[str, int], scheme: str, complaints: list[str]) -> Page:
    context = browser.new_context(viewport=size, locale="ja-JP", color_scheme=scheme)  # type: ignore[arg-type]
    context.on("console", lambda message: complaints.append(message.text))
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/console/login")
    page.get_by_label("ログイン名").fill("admin")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログイン").click()
    page.get_by_role("link", name="知識", exact=True).click()
    expect(page.get_by_role("heading", name="知識", exact=True)).to_be_visible()
    return page


def bring(page: Page, name: str, text: str) -> None:
    page.get_by_label("ファイル").set_input_files({"name": name, "mimeType": "text/markdown", "buffer": text.encode()})
    page.get_by_role("button", name="読み取る").click()
    expect(page.get_by_role("heading", name="文書の情報")).to_be_visible()


def look(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for some, and see that nothing stands out of the window."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} px too wide"


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_a_rule_is_brought_in_tried_published_replaced_and_withdrawn(
    browser: Browser, address: str, size: dict[str, int], scheme: str, request: pytest.FixtureRequest
) -> None:
    complaints: list[str] = []
    shot = request.node.callspec.id
    page = administrator(browser, address, size, scheme, complaints)
    look(page, f"{shot}-empty")

    bring(page, "led-r7.md", RULE.format(year=7, limit="50万"))
    page.get_by_label("質問", exact=True).fill("商店街LED照明助成の上限はいくらですか")
    page.get_by_label("質問する人の区").select_option("千代田区")
    page.get_by_role("button", name="質問する").click()
    expect(page.locator(".tried")).to_contain_text("50万円")
    page.get_by_label("発行元").fill("千代田区")
    page.get_by_label("種類").select_option("補助・助成")
    page.get_by_label("千代田区", exact=True).check()
    look(page, f"{shot}-preview")
    page.get_by_role("button", name="この内容で公開する").click()
    expect(page.locator(".shelf")).to_contain_text("商店街LED照明助成のご案内 令和7年度")

    bring(page, "led-r7.md", RULE.format(year=7, limit="60万") + "\n予算がなくなると終わります。\n")
    expect(page.locator(".changes ins").first).to_contain_text("60万円")
    look(page, f"{shot}-changes")
    page.get_by_role("button", name="この文書を破棄する").click()

    bring(page, "led-r8.md", RULE.format(year=8, limit="80万"))
    page.get_by_label("発行元").fill("千代田区")
    page.get_by_label("種類").select_option("補助・助成")
    page.get_by_label("千代田区", exact=True).check()
    page.get_by_role("button", name="公開せずに保存").click()
    expect(page.locator(".warned")).to_contain_text("「商店街LED照明助成のご案内 令和7年度」の新しい版のようです")
    look(page, f"{shot}-rivals")
    page.get_by_role("button", name="この内容で公開する").click()
    expect(page.locator(".matters")).to_contain_text("古い版が残っています")
    page.locator(".shelf summary").first.click()
    look(page, f"{shot}-list")

    page.locator(".matters").get_by_role("button", name="を取り下げる").click()
    expect(page.locator(".matters")).to_have_count(0)
    expect(page.locator(".shelf .withdrawn")).to_have_count(1)
    page.get_by_label("状態").select_option("取り下げ")
    page.get_by_role("button", name="しぼり込む").click()
    page.locator(".shelf summary").click()
    page.get_by_role("link", name="もう一度公開する").click()
    expect(page.get_by_role("button", name="この版をもう一度公開する")).to_be_visible()
    look(page, f"{shot}-withdrawn")
    assert complaints == []
    page.context.close()


def test_a_file_that_is_too_large_is_said_before_it_is_sent(browser: Browser, address: str, tmp_path: Path) -> None:
    complaints: list[str] = []
    page = administrator(browser, address, DESKTOP, "light", complaints)
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(21 * 1024 * 1024)

    page.get_by_label("ファイル").set_input_files(large)
    page.get_by_role("button", name="読み取る").click()

    assert page.get_by_label("ファイル").evaluate("field => field.validationMessage") == "20 MiB までのファイルを選んでください。"  # fmt: skip
    expect(page.get_by_role("heading", name="知識", exact=True)).to_be_visible()
    assert complaints == []
    page.context.close()
