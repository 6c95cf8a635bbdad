"""What a recorded stretch says about conditions: how lively they are, how long stocks stay, how they overlap.

Only what was heard counts as heard: a stay is measured when its enter and its leave were live and no gap lies between.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import chain, combinations
from operator import itemgetter

from msgspec import Struct

from jogeon.events import Condition
from jogeon.rows import Row, codes_of

MINUTE_NS = 60_000_000_000
FLAP_NS = 3_000_000_000
"""A shorter stay is a flap: the stock only brushed the condition."""
BUSIEST = 3
"""How many of the busiest minutes are told."""

Span = tuple[int, int]
"""Start and end of a stretch of time, in nanoseconds since 1970."""


class ConditionStats(Struct, frozen=True):
    """The numbers of one condition; times in seconds, None where there is nothing to measure."""

    condition: Condition
    enters: int
    leaves: int
    recovered: int
    """How many of the enters and leaves were derived after a gap."""
    stocks: int
    """How many different stocks were in it."""
    stay_median: float | None
    stay_p90: float | None
    flaps: int
    busiest: tuple[tuple[int, int], ...]
    """The minutes with the most enters and leaves: (start in nanoseconds since 1970, how many)."""
    covered: float
    blind: float


class Overlap(Struct, frozen=True):
    """How many different stocks two conditions had in common, and in all."""

    first: Condition
    second: Condition
    common: int
    either: int


ROW = "at_ns, kind, condition, code, recovered, at_ns / 60000000000, text"
"""The columns of a row, after its id, that `Counts.add` takes; enters, leaves, snapshots and gaps in their order."""


class Counts:
    """What is counted while events go by, for all conditions by their numbers; ten million of them in seconds."""

    def __init__(self) -> None:
        self._changes: Counter[tuple[int, int, int | None]] = Counter()
        self._minutes: Counter[tuple[int, int]] = Counter()
        self._stocks: set[tuple[int, str]] = set()
        self._stays: defaultdict[int, list[int]] = defaultdict(list)
        self._inside: defaultdict[int, dict[str, int]] = defaultdict(dict)
        """Who entered live and is in, since when; without a gap since."""

    def add(self, rows: Sequence[Row]) -> None:
        """Count rows (id, ROW…)."""
        changes = [row for row in rows if row[2] < 2]
        self._changes.update(map(itemgetter(3, 2, 5), changes))
        self._minutes.update(map(itemgetter(3, 6), changes))
        self._stocks.update(map(itemgetter(3, 4), changes))
        inside, stays = self._inside, self._stays
        for _, at_ns, kind, number, code, recovered, _, text in rows:
            if kind == 0:
                if recovered is None:
                    inside[number][code] = at_ns
            elif kind == 1:
                since_ns = inside[number].pop(code, None)
                if since_ns is not None and recovered is None and since_ns <= at_ns:  # else the clock was set back
                    stays[number].append(at_ns - since_ns)
            elif kind == 2:
                self._stocks.update((number, each) for each in codes_of(text))
            else:
                inside[number].clear()  # who was in may have left and come back unseen

    def stocks(self, numbers: Container[int]) -> set[str]:
        """Return the different stocks that were in a condition; it has several numbers if its seq moved."""
        return {code for number, code in self._stocks if number in numbers}

    def result(
        self, condition: Condition, numbers: Container[int], recorded: Sequence[Span], blind: Sequence[Span]
    ) -> ConditionStats:
        """Return the numbers; `recorded` is from the first to the last that is known, `blind` the gaps in it."""
        changes = {key: count for key, count in self._changes.items() if key[0] in numbers}
        minutes = Counter({key[1]: count for key, count in self._minutes.items() if key[0] in numbers})
        stays = sorted(chain.from_iterable(each for number, each in self._stays.items() if number in numbers))
        blind_ns = length(blind)
        return ConditionStats(
            condition=condition,
            enters=sum(count for (_, kind, _), count in changes.items() if kind == 0),
            leaves=sum(count for (_, kind, _), count in changes.items() if kind == 1),
            recovered=sum(count for (_, _, recovered), count in changes.items() if recovered),
            stocks=len(self.stocks(numbers)),
            stay_median=_quantile(stays, 0.5),
            stay_p90=_quantile(stays, 0.9),
            flaps=bisect_left(stays, FLAP_NS),
            busiest=tuple((minute * MINUTE_NS, count) for minute, count in _top(minutes)),
            covered=(length([*recorded, *blind]) - blind_ns) / 1e9,
            blind=blind_ns / 1e9,
        )


def overlaps(stocks: Mapping[Condition, set[str]]) -> list[Overlap]:
    """Return each pair of conditions that had a stock in common, the closest first."""
    found = [
        Overlap(first, second, len(stocks[first] & stocks[second]), len(stocks[first] | stocks[second]))
        for first, second in combinations(stocks, 2)
    ]
    return sorted((pair for pair in found if pair.common), key=lambda pair: -pair.common / pair.either)


def length(spans: Iterable[Span]) -> int:
    """Return how long stretches are together; where they overlap they count once."""
    total = 0
    reached = -(2**63)
    for start, end in sorted(spans):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


def clip(span: Span, limits: Span) -> Span:
    """Return the part of a stretch that lies within limits; an empty one if none does."""
    start = max(span[0], limits[0])
    return start, max(start, min(span[1], limits[1]))


def _quantile(ordered: list[int], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] / 1e9 if ordered else None


def _top(minutes: Counter[int]) -> list[tuple[int, int]]:
    return sorted(minutes.items(), key=lambda each: (-each[1], each[0]))[:BUSIEST]
