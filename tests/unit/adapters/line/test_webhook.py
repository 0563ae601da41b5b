"""What LINE sends as `Incoming`; the integration tests tell the rest."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from adapters.line import webhook
from adapters.messages.model import Incoming, Kind

ANN = "U" + "1" * 32
TEAM = "C" + "9" * 32
TOKEN = "38ef843bde154d9b91c21320ffd17a0f"


def event(kind: str = "message", **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "webhookEventId": "01FZ74A0TDDPYRVKNK77XKC3ZR",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": int(time.time() * 1000),
        "source": {"type": "user", "userId": ANN},
        "replyToken": TOKEN,
        "mode": "active",
        **more,
    }


def text(said: str, **more: Any) -> dict[str, Any]:
    return event(message={"type": "text", "id": "468789577898262530", "text": said, **more})


def parse(*events: Any) -> list[Incoming]:
    return webhook.parse(json.dumps({"destination": "U", "events": events}).encode())


def test_a_text() -> None:
    (found,) = parse(text(" LEDの助成は? "))

    assert (found.channel, found.conversation, found.person) == ("line", ANN, ANN)
    assert found.keys == ("line:01FZ74A0TDDPYRVKNK77XKC3ZR",)
    assert (found.kind, found.text, found.message) == (Kind.TEXT, "LEDの助成は?", "468789577898262530")
    assert found.address == {"to": ANN, "source": "user", "token": TOKEN}
    assert abs((found.received_at or 0) - time.time()) < 5


def test_an_event_without_an_id_is_known_by_its_message() -> None:
    unnamed = text("LEDの助成は?")
    del unnamed["webhookEventId"]

    assert parse(unnamed)[0].keys == ("line:message:468789577898262530",)


def test_a_group_is_a_conversation_and_its_members_are_nobody() -> None:
    called = {"mentionees": [{"index": 0, "length": 3, "isSelf": True}]}
    (found,) = parse(
        {**text("@一歩 窓は?", mention=called), "source": {"type": "group", "groupId": TEAM, "userId": ANN}}
    )

    assert (found.conversation, found.person, found.text) == (TEAM, "", "窓は?")


@pytest.mark.parametrize(
    ("said", "places", "left"),
    [
        ("😀😀@一歩 窓は?", [(4, 3)], "😀😀 窓は?"),
        ("@一歩 窓は? @一歩", [(0, 3), (8, 3)], "窓は?"),
        ("@一歩", [(0, 3)], "こんにちは"),
        ("@一歩 窓は?", [(0, 300)], "こんにちは"),
        ("@一歩 窓は?", [(-1, 3)], None),
        ("@一歩 窓は?", [("0", 3)], None),
        ("@一歩 窓は?", [], None),
    ],
)
def test_the_bots_name_is_taken_out_by_utf16_places(said: str, places: list[Any], left: str | None) -> None:
    mention = {"mentionees": [{"index": index, "length": length, "isSelf": True} for index, length in places]}
    found = parse({**text(said, mention=mention), "source": {"type": "room", "roomId": "R" + "1" * 32}})

    assert [one.text for one in found] == ([] if left is None else [left])


@pytest.mark.parametrize("mention", [None, 5, {}, {"mentionees": 5}, {"mentionees": [5, None, {"isSelf": "yes"}]}])
def test_a_mention_that_makes_no_sense_calls_nobody(mention: object) -> None:
    assert parse({**text("窓は?", mention=mention), "source": {"type": "group", "groupId": TEAM}}) == []
    assert [one.text for one in parse(text("窓は?", mention=mention))] == ["窓は?"]


@pytest.mark.parametrize(
    ("message", "kind", "said"),
    [
        ({"type": "image"}, Kind.MEDIA, "画像"),
        ({"type": "video"}, Kind.MEDIA, "動画"),
        ({"type": "audio"}, Kind.MEDIA, "音声"),
        ({"type": "file", "fileName": "秘密.pdf"}, Kind.MEDIA, "ファイル"),
        ({"type": "sticker", "keywords": ["hi"]}, Kind.STICKER, ""),
        ({"type": "location", "address": "東京都港区"}, Kind.PLACE, "東京都港区"),
        ({"type": "location", "title": "店"}, Kind.PLACE, "店"),
    ],
)
def test_kinds_of_messages(message: dict[str, str], kind: Kind, said: str) -> None:
    (found,) = parse(event(message={"id": "1", **message}))

    assert (found.kind, found.text) == (kind, said)


def test_a_tap_asks_what_its_data_says_and_turning_a_menus_page_nothing() -> None:
    turned = {"data": "page", "params": {"newRichMenuAliasId": "b", "status": "SUCCESS"}}
    found = parse(event("postback", postback={"data": "締切は?"}), event("postback", postback=turned))

    assert [(one.kind, one.text) for one in found] == [(Kind.TAP, "締切は?")]


def test_unsend_names_the_message() -> None:
    (found,) = parse(event("unsend", unsend={"messageId": "77"}))

    assert (found.kind, found.message, found.text) == (Kind.UNSEND, "77", "")


@pytest.mark.parametrize(
    ("minutes", "again", "token_is_good"), [(10, True, True), (25, True, False), (25, False, True)]
)
def test_a_redeliverys_minute_begins_anew_for_20_minutes(minutes: int, again: bool, token_is_good: bool) -> None:
    late = text("窓は?")
    late["timestamp"] -= minutes * 60_000
    late["deliveryContext"] = {"isRedelivery": again}
    (found,) = parse(late)

    assert (time.time() - (found.received_at or 0) < 50) is token_is_good


def test_signatures_are_of_bytes() -> None:
    body = b'{"events":[],"x":"\\ud83e\\udd28"}'
    signature = "4QwGd7AhsM5LhcIxgyBJsbR9rZAcOBVWyDUlBUo6WrI="

    assert not webhook.is_signed(body, signature, "secret")
    assert not webhook.is_signed(body, "", "secret")
    assert not webhook.is_signed(body, "é…", "secret")
