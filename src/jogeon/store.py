"""The journal's file: found, checked, migrated, written and read. SQLite in WAL mode: one writer, many readers.

Only a writer changes anything. It holds FILE.lock, commits with `synchronous=FULL`, and sets a file that is damaged
aside under another name. Readers open `mode=ro` and may do so at any time.
"""

import contextlib
import datetime as dt
import errno
import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from jogeon.errors import JournalError
from jogeon.events import Condition
from jogeon.fold import Fold, Known, Right
from jogeon.ledger import Book, Commit, Tail, fold_of, rights_of
from jogeon.rows import APPLICATION, COLUMNS, MIGRATIONS, SCHEMA, VERSION, Row, event_of

SYNCHRONOUS = "FULL"
"""A commit is on the disk when it returns."""
LOCK_WAIT = 1.0
"""Seconds a statement waits for another program that has the file locked before it fails (and is tried again)."""
CHUNK = 10_000
"""Rows a reader takes at a time: a read that lasts for minutes would keep the writer's WAL growing."""
GROUP = 50
"""Rows in one INSERT: each statement gives up the interpreter and has to win it back from the reader of the wire."""
MAX_ID = 2**63 - 1
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
CACHE = 8192
"""KiB of pages a writer keeps: more than a WAL holds before its checkpoint, so that a WAL that is harmed can be written
again from them."""


def _grouped(statement: str, columns: int) -> list[str]:
    """Return a statement for each number of rows up to GROUP."""
    row = f"({','.join('?' * columns)})"
    return [f"{statement} VALUES {','.join([row] * rows)}" for rows in range(GROUP + 1)]


_CHANGES = _grouped("INSERT INTO events (id, at_ns, kind, condition, code, clock)", 6)
_FRAMES = _grouped("INSERT INTO frames (at_ns, payload)", 2)
_OTHER = f"INSERT INTO events (id, {COLUMNS}) VALUES ({','.join('?' * 12)})"  # noqa: S608  # made of constants


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether an error means that the file itself is broken."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in DAMAGED or code == sqlite3.SQLITE_IOERR_SHORT_READ


def in_words(error: Exception) -> str:
    """Return what an error of SQLite or of the system means, in a few words."""
    words = {
        sqlite3.SQLITE_FULL: "the disk is full",
        sqlite3.SQLITE_READONLY: "the file or its folder is read-only",
        sqlite3.SQLITE_BUSY: "another program has locked the file",
        sqlite3.SQLITE_LOCKED: "another program has locked the file",
        sqlite3.SQLITE_IOERR: "the disk reports an error",
        sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
        sqlite3.SQLITE_CORRUPT: "the file is damaged",
        sqlite3.SQLITE_NOTADB: "the file is damaged",
    }
    system = {errno.ENOSPC: sqlite3.SQLITE_FULL, errno.EROFS: sqlite3.SQLITE_READONLY, errno.EIO: sqlite3.SQLITE_IOERR}
    said = str(error)
    code = system.get(error.errno or 0, -1) if isinstance(error, OSError) else getattr(error, "sqlite_errorcode", -1)
    meaning = words.get(code & 0xFF)
    return said if meaning is None else f"{meaning} ({said})"


# ---------------------------------------------------------------- reading


def open_reader(path: Path) -> sqlite3.Connection:
    """Return a read-only connection; JournalError if there is no journal that this package can read."""
    if not path.is_file():
        raise JournalError(path, "missing", "there is no such file")
    try:
        db = _read_only(path)
        require_journal(db, path)
    except sqlite3.Error as error:
        raise JournalError(path, "damaged" if is_damage(error) else "unreadable", in_words(error)) from error
    return db


def _read_only(path: Path) -> sqlite3.Connection:
    """Open `mode=ro`; on a read-only disk, where no shared memory can be made, as a file that cannot change."""
    address = f"{path.resolve().as_uri()}?mode=ro"
    db = sqlite3.connect(address, uri=True, isolation_level=None, timeout=LOCK_WAIT)
    try:
        db.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        db.close()
        if path.with_name(f"{path.name}-wal").exists():
            raise
        db = sqlite3.connect(f"{address}&immutable=1", uri=True, isolation_level=None)
    return db


def require_journal(db: sqlite3.Connection, path: Path) -> int:
    """Return the version of a journal, 0 for an empty file; JournalError for anything else and for a newer one."""
    application, version = _pragma(db, "application_id"), _pragma(db, "user_version")
    if application == version == 0 and db.execute("SELECT 1 FROM sqlite_schema").fetchone() is None:
        return 0
    if application != APPLICATION:
        raise JournalError(path, "foreign", "this is a database of another program")
    if version > VERSION:
        raise JournalError(path, "newer", f"a newer jogeon wrote it (version {version}, this one knows {VERSION})")
    return version


def _pragma(db: sqlite3.Connection, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])


@contextlib.contextmanager
def one_moment(db: sqlite3.Connection) -> Iterator[None]:
    """Let several queries see the file as it is at one moment, whatever is written meanwhile."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("ROLLBACK")


def read_conditions(db: sqlite3.Connection) -> dict[int, Condition]:
    """Return the conditions of a journal by their numbers."""
    return {number: Condition(seq, name) for number, seq, name in db.execute("SELECT id, seq, name FROM conditions")}


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


def read_book(db: sqlite3.Connection) -> Book:
    """Return what everything committed adds up to; a reader calls it in `one_moment`."""
    conditions = read_conditions(db)
    epoch, first = db.execute("SELECT max(epoch), max(first) FROM epochs").fetchone()
    newest = (db.execute(f"SELECT max(id) FROM {table}").fetchone()[0] or 0 for table in ("events", "marks"))  # noqa: S608  # our tables
    last_id = max(*newest, (first or 1) - 1)  # all events may be deleted by now; a mark stays
    mark_id, fold = _read_mark(db, conditions, last_id)
    pulse_id, rights = _read_pulse(db, conditions, mark_id) or (mark_id, {})
    _take_up(db, conditions, fold, mark_id, pulse_id)
    fold.confirm(rights)
    _take_up(db, conditions, fold, pulse_id, last_id)
    fold.settle()
    tail = _read_tail(db, mark_id)
    return Book(epoch or 0, last_id, {condition: number for number, condition in conditions.items()}, fold, tail)


def _read_tail(db: sqlite3.Connection, mark_id: int) -> Tail:
    found = db.execute("SELECT count(*), min(at_ns), max(at_ns) FROM events WHERE id > ?", (mark_id,)).fetchone()
    return Tail(*found) if found[0] else Tail()


def read_fold(
    db: sqlite3.Connection, conditions: Mapping[int, Condition], last: int, numbers: Collection[int] = ()
) -> Fold:
    """Return what the events up to one add up to, for the conditions with these numbers or for all.

    The numbers must be all those that a name ever had: a condition goes on under another one.
    """
    mark_id, fold = _read_mark(db, conditions, last)
    if numbers:
        chosen = {conditions[number] for number in numbers}
        fold = Fold({condition: known for condition, known in fold.known.items() if condition in chosen})
    _take_up(db, conditions, fold, mark_id, last, numbers)
    return fold


def read_end(db: sqlite3.Connection, conditions: Mapping[int, Condition]) -> Fold:
    """Return what is known of each condition at the end, but for its codes: the pulse and what came after it."""
    mark_id = db.execute("SELECT max(id) FROM marks").fetchone()[0] or 0
    pulse = _read_pulse(db, conditions, mark_id)
    if pulse is None:
        return read_book(db).fold
    fold = Fold({condition: Known({}, right.at_ns, right.sure) for condition, right in pulse[1].items()})
    _take_up(db, conditions, fold, pulse[0], MAX_ID)
    return fold


def _read_mark(db: sqlite3.Connection, conditions: Mapping[int, Condition], last: int) -> tuple[int, Fold]:
    """Return the last mark up to an event: the id it stands at and its fold."""
    found = db.execute("SELECT id, fold FROM marks WHERE id <= ? ORDER BY id DESC LIMIT 1", (last,)).fetchone()
    return (0, Fold()) if found is None else (found[0], fold_of(found[1], conditions))


def _read_pulse(
    db: sqlite3.Connection, conditions: Mapping[int, Condition], mark_id: int
) -> tuple[int, dict[Condition, Right]] | None:
    """Return the pulse: the id it stands at and its rights; None if the last mark is younger."""
    found = db.execute("SELECT id, rights FROM pulse WHERE id >= ?", (mark_id,)).fetchone()
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


# ---------------------------------------------------------------- writing


class Store:
    """The writer's side of one file; used by one thread at a time. `book` is what was in it when it was opened.

    `notices` tells what the user must know: a damaged file set aside, an older one migrated.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.realpath(path))  # the lock, and what SQLite keeps, are beside the file itself
        self.notices: list[str] = []
        self.book: Book
        self._db: sqlite3.Connection
        self._identity: tuple[int, int] = (0, 0)
        self._wal = self._beside("-wal")
        self._wal_identity: tuple[int, int] = (0, 0)
        self._wal_size = 0
        """As the last commit left it."""
        self._copied = False
        """Whether `restore` made its copy and did not come to its end."""
        self._held = contextlib.ExitStack()
        """The lock that keeps other writers away."""
        with contextlib.ExitStack() as undo:
            undo.push(self._held)
            self._take_lock()
            self.open()
            undo.pop_all()

    def _beside(self, suffix: str) -> Path:
        """Return the path of what bears the name of the file and more."""
        return Path(f"{self.path}{suffix}")

    def _take_lock(self) -> None:
        from jogeon.lock import locked  # readers need none

        try:
            if self.path.exists() and not self.path.is_file():
                raise JournalError(self.path, "unwritable", "this is a folder or a device")
            alone = self._held.enter_context(locked(self._beside(".lock")))
        except (OSError, NotImplementedError) as error:
            raise JournalError(self.path, "unwritable", str(error)) from error
        if not alone:
            raise JournalError(self.path, "in use", "another jogeon writes to it")

    def open(self) -> None:
        """Open the file, made if need be; JournalError if it cannot be written."""
        try:
            self._open()
        except (sqlite3.Error, OSError) as error:
            raise JournalError(self.path, "unwritable", in_words(error)) from error

    def _open(self) -> None:
        _create(self.path)
        try:
            self._db = self._checked()
        except sqlite3.Error as error:
            if not is_damage(error):
                raise
            self.set_aside()
            _create(self.path)
            self._db = self._checked()
        self._identity = _identity(self.path)
        self.book = read_book(self._db)
        self._note_wal()
        self._copied = False

    def _checked(self) -> sqlite3.Connection:
        """Return a connection to a file that is sound and of this version."""
        db = sqlite3.connect(self.path, isolation_level=None, timeout=LOCK_WAIT, check_same_thread=False)
        with contextlib.ExitStack() as undo:
            undo.callback(db.close)
            version = require_journal(db, self.path)
            db.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
            db.execute(f"PRAGMA cache_size = -{CACHE}")
            if _text(db, "journal_mode = WAL") != "wal":
                raise JournalError(self.path, "unwritable", "the disk does not allow SQLite's WAL mode")
            if version == 0:
                self.path.chmod(0o600)  # an empty file may have been there, for everybody to read
                db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} {_stamp(VERSION)} COMMIT;")
            elif _text(db, "quick_check(1)") != "ok":
                raise _damage("quick_check failed")
            elif version < VERSION:
                self._migrate(db, version)
            undo.pop_all()
        return db

    def _migrate(self, db: sqlite3.Connection, version: int) -> None:
        copy = self._beside(f".version-{version}")
        copy.unlink(missing_ok=True)
        db.execute("VACUUM INTO ?", (str(copy),))
        copy.chmod(0o600)
        steps = " ".join(MIGRATIONS[step] for step in range(version, VERSION))
        db.executescript(f"BEGIN IMMEDIATE; {steps} {_stamp(VERSION)} COMMIT;")
        self.notices.append(f"the journal was brought to version {VERSION}; {copy.name} is the one from before")

    def set_aside(self) -> None:
        """Give a damaged file another name, with what SQLite keeps beside it."""
        damaged = f".damaged-{_now()}"
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                self._beside(suffix).rename(self._beside(damaged + suffix))
        self.notices.append(
            f"the journal was damaged: it was set aside as {self.path.name}{damaged}, another was begun"
        )

    def restore(self) -> None:
        """Write all there is under its name again: what was deleted, moved, replaced or harmed is still open here.

        What fails after the whole copy was made goes on with that copy the next time.
        """
        copy = self._beside(".restored")
        if not self._copied:
            self._copy_to(copy)
        if copy.exists():
            for suffix in ("-wal", "-shm"):  # SQLite would take them for the new file's own
                self._beside(suffix).unlink(missing_ok=True)
            copy.replace(self.path)
        self._db = self._checked()
        self._identity = _identity(self.path)
        self._db.execute("SELECT 1 FROM epochs").fetchone()  # makes the WAL
        self._note_wal()
        self._copied = False
        self.notices.append("the journal was deleted, moved or harmed by another program: it was written again in full")

    def _copy_to(self, copy: Path) -> None:
        if self.path.exists() and _identity(self.path) != self._identity:
            self.path.rename(self._beside(f".replaced-{_now()}"))
        copy.unlink(missing_ok=True)
        self._db.execute("VACUUM INTO ?", (str(copy),))
        copy.chmod(0o600)
        with copy.open("r+b") as file:  # SQLite does not
            os.fsync(file.fileno())
        self._copied = True
        self.disconnect()

    def gone(self) -> bool:
        """Tell whether the name no longer leads to the file that is written, or others find no journal there."""
        try:
            if _identity(self.path) != self._identity:
                return True
            _read_only(self.path).close()
        except FileNotFoundError:
            return True
        except sqlite3.Error as error:  # its header was overwritten; here its pages are known
            return is_damage(error)
        return False

    def torn(self) -> bool:
        """Tell whether the WAL was deleted or cut: the next commit would go astray. SQLite itself never shrinks it."""
        if self._copied:
            return True
        try:
            found = self._wal.stat()
        except FileNotFoundError:
            return True
        return (found.st_dev, found.st_ino) != self._wal_identity or found.st_size < self._wal_size

    def _note_wal(self) -> None:
        found = self._wal.stat()
        self._wal_identity, self._wal_size = (found.st_dev, found.st_ino), found.st_size

    def write(self, commit: Commit) -> None:
        """Make the rows of a commit durable, all or none; sqlite3.Error if that cannot be done now."""
        db = self._db
        if commit.small and len(commit.changes) <= GROUP:  # one statement is a commit by itself
            _insert(db, _CHANGES, commit.changes)
        else:
            self._write_several(db, commit)
        with contextlib.suppress(OSError):  # it is committed, whatever became of the WAL meanwhile
            self._wal_size = self._wal.stat().st_size

    def _write_several(self, db: sqlite3.Connection, commit: Commit) -> None:
        db.execute("BEGIN IMMEDIATE")
        try:
            _insert_all(db, commit)
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    def forget(self, before_ns: int) -> bool:
        """Delete some of what was received before a moment, up to a mark; return whether more of that is left."""
        db = self._db
        kept = db.execute("SELECT min(id) FROM marks WHERE max_ns >= ?", (before_ns,)).fetchone()[0]
        cut = db.execute("SELECT max(id) FROM marks WHERE ? OR id < ?", (kept is None, kept)).fetchone()[0] or 0
        event = db.execute("SELECT min(id) FROM events").fetchone()[0] or 0
        frame = db.execute("SELECT min(id) FROM frames").fetchone()[0] or 0
        fresh = db.execute("SELECT id FROM frames WHERE at_ns >= ? ORDER BY id LIMIT 1", (before_ns,)).fetchone()
        last = db.execute("SELECT min(id) FROM marks WHERE id >= ? AND id <= ?", (event, cut)).fetchone()[0] or 0
        last_frame = min(frame + CHUNK, frame + CHUNK if fresh is None else fresh[0])
        db.execute("BEGIN IMMEDIATE")
        try:
            gone = db.execute("DELETE FROM events WHERE id <= ?", (last,)).rowcount
            gone += db.execute("DELETE FROM frames WHERE id < ?", (last_frame,)).rowcount
            db.execute("DELETE FROM marks WHERE id < ?", (last,))
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
        return gone > 0

    def disconnect(self) -> None:
        """Close the file and keep the lock; what was committed is durable already."""
        with contextlib.suppress(sqlite3.Error):
            self._db.close()

    def close(self) -> None:
        """Close the file and let other writers have it."""
        self.disconnect()
        self._held.close()


def _insert_all(db: sqlite3.Connection, commit: Commit) -> None:
    _insert(db, _CHANGES, commit.changes)
    _insert(db, _FRAMES, commit.frames)
    for statement, rows in (
        (_OTHER, commit.others),
        ("INSERT INTO epochs VALUES (?,?,?)", commit.epochs),
        ("INSERT INTO conditions VALUES (?,?,?)", commit.conditions),
        ("INSERT INTO marks VALUES (?,?,?,?)", commit.marks),
        ("REPLACE INTO pulse VALUES (?,?,?)", commit.pulses),
    ):
        if rows:
            db.executemany(statement, rows)


def _insert(db: sqlite3.Connection, statements: Sequence[str], rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), GROUP):
        group = rows[start : start + GROUP]
        db.execute(statements[len(group)], tuple(chain.from_iterable(group)))


def _create(path: Path) -> None:
    """Make the file if it is not there, readable by its owner only; SQLite gives what it keeps beside it the same."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        if os.name == "posix":  # the name must outlive a loss of power as well
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S%f")


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _stamp(version: int) -> str:
    return f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {version};"


def _text(db: sqlite3.Connection, pragma: str) -> str:
    return str(db.execute(f"PRAGMA {pragma}").fetchone()[0])


def _damage(what: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(what)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error
