"""The synthetic market: time, prices, and which stocks are in which condition. No I/O, and no time of its own.

`advance` moves market time; what changed comes back in order. Days of trading follow one another without a night: at
15:30:00 it is 09:00:00 of the next calendar day, prices and volumes begin anew, and what that does to memberships are
changes like all others.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from jogeon.events import KST, Condition
from jogeon.simulator.market.companies import companies
from jogeon.simulator.market.expressions import ConditionRule, compile_conditions
from jogeon.simulator.market.hours import KRX
from jogeon.simulator.market.market import TRADE, Change, Prices, Traded, moves
from jogeon.simulator.market.tape import TICKS_A_SECOND, Tape
from jogeon.wire.stocks import ListedStock

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from jogeon.simulator.market.hours import TradingHours
    from jogeon.simulator.market.stock import Stock

FIRST_DAY: Final = datetime(2026, 3, 2, tzinfo=KST)
TICK_NANOSECONDS: Final = 10**9 // TICKS_A_SECOND

DEFAULT_CONDITIONS: Final[Sequence[ConditionRule]] = tuple(
    ConditionRule(seq=str(seq), name=name, expression=expression)
    for seq, (name, expression) in enumerate(
        (
            ("거래량 급증", "누적거래량 >= 전일거래량 * 4"),
            ("신고가 돌파", "현재가 == 고가 and 등락율 >= 3"),
            ("갭상승 유지", "시가 >= 전일종가 * 1.01 and 현재가 >= 전일종가"),  # large
            ("상한가 돌파", "현재가 > 상한가"),  # always empty: nothing trades above its limit
            ("급등주", "등락율 >= 5 and 누적거래량 >= 100_000"),  # never empty, always moving: the tape's leaders
            ("급락주", "등락율 <= -5 and 누적거래량 >= 100_000"),
            ("대량 체결", "체결량 >= 20_000"),  # in and out within a second: the tape's blocks
            ("거래대금 상위", "거래대금 >= 10_000_000_000"),
            ("시가 회복 반등", "현재가 > 시가 and 저가 <= 시가 * 0.98"),
            ("상한가 근접", "등락율 >= 25"),
        )
    )
)


class SyntheticMarket:
    """A synthetic market: its changes are a function of the seed and of market time, however that is sliced.

    It begins at its opening with the memberships of the opening auction. `only` are the codes it trades, None for all
    that is listed. ExpressionError for a wrong condition, ValueError for two with one seq.
    """

    def __init__(
        self,
        seed: int = 1,
        conditions: Sequence[ConditionRule] | None = None,
        hours: TradingHours = KRX,
        *,
        only: Container[str] | None = None,
    ) -> None:
        self._hours = hours
        self._ticks_a_day = hours.seconds * TICKS_A_SECOND
        self._rules = list(DEFAULT_CONDITIONS if conditions is None else conditions)
        self._evaluate = compile_conditions(self._rules)
        self._places = self._placed()
        self._tape = Tape(seed, hours, only=only)
        self._stocks = {stock.code: stock for stock in self._tape.stocks}
        self._ticks = 0
        self._owed = 0  # nanoseconds that make no whole tick yet
        self._time = self.clock
        self._masks = [0] * len(self._stocks)
        self._members: list[dict[str, None]] = [{} for _ in self._rules]  # a dict keeps the order of entry
        self.codes = [stock.code for stock in self._tape.stocks]
        """What is traded here."""
        self._begin()
        for stock in self._tape.stocks:
            self._settle(stock, [])

    @property
    def conditions(self) -> list[Condition]:
        """The saved conditions, by seq."""
        return [Condition(rule.seq, rule.name) for rule in sorted(self._rules, key=lambda rule: int(rule.seq))]

    @property
    def now(self) -> datetime:
        """Market time, +09:00."""
        day, tick = divmod(self._ticks, self._ticks_a_day)
        second, tick = divmod(tick, TICKS_A_SECOND)
        moment = timedelta(seconds=self._hours.moment(second), milliseconds=tick * (1_000 // TICKS_A_SECOND))
        return FIRST_DAY + timedelta(days=day) + moment

    @property
    def clock(self) -> str:
        """Market time as HHMMSS."""
        return f"{self.now:%H%M%S}"

    def advance(self, seconds: float) -> list[Change]:
        """Let market seconds pass; return what changed. Less than a tick is kept for the next call."""
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError(f"cannot advance by {seconds} seconds")
        self._begin()
        ticks, self._owed = divmod(self._owed + round(seconds * 10**9), TICK_NANOSECONDS)
        changes: list[Change] = []
        for _ in range(ticks):
            self._tick(changes)
        return changes

    def _begin(self) -> None:
        self.traded = Traded(rows=[], clocks={0: self._time})
        """What the last `advance` traded; before the first one, the opening auction."""
        self._rows = self.traded.rows
        self.quotes: list[Prices] = []
        """The stocks that are followed, as they were after each of their trades in the last `advance`."""

    def follow(self, code: str, *, on: bool) -> None:
        """Let each trade of a stock be among the `quotes`, or no more; one that is not traded here has none."""
        if code in self._stocks:
            self._stocks[code].followed = on

    def members(self, seq: str) -> list[str]:
        """Codes that are in a condition, in order of entry. KeyError for an unknown seq."""
        return list(self._members[self._places[seq]])

    def prices(self, code: str) -> Prices:
        """Return a stock's values now. KeyError for an unknown code."""
        return _prices(self._stocks[code])

    def listed(self, market: str) -> list[ListedStock]:
        """Return the stocks of a market that are traded here, with yesterday's close."""
        return [
            ListedStock(company.code, company.name, market, stock.previous_close)
            for company in companies()
            if company.market == market and (stock := self._stocks.get(company.code)) is not None
        ]

    def renumber(self, seed: int) -> dict[str, str]:
        """Give every condition another one's seq and return the seqs now by those before; names keep their members."""
        moved = moves([rule.seq for rule in self._rules], seed)
        self._rules = [replace(rule, seq=moved[rule.seq]) for rule in self._rules]
        self._places = self._placed()
        return moved

    def _placed(self) -> dict[str, int]:
        places = {rule.seq: place for place, rule in enumerate(self._rules)}
        if len(places) < len(self._rules):
            raise ValueError("two conditions have the same seq")
        return places

    def _tick(self, changes: list[Change]) -> None:
        self._ticks += 1
        if self._ticks % TICKS_A_SECOND == 0:
            self._time = self.clock
            self.traded.clocks[len(self._rows) // TRADE] = self._time
        if self._ticks % self._ticks_a_day == 0:
            self._open_next_day(changes)
            return
        for stock in self._tape.trades():
            self._settle(stock, changes)

    def _open_next_day(self, changes: list[Change]) -> None:
        """Settle all stocks, those that enter first: so a condition with members on both days is never empty."""
        self._tape.next_day()
        opened: list[Change] = []
        for stock in self._tape.stocks:
            self._settle(stock, opened)
        changes += sorted(opened, key=lambda change: change.kind, reverse=True)

    def _settle(self, stock: Stock, changes: list[Change]) -> None:
        """Take a trade that was made just now: who meets which condition by it."""
        stock.clock = self._time
        self._rows += (stock.index, stock.price, stock.side * (stock.last or stock.volume))
        if stock.followed:
            self.quotes.append(_prices(stock))
        mask = self._evaluate(  # the values in the order of `expressions.FIELDS`
            stock.price, stock.change, stock.rate / 1_000, stock.volume, stock.open, stock.high, stock.low,
            stock.previous_close, stock.previous_volume, stock.value, stock.last, stock.upper, stock.lower,
        )  # fmt: skip
        moved = mask ^ self._masks[stock.index]
        self._masks[stock.index] = mask
        while moved:
            bit = moved & -moved
            moved ^= bit
            changes.append(self._change(bit.bit_length() - 1, stock.code, entered=bool(mask & bit)))

    def _change(self, place: int, code: str, *, entered: bool) -> Change:
        if entered:
            self._members[place][code] = None
        else:
            del self._members[place][code]
        rule = self._rules[place]
        return Change(seq=rule.seq, name=rule.name, code=code, kind="I" if entered else "D", time=self._time)


def _prices(stock: Stock) -> Prices:
    return Prices(
        code=stock.code, name=stock.name, price=stock.price, sign=_sign(stock), change=stock.change,
        rate=stock.rate, volume=stock.volume, open=stock.open, high=stock.high, low=stock.low,
        base=stock.previous_close, value=stock.value, ask=stock.ask, bid=stock.bid,
        quantity=stock.side * (stock.last or stock.volume), strength=stock.strength, clock=stock.clock,
    )  # fmt: skip


def _sign(stock: Stock) -> int:
    if stock.change == 0:
        return 3
    if stock.change > 0:
        return 1 if stock.price == stock.upper else 2
    return 4 if stock.price == stock.lower else 5
