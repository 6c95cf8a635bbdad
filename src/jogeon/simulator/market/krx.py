"""Price rules of the Korea Exchange: tick size (호가가격단위), daily limits (상한가, 하한가) and rate (등락율)."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

LIMIT_PERCENT: Final = 30
TICK_SIZES: Final[Sequence[tuple[int, int]]] = (
    (2_000, 1),
    (5_000, 5),
    (20_000, 10),
    (50_000, 50),
    (200_000, 100),
    (500_000, 500),
)  # (prices below this, in steps of this), in won, as since January 2023
LARGEST_TICK: Final = 1_000


class DailyLimits(Struct, frozen=True):
    """The lowest and the highest price of a day, in won."""

    lower: int
    upper: int


def tick_size(price: int) -> int:
    """Return the step between prices at this price, in won."""
    for bound, tick in TICK_SIZES:
        if price < bound:
            return tick
    return LARGEST_TICK


def snapped(price: float) -> int:
    """Return the highest price on the tick grid that is not above `price`."""
    whole = int(price)
    return whole - whole % tick_size(whole)


def price_above(price: int) -> int:
    """Return the next price on the grid."""
    return price + tick_size(price)


def price_below(price: int) -> int:
    """Return the price before this one on the grid."""
    return price - tick_size(price - 1)


def daily_limits(previous_close: int) -> DailyLimits:
    """Return a day's price limits (가격제한폭).

    30 % of yesterday's close, cut to the tick of that close, is added and taken away; what then lies between two
    ticks is moved towards the close, so neither limit is ever further off than 30 %.
    """
    width = previous_close * LIMIT_PERCENT // 100
    width -= width % tick_size(previous_close)
    lower = previous_close - width
    return DailyLimits(lower=lower + -lower % tick_size(lower), upper=snapped(previous_close + width))


def rate(previous_close: int, price: int) -> int:
    """Return the rate (등락율) in thousandths of a percent (1.5 % is 1500), rounded to two decimals."""
    return ((price - previous_close) * 20_000 + previous_close) // (2 * previous_close) * 10


def first_price_at(previous_close: int, thousandths: int) -> int:
    """Return the lowest price on the grid whose rate is at least `thousandths` of a percent."""
    price = snapped(previous_close * (1 + thousandths / 100_000))
    while rate(previous_close, price) >= thousandths:
        price = price_below(price)
    while rate(previous_close, price) < thousandths:
        price = price_above(price)
    return price
