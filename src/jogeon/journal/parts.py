"""The events of a journal in parts, for whoever writes millions of them: no object per event.

Nearly all events are live changes as the broker usually sends them. Of those SQLite itself makes what is written,
thousands at a time, out of small tables with what many of them share: texts of conditions, stocks and times. A part
that holds anything else is cut in halves, down to a few events that are made one by one.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from jogeon.events import Condition
from jogeon.journal.entries import JOIN, Entries
from jogeon.journal.following import read_stretches
from jogeon.journal.reading import read_conditions, read_last, read_names

PART = 5_000
"""Events of a part."""
SMALL = 40
"""Events of a part that are made one by one if they must be."""
WORTH = 20_000
"""Events from which on the tables are worth their making."""
DAY = 86_400
HALF_DAY = DAY // 2
KOREA = 32_400
"""Seconds by which Korean time is ahead."""

T = TypeVar("T")
Values = dict[str, Any]
"""What is bound to the places of the SQL of a part: `:after`, `:last`, `:epoch`, `:first`, and more if it is plain."""

_PLAIN = """FROM events
    {tables} CROSS JOIN part_stocks AS stocks ON stocks.coded = events.code
    {entries} WHERE coalesce(recovered, events.since_ns, events.until_ns) IS NULL AND {where}"""
_LOOKED_UP = """CROSS JOIN part_changes AS changes
        ON changes.numbered = events.condition AND changes.kinded = events.kind
    CROSS JOIN part_clocks AS clocks ON clocks.clocked = events.clock
    CROSS JOIN part_seconds AS seconds ON seconds.second = events.at_ns / 1000000000 - :midnight"""
_IN_TABLES = """events.kind BETWEEN 0 AND 1 AND events.condition BETWEEN 1 AND :known
    AND events.clock BETWEEN 0 AND 235959 AND events.clock / 100 % 100 < 60 AND events.clock % 100 < 60"""
"""What the tables that `raw` goes without would let through."""
_TABLES = {
    "changes": "numbered INTEGER, kinded INTEGER, event, seq, called, text, PRIMARY KEY (numbered, kinded))"
    " WITHOUT ROWID",
    "stocks": "coded TEXT PRIMARY KEY, called, text) WITHOUT ROWID",
    "clocks": "clocked INTEGER PRIMARY KEY, text, six)",
    "seconds": "second INTEGER PRIMARY KEY, text)",
}

_CLOCKS = """INSERT INTO part_clocks
    WITH RECURSIVE each(second) AS (SELECT 0 UNION ALL SELECT second + 1 FROM each WHERE second < 86399)
    SELECT second / 3600 * 10000 + second / 60 % 60 * 100 + second % 60,
        printf('%02d:%02d:%02d', second / 3600, second / 60 % 60, second % 60),
        printf('%02d%02d%02d', second / 3600, second / 60 % 60, second % 60) FROM each"""
_SECONDS = """INSERT INTO part_seconds
    SELECT clocked / 10000 * 3600 + clocked / 100 % 100 * 60 + clocked % 100, text FROM part_clocks ORDER BY clocked"""


class Texts(Struct, frozen=True):
    """What is written of a change of a condition (`enter` or `leave`), and of a stock with its name, if it has one."""

    change: Callable[[str, Condition], str]
    stock: Callable[[str, str | None], str]


class Part(Struct, frozen=True):
    """Events with ids in (after, last], all of one epoch whose first has the id `first`."""

    epoch: int
    first: int
    after: int
    last: int

    def cut(self, size: int) -> "Iterator[Part]":
        """Yield it in parts of a size."""
        for after in range(self.after, self.last, size):
            yield replace(self, after=after, last=min(after + size, self.last))


class Parts:
    """Cuts what of a journal is chosen by SQL, `where`, as it is at one moment.

    `plain` is SQL from FROM on: the plain changes of a part of one Korean day, with a clock that means the same day.
    What it offers beside `events`: `changes.event` (enter or leave), `.seq`, `.called` and `.text`; `stocks.called`,
    NULL for one without a name, and `.text`; `clocks.text` (HH:MM:SS) and `.six` (HHMMSS); `seconds.text` (HH:MM:SS);
    `:day`; and where prices were kept (`entries.any`) what `entries.JOIN` joins. `raw` is the same of `events` and
    `stocks` alone, for who makes times and looks up conditions elsewhere: by their numbers, which are their places,
    from 1 on, in the order in which `texts` is asked of them.
    """

    def __init__(self, db: sqlite3.Connection, texts: Texts, where: str, values: Sequence[Any]) -> None:
        self.where = f"id > :after AND id <= :last AND ({_named(where)})"
        self.entries = Entries(db)
        join = JOIN.format(live="events.kind = 0", code="stocks.coded", at_ns="events.at_ns")
        entries = join if self.entries.any else ""
        self.plain = _PLAIN.format(tables=_LOOKED_UP, entries=entries, where=self.where)
        self.raw = _PLAIN.format(tables="", entries=entries, where=f"{_IN_TABLES} AND {self.where}")
        self.conditions = read_conditions(db)
        self.names = read_names(db)
        self._db, self._texts = db, texts
        known = len(list(takewhile(lambda placed: placed[0] == placed[1], enumerate(self.conditions, 1))))
        self._values = {f"v{place}": value for place, value in enumerate(values)} | {"known": known}
        self._steady = range(0)
        self._quick = False

    def of(
        self,
        ids: tuple[int, int],
        plain: Callable[[Values, int], T | None],
        other: Callable[[Part, Values], T],
    ) -> Iterator[tuple[int, T]]:
        """Yield (how many, what was made of them) of the events with ids in (after, last], part by part.

        `plain(values, count)` makes it of the plain changes of a part, and returns None if those are not `count`: then
        there is more in it. `other(part, values)` makes it of any part.
        """
        self.prepare(ids)
        for part in self.cut(ids):
            yield from self.made(part, plain, other)

    def prepare(self, ids: tuple[int, int]) -> None:
        """Make the tables, if there are enough events with ids in (after, last] to be worth it."""
        self._quick = min(ids[1], read_last(self._db)) - ids[0] >= WORTH
        if self._quick:
            self._make_tables()

    def cut(self, ids: tuple[int, int]) -> Iterator[Part]:
        """Yield the parts that hold the events with ids in (after, last], each of one epoch."""
        after, last = ids[0], min(ids[1], read_last(self._db))
        for epoch, end in read_stretches(self._db):
            part = Part(epoch.number, epoch.first, max(after, epoch.first - 1), min(last, end))
            yield from part.cut(PART)

    def made(
        self, part: Part, plain: Callable[[Values, int], T | None], other: Callable[[Part, Values], T]
    ) -> Iterator[tuple[int, T]]:
        """Yield what `of` does of one part."""
        return self._made(part, plain if self._quick else None, other)

    def _made(
        self, part: Part, plain: Callable[[Values, int], T | None] | None, other: Callable[[Part, Values], T]
    ) -> Iterator[tuple[int, T]]:
        bound = {**self._values, "after": part.after, "last": part.last, "epoch": part.epoch, "first": part.first - 1}
        query = f"SELECT count(*), min(at_ns), max(at_ns), min(clock), max(clock) FROM events WHERE {self.where}"  # noqa: S608  # values are bound
        count, *bounds = self._db.execute(query, bound).fetchone()
        if not count:
            return
        made = None if plain is None else self._plainly(plain, bound, count, bounds)
        if made is not None:
            yield count, made
        elif plain is not None and part.last - part.after > SMALL:
            for half in part.cut((part.last - part.after + 1) // 2):
                yield from self._made(half, plain, other)
        else:
            yield count, other(part, bound)

    def _plainly(
        self, plain: Callable[[Values, int], T | None], bound: Values, count: int, bounds: Sequence[Any]
    ) -> T | None:
        """Return what is made of a part, None if it holds anything but plain changes."""
        midnight = _midnight(*bounds)
        if midnight is None or not self._has_steady_names(bounds[0], bounds[1]):
            return None
        day = self._db.execute("SELECT date(?, 'unixepoch')", (midnight + KOREA,)).fetchone()[0]
        bound |= {"midnight": midnight, "day": day}
        made = plain(bound, count)
        return plain(bound, count) if made is None and self._learn_stocks(bound) else made

    # ------------------------------------------------------------ the tables

    def _make_tables(self) -> None:
        for table, columns in _TABLES.items():
            self._db.execute(f"DROP TABLE IF EXISTS temp.part_{table}")
            self._db.execute(f"CREATE TEMP TABLE part_{table} ({columns}")
        rows = [
            (number, kind, event, each.seq, each.name, self._texts.change(event, each))
            for number, each in self.conditions.items()
            for kind, event in enumerate(("enter", "leave"))
        ]
        self._db.executemany("INSERT INTO part_changes VALUES (?,?,?,?,?,?)", _clean(rows))
        self._db.execute(_CLOCKS)
        self._db.execute(_SECONDS)

    def _has_steady_names(self, least: int, most: int) -> bool:
        """Tell whether no stock is called anew between two moments, and have no name in the table of another time."""
        if least not in self._steady:
            self._steady = self.names.steady(least)
            self._db.execute("DELETE FROM part_stocks")
        return most in self._steady

    def _learn_stocks(self, bound: Values) -> bool:
        """Add the stocks of a part to their table; tell whether there were any to add."""
        query = f"""SELECT DISTINCT code FROM events WHERE {self.where} AND kind < 2 AND typeof(code) = 'text'
            AND code NOT IN (SELECT coded FROM part_stocks)"""  # noqa: S608  # values are bound
        named = [(code, self.names.at(code, self._steady.start)) for (code,) in self._db.execute(query, bound)]
        rows = _clean([(code, name, self._texts.stock(code, name)) for code, name in named])
        self._db.executemany("INSERT INTO part_stocks VALUES (?,?,?)", rows)
        return bool(rows)


def _midnight(least: Any, most: Any, first: Any, last: Any) -> int | None:
    """Return the beginning of the Korean day of a part with such moments and clocks, in seconds since 1970.

    None for a clock that does not surely mean the same day, or anything that is not a number.
    """
    if not all(type(each) is int for each in (least, most, first, last)) or least <= 0:
        return None
    seconds: list[int] = [moment // 10**9 + KOREA for moment in (least, most)]
    midnight = seconds[0] // DAY * DAY
    early, late = (clock // 10_000 * 3600 + clock // 100 % 100 * 60 + clock % 100 for clock in (first, last))
    if late - (seconds[0] - midnight) >= HALF_DAY or seconds[1] - midnight - early >= HALF_DAY:
        return None
    return midnight - KOREA


def _clean(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the rows without the character at which SQLite's own functions take a text for ended."""
    return [row for row in rows if not any(isinstance(each, str) and "\0" in each for each in row)]


def _named(where: str) -> str:
    """Return SQL with its places numbered, so that it can stand beside others."""
    first, *others = where.split("?")
    return first + "".join(f":v{place}{part}" for place, part in enumerate(others))
