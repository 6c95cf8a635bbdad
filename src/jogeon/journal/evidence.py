"""What a file shows of itself before SQLite touches it: a journal, a damaged one, an empty one, or somebody else's.

SQLite changes what it opens and what lies beside it: it makes or empties -shm, deletes a -wal it cannot use, writes a
WAL back. So whose a file is must be known from its bytes. Nothing here changes anything.
"""

import os
import sqlite3
import stat
import struct
import threading
import weakref
from enum import Enum, auto
from pathlib import Path
from typing import Any

from jogeon.errors import JournalError
from jogeon.files import head_of, opened
from jogeon.journal.format import Format
from jogeon.journal.schema import JOURNAL
from jogeon.reports import Report, report_of

BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a journal."""
PAGE = 4096
"""Bytes of a page of a journal."""
LOOK = 64 * PAGE
"""Bytes of a file that are looked at."""
LOOK_WAL = 4 * 2**20
_MAGIC = b"SQLite format 3\0"
_WAL_MAGIC = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
_SHM_MAGIC = tuple((3_007_000).to_bytes(4, order) for order in ("big", "little"))
_HOT_MAGIC = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
_PAGES = {0x05: "T", 0x0D: "T", 0x02: "I", 0x0A: "I"}
_YEARS_NS = range(946_684_800 * 10**9, 4_102_444_800 * 10**9)
"""The moments of this century."""


class Kind(Enum):
    """What a file is."""

    ABSENT = auto()
    EMPTY = auto()
    JOURNAL = auto()
    DAMAGED = auto()
    """It was a journal of ours: its header is gone, but what follows shows it."""


class Database(sqlite3.Connection):
    """A connection to a journal that is known while it is open.

    To open and close a file by hand would give up the locks that SQLite holds on it in the same process.
    """

    identity: tuple[int, int] | None = None

    def close(self) -> None:
        """Close it; from now on the file may be looked at again."""
        super().close()
        self.identity = None


_open: "weakref.WeakSet[Database]" = weakref.WeakSet()
_noting = threading.Lock()


def connected(path: Path, address: str, **more: Any) -> Database:
    """Return a connection to the journal at a path, noted as open; sqlite3.Error, OSError."""
    db = sqlite3.connect(address, factory=Database, isolation_level=None, **more)
    found = path.stat()
    db.identity = (found.st_dev, found.st_ino)
    with _noting:
        _open.add(db)
    return db


def _is_open(found: os.stat_result) -> bool:
    """Tell whether this process has a file open: then it was looked at before, and is a journal."""
    with _noting:
        return any(db.identity == (found.st_dev, found.st_ino) for db in _open)


def beside(path: Path, suffix: str) -> Path:
    """Return the path of what bears the name of a file and more."""
    return Path(f"{path}{suffix}")


def kind_of(path: Path, form: Format = JOURNAL) -> Kind:
    """Return what is at a path; JournalError `foreign`, `special` or `unreadable` if it is none of ours.

    What lies beside it counts: a -wal or -shm of somebody else would be lost if SQLite opened the file.
    """
    try:
        return _kind(path, form)
    except OSError as error:
        raise JournalError(path, "unreadable", report_of(error)) from error


def is_foreign(path: Path, form: Format) -> bool:
    """Tell whether a file, whatever lies beside it, shows nothing of a journal; OSError."""
    head = _head(path, LOOK)
    return bool(head) and not (_is_whole(head, b"", form) or _is_shown(head, form) or _is_nothing(head))


def _kind(path: Path, form: Format) -> Kind:
    found = _stat(path)
    path = Path(os.path.realpath(path))
    if found is not None and _is_open(found):
        return Kind.JOURNAL
    head = b"" if found is None else _head(path, LOOK)
    wal = _wal(path)
    _require_beside(path)
    whole, shown = _is_whole(head, wal, form), _is_shown(head, form) or _is_stamped_wal(wal, form)
    if any(wal) and not whole and not shown:  # SQLite would delete it, or take it in
        raise _foreign(path, head) if head else _in_the_way(path, beside(path, "-wal"))
    if whole:
        return Kind.JOURNAL
    if shown:
        return Kind.DAMAGED
    if not head:
        return Kind.ABSENT if found is None else Kind.EMPTY
    if _is_nothing(head):
        return Kind.EMPTY
    raise _foreign(path, head)


def _is_whole(head: bytes, wal: bytes, form: Format) -> bool:
    """Tell whether a file has the header of a journal; while it was never written back, that is in the WAL."""
    return head.startswith(_MAGIC) and (head[68:72] == form.mark or _is_stamped_wal(wal, form))


def _is_shown(head: bytes, form: Format) -> bool:
    """Tell whether a file was a journal, by what lies behind its header."""
    return bool(form.rows.search(head)) or (not head.startswith(_MAGIC) and _has_layout(head, form))


def _is_nothing(head: bytes) -> bool:
    """Tell whether it is a database without a table or a mark, as a start that is broken off leaves."""
    unmarked = head.startswith(_MAGIC) and head[60:64] == head[68:72] == bytes(4)
    return unmarked and len(head) <= PAGE and head[100:101] == b"\x0d" and head[103:105] == b"\0\0"


def _foreign(path: Path, head: bytes) -> JournalError:
    database = head.startswith(_MAGIC)
    return JournalError(path, "foreign", Report("another database" if database else "never a journal"))


def _stat(path: Path) -> os.stat_result | None:
    """Return the state of a file, None if there is none; JournalError if it is something else than a file."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise JournalError(path, "special", Report("link to nowhere", place=str(path.readlink()))) from None
        return None
    if not stat.S_ISREG(found.st_mode):
        raise JournalError(path, "special", Report("not regular"))
    return found


def _head(path: Path, size: int) -> bytes:
    with opened(path) as file:
        return head_of(file, size)


def read_through(path: Path) -> None:
    """Read every byte of a journal and its WAL; OSError if the disk does not give one of them."""
    for each in (path, beside(path, "-wal")):
        if each.exists():
            with opened(each) as file:
                while file.read(2**20):
                    pass


# ---------------------------------------------------------------- what lies beside it


def _wal(path: Path) -> bytes:
    """Return the beginning of the WAL beside a file, empty if there is none; JournalError for what is no WAL."""
    name = beside(path, "-wal")
    wal = _head(name, LOOK_WAL) if _present(name) else b""
    if any(wal[:32]) and not _begins(wal, _WAL_MAGIC):
        raise _in_the_way(path, name)
    return wal


def _require_beside(path: Path) -> None:
    """Raise JournalError for a file of somebody else where SQLite keeps its own."""
    for suffix, beginnings in (("-shm", _SHM_MAGIC), ("-journal", (_HOT_MAGIC,))):
        name = beside(path, suffix)
        if _present(name) and any(head := _head(name, 8)) and not _begins(head, beginnings):
            raise _in_the_way(path, name)


def _begins(head: bytes, beginnings: tuple[bytes, ...]) -> bool:
    """Tell whether a file begins like one of SQLite's, or was cut off in that.

    SQLite cuts a -shm that is left over to three bytes before it fills it: on a full disk, or killed, it stays so.
    """
    return any(each.startswith(head[: len(each)]) for each in beginnings)


def require_writable(path: Path, form: Format = JOURNAL) -> None:
    """Raise JournalError for what no writer may use, also if its lock would empty a file of somebody else; OSError."""
    kind_of(path, form)
    path = Path(os.path.realpath(path))
    lock = beside(path, ".lock")
    if _present(lock) and lock.stat().st_size:
        raise _in_the_way(path, lock)


def _present(path: Path) -> bool:
    """Tell whether a file is there; JournalError for a link, a folder or a device."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    if not stat.S_ISREG(found.st_mode):
        raise JournalError(path, "special", Report("not regular"))
    return True


def _in_the_way(path: Path, name: Path) -> JournalError:
    return JournalError(path, "in the way", Report("name in the way", name=name.name))


# ---------------------------------------------------------------- what was a journal


def _is_stamped_wal(wal: bytes, form: Format) -> bool:
    """Tell whether a WAL holds the first page of a journal."""
    if len(wal) < 32 or not wal.startswith(_WAL_MAGIC):
        return False
    page = int.from_bytes(wal[8:12], "big")
    if page != PAGE:
        return False
    frames = range(32, len(wal) - 24 - 72, 24 + page)
    return any(wal[at : at + 4] == b"\0\0\0\1" and wal[at + 92 : at + 96] == form.mark for at in frames)


def _has_layout(head: bytes, form: Format) -> bool:
    """Tell whether the pages behind the first are those of a journal in which something was recorded."""
    pages = "".join(_PAGES.get(head[n * PAGE], "-") for n in range(1, min(len(head) // PAGE, 9)))
    if pages not in form.layouts:
        return False
    epochs = _first_leaf(head, 2)
    if epochs[:1] != b"\x0d" or epochs[3:5] == b"\0\0":
        return False
    at = struct.unpack_from(">H", epochs, 8)[0]
    return _is_epoch(epochs[at : at + 24])


def _first_leaf(head: bytes, number: int) -> bytes:
    """Return the page with the first rows of the table whose root is a page."""
    page = head[(number - 1) * PAGE : number * PAGE]
    if page[0] != 0x05:
        return page
    at = struct.unpack_from(">H", page, 12)[0]
    child = int.from_bytes(page[at : at + 4], "big")
    return head[(child - 1) * PAGE : child * PAGE]


def _is_epoch(cell: bytes) -> bool:
    """Tell whether a cell is a row of epochs: its number, a number, a moment."""
    widths = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 8: 0, 9: 0}
    header = cell.find(b"\x04\0", 2, 6)  # behind its length and its number, which may take several bytes
    if header < 0 or len(cell) < header + 4 or cell[header + 2] not in widths or cell[header + 3] != 6:
        return False
    start = header + 4 + widths[cell[header + 2]]
    return int.from_bytes(cell[start : start + 8], "big", signed=True) in _YEARS_NS
