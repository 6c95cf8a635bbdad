"""The price of a stock at a moment (시세), and what became of a member since it entered. Frozen, like all events.

They are states and no history: they bear no numbers, and a consumer that does not keep up misses what a later one has
replaced.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from jogeon.events import Condition, Sign, exchange_time, korean

EntrySource = Literal["quote", "trade", "snapshot"]
"""Where an entry price is from: asked for at the entry (ka10095), the first trade after it (0B), or the first price
of a stock that was in already when the condition was first seen."""


class Quote(Struct, frozen=True, gc=False):
    """The price of a stock and what is known with it (시세); None or "" where the broker left a field empty.

    Prices and `change` (against yesterday's close) are in won, `rate` and `strength` (체결강도) in percent.
    `quantity` is the volume of the last trade in shares, negative for a sale, `volume` that of the day, and `value`
    the turnover of the day in the broker's unit. `quantity` and `strength` come with trades only. `source` is `trade`
    (0B) or `quote`, for one that was asked for (ka10095).
    """

    code: str
    at_ns: int
    name: str | None = None
    price: int | None = None
    change: int | None = None
    rate: float | None = None
    sign: Sign | None = None
    ask: int | None = None
    bid: int | None = None
    quantity: int | None = None
    volume: int | None = None
    value: int | None = None
    open: int | None = None
    high: int | None = None
    low: int | None = None
    strength: float | None = None
    clock: str = ""
    date: str = ""
    source: Literal["trade", "quote"] = "trade"
    stale_since_ns: int | None = None

    @property
    def at(self) -> datetime:
        """When it was received here, Korean time."""
        return korean(self.at_ns)

    @property
    def time(self) -> datetime | None:
        """When the last trade was, to the second, Korean time; None if the broker gave no time."""
        found = exchange_time(self.clock, self.at_ns)
        if found is None or len(self.date) != 8 or not self.date.isdecimal():
            return found
        try:
            return found.replace(int(self.date[:4]), int(self.date[4:6]), int(self.date[6:]))
        except ValueError:
            return found

    @property
    def stale_since(self) -> datetime | None:
        """Since when trades could not be heard that would have replaced it; None while it is kept up."""
        return None if self.stale_since_ns is None else korean(self.stale_since_ns)

    def fields(self) -> dict[str, object]:
        """Return the fields of its JSON line."""
        told = ("price", "change", "rate", "ask", "bid", "quantity", "volume", "value", "open", "high", "low")
        return {
            "event": "quote",
            "code": self.code,
            "name": self.name,
            "time": None if self.time is None else self.time.isoformat(timespec="seconds"),
            "at": _micro(self.at_ns),
            **{name: getattr(self, name) for name in told},
            "strength": self.strength,
            "source": self.source,
            "stale_since": _micro(self.stale_since_ns),
        }


class Price(Struct, frozen=True, gc=False):
    """The price of a member (편입 종목) at its entry and now; won, percent, shares, None where nothing is known.

    `entry_price` is that of the moment `entry_at_ns`, from `entry_source`; all three are None if no price was to be had
    in time. `high` and `low` are those since then. `stale_since_ns`: since when trades could not be heard.
    """

    condition: Condition
    code: str
    name: str | None = None
    entry_price: int | None = None
    entry_at_ns: int | None = None
    entry_source: EntrySource | None = None
    price: int | None = None
    price_at_ns: int | None = None
    change: int | None = None
    rate: float | None = None
    volume: int | None = None
    high: int | None = None
    low: int | None = None
    stale_since_ns: int | None = None
    sign: Sign | None = None

    @property
    def entry_at(self) -> datetime | None:
        """The moment of the entry price, Korean time."""
        return None if self.entry_at_ns is None else korean(self.entry_at_ns)

    @property
    def price_at(self) -> datetime | None:
        """When the price was received, Korean time."""
        return None if self.price_at_ns is None else korean(self.price_at_ns)

    @property
    def stale_since(self) -> datetime | None:
        """Since when trades could not be heard that would have replaced it; None while it is kept up."""
        return None if self.stale_since_ns is None else korean(self.stale_since_ns)

    @property
    def return_(self) -> float | None:
        """The return since entry in percent (수익률), costs not counted; None unless both prices are known."""
        if not self.entry_price or self.price is None:
            return None
        return (self.price - self.entry_price) / self.entry_price * 100

    def fields(self) -> dict[str, object]:
        """Return the fields of its JSON line."""
        return {
            "event": "price",
            "condition": {"seq": self.condition.seq, "name": self.condition.name},
            "code": self.code,
            "name": self.name,
            "entry_price": self.entry_price,
            "entry_at": _micro(self.entry_at_ns),
            "entry_source": self.entry_source,
            "price": self.price,
            "price_at": _micro(self.price_at_ns),
            "change": self.change,
            "rate": self.rate,
            "volume": self.volume,
            "return": self.return_,
            "high": self.high,
            "low": self.low,
            "stale_since": _micro(self.stale_since_ns),
        }


def _micro(moment_ns: int | None) -> str | None:
    return None if moment_ns is None else korean(moment_ns).isoformat(timespec="microseconds")
