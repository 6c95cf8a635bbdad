"""What is read of a journal, by anybody and at any time: the file opened `mode=ro`, and what its rows add up to."""

import contextlib
import errno
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from jogeon.errors import JournalError
from jogeon.events import Condition
from jogeon.journal.commits import Head, Tail, fold_of, rights_of
from jogeon.journal.evidence import Database, Kind, beside, connected, kind_of
from jogeon.journal.fold import Fold, Known, Right
from jogeon.journal.format import Format
from jogeon.journal.naming import Names
from jogeon.journal.schema import BRIDGES, COLUMNS, JOURNAL, Row, event_of
from jogeon.reports import Report, report_of

LOCK_WAIT = 1.0
"""Seconds a statement waits for another program that has the file locked before it fails (and is tried again)."""
CHUNK = 10_000
"""Rows a reader takes at a time: a read that lasts for minutes would keep the writer's WAL growing."""
MAX_ID = 2**63 - 1
MAX_VALUE = 64 * 2**20
"""Bytes of one value; the longest that is written is a frame of 4 MiB."""
BREATH = 200_000
"""Steps of SQLite between two looks whether somebody wants it to stop."""
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
ODD_ROWS = (ValueError, LookupError, TypeError, msgspec.MsgspecError)
"""What comes of rows that are not as they were written."""


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether an error means that the file itself is broken."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in DAMAGED or code == sqlite3.SQLITE_IOERR_SHORT_READ


MEANINGS = {
    sqlite3.SQLITE_FULL: Report("disk full"),
    sqlite3.SQLITE_READONLY: Report("read-only"),
    sqlite3.SQLITE_BUSY: Report("locked"),
    sqlite3.SQLITE_LOCKED: Report("locked"),
    sqlite3.SQLITE_IOERR: Report("disk error"),
    sqlite3.SQLITE_CANTOPEN: Report("not opened"),
    sqlite3.SQLITE_CORRUPT: Report("file damaged"),
    sqlite3.SQLITE_NOTADB: Report("file damaged"),
}
"""What the errors of SQLite mean."""
SYSTEM = {errno.ENOSPC: sqlite3.SQLITE_FULL, errno.EROFS: sqlite3.SQLITE_READONLY, errno.EIO: sqlite3.SQLITE_IOERR}


def meaning_of(error: Exception) -> Report:
    """Return what an error of SQLite or of the system means."""
    code = SYSTEM.get(error.errno or 0, -1) if isinstance(error, OSError) else getattr(error, "sqlite_errorcode", -1)
    meaning = MEANINGS.get(code & 0xFF)
    return report_of(error) if meaning is None else replace(meaning, text=str(error))


def open_reader(path: Path) -> Database:
    """Return a read-only connection; JournalError if there is no journal that this package can read."""
    with told(path):
        try:
            path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            raise JournalError(path, "missing", Report("no such file")) from None
        if kind_of(path) in (Kind.ABSENT, Kind.EMPTY):
            raise JournalError(path, "empty", Report("nothing recorded"))
        with contextlib.ExitStack() as undo:
            db = undo.enter_context(contextlib.closing(read_only(path)))
            version = require_format(db, path)
            if not version:
                raise JournalError(path, "empty", Report("nothing recorded"))
            require_tables(db, path, version)
            if version in BRIDGES:
                db.executescript(f"PRAGMA temp_store = MEMORY; {BRIDGES[version]}")
            undo.pop_all()
        return db


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Tell what goes wrong with a file that is read as a JournalError."""
    try:
        yield
    except sqlite3.Error as error:
        raise JournalError(path, "damaged" if is_damage(error) else "unreadable", meaning_of(error)) from error
    except OSError as error:
        raise JournalError(path, "unreadable", meaning_of(error)) from error
    except ODD_ROWS as error:
        raise JournalError(path, "damaged", Report("unreadable row", text=str(error))) from error


def read_only(path: Path) -> Database:
    """Open `mode=ro`; on a read-only disk, where no shared memory can be made, as a file that cannot change.

    It is for one thread at a time, whichever.
    """
    address = f"{path.resolve().as_uri()}?mode=ro"
    db = connected(path, address, uri=True, timeout=LOCK_WAIT, check_same_thread=False)
    try:
        db.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        db.close()
        if beside(path, "-wal").exists():
            raise
        db = connected(path, f"{address}&immutable=1", uri=True, check_same_thread=False)
    set_limits(db)
    return db


def set_limits(db: sqlite3.Connection) -> None:
    """Let no value be endless; and let Ctrl+C end a statement: Python runs its signals between two breaths."""
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE)
    db.set_progress_handler(lambda: 0, BREATH)


def require_format(db: sqlite3.Connection, path: Path, form: Format = JOURNAL) -> int:
    """Return the version of a file, 0 for an empty one; JournalError for one of another format and for a newer one."""
    application, version = _pragma(db, "application_id"), _pragma(db, "user_version")
    bare = db.execute("SELECT 1 FROM sqlite_schema").fetchone() is None
    if bare and version == 0 and application in (0, form.application):
        return 0
    if application != form.application:
        raise JournalError(path, "foreign", Report("another database"))
    if version > form.version:
        raise JournalError(path, "newer", Report("newer version", number=version, other=str(form.version)))
    return version


def require_tables(db: sqlite3.Connection, path: Path, version: int, form: Format = JOURNAL) -> None:
    """Raise JournalError `odd` unless its tables are those of its version: a view in their place may be without end."""
    found = _tables_in(db)
    for name, wanted in form.objects(version).items():
        if name not in found:
            raise JournalError(path, "odd", Report("table missing", name=name))
        if found[name] != wanted:
            raise JournalError(path, "odd", Report("table changed", name=name))


def require_untouched(db: sqlite3.Connection, path: Path, version: int, form: Format = JOURNAL) -> None:
    """Raise JournalError `odd` for what would have a say in every commit: a trigger, or an index that refuses rows."""
    require_tables(db, path, version, form)
    for name, (kind, sql) in _tables_in(db).items():
        ours = name in form.objects(version)
        if kind == "trigger" or (not ours and (sql or "").upper().startswith("CREATE UNIQUE")):
            raise JournalError(path, "odd", Report("table added", name=name, other=kind))


def _tables_in(db: sqlite3.Connection) -> dict[str, tuple[str, str | None]]:
    return {name: (kind, sql) for kind, name, sql in db.execute("SELECT type, name, sql FROM sqlite_schema")}


def _pragma(db: sqlite3.Connection, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])


@contextlib.contextmanager
def one_moment(db: sqlite3.Connection) -> Iterator[None]:
    """Let several queries see the file as it is at one moment, whatever is written meanwhile."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN")
    try:
        yield
    finally:
        with contextlib.suppress(sqlite3.Error):  # SQLite ends it by itself when it fails
            db.execute("ROLLBACK")


def read_conditions(db: sqlite3.Connection) -> dict[int, Condition]:
    """Return the conditions of a journal by their numbers."""
    rows = db.execute("SELECT id, seq, name FROM conditions").fetchall()
    if not all(isinstance(seq, str) and isinstance(name, str) for _, seq, name in rows):
        raise TypeError("the name of a condition is not a text")
    return {number: Condition(seq, name) for number, seq, name in rows}


def read_chunks(
    db: sqlite3.Connection, columns: str, after: int, last: int, where: str = "1", values: Sequence[Any] = ()
) -> Iterator[list[Row]]:
    """Yield rows (id, columns…) of events with `after` < id <= `last`, in order, some thousands at a time."""
    query = f"SELECT id, {columns} FROM events WHERE id > ? AND id <= ? AND {where} ORDER BY id LIMIT {CHUNK}"  # noqa: S608  # values are bound
    while rows := db.execute(query, (after, last, *values)).fetchall():
        yield rows
        after = rows[-1][0]


def read_rows(
    db: sqlite3.Connection, columns: str, after: int, last: int, where: str = "1", values: Sequence[Any] = ()
) -> Iterator[Row]:
    """Yield such rows one by one."""
    return chain.from_iterable(read_chunks(db, columns, after, last, where, values))


def read_frames(db: sqlite3.Connection, span: tuple[int, int]) -> Iterator[tuple[int, bytes]]:
    """Yield (at_ns, payload) of the frames received from one moment until before another, in their order.

    One is in memory at a time: it may have 4 MiB.
    """
    query = f"SELECT id, at_ns, payload FROM frames WHERE id > ? AND at_ns >= ? AND at_ns < ? ORDER BY id LIMIT {CHUNK}"  # noqa: S608  # values are bound
    last, before = 0, -1
    while last != before:
        before = last
        for number, at_ns, payload in db.execute(query, (before, *span)):
            if type(at_ns) is not int or type(payload) is not bytes:
                raise TypeError("a raw frame is not bytes with a moment")
            last = number
            yield at_ns, payload


def read_head(db: sqlite3.Connection) -> Head:
    """Return what everything committed adds up to; a reader calls it in `one_moment`."""
    conditions = read_conditions(db)
    epoch = db.execute("SELECT max(epoch) FROM epochs").fetchone()[0]
    last_id = read_last(db)
    checkpoint_id, fold = _read_checkpoint(db, conditions, last_id)
    watermark_id, rights = _read_watermark(db, conditions, checkpoint_id) or (checkpoint_id, {})
    _take_up(db, conditions, fold, checkpoint_id, watermark_id)
    fold.confirm(rights)
    _take_up(db, conditions, fold, watermark_id, last_id)
    fold.settle()
    tail = _read_tail(db, checkpoint_id)
    numbers = {condition: number for number, condition in conditions.items()}
    return Head(epoch or 0, last_id, numbers, fold, tail, read_identity(db))


def read_last(db: sqlite3.Connection) -> int:
    """Return the id of the last event that was ever committed, 0 if none was; a checkpoint outlives its events."""
    event, checkpoint, first = (
        db.execute(query).fetchone()[0] or 0
        for query in ("SELECT max(id) FROM events", "SELECT max(id) FROM marks", "SELECT max(first) FROM epochs")
    )
    return int(max(event, checkpoint, first - 1))


def read_oldest(db: sqlite3.Connection) -> int:
    """Return the id behind which no event was deleted."""
    first = db.execute("SELECT min(id) FROM events").fetchone()[0]
    return read_last(db) if first is None else int(first) - 1


def read_identity(db: sqlite3.Connection) -> str | None:
    """Return the identity of a journal: 64 bits in hex; None of a file of version 1."""
    found = db.execute("SELECT id FROM identity").fetchone()
    return None if found is None else str(found[0])


def read_names(db: sqlite3.Connection) -> Names:
    """Return what stocks were called, and when."""
    return Names(db.execute("SELECT code, since_ns, name FROM names"))


def _read_tail(db: sqlite3.Connection, checkpoint_id: int) -> Tail:
    found = db.execute("SELECT count(*), min(at_ns), max(at_ns) FROM events WHERE id > ?", (checkpoint_id,)).fetchone()
    if not found[0]:
        return Tail()
    if not all(isinstance(each, int) for each in found):  # SQLite takes a text for a number
        raise TypeError("a moment is not a number")
    return Tail(*found)


def read_fold(
    db: sqlite3.Connection, conditions: Mapping[int, Condition], last: int, numbers: Collection[int] = ()
) -> Fold:
    """Return what the events up to one add up to, for the conditions with these numbers or for all.

    The numbers must be all those that a name ever had: a condition goes on under another one.
    """
    checkpoint_id, fold = _read_checkpoint(db, conditions, last)
    if numbers:
        chosen = {conditions[number] for number in numbers}
        fold = Fold({condition: known for condition, known in fold.known.items() if condition in chosen})
    _take_up(db, conditions, fold, checkpoint_id, last, numbers)
    return fold


def read_origin(db: sqlite3.Connection, conditions: Mapping[int, Condition], gap: int, number: int) -> Condition | None:
    """Return what a condition that comes with a gap was called before, None if it is none that was known."""
    shown = "SELECT min(id) FROM events WHERE kind > 1 AND kind = 2 AND condition = ? AND id > ?"
    end = gap if _is_open(db, gap) else db.execute(shown, (number, gap)).fetchone()[0] or gap
    names = [n for n, condition in conditions.items() if condition.name == conditions[number].name]
    before, after = (read_fold(db, conditions, last, names).known.keys() for last in (gap - 1, end))
    return next(iter(before - after), None)


def _is_open(db: sqlite3.Connection, gap: int) -> bool:
    return bool(db.execute("SELECT open FROM events WHERE id = ?", (gap,)).fetchone()[0])


def read_end(db: sqlite3.Connection, conditions: Mapping[int, Condition]) -> Fold:
    """Return what is known of each condition at the end, but for its codes: the watermark and what came after it."""
    checkpoint_id = db.execute("SELECT max(id) FROM marks").fetchone()[0] or 0
    watermark = _read_watermark(db, conditions, checkpoint_id)
    if watermark is None:
        return read_head(db).fold
    fold = Fold({condition: Known({}, right.at_ns, right.sure) for condition, right in watermark[1].items()})
    _take_up(db, conditions, fold, watermark[0], MAX_ID)
    return fold


def _read_checkpoint(db: sqlite3.Connection, conditions: Mapping[int, Condition], last: int) -> tuple[int, Fold]:
    """Return the last checkpoint up to an event: the id it stands at and its fold."""
    found = db.execute("SELECT id, fold FROM marks WHERE id <= ? ORDER BY id DESC LIMIT 1", (last,)).fetchone()
    return (0, Fold()) if found is None else (found[0], fold_of(found[1], conditions))


def _read_watermark(
    db: sqlite3.Connection, conditions: Mapping[int, Condition], checkpoint_id: int
) -> tuple[int, dict[Condition, Right]] | None:
    """Return the watermark: the id it stands at and its rights; None if the last checkpoint is younger."""
    found = db.execute("SELECT id, rights FROM pulse WHERE id >= ?", (checkpoint_id,)).fetchone()
    return None if found is None else (found[0], rights_of(found[1], conditions))


def _take_up(
    db: sqlite3.Connection,
    conditions: Mapping[int, Condition],
    fold: Fold,
    after: int,
    last: int,
    numbers: Collection[int] = (),
) -> None:
    """Bring a fold from one event to a later one: changes as rows of a few columns, and the snapshots and gaps."""
    within = "id > ? AND id <= ?"
    if numbers:
        within += f" AND condition IN ({','.join(map(str, numbers))})"
    changes = f"SELECT at_ns, kind, condition, code FROM events WHERE kind < 2 AND {within} ORDER BY id"  # noqa: S608  # numbers are our own
    jumps = f"SELECT id, {COLUMNS} FROM events WHERE kind > 1 AND kind IN (2, 3) AND {within} ORDER BY id"  # noqa: S608  # as above
    for number, *row in db.execute(jumps, (after, last)):
        fold.change_all(db.execute(changes, (after, number)), conditions)
        fold.take(event_of(tuple(row), conditions))
        after = number
    fold.change_all(db.execute(changes, (after, last)), conditions)
