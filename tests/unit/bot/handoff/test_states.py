"""One table says what may happen to a conversation; everything else is refused."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BotError
from bot.handoff.states import RAISES_EPOCH, TRANSITIONS, Event, IllegalTransition, State, after

LEGAL = [
    (State.WITH_BOT, Event.CALL, State.WAITING),
    (State.WAITING, Event.CANCEL, State.WITH_BOT),
    (State.WAITING, Event.CLAIM, State.WITH_ADVISOR),
    (State.WAITING, Event.RETURN, State.WITH_BOT),
    (State.WAITING, Event.CLOSE, State.CLOSED),
    (State.WITH_ADVISOR, Event.HAND_OVER, State.WITH_ADVISOR),
    (State.WITH_ADVISOR, Event.RETURN, State.WITH_BOT),
    (State.WITH_ADVISOR, Event.CLOSE, State.CLOSED),
    (State.CLOSED, Event.CALL, State.WAITING),
    (State.CLOSED, Event.RESUME, State.WITH_BOT),
]


@pytest.mark.parametrize(("state", "event", "then"), LEGAL)
def test_what_may_happen(state: State, event: Event, then: State) -> None:
    assert after(state, event) is then


def test_nothing_else_may() -> None:
    legal = {(state, event) for state, event, _ in LEGAL}
    assert set(TRANSITIONS) == legal
    for state, event in product(State, Event):
        if (state, event) not in legal:
            with pytest.raises(IllegalTransition, match=f"{event} can't happen in {state}"):
                after(state, event)


def test_a_refusal_is_a_value_error_and_the_bots() -> None:
    assert issubclass(IllegalTransition, ValueError)
    assert issubclass(IllegalTransition, BotError)


@given(st.lists(st.sampled_from(Event)))
def test_an_advisor_has_it_only_after_a_call_and_a_claim(events: list[Event]) -> None:
    state, happened = State.WITH_BOT, []
    for event in events:
        if (state, event) in TRANSITIONS:
            state = after(state, event)
            happened.append(event)
    if state is State.WITH_ADVISOR:
        last = max(i for i, event in enumerate(happened) if event is Event.CLAIM)
        assert happened[last - 1] is Event.CALL
        assert set(happened[last + 1 :]) <= {Event.HAND_OVER}


def test_whoever_takes_or_gives_up_the_conversation_raises_the_epoch() -> None:
    assert {Event.CLAIM, Event.HAND_OVER, Event.RETURN, Event.CLOSE} == RAISES_EPOCH
