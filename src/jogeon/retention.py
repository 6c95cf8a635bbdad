"""What keeps a journal from growing for ever, and safe: files of old days deleted, a copy of each day."""

import contextlib
import datetime as dt
import re
import sqlite3
from pathlib import Path

from jogeon.errors import JournalError
from jogeon.events import korean
from jogeon.store import in_words, open_reader

DATE = "{date}"
"""In the name of a journal: the day, so that each day has a file."""
BESIDE = ("", "-wal", "-shm", ".lock")


def copy_journal(path: Path, folder: Path, at_ns: int) -> Path:
    """Copy a journal, also while it is written, under its name and the day; the copy has its name only when whole.

    Raises JournalError.
    """
    target = folder / f"{path.stem}-{korean(at_ns):%Y-%m-%d}{path.suffix}"
    draft = target.with_name(f"{target.name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        with contextlib.closing(open_reader(path)) as db:
            db.execute("VACUUM INTO ?", (str(draft),))
        draft.chmod(0o600)
        draft.replace(target)
    except (sqlite3.Error, OSError) as error:
        raise JournalError(target, "unwritable", in_words(error)) from error
    return target


def delete_days(name: Path, before: dt.date) -> list[Path]:
    """Delete the journals of days before a day, where `name` has {date}; return them."""
    start, _, end = name.name.partition(DATE)
    pattern = re.compile(re.escape(start) + r"(\d{4}-\d{2}-\d{2})" + re.escape(end), re.ASCII)
    deleted = []
    for path in sorted(name.parent.iterdir()) if name.parent.is_dir() else ():
        match = pattern.fullmatch(path.name)
        if match and _day(match[1]) < before:
            deleted.append(path)
            for suffix in BESIDE:
                path.with_name(path.name + suffix).unlink(missing_ok=True)
    return deleted


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:  # what is no day is nobody's old journal
        return dt.date.max
