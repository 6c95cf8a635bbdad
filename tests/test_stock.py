"""One stock's day: what trades make of it."""

from __future__ import annotations

from jogeon.simulator.market.stock import Stock


def opened(price: int = 10_000) -> Stock:
    stock = Stock(0, "005930", "가상전자 001", price, 10, price, 1_000)
    stock.open_day(price, 100)
    return stock


def test_a_day_begins_with_its_opening_auction() -> None:
    stock = opened()
    assert (stock.price, stock.volume, stock.value, stock.last) == (10_000, 100, 1_000_000, 0)
    assert (stock.lower, stock.upper) == (stock.floor, stock.cap) == (7_000, 13_000)


def test_an_opening_beyond_the_limits_is_at_the_limit() -> None:
    stock = opened()
    stock.open_day(20_000, 1)
    assert stock.price == stock.upper == 13_000


def test_a_trade_is_a_buyers_if_the_price_rose_and_as_before_if_it_stayed() -> None:
    stock = opened()
    for price, side in ((10_010, 1), (10_010, 1), (10_000, -1), (10_000, -1)):
        stock.record(price, 10)
        assert stock.side == side
    assert stock.volume == 140
    assert stock.bought == 120  # the auction counts as the buyers'
    assert (stock.high, stock.low, stock.change, stock.rate) == (10_010, 10_000, 0, 0)


def test_the_best_prices_lie_around_the_last_and_one_is_missing_at_a_limit() -> None:
    stock = opened()
    stock.record(10_010, 1)
    assert (stock.bid, stock.ask) == (10_000, 10_010)
    stock.record(10_000, 1)
    assert (stock.bid, stock.ask) == (10_000, 10_010)
    stock.record(13_000, 1)
    assert (stock.bid, stock.ask) == (13_000, 0)
    stock.record(7_000, 1)
    assert (stock.bid, stock.ask) == (0, 7_000)


def test_a_pinned_stock_has_one_price() -> None:
    stock = opened()
    stock.head_for(stock.upper)
    stock.record(stock.upper, 1)
    stock.pin()
    assert stock.floor == stock.cap == 13_000
    assert stock.bound_for == 0
    stock.open_day(13_000, 1)
    assert stock.floor < stock.cap


def test_where_a_stock_trades_freely_depends_on_its_last_auction() -> None:
    stock = opened()
    assert (stock.quiet_above, stock.quiet_below) == (9_000, 11_000)
    stock.record(11_000, 1)
    stock.calm()
    assert (stock.quiet_above, stock.quiet_below) == (9_900, 12_100)
    stock.spared = True
    stock.calm()
    assert stock.quiet_above <= stock.lower < stock.upper <= stock.quiet_below
