"""Reply or push: the same stored facts always give the same way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.line.way import Attempts, Way, first_way, way

FRESH = Attempts(received_at=1000.0, attempted_at=None, unsure=False, has_token=True)


@pytest.mark.parametrize(("age", "expects"), [(0, Way.REPLY), (50, Way.REPLY), (50.1, Way.PUSH), (3600, Way.PUSH)])
def test_a_first_attempt_is_a_reply_for_50_seconds(age: float, expects: Way) -> None:
    assert way(FRESH, 1000 + age) is expects


def test_without_a_token_there_is_only_the_push() -> None:
    assert way(replace(FRESH, has_token=False), 1000) is Way.PUSH


@pytest.mark.parametrize("age", [1, 50, 51])
def test_what_surely_failed_begins_anew(age: float) -> None:
    failed = replace(FRESH, attempted_at=1001.0)

    assert way(failed, 1000 + age) is first_way(failed, 1000 + age)


@pytest.mark.parametrize(("age", "expects"), [(10, Way.REPLY), (60, Way.REPLY), (60.1, Way.NONE), (3600, Way.NONE)])
def test_a_reply_in_doubt_is_repeated_for_a_minute_and_never_pushed(age: float, expects: Way) -> None:
    doubtful = replace(FRESH, attempted_at=1003.0, unsure=True)

    assert way(doubtful, 1000 + age) is expects


@pytest.mark.parametrize(("since", "expects"), [(1, Way.PUSH), (22 * 3600, Way.PUSH), (25 * 3600, Way.NONE)])
def test_a_push_in_doubt_is_repeated_while_line_knows_its_key(since: float, expects: Way) -> None:
    doubtful = replace(FRESH, attempted_at=1070.0, unsure=True)

    assert way(doubtful, 1070 + since) is expects


def test_a_push_in_doubt_that_was_made_for_an_invalid_token_is_a_push() -> None:
    doubtful = replace(FRESH, attempted_at=1003.0, unsure=True, has_token=False)

    assert way(doubtful, 1005) is Way.PUSH
