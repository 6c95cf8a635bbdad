"""Events of a journal as lines of text, millions of them: no object per event.

Nearly all events are live changes as the broker usually sends them: SQLite itself makes their lines, thousands at a
time. A part of the journal that holds anything else is cut in halves, down to a few events that are made one by one.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from jogeon.events import Condition, Event
from jogeon.journal.following import read_stretches
from jogeon.journal.reading import read_conditions, read_last, read_names
from jogeon.journal.schema import COLUMNS, event_of

PART = 5_000
"""Events of a part."""
SMALL = 40
"""Events of a part that are made one by one if they must be."""
WORTH = 20_000
"""Events from which on the tables are worth their making."""
AHEAD = 3_600
"""Seconds for which the days are written out ahead."""
FAR = 200_000
"""Seconds between the first and the last event of a part from which on they are made one by one."""


class Form(Struct, frozen=True):
    """How lines look.

    `row(epoch, n, event)` makes any of them. `plain` is SQL that makes the line of a plain change, of `:epoch`,
    `:first`, the columns of `events`, `conditions.text`, `names.text`, `clocks.text` (HH:MM:SS), `seconds.text` (the
    day and the second) and `seconds.day`. `condition` and `name` make such texts; a name that is not known is NULL.
    """

    row: Callable[[int, int, Event], str]
    plain: str
    condition: Callable[[Condition], str]
    name: Callable[[str], str]
    between: str
    """What stands between a day and its time."""
    end: str


class _Part(Struct, frozen=True):
    """Events with ids in (after, last], all of one epoch whose first has the id `first`."""

    epoch: int
    first: int
    after: int
    last: int

    def cut(self, size: int) -> "Iterator[_Part]":
        """Yield it in parts of a size."""
        for after in range(self.after, self.last, size):
            yield replace(self, after=after, last=min(after + size, self.last))


class Lines:
    """Makes the lines of one form, of a journal as it is at one moment; `where` is SQL that chooses events."""

    def __init__(self, db: sqlite3.Connection, form: Form, where: str, values: Sequence[Any]) -> None:
        self._db, self._form = db, form
        self._where = f"id > :after AND id <= :last AND ({_named(where)})"
        self._values = {f"v{place}": value for place, value in enumerate(values)}
        self._conditions = read_conditions(db)
        self._names = read_names(db)
        self._seconds = range(0)
        self._quick = False

    def of(self, ids: tuple[int, int]) -> Iterator[tuple[int, str]]:
        """Yield (how many, their lines) of the events with ids in (after, last]."""
        after, last = ids[0], min(ids[1], read_last(self._db))
        self._quick = last - after >= WORTH
        if self._quick:
            self._make_tables()
        for epoch, end in read_stretches(self._db):
            part = _Part(epoch.number, epoch.first, max(after, epoch.first - 1), min(last, end))
            for each in part.cut(PART):
                yield from self._lines(each)

    def _lines(self, part: _Part) -> Iterator[tuple[int, str]]:
        bound = {**self._values, "after": part.after, "last": part.last}
        query = f"SELECT count(*), min(at_ns), max(at_ns) FROM events WHERE {self._where}"  # noqa: S608  # values are bound
        count, *moments = self._db.execute(query, bound).fetchone()
        if not count:
            return
        text = self._plain(part, count, *moments) if self._quick else None
        if text is None and self._quick and part.last - part.after > SMALL:
            for half in part.cut((part.last - part.after + 1) // 2):
                yield from self._lines(half)
        else:
            yield count, self._one_by_one(part, bound) if text is None else text

    def _plain(self, part: _Part, count: int, least: Any, most: Any) -> str | None:
        """Return the lines of a part, None if it holds anything but plain changes."""
        if not (type(least) is type(most) is int and least > 0 and most - least < FAR * 10**9):
            return None
        self._add_seconds(least // 10**9, most // 10**9)
        bound = {**self._values, "after": part.after, "last": part.last, "epoch": part.epoch, "first": part.first - 1}
        found, text = self._db.execute(
            f"SELECT count(*), group_concat({self._form.plain}, :end) {_PLAIN} AND {self._where}",  # as above
            bound | {"end": self._form.end},
        ).fetchone()
        return text + self._form.end if found == count else None

    def _one_by_one(self, part: _Part, bound: dict[str, Any]) -> str:
        form, made = self._form, []
        query = f"SELECT id, {COLUMNS} FROM events WHERE {self._where} ORDER BY id"  # noqa: S608  # as above
        for number, *row in self._db.execute(query, bound):
            event = event_of(tuple(row), self._conditions, self._names)
            made.append(form.row(part.epoch, number - part.first + 1, event) + form.end)
        return "".join(made)

    # ------------------------------------------------------------ the tables

    def _make_tables(self) -> None:
        db, form = self._db, self._form
        for table, columns in _TABLES.items():
            db.execute(f"DROP TABLE IF EXISTS temp.line_{table}")
            db.execute(f"CREATE TEMP TABLE line_{table} ({columns})")
        rows: dict[str, Iterator[Sequence[Any]]] = {
            "conditions": ((n, form.condition(each)) for n, each in self._conditions.items()),
            "names": ((*span, form.name(name)) for *span, name in self._names.spans()),
            "clocks": _clocks(),
        }
        for table, made in rows.items():
            places = ",".join("?" * (_TABLES[table].count(",") + 1))
            db.executemany(f"INSERT INTO line_{table} VALUES ({places})", made)  # noqa: S608  # our own names
        db.execute("CREATE INDEX temp.line_names_of ON line_names (of, from_ns)")

    def _add_seconds(self, first: int, last: int) -> None:
        if first in self._seconds and last in self._seconds:
            return
        self._seconds = range(first, last + AHEAD)
        self._db.execute("DELETE FROM line_seconds")
        made = ", ".join(
            f"strftime('{form}', ?1 + 32400, 'unixepoch')"
            for form in (f"%Y-%m-%d{self._form.between}%H:%M:%S", "%Y-%m-%d")
        )
        self._db.executemany(f"INSERT INTO line_seconds VALUES (?1, {made})", ((each,) for each in self._seconds))  # noqa: S608  # a constant


_TABLES = {
    "conditions": "number INTEGER PRIMARY KEY, text",
    "names": "of, from_ns, to_ns, text",
    "clocks": "clock INTEGER PRIMARY KEY, second, text",
    "seconds": "second INTEGER PRIMARY KEY, text, day",
}
_PLAIN = """FROM events
    CROSS JOIN line_seconds AS seconds ON seconds.second = events.at_ns / 1000000000
    CROSS JOIN line_clocks AS clocks ON clocks.clock = events.clock
        AND abs(clocks.second - (events.at_ns / 1000000000 + 32400) % 86400) < 43200
    CROSS JOIN line_conditions AS conditions ON conditions.number = events.condition
    LEFT JOIN line_names AS names ON names.of = events.code AND names.from_ns <= events.at_ns
        AND events.at_ns < names.to_ns
    WHERE kind < 2 AND coalesce(recovered, events.since_ns, events.until_ns) IS NULL
        AND typeof(events.code) = 'text' AND events.code NOT GLOB '*[^0-9A-Za-z]*' AND typeof(at_ns) = 'integer'"""
"""Plain changes: at a usual moment, of a usual code, with a clock that means the same day."""


def _clocks() -> Iterator[tuple[int, int, str]]:
    for second in range(86_400):
        hours, minutes, seconds = second // 3600, second // 60 % 60, second % 60
        yield hours * 10_000 + minutes * 100 + seconds, second, f"{hours:02d}:{minutes:02d}:{seconds:02d}"


def _named(where: str) -> str:
    """Return SQL with its places numbered, so that it can stand beside others."""
    first, *others = where.split("?")
    return first + "".join(f":v{place}{part}" for place, part in enumerate(others))
