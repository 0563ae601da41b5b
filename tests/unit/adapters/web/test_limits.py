"""So many messages a minute, of each and of all."""

from __future__ import annotations

from adapters.web.limits import Limits, Rate


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_then_one_at_a_time() -> None:
    clock = Clock()
    limits = Limits(Rate(3, 20), clock=clock)

    assert [limits.wait("a") for _ in range(4)] == [0, 0, 0, 3.0]
    assert limits.wait("b") == 0
    clock.now = 3.0
    assert limits.wait("a") == 0
    assert limits.wait("a") == 3.0


def test_what_is_refused_does_not_count() -> None:
    clock = Clock()
    limits = Limits(Rate(1, 60), clock=clock)
    limits.wait("a")

    for _ in range(100):
        assert limits.wait("a") == 1.0
    clock.now = 1.0
    assert limits.wait("a") == 0


def test_all_together_have_a_limit_too() -> None:
    limits = Limits(Rate(5, 5), Rate(2, 60), clock=Clock())

    assert [limits.wait(who) for who in "abc"] == [0, 0, 1.0]


def test_only_so_many_visitors_are_remembered() -> None:
    limits = Limits(Rate(1, 1), remembered=2, clock=Clock())
    for who in "abc":
        limits.wait(who)

    assert limits.wait("c") > 0
    assert limits.wait("a") == 0  # forgotten, and so new
