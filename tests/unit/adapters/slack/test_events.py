from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.messages.model import Kind
from adapters.slack import events

EVENT = {"type": "message", "channel": "D0X", "channel_type": "im", "user": "U0A", "text": "窓は?", "ts": "1700000000.000100"}  # fmt: skip
BODY = {
    "type": "event_callback",
    "team_id": "T0A",
    "event_id": "Ev1",
    "event": EVENT,
    "authorizations": [{"user_id": "U0IPPO", "is_bot": True}],
}


def body(**more: Any) -> dict[str, Any]:
    return {**BODY, "event": {**EVENT, **more}}


def test_a_direct_message_begins_a_conversation() -> None:
    found = events.message(body())
    assert found is not None
    assert found.conversation == "T0A:D0X:1700000000.000100"
    assert found.keys == ("slack:Ev1", "slack:D0X:1700000000.000100")
    assert (found.kind, found.text, found.person) == (Kind.TEXT, "窓は?", "T0A:U0A")
    assert found.address["thread_ts"] == "1700000000.000100"


def test_a_reply_belongs_to_its_thread() -> None:
    found = events.message(body(thread_ts="1600000000.000100", subtype="thread_broadcast"))
    assert found is not None
    assert found.conversation == "T0A:D0X:1600000000.000100"


def test_in_a_channel_nobodys_ward_is_remembered() -> None:
    found = events.message(body(type="app_mention", channel="C0X", channel_type=None, text="<@U0IPPO> 窓は?"))
    assert found is not None
    assert (found.person, found.text) == ("", "窓は?")


def test_a_bare_mention_is_greeted() -> None:
    found = events.message(body(type="app_mention", channel="C0X", text="<@U0IPPO>"))
    assert found is not None
    assert found.text == events.HELLO


@pytest.mark.parametrize("name", ["team_id", "event_id"])
def test_ids_that_are_none_are_not_taken(name: str) -> None:
    found = events.message({**BODY, name: "x" * 500})
    assert found is None if name == "team_id" else found is not None and len(found.keys[0]) < 100


def test_an_edited_message_is_not_asked_again() -> None:
    assert events.message(body(subtype="message_changed", message={**EVENT})) is None
    assert events.deletion(body(subtype="message_changed", message={**EVENT})) is None


def test_a_person_may_vote_again() -> None:
    def pressed(at: str) -> dict[str, Any]:
        action = {"type": "feedback_buttons", "action_id": events.FEEDBACK, "value": "up", "action_ts": at}
        where = {"team": {"id": "T0A"}, "user": {"id": "U0A"}, "channel": {"id": "D0X"}}
        return {"type": "block_actions", **where, "container": {"message_ts": "1.1", "thread_ts": "1.0"}, "actions": [action]}  # fmt: skip

    (first,), (again,), (same,) = (list(events.actions(pressed(at))) for at in ("5.1", "5.2", "5.1"))
    assert first.keys == same.keys != again.keys
    assert (first.kind, first.conversation, first.message) == (Kind.VOTE, "T0A:D0X:1.0", "D0X:1.1")


_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "user", "channel", "ts", "type", "text", "value", "subtype", "files", "message", "action_id"]), inner, max_size=4), max_leaves=12)  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from([*BODY, "team", "user", "user_id", "text", "channel", "container", "actions", "message"]), _JSON
    )
)
def test_no_shape_is_too_strange(strange: dict[str, Any]) -> None:
    events.message(strange)
    events.deletion(strange)
    list(events.actions(strange))
    events.command(strange)
