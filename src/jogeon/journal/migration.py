"""Bringing a durable file of an older version to the present one; whole copies of a file, and free names beside it."""

import contextlib
import datetime as dt
import glob
import os
import sqlite3
from pathlib import Path

from jogeon.files import create_private, draft_of
from jogeon.journal.evidence import beside
from jogeon.journal.format import Format
from jogeon.journal.reading import require_untouched
from jogeon.reports import Report


def migrate(db: sqlite3.Connection, path: Path, form: Format, version: int) -> Report:
    """Bring a file from a version to the present one in one transaction; a whole copy of it stands beside it before.

    Return what the user must know. Whatever goes wrong, or kills the process, the file is as it was or as it will be.
    """
    copy = free_beside(path, f".version-{version}")
    for broken_off in copy.parent.glob(f".{glob.escape(copy.name)}.*.part"):  # by a kill; nobody else writes here
        broken_off.unlink()
    draft = draft_of(copy)
    copy_into(db, draft)
    try:
        db.executescript(f"BEGIN IMMEDIATE; {form.steps(version)} {form.stamp}")
        require_untouched(db, path, form.version, form)
        draft.rename(copy)
        db.execute("COMMIT")
    finally:
        draft.unlink(missing_ok=True)
    return Report("journal migrated", number=form.version, name=copy.name)


def copy_into(db: sqlite3.Connection, copy: Path) -> None:
    """Write all there is to a file that only this user can read, from its first byte on."""
    create_private(copy)
    try:
        db.execute("VACUUM INTO ?", (str(copy),))
        with copy.open("r+b") as file:  # SQLite does not
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            copy.unlink()
        raise


def free_beside(path: Path, suffix: str) -> Path:
    """Return a path beside a file at which nothing is."""
    free = beside(path, suffix)
    return beside(path, f"{suffix}-{stamp_now()}") if os.path.lexists(free) else free


def stamp_now() -> str:
    """Return the moment as names of files tell it, in UTC."""
    return dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S%f")
