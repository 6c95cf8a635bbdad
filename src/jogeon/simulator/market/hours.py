"""When an exchange trades, and how busy each moment of its day is. The hours in between are left out."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

HOUR, MINUTE = 3600, 60


class TradingHours(Struct, frozen=True):
    """A day of trading. Moments are seconds since midnight, Korean time.

    `stretches` are traded through, from (included) until (excluded). `paces` are moments and how many times as busy as
    an average one each is, on straight lines from one to the next. From `closing` on, orders only wait (동시호가) for
    the last second of the day, in which all trade once; None for an exchange that just ends.
    """

    stretches: tuple[tuple[int, int], ...]
    paces: tuple[tuple[int, float], ...]
    closing: int | None = None

    @property
    def seconds(self) -> int:
        """How long a day is."""
        return sum(end - begin for begin, end in self.stretches)

    def moment(self, second: int) -> int:
        """Return the moment of a second of the day, counted from its opening."""
        for begin, end in self.stretches:
            if second < end - begin:
                return begin + second
            second -= end - begin
        raise ValueError("after the end of the day")

    def pace(self, moment: int) -> float:
        """Return how many times as busy as an average moment one is."""
        before, level = self.paces[0]
        for at, pace in self.paces:
            if moment < at:
                return level + (pace - level) * (moment - before) / (at - before)
            before, level = at, pace
        return level


def _at(hour: int, minute: int = 0, second: int = 0) -> int:
    return hour * HOUR + minute * MINUTE + second


KRX: Final = TradingHours(
    stretches=((_at(9), _at(15, 30)),),
    paces=(
        (_at(9), 12.0), (_at(9, 2), 6.0), (_at(9, 10), 2.2), (_at(9, 30), 1.5), (_at(10, 30), 1.0), (_at(12), 0.5),
        (_at(13), 0.5), (_at(14, 30), 0.9), (_at(15), 1.3), (_at(15, 20), 2.0),
    ),
    closing=_at(15, 20),
)  # fmt: skip
"""A burst at the opening, a quiet noon, a closing auction. The mean pace is 1."""

NXT: Final = TradingHours(
    stretches=((_at(8), _at(8, 50)), (_at(9, 0, 30), _at(15, 20)), (_at(15, 40), _at(20))),
    paces=(
        (_at(8), 2.5), (_at(8, 10), 0.8), (_at(8, 50), 1.2), (_at(9, 0, 30), 9.0), (_at(9, 10), 3.0), (_at(9, 30), 1.6),
        (_at(10, 30), 1.0), (_at(12), 0.5), (_at(13), 0.5), (_at(15), 1.3), (_at(15, 20), 1.6), (_at(15, 40), 1.2),
        (_at(16), 0.6), (_at(18), 0.4), (_at(20), 0.6),
    ),
)  # fmt: skip
"""Pre-market, main market, after-market."""
