"""The journal's rows in their file: each commit durable as a whole, what is old deleted bit by bit."""

import sqlite3
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Self

from jogeon.journal.commits import Commit, Head
from jogeon.journal.file import DurableFile
from jogeon.journal.reading import CHUNK, read_head, read_last, read_oldest
from jogeon.journal.rollups import EVENTS, Rollup
from jogeon.journal.schema import COLUMNS, JOURNAL, Row, codes_of
from jogeon.journal.stats import ROW
from jogeon.journal.weighing import Weighing

GROUP = 50
"""Rows in one INSERT: each statement gives up the interpreter and has to win it back from the reader of the wire."""


def _grouped(statement: str, columns: int) -> list[str]:
    """Return a statement for each number of rows up to GROUP."""
    row = f"({','.join('?' * columns)})"
    return [f"{statement} VALUES {','.join([row] * rows)}" for rows in range(GROUP + 1)]


_CHANGES = _grouped("INSERT INTO events (id, at_ns, kind, condition, code, clock)", 6)
_FRAMES = _grouped("INSERT INTO frames (at_ns, payload)", 2)
_OTHER = f"INSERT INTO events (id, {COLUMNS}) VALUES ({','.join('?' * 13)})"  # noqa: S608  # made of constants
_POST = (
    "INSERT OR IGNORE INTO outbox (alert, target, event, due_ns, content, state, tries) VALUES (?,?,?,?,?,'waiting',0)"
)
_MARK = "UPDATE outbox SET state = ?, tries = ?, done_ns = ?, reason = ?, digest = ? WHERE alert = ? AND target = ?"

_NAME = """INSERT OR IGNORE INTO names SELECT ?1, ?2, ?3
    WHERE ?3 IS NOT (SELECT name FROM names WHERE code = ?1 AND since_ns <= ?2 ORDER BY since_ns DESC LIMIT 1)"""
_QUOTE = """INSERT INTO quotes (code, at_ns, price, change, rate, volume, source, after) VALUES (?,?,?,?,?,?,?,?)
    ON CONFLICT DO UPDATE SET source = coalesce(source, excluded.source)"""
_OLD_QUOTES = """WITH RECURSIVE codes (code) AS (
    SELECT min(code) FROM quotes WHERE code >= ?1
    UNION ALL SELECT (SELECT min(code) FROM quotes WHERE quotes.code > codes.code) FROM codes WHERE code IS NOT NULL
) SELECT code FROM codes WHERE EXISTS (SELECT 1 FROM quotes WHERE quotes.code = codes.code AND at_ns < ?2) LIMIT 1"""
"""The first stock from a code on that has quotes of before a moment; it looks at one quote of each, not at all."""


class Store:
    """The rows of one journal, opened to be written by one thread at a time."""

    def __init__(self, file: DurableFile[Head]) -> None:
        self.file = file
        self._rollup: Rollup | None = None
        self._place = 0
        """The last event that was counted for it."""
        self._rolled_of: Head | None = None
        self._weighing, self._weighing_of = Weighing(), file.content
        self._swept = ""
        """The code before which no old quote is left."""

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
            if commit.quotes:
                self._weighing.priced(db, min(row[1] for row in commit.quotes))

    def prune(self, before_ns: int, held_ns: int | None = None) -> bool:
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
            db.execute("DELETE FROM ticks WHERE after < ?", (last,))
            db.execute("DELETE FROM outbox WHERE event <= ? AND state <> 'waiting'", (last,))
            self._weighing.deleted(db, -(2**63))
        if self._rollup is not None and self._rollup.first <= last:
            self._rollup = None
        quotes_ns = before_ns if held_ns is None or cut == self._old(before_ns) else held_ns
        return self._prune_quotes(quotes_ns) or gone > 0

    def _prune_quotes(self, before_ns: int) -> bool:
        """Delete some old quotes of one stock; return whether there may be more."""
        found = self.file.db.execute(_OLD_QUOTES, (self._swept, before_ns)).fetchone()
        self._swept = "" if found is None else found[0]
        if found is None:
            return False
        with self.file.transaction() as db:
            old = "SELECT at_ns FROM quotes WHERE code = ?1 AND at_ns < ?2 ORDER BY at_ns LIMIT ?3"
            query = f"DELETE FROM quotes WHERE code = ?1 AND at_ns IN ({old})"  # noqa: S608  # values are bound
            db.execute(query, (self._swept, before_ns, CHUNK))
            self._weighing.deleted(db, before_ns)
        return True

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

    def roll(self, most: int = EVENTS, last: int | None = None) -> bool:
        """Count some events for the roll-up that is next, at most so many; return whether as many are left.

        It is kept when it is complete; one that is not is begun again by the next writer. `last` is the id of the last
        event in the file; whoever knows it spares three queries.
        """
        db = self.file.db
        rollup = self._rollup if self._rolled_of is self.file.content else None  # else the file was opened anew
        self._rolled_of, self._rollup = self.file.content, None  # after an error it is begun again
        if rollup is None:
            self._place = self._rolled_to()
            rollup = Rollup(self._place + 1)
        end = min(self._place + most, rollup.first + EVENTS - 1)
        if last is None:
            last = read_last(db)
        if last >= end:
            rollup.add(*_counted(db, self._place, end))
            self._place = end
            if end == rollup.first + EVENTS - 1:
                row = (end, rollup.first, rollup.min_ns, rollup.max_ns, rollup.encoded())
                with self.file.transaction():
                    db.execute("INSERT INTO rollups VALUES (?,?,?,?,?)", row)
                rollup = None
        self._rollup = rollup
        return last >= self._place + most

    def weigh(self, now_ns: int, most: int = EVENTS) -> bool:
        """Look at some events, at most so many, for what entries returned; return whether there may be more to do.

        That is done for whole roll-ups, each when all prices that count for it are in, and kept when it is complete.
        """
        if self._weighing_of is not self.file.content:  # the file was opened anew
            self._weighing, self._weighing_of = Weighing(), self.file.content
        any_left, row = self._weighing.step(self.file.db, now_ns, most)
        if row is not None:
            with self.file.transaction() as db:
                db.execute("INSERT INTO returns VALUES (?,?,?)", row)
        return any_left

    def _rolled_to(self) -> int:
        """Return the id behind which the next roll-up begins: what was deleted in between is in none."""
        kept = self.file.db.execute("SELECT max(last) FROM rollups").fetchone()[0] or 0
        return int(max(kept, read_oldest(self.file.db)))


def _counted(
    db: sqlite3.Connection, after: int, last: int
) -> tuple[tuple[int, int], list[Row], list[tuple[int, tuple[str, ...]]]]:
    """Return what a roll-up counts of some events."""
    within = "FROM events WHERE id > ? AND id <= ?"
    least, most = db.execute(f"SELECT min(at_ns), max(at_ns) {within}", (after, last)).fetchone()
    rows = db.execute(f"SELECT id, {ROW} {within} AND kind IN (0, 1, 3) ORDER BY id", (after, last)).fetchall()
    shown = db.execute(f"SELECT condition, text {within} AND kind > 1 AND kind = 2", (after, last))
    return (least, most), rows, [(number, codes_of(text)) for number, text in shown]


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
        (_POST, commit.posts),
        (_MARK, commit.marks),
        ("INSERT INTO ticks (after, condition, right_ns) VALUES (?,?,?)", commit.tick_rows),
        (_NAME, commit.names),
        (_QUOTE, commit.quotes),
    ):
        if rows:
            db.executemany(statement, rows)


def _insert(db: sqlite3.Connection, statements: Sequence[str], rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), GROUP):
        group = rows[start : start + GROUP]
        db.execute(statements[len(group)], tuple(chain.from_iterable(group)))
