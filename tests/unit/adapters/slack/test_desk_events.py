from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.messages.model import Kind
from adapters.slack import desk_events

ROOM, ROOT, TS = "C0ADVISORS", "1700000000.000100", "1700000001.000100"


def body(**event: Any) -> dict[str, Any]:
    said = {"type": "message", "channel": ROOM, "user": "U0TANAKA1", "text": "はい", "ts": TS, "thread_ts": ROOT}
    return {"team_id": "T0A", "event_id": "Ev1", "event": {**said, **event}, "authorizations": [{"user_id": "U0IPPO"}]}


def test_a_message_in_a_thread_there_is_for_the_desk_and_nothing_else_is() -> None:
    assert desk_events.is_in_thread(body(), ROOM)
    assert not desk_events.is_in_thread(body(), "")
    assert not desk_events.is_in_thread(body(), "C0ELSE")
    assert not desk_events.is_in_thread(body(thread_ts=None), ROOM)
    assert not desk_events.is_in_thread(body(ts=ROOT), ROOM)


def test_it_is_known_by_event_and_by_message() -> None:
    found = desk_events.message(body())
    assert found is not None
    assert (found.kind, found.keys) == (Kind.ADVICE, ("slack:Ev1", f"slack:{ROOM}:{TS}"))
    assert found.conversation == f"thread:T0A:{ROOM}:{ROOT}"


def test_a_tombstone_is_whose_message_it_was() -> None:
    stone = {"subtype": "tombstone", "user": "USLACKBOT", "hidden": True, "ts": TS, "thread_ts": ROOT}
    before = {"user": "U0TANAKA1", "text": "はい", "ts": TS, "thread_ts": ROOT}
    changed = {"subtype": "message_changed", "hidden": True, "ts": "1.1", "thread_ts": None, "message": stone}
    found = desk_events.message(body(**changed, previous_message=before))
    assert found is not None
    assert (found.kind, found.message, found.address["user"]) == (Kind.ADVICE_CHANGED, f"{ROOM}:{TS}", "U0TANAKA1")
    assert desk_events.message(body(**changed, previous_message={**before, "bot_id": "B1"})) is None


_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.sampled_from([ROOM, ROOT, TS, "x", "message_changed", "message_deleted", "tombstone", "handoff_claim"]), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "user", "channel", "ts", "thread_ts", "text", "value", "subtype", "files", "message", "previous_message", "deleted_ts", "action_id"]), inner, max_size=5), max_leaves=12)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["event", "team", "team_id", "user", "channel", "container", "message", "actions", "authorizations", "event_id"]), _JSON))  # fmt: skip
def test_no_shape_breaks_the_reading(strange: dict[str, Any]) -> None:
    desk_events.is_in_thread(strange, ROOM)
    desk_events.message(strange)
    list(desk_events.actions(strange, ROOM))
    event = strange.get("event")
    desk_events.message(body(**event) if isinstance(event, dict) else body())
