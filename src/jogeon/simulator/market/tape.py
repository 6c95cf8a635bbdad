"""What trades when, and at what price: the synthetic tape (체결) of all companies, tick by tick of market time.

A stock's price wanders, a few steps of its grid wide, around its `anchor`. Three things move anchors: the opening
auction, news (a stock is then hot for some minutes: it trades often, in large lots, and runs to its new anchor), and
leaders. Leaders (주도주) are a few stocks a day that are traded back and forth across SURGE; above them, flyers never
fall back to it. So some stocks are always above SURGE, and one crosses it every few seconds.
Now and then a block of at least BLOCK shares changes hands, and an ordinary trade follows within a second.

All randomness comes from one generator, by way of `random()` alone, whose sequence Python promises to keep; and only
arithmetic that is exact everywhere is used. So a tape is the same on every machine.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import repeat
from random import Random
from typing import TYPE_CHECKING, Final

from jogeon.simulator.market.companies import companies
from jogeon.simulator.market.krx import daily_limits, first_price_at, price_above, price_below, rate, snapped, tick_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jogeon.simulator.market.companies import Company

TICKS_A_SECOND: Final = 10
TICKS_A_DAY: Final = 390 * 60 * TICKS_A_SECOND
"""From 09:00:00 to 15:30:00."""

SURGE: Final = 5_000
"""The rate that leaders cross, in thousandths of a percent."""
LEADERS: Final = 12
FLYERS: Final = 4
LEADER_VOLUME: Final = 100_000
"""Shares that leaders and flyers trade in the opening auction, at least."""
LEADER_PRICES: Final = range(2_000, 50_000)
LEADER_PAUSE: Final = (2 * TICKS_A_SECOND, 6 * TICKS_A_SECOND)

BLOCK: Final = 20_000
BLOCK_PRICES: Final = range(20_000)
BLOCK_PAUSE: Final = (2 * TICKS_A_SECOND, 8 * TICKS_A_SECOND)
BLOCK_ECHO: Final = (2, 8)

NEWS_PAUSE: Final = (3 * TICKS_A_SECOND, 15 * TICKS_A_SECOND)
HOT_TICKS: Final = (30 * TICKS_A_SECOND, 200 * TICKS_A_SECOND)
HOT_PACE: Final = 0.05
"""Trades a tick of each hot stock."""
HOT_LOTS: Final = 5

CALM_PACE: Final = 3.0
"""Trades a tick of the whole market, hours after the opening."""
OPENING_TICKS: Final = 5 * 60 * TICKS_A_SECOND
OPENING_RUSH: Final = 8.0
"""How many times as many trades and news the first moment has; it fades over OPENING_TICKS."""

MAX_LOT: Final = BLOCK // 5 - 1
LOT_VALUE: Final = 4_000_000


@dataclass(slots=True, eq=False)
class Stock:
    """A company's day so far: prices in won, volumes in shares, rate in thousandths of a percent."""

    index: int
    code: str
    name: str
    base: int
    lot: int
    previous_close: int
    previous_volume: int
    price: int = 0
    change: int = 0
    rate: int = 0
    volume: int = 0
    value: int = 0
    last: int = 0
    open: int = 0
    high: int = 0
    low: int = 0
    upper: int = 0
    lower: int = 0
    anchor: int = 0
    floor: int = 0
    leads: bool = False
    hot_until: int = 0

    def open_day(self, price: int, quantity: int) -> None:
        """Begin a day with its opening auction, which counts as volume but is no `last` trade."""
        bounds = daily_limits(self.previous_close)
        self.lower = self.floor = bounds.lower
        self.upper = bounds.upper
        self.volume = self.value = 0
        self.open = self.high = self.low = self.anchor = min(max(price, self.lower), self.upper)
        self.record(self.open, quantity)
        self.last = 0
        self.leads = False
        self.hot_until = 0

    def record(self, price: int, quantity: int) -> None:
        """Take a trade in."""
        self.price = price
        self.change = price - self.previous_close
        self.rate = rate(self.previous_close, price)
        self.last = quantity
        self.volume += quantity
        self.value += price * quantity
        if price > self.high:
            self.high = price
        elif price < self.low:
            self.low = price


class Tape:
    """The stocks, and their trades tick by tick. It begins with the opening auction of its first day."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random  # noqa: S311 - a market to play with, not a secret
        self.stocks: list[Stock] = []
        self._crowd: list[Stock] = []  # each stock as often as its share in the ordinary trades
        self._calm_owed = 0.0
        self._hot_owed = 0.0
        for company in companies():
            self._list(company)
        for stock in self._crowd:  # what a day like those to come would have traded
            stock.previous_volume += int(CALM_PACE * TICKS_A_DAY / len(self._crowd) * stock.lot)
        self._open_day()

    def trades(self) -> Iterator[Stock]:
        """Trade for one tick; yield each stock right after its trade. Take all of them before the next tick."""
        self._now += 1
        if self._now % TICKS_A_SECOND == 0:
            self._cool()
        if self._now >= self._news_at:
            self._tell_news()
        for stock in self._echoes.pop(self._now, ()):
            self._trade(stock)
            yield stock
        if self._now >= self._leader_at:
            yield self._cross()
        if self._now >= self._block_at:
            yield self._trade_block()
        self._calm_owed += CALM_PACE * self._rush()
        self._hot_owed += HOT_PACE * len(self._hot)
        calm, hot = int(self._calm_owed), int(self._hot_owed)
        self._calm_owed -= calm
        self._hot_owed -= hot
        for crowd in (*repeat(self._crowd, calm), *repeat(self._hot, hot)):
            stock = self._pick(crowd)
            self._trade(stock)
            yield stock

    def next_day(self) -> None:
        """Close the day and hold the next one's opening auction."""
        for stock in self.stocks:
            stock.previous_close = stock.price
            stock.previous_volume = stock.volume
        self._open_day()

    def _list(self, company: Company) -> None:
        weight = 3 + int(30 * self._power(5))
        price = snapped(1_000 + 9_000 * self._random() + 400_000 * self._power(10))
        lot = min(1 + int(LOT_VALUE * (0.3 + 1.4 * self._random()) / price), MAX_LOT)
        stock = Stock(
            index=len(self.stocks), code=company.code, name=company.name,
            base=price, lot=lot, previous_close=price, previous_volume=0,
        )  # fmt: skip
        self.stocks.append(stock)
        self._crowd += [stock] * weight

    def _open_day(self) -> None:
        self._now: int = 0
        self._hot: list[Stock] = []
        self._echoes: defaultdict[int, list[Stock]] = defaultdict(list)
        self._news_at: float = 0.0
        self._leader_at: int = 0
        self._block_at: int = 0
        for stock in self.stocks:
            pull = (stock.base - stock.previous_close) / stock.previous_close  # or prices drift away over the days
            gap = self._between(-0.01, 0.01) + self._between(-0.01, 0.01) + 0.05 * min(max(pull, -1), 1)
            volume = 1 + int(stock.previous_volume * self._between(0.01, 0.05))
            stock.open_day(snapped(stock.previous_close * (1 + gap)), volume)
        self._leaders = [self._open_leader(above=number % 2 == 0) for number in range(LEADERS)]
        for _ in range(FLYERS):
            self._open_flyer()

    def _open_leader(self, *, above: bool) -> Stock:
        stock = self._unled()
        self._lead(stock, self._beside_surge(stock, above=above))
        return stock

    def _open_flyer(self) -> None:
        stock = self._unled()
        self._lead(stock, first_price_at(stock.previous_close, int(self._between(7_000, 15_000))))
        stock.floor = first_price_at(stock.previous_close, SURGE)

    def _lead(self, stock: Stock, price: int) -> None:
        stock.open_day(price, max(stock.volume, LEADER_VOLUME + self._within(0, LEADER_VOLUME)))
        stock.leads = True

    def _unled(self) -> Stock:
        while True:
            stock = self._pick(self.stocks)
            if stock.previous_close in LEADER_PRICES and not stock.leads:
                return stock

    def _beside_surge(self, stock: Stock, *, above: bool) -> int:
        """Return a price up to four steps above or below the one where the rate reaches SURGE."""
        price = first_price_at(stock.previous_close, SURGE)
        for _ in range(self._within(0, 3)):
            price = price_above(price) if above else price_below(price)
        return price if above else price_below(price)

    def _rush(self) -> float:
        rest = max(OPENING_TICKS - self._now, 0) / OPENING_TICKS
        return 1 + (OPENING_RUSH - 1) * rest

    def _trade(self, stock: Stock) -> None:
        """Trade an ordinary lot, one step up, one down, or at the same price; longer steps far from the anchor."""
        price = stock.price
        step = tick_size(price)
        gap = (stock.anchor - price) / step
        lean = min(max(0.02 * gap, -0.25), 0.25)
        chance = self._random()
        if chance < 0.25 + lean:
            price = snapped(price + step * (1 + int(abs(gap) / 16)))
        elif chance > 0.75 + lean:
            price -= step * (1 + int(abs(gap) / 16))
        size = self._random()
        lots = 4 * HOT_LOTS if stock.hot_until > self._now else 4
        quantity = min(1 + int(stock.lot * lots * size * size * size), BLOCK - 1)
        stock.record(min(max(price, stock.floor), stock.upper), quantity)

    def _trade_block(self) -> Stock:
        self._block_at = self._now + self._within(*BLOCK_PAUSE)
        stock = self._pick(self._crowd)
        while stock.price not in BLOCK_PRICES:
            stock = self._pick(self._crowd)
        stock.record(stock.price, BLOCK + int(4 * BLOCK * self._power(3)))
        self._echoes[self._now + self._within(*BLOCK_ECHO)].append(stock)
        return stock

    def _cross(self) -> Stock:
        """Trade a leader on the other side of SURGE."""
        self._leader_at = self._now + self._within(*LEADER_PAUSE)
        stock = self._pick(self._leaders)
        stock.anchor = self._beside_surge(stock, above=stock.rate < SURGE)
        stock.record(stock.anchor, stock.lot)
        return stock

    def _tell_news(self) -> None:
        self._news_at = self._now + self._between(*NEWS_PAUSE) / self._rush()
        stock = self._pick(self.stocks)
        if stock.leads or stock in self._hot:
            return
        size = 0.01 + 0.29 * self._power(5)
        direction = 1 if self._random() < 0.6 else -1
        stock.anchor = snapped(stock.previous_close * (1 + direction * size))
        stock.hot_until = self._now + self._within(*HOT_TICKS)
        self._hot.append(stock)

    def _cool(self) -> None:
        """Let stocks whose news is old fall back part of the way."""
        for stock in self._hot:
            if stock.hot_until <= self._now:
                stock.anchor = stock.previous_close + int(stock.change * self._power(3))
        self._hot = [stock for stock in self._hot if stock.hot_until > self._now]

    def _pick(self, stocks: list[Stock]) -> Stock:
        return stocks[int(self._random() * len(stocks))]

    def _within(self, low: int, high: int) -> int:
        return low + int(self._random() * (high - low + 1))

    def _between(self, low: float, high: float) -> float:
        return low + self._random() * (high - low)

    def _power(self, exponent: int) -> float:
        """Return a number below 1 that is mostly small."""
        base = product = self._random()
        for _ in range(exponent - 1):
            product *= base
        return product
