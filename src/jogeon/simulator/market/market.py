"""What a market is: the conditions, who is in them, what is known of a stock, and what changes."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final, Literal, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.events import Condition
    from jogeon.wire.stocks import ListedStock


class Change(Struct, frozen=True):
    """A stock entered (I, 편입) or left (D, 이탈) a condition at a market time, HHMMSS."""

    seq: str
    name: str
    code: str
    kind: Literal["I", "D"]
    time: str


class Prices(Struct, frozen=True):
    """A stock now: won, shares, rate in thousandths of a percent; sign 1 상한, 2 상승, 3 보합, 4 하한, 5 하락.

    `base` is yesterday's close, `value` the day's turnover in won; `ask` and `bid` are 0 where nobody sells or buys.
    `quantity` is the last trade's, negative for a sale, and `clock` its time, HHMMSS. `strength` (체결강도) is what
    buyers made of the volume against what sellers did, in percent; None where no seller did.
    """

    code: str
    name: str
    price: int
    sign: int
    change: int
    rate: int
    volume: int
    open: int
    high: int
    low: int
    base: int
    value: int
    ask: int
    bid: int
    quantity: int
    strength: float | None
    clock: str


TRADE: Final = 3
"""Numbers of a trade."""


class Traded(Struct):
    """Trades in order. `rows` has TRADE numbers for each: which of the market's `codes`, price, quantity.

    A negative quantity is a sale. `clocks` are times, HHMMSS, by the number of the first trade that each is of.
    """

    rows: list[int]
    clocks: dict[int, str]


class PartlyKnown(Struct, frozen=True):
    """A stock of which a recording keeps something, at the least its code; what is not known is "" or None.

    Won, percent and shares, as they were at `at_ns`, in nanoseconds since 1970.
    """

    code: str
    name: str = ""
    price: int | None = None
    change: int | None = None
    rate: float | None = None
    volume: int | None = None
    at_ns: int = 0


def moves(seqs: Sequence[str], seed: int) -> dict[str, str]:
    """Return a renumbering: each seq gets another one's place, in one ring; a single one keeps its own."""
    order = list(seqs)
    Random(seed).shuffle(order)  # noqa: S311 - a market to play with, not a secret
    return dict(zip(order, order[1:] + order[:1], strict=True))


class Market(Protocol):
    """What a broker answers from: a synthetic market or a recorded one."""

    @property
    def codes(self) -> Sequence[str]:
        """What is traded, as far as trades are known."""

    @property
    def conditions(self) -> Sequence[Condition]:
        """The saved conditions under the seqs they have now."""

    def members(self, seq: str) -> list[str]:
        """Codes that are in a condition, in order of entry. KeyError for an unknown seq."""

    def prices(self, code: str) -> Prices | PartlyKnown:
        """Return what is known of a stock now."""

    def follow(self, code: str, *, on: bool) -> None:
        """Take note whether somebody wants to hear of each trade of a stock."""

    def listed(self, market: str) -> Sequence[ListedStock]:
        """Return the stocks of a market, by the broker's code of it (`wire.stocks.MARKETS`), as far as known."""

    def renumber(self, seed: int) -> dict[str, str]:
        """Give every condition another one's seq; return the seqs now by those before."""
