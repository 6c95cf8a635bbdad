"""What trades when, and at what price: the synthetic tape (체결) of all that is listed, tick by tick of market time.

A stock's price wanders, a few steps of its grid wide, around its `anchor`. These move anchors: the opening auction,
news (a stock is then hot for some minutes: it trades often, in large lots, and runs to its new anchor), and the plot
(plot.py). Besides:

* A stock that is about to trade further than VI_PERCENT from its last auction is interrupted (VI) for VI_TICKS, then
  trades once in an auction.
* Now and then a block of at least BLOCK shares changes hands, and an ordinary trade follows within a second.

How busy a moment is, is the hours' to say. All randomness comes from one source (chance.py), and only arithmetic that
is exact everywhere is used. So a tape is the same on every machine.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import repeat
from typing import TYPE_CHECKING, Final

from jogeon.simulator.market.chance import Chance
from jogeon.simulator.market.companies import companies
from jogeon.simulator.market.hours import KRX
from jogeon.simulator.market.krx import snapped, tick_size
from jogeon.simulator.market.plot import Plot
from jogeon.simulator.market.stock import Stock

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from jogeon.simulator.market.companies import Company, MarketType
    from jogeon.simulator.market.hours import TradingHours

TICKS_A_SECOND: Final = 10

LEADER_PAUSE: Final = (2 * TICKS_A_SECOND, 6 * TICKS_A_SECOND)
"""At a pace of 1, as all pauses here; see BRISK."""

BLOCK: Final = 20_000
BLOCK_PRICES: Final = range(20_000)
BLOCK_PAUSE: Final = (2 * TICKS_A_SECOND, 8 * TICKS_A_SECOND)
BLOCK_ECHO: Final = (2, 8)

NEWS_PAUSE: Final = (3 * TICKS_A_SECOND, 15 * TICKS_A_SECOND)
HOT_TICKS: Final = (30 * TICKS_A_SECOND, 200 * TICKS_A_SECOND)
HOT_PACE: Final = 0.05
"""Trades a tick of each hot stock."""
HOT_LOTS: Final = 5

VI_TICKS: Final = 120 * TICKS_A_SECOND

CALM_PACE: Final = 1 / 900
"""Trades a tick of each stock at a pace of 1, on average."""
BRISK: Final = (0.6, 4.0)
"""Bounds of the pace of what must go on at every time of the day: leaders, blocks, news."""
AUCTION_LOTS: Final = 8
MAX_LOT: Final = BLOCK // 5 - 1
LOT_VALUE: Final = 4_000_000

STOCKS: Final[frozenset[MarketType]] = frozenset({"0", "10"})


class Tape:
    """The stocks, and their trades tick by tick. It begins with the opening auction of its first day.

    `only` are the codes it trades, None for all that is listed.
    """

    def __init__(self, seed: int, hours: TradingHours = KRX, *, only: Container[str] | None = None) -> None:
        self._chance = Chance(seed)
        self._random = self._chance.random
        self._hours = hours
        self._ticks_a_day = hours.seconds * TICKS_A_SECOND
        self.stocks: list[Stock] = []
        self._crowd: list[Stock] = []  # each stock as often as its share in the ordinary trades
        self._leading: list[Stock] = []  # what may lead
        self._calm_owed = 0.0
        self._hot_owed = 0.0
        for company in companies():
            self._list(company, traded=only is None or company.code in only)
        trades = CALM_PACE * len(self.stocks)
        for stock in self._crowd:  # what a day like those to come would have traded
            stock.previous_volume += int(trades * self._ticks_a_day / len(self._crowd) * stock.lot)
        self._open_day()

    def trades(self) -> Iterator[Stock]:
        """Trade for one tick; yield each stock right after its trade. Take all of them before the next tick."""
        self._now += 1
        if self._now % TICKS_A_SECOND == 0:
            yield from self._begin_second()
        for stock in self._echoes.pop(self._now, ()):
            if self._trade(stock):
                yield stock
        if self._now >= self._leader_at:
            yield self._cross()
        if self._now >= self._block_at:
            yield self._trade_block()
        if self._closing:
            yield from self._close()
            return
        if self._now >= self._news_at:
            self._tell_news()
        self._calm_owed += CALM_PACE * len(self.stocks) * self._pace
        self._hot_owed += HOT_PACE * len(self._hot)
        calm, hot = int(self._calm_owed), int(self._hot_owed)
        self._calm_owed -= calm
        self._hot_owed -= hot
        for crowd in (*repeat(self._crowd, calm), *repeat(self._hot, hot)):
            stock = self._chance.pick(crowd)
            if self._trade(stock):
                yield stock

    def next_day(self) -> None:
        """Close the day and hold the next one's opening auction."""
        for stock in self.stocks:
            stock.previous_close = stock.price
            stock.previous_volume = stock.volume
        self._open_day()

    def _list(self, company: Company, *, traded: bool) -> None:
        """Draw what a stock is like: the same whether it is traded here or not."""
        weight = 3 + int(30 * self._chance.power(5))
        if company.market == "3":
            price = snapped(100 + 2_900 * self._chance.power(2))
        else:
            price = snapped(1_000 + 9_000 * self._random() + 400_000 * self._chance.power(10))
        lot = min(1 + int(LOT_VALUE * (0.3 + 1.4 * self._random()) / price), MAX_LOT)
        stock = Stock(
            index=len(self.stocks), code=company.code, name=company.name,
            base=price, lot=lot, previous_close=price, previous_volume=0, spared=company.market not in STOCKS,
        )  # fmt: skip
        if not traded:
            return
        self.stocks.append(stock)
        self._crowd += [stock] * weight
        if company.market in STOCKS:
            self._leading.append(stock)

    # ------------------------------------------------------------ the opening

    def _open_day(self) -> None:
        self._now: int = 0
        self._closing: bool = False
        self._hot: list[Stock] = []
        self._halted: list[Stock] = []
        self._echoes: defaultdict[int, list[Stock]] = defaultdict(list)
        self._news_at: float = 0.0
        self._leader_at: float = 0.0
        self._block_at: float = 0.0
        self._set_pace(0)
        for stock in self.stocks:
            pull = (stock.base - stock.previous_close) / stock.previous_close  # or prices drift away over the days
            gap = self._chance.between(-0.01, 0.01) + self._chance.between(-0.01, 0.01) + 0.05 * min(max(pull, -1), 1)
            volume = 1 + int(stock.previous_volume * self._chance.between(0.01, 0.05))
            stock.open_day(snapped(stock.previous_close * (1 + gap)), volume)
        self._plot = Plot(self._chance, self._leading, self._ticks_a_day)

    # ------------------------------------------------------------ the day

    def _begin_second(self) -> Iterator[Stock]:
        """Look at the clock: how busy this second is, what is over, what begins. Yield who trades in an auction."""
        second = self._now // TICKS_A_SECOND
        self._set_pace(second)
        self._cool()
        if self._closing:
            return
        for stock in self._plot.runs(self._now):
            self._heat(stock)
        for stock in [stock for stock in self._halted if stock.halted_until <= self._now]:
            self._halted.remove(stock)
            self._resume(stock)
            yield stock

    def _set_pace(self, second: int) -> None:
        moment = self._hours.moment(second)
        closing = self._hours.closing
        self._closing = closing is not None and moment >= closing
        self._pace = 0.0 if self._closing else self._hours.pace(moment)
        slow, fast = BRISK
        self._brisk = min(max(self._pace, slow), fast)

    def _trade(self, stock: Stock) -> bool:
        """Trade an ordinary lot, one step up, one down, or at the same price; longer steps far from the anchor.

        False for a stock that is interrupted, or is so by this.
        """
        if stock.halted_until:
            return False
        price = stock.price
        step = tick_size(price)
        gap = (stock.anchor - price) / step
        lean = min(max(0.02 * gap, -0.25), 0.25)
        chance = self._random()
        if chance < 0.25 + lean:
            price = snapped(price + step * (1 + int(abs(gap) / 16)))
        elif chance > 0.75 + lean:
            price -= step * (1 + int(abs(gap) / 16))
        price = min(max(price, stock.floor), stock.cap)
        if not stock.quiet_above < price < stock.quiet_below:
            if stock.last < BLOCK:
                self._halt(stock, price)
                return False
            price = stock.price  # the trade that follows a block is not put off
        size = self._random()
        lots = 4 * HOT_LOTS if stock.hot_until > self._now else 4
        stock.record(price, min(1 + int(stock.lot * lots * size * size * size), BLOCK - 1))
        if price == stock.bound_for:
            stock.pin()
        return True

    def _halt(self, stock: Stock, price: int) -> None:
        """Interrupt a stock that would have traded at this price."""
        stock.halted_until = self._now + VI_TICKS
        stock.resumes_at = price
        self._halted.append(stock)

    def _resume(self, stock: Stock) -> None:
        """Hold the auction that ends an interruption: about at the price that caused it."""
        price = snapped(stock.resumes_at * (1 + self._chance.between(-0.01, 0.01)))
        self._auction(stock, min(max(price, stock.floor), stock.cap))
        stock.calm()

    def _auction(self, stock: Stock, price: int) -> None:
        quantity = 1 + int(stock.lot * AUCTION_LOTS * self._random())
        stock.record(price, min(quantity, BLOCK - 1))
        if price == stock.bound_for:
            stock.pin()

    def _trade_block(self) -> Stock:
        self._block_at = self._now + self._chance.within(*BLOCK_PAUSE) / self._brisk
        stock = self._chance.pick(self._crowd)
        while stock.price not in BLOCK_PRICES or stock.halted_until:
            stock = self._chance.pick(self._crowd)
        stock.record(stock.price, BLOCK + int(4 * BLOCK * self._chance.power(3)))
        self._echoes[self._now + self._chance.within(*BLOCK_ECHO)].append(stock)
        return stock

    def _cross(self) -> Stock:
        """Trade a leader on the other side of SURGE."""
        self._leader_at = self._now + self._chance.within(*LEADER_PAUSE) / self._brisk
        return self._plot.cross()

    def _tell_news(self) -> None:
        self._news_at = self._now + self._chance.between(*NEWS_PAUSE) / self._brisk
        stock = self._chance.pick(self.stocks)
        if stock.leads or stock.bound_for or stock in self._hot:
            return
        size = 0.01 + 0.29 * self._chance.power(5)
        direction = 1 if self._random() < 0.6 else -1
        stock.anchor = snapped(stock.previous_close * (1 + direction * size))
        self._heat(stock)

    def _heat(self, stock: Stock) -> None:
        stock.hot_until = self._now + self._chance.within(*HOT_TICKS)
        if stock not in self._hot:
            self._hot.append(stock)

    def _cool(self) -> None:
        """Let stocks whose news is old fall back part of the way; who is bound for a limit runs on."""
        over = [stock for stock in self._hot if stock.hot_until <= self._now and not self._running(stock)]
        for stock in over:
            stock.anchor = stock.previous_close + int(stock.change * self._chance.power(3))
            self._hot.remove(stock)

    def _running(self, stock: Stock) -> bool:
        return stock.bound_for != 0 and stock.anchor == stock.bound_for

    def _close(self) -> Iterator[Stock]:
        """Hold the closing auction in the last second, a share of the stocks in each of its ticks."""
        left = self._ticks_a_day - self._now
        if left > TICKS_A_SECOND:
            return
        for stock in self.stocks[left - 1 :: TICKS_A_SECOND]:
            if stock.last < BLOCK:  # else an ordinary trade is to follow
                self._auction(stock, stock.price)
                yield stock
