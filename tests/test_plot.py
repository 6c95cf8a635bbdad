"""The plot of a day: every part is given once, leaders change sides, those bound for a limit leave when it is time."""

from __future__ import annotations

from jogeon.simulator.market.chance import Chance
from jogeon.simulator.market.plot import (
    FLYERS,
    LEADER_PRICES,
    LEADER_VOLUME,
    LEADERS,
    LIMIT_DOWNS,
    LIMIT_UPS,
    SURGE,
    Plot,
)
from jogeon.simulator.market.stock import Stock

TICKS = 1_000


def opened(count: int = 60) -> list[Stock]:
    """Return stocks that have opened unchanged, the last ones too dear to lead."""
    stocks = [
        Stock(
            index=index, code=f"{index:06d}", name="", base=price, lot=10, previous_close=price, previous_volume=1_000
        )
        for index, price in enumerate([*([10_000] * count), LEADER_PRICES.stop, LEADER_PRICES.start - 100])
    ]
    for stock in stocks:
        stock.open_day(stock.previous_close, 100)
    return stocks


def test_every_part_is_given_to_another_stock() -> None:
    stocks = opened()
    Plot(Chance(1), stocks, TICKS)
    leading = [stock for stock in stocks if stock.leads]
    assert len(leading) == LEADERS + FLYERS
    assert all(stock.volume >= LEADER_VOLUME for stock in leading)
    assert sum(stock.floor > stock.lower for stock in leading) == FLYERS
    bound = [stock for stock in stocks if stock.bound_for]
    assert len(bound) == LIMIT_UPS + LIMIT_DOWNS - 1, "the first is there already"
    assert sum(stock.bound_for == stock.lower for stock in bound) == LIMIT_DOWNS
    assert sum(stock.price == stock.upper == stock.floor for stock in stocks) == 1
    assert not any(stock.leads or stock.bound_for for stock in stocks[-2:])


def test_a_leader_crosses_to_the_other_side() -> None:
    plot = Plot(Chance(1), opened(), TICKS)
    for _ in range(100):
        before = {stock.code: stock.rate >= SURGE for stock in plot._leaders}
        stock = plot.cross()
        assert (stock.rate >= SURGE) is not before[stock.code]
        assert stock.last == stock.lot


def test_each_runs_once_its_time_has_come() -> None:
    stocks = opened()
    plot = Plot(Chance(1), stocks, TICKS)
    bound = {stock.code for stock in stocks if stock.bound_for}
    assert not list(plot.runs(-1))
    gone: list[str] = []
    for now in range(TICKS):
        for stock in plot.runs(now):
            assert stock.anchor == stock.bound_for
            gone.append(stock.code)
    assert sorted(gone) == sorted(bound)
