"""The stream as whoever decides on it sees it: each event in its place, with what stands between the events.

What a rule decides depends on events, on quotes and on how time passed; a journal holds all three in their order.
"""

import heapq
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from jogeon.events import Condition, Event
from jogeon.journal.beside import RowState, Tick
from jogeon.journal.following import position_of, read_numbered
from jogeon.journal.position import Position
from jogeon.journal.reading import (
    MAX_ID,
    one_moment,
    open_reader,
    read_conditions,
    read_end,
    read_fold,
    read_oldest,
    told,
)


class Numbered(Struct, frozen=True):
    """An event with its id and its position."""

    id: int
    position: Position
    event: Event


class PastQuote(Struct, frozen=True):
    """A quote that was committed between two events: won, and percent of the day."""

    code: str
    price: int | None
    rate: float | None
    at_ns: int


Step = Numbered | PastQuote | Tick


class Posted(Struct, frozen=True):
    """An alert for one target as the journal holds it."""

    alert: str
    target: str
    due_ns: int
    content: str
    state: RowState
    tries: int
    done_ns: int | None
    reason: str
    digest: str | None


def read_steps(db: sqlite3.Connection, after: int, last: int, *, priced: bool) -> Iterator[Step]:
    """Yield what stands behind the event with an id, up to that with another; quotes only if they are `priced`."""
    sources = [_events(db, after, last), _ticks(db, after, last)]
    if priced:
        sources.append(_quotes(db, after, last))
    for _, _, step in heapq.merge(*sources, key=lambda each: each[:2]):
        yield step


def read_present(db: sqlite3.Connection) -> list[Tick]:
    """Return up to when the picture of each condition is right at the end, as ticks."""
    final = read_end(db, read_conditions(db))
    return [Tick(condition, known.right_ns) for condition, known in final.known.items()]


def read_place_before(db: sqlite3.Connection, number: int, horizon_ns: int) -> int:
    """Return an id from which on all is told of the `horizon_ns` that somebody saw before the event with a number.

    What is up to it can be folded: it is a checkpoint, or where the file begins.
    """
    end_ns, blind = read_end_ns(db, number), 0
    while True:
        place = _checkpoint_before(db, number, end_ns - horizon_ns - blind)
        found = _blind_between(db, place, number)
        if found <= blind or place <= read_oldest(db):
            return place
        blind = found


def read_end_ns(db: sqlite3.Connection, number: int = MAX_ID) -> int:
    """Return when the last event, or the last up to that with an id, was received; 0 if there is none."""
    found = db.execute("SELECT at_ns FROM events WHERE id <= ? ORDER BY id DESC LIMIT 1", (number,)).fetchone()
    return 0 if found is None else int(found[0])


def _checkpoint_before(db: sqlite3.Connection, number: int, moment_ns: int) -> int:
    query = "SELECT max(id) FROM marks WHERE id <= ? AND max_ns < ?"
    found = db.execute(query, (number, moment_ns)).fetchone()[0]
    return max(found or 0, read_oldest(db))


def _blind_between(db: sqlite3.Connection, place: int, number: int) -> int:
    """Return the longest time for which one condition was not seen, in gaps behind an event up to another."""
    query = (
        "SELECT sum(at_ns - since_ns) FROM events WHERE kind > 1 AND kind = 3 AND id > ? AND id <= ? AND open IS NULL"
        " GROUP BY condition"
    )
    return max((int(row[0]) for row in db.execute(query, (place, number))), default=0)


def read_members(db: sqlite3.Connection, place: int) -> Mapping[Condition, tuple[list[str], int]]:
    """Return the codes of each condition at an event, and up to when that is right."""
    fold = read_fold(db, read_conditions(db), place)
    return {condition: (list(known.codes), known.right_ns) for condition, known in fold.known.items()}


def read_cursor(db: sqlite3.Connection, name: str) -> int | None:
    """Return the id of the event behind which a durable cursor stands, None if there is no such cursor."""
    found = db.execute("SELECT id FROM cursors WHERE name = ?", (name,)).fetchone()
    return None if found is None else int(found[0])


def kept_position(path: Path, name: str) -> Position | None:
    """Return the position behind which a durable cursor of a file stands, None if there is none. JournalError."""
    db = open_reader(path)
    try:
        with told(path), one_moment(db):
            place = read_cursor(db, name)
            return None if place is None else position_of(db, place)
    finally:
        db.close()


def read_posts(db: sqlite3.Connection, since_ns: int | None = None) -> Iterator[Posted]:
    """Yield the alerts for targets in the order in which they came: those that wait, and those due from a moment on."""
    query = (
        "SELECT alert, target, due_ns, content, state, tries, done_ns, coalesce(reason, ''), digest FROM outbox"
        " WHERE state = 'waiting' OR due_ns >= ? ORDER BY number"
    )
    for row in db.execute(query, (-(2**63) if since_ns is None else since_ns,)):
        yield Posted(*row)


# ------------------------------------------------------------ the sources, each with its place


_Placed = Iterator[tuple[int, int, Step]]
"""(id of an event, 0 the event itself · 1 a quote · 2 a tick behind it, step)"""


def _events(db: sqlite3.Connection, after: int, last: int) -> _Placed:
    for number, (epoch, n, event) in read_numbered(db, read_conditions(db), after, last):
        yield number, 0, Numbered(number, Position(epoch, n), event)


def _ticks(db: sqlite3.Connection, after: int, last: int) -> _Placed:
    conditions = read_conditions(db)
    query = "SELECT after, condition, right_ns FROM ticks WHERE after >= ? AND after <= ? ORDER BY number"
    for place, number, right_ns in db.execute(query, (after, last)).fetchall():
        yield place, 2, Tick(conditions[number], right_ns)


def _quotes(db: sqlite3.Connection, after: int, last: int) -> _Placed:
    query = "SELECT after, code, price, rate, at_ns FROM quotes WHERE after >= ? AND after <= ? ORDER BY after, at_ns"
    for place, code, price, rate, at_ns in db.execute(query, (after, last)):
        yield place, 1, PastQuote(code, price, rate, at_ns)
