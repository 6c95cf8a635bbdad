"""Chance: bounds that hold, and the same draws for a seed."""

from __future__ import annotations

from jogeon.simulator.market.chance import Chance

DRAWS = 2_000


def test_draws_keep_their_bounds_and_reach_them() -> None:
    chance = Chance(1)
    assert {chance.within(2, 5) for _ in range(DRAWS)} == {2, 3, 4, 5}
    assert {chance.pick("abc") for _ in range(DRAWS)} == set("abc")
    assert all(-0.5 <= chance.between(-0.5, 2.0) < 2.0 for _ in range(DRAWS))


def test_a_power_is_mostly_small() -> None:
    chance = Chance(1)
    drawn = sorted(chance.power(5) for _ in range(DRAWS))
    assert 0.0 <= drawn[0] < drawn[DRAWS // 2] < 0.1
    assert 0.5 < drawn[-1] < 1.0


def test_a_seed_says_what_is_drawn() -> None:
    def drawn(seed: int) -> list[object]:
        chance = Chance(seed)
        return [chance.random(), chance.within(0, 1_000), chance.between(0.0, 1.0), chance.power(3)]

    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)
