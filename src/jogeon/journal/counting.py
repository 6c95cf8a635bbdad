"""The counts of a span of a journal: whole roll-ups where there are any, the rest event by event."""

import sqlite3
from collections.abc import Callable, Collection, Iterator

from jogeon.events import Condition
from jogeon.journal.commits import fold_of
from jogeon.journal.fold import Known
from jogeon.journal.reading import read_chunks, read_conditions, read_rows
from jogeon.journal.rollups import add_rollup
from jogeon.journal.schema import codes_of
from jogeon.journal.stats import ROW, Span, Tally, clip

Progress = Callable[[int, int], object]
"""Is told how many events were counted, of how many."""


def count(db: sqlite3.Connection, ids: Span, span: Span, progress: Progress | None = None) -> Tally:
    """Count the events of a span that have `ids` (the first of the two not included)."""
    counts = Tally()
    begun, end = ids
    for after, last, rollup in stretches(db, ids, span):
        if rollup is None or not _add(db, counts, rollup):
            _scan(db, counts, (after, last), span, lambda place: progress and progress(place - begun, end - begun))
    return counts


def stretches(db: sqlite3.Connection, ids: Span, span: Span) -> Iterator[tuple[int, int, int | None]]:
    """Yield (after, last, the roll-up that stands for all of it or None) of what is to be counted, in order."""
    place, end = ids
    query = "SELECT first, last, min_ns, max_ns FROM rollups WHERE last > ? AND first <= ? ORDER BY first"
    for first, last, min_ns, max_ns in db.execute(query, ids).fetchall():
        yield place, first - 1, None
        if max_ns >= span[0] and min_ns < span[1]:
            whole = span[0] <= min_ns and max_ns < span[1]
            yield max(place, first - 1), min(last, end), last if whole else None
        place = last
    yield place, end, None


def _add(db: sqlite3.Connection, counts: Tally, last: int) -> bool:
    return add_rollup(counts, db.execute("SELECT counts FROM rollups WHERE last = ?", (last,)).fetchone()[0])


def _scan(db: sqlite3.Connection, counts: Tally, ids: Span, span: Span, progress: Callable[[int], object]) -> None:
    """Count the events of a span one by one."""
    shown = "kind > 1 AND kind = 2 AND at_ns >= ? AND at_ns < ?"
    for _, number, text in read_rows(db, "condition, text", *ids, shown, span):
        counts.add_shown(number, codes_of(text))
    where = "kind IN (0, 1, 3) AND at_ns >= ? AND at_ns < ?"
    for rows in read_chunks(db, ROW, *ids, where, span):
        counts.add(rows)
        progress(rows[-1][0])


def covered(
    db: sqlite3.Connection, condition: Condition, numbers: Collection[int], known: Known | None, span: Span
) -> tuple[list[Span], list[Span]]:
    """Return from when until when a condition was recorded, and the gaps in that, within a span."""
    places = ",".join("?" * len(numbers))
    query = f"FROM events WHERE kind > 1 AND kind = ? AND condition IN ({places})"
    first = db.execute(f"SELECT min(at_ns) {query}", (2, *numbers)).fetchone()[0]
    gaps = db.execute(f"SELECT since_ns, at_ns {query}", (3, *numbers)).fetchall()
    begun = None if known is None else _begun(db, condition)
    first = first if begun is None else begun if first is None else min(first, begun)
    recorded = [] if first is None or known is None else [(first, max(first, known.right_ns))]
    return [clip(each, span) for each in recorded], [clip(each, span) for each in gaps]


def _begun(db: sqlite3.Connection, condition: Condition) -> int | None:
    """Return since when a condition is in the file that was in it before: what is older was deleted."""
    oldest = db.execute("SELECT id, max_ns, fold FROM marks ORDER BY id LIMIT 1").fetchone()
    first = db.execute("SELECT min(id) FROM events").fetchone()[0]
    if oldest is None or (first is not None and first <= oldest[0]):
        return None
    fold = fold_of(oldest[2], read_conditions(db))
    return int(oldest[1]) if fold.find(condition) is not None else None
