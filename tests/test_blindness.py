"""The stretches of a day in which nobody listened."""

from __future__ import annotations

from cli_conversation import HIGHS, NOON_NS, SURGE
from jogeon.board.blindness import Blindness
from jogeon.events import Condition, Gap, korean

SECOND = 1_000_000_000
DAY = korean(NOON_NS).date()


def gap(condition: Condition, since: float, until: float) -> Gap:
    return Gap(condition, int(NOON_NS + since * SECOND), int(NOON_NS + until * SECOND), "connection lost")


def test_one_outage_is_one_stretch_for_however_many_conditions() -> None:
    blind = Blindness()
    for each in (gap(SURGE, 0, 10), gap(HIGHS, 0.5, 11), gap(SURGE, 60, 65)):
        blind.add(each)
    assert blind.of(DAY) == (2, 16.0)


def test_a_stretch_that_joins_two_makes_them_one() -> None:
    blind = Blindness()
    for each in (gap(SURGE, 0, 10), gap(SURGE, 20, 30), gap(HIGHS, 5, 25)):
        blind.add(each)
    assert blind.of(DAY) == (1, 30.0)


def test_another_day_begins_anew() -> None:
    blind = Blindness()
    blind.add(gap(SURGE, 0, 10))
    blind.add(gap(SURGE, 86_400, 86_403))
    assert blind.of(DAY) == (0, 0.0)
    assert blind.of(korean(NOON_NS + 86_400 * SECOND).date()) == (1, 3.0)


def test_stretches_that_touch_are_one() -> None:
    for each in ((gap(SURGE, 0, 10), gap(HIGHS, 10, 20)), (gap(SURGE, 10, 20), gap(HIGHS, 0, 10))):
        blind = Blindness()
        for one in each:
            blind.add(one)
        assert blind.of(DAY) == (1, 20.0)
