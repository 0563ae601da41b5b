from __future__ import annotations

from adapters.slack.pace import Pace


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_few_go_at_once_and_then_one_a_second() -> None:
    clock = Clock()
    pace = Pace(burst=3, rate=1.0, clock=clock)
    assert [pace.wait("C1") for _ in range(3)] == [0, 0, 0]
    assert pace.wait("C1") == 1.0
    assert pace.wait("C2") == 0
    clock.now += 1.0
    assert pace.wait("C1") == 0
    assert pace.wait("C1") == 1.0
    clock.now += 60
    assert [pace.wait("C1") for _ in range(3)] == [0, 0, 0]


def test_those_turned_away_come_back_one_after_another() -> None:
    pace = Pace(burst=1, rate=1.0, clock=Clock())
    assert pace.wait("C1") == 0
    assert [pace.wait("C1") for _ in range(3)] == [1.0, 2.0, 3.0]


def test_what_slack_says_is_kept_to() -> None:
    clock = Clock()
    pace = Pace(burst=3, rate=1.0, clock=clock)
    pace.hold("C1", 10)
    assert pace.wait("C1") == 10
    clock.now += 10
    assert pace.wait("C1") == 0
