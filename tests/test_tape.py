"""The tape: whatever the seed, prices keep the exchange's rules and the promised things happen in time."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from jogeon.simulator.market.krx import daily_limits, rate, snapped
from jogeon.simulator.market.tape import (
    BLOCK,
    BLOCK_ECHO,
    BLOCK_PAUSE,
    FLYERS,
    LEADER_PAUSE,
    LEADER_VOLUME,
    LEADERS,
    SURGE,
    TICKS_A_SECOND,
    Stock,
    Tape,
)

SEEDS = (1, 2, 3)
MINUTES = 3 * 60 * TICKS_A_SECOND


def assert_sound(stock: Stock) -> None:
    bounds = daily_limits(stock.previous_close)
    assert snapped(stock.price) == stock.price
    assert bounds.lower == stock.lower <= stock.low <= min(stock.open, stock.price)
    assert max(stock.open, stock.price) <= stock.high <= stock.upper == bounds.upper
    assert stock.change == stock.price - stock.previous_close
    assert stock.rate == rate(stock.previous_close, stock.price)
    assert stock.low * stock.volume <= stock.value <= stock.high * stock.volume
    assert stock.volume > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_every_trade_keeps_the_rules(seed: int) -> None:
    tape = Tape(seed)
    for stock in tape.stocks:
        assert_sound(stock)
    for _ in range(MINUTES):
        for stock in tape.trades():
            assert_sound(stock)


def test_a_trade_adds_to_the_volume() -> None:
    tape = Tape(1)
    volumes = {stock.code: stock.volume for stock in tape.stocks}
    for _ in range(MINUTES):
        for stock in tape.trades():
            assert stock.volume == volumes[stock.code] + stock.last
            volumes[stock.code] = stock.volume


def test_most_stocks_trade_and_some_much_more_than_others() -> None:
    tape = Tape(1)
    trades = Counter(stock.code for _ in range(10 * MINUTES) for stock in tape.trades())
    assert len(trades) > 0.9 * len(tape.stocks)
    assert max(trades.values()) > 5 * (trades.total() / len(tape.stocks))


def test_the_opening_is_busy() -> None:
    tape = Tape(1)
    first = sum(1 for _ in range(MINUTES) for _ in tape.trades())
    for _ in range(2 * MINUTES):
        list(tape.trades())
    later = sum(1 for _ in range(MINUTES) for _ in tape.trades())
    assert first > 3 * later


@pytest.mark.parametrize("seed", SEEDS)
def test_a_leader_crosses_the_surge_every_few_seconds(seed: int) -> None:
    tape = Tape(seed)
    surging = {stock.code: stock.rate >= SURGE for stock in tape.stocks if stock.leads}
    crossed = [0]
    for tick in range(1, MINUTES):
        for stock in tape.trades():
            if stock.leads and surging[stock.code] is not (stock.rate >= SURGE):
                surging[stock.code] = stock.rate >= SURGE
                crossed.append(tick)
    assert max(later - earlier for earlier, later in pairwise(crossed)) <= LEADER_PAUSE[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_flyers_stay_above_the_surge_all_day_and_on_the_next(seed: int) -> None:
    tape = Tape(seed)
    for _ in range(2):
        flyers = [stock for stock in tape.stocks if stock.leads and stock.floor > stock.lower]
        assert len(flyers) == FLYERS
        assert sum(stock.leads for stock in tape.stocks) == LEADERS + FLYERS
        assert all(rate(stock.previous_close, stock.floor) >= SURGE for stock in flyers)
        assert all(stock.volume >= LEADER_VOLUME for stock in tape.stocks if stock.leads)
        for _ in range(MINUTES):
            list(tape.trades())
        assert all(stock.low >= stock.floor for stock in flyers)
        tape.next_day()


def test_an_ordinary_trade_follows_a_block_within_a_second() -> None:
    tape = Tape(1)
    blocks: dict[str, int] = {}
    seen = 0
    for tick in range(MINUTES):
        for stock in tape.trades():
            if stock.last >= BLOCK:
                blocks[stock.code] = tick
                seen += 1
            else:
                assert tick - blocks.pop(stock.code, tick) <= BLOCK_ECHO[1] < TICKS_A_SECOND
    assert len(blocks) <= 1  # one may wait at the end
    assert seen >= MINUTES // BLOCK_PAUSE[1]


def test_news_makes_a_stock_run_and_its_volume_swell() -> None:
    tape = Tape(1)
    for _ in range(10 * MINUTES):
        list(tape.trades())
    runs = [stock for stock in tape.stocks if not stock.leads and abs(stock.rate) > 5_000]
    assert any(stock.rate > 0 for stock in runs)
    assert any(stock.rate < 0 for stock in runs)
    assert any(stock.volume > stock.previous_volume for stock in runs)


def test_the_next_day_begins_from_the_last_close() -> None:
    tape = Tape(1)
    for _ in range(MINUTES):
        list(tape.trades())
    closed = [(stock.price, stock.volume) for stock in tape.stocks]
    tape.next_day()
    assert [(stock.previous_close, stock.previous_volume) for stock in tape.stocks] == closed
    for stock in tape.stocks:
        assert_sound(stock)
        assert stock.last == 0
        assert stock.open == stock.high == stock.low == stock.price


def test_prices_do_not_drift_away_over_the_days() -> None:
    tape = Tape(1)
    for _ in range(100):
        tape.next_day()
    assert all(0.5 * stock.base < stock.price < 2 * stock.base for stock in tape.stocks)


def test_a_seed_is_a_tape() -> None:
    def tape(seed: int) -> list[tuple[str, int, int]]:
        made = Tape(seed)
        return [(stock.code, stock.price, stock.last) for _ in range(100) for stock in made.trades()]

    assert tape(7) == tape(7)
    assert tape(7) != tape(8)
