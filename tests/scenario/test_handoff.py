"""The whole handoff with the real program: a person on LINE, advisors in Slack, each platform strict and local."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.crash.rig import Rig
from tests.platforms import line as line_platform
from tests.platforms.slack import Room, SlackServer

ANN = line_platform.user(1)
TANAKA, SATO = "U0TANAKA1", "U0SATO001"


@dataclass
class Ward:
    """The program between its platforms."""

    rig: Rig
    room: Room

    def hear(self, text: str) -> None:
        body, headers = self.rig.line.request(self.rig.line.text(ANN, text))
        assert self.rig.post("/line/webhook", body, headers) == 200

    def got(self) -> list[list[dict[str, Any]]]:
        """What Ann has been sent: a list of messages a call."""
        return [one.messages for one in list(self.rig.line.delivered) if one.to == ANN]

    def texts(self) -> list[str]:
        return [message["text"] for call in self.got() for message in call if message["type"] == "text"]

    def post(self, body: bytes, headers: Any) -> tuple[int, bytes]:
        return self.rig.post("/slack/events", body, headers), b""

    def cards(self) -> list[dict[str, Any]]:
        return [post for post in self.rig.slack.replies(self.room) if "thread_ts" not in post]

    def thread(self) -> list[str]:
        return [post["text"] for post in self.rig.slack.replies(self.room, self.cards()[-1]["ts"])]

    def press(self, user: str, action: str) -> None:
        card = self.cards()[-1]
        buttons = [one for block in card["blocks"] if block["type"] == "actions" for one in block["elements"]]
        (button,) = [one for one in buttons if one["action_id"] == action]
        pressed = self.rig.slack.press(self.room, user, card, button)
        assert self.rig.slack.deliver_action(pressed, self.post).status == 200

    def write(self, user: str, text: str) -> None:
        for body in self.rig.slack.say(self.room, user, text, thread_ts=self.cards()[-1]["ts"]):
            assert self.rig.slack.deliver(body, self.post).status == 200


def soon(holds: Callable[[], object], within: float = 80.0) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def reply_to(browser: httpx.Client, text: str, number: str) -> dict[str, Any]:
    """Ask until there is a reply: the same id, so it is one message, however often."""
    found: dict[str, Any] = {}

    def answered() -> bool:
        response = browser.post("/api/messages", json={"text": text, "client_id": number})
        found.update(response.json())
        return response.status_code == 200

    soon(answered, 60.0)
    return found


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    with line_platform.serving() as line, SlackServer() as slack:
        room = slack.channel("advisors", members=[TANAKA, SATO])
        rig = Rig(tmp_path, None, line, slack, line.url)
        rig.environment |= {"IPPO_SLACK_ADVISOR_CHANNEL": room.id, "IPPO_HOURS": "Mon-Sun 00:00-23:59 Asia/Tokyo"}
        rig.ingest()
        rig.start()
        try:
            yield Ward(rig, room)
        finally:
            rig.stop()


@pytest.mark.timeout(240)
def test_a_person_on_line_and_an_advisor_in_slack(ward: Ward) -> None:
    ward.hear("LED照明の助成の上限は?")
    soon(lambda: len(ward.got()) == 1)
    ward.hear("人と話したいです")
    soon(lambda: len(ward.got()) == 2)
    assert ward.got()[1][-1]["quickReply"]["items"][0]["action"]["text"] == "やっぱりいい"
    soon(ward.cards)
    (card,) = ward.cards()
    assert "LED照明の助成の上限は?" in card["text"]
    assert "相談要約" in card["text"]
    actions = [one["action_id"] for block in card["blocks"] if block["type"] == "actions" for one in block["elements"]]
    assert actions == ["handoff_claim", "handoff_return", "handoff_close"]

    # While nobody has claimed, the bot goes on answering, and the advisors see it.
    ward.hear("窓の断熱の助成は何%ですか?")
    soon(lambda: len(ward.got()) == 3)
    assert any("20％" in text for text in ward.texts())
    soon(lambda: any("窓の断熱の助成は何%ですか?" in text for text in ward.thread()))

    ward.press(TANAKA, "handoff_claim")
    soon(lambda: any("担当しました" in text for text in ward.thread()))
    soon(lambda: any("下書き" in text and "30万円" in text for text in ward.thread()))
    ward.press(SATO, "handoff_claim")
    ward.hear("こちらは賃貸なんです。エアコンはどうですか?")
    soon(lambda: any("賃貸" in text for text in ward.thread()))
    ward.write(SATO, "横からですが")
    ward.write(TANAKA, "! 大家さんに確認が要りそう")
    ward.write(TANAKA, "こんにちは。大家さんの承諾はありますか?")
    soon(lambda: any("大家さんの承諾" in text for text in ward.texts()))
    time.sleep(1.0)
    assert len(ward.got()) == 4, "nothing but the advisor's own words has left"
    (said,) = ward.got()[-1]
    assert said["text"] == "こんにちは。大家さんの承諾はありますか?"
    assert said["sender"]["name"]
    soon(lambda: ward.rig.slack.called("reactions.add"))

    # Who does not hold it ends nothing.
    ward.press(SATO, "handoff_close")
    ward.press(SATO, "handoff_return")
    time.sleep(1.0)
    assert len(ward.got()) == 4
    ward.press(TANAKA, "handoff_close")
    soon(lambda: len(ward.got()) == 5)
    assert len(ward.got()[-1][-1]["quickReply"]["items"]) == 3
    ward.hear("解決しました")
    soon(lambda: len(ward.got()) == 6)
    ward.hear("環境課の電話番号は?")
    soon(lambda: len(ward.got()) == 7)
    assert any("03-1234-5678" in text for text in ward.texts())
    assert len(ward.cards()) == 1


@pytest.mark.timeout(240)
def test_a_line_call_held_open_during_a_claim(ward: Ward) -> None:
    ward.hear("人と話したいです")
    soon(ward.cards)
    before = len(ward.got())
    ward.rig.line.faults.append("accept, wait")
    ward.hear("LED照明の助成の上限は?")
    soon(lambda: len(ward.got()) == before + 1)
    # LINE has it, and its answer is still to come: the claim must not show before it has.
    ward.press(TANAKA, "handoff_claim")
    soon(lambda: any("担当しました" in text for text in ward.thread()))
    shown = time.monotonic()
    ward.hear("窓の断熱の助成は?")
    soon(lambda: any("窓の断熱の助成は?" in text for text in ward.thread()))
    time.sleep(max(0.0, 2.0 - (time.monotonic() - shown)))
    assert len(ward.got()) == before + 1


@pytest.mark.timeout(240)
def test_a_person_on_the_web_sees_the_advisor_on_the_page(ward: Ward) -> None:
    with httpx.Client(base_url=ward.rig.address, timeout=15) as browser:
        assert reply_to(browser, "担当の人に相談したい", "1")["act"] == "handoff"
        soon(ward.cards)
        ward.press(TANAKA, "handoff_claim")
        soon(lambda: any("担当しました" in text for text in ward.thread()))
        said = {"text": "LEDの助成を使いたいです", "client_id": "2"}
        # On a busy machine it is taken in first, and nobody has it yet.
        soon(lambda: browser.post("/api/messages", json=said).json().get("status") == "received")
        ward.write(TANAKA, "はい、承ります。")
        soon(lambda: "はい、承ります。" in str(browser.get("/api/messages").json()))
        last = browser.get("/api/messages").json()["messages"][-1]
        assert (last["author"], last["text"]) == ("advisor", "はい、承ります。")
        assert last["sender"]
        ward.press(TANAKA, "handoff_return")
        soon(lambda: browser.get("/api/messages").json()["messages"][-1]["author"] == "notice")
        assert "20％" in reply_to(browser, "窓の断熱の助成は何%ですか?", "3")["text"]
