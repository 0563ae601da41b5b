"""The local LINE is strict: each of its rules refuses a client that breaks it, raw requests here, without the SDK."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.platforms import line as platform
from tests.platforms.line import Line, group, user

ANN = user(1)
HELLO = [{"type": "text", "text": "こんにちは"}]


@pytest.fixture
def line() -> Iterator[Line]:
    with platform.serving() as found:
        yield found


def call(line: Line, path: str, body: Any = None, *, method: str = "POST", **headers: str) -> httpx.Response:
    given = {
        "authorization": f"Bearer {platform.TOKEN}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    content = {"content": body} if isinstance(body, bytes | str) else {"json": body}
    with httpx.Client(base_url=line.url, trust_env=False) as client:
        return client.request(method, path, headers=given, **(content if body is not None else {}))  # type: ignore[arg-type]


def reply(line: Line, messages: Any = HELLO, token: str | None = None, **headers: str) -> httpx.Response:
    found = line.text(ANN, "?")["replyToken"] if token is None else token
    return call(line, "/v2/bot/message/reply", {"replyToken": found, "messages": messages}, **headers)


def push(line: Line, messages: Any = HELLO, to: str = ANN, **headers: str) -> httpx.Response:
    return call(line, "/v2/bot/message/push", {"to": to, "messages": messages}, **headers)


def refusal(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["x-line-request-id"]
    return response.status_code, response.json()["message"]


def test_the_access_token_is_asked_for(line: Line) -> None:
    assert refusal(push(line, authorization=""))[1].startswith("Authorization header required")
    assert refusal(push(line, authorization="Bearer stale"))[0] == 401
    assert line.delivered == []


@pytest.mark.parametrize(
    ("method", "path", "status"), [("POST", "/v2/bot/nothing", 404), ("GET", "/v2/bot/message/push", 405)]
)
def test_path_and_verb_have_to_be_right(line: Line, method: str, path: str, status: int) -> None:
    assert call(line, path, method=method).status_code == status


def test_the_body_has_to_be_json_and_small(line: Line) -> None:
    path = "/v2/bot/message/push"
    assert refusal(call(line, path, "{", content_type="application/json"))[1].startswith("The request body could not")
    assert refusal(call(line, path, "a=b", content_type="text/plain"))[0] == 415
    assert refusal(push(line, [{"type": "text", "text": "x" * 2_100_000}]))[0] == 413


def test_a_reply_token_works_once(line: Line) -> None:
    token = line.text(ANN, "?")["replyToken"]
    assert reply(line, token=token).json()["sentMessages"]
    assert refusal(reply(line, token=token)) == (400, "Invalid reply token")
    assert refusal(reply(line, token="bogus")) == (400, "Invalid reply token")
    assert len(line.delivered) == 1


def test_a_reply_token_lives_a_minute_and_a_redeliverys_a_minute_more(line: Line) -> None:
    event = line.text(ANN, "?")
    line.offset = 61
    assert refusal(reply(line, token=event["replyToken"]))[1] == "Invalid reply token"
    line.redelivery(event)
    assert reply(line, token=event["replyToken"]).status_code == 200

    old = line.text(ANN, "?")
    line.offset += 21 * 60
    line.redelivery(old)
    assert refusal(reply(line, token=old["replyToken"]))[1] == "Invalid reply token"


def test_a_call_refused_for_its_form_leaves_the_token_good(line: Line) -> None:
    token = line.text(ANN, "?")["replyToken"]
    assert reply(line, [], token=token).status_code == 400
    assert reply(line, token=token).status_code == 200


def test_a_retry_key_is_for_pushes_alone_and_a_uuid(line: Line) -> None:
    assert reply(line, x_line_retry_key=str(uuid.uuid4())).status_code == 400
    assert push(line, x_line_retry_key="again").status_code == 400
    assert line.delivered == []


def test_a_retry_key_delivers_once_in_24_hours(line: Line) -> None:
    key = str(uuid.uuid4())
    first = push(line, x_line_retry_key=key)
    again = push(line, x_line_retry_key=key)
    assert (again.status_code, again.json()["sentMessages"]) == (409, first.json()["sentMessages"])
    assert again.headers["x-line-accepted-request-id"]
    assert len(line.delivered) == 1
    line.offset = 25 * 3600
    assert push(line, x_line_retry_key=key).status_code == 200


def test_without_a_retry_key_an_accepted_push_is_doubled(line: Line) -> None:
    line.faults.append("accept, 500")
    assert push(line).status_code == 500
    push(line)
    assert len(line.delivered) == 2


def test_what_breaks_off_after_acceptance_has_arrived_and_before_it_has_not(line: Line) -> None:
    for fault in ("accept, drop", "drop"):
        line.faults.append(fault)
        with pytest.raises(httpx.TransportError):
            push(line)
    assert len(line.delivered) == 1


def test_to_whom(line: Line) -> None:
    assert "'to'" in refusal(push(line, to="ann"))[1]
    assert refusal(push(line, to=group(1))) == (400, "Failed to send messages")
    line.unknown.add(user(2))
    assert refusal(push(line, to=user(2))) == (400, "Failed to send messages")
    line.blocked.add(user(3))
    assert push(line, to=user(3)).status_code == 200
    assert line.delivered == []
    assert line.used == 0


def test_the_months_limit_counts_people_and_pushes_alone(line: Line) -> None:
    line.limit = 5
    line.members[group(1)] = 4
    assert push(line, to=group(1)).status_code == 200
    assert call(line, "/v2/bot/message/quota/consumption", method="GET").json() == {"totalUsage": 4}
    assert push(line).status_code == 200
    refused = push(line)
    assert refusal(refused) == (429, "You have reached your monthly limit.")
    assert "retry-after" not in refused.headers
    assert reply(line).status_code == 200


def test_the_pace_is_limited(line: Line) -> None:
    line.rate = 1
    statuses = [push(line).status_code for _ in range(2)]
    assert statuses == [200, 429]
    line.offset = 2
    assert push(line).status_code == 200


BUTTON = {"type": "button", "action": {"type": "uri", "label": "x", "uri": "https://example.jp/"}}
TEXT = {"type": "text", "text": "x"}


def flex(*contents: Any, **more: Any) -> dict[str, Any]:
    return {
        "type": "flex",
        "altText": "x",
        "contents": {
            "type": "bubble",
            "body": {"type": "box", "layout": "vertical", "contents": list(contents)},
            **more,
        },
    }


def taps(count: int = 1, label: str = "x", **action: str) -> dict[str, Any]:
    item = {"type": "action", "action": {"type": "message", "label": label, "text": "x", **action}}
    return {"type": "text", "text": "x", "quickReply": {"items": [item] * count}}


FAMILY = "👨‍👩‍👧‍👦"
WRONG = {
    "none": ([], "Size must be between 1 and 5"),
    "six": (HELLO * 6, "Size must be between 1 and 5"),
    "no list": ("x", "May not be null"),
    "no object": ([5], "must be an object"),
    "a type nobody knows": ([{"type": "hologram"}], "Must be one of the following values"),
    "empty text": ([{"type": "text", "text": ""}], "May not be empty"),
    "5,001 units": ([{"type": "text", "text": "あ" * 5001}], "Length must be between 0 and 5000"),
    "2,501 emoji are 5,002 units": ([{"type": "text", "text": "😀" * 2501}], "Length must be between 0 and 5000"),
    "a property nobody knows": ([{"type": "text", "text": "x", "markdown": True}], "invalid property"),
    "14 to tap": ([taps(14)], "Size must be between 1 and 13"),
    "nothing to tap": ([taps(0)], "Size must be between 1 and 13"),
    "a label of 21": ([taps(label=FAMILY * 21)], "Length must be between 0 and 20"),
    "a tap of 301": ([taps(text="あ" * 301)], "Length must be between 0 and 300"),
    "a sender called LINE": ([{**HELLO[0], "sender": {"name": "Line公式"}}], "contains a word"),
    "a sender of 21": ([{**HELLO[0], "sender": {"name": "あ" * 21}}], "Length must be between 0 and 20"),
    "an icon by http": ([{**HELLO[0], "sender": {"iconUrl": "http://x/"}}], "invalid uri scheme"),
    "no altText": ([{**flex(TEXT), "altText": ""}], "May not be empty"),
    "altText of 1,501": ([{**flex(TEXT), "altText": "x" * 1501}], "Length must be between 0 and 1500"),
    "an empty Flex text": ([flex({"type": "text", "text": ""})], "must be specified"),
    "a Flex property nobody knows": ([flex({**TEXT, "colour": "red"})], "invalid property"),
    "a Flex part nobody knows": ([flex({"type": "table"})], "invalid type"),
    "a script to open": ([flex({**BUTTON, "action": {**BUTTON["action"], "uri": "javascript:1"}})], "invalid uri scheme"),
    "a space in an address": ([flex({**BUTTON, "action": {**BUTTON["action"], "uri": "https://x/ y"}})], "invalid uri"),
    "an address of 1,001": ([flex({**BUTTON, "action": {**BUTTON["action"], "uri": "https://x/" + "y" * 991}})], "1000"),
    "a bubble of 31 KB": ([flex(*[{**TEXT, "text": "あ" * 1000}] * 11)], "too large"),
    "13 bubbles": (
        [{**flex(), "contents": {"type": "carousel", "contents": [flex(TEXT)["contents"]] * 13}}],
        "size must be between 1 and 12",
    ),
    "a carousel of 51 KB": (
        [{**flex(), "contents": {"type": "carousel", "contents": [flex({**TEXT, "text": "あ" * 5000})["contents"]] * 4}}],
        "too large",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_messages_that_line_refuses(line: Line, name: str) -> None:
    messages, said = WRONG[name]
    refused = reply(line, messages)

    assert refused.status_code == 400
    assert said in refused.json()["details"][0]["message"]
    assert line.delivered == []


@pytest.mark.parametrize(
    "messages",
    [[{"type": "text", "text": "😀" * 2500}], HELLO * 5, [taps(13, FAMILY * 20)], [flex(TEXT, BUTTON)]],
    ids=["5,000 units", "five", "20 families", "Flex"],
)
def test_messages_that_line_takes(line: Line, messages: Any) -> None:
    assert reply(line, messages).status_code == 200


def test_errors_are_counted_and_flex_errors_have_their_path(line: Line) -> None:
    two = reply(line, [{"type": "text", "text": ""}, {"type": "text", "text": ""}]).json()
    assert two["message"] == "The request body has 2 error(s)"
    assert [detail["property"] for detail in two["details"]] == ["messages[0].text", "messages[1].text"]
    one = reply(line, [TEXT, flex(TEXT, {"type": "text"})]).json()
    assert one["message"] == "A message (messages[1]) in the request body is invalid"
    assert one["details"] == [{"message": "must be specified", "property": "/body/contents/1/text"}]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"chatId": ANN}, 202),
        ({"chatId": group(1)}, 400),
        ({"chatId": ANN, "loadingSeconds": 65}, 400),
        ({"chatId": ANN, "loadingSeconds": 7}, 400),
    ],
)
def test_the_animation_is_for_people_and_multiples_of_five(line: Line, body: Any, status: int) -> None:
    assert call(line, "/v2/bot/chat/loading/start", body).status_code == status


def test_the_webhook_address_is_https(line: Line) -> None:
    path = "/v2/bot/channel/webhook/endpoint"
    assert call(line, path, method="GET").status_code == 404
    refused = call(line, path, {"endpoint": "http://x/"}, method="PUT")
    assert refusal(refused) == (400, "Invalid webhook endpoint URL")
    assert call(line, path, {"endpoint": "https://x/"}, method="PUT").status_code == 200


def test_a_rich_menu_needs_a_fitting_picture_before_it_is_shown(line: Line) -> None:
    menu = {
        "size": {"width": 1200, "height": 810},
        "selected": True,
        "name": "x",
        "chatBarText": "x",
        "areas": [
            {"bounds": {"x": 0, "y": 0, "width": 1200, "height": 810}, "action": {"type": "postback", "data": "x"}}
        ],
    }
    for wrong in ({"size": {"width": 1200, "height": 900}}, {"chatBarText": "x" * 15}, {"areas": menu["areas"] * 21}):
        assert call(line, "/v2/bot/richmenu", {**menu, **wrong}).status_code == 400
    made = call(line, "/v2/bot/richmenu", menu).json()["richMenuId"]
    assert call(line, f"/v2/bot/user/all/richmenu/{made}").status_code == 400
    small = b"\x89PNG\r\n\x1a\n" + bytes(8) + (10).to_bytes(4, "big") * 2
    assert call(line, f"/v2/bot/richmenu/{made}/content", small, content_type="image/png").status_code == 400
    assert call(line, f"/v2/bot/richmenu/{made}/content", small, content_type="text/plain").status_code == 415
    right = small[:16] + (1200).to_bytes(4, "big") + (810).to_bytes(4, "big")
    assert call(line, f"/v2/bot/richmenu/{made}/content", right, content_type="image/png").status_code == 200
    assert call(line, f"/v2/bot/user/all/richmenu/{made}").status_code == 200
    assert line.default_menu == made


def test_webhooks_are_signed_over_escaped_bytes(line: Line) -> None:
    body, headers = line.request(line.text(ANN, "🤨"))
    assert b"\\ud83e\\udd28" in body
    (name,) = [name for name in headers if name.lower() == "x-line-signature"]
    assert headers[name] == platform.sign(body)
    assert platform.sign(body, "another") != platform.sign(body)
