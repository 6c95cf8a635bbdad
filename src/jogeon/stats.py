"""What a recorded stretch says about conditions: how lively they are, how long stocks stay, how they overlap.

Only what was heard counts as heard: a stay is measured when its enter and its leave were live and no gap lies between.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from jogeon.events import Condition

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


class Tally(Struct):
    """What is counted of one condition while its events go by."""

    changes: Counter[int] = field(default_factory=Counter)
    """Enters are counted under 0, leaves under 1, recovered ones under 2 as well."""
    minutes: Counter[int] = field(default_factory=Counter)
    stocks: set[str] = field(default_factory=set)
    inside: dict[str, int] = field(default_factory=dict)
    """Who is in and entered live, since when; without a gap since."""
    stays: list[int] = field(default_factory=list)

    def add(self, at_ns: int, kind: int, code: str, recovered: int | None) -> None:
        """Count an enter (0) or a leave (1)."""
        self.changes[kind] += 1
        self.minutes[at_ns // MINUTE_NS] += 1
        since_ns = self.inside.pop(code, None)
        if recovered:
            self.changes[2] += 1
        elif kind == 0:
            self.inside[code] = at_ns
        elif since_ns is not None:
            self.stays.append(at_ns - since_ns)
        if kind == 0:
            self.stocks.add(code)

    def show(self, codes: Iterable[str]) -> None:
        """Count the stocks of a snapshot; nobody knows since when they have been in."""
        self.stocks.update(codes)

    def gap(self) -> None:
        """Forget since when stocks have been in: they may have left and come back unseen."""
        self.inside.clear()

    def result(self, condition: Condition, recorded: Sequence[Span], blind: Sequence[Span]) -> ConditionStats:
        """Return the numbers; `recorded` is from the first to the last that is known, `blind` the gaps in it."""
        self.stays.sort()
        blind_ns = length(blind)
        return ConditionStats(
            condition=condition,
            enters=self.changes[0],
            leaves=self.changes[1],
            recovered=self.changes[2],
            stocks=len(self.stocks),
            stay_median=_quantile(self.stays, 0.5),
            stay_p90=_quantile(self.stays, 0.9),
            flaps=sum(1 for stay in self.stays if stay < FLAP_NS),
            busiest=tuple((minute * MINUTE_NS, count) for minute, count in _top(self.minutes)),
            covered=(length([*recorded, *blind]) - blind_ns) / 1e9,
            blind=blind_ns / 1e9,
        )


def overlaps(tallies: Mapping[Condition, Tally]) -> list[Overlap]:
    """Return each pair of conditions that had a stock in common, the closest first."""
    found = [
        Overlap(first, second, len(one.stocks & other.stocks), len(one.stocks | other.stocks))
        for place, (first, one) in enumerate(tallies.items())
        for second, other in list(tallies.items())[place + 1 :]
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
