"""One stay of a stock in a condition: the price at its entry, and what came of it since. No I/O, no clock."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

from jogeon.wire.messages import TradeRow
from jogeon.wire.quotes import quote_of
from jogeon.wire.stocks import PricedStock

if TYPE_CHECKING:
    from collections.abc import Callable

    from jogeon.events import Condition
    from jogeon.prices import EntrySource

PriceRow = TradeRow | PricedStock

TRADED = sys.maxsize
"""Stands for the number of a request where a price was pushed: it is newer than every request."""
FIRST_SEEN = 2**60
"""More than all numbers together."""


class PriceFollower(Protocol):
    """Who is told each price of a stock; it may neither wait nor raise."""

    def priced(self, row: PriceRow, price: int | None, at_ns: int, asked: int) -> None:
        """Take a price, received at `at_ns`; `asked` is the number of the request that brought it (see TRADED)."""


class Holding:
    """One stay of a stock in a condition: its entry price, and the highest and lowest price since."""

    __slots__ = (
        "_day_high", "_day_low", "code", "condition", "entry_at_ns", "entry_price", "entry_source", "first_seen",
        "high", "kept", "left", "low", "number", "on_priced", "price", "price_at_ns", "settled", "told", "waits_since",
    )  # fmt: skip

    def __init__(self, condition: Condition, code: str, *, first_seen: bool) -> None:
        self.condition = condition
        self.code = code
        self.first_seen = first_seen
        """Whether it was in already when the condition was first seen."""
        self.entry_price: int | None = None
        self.entry_at_ns: int | None = None
        self.entry_source: EntrySource | None = None
        self.settled = False
        """Whether the entry price is decided: known, or given up."""
        self.told = False
        """Whether the consumer was told of the entry price, or that there is none."""
        self.kept = False
        """Whether its entry price was kept."""
        self.left = False
        self.waits_since: float | None = None
        self.price: int | None = None
        """The last price of its stay."""
        self.price_at_ns: int | None = None
        self.high: int | None = None
        self.low: int | None = None
        self._day_high: int | None = None
        self._day_low: int | None = None
        self.number = 0
        """Its place among all entries and requests."""
        self.on_priced: Callable[[Holding], object] = lambda _: None

    def priced(self, row: PriceRow, price: int | None, at_ns: int, asked: int) -> None:
        """Take a price: the first one that is not older than the entry is that of the entry."""
        if price is None or (asked <= self.number and not self.first_seen):  # it may be from before the entry
            return
        if self.settled:
            self._take_day(row)
        else:
            self.settled = True
            source: EntrySource = "trade" if isinstance(row, TradeRow) else "quote"
            self.entry_price, self.entry_at_ns = price, at_ns
            self.entry_source = "snapshot" if self.first_seen else source
            self._day_high, self._day_low = _day_of(row)
        self.price, self.price_at_ns = price, at_ns
        if self.high is None or price > self.high:
            self.high = price
        if self.low is None or price < self.low:
            self.low = price
        self.on_priced(self)

    def _take_day(self, row: PriceRow) -> None:
        """Learn from the day's high and low: what has changed since the entry was traded since the entry."""
        if isinstance(row, TradeRow):  # its own price says as much: no trade of this stock is missing
            return
        if row.high is not None and self._day_high is not None and row.high != self._day_high and self.high is not None:
            self.high = max(self.high, row.high)
        if row.low is not None and self._day_low is not None and row.low != self._day_low and self.low is not None:
            self.low = min(self.low, row.low)
        self._day_high, self._day_low = row.high or self._day_high, row.low or self._day_low

    @property
    def rank(self) -> int:
        """How it stands beside others where there is no room for all: newest entries first, then who was in before."""
        return self.number - FIRST_SEEN if self.first_seen else self.number

    def give_up(self) -> None:
        """Decide that the entry has no price."""
        self.settled = True
        self.on_priced(self)


def _day_of(row: PriceRow) -> tuple[int | None, int | None]:
    if isinstance(row, TradeRow):
        quote = quote_of(row)
        return quote.high, quote.low
    return row.high, row.low
