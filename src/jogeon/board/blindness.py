"""The stretches in which nobody listened, whatever number of conditions they concern. No I/O."""

from collections.abc import Sequence
from datetime import date

from jogeon.events import Gap, korean

Stretch = tuple[int, int]
"""From when until when, in nanoseconds since 1970."""


class Blindness:
    """The gaps of one day in Korea; those that touch are one stretch, as one outage blinds many conditions."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._stretches: list[Stretch] = []

    def add(self, gap: Gap) -> None:
        """Take a gap; the first one of another day begins anew."""
        day = korean(gap.until_ns).date()
        if day != self._day:
            self._day, self._stretches = day, []
        self._stretches = joined(self._stretches, (gap.since_ns, gap.until_ns))

    def of(self, day: date) -> tuple[int, float]:
        """Return how many stretches of a day there are, and their seconds."""
        if day != self._day:
            return 0, 0.0
        return len(self._stretches), sum(until - since for since, until in self._stretches) / 1e9


def joined(stretches: Sequence[Stretch], other: Stretch) -> list[Stretch]:
    """Return stretches and another one behind them; those that it touches become one with it."""
    since_ns, until_ns = other
    apart = []
    for stretch in stretches:
        if stretch[0] <= until_ns and since_ns <= stretch[1]:
            since_ns, until_ns = min(since_ns, stretch[0]), max(until_ns, stretch[1])
        else:
            apart.append(stretch)
    return [*apart, (since_ns, until_ns)]
