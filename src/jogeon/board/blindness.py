"""The stretches of a day in which nobody listened, whatever number of conditions they concern. No I/O."""

from datetime import date

from jogeon.events import Gap, korean


class Blindness:
    """The gaps of one day in Korea; those that touch are one stretch, as one outage blinds many conditions."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._stretches: list[tuple[int, int]] = []

    def add(self, gap: Gap) -> None:
        """Take a gap; the first one of another day begins anew."""
        day = korean(gap.until_ns).date()
        if day != self._day:
            self._day, self._stretches = day, []
        since_ns, until_ns = gap.since_ns, gap.until_ns
        apart = []
        for stretch in self._stretches:
            if stretch[0] <= until_ns and since_ns <= stretch[1]:
                since_ns, until_ns = min(since_ns, stretch[0]), max(until_ns, stretch[1])
            else:
                apart.append(stretch)
        self._stretches = [*apart, (since_ns, until_ns)]

    def of(self, day: date) -> tuple[int, float]:
        """Return how many stretches of a day there are, and their seconds."""
        if day != self._day:
            return 0, 0.0
        return len(self._stretches), sum(until - since for since, until in self._stretches) / 1e9
