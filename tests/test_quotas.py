"""Quotas, with the clock in hand."""

from __future__ import annotations

from jogeon.simulator.broker.quotas import Quotas
from jogeon.simulator.broker.switches import Switches


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_off_means_off() -> None:
    quotas = Quotas(Switches(), Clock())
    assert not any(quotas.too_frequent("key") for _ in range(100))
    assert not any(quotas.too_soon("key", "급등주") for _ in range(100))
    assert not quotas.too_many(1_000, 1_000)


def test_five_requests_a_second_for_each_key() -> None:
    clock = Clock()
    quotas = Quotas(Switches(max_rate=5), clock)
    assert [quotas.too_frequent("key") for _ in range(6)] == [False] * 5 + [True]
    assert not quotas.too_frequent("another")
    clock.now = 1.0
    assert not quotas.too_frequent("key")


def test_one_condition_once_a_minute() -> None:
    clock = Clock()
    quotas = Quotas(Switches(pause=60), clock)
    assert not quotas.too_soon("key", "급등주")
    clock.now = 59.9
    assert quotas.too_soon("key", "급등주")
    assert not quotas.too_soon("key", "급락주")
    assert not quotas.too_soon("another", "급등주")
    clock.now = 60.0
    assert not quotas.too_soon("key", "급등주")


def test_ten_conditions_of_a_hundred_hits() -> None:
    quotas = Quotas(Switches(max_conditions=10, max_hits=100), Clock())
    assert not quotas.too_many(9, 100)
    assert "10" in quotas.too_many(10, 0)
    assert "100" in quotas.too_many(0, 101)


def test_the_list_a_registration_of_quotes_and_a_condition_have_a_pause_each() -> None:
    clock = Clock()
    quotas = Quotas(Switches(list_pause=1, reg_pause=1, pause=1), clock)
    for _ in range(2):
        assert not quotas.listed_too_soon("key")
        assert not quotas.registered_too_soon("key")
        assert not quotas.too_soon("key", "급등주")
        clock.now += 0.9
        assert quotas.listed_too_soon("key")
        assert quotas.registered_too_soon("key")
        assert quotas.too_soon("key", "급등주")
        clock.now += 0.1
