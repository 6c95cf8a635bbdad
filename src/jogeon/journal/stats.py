"""What a recorded stretch says about conditions: how lively they are, how long stocks stay, how they overlap.

Only what was heard counts as heard: a stay is measured when its enter and its leave were live and no gap lies between.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain, combinations
from operator import itemgetter

from msgspec import Struct

from jogeon.events import Condition
from jogeon.journal.schema import Row

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


_NUMBER_BITS = 17
"""Of a condition's number."""
_PACKED = f"(at_ns / {MINUTE_NS} << {_NUMBER_BITS + 3}) | (condition << 3) | (kind << 1) | (recovered IS NOT NULL)"
ROW = f"at_ns, {_PACKED}, code"
"""The columns of a row, after its id, that `Counts.add` takes; enters, leaves and gaps in their order.

The second is all that is counted, in one number: the minute, the number of the condition, and what happened.
"""
ENTERED, ENTERED_RECOVERED, LEFT, LEFT_RECOVERED, GAP = 0, 1, 2, 3, 6


class Counts:
    """What is counted while events go by, for all conditions by their numbers; ten million of them in seconds."""

    def __init__(self) -> None:
        self._changes: Counter[tuple[int, int]] = Counter()
        self._minutes: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self._stocks: defaultdict[int, set[str]] = defaultdict(set)
        self._stays: defaultdict[int, list[int]] = defaultdict(list)
        self._inside: defaultdict[int, dict[str, int | None]] = defaultdict(dict)
        """Who was in since the last gap; and since when, who entered live and is in."""

    def add(self, rows: Sequence[Row]) -> None:
        """Count rows (id, ROW…)."""
        counts = Counter(map(itemgetter(2), rows))
        ways: dict[int, tuple[int, dict[str, int | None], list[int]]] = {}
        for packed, count in counts.items():
            minute, number, what = _unpacked(packed)
            ways[packed] = (what, self._inside[number], self._stays[number])
            if what != GAP:
                self._changes[number, what] += count
                self._minutes[number][minute] += count
        for _, at_ns, packed, code in rows:
            what, inside, stays = ways[packed]
            if what == ENTERED:
                inside[code] = at_ns
            elif what == LEFT:
                since_ns = inside.get(code)
                if since_ns is not None and since_ns <= at_ns:  # else the clock was set back
                    stays.append(at_ns - since_ns)
                inside[code] = None
            elif what == ENTERED_RECOVERED:
                inside.setdefault(code)
            elif what == LEFT_RECOVERED:
                inside[code] = None
            else:  # who was in may have left and come back unseen
                self._stocks[_unpacked(packed)[1]].update(inside)
                inside.clear()

    def add_shown(self, number: int, codes: Iterable[str]) -> None:
        """Count the stocks of a snapshot."""
        self._stocks[number].update(codes)

    def stocks(self, numbers: Iterable[int]) -> set[str]:
        """Return the different stocks that were in a condition; it has several numbers if its seq moved."""
        return set(chain.from_iterable((*self._stocks[number], *self._inside[number]) for number in numbers))

    def result(
        self, condition: Condition, numbers: Collection[int], recorded: Sequence[Span], blind: Sequence[Span]
    ) -> ConditionStats:
        """Return the numbers; `recorded` is from the first to the last that is known, `blind` the gaps in it."""
        entered, entered_recovered, left, left_recovered = (
            sum(self._changes[number, what] for number in numbers) for what in range(4)
        )
        minutes = sum((self._minutes[number] for number in numbers), Counter[int]())
        stays = sorted(chain.from_iterable(self._stays[number] for number in numbers))
        stays = stays[bisect_left(stays, 0) :]  # less is none: the clock was set back meanwhile
        blind_ns = length(blind)
        return ConditionStats(
            condition=condition,
            enters=entered + entered_recovered,
            leaves=left + left_recovered,
            recovered=entered_recovered + left_recovered,
            stocks=len(self.stocks(numbers)),
            stay_median=_quantile(stays, 0.5),
            stay_p90=_quantile(stays, 0.9),
            flaps=bisect_left(stays, FLAP_NS),
            busiest=tuple((minute * MINUTE_NS, count) for minute, count in _top(minutes)),
            covered=(length([*recorded, *blind]) - blind_ns) / 1e9,
            blind=blind_ns / 1e9,
        )


def _unpacked(packed: int) -> tuple[int, int, int]:
    return packed >> _NUMBER_BITS + 3, packed >> 3 & (1 << _NUMBER_BITS) - 1, packed & 7


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
