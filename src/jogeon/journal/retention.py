"""What keeps a journal from growing for ever, and safe: files of old days deleted, a copy of each day."""

import contextlib
import datetime as dt
import re
import sqlite3
from pathlib import Path

from jogeon.errors import JournalError
from jogeon.events import korean
from jogeon.files import create_private, draft_of
from jogeon.journal.evidence import BESIDE, Kind, beside, kind_of, require_writable
from jogeon.journal.reading import meaning_of, open_reader

DATE = "{date}"
"""In the name of a journal: the day, so that each day has a file."""


def copy_journal(path: Path, folder: Path, at_ns: int) -> Path:
    """Copy a journal, also while it is written, under its name and the day; the copy has its name only when whole.

    Raises JournalError, also if something else than an earlier copy has that name.
    """
    target = folder / f"{path.stem}-{korean(at_ns):%Y-%m-%d}{path.suffix}"
    draft = draft_of(target)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not target.is_symlink():  # a link is replaced, what it leads to stays
            kind_of(target)
        with contextlib.closing(open_reader(path)) as db:
            create_private(draft)
            db.execute("VACUUM INTO ?", (str(draft),))
        _be_another(draft)
        draft.replace(target)
    except (sqlite3.Error, OSError) as error:
        raise JournalError(target, "unwritable", meaning_of(error)) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    return target


def _be_another(copy: Path) -> None:
    """Give a copy an identity of its own: what is written to it is no part of the stream that goes on elsewhere."""
    with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as db:
        if db.execute("PRAGMA user_version").fetchone()[0] > 1:
            db.execute("UPDATE identity SET id = lower(hex(randomblob(8)))")


def delete_days(name: Path, before: dt.date) -> list[Path]:
    """Delete the journals of days before a day, where `name` has {date}; return them.

    What only bears such a name and holds something else stays.
    """
    start, _, end = name.name.partition(DATE)
    pattern = re.compile(re.escape(start) + r"(\d{4}-\d{2}-\d{2})" + re.escape(end), re.ASCII)
    deleted = []
    for path in sorted(name.parent.iterdir()) if name.parent.is_dir() else ():
        match = pattern.fullmatch(path.name)
        if match and _day(match[1]) < before and _is_ours(path):
            deleted.append(path)
            for suffix in ("", *BESIDE, ".lock"):
                beside(path, suffix).unlink(missing_ok=True)
    return deleted


def _is_ours(path: Path) -> bool:
    try:
        require_writable(path)  # neither it nor what lies beside it is somebody else's
        return not path.is_symlink() and kind_of(path) in (Kind.JOURNAL, Kind.DAMAGED, Kind.EMPTY)
    except (JournalError, OSError):
        return False


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:  # what is not a day is nobody's old journal
        return dt.date.max
