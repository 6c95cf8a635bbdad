"""What a recorded stretch says about conditions: how lively they are, how long stocks stay, how they overlap.

Only what was heard counts as heard: a stay is measured when its enter and its leave were live and no gap lies between.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import nsmallest
from itertools import chain, combinations
from operator import itemgetter, neg

from msgspec import Struct, field

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
"""The columns of a row, after its id, that `Tally.add` takes; enters, leaves and gaps in their order.

The second is all that is counted, in one number: the minute, the number of the condition, and what happened.
"""
ENTERED, ENTERED_RECOVERED, LEFT, LEFT_RECOVERED, GAP = 0, 1, 2, 3, 6


class TallyPart(Struct):
    """What is counted of one condition in a stretch that was read alone, before what was in it at its start is known.

    `changes` are how many, by what happened (ENTERED to LEFT_RECOVERED). `stays` are those that began and ended in it,
    sorted. `firsts` are stocks whose first live change is a leave, with its moment: a stay ends there if one was
    running. `kept` were only derived as entered. `ends` is who was in at its end, as in Tally. `gap`: one lies in it,
    so nothing from before goes on. `stocks` are all other stocks that were seen.
    """

    changes: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    minutes: Counter[int] = field(default_factory=Counter)
    stays: "array[int]" = field(default_factory=lambda: array("q"))
    firsts: dict[str, int] = field(default_factory=dict)
    kept: dict[str, None] = field(default_factory=dict)
    ends: dict[str, int | None] = field(default_factory=dict)
    gap: bool = False
    stocks: set[str] = field(default_factory=set)

    def add(self, what: int, code: str, at_ns: int) -> None:
        """Count what happened next."""
        ends = self.ends
        if what == ENTERED:
            ends[code] = at_ns
        elif what == LEFT:
            since_ns = ends.get(code)
            if since_ns is not None and since_ns <= at_ns:
                self.stays.append(at_ns - since_ns)
            elif code not in ends and not self.gap:
                self.firsts[code] = at_ns
            ends[code] = None
        elif what == ENTERED_RECOVERED and (code in ends or not self.gap):
            if code not in ends:
                self.kept[code] = None
        elif what == GAP:
            self.stocks.update(ends, self.kept)
            ends.clear()
            self.kept.clear()
            self.gap = True
        else:
            ends[code] = None

    def finish(self) -> None:
        """Bring it into the form that is read: what is known at the end is not kept as unknown, stays are sorted."""
        self.kept = {code: None for code in self.kept if code not in self.ends}
        self.stays = array("q", sorted(self.stays))
        self.stocks -= self.ends.keys() | self.kept.keys()


class Tally:
    """What is counted while events go by, for all conditions by their numbers; ten million of them in seconds."""

    def __init__(self) -> None:
        self._changes: Counter[tuple[int, int]] = Counter()
        self._minutes: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self._stocks: defaultdict[int, set[str]] = defaultdict(set)
        self._stays: defaultdict[int, list[int]] = defaultdict(list)
        self._runs: defaultdict[int, list[array[int]]] = defaultdict(list)
        """Stays of parts, each sorted."""
        self._inside: defaultdict[int, dict[str, int | None]] = defaultdict(dict)
        """Who was in since the last gap; and since when, who entered live and is in."""

    def add(self, rows: Sequence[Row]) -> None:
        """Count rows (id, ROW…)."""
        counts = Counter(map(itemgetter(2), rows))
        ways: dict[int, tuple[int, dict[str, int | None], list[int]]] = {}
        for packed, count in counts.items():
            minute, number, what = unpacked(packed)
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
                self._stocks[unpacked(packed)[1]].update(inside)
                inside.clear()

    def add_part(self, number: int, part: TallyPart) -> None:
        """Count a stretch that was counted alone, with what goes on into it."""
        for what, count in enumerate(part.changes):
            self._changes[number, what] += count
        minutes = self._minutes[number]
        shared = {minute: minutes[minute] + count for minute, count in part.minutes.items() if minute in minutes}
        dict.update(minutes, part.minutes)  # hardly any minute is in two parts: that need not be asked of each again
        dict.update(minutes, shared)
        inside, stays = self._inside[number], self._stays[number]
        for code, at_ns in part.firsts.items():
            since_ns = inside.get(code)
            if since_ns is not None and since_ns <= at_ns:
                stays.append(at_ns - since_ns)
        if part.gap:
            self._stocks[number].update(inside)
            inside.clear()
        self._stocks[number] |= part.stocks
        for code in part.kept:
            inside.setdefault(code)
        inside.update(part.ends)
        if part.stays:
            self._runs[number].append(part.stays)

    def add_shown(self, number: int, codes: Iterable[str]) -> None:
        """Count the stocks of a snapshot."""
        self._stocks[number].update(codes)

    def stocks(self, numbers: Iterable[int]) -> set[str]:
        """Return the different stocks that were in a condition; it has several numbers if its seq moved."""
        return set(chain.from_iterable((*self._stocks[number], *self._inside[number]) for number in numbers))

    def _in_minutes(self, numbers: Collection[int]) -> Mapping[int, int]:
        found = [self._minutes[number] for number in numbers]
        return found[0] if len(found) == 1 else sum(found, Counter[int]())

    def result(
        self, condition: Condition, numbers: Collection[int], recorded: Sequence[Span], blind: Sequence[Span]
    ) -> ConditionStats:
        """Return the numbers; `recorded` is from the first to the last that is known, `blind` the gaps in it."""
        entered, entered_recovered, left, left_recovered = (
            sum(self._changes[number, what] for number in numbers) for what in range(4)
        )
        stays = [run for number in numbers for run in (sorted(self._stays[number]), *self._runs[number])]
        blind_ns = length(blind)
        return ConditionStats(
            condition=condition,
            enters=entered + entered_recovered,
            leaves=left + left_recovered,
            recovered=entered_recovered + left_recovered,
            stocks=len(self.stocks(numbers)),
            stay_median=_quantile(stays, 0.5),
            stay_p90=_quantile(stays, 0.9),
            flaps=sum(bisect_left(run, FLAP_NS) for run in stays),
            busiest=tuple((minute * MINUTE_NS, count) for minute, count in _top(self._in_minutes(numbers))),
            covered=(length([*recorded, *blind]) - blind_ns) / 1e9,
            blind=blind_ns / 1e9,
        )


def unpacked(packed: int) -> tuple[int, int, int]:
    """Return the minute, the number of the condition, and what happened, of the second column of ROW."""
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


def _quantile(runs: Sequence[Sequence[int]], share: float) -> float | None:
    """Return a quantile of what several sorted runs hold together, in seconds."""
    size = sum(map(len, runs))
    return nth(runs, min(size - 1, int(share * size))) / 1e9 if size else None


def nth(runs: Sequence[Sequence[int]], wanted: int) -> int:
    """Return what stands at a place of all that sorted runs hold, found by halving.

    It lies between the least and the most of what stands at the same share of each run.
    """
    size = sum(map(len, runs))
    near = [run[wanted * len(run) // size] for run in runs if run]
    low, high = min(near), max(near)
    while low < high:
        middle = (low + high) // 2
        if sum(bisect_right(run, middle) for run in runs) > wanted:
            high = middle
        else:
            low = middle + 1
    return low


def _top(minutes: Mapping[int, int]) -> list[tuple[int, int]]:
    return [
        (minute, -count) for count, minute in nsmallest(BUSIEST, zip(map(neg, minutes.values()), minutes, strict=True))
    ]
