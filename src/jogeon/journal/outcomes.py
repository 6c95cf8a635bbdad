"""What became of the stocks that entered: the return a while after, from the prices that were kept.

An entry counts when it was live; what was derived after a gap has no moment of its own. Its price is the one that was
kept as an entry's price, at most ENTRY_NS after it. The price after a while is the last one kept before that moment,
unless it is older than FRESH_NS; the close is the last one kept within CLOSE. Returns are percent; costs are not
counted.

The entries that have a price are no fair sample: prices are followed of a limited number of stocks, so in busy minutes
fewer of them have one, and of a stock that left its conditions no more prices are kept.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from jogeon.events import Condition
from jogeon.journal.counting import Progress
from jogeon.journal.reading import read_chunks
from jogeon.journal.stats import MINUTE_NS, Span

After = Literal["1m", "5m", "10m", "30m", "60m", "close"]
MINUTES: dict[After, int] = {"1m": 1, "5m": 5, "10m": 10, "30m": 30, "60m": 60}
AFTER: tuple[After, ...] = (*MINUTES, "close")
ENTRY_NS = 10_000_000_000
FRESH_NS = 60_000_000_000
CLOSE = (15 * 60 + 30, 15 * 60 + 40)
"""The minutes of the day in Korea between which the price is that of KRX's closing auction."""
_DAY_NS = 1_440 * MINUTE_NS
_KOREA_NS = 540 * MINUTE_NS

_ENTRY = f"""condition, code, at_ns, (
    SELECT price FROM quotes WHERE quotes.code = events.code AND quotes.at_ns BETWEEN events.at_ns
        AND events.at_ns + {ENTRY_NS} AND source IN ('quote', 'trade') AND price > 0 ORDER BY quotes.at_ns LIMIT 1)"""  # noqa: S608  # a number of our own
_LATER = (
    "SELECT price FROM quotes WHERE code = ? AND at_ns > ? AND at_ns <= ? AND price > 0 ORDER BY at_ns DESC LIMIT 1"
)


class Outcome(Struct, frozen=True):
    """What a condition's entries returned after a while; percent, costs not counted, None where there is no price.

    Of `entries` only those that are `priced` have a price at both moments; of these `positive` gained.
    """

    condition: Condition
    after: After
    entries: int
    priced: int
    median: float | None
    q1: float | None
    q3: float | None
    positive: int


Returns = dict[int, dict[After, list[float]]]
"""Of each condition, by its number, what its entries returned after each while."""


def returns(
    db: sqlite3.Connection, ids: Span, where: tuple[str, Sequence[object]], progress: Progress | None = None
) -> tuple[Mapping[int, int], Returns]:
    """Return the number of entries, and the returns after each while, by the conditions' numbers."""
    after, last = ids
    entries: defaultdict[int, int] = defaultdict(int)
    found: Returns = defaultdict(lambda: {each: [] for each in AFTER})
    chosen = f"kind = 0 AND recovered IS NULL AND {where[0]}"
    for rows in read_chunks(db, _ENTRY, after, last, chosen, where[1]):
        for _, number, code, at_ns, price in rows:
            entries[number] += 1
            if price is not None:
                for while_, later in _later(db, code, at_ns):
                    found[number][while_].append((later - price) * 100 / price)
        if progress is not None:
            progress(rows[-1][0] - after, last - after)
    return entries, found


def _later(db: sqlite3.Connection, code: str, at_ns: int) -> Iterator[tuple[After, int]]:
    """Yield the prices of a stock after each while, where there is one."""
    for after, start_ns, end_ns in moments(at_ns):
        price = db.execute(_LATER, (code, start_ns, end_ns)).fetchone()
        if price is not None:
            yield after, price[0]


def moments(at_ns: int) -> Iterator[tuple[After, int, int]]:
    """Yield from when (not included) until when a price counts as that after each while."""
    for after, minutes in MINUTES.items():
        moment_ns = at_ns + minutes * MINUTE_NS
        yield after, moment_ns - min(FRESH_NS, minutes * MINUTE_NS // 2), moment_ns
    day_ns = (at_ns + _KOREA_NS) // _DAY_NS * _DAY_NS - _KOREA_NS
    start_ns, end_ns = (day_ns + minute * MINUTE_NS - 1 for minute in CLOSE)
    if at_ns <= start_ns:
        yield "close", start_ns, end_ns


def outcomes(
    condition: Condition,
    numbers: Collection[int],
    entries: Mapping[int, int],
    found: Mapping[int, Mapping[After, list[float]]],
) -> Iterator[Outcome]:
    """Yield what a condition returned after each while; it has several numbers if its seq moved."""
    count = sum(entries.get(number, 0) for number in numbers)
    for after in AFTER:
        ordered = sorted(each for number in numbers if number in found for each in found[number][after])
        q1, median, q3 = quartiles(ordered)
        positive = sum(each > 0 for each in ordered)
        yield Outcome(condition, after, count, len(ordered), median, q1, q3, positive)


def quartiles(ordered: Sequence[float]) -> Iterable[float | None]:
    """Return the first quartile, the median and the third one, between two values in proportion."""
    if not ordered:
        return None, None, None
    return tuple(_between(ordered, share * (len(ordered) - 1)) for share in (0.25, 0.5, 0.75))


def _between(ordered: Sequence[float], place: float) -> float:
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
