"""A stock (종목) in its day so far, and how its prices are bound."""

from __future__ import annotations

from dataclasses import dataclass

from jogeon.simulator.market.krx import daily_limits, price_above, price_below, rate

VI_PERCENT = 10
"""How far from the price of its last auction a stock may trade before it is interrupted (정적 VI)."""


@dataclass(slots=True, eq=False)
class Stock:
    """A company's day so far: prices in won, volumes in shares, rate in thousandths of a percent.

    `last` is the last trade's quantity, `side` 1 if a buyer made it, -1 if a seller, `clock` its time, HHMMSS;
    `bought` is the volume buyers made. Trades stay from `floor` to `cap`: the daily limits `lower` and `upper`, or
    less. `anchor` is the price it wanders around, `bound_for` a daily limit it is on its way to and will not leave, 0
    for none. Between `quiet_above` and `quiet_below` it trades freely; `halted_until` is the tick that ends its
    interruption, 0 outside of one. Who is `spared` is never interrupted. Of who is `followed`, each trade is told.
    """

    index: int
    code: str
    name: str
    base: int
    lot: int
    previous_close: int
    previous_volume: int
    spared: bool = False
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
    side: int = 1
    bought: int = 0
    clock: str = ""
    anchor: int = 0
    floor: int = 0
    cap: int = 0
    bound_for: int = 0
    quiet_above: int = 0
    quiet_below: int = 0
    halted_until: int = 0
    resumes_at: int = 0
    leads: bool = False
    hot_until: int = 0
    followed: bool = False

    def open_day(self, price: int, quantity: int) -> None:
        """Begin a day with its opening auction, which counts as volume but is no `last` trade."""
        bounds = daily_limits(self.previous_close)
        self.lower = self.floor = bounds.lower
        self.upper = self.cap = bounds.upper
        self.volume = self.value = self.bought = 0
        self.open = self.high = self.low = self.anchor = min(max(price, self.lower), self.upper)
        self.record(self.open, quantity)
        self.last = self.bound_for = self.hot_until = self.halted_until = 0
        self.leads = False
        self.calm()

    def record(self, price: int, quantity: int) -> None:
        """Take a trade in."""
        if price != self.price:
            self.side = 1 if price > self.price else -1
        self.price = price
        self.change = price - self.previous_close
        self.rate = rate(self.previous_close, price)
        self.last = quantity
        self.volume += quantity
        self.value += price * quantity
        if self.side > 0:
            self.bought += quantity
        if price > self.high:
            self.high = price
        elif price < self.low:
            self.low = price

    @property
    def strength(self) -> float | None:
        """The volume that buyers made against that of sellers (체결강도) in percent, None where sellers made none."""
        sold = self.volume - self.bought
        return round(100 * self.bought / sold, 2) if sold else None

    def calm(self) -> None:
        """Let the price now, an auction's, be the one that interruptions are measured from."""
        width = 10 * self.price if self.spared else self.price * VI_PERCENT // 100
        self.quiet_above, self.quiet_below = self.price - width, self.price + width
        self.halted_until = 0

    def head_for(self, limit: int) -> None:
        """Send it to a daily limit, which it will not leave."""
        self.anchor = self.bound_for = limit

    def pin(self) -> None:
        """Let nothing trade but at the price now: a daily limit."""
        self.floor = self.cap = self.price
        self.bound_for = 0

    @property
    def ask(self) -> int:
        """The best price at which somebody sells, 0 where nobody does: at the upper limit."""
        if self.price == self.upper:
            return 0
        taken = self.side > 0 or self.price == self.lower
        return self.price if taken else price_above(self.price)

    @property
    def bid(self) -> int:
        """The best price at which somebody buys, 0 where nobody does: at the lower limit."""
        if self.price == self.lower:
            return 0
        taken = self.side < 0 or self.price == self.upper
        return self.price if taken else price_below(self.price)
