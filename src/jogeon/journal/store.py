"""The journal's rows in their file: each commit durable as a whole, what is old deleted bit by bit."""

import sqlite3
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Self

from jogeon.journal.commits import Commit, Head
from jogeon.journal.file import DurableFile
from jogeon.journal.reading import CHUNK, read_head
from jogeon.journal.schema import COLUMNS, JOURNAL, Row

GROUP = 50
"""Rows in one INSERT: each statement gives up the interpreter and has to win it back from the reader of the wire."""


def _grouped(statement: str, columns: int) -> list[str]:
    """Return a statement for each number of rows up to GROUP."""
    row = f"({','.join('?' * columns)})"
    return [f"{statement} VALUES {','.join([row] * rows)}" for rows in range(GROUP + 1)]


_CHANGES = _grouped("INSERT INTO events (id, at_ns, kind, condition, code, clock)", 6)
_FRAMES = _grouped("INSERT INTO frames (at_ns, payload)", 2)
_OTHER = f"INSERT INTO events (id, {COLUMNS}) VALUES ({','.join('?' * 13)})"  # noqa: S608  # made of constants


class Store:
    """The rows of one journal, opened to be written by one thread at a time."""

    def __init__(self, file: DurableFile[Head]) -> None:
        self.file = file

    @classmethod
    def open(cls, path: Path, stopped: Callable[[], bool] = lambda: False) -> Self:
        """Open a journal, made if need be; JournalError. A statement ends as soon as `stopped` says so."""
        return cls(DurableFile.open(path, JOURNAL, read_head, stopped))

    @property
    def head(self) -> Head:
        """What was in the file when it was opened last."""
        return self.file.content

    def close(self) -> None:
        """Close the file and let other writers have it."""
        self.file.close()

    def write(self, commit: Commit) -> None:
        """Make the rows of a commit durable, all or none; sqlite3.Error if that cannot be done now."""
        if commit.small and len(commit.changes) <= GROUP:  # one statement is a commit by itself
            _insert(self.file.db, _CHANGES, commit.changes)
            self.file.note_commit()
            return
        with self.file.transaction() as db:
            _insert_all(db, commit)

    def forget(self, before_ns: int, held_ns: int | None = None) -> bool:
        """Delete some of what was received before a moment, up to a checkpoint; return whether more of that is left.

        What a durable cursor has still to read is kept, unless it was received before `held_ns`.
        """
        db = self.file.db
        frame = db.execute("SELECT min(id) FROM frames").fetchone()[0] or 0
        fresh = db.execute("SELECT id FROM frames WHERE at_ns >= ? ORDER BY id LIMIT 1", (before_ns,)).fetchone()
        event = db.execute("SELECT min(id) FROM events").fetchone()[0] or 0
        cut = self._cut(before_ns, held_ns)
        last = db.execute("SELECT min(id) FROM marks WHERE id >= ? AND id <= ?", (event, cut)).fetchone()[0] or 0
        last_frame = min(frame + CHUNK, frame + CHUNK if fresh is None else fresh[0])
        with self.file.transaction():
            gone = db.execute("DELETE FROM events WHERE id <= ?", (last,)).rowcount
            gone += db.execute("DELETE FROM frames WHERE id < ?", (last_frame,)).rowcount
            db.execute("DELETE FROM marks WHERE id < ?", (last,))
            db.execute("DELETE FROM rollups WHERE first <= ?", (last,))
        return gone > 0

    def _cut(self, before_ns: int, held_ns: int | None) -> int:
        """Return the last checkpoint up to which everything may be deleted."""
        cut = self._old(before_ns)
        held = self.file.db.execute("SELECT min(id) FROM cursors").fetchone()[0] if held_ns is not None else None
        return cut if held is None or held_ns is None else max(self._old(held_ns), min(cut, held))

    def _old(self, before_ns: int) -> int:
        """Return the last checkpoint in front of all that was received from a moment on; 0 if there is none."""
        db = self.file.db
        kept = db.execute("SELECT min(id) FROM marks WHERE max_ns >= ?", (before_ns,)).fetchone()[0]
        return db.execute("SELECT max(id) FROM marks WHERE ? OR id < ?", (kept is None, kept)).fetchone()[0] or 0

    def drop_cursor(self, name: str) -> None:
        """Forget a durable cursor, so that nothing is kept for it."""
        with self.file.transaction() as db:
            db.execute("DELETE FROM cursors WHERE name = ?", (name,))


def _insert_all(db: sqlite3.Connection, commit: Commit) -> None:
    _insert(db, _CHANGES, commit.changes)
    _insert(db, _FRAMES, commit.frames)
    for statement, rows in (
        (_OTHER, commit.others),
        ("INSERT INTO epochs VALUES (?,?,?)", commit.epochs),
        ("INSERT INTO conditions VALUES (?,?,?)", commit.conditions),
        ("INSERT INTO marks VALUES (?,?,?,?)", commit.checkpoints),
        ("REPLACE INTO pulse VALUES (?,?,?)", commit.watermarks),
        ("REPLACE INTO cursors VALUES (?,?,?)", commit.cursors),
    ):
        if rows:
            db.executemany(statement, rows)


def _insert(db: sqlite3.Connection, statements: Sequence[str], rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), GROUP):
        group = rows[start : start + GROUP]
        db.execute(statements[len(group)], tuple(chain.from_iterable(group)))
