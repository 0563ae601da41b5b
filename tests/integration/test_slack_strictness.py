"""The strict Slack of these tests refuses wrong clients: each rule, seen through the real SDK."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.platforms.slack import SlackServer

ALICE = "U0ALICE01"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[SlackServer]:
    with SlackServer(clock=clock) as server:
        yield server


@pytest.fixture
def client(slack: SlackServer) -> WebClient:
    return client_of(slack, slack.token)


def client_of(slack: SlackServer, token: str | None) -> WebClient:
    made = WebClient(token, base_url=slack.api_url, retry_handlers=[])
    made.proxy = None
    return made


def refusal(call: Callable[[], object]) -> Any:
    with pytest.raises(SlackApiError) as refused:
        call()
    assert refused.value.response.status_code == 200
    return refused.value.response


@pytest.mark.parametrize(
    ("token", "error"),
    [
        (None, "not_authed"),
        ("xoxb-unknown", "invalid_auth"),
        ("xapp-1-A0IPPO0001-local", "not_allowed_token_type"),
        ("revoked", "token_revoked"),
    ],
)
def test_a_wrong_token_is_refused(slack: SlackServer, token: str | None, error: str) -> None:
    if token == "revoked":
        slack.workspace.revoked, token = True, slack.token
    assert refusal(lambda: client_of(slack, token).auth_test())["error"] == error


def test_a_bot_token_opens_no_socket(slack: SlackServer, client: WebClient) -> None:
    assert refusal(lambda: client.api_call("apps.connections.open"))["error"] == "not_allowed_token_type"


def test_who_we_are_comes_with_the_scopes(slack: SlackServer, client: WebClient) -> None:
    answer = client.auth_test()
    assert (answer["team_id"], answer["user_id"]) == (slack.workspace.team, slack.bot_user)
    assert "chat:write" in answer.headers["x-oauth-scopes"]


@pytest.mark.parametrize(
    ("method", "scope"),
    [
        ("chat.postMessage", "chat:write"),
        ("chat.update", "chat:write"),
        ("assistant.threads.setSuggestedPrompts", "assistant:write"),
        ("conversations.open", "im:write"),
        ("reactions.add", "reactions:write"),
        ("chat.delete", "chat:write"),
        ("users.info", "users:read"),
    ],
)
def test_a_missing_scope_is_named(slack: SlackServer, client: WebClient, method: str, scope: str) -> None:
    slack.workspace.scopes.remove(scope)
    answer = refusal(lambda: client.api_call(method, json={"channel": "C0X"}))
    assert (answer["error"], answer["needed"]) == ("missing_scope", scope)


def test_reading_needs_the_scope_of_the_kind_of_channel(slack: SlackServer, client: WebClient) -> None:
    direct, general = slack.direct(ALICE), slack.channel("general")
    slack.workspace.scopes.remove("im:history")
    client.conversations_history(channel=general.id)
    assert refusal(lambda: client.conversations_history(channel=direct.id))["needed"] == "im:history"


def test_another_name_needs_its_scope(slack: SlackServer, client: WebClient) -> None:
    answer = refusal(lambda: client.chat_postMessage(channel=slack.direct(ALICE).id, text="x", username="相談員"))
    assert answer["needed"] == "chat:write.customize"


def test_an_unknown_method_is_refused(client: WebClient) -> None:
    assert refusal(lambda: client.api_call("chat.postMassage"))["error"] == "unknown_method"


@pytest.mark.parametrize(
    ("content_type", "body", "error"),
    [
        ("text/plain", b"x", "invalid_post_type"),
        ("", b"x", "missing_post_type"),
        ("application/json", b"{", "invalid_json"),
        ("application/json", b"[]", "json_not_object"),
    ],
)
def test_a_wrong_kind_of_body_is_refused(slack: SlackServer, content_type: str, body: bytes, error: str) -> None:
    request = urllib.request.Request(slack.api_url + "auth.test", body, {"content-type": content_type, "authorization": f"Bearer {slack.token}"})  # fmt: skip
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        assert json.load(answer)["error"] == error


def test_json_form_and_query_are_all_read(slack: SlackServer, client: WebClient) -> None:
    direct = slack.direct(ALICE)
    client.api_call("chat.postMessage", json={"channel": direct.id, "text": "1"})
    client.api_call("chat.postMessage", data={"channel": direct.id, "text": "2"})
    client.api_call("chat.postMessage", params={"channel": direct.id, "text": "3"})
    assert [post["text"] for post in slack.posts] == ["1", "2", "3"]


def test_an_unknown_channel_another_workspaces_and_one_without_us_are_refused(
    slack: SlackServer, client: WebClient
) -> None:
    slack.install("T0OTHER01", "xoxb-other", "U0IPPOBOT2", "B0IPPOBOT2")
    theirs, without, old = slack.channel("theirs", team="T0OTHER01"), slack.channel("without"), slack.channel("old")
    without.members.clear()
    old.archived = True
    for channel, error in (
        ("C0NOWHERE", "channel_not_found"),
        (theirs.id, "channel_not_found"),
        (without.id, "not_in_channel"),
        (old.id, "is_archived"),
    ):
        assert refusal(lambda channel=channel: client.chat_postMessage(channel=channel, text="x"))["error"] == error
    client_of(slack, "xoxb-other").chat_postMessage(channel=theirs.id, text="x")


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({}, "no_text"),
        ({"text": "", "blocks": []}, "no_text"),
        ({"text": "x", "markdown_text": "x"}, "markdown_text_conflict"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"text": "x", "blocks": {"type": "section"}}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [SECTION] * 51}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "sektion"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "context", "elements": []}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "context", "elements": [SECTION["text"]] * 11}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{**SECTION, "block_id": "a"}, {**SECTION, "block_id": "a"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 5}, "msg_blocks_too_long"),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "x", "event_payload": {"x": "x" * 20_000}}}, "metadata_too_large"),
        ({"text": "x", "thread_ts": "1.1"}, "thread_not_found"),
    ],
)  # fmt: skip
def test_a_wrong_message_is_refused(slack: SlackServer, client: WebClient, sent: dict[str, Any], error: str) -> None:
    channel = slack.direct(ALICE).id
    answer = refusal(lambda: client.api_call("chat.postMessage", json={"channel": channel, **sent}))
    assert answer["error"] == error
    if error == "invalid_blocks":
        assert "[json-pointer:/blocks" in answer["response_metadata"]["messages"][0]
    assert slack.posts == []


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x"}, "value": "x", **more}


@pytest.mark.parametrize(
    "elements",
    [
        [button(text={"type": "plain_text", "text": "x" * 76})],
        [button(text={"type": "mrkdwn", "text": "x"})],
        [button(value="x" * 2001)],
        [button(action_id="x" * 256)],
        [button(), button()],
        [button(action_id=str(number)) for number in range(26)],
        [],
    ],
)
def test_wrong_buttons_are_refused(slack: SlackServer, client: WebClient, elements: list[dict[str, Any]]) -> None:
    sent = {"channel": slack.direct(ALICE).id, "text": "x", "blocks": [{"type": "actions", "elements": elements}]}
    assert refusal(lambda: client.api_call("chat.postMessage", json=sent))["error"] == "invalid_blocks"


def test_votes_need_two_labelled_buttons(slack: SlackServer, client: WebClient) -> None:
    votes = {"type": "feedback_buttons", "action_id": "v", "positive_button": {"text": {"type": "plain_text", "text": "x"}, "value": "u"}}  # fmt: skip
    sent = {
        "channel": slack.direct(ALICE).id,
        "text": "x",
        "blocks": [{"type": "context_actions", "elements": [votes]}],
    }
    assert refusal(lambda: client.api_call("chat.postMessage", json=sent))["error"] == "invalid_blocks"


def test_a_text_too_long_is_cut_when_posted_and_refused_when_changed(slack: SlackServer, client: WebClient) -> None:
    channel = slack.direct(ALICE).id
    posted = client.chat_postMessage(channel=channel, text="x" * 40_001)
    assert posted["response_metadata"]["warnings"] == ["message_truncated"]
    assert len(posted["message"]["text"]) == 40_000
    refused = refusal(lambda: client.chat_update(channel=channel, ts=posted["ts"], text="x" * 4001))
    assert refused["error"] == "msg_too_long"


def test_a_reply_is_no_root(slack: SlackServer, client: WebClient) -> None:
    channel = slack.direct(ALICE).id
    root = client.chat_postMessage(channel=channel, text="x")["ts"]
    reply = client.chat_postMessage(channel=channel, text="x", thread_ts=root)["ts"]
    refused = refusal(lambda: client.chat_postMessage(channel=channel, text="x", thread_ts=reply))
    assert refused["error"] == "cannot_reply_to_message"


def test_only_ones_own_messages_are_changed_and_metadata_stays(slack: SlackServer, client: WebClient) -> None:
    direct = slack.direct(ALICE)
    theirs = slack.say(direct, ALICE, "x")[0]["event"]["ts"]
    assert refusal(lambda: client.chat_update(channel=direct.id, ts=theirs, text="y"))["error"] == "cant_update_message"
    assert refusal(lambda: client.chat_update(channel=direct.id, ts="1.1", text="y"))["error"] == "message_not_found"
    metadata = {"event_type": "x", "event_payload": {"id": "1"}}
    ours = client.chat_postMessage(channel=direct.id, text="x", blocks=[SECTION], metadata=metadata)["ts"]
    client.chat_update(channel=direct.id, ts=ours, text="y")
    (message,) = slack.posts
    assert (message["blocks"], message["metadata"]) == ([], metadata)


def test_a_channel_takes_a_few_at_once_and_then_one_a_second(
    slack: SlackServer, client: WebClient, clock: Clock
) -> None:
    one, other = slack.channel("one"), slack.channel("other")
    for _ in range(3):
        client.chat_postMessage(channel=one.id, text="x")
    with pytest.raises(SlackApiError) as limited:
        client.chat_postMessage(channel=one.id, text="x")
    assert limited.value.response.status_code == 429
    assert limited.value.response["error"] == "ratelimited"
    assert limited.value.response.headers["Retry-After"] == "1"
    client.chat_postMessage(channel=other.id, text="x")
    clock.now += 1
    client.chat_postMessage(channel=one.id, text="x")


def test_metadata_is_given_only_to_who_asks_for_it(slack: SlackServer, client: WebClient) -> None:
    channel = slack.direct(ALICE).id
    root = slack.say(slack.direct(ALICE), ALICE, "x")[0]["event"]["ts"]
    metadata = {"event_type": "x", "event_payload": {"id": "1"}}
    client.chat_postMessage(channel=channel, text="x", thread_ts=root, metadata=metadata)
    without = client.conversations_replies(channel=channel, ts=root)["messages"]
    with_it = client.conversations_replies(channel=channel, ts=root, include_all_metadata=True)["messages"]
    assert "metadata" not in without[1]
    assert with_it[1]["metadata"] == metadata
    assert refusal(lambda: client.conversations_replies(channel=channel, ts="1.1"))["error"] == "thread_not_found"


def test_history_comes_in_pages_newest_first_without_replies(slack: SlackServer, client: WebClient) -> None:
    direct = slack.direct(ALICE)
    roots = [slack.say(direct, ALICE, str(number))[0]["event"]["ts"] for number in range(5)]
    slack.say(direct, ALICE, "reply", thread_ts=roots[0])
    first = client.conversations_history(channel=direct.id, limit=3)
    assert first["has_more"]
    second = client.conversations_history(channel=direct.id, limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert [m["text"] for page in (first, second) for m in page["messages"]] == list("43210")
    assert not second["has_more"]
    later = client.conversations_history(channel=direct.id, oldest=roots[2])
    assert [m["text"] for m in later["messages"]] == ["4", "3"]


def test_time_stamps_are_unique_and_rise(slack: SlackServer) -> None:
    stamps = [slack.next_ts() for _ in range(1000)]
    assert stamps == sorted(set(stamps))


def test_a_home_with_blocks_for_messages_is_refused(client: WebClient) -> None:
    for view in (
        {"type": "modal", "blocks": [SECTION]},
        {"type": "home", "blocks": [{"type": "context_actions", "elements": [button()]}]},
        {"type": "home", "blocks": [SECTION] * 101},
    ):
        refused = refusal(lambda view=view: client.views_publish(user_id=ALICE, view=view))
        assert refused["error"] in ("invalid_arguments", "invalid_blocks")


def test_a_status_needs_its_thread_and_ends_with_a_post(slack: SlackServer, client: WebClient) -> None:
    direct = slack.direct(ALICE)
    root = slack.say(direct, ALICE, "x")[0]["event"]["ts"]
    for thread in ("", "1.1"):
        refused = refusal(lambda thread=thread: client.assistant_threads_setStatus(channel_id=direct.id, thread_ts=thread, status="…"))  # fmt: skip
        assert refused["error"] == "invalid_thread_ts"
    client.assistant_threads_setStatus(channel_id=direct.id, thread_ts=root, status="…")
    assert slack.statuses == {(direct.id, root): "…"}
    client.chat_postMessage(channel=direct.id, thread_ts=root, text="x")
    assert slack.statuses == {}
    many = {"channel_id": direct.id, "thread_ts": root, "status": "…", "loading_messages": ["x"] * 11}
    assert refusal(lambda: client.api_call("assistant.threads.setStatus", json=many))["error"] == "invalid_arguments"


def test_five_prompts_are_too_many(slack: SlackServer, client: WebClient) -> None:
    sent = {"channel_id": slack.direct(ALICE).id, "prompts": [{"title": "x", "message": "x"}] * 5}
    refused = refusal(lambda: client.api_call("assistant.threads.setSuggestedPrompts", json=sent))
    assert refused["error"] == "invalid_arguments"


def test_a_reaction_is_given_once(slack: SlackServer, client: WebClient) -> None:
    direct = slack.direct(ALICE)
    ts = slack.say(direct, ALICE, "x")[0]["event"]["ts"]
    client.reactions_add(channel=direct.id, timestamp=ts, name="eyes")
    for stamp, name, error in (
        (ts, "eyes", "already_reacted"),
        (ts, "目", "invalid_name"),
        ("1.1", "eyes", "message_not_found"),
    ):
        refused = refusal(lambda stamp=stamp, name=name: client.reactions_add(channel=direct.id, timestamp=stamp, name=name))  # fmt: skip
        assert refused["error"] == error


def test_a_reaction_needs_a_message(slack: SlackServer, client: WebClient) -> None:
    arguments = {"channel": slack.direct(ALICE).id, "name": "eyes"}
    assert refusal(lambda: client.api_call("reactions.add", params=arguments))["error"] == "no_item_specified"


def test_only_ones_own_messages_are_deleted(slack: SlackServer, client: WebClient) -> None:
    direct = slack.direct(ALICE)
    theirs = slack.say(direct, ALICE, "x")[0]["event"]["ts"]
    ours = client.chat_postMessage(channel=direct.id, text="x")["ts"]
    assert refusal(lambda: client.chat_delete(channel=direct.id, ts=theirs))["error"] == "cant_delete_message"
    client.chat_delete(channel=direct.id, ts=ours)
    assert refusal(lambda: client.chat_delete(channel=direct.id, ts=ours))["error"] == "message_not_found"


def test_who_somebody_is_is_told_of_those_who_are_there(slack: SlackServer, client: WebClient) -> None:
    slack.people[ALICE] = {"profile": {"display_name": "ありす"}}
    assert client.users_info(user=ALICE)["user"]["profile"] == {"display_name": "ありす"}
    assert refusal(lambda: client.users_info(user="U0NOBODY1"))["error"] == "user_not_found"


def test_a_change_tells_what_was_there_before_and_a_deleted_root_leaves_a_stone(slack: SlackServer) -> None:
    general = slack.channel("general")
    (root,) = (body["event"] for body in slack.say(general, ALICE, "x"))
    (reply,) = (body["event"] for body in slack.say(general, ALICE, "y", thread_ts=root["ts"]))
    changed = slack.edit(general, reply, "z")["event"]
    assert (changed["subtype"], changed["hidden"]) == ("message_changed", True)
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("y", "z")
    stone = slack.remove(general, root)["event"]
    assert (stone["message"]["subtype"], stone["previous_message"]["user"]) == ("tombstone", ALICE)
    gone = slack.remove(general, reply)["event"]
    assert (gone["subtype"], gone["deleted_ts"]) == ("message_deleted", reply["ts"])


def test_only_members_see_what_only_they_may_see(slack: SlackServer, client: WebClient) -> None:
    general = slack.channel("general")
    refused = refusal(lambda: client.chat_postEphemeral(channel=general.id, user=ALICE, text="x"))
    assert refused["error"] == "user_not_in_channel"


def test_a_connection_torn_after_the_post_leaves_the_message(slack: SlackServer, client: WebClient) -> None:
    direct = slack.direct(ALICE)
    slack.fail("chat.postMessage", "stored-reset", "reset")
    for _ in range(2):
        with pytest.raises((OSError, urllib.error.URLError)):
            client.chat_postMessage(channel=direct.id, text="x")
    assert len(slack.posts) == 1


def test_a_ping_in_a_post_is_seen(slack: SlackServer, client: WebClient) -> None:
    client.chat_postMessage(channel=slack.direct(ALICE).id, text="<!channel> と <@U0BOB0001> へ")
    assert len(slack.pings()) == 2


# ---- deliveries, to an app that gets them wrong


def test_an_app_that_fails_or_is_late_gets_it_again_three_times_under_fresh_signatures(slack: SlackServer) -> None:
    (said,) = slack.say(slack.direct(ALICE), ALICE, "x")
    got: list[tuple[bytes, str | None]] = []

    def failing(body: bytes, headers: Any) -> tuple[int, bytes]:
        got.append((body, headers.get("x-slack-retry-num")))
        return 404, b""

    done = slack.deliver_until_taken(said, failing)
    assert [retry for _, retry in got] == [None, "1", "2", "3"]
    assert len({body for body, _ in got}) == 1
    assert not any(delivered.good for delivered in done)


def test_a_mention_comes_twice_with_one_ts_and_two_ids(slack: SlackServer) -> None:
    bodies = slack.say(slack.channel("general"), ALICE, f"<@{slack.bot_user}> x & <y>")
    assert {body["event"]["type"] for body in bodies} == {"app_mention", "message"}
    assert len({body["event"]["ts"] for body in bodies}) == 1
    assert len({body["event_id"] for body in bodies}) == 2
    assert bodies[0]["event"]["text"] == f"<@{slack.bot_user}> x &amp; &lt;y&gt;"
    (direct,) = slack.say(slack.direct(ALICE), ALICE, f"<@{slack.bot_user}> x")
    assert direct["event"]["channel_type"] == "im"
