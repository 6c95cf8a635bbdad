"""Limits, with the clock in hand."""

from __future__ import annotations

from jogeon.simulator.broker.limits import Limits
from jogeon.simulator.broker.switches import Switches


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_off_means_off() -> None:
    limits = Limits(Switches(), Clock())
    assert not any(limits.too_frequent("key") for _ in range(100))
    assert not any(limits.too_soon("key", "급등주") for _ in range(100))
    assert not limits.too_many(1_000, 1_000)


def test_five_requests_a_second_for_each_key() -> None:
    clock = Clock()
    limits = Limits(Switches(max_rate=5), clock)
    assert [limits.too_frequent("key") for _ in range(6)] == [False] * 5 + [True]
    assert not limits.too_frequent("another")
    clock.now = 1.0
    assert not limits.too_frequent("key")


def test_one_condition_once_a_minute() -> None:
    clock = Clock()
    limits = Limits(Switches(pause=60), clock)
    assert not limits.too_soon("key", "급등주")
    clock.now = 59.9
    assert limits.too_soon("key", "급등주")
    assert not limits.too_soon("key", "급락주")
    assert not limits.too_soon("another", "급등주")
    clock.now = 60.0
    assert not limits.too_soon("key", "급등주")


def test_ten_conditions_of_a_hundred_hits() -> None:
    limits = Limits(Switches(max_conditions=10, max_hits=100), Clock())
    assert not limits.too_many(9, 100)
    assert "10" in limits.too_many(10, 0)
    assert "100" in limits.too_many(0, 101)
