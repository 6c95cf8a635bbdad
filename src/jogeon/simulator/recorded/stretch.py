"""A stretch of a journal, read as what a broker had, and what changed, in order."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from jogeon.errors import JogeonError, JournalError
from jogeon.events import KST, Condition, Enter, Event, Gap, Leave, Snapshot, korean
from jogeon.journal.fold import namesake
from jogeon.journal.reading import one_moment, open_reader, read_conditions, read_fold, read_names, read_rows, told
from jogeon.journal.schema import COLUMNS, event_of
from jogeon.journal.stays import LAST
from jogeon.reports import Report
from jogeon.simulator.market.market import PartlyKnown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOGETHER_NS: Final = 10_000_000_000
"""Conditions that came back within this time after one outage come back together; a later one has its own."""
AHEAD_NS: Final = 1_000_000_000
"""Nanoseconds after a moment in which the price of an entry at that moment may have been answered."""


class NoSuchStretch(JogeonError):
    """A journal has nothing in the stretch that was asked for, or does not say in which day; `days` are those it has.

    `reason` is "nothing" or "several days".
    """

    def __init__(self, reason: str, days: tuple[date, ...]) -> None:
        super().__init__(f"{reason}: the journal holds {', '.join(map(str, days))}")
        self.reason = reason
        self.days = days


class Stretch(Struct, frozen=True):
    """Which part of a journal: a day and times of it, Korean time; None is all there is."""

    day: date | None = None
    start: time | None = None
    end: time | None = None


class RecordedSnapshot(Struct, frozen=True):
    """A recorded snapshot; `since_ns` if it ended a gap. `number` is its place in the journal."""

    number: int
    at_ns: int
    condition: Condition
    codes: tuple[str, ...]
    since_ns: int | None


Step = Enter | Leave | RecordedSnapshot
_CHANGES = (Enter, Leave)


class RecordedStretch:
    """A stretch of a journal, as a replay needs it; closed by `close`.

    JournalError if there is no journal, or nothing in it. NoSuchStretch if it has nothing in that stretch.
    `opening` are the conditions and their members at its start, `start` and `end` its first and last moment.
    """

    def __init__(self, path: Path, stretch: Stretch | None = None) -> None:
        self._path = path
        self._db = open_reader(path)
        with contextlib.ExitStack() as undo:
            undo.callback(self._db.close)
            with told(path), one_moment(self._db):
                self._conditions = read_conditions(self._db)
                if not self._conditions:
                    raise JournalError(path, "empty", Report("nothing recorded"))
                self._names = read_names(self._db)
                self._bounds = self._kept()
                self._first, self._last = self._found(Stretch() if stretch is None else stretch)
                self.opening = self._open()
                self._start_ns, end_ns = (self._moment(number) for number in (self._first, self._last))
                self.start, self.end = korean(self._start_ns), korean(end_ns)
            undo.pop_all()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # ------------------------------------------------------------ which part

    def _kept(self) -> tuple[int, int]:
        """Return the first and the last event there are: what was old may have been deleted."""
        first, last = self._db.execute("SELECT min(id), max(id) FROM events").fetchone()
        if first is None:
            raise JournalError(self._path, "empty", Report("nothing left"))
        return first, last

    def _found(self, stretch: Stretch) -> tuple[int, int]:
        """Return the first and the last event of a stretch."""
        if stretch == Stretch():
            return self._bounds
        days = self._days()
        if stretch.day is None and len(days) > 1:
            raise NoSuchStretch("several days", days)
        day = days[0] if stretch.day is None else stretch.day
        since_ns = _nanoseconds(datetime.combine(day, stretch.start or time.min, KST))
        until_ns = _nanoseconds(
            datetime.combine(day, stretch.end, KST)
            if stretch.end is not None
            else datetime.combine(day, time.min, KST) + timedelta(days=1)
        )
        first = self._first_at(since_ns, 1)
        beyond = None if first is None else self._first_at(until_ns, first)
        if first is None or first == beyond:
            raise NoSuchStretch("nothing", days)
        return first, self._bounds[1] if beyond is None else beyond - 1

    def _first_at(self, moment_ns: int, after: int) -> int | None:
        query = "SELECT id FROM events WHERE id >= ? AND at_ns >= ? ORDER BY id LIMIT 1"
        found = self._db.execute(query, (after, moment_ns)).fetchone()
        return None if found is None else int(found[0])

    def _days(self) -> tuple[date, ...]:
        """Return the days of the journal, in Korean time."""
        shift, day = 32_400 * 10**9, 86_400 * 10**9
        query = f"SELECT DISTINCT (at_ns + {shift}) / {day} AS day FROM events ORDER BY day"  # noqa: S608  # numbers
        return tuple(date(1970, 1, 1) + timedelta(days=number) for (number,) in self._db.execute(query))

    def _moment(self, number: int) -> int:
        return int(self._db.execute("SELECT at_ns FROM events WHERE id = ?", (number,)).fetchone()[0])

    # ------------------------------------------------------------ what was so

    def _open(self) -> dict[Condition, tuple[str, ...]]:
        """Return the members at the start: those of that moment, or the first that were seen of a condition."""
        fold = read_fold(self._db, self._conditions, self._first - 1)
        opening = {condition: tuple(known.codes) for condition, known in fold.known.items()}
        for condition, is_gap in self._arrivals():
            if condition not in opening and not (is_gap and namesake(condition, opening)):
                opening[condition] = self._first_codes(condition)
        return opening

    def _arrivals(self) -> list[tuple[Condition, bool]]:
        """Return the conditions in the order in which they came, and whether each came with a gap."""
        query = (
            "SELECT condition, min(id), kind = 3 FROM events WHERE kind IN (2, 3) AND id BETWEEN ? AND ? "
            "GROUP BY condition ORDER BY 2"
        )
        rows = self._db.execute(query, (self._first, self._last)).fetchall()
        return [(self._conditions[number], bool(is_gap)) for number, _, is_gap in rows]

    def _first_codes(self, condition: Condition) -> tuple[str, ...]:
        shown = (step for step in self._steps("kind = 2") if isinstance(step, RecordedSnapshot))
        found = next((step for step in shown if step.condition == condition), None)
        return () if found is None else found.codes

    def steps(self) -> Iterator[Step]:
        """Yield what happened, in order: pushes as they came, and what a snapshot showed after a gap."""
        with told(self._path):
            yield from self._steps("1")

    def _steps(self, where: str) -> Iterator[Step]:
        since: dict[Condition, int] = {}
        conditions = self._conditions
        for row in read_rows(self._db, COLUMNS, self._first - 1, self._last, where):
            event: Event = event_of(row[1:], conditions)
            if isinstance(event, _CHANGES):
                if event.origin == "live":  # a recovered one is in the snapshot that follows it
                    yield event
            elif isinstance(event, Snapshot):
                since_ns = since.pop(event.condition, None)
                yield RecordedSnapshot(row[0], event.at_ns, event.condition, event.codes, since_ns)
            elif isinstance(event, Gap) and not event.open:
                since[event.condition] = event.since_ns

    def known(self, code: str, moment_ns: int) -> PartlyKnown:
        """Return what is kept of a stock: its name, and its last price of the stretch up to a moment.

        The price of an entry was answered a little after it, so one of up to AHEAD_NS later counts too.
        """
        name = self._names.at(code, moment_ns) or ""
        bounds = code, self._start_ns, moment_ns + AHEAD_NS
        try:
            found = self._db.execute(LAST, bounds).fetchone()
        except sqlite3.Error:  # the steps, read from the same file, report what is wrong with it
            found = None
        if found is None:
            return PartlyKnown(code, name)
        price, at_ns, change, rate, volume = found
        return PartlyKnown(code, name, price, change, rate, volume, at_ns)

    def names(self, moment_ns: int) -> dict[str, str]:
        """Return the names of all stocks that have one, as they were at a moment."""
        return self._names.of(self._names.codes, moment_ns)

    def blind(self, shown: RecordedSnapshot) -> list[Condition]:
        """Return the conditions that were blind, too, when this one came back, and came back soon after it.

        A condition that was heard, or came back already, is blind by another outage: that one comes later.
        """
        blind: list[Condition] = []
        heard = {shown.condition.name}
        with told(self._path):
            for row in read_rows(self._db, COLUMNS, shown.number, self._last):
                if row[1] > shown.at_ns + TOGETHER_NS:
                    break
                event = event_of(row[1:], self._conditions)
                if isinstance(event, _CHANGES) and event.origin == "live":
                    heard.add(event.condition.name)
                elif isinstance(event, Gap) and not event.open:
                    if event.condition.name in heard or event.since_ns > shown.at_ns:
                        break
                    heard.add(event.condition.name)
                    blind.append(event.condition)
        return blind


def _nanoseconds(moment: datetime) -> int:
    return round(moment.timestamp()) * 10**9
