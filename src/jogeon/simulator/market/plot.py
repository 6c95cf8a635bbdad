"""The plot of a day: who leads, who flies above them, who runs to a daily limit and when.

* Leaders (주도주) are a few stocks that are traded back and forth across SURGE; above them, flyers never fall back to
  it. So some stocks are always above SURGE, and one crosses it every few seconds, in a closing auction, too.
* Some stocks run to their daily limit (상한가, 하한가), and stay there; one opens there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jogeon.simulator.market.krx import first_price_at, price_above, price_below

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jogeon.simulator.market.chance import Chance
    from jogeon.simulator.market.stock import Stock

SURGE: Final = 5_000
"""The rate that leaders cross, in thousandths of a percent."""
LEADERS: Final = 12
FLYERS: Final = 4
FLYER_RATES: Final = (7_000, 15_000)
LEADER_VOLUME: Final = 100_000
"""Shares that leaders and flyers trade in the opening auction, at least."""
LEADER_PRICES: Final = range(2_000, 50_000)

LIMIT_UPS: Final = 5
LIMIT_DOWNS: Final = 3


class Plot:
    """Chooses among `stocks`, which have opened, and opens those it chooses anew."""

    def __init__(self, chance: Chance, stocks: Sequence[Stock], ticks_a_day: int) -> None:
        self._chance = chance
        self._stocks = stocks
        self._leaders = [self._open_leader(above=number % 2 == 0) for number in range(LEADERS)]
        for _ in range(FLYERS):
            self._open_flyer()
        self._runs = self._plan_runs(ticks_a_day)

    def cross(self) -> Stock:
        """Trade a leader on the other side of SURGE and return it."""
        stock = self._chance.pick(self._leaders)
        stock.anchor = self._beside_surge(stock, above=stock.rate < SURGE)
        stock.record(stock.anchor, stock.lot)
        return stock

    def runs(self, now: int) -> Iterator[Stock]:
        """Send those to their limit whose time has come by a tick, and yield them."""
        while self._runs and self._runs[-1][0] <= now:
            _, stock = self._runs.pop()
            stock.head_for(stock.bound_for)
            yield stock

    def _open_leader(self, *, above: bool) -> Stock:
        stock = self._free()
        self._lead(stock, self._beside_surge(stock, above=above))
        return stock

    def _open_flyer(self) -> None:
        stock = self._free()
        self._lead(stock, first_price_at(stock.previous_close, int(self._chance.between(*FLYER_RATES))))
        stock.floor = first_price_at(stock.previous_close, SURGE)

    def _lead(self, stock: Stock, price: int) -> None:
        stock.open_day(price, max(stock.volume, LEADER_VOLUME + self._chance.within(0, LEADER_VOLUME)))
        stock.leads = True

    def _free(self) -> Stock:
        """Return a stock that has no part yet."""
        while True:
            stock = self._chance.pick(self._stocks)
            if stock.previous_close in LEADER_PRICES and not (stock.leads or stock.bound_for):
                return stock

    def _plan_runs(self, ticks_a_day: int) -> list[tuple[int, Stock]]:
        """Choose who runs to a daily limit today, and when, the last first; one is there from the opening on."""
        runs: list[tuple[int, Stock]] = []
        for number in range(LIMIT_UPS + LIMIT_DOWNS):
            stock = self._free()
            stock.bound_for = stock.upper if number < LIMIT_UPS else stock.lower
            runs.append((self._chance.within(0, ticks_a_day * 8 // 10), stock))
        _, first = runs.pop(0)
        first.open_day(first.upper, first.volume)
        first.pin()
        return sorted(runs, key=lambda run: run[0], reverse=True)

    def _beside_surge(self, stock: Stock, *, above: bool) -> int:
        """Return a price up to four steps above or below the one where the rate reaches SURGE."""
        price = first_price_at(stock.previous_close, SURGE)
        for _ in range(self._chance.within(0, 3)):
            price = price_above(price) if above else price_below(price)
        return price if above else price_below(price)
