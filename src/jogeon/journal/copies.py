"""Events of a journal as rows of a table in another SQLite file, which SQLite itself fills."""

import contextlib
import errno
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from jogeon.errors import JournalError
from jogeon.journal.entries import JOIN
from jogeon.journal.parts import LineTexts, Part, Parts, Values
from jogeon.journal.schema import HISTORY

_ROW = """SELECT :epoch, events.id - :first, changes.event, changes.seq, changes.called, stocks.coded, stocks.called,
    :day || ' ' || clocks.text, printf(:day || ' %s.%06d', seconds.text, events.at_ns / 1000 % 1000000), 'live',
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, clocks.six, events.at_ns, NULL, NULL"""
"""What schema.HISTORY makes of a plain change."""
_ENTRY = """entries.paid, datetime(entries.paid_ns / 1000000000 + 32400, 'unixepoch')
    || printf('.%06d', entries.paid_ns / 1000 % 1000000), entries.told"""
_LIVE = "shown.event = 'enter' AND shown.origin = 'live'"


class HistoryCopier:
    """Fills the table `copied.history` of a connection to a journal; `where` is SQL that chooses events."""

    def __init__(self, db: sqlite3.Connection, where: str, values: Sequence[Any]) -> None:
        self._db = db
        self._parts = Parts(db, LineTexts(lambda *_: "", lambda *_: ""), where, values)
        self._entry = _ENTRY if self._parts.entries.any else "NULL, NULL, NULL"
        self._count = 0

    def of(self, ids: tuple[int, int]) -> int:
        """Copy the events with ids in (after, last] for good; return how many."""
        for count, _ in self._parts.of(ids, self._plain, self._any):
            self._count += count
        self._db.execute("COMMIT")
        return self._count

    def _plain(self, values: Values, complete: Callable[[int], bool]) -> tuple[int, Literal[True]] | None:
        query = f"INSERT INTO copied.history {_ROW}, {self._entry} {self._parts.plain}"  # values are bound
        found = self._db.execute(query, values).rowcount
        if complete(found):
            return found, True
        self._db.execute("DELETE FROM copied.history WHERE rowid > ?", (self._count,))
        return None

    def _any(self, _part: Part, values: Values) -> Literal[True]:
        chosen = HISTORY.format(events=f"(SELECT * FROM events WHERE {self._parts.where}) AS events")  # noqa: S608  # as above
        join = JOIN.format(live=_LIVE, code="shown.code", at_ns="shown.at_ns") if self._parts.entries.any else ""
        rows = f"SELECT shown.*, {self._entry} FROM ({chosen}) AS shown {join} ORDER BY shown.epoch, shown.n"  # noqa: S608  # as above
        self._db.execute(f"INSERT INTO copied.history {rows}", values)
        return True


@contextlib.contextmanager
def copied(db: sqlite3.Connection, path: Path, columns: str) -> Iterator[None]:
    """Have a fresh file beside a journal, with a table `copied.history`; OSError if it cannot be written.

    Nobody reads the file before it is whole, so nothing guards it against a power cut.
    """
    try:
        db.execute("ATTACH ? AS copied", (str(path),))
        db.execute("PRAGMA copied.journal_mode = OFF")
        db.execute("PRAGMA copied.synchronous = OFF")
        db.execute(f"CREATE TABLE copied.history ({columns})")
        yield
    except sqlite3.Error as error:
        raise OSError(errno.EIO, str(error), str(path)) from error
    except JournalError as error:
        if getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_FULL:
            raise
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error
    finally:
        with contextlib.suppress(sqlite3.Error):  # else it goes with the connection
            db.execute("DETACH copied")
