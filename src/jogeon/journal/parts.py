"""The events of a journal in parts, for whoever writes millions of them: no object per event.

Nearly all events are live changes as the broker usually sends them. Of those SQLite itself makes what is written,
thousands at a time, out of small tables with what many of them share: texts of conditions, stocks and times. A part
that holds anything else is cut where that lies, or in halves, down to a few events that are made one by one.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
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
"""From how many events on it pays to make the tables."""
DAY = 86_400
HALF_DAY = DAY // 2
KOREA = 32_400
"""Seconds by which Korean time is ahead."""
BEFORE, AFTER = 3_600, 10_800
"""Seconds before and after the first event of a part in which the others may have been received."""

T = TypeVar("T")
Plain = Callable[["Values", Callable[[int], bool]], tuple[int, T] | None]
"""Makes something of the plain changes of a part; returns how many those are, and it, unless they are not all."""
Values = dict[str, Any]
"""What is bound to the places of the SQL of a part: `:after`, `:last`, `:epoch`, `:first`, and more if it is plain."""

_PLAIN = """FROM events
    {tables} CROSS JOIN part_stocks AS stocks ON stocks.coded = events.code
    {entries} WHERE coalesce(recovered, events.since_ns, events.until_ns) IS NULL
    AND events.at_ns BETWEEN :low AND :high AND events.clock BETWEEN :early AND :late AND {where}"""
_ODD = "kind > 1 OR coalesce(recovered, since_ns, until_ns) IS NOT NULL"
"""Which events are certainly no plain changes."""
_LOOKED_UP = """CROSS JOIN part_changes AS changes
        ON changes.numbered = events.condition AND changes.kinded = events.kind
    CROSS JOIN part_clocks AS clocks ON clocks.clocked = events.clock
    CROSS JOIN part_seconds AS seconds ON seconds.second = events.at_ns / 1000000000 - :midnight"""
_IN_TABLES = """events.kind BETWEEN 0 AND 1 AND events.condition BETWEEN 1 AND :known
    AND events.clock / 100 % 100 < 60 AND events.clock % 100 < 60"""
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


class LineTexts(Struct, frozen=True):
    """The text written for a change (`enter` or `leave`) of a condition, and for a stock with its name or None."""

    change: Callable[[str, Condition], str]
    stock: Callable[[str, str | None], str]


class Part(Struct, frozen=True):
    """Events with ids in (after, last], all of one epoch whose first has the id `first`."""

    epoch: int
    first: int
    after: int
    last: int

    def cut(self, size: int) -> "Iterator[Part]":
        """Yield it as parts of at most `size` events."""
        for after in range(self.after, self.last, size):
            yield replace(self, after=after, last=min(after + size, self.last))


class Parts:
    """Cuts what of a journal is chosen by SQL, `where`, as it is at one moment.

    `plain` is SQL from FROM on: the plain changes of a part that were received within hours of its first event, on the
    same Korean day, with a clock that means that day.
    What it offers beside `events`: `changes.event` (enter or leave), `.seq`, `.called` and `.text`; `stocks.called`,
    NULL for one without a name, and `.text`; `clocks.text` (HH:MM:SS) and `.six` (HHMMSS); `seconds.text` (HH:MM:SS);
    `:day`; and where prices were kept (`entries.any`) what `entries.JOIN` joins. `raw` is the same of `events` and
    `stocks` alone, for who makes times and looks up conditions elsewhere: by their numbers, which are their places,
    from 1 on, in the order in which `texts` is asked of them.
    """

    def __init__(self, db: sqlite3.Connection, texts: LineTexts, where: str, values: Sequence[Any]) -> None:
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

    def of(
        self,
        ids: tuple[int, int],
        plain: Plain[T],
        other: Callable[[Part, Values], T],
    ) -> Iterator[tuple[int, T]]:
        """Yield (how many, what was made of them) of the events with ids in (after, last], part by part.

        `plain(values, complete)` makes it of the plain changes of a part, and returns None unless `complete` says of
        their number that there is nothing else in it. `other(part, values)` makes it of any part.
        """
        after, last = ids[0], min(ids[1], read_last(self._db))
        quickly = plain if last - after >= WORTH else None
        if quickly is not None:
            self._make_tables()
        for epoch, end in read_stretches(self._db):
            part = Part(epoch.number, epoch.first, max(after, epoch.first - 1), min(last, end))
            for each in part.cut(PART):
                yield from self._made(each, quickly, other)

    def _made(self, part: Part, plain: Plain[T] | None, other: Callable[[Part, Values], T]) -> Iterator[tuple[int, T]]:
        bound = {**self._values, "after": part.after, "last": part.last, "epoch": part.epoch, "first": part.first - 1}
        made = None if plain is None else self._plainly(plain, bound)
        if made is not None and made[0]:
            yield made
        elif made is None and plain is not None and part.last - part.after > SMALL:
            for piece, is_odd in self._pieces(part, bound):
                yield from self._made(piece, None if is_odd else plain, other)
        elif made is None and (count := self._count(bound)):
            yield count, other(part, bound)

    def _plainly(self, plain: Plain[T], bound: Values) -> tuple[int, T] | None:
        """Return what is made of a part, None if it holds anything but plain changes."""
        window = self._window(bound)
        if window is None:
            return None
        size = bound["last"] - bound["after"]
        values = bound | window

        def complete(found: int) -> bool:
            return found == size or found == self._count(bound)

        made = plain(values, complete)
        return plain(values, complete) if made is None and self._learn_stocks(bound) else made

    def _count(self, bound: Values) -> int:
        count: int = self._db.execute(f"SELECT count(*) FROM events WHERE {self.where}", bound).fetchone()[0]  # noqa: S608  # values are bound
        return count

    def _window(self, bound: Values) -> Values | None:
        """Return the bounds that the plain changes of a part keep to, and its day; None if that cannot be told."""
        query = "SELECT at_ns FROM events WHERE id > :after AND id <= :last ORDER BY id LIMIT 1"
        found = self._db.execute(query, bound).fetchone()
        if found is None or type(found[0]) is not int or found[0] <= 0:
            return None
        names = self._steady_names(found[0])
        second = found[0] // 10**9 + KOREA
        midnight, of_day = second // DAY * DAY, second % DAY
        low, high = max(0, of_day - BEFORE), min(DAY - 1, of_day + AFTER)
        day = self._db.execute("SELECT date(?, 'unixepoch')", (midnight,)).fetchone()[0]
        begun_ns = (midnight - KOREA) * 10**9
        return {
            "midnight": midnight - KOREA,
            "day": day,
            "low": max(begun_ns + low * 10**9, names.start),
            "high": min(begun_ns + (high + 1) * 10**9, names.stop) - 1,
            "early": _clock(max(0, high - HALF_DAY + 1)),
            "late": _clock(min(DAY, low + HALF_DAY) - 1),
        }

    def _pieces(self, part: Part, bound: Values) -> Iterator[tuple[Part, bool]]:
        """Yield a part in pieces, with whether there is anything in them that is no plain change; else its halves."""
        query = f"SELECT id FROM events WHERE {self.where} AND ({_ODD}) ORDER BY id"  # noqa: S608  # values are bound
        runs = _runs([number for (number,) in self._db.execute(query, bound)])
        if not runs:
            yield from ((half, False) for half in part.cut((part.last - part.after + 1) // 2))
            return
        after = part.after
        for first, last in [*runs, (part.last + 1, part.last)]:
            if first - 1 > after:
                yield replace(part, after=after, last=first - 1), False
            if first <= last:
                yield replace(part, after=first - 1, last=last), True
            after = last

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

    def _steady_names(self, at_ns: int) -> range:
        """Return the span around a moment in which no stock changes its name; the table holds no other names."""
        if at_ns not in self._steady:
            self._steady = self.names.steady(at_ns)
            self._db.execute("DELETE FROM part_stocks")
        return self._steady

    def _learn_stocks(self, bound: Values) -> bool:
        """Add the stocks of a part to their table; tell whether there were any to add."""
        query = f"""SELECT DISTINCT code FROM events WHERE {self.where} AND kind < 2 AND typeof(code) = 'text'
            AND code NOT IN (SELECT coded FROM part_stocks)"""  # noqa: S608  # values are bound
        named = [(code, self.names.at(code, self._steady.start)) for (code,) in self._db.execute(query, bound)]
        rows = _clean([(code, name, self._texts.stock(code, name)) for code, name in named])
        self._db.executemany("INSERT INTO part_stocks VALUES (?,?,?)", rows)
        return bool(rows)


def _clock(second: int) -> int:
    """Return a second of the day as HHMMSS."""
    return second // 3600 * 10_000 + second // 60 % 60 * 100 + second % 60


def _runs(ids: Iterable[int]) -> list[tuple[int, int]]:
    """Return where ids lie close together, as the first and the last of each run."""
    runs: list[tuple[int, int]] = []
    for number in ids:
        if runs and number - runs[-1][1] <= SMALL:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    return runs


def _clean(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the rows without the character at which SQLite's own functions take a text for ended."""
    return [row for row in rows if not any(isinstance(each, str) and "\0" in each for each in row)]


def _named(where: str) -> str:
    """Return SQL with its places numbered, so that it can stand beside others."""
    first, *others = where.split("?")
    return first + "".join(f":v{place}{part}" for place, part in enumerate(others))
