"""Reading on in a journal's file: what comes behind a position, in order, while it is written and its writer restarts.

A position of another file, or one whose events were deleted, is never gone on from in silence.
"""

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from jogeon.errors import JournalError, PositionError
from jogeon.events import Condition, Event
from jogeon.journal.evidence import Database, is_foreign
from jogeon.journal.fold import Fold
from jogeon.journal.naming import Names
from jogeon.journal.position import Position
from jogeon.journal.reading import (
    one_moment,
    open_reader,
    read_conditions,
    read_fold,
    read_identity,
    read_last,
    read_names,
    read_rows,
    told,
)
from jogeon.journal.schema import COLUMNS, JOURNAL, event_of
from jogeon.reports import Report

LOOK = 0.1
"""Seconds between looks at a file whose end was reached."""
PATIENCE = 5.0
"""Seconds for which a file may be unreadable: its writer may be restoring it."""
CHUNK = 2_000
"""Events taken at a time."""
OTHERS = ("missing", "foreign", "special", "empty", "odd", "newer")
"""Why a file is not the journal that was followed, as `JournalError.reason`."""

Numbered = tuple[int, int, Event]
"""(epoch, n, event)"""


class Epoch(Struct, frozen=True):
    """One start of the writer: its number, the id of its first event, when that was received."""

    number: int = 0
    first: int = 1
    at_ns: int = 0


def read_epochs(db: sqlite3.Connection) -> list[Epoch]:
    """Return the epochs of a journal, in their order."""
    return [Epoch(*row) for row in db.execute("SELECT epoch, first, at_ns FROM epochs ORDER BY epoch")]


def read_stretches(db: sqlite3.Connection) -> Iterator[tuple[Epoch, int]]:
    """Return each epoch with the id of its last event."""
    epochs = read_epochs(db)
    ends = [epoch.first - 1 for epoch in epochs[1:]] + [read_last(db)]
    return zip(epochs, ends, strict=False)  # where there is no epoch there is no event


def read_numbered(
    db: sqlite3.Connection,
    conditions: Mapping[int, Condition],
    after: int,
    last: int,
    where: str = "1",
    values: Sequence[Any] = (),
) -> Iterator[tuple[int, Numbered]]:
    """Yield events with their ids, as `read_rows` reads them, each with its number and the names of its stocks."""
    epochs, names, epoch = read_epochs(db), read_names(db), Epoch()
    for number, *row in read_rows(db, COLUMNS, after, last, where, values):
        while epochs and epochs[0].first <= number:
            epoch = epochs.pop(0)
        yield number, (epoch.number, number - epoch.first + 1, event_of(tuple(row), conditions, names))


def epoch_of(db: sqlite3.Connection, number: int) -> Epoch:
    """Return the epoch of the event with an id; epoch 0 before the first."""
    return next((epoch for epoch in reversed(read_epochs(db)) if epoch.first <= number), Epoch())


def read_first(db: sqlite3.Connection) -> int | None:
    """Return the id of the first event that was not deleted, None if there is none."""
    found = db.execute("SELECT min(id) FROM events").fetchone()[0]
    return None if found is None else int(found)


def position_of(db: sqlite3.Connection, number: int) -> Position:
    """Return the position behind the event with an id; 0:0 for the id 0."""
    epoch = epoch_of(db, number)
    return Position(epoch.number, number - epoch.first + 1, read_identity(db))


def place_of(db: sqlite3.Connection, position: Position) -> int:
    """Return the id of the event behind which a position stands; PositionError if this journal never had it."""
    identity = read_identity(db)
    if position.journal is not None and position.journal != identity:
        why = Report("another journal", name=identity) if identity else Report("no identity")
        raise PositionError(position, "foreign", why)
    if (position.epoch, position.n) == (0, 0):
        return 0
    for epoch, end in read_stretches(db):
        if epoch.number == position.epoch and epoch.first + position.n - 1 <= end:
            return epoch.first + position.n - 1
    raise PositionError(position, "foreign", Report("ends at", name=position_of(db, read_last(db)).short))


class Follower:
    """Reads one file from a position on, in one thread at a time; `position` is that of the last event it returned.

    Without a position it begins at the end. JournalError, PositionError.
    """

    def __init__(self, path: Path, after: Position | None = None) -> None:
        self.path = path
        self._names, self._named = Names(()), (0, 0)
        self._db, self._seen = open_reader(path), _seen(path)
        with contextlib.ExitStack() as undo:
            undo.callback(self._db.close)
            with told(path), one_moment(self._db):
                self.place = read_last(self._db) if after is None else place_of(self._db, after)
                self.position = position_of(self._db, self.place)
                self._identity, self._epoch = self.position.journal, epoch_of(self._db, self.place)
            undo.pop_all()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def read(self) -> list[Numbered]:
        """Return the next events, some thousands at most; none at the end.

        PositionError `pruned` if what comes next was deleted: its `next` is the first event that was not. PositionError
        `foreign` or `gone` if the file is not the same journal any more. JournalError if it cannot be read now.
        """
        self._look()
        with told(self.path), one_moment(self._db):
            self._require_same(self._db)
            query = f"SELECT id, {COLUMNS} FROM events WHERE id > ? ORDER BY id LIMIT {CHUNK}"  # noqa: S608  # constants
            rows = self._db.execute(query, (self.place,)).fetchall()
            if self._is_pruned(rows[0][0] if rows else None):
                raise PositionError(self.position, "pruned", Report("next deleted"), self._next())
            if not rows:
                return []
            self._learn_names()
            epochs, conditions = read_epochs(self._db), read_conditions(self._db)
            found: list[Numbered] = []
            for number, *row in rows:
                while epochs and epochs[0].first <= number:
                    self._epoch = epochs.pop(0)
                event = event_of(tuple(row), conditions, self._names)
                found.append((self._epoch.number, number - self._epoch.first + 1, event))
        self.place += len(found)
        self.position = Position(found[-1][0], found[-1][1], self._identity)
        return found

    def fold(self) -> Fold:
        """Return what all up to the present position adds up to; JournalError."""
        with told(self.path), one_moment(self._db):
            return read_fold(self._db, read_conditions(self._db), self.place)

    def _learn_names(self) -> None:
        """Read the names again if there are more by now."""
        named = self._db.execute("SELECT count(*), max(since_ns) FROM names").fetchone()
        if named != self._named:
            self._names, self._named = read_names(self._db), named

    def require_journal(self) -> None:
        """Raise PositionError if a file of somebody else has the name; nothing can be read from here afterwards."""
        self.close()
        with contextlib.suppress(OSError):
            if is_foreign(self.path, JOURNAL):
                raise self._lost("foreign", Report("replaced by file"))

    def _is_pruned(self, following: int | None) -> bool:
        return following != self.place + 1 if following is not None else read_last(self._db) > self.place

    def _next(self) -> Position | None:
        first = read_first(self._db)
        return None if first is None else position_of(self._db, first)

    # ------------------------------------------------------------ whether it is still the same journal

    def _require_same(self, db: sqlite3.Connection, *, another: bool = False) -> None:
        """Raise PositionError unless a file is the journal that was followed, and has what was read of it.

        One without identity may have got one since, but not as `another` file.
        """
        unknown = self._identity is None and not another
        if not unknown and (read_identity(db) != self._identity or self._identity is None):
            raise self._lost("foreign", Report("replaced"))
        if read_last(db) < self.place or epoch_of(db, self.place) != self._epoch:
            raise self._lost("foreign", Report("replaced by less"))

    def _look(self) -> None:
        """Look at the name of the file; what is there now is opened anew where it is not as it was."""
        try:
            seen = _seen(self.path)
        except OSError as error:
            raise self._lost("gone", Report("moved away")) from error
        if seen == self._seen:
            return
        db = self._opened()
        try:
            with told(self.path), one_moment(db):
                self._require_same(db, another=seen[:2] != self._seen[:2])
        except BaseException:
            db.close()
            raise
        self._db.close()
        self._db, self._seen = db, seen

    def _opened(self) -> Database:
        try:
            return open_reader(self.path)
        except JournalError as error:
            if error.reason in OTHERS:
                raise self._lost("gone" if error.reason == "missing" else "foreign", error.why) from error
            raise

    def _lost(self, reason: str, detail: Report) -> PositionError:
        return PositionError(self.position, reason, detail)


def _seen(path: Path) -> tuple[int, int, int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def followed(follower: Follower, seconds: float | None) -> Iterator[list[Numbered]]:
    """Yield what comes, in lists; an empty one at the end, at every look. It ends after so many seconds, None: never.

    With 0 seconds it yields what there is now. A file that cannot be read for PATIENCE is a JournalError.
    """
    end = None if seconds is None else time.monotonic() + seconds
    failing: float | None = None
    with contextlib.closing(follower):
        while True:
            found: list[Numbered] = []
            try:
                found = follower.read()
                failing = None
            except JournalError:
                failing = failing or time.monotonic()
                if time.monotonic() - failing > PATIENCE:
                    follower.require_journal()
                    raise
            yield found
            if found:
                continue
            left = LOOK if end is None else min(LOOK, end - time.monotonic())
            if left <= 0 and failing is None:
                return
            time.sleep(max(left, 0.0) if failing is None else LOOK)
