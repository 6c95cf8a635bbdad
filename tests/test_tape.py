"""The tape: whatever the seed, prices keep the exchange's rules and the promised things happen in time."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

import pytest

from jogeon.simulator.market.companies import nxt_codes
from jogeon.simulator.market.hours import KRX, NXT
from jogeon.simulator.market.krx import daily_limits, rate, snapped
from jogeon.simulator.market.plot import FLYERS, LEADER_VOLUME, LEADERS, LIMIT_DOWNS, LIMIT_UPS, SURGE
from jogeon.simulator.market.tape import (
    BLOCK,
    BLOCK_ECHO,
    BLOCK_PAUSE,
    LEADER_PAUSE,
    TICKS_A_SECOND,
    VI_TICKS,
    Tape,
)

if TYPE_CHECKING:
    from jogeon.simulator.market.stock import Stock

SEEDS = (1, 2, 3)
UPPER, LOWER = attrgetter("upper"), attrgetter("lower")
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
    assert max(trades.values()) > 3 * (trades.total() / len(tape.stocks))


@cache
def day_of(seed: int) -> Day:
    return Day(Tape(seed))


class Day:
    """A whole day of a tape, as its trades show it."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.minutes = [0] * (KRX.seconds // 60)
        self.last_second = Counter[str]()
        self.prices: dict[str, list[tuple[int, int]]] = {stock.code: [(0, stock.price)] for stock in tape.stocks}
        for tick in range(1, KRX.seconds * TICKS_A_SECOND):
            for stock in tape.trades():
                self.minutes[tick // (60 * TICKS_A_SECOND)] += 1
                self.prices[stock.code].append((tick, stock.price))
                if tick >= (KRX.seconds - 1) * TICKS_A_SECOND:
                    self.last_second[stock.code] += 1


def test_the_opening_is_a_burst_noon_is_quiet_and_the_end_is_an_auction() -> None:
    day = day_of(1)
    opening, noon = day.minutes[0], sum(day.minutes[180:240]) / 60
    assert opening >= 5 * noon
    assert sum(day.minutes[350:380]) / 30 > 1.5 * noon
    assert max(day.minutes[380:389]) < noon / 10  # orders only wait, but leaders and blocks go on
    assert len(day.last_second) > 0.99 * len(day.tape.stocks)


def test_some_stocks_reach_their_daily_limit_and_stay_there() -> None:
    stocks = day_of(1).tape.stocks
    ups, downs = ([stock for stock in stocks if stock.price == bound(stock)] for bound in (UPPER, LOWER))
    assert len(ups) == LIMIT_UPS
    assert len(downs) == LIMIT_DOWNS
    for stock in ups + downs:
        prices = [price for _, price in day_of(1).prices[stock.code]]
        assert set(prices[prices.index(stock.price) :]) == {stock.price}
    assert sum(stock.open == stock.upper for stock in ups) == 1


def test_a_stock_that_runs_away_is_interrupted_for_two_minutes() -> None:
    """Whoever runs to a limit passes 10 and 20 percent, each an interruption, whose auction is its next trade."""
    runners = [stock for stock in day_of(1).tape.stocks if stock.price in {stock.upper, stock.lower}]
    for stock in runners:
        trades = day_of(1).prices[stock.code]
        pauses = [later - earlier for (earlier, _), (later, _) in pairwise(trades)]
        assert stock.open == stock.upper or sum(pause >= VI_TICKS for pause in pauses) >= 2
        for (earlier, before), (later, after) in pairwise(trades):
            if later < (KRX.seconds - 600) * TICKS_A_SECOND and abs(after - before) > 0.06 * before:
                pytest.fail(f"{stock.code} jumped from {before} to {after} within {later - earlier} ticks")


def test_nobody_trades_during_an_interruption() -> None:
    tape = Tape(1)
    seen = 0
    for _ in range(10 * MINUTES):
        for stock in tape.trades():
            assert stock.halted_until == 0
            assert stock.spared or stock.leads or stock.quiet_above < stock.price < stock.quiet_below
        seen = max(seen, len(tape._halted))
        assert all(stock.halted_until > 0 for stock in tape._halted)
    assert seen > 0


def test_a_tape_of_some_stocks_knows_them_as_the_whole_does() -> None:
    whole, some = Tape(1), Tape(1, NXT, only=nxt_codes())
    assert {stock.code for stock in some.stocks} == nxt_codes()
    bases = {stock.code: stock.base for stock in whole.stocks}
    assert all(stock.base == bases[stock.code] for stock in some.stocks)


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
