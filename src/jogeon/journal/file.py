"""A durable file of one writer: found, checked, migrated, written, restored. SQLite in WAL mode.

Only its writer changes anything, and only what is of its format. It holds FILE.lock, commits with `synchronous=FULL`,
and sets a file that is damaged beyond doubt aside under another name: what a disk says that fails for a while proves
nothing.
"""

import contextlib
import errno
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Generic, Self, TypeVar

from jogeon.errors import JournalError
from jogeon.files import create_private, draft_of, locked
from jogeon.journal.evidence import (
    BESIDE,
    Database,
    Kind,
    beside,
    connected,
    is_foreign,
    kind_of,
    read_through,
    require_writable,
)
from jogeon.journal.format import Format
from jogeon.journal.migration import copy_into, free_beside, migrate, stamp_now
from jogeon.journal.reading import (
    BREATH,
    DAMAGED,
    LOCK_WAIT,
    ODD_ROWS,
    is_damage,
    meaning_of,
    read_only,
    require_format,
    require_untouched,
    set_limits,
)
from jogeon.reports import Report, report_of

T = TypeVar("T")

SYNCHRONOUS = "FULL"
"""A commit is on the disk when it returns."""
PROOF = (0.0, 0.05, 0.25)
"""Seconds before each look at a file that seems damaged; it is, if all of them say so."""
CACHE = 8192
"""KiB of pages a writer keeps: more than a WAL holds before its checkpoint, so that a WAL that is harmed can be written
again from them."""


def require_free(path: Path) -> None:
    """Raise JournalError for what no writer may use, or another one uses now; nothing is made or changed.

    For whoever would log in first: a login takes the session away from the program that writes the journal.
    """
    require_writable(path)
    path = Path(os.path.realpath(path))
    if beside(path, ".lock").exists():
        with contextlib.ExitStack() as held:
            _take_lock(path, held)


def _take_lock(path: Path, held: contextlib.ExitStack) -> None:
    """Take the lock of a journal for as long as `held` lasts."""
    try:
        alone = held.enter_context(locked(beside(path, ".lock")))
    except (OSError, NotImplementedError) as error:
        raise JournalError(path, "unwritable", report_of(error)) from error
    if not alone:
        raise JournalError(path, "in use", Report("another writer"))


class DurableFile(Generic[T]):
    """The one writer's side of a file; used by one thread at a time. Made by `open`.

    `content` is what `load` read of it when it was opened last. `notices` tells what the user must know: a damaged file
    set aside, an older one migrated. `stopped` is asked now and then while a statement runs; True ends it.
    """

    content: T
    db: Database

    def __init__(self, path: Path, form: Format, load: Callable[[Database], T], stopped: Callable[[], bool]) -> None:
        self.path = path
        self.notices: list[Report] = []
        self.stopped = stopped
        self._form = form
        self._load = load
        self._identity: tuple[int, int] = (0, 0)
        self._wal = self._beside("-wal")
        self._wal_identity: tuple[int, int] = (0, 0)
        self._wal_size = 0
        """As the last commit left it."""
        self._copy: Path | None = None
        """The whole copy that `restore` made, until it has the name of the file."""
        self._held = contextlib.ExitStack()
        """The lock that keeps other writers away."""

    @classmethod
    def open(
        cls,
        path: Path,
        form: Format,
        load: Callable[[Database], T],
        stopped: Callable[[], bool] = lambda: False,
    ) -> Self:
        """Open a file of a format, made if need be, and keep other writers away; JournalError.

        `load` reads what its writer must know to go on; what it cannot read (ODD_ROWS) is damage.
        """
        require_writable(path, form)  # before anything is made beside what is not ours
        file = cls(Path(os.path.realpath(path)), form, load, stopped)  # the lock, and what SQLite keeps, are beside it
        with contextlib.ExitStack() as undo:
            undo.push(file._held)
            _take_lock(file.path, file._held)
            file.connect()
            undo.pop_all()
        return file

    def _beside(self, suffix: str) -> Path:
        return beside(self.path, suffix)

    def _is_stopped(self) -> bool:
        return self.stopped()

    def connect(self) -> None:
        """Connect to the file, made if need be; JournalError if it cannot be written."""
        try:
            self._connect()
        except (sqlite3.Error, OSError) as error:
            raise JournalError(self.path, "unwritable", meaning_of(error)) from error

    def reopen(self) -> None:
        """Open the file anew because it is in doubt; another is begun if it is damaged. JournalError."""
        self.disconnect()
        self.connect()

    def _connect(self) -> None:
        if kind_of(self.path, self._form) is Kind.DAMAGED and not (self.path.exists() and self.path.stat().st_size):
            self.set_aside()  # only the WAL is left, and SQLite would delete it
        if (found := self._proven()) is None:
            self.set_aside()
            found = self._sound()
        self.db, self.content = found
        self._identity = _identity(self.path)
        self._note_wal()
        self._copy = None

    def _proven(self) -> tuple[Database, T] | None:
        """Return the connection and what was recorded, None if the file is damaged beyond doubt.

        sqlite3.Error or OSError if that cannot be told because the disk fails.
        """
        for pause in PROOF:
            time.sleep(pause)
            try:
                return self._sound()
            except sqlite3.Error as error:
                if not is_damage(error):
                    raise
        read_through(self.path)  # what cannot be read now may be sound
        return None

    def _sound(self) -> tuple[Database, T]:
        """Return a connection to a file that is sound and of this version, and what was recorded."""
        with contextlib.suppress(FileExistsError):
            create_private(self.path)
        if not os.access(self.path, os.W_OK):  # SQLite would open it to read, and refuse the first commit
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self.path))
        db = self._checked()
        try:
            return db, self._load(db)
        except ODD_ROWS as error:
            db.close()
            raise _damage(f"a row cannot be read: {error}") from error
        except BaseException:
            db.close()
            raise

    def _checked(self) -> Database:
        db = connected(self.path, str(self.path), timeout=LOCK_WAIT, check_same_thread=False)
        with contextlib.ExitStack() as undo:
            undo.callback(db.close)
            set_limits(db)
            db.set_progress_handler(self._is_stopped, BREATH)
            version = require_format(db, self.path, self._form)
            if version:
                require_untouched(db, self.path, version, self._form)
            elif _identity(self.path) == self._identity:
                raise _damage("what was in it is gone")
            else:
                self.path.chmod(0o600)  # an empty file may have been there, for everybody to read
                db.execute(f"PRAGMA application_id = {self._form.application}")  # now anybody sees whose it is
            db.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
            db.execute(f"PRAGMA cache_size = -{CACHE}")
            if _text(db, "journal_mode = WAL") != "wal":
                raise JournalError(self.path, "unwritable", Report("no WAL"))
            if version == 0:
                self._make(db)
            else:
                _require_sound(db)
            if 0 < version < self._form.version:
                self.notices.append(migrate(db, self.path, self._form, version))
            undo.pop_all()
        return db

    def _make(self, db: Database) -> None:
        db.executescript(f"BEGIN IMMEDIATE; {self._form.sql(self._form.version)} {self._form.stamp} COMMIT;")

    def set_aside(self) -> None:
        """Give a damaged file another name, with what SQLite keeps beside it."""
        aside = free_beside(self.path, f".damaged-{stamp_now()}")
        for suffix in ("", *BESIDE):
            with contextlib.suppress(FileNotFoundError):
                self._beside(suffix).rename(beside(aside, suffix))
        self.notices.append(Report("journal set aside", name=aside.name))

    def restore(self) -> None:
        """Write all there is under its name again: what was deleted, moved, replaced or harmed is still open here.

        What fails after the whole copy was made goes on with that copy the next time. JournalError while a file of
        somebody else has the name.
        """
        if self._copy is None:
            copy = draft_of(self._beside(".restored"))
            copy_into(self.db, copy)
            self._copy = copy
            self.disconnect()
        if self._copy.exists():
            self._make_room()
            for suffix in BESIDE:  # SQLite would take them for the new file's own
                self._beside(suffix).unlink(missing_ok=True)
            self._copy.replace(self.path)
        self.db = self._checked()
        self._identity = _identity(self.path)
        self.db.execute("SELECT 1 FROM sqlite_schema").fetchone()  # makes the WAL
        self._note_wal()
        self._copy = None
        self.notices.append(Report("journal restored"))

    def _make_room(self) -> None:
        """Set aside what took the name of the file, if it is a journal, or our own file with another content."""
        if not self.path.exists():
            return
        ours, foreign = _identity(self.path) == self._identity, is_foreign(self.path, self._form)
        if foreign and not ours:
            raise JournalError(self.path, "foreign", Report("name taken"))
        if foreign or not ours:
            self.path.rename(free_beside(self.path, f".replaced-{stamp_now()}"))

    @property
    def rescued(self) -> bool:
        """Whether a whole copy is about to get the name of the file."""
        return self._copy is not None

    def gone(self) -> bool:
        """Tell whether the name no longer leads to the file that is written, or others find no journal there."""
        try:
            if _identity(self.path) != self._identity:
                return True
            read_only(self.path).close()
        except FileNotFoundError:
            return True
        except sqlite3.Error as error:  # its header was overwritten; here its pages are known
            return is_damage(error)
        return False

    def torn(self) -> bool:
        """Tell whether the WAL was deleted or cut: the next commit would go astray. SQLite itself never shrinks it."""
        if self._copy is not None:
            return True
        try:
            found = self._wal.stat()
        except FileNotFoundError:
            return True
        return (found.st_dev, found.st_ino) != self._wal_identity or found.st_size < self._wal_size

    def _note_wal(self) -> None:
        found = self._wal.stat()
        self._wal_identity, self._wal_size = (found.st_dev, found.st_ino), found.st_size

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Database]:
        """Commit what is done within it, all or nothing; what made it fail is what is raised."""
        db = self.db
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):  # SQLite may have ended it by itself, on a full disk for one
                db.execute("ROLLBACK")
            raise
        self.note_commit()

    def note_commit(self) -> None:
        """Note how long the WAL is after a commit; it is durable, whatever became of the WAL meanwhile."""
        with contextlib.suppress(OSError):
            self._wal_size = self._wal.stat().st_size

    def disconnect(self) -> None:
        """Close the file and keep the lock; what was committed is durable already."""
        with contextlib.suppress(sqlite3.Error):
            self.db.close()

    def close(self) -> None:
        """Close the file and let other writers have it."""
        self.disconnect()
        self._held.close()


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _text(db: sqlite3.Connection, pragma: str) -> str:
    return str(db.execute(f"PRAGMA {pragma}").fetchone()[0])


def _damage(what: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(what)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _require_sound(db: sqlite3.Connection) -> None:
    """Raise sqlite3.Error unless every page of the file can be read and is in its place."""
    found = _text(db, "quick_check(1)")
    code = found.partition("error code=")[2].strip()
    if code.isdigit() and int(code) & 0xFF not in DAMAGED:
        error = sqlite3.OperationalError(found)
        error.sqlite_errorcode = int(code)
        raise error
    if found != "ok":
        raise _damage(found)
