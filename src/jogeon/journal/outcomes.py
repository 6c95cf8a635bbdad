"""What became of the stocks that entered: the return a while after, from the prices that were kept.

An entry counts when it was live; what was derived after a gap has no moment of its own. Its price is the one that was
kept as an entry's price, at most ENTRY_NS after it. The price after a while is the last one kept before that moment,
unless it is older than FRESH_NS; the close is the last one kept within CLOSE. Returns are percent; costs are not
counted.

The entries that have a price are no fair sample: prices are followed of a limited number of stocks, so in busy minutes
fewer of them have one, and of a stock that left its conditions no more prices are kept.
"""

import sqlite3
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct

from jogeon.events import Condition
from jogeon.journal.counting import Progress, stretches
from jogeon.journal.reading import read_chunks
from jogeon.journal.returns import AFTER, ENTERED, ENTRY, UNIT, After, Returned, Runs
from jogeon.journal.stats import Span, nth


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


def returned(
    db: sqlite3.Connection,
    ids: Span,
    span: Span | None,
    where: tuple[str, Sequence[object]],
    progress: Progress | None = None,
) -> Returned:
    """Return what the chosen entries returned.

    What is kept of whole roll-ups is taken within `span`; None if only some stocks are chosen, of which nothing is.
    """
    begun, end = ids
    found = Returned()
    cut = [(begun, end, None)] if span is None else stretches(db, ids, span)
    for after, last, rollup in cut:
        if rollup is not None and _add_kept(db, found, rollup):
            continue
        for rows in read_chunks(db, ENTRY, after, last, f"{ENTERED} AND {where[0]}", where[1]):
            found.add(db, rows)
            if progress is not None:
                progress(rows[-1][0] - begun, end - begun)
    return found


def _add_kept(db: sqlite3.Connection, found: Returned, rollup: int) -> bool:
    kept = db.execute("SELECT content FROM returns WHERE last = ?", (rollup,)).fetchone()
    return kept is not None and found.add_kept(kept[0])


def outcomes(conditions: Mapping[Condition, Collection[int]], found: Returned) -> Iterator[Outcome]:
    """Yield what each condition returned after each while; it has several numbers if its seq moved."""
    runs = {after: found.runs(after) for after in AFTER}
    for condition, numbers in conditions.items():
        entries = sum(found.entries[number] for number in numbers)
        for after in AFTER:
            yield _outcome(condition, after, entries, numbers, runs[after])


def _outcome(condition: Condition, after: After, entries: int, numbers: Collection[int], found: Runs) -> Outcome:
    runs = [run for number in numbers for run in found.get(number, ())]
    q1, median, q3 = quartiles(runs)
    positive = sum(len(run) - bisect_right(run, 0) for run in runs)
    return Outcome(condition, after, entries, sum(map(len, runs)), median, q1, q3, positive)


def quartiles(runs: Sequence[Sequence[int]]) -> Sequence[float | None]:
    """Return the first quartile, the median and the third one in percent, between two returns in proportion."""
    size = sum(map(len, runs))
    if not size:
        return None, None, None
    return [_between(runs, share * (size - 1), size) for share in (0.25, 0.5, 0.75)]


def _between(runs: Sequence[Sequence[int]], place: float, size: int) -> float:
    low = int(place)
    first, second = nth(runs, low), nth(runs, min(low + 1, size - 1))
    return (first + (second - first) * (place - low)) / UNIT
