"""Whose prices are asked for next (ka10095), so many stocks a request and one request a second. No I/O, no clock.

First the stocks that entered, in order of entry; then those that have no price yet; then, in turn, those whose trades
are not pushed, the oldest price first. A refusal makes it slower for a while, and the prices that much older. A
stock for which all are refused, because the broker does not know it, is found by halves and then asked for alone.
"""

import heapq
import math
from collections.abc import Mapping

PACE = 1.0
"""Seconds between two requests; the broker takes about one a second of a kind."""
SLOWEST = 30.0
OLD = 5.0
"""Seconds from which on a price is worth asking for again."""


class Turns:
    """Which stocks to ask for next, at most `most` at a time; `now` is monotonic seconds."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._now_most = most
        """Fewer than `most` while one stock may be the reason why all are refused."""
        self._entered: dict[str, None] = {}
        self._unpriced: dict[str, None] = {}
        self._asked: dict[str, float] = {}
        """When each of the stocks that take turns was asked for last, or was pushed last before it took turns."""
        self._refused: set[str] = set()
        """Stocks that were refused alone: they are asked for alone, when nobody else waits."""
        self._in_flight: tuple[list[str], list[str]] = ([], [])
        """Of the stocks that were asked for last, those that had entered and those without a price."""
        self._before: dict[str, float] = {}
        """Of those that take turns, when each was asked for before that: in halves they come in the same order."""
        self.not_before = -math.inf
        """When the next request may be sent."""
        self.pace = PACE
        """Seconds between two requests as the broker takes them at present."""

    # ------------------------------------------------------------ who waits

    def entered(self, code: str) -> None:
        """Ask for a stock before all others but those that entered before it."""
        self._entered.setdefault(code)

    def unpriced(self, code: str) -> None:
        """Ask for a stock before those that have a price."""
        self._unpriced.setdefault(code)

    def priced(self, code: str) -> None:
        """Note that a stock need not be asked for at once."""
        self._entered.pop(code, None)
        self._unpriced.pop(code, None)
        self._refused.discard(code)

    def take_turns(self, since: Mapping[str, float]) -> None:
        """Ask in turn for these stocks and no others; of a new one the moment of its price decides."""
        self._asked = {code: self._asked.get(code, moment) for code, moment in since.items()}
        self._refused.intersection_update(since)

    # ------------------------------------------------------------ when, and whom

    @property
    def hurried(self) -> bool:
        """Whether a stock that has just entered, or was named, waits for its price."""
        return bool(self._entered)

    def due(self, now: float) -> bool:
        """Tell whether it is time to ask for somebody."""
        waits = self._entered or self._unpriced or any(now - asked >= OLD for asked in self._asked.values())
        return now >= self.not_before and bool(waits)

    def next_codes(self, now: float) -> tuple[str, ...]:
        """Return the stocks to ask for now, none if it is not time; `answered` or `failed` tells what came of it."""
        if now < self.not_before:
            return ()
        first = list(self._entered)[: self._now_most]
        then = [code for code in self._unpriced if code not in self._entered][: self._now_most - len(first)]
        taken = {*first, *then}
        old = [code for code, asked in self._asked.items() if now - asked >= OLD and code not in taken]
        known = [code for code in old if code not in self._refused]
        last = heapq.nsmallest(self._now_most - len(taken), known, key=self._asked.__getitem__)
        if not taken and not last:
            last = old[:1]
        codes = (*first, *then, *last)
        self._in_flight = (first, then)
        for code in codes:
            self.priced(code)
        if codes:
            self.not_before = now + self.pace
            self._before = {code: self._asked[code] for code in codes if code in self._asked}
            self._asked |= dict.fromkeys(self._before, now)
        return codes

    def answered(self, now: float) -> None:
        """Note an answer; what it does not have is unknown to the broker, and waits no more.

        The next request may queue at once, to be first in line: the queue of all requests keeps the pace. While
        failures have slowed it down, it waits here as well.
        """
        self._now_most = min(self._most, self._now_most * 2)
        self.pace = max(PACE, self.pace / 2)
        self.not_before = now if self.pace == PACE else now + self.pace
        self._in_flight = ([], [])

    def failed(self, now: float) -> None:
        """Note that a request brought nothing: those that waited still do, and the next request comes later."""
        self.pace = min(SLOWEST, self.pace * 2)
        self._wait_again(now)

    def refused_together(self, count: int, now: float) -> None:
        """Note that so many were refused for what one of them may be: they are asked for in halves next."""
        self._now_most = count // 2
        self._asked |= {code: moment for code, moment in self._before.items() if code in self._asked}
        self._wait_again(now)

    def refused_alone(self, code: str) -> None:
        """Note that the broker does not know a stock, and refuses all that are asked for with it."""
        self._refused.add(code)

    def _wait_again(self, now: float) -> None:
        self.not_before = now + self.pace
        first, then = self._in_flight
        self._entered = dict.fromkeys([*first, *self._entered])
        self._unpriced = dict.fromkeys([*then, *self._unpriced])
        self._in_flight = ([], [])
