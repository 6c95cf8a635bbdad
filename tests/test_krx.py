"""The exchange's price rules, against its own table and by their properties."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.simulator.market.krx import daily_limits, first_price_at, price_above, price_below, rate, snapped, tick_size

closes = st.integers(100, 1_000_000).map(snapped)


@pytest.mark.parametrize(
    ("price", "tick"),
    [
        (1, 1), (1_999, 1), (2_000, 5), (4_995, 5), (5_000, 10), (19_990, 10), (20_000, 50), (49_950, 50),
        (50_000, 100), (199_900, 100), (200_000, 500), (499_500, 500), (500_000, 1_000), (2_000_000, 1_000),
    ],
)  # fmt: skip
def test_tick_sizes_since_2023(price: int, tick: int) -> None:
    assert tick_size(price) == tick


def test_the_grid_is_walked_up_and_down_over_every_change_of_tick() -> None:
    prices = [1_990]
    while prices[-1] < 510_000:
        prices.append(price_above(prices[-1]))
    assert all(price_below(above) == below for below, above in pairwise(prices))
    assert all(snapped(above - 1) == below for below, above in pairwise(prices))
    assert all(snapped(price) == price for price in prices)


@pytest.mark.parametrize(
    ("close", "lower", "upper"),
    [
        (10_000, 7_000, 13_000),
        (9_990, 7_000, 12_980),  # 2,997 is cut to 2,990
        (1_995, 1_397, 2_590),  # 2,593 lies between two ticks of 5
        (61_500, 43_100, 79_900),
        (75_100, 52_600, 97_600),
    ],
)
def test_limits(close: int, lower: int, upper: int) -> None:
    assert (daily_limits(close).lower, daily_limits(close).upper) == (lower, upper)


@given(closes)
def test_limits_are_prices_within_thirty_percent(close: int) -> None:
    bounds = daily_limits(close)
    assert snapped(bounds.lower) == bounds.lower
    assert snapped(bounds.upper) == bounds.upper
    assert close * 7 <= bounds.lower * 10 < close * 10 < bounds.upper * 10 <= close * 13
    assert -30_000 <= rate(close, bounds.lower) < rate(close, bounds.upper) <= 30_000


@pytest.mark.parametrize(
    ("close", "price", "thousandths"),
    [
        (75_100, 75_000, -130),
        (10_000, 10_150, 1_500),
        (10_000, 10_000, 0),
        (10_000, 13_000, 30_000),
        (3_000, 3_010, 330),
    ],
)
def test_rate_is_in_thousandths_of_a_percent_with_two_decimals(close: int, price: int, thousandths: int) -> None:
    assert rate(close, price) == thousandths


@given(closes, st.integers(-25_000, 25_000))
def test_first_price_at_a_rate_is_the_lowest_that_has_it(close: int, thousandths: int) -> None:
    price = first_price_at(close, thousandths)
    assert snapped(price) == price
    assert rate(close, price_below(price)) < thousandths <= rate(close, price)
