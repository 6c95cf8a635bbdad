"""Making what is queued durable, in a file that may fail, vanish or prove damaged meanwhile. No thread, no queue.

A file that was deleted while open is written again in full; for one that proves damaged while open another is begun,
with what is known.
"""

import logging
import sqlite3
import time
from collections.abc import Callable

from jogeon.events import Event, Snapshot, State
from jogeon.journal.commits import Commit, CommitBuilder
from jogeon.journal.inbox import Batch
from jogeon.journal.reading import ODD_ROWS, is_damage, meaning_of
from jogeon.journal.store import Store
from jogeon.masks import masked_bytes, unmasked
from jogeon.reports import Report

LOOK = 1.0
"""Seconds between looks whether the file is still there."""
ROLL = 500
"""Events counted at a time: the reader of the wire must not notice."""
WEIGH = 100
"""Events of which prices are looked up at a time, for the same reason."""

logger = logging.getLogger("jogeon.journal")
logger.addFilter(unmasked)


class Committer:
    """Commits batches to a store, one after the other; `now_ns` is the wall clock. Used by one thread.

    `builder` knows all that was entered so far.
    """

    def __init__(self, store: Store, now_ns: Callable[[], int]) -> None:
        self.builder = CommitBuilder(store.head)
        self._store = store
        self._now_ns = now_ns
        self._commit: Commit | None = None
        """What a batch was made into that is not durable yet."""
        self._doubted = False
        """Whether what was written may not be there: the file is to be opened anew."""
        self._preface: list[Event] = []
        """What a journal that is begun anew says first."""
        self._look_at = 0.0

    def commit(self, batch: Batch, *, failing: bool) -> Commit:
        """Make a batch durable; JournalError, sqlite3.Error or OSError if that cannot be done now.

        It is called with the same batch again then, with `failing`, until it is done, or never again.
        """
        durable = False
        if self._doubted:
            durable = self._reopen()
        elif self._is_gone(failing=failing):
            self._store.file.restore()
            logger.warning("%s: %s", self._store.file.path, self._store.file.notices[-1])
        if self._commit is None:
            self._commit = self._made(batch)
        if not durable:
            self._store.write(self._commit)
        done, self._commit = self._commit, None
        self._preface = []
        return done

    def failed(self, error: Exception) -> None:
        """Open the file anew before the next attempt, if an error says that it is damaged."""
        if isinstance(error, sqlite3.Error) and is_damage(error) and not self._store.file.rescued:
            self._doubted = True

    def _made(self, batch: Batch) -> Commit:
        safe = [(at_ns, masked_bytes(payload)) for at_ns, payload in batch.frames]
        commit = self.builder.enter([*self._preface, *batch.events], batch.rights, safe, batch.listening_ns)
        commit.cursors.extend(batch.cursors)
        self.builder.add_beside(batch.kept, batch.ticks)
        commit.names.extend(batch.names)
        commit.quotes.extend((*row, self.builder.last_id) for row in batch.quotes)
        return commit

    def _is_gone(self, *, failing: bool) -> bool:
        """Look now and then whether the file is still under its name; all that is in it can be written again."""
        if self._store.file.torn():
            return True
        now = time.monotonic()
        if not failing and now < self._look_at:
            return False
        self._look_at = now + LOOK
        return self._store.file.gone()

    def _reopen(self) -> bool:
        """Open a file in doubt anew; return whether the commit is in it.

        A file that is sound but lacks what was durable is as damaged as one that cannot be read.
        """
        self._store.file.reopen()
        found, builder = self._store.head.last_id, self.builder
        if found not in (builder.settled_id, builder.last_id):
            if found:
                self._store.file.set_aside()
                self._store.file.reopen()
            self._begin_anew()
            self._commit = None
        self._doubted = False
        return self._commit is not None and found == builder.last_id != builder.settled_id

    def _begin_anew(self) -> None:
        """Let the file that was begun in place of a damaged one say first what is known."""
        fold = self.builder.fold
        fold.undo()
        self._preface = self._preface or [
            State(self._now_ns(), "started", notices=(Report("journal damaged"),)),
            *(Snapshot(known.right_ns, condition, tuple(known.codes)) for condition, known in fold.known.items()),
        ]
        self.builder = CommitBuilder(self._store.head)

    # ------------------------------------------------------------ between the commits

    def roll_some(self) -> bool:
        """Count some of what was written for the statistics and the outcomes; return whether more is left."""
        try:
            more = self._store.roll(ROLL, self.builder.settled_id)
            return more or self._store.weigh(time.time_ns(), WEIGH)  # the other clock is for the reader's thread
        except (sqlite3.Error, *ODD_ROWS) as error:  # what is wrong with the file is found when it is written
            logger.debug("%s: not counted: %s", self._store.file.path, error)
        return False

    def prune_some(self, before_ns: int, held_ns: int | None) -> bool:
        """Delete some of what is old (`Store.prune`); return whether more is left."""
        try:
            return self._store.prune(before_ns, held_ns)
        except sqlite3.Error as error:
            logger.warning("%s: what is old was not deleted: %s", self._store.file.path, meaning_of(error))
        return False
