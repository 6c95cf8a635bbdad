"""The journal (기록): what a watch yields, durable. One thread writes, and commits what is queued when a commit ends.

The reader of the wire never waits for the disk: it puts events into a bounded queue. When the disk cannot take them the
thread keeps what it has and tries again, and the queue does what it does for any slow consumer: it forgets, and at last
tells a Gap (`lagged`), the difference and a Snapshot. How a commit is made, whatever befalls the file: committing.py.
"""

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from jogeon.errors import JournalError
from jogeon.events import State, StateName
from jogeon.journal.beside import Done
from jogeon.journal.commits import Commit
from jogeon.journal.committing import Committer
from jogeon.journal.inbox import MAX_EVENTS, Batch, Inbox, Source
from jogeon.journal.reading import meaning_of
from jogeon.journal.store import Store
from jogeon.masks import unmasked
from jogeon.reports import Report

WATERMARK_EVERY = 5.0
"""Seconds between the notes that say up to when the picture is right while nothing happens."""
PAUSES = (0.2, 5.0)
"""First and longest pause between attempts to write to a disk that refuses."""
ROLL_PAUSE = 0.02
"""Seconds between two times that events are counted, where there is more: the reader must not notice."""
EVER = 1e9
STALLED = 2.0
"""Seconds for which a disk must refuse before that is told."""
FINISH = 10.0
"""Seconds that `close` waits for such a disk."""

logger = logging.getLogger("jogeon.journal")
logger.addFilter(unmasked)


Taker = Callable[[str | None, Commit], object]
"""Takes the identity of the journal and a commit that is durable, in the writer's thread."""


class Journal:
    """The writer of one journal file, and a sink of the watch that is recorded; made by `Journal.open`.

    `committed` is (epoch, n) of the last event that is durable; `trouble` says why nothing can be written at the
    moment, None if all is well; `last` is what everything recorded before adds up to, for who goes on from there;
    `notices` tells what befell the file, since it was opened.
    """

    def __init__(self, store: Store, source: Source, *, max_events: int) -> None:
        self.trouble: Report | None = None
        self.last = store.head.fold.copy().known
        self._store = store
        self._committer = Committer(store, source.now_ns)
        self.committed = (self._committer.builder.epoch, 0)
        self._source = source
        self._inbox = inbox = Inbox(source, max_events)
        self.put, self.put_block = inbox.put, inbox.put_block  # no step in between on the path of every push
        self.put_all, self.wake = inbox.put_all, inbox.wake
        self.put_frame, self.renumbered, self.set_back = inbox.put_frame, inbox.renumbered, inbox.set_back
        self.beat, self.catch_up, self.keep_cursor = inbox.beat, inbox.catch_up, inbox.keep_cursor
        self.keep, self.tick, self.rights = inbox.keep, inbox.tick, source.rights
        self.begun_behind = store.head.last_id
        """The id of the last event that was in the file when it was opened."""
        self.names, self.quote = inbox.names, inbox.quote
        self._ending = threading.Event()
        self._held: dict[object, Callable[[], object]] = {}
        """Those for whom it stays open when it is to end, with what tells them."""
        self._give_up_at = 0.0
        self._given_up = False
        """Whether something will not be written: what comes behind it would leave a hole, and is not either."""
        self._unwritten = 0
        self._prune_ns: tuple[int, int | None] | None = None
        """Before when everything is to be deleted, while that goes on, and until when cursors hold it."""
        self._following = threading.Lock()
        """Held while a commit becomes durable for those who follow, and while they come and go."""
        self._followers: list[Taker] = []
        self._rolling = False
        """Whether there is more to count."""
        self._failing: float | None = None
        """Since when the disk refuses."""
        self._stalled = False
        self._thread = threading.Thread(target=self._run, name="jogeon journal", daemon=True)

    @classmethod
    def open(
        cls,
        path: Path,
        source: Source,
        *,
        max_events: int = MAX_EVENTS,
        unwanted: Callable[[], bool] = lambda: False,
    ) -> "Journal":
        """Open a file, made if need be, and begin to write; JournalError.

        It checks the file, which takes a moment; it is given up as soon as `unwanted` says so.
        """
        store = Store.open(path, unwanted)
        for notice in store.file.notices:
            logger.warning("%s: %s", path, notice)
        journal = cls(store, source, max_events=max_events)
        store.file.stopped = journal._is_given_up
        journal._thread.start()
        return journal

    @property
    def path(self) -> Path:
        """The file that is written."""
        return self._store.file.path

    @property
    def identity(self) -> str | None:
        """What tells the file from all other journals."""
        return self._store.head.identity

    @property
    def notices(self) -> tuple[Report, ...]:
        """What the user must know of the file: when it was opened, and since."""
        return tuple(self._store.file.notices)

    # ------------------------------------------------------------ called by anybody

    def prune(self, before_ns: int, held_ns: int | None = None) -> None:
        """Have what was received before a moment deleted, bit by bit between the commits; does not wait.

        What durable cursors have still to read is kept, unless it was received before `held_ns`.
        """
        self._prune_ns = (before_ns, held_ns)
        self._inbox.ring()

    def follow(self, taken: Taker) -> tuple[str | None, int]:
        """Have the commits to come handed over; return the identity and the id of the last event before them."""
        with self._following:
            self._followers.append(taken)
            return self.identity, self._committer.builder.settled_id

    def unfollow(self, taken: Taker) -> None:
        """Hand nothing more over."""
        with self._following:
            self._followers = [each for each in self._followers if each != taken]

    def hold(self, holder: object, finishing: Callable[[], object]) -> None:
        """Stay open for a holder after `finish` until it is released; it is told then, in the reader's thread."""
        self._held[holder] = finishing
        if self._ending.is_set():
            self._ask(finishing)

    def release(self, holder: object) -> None:
        """Stay open no longer for a holder."""
        if self._held.pop(holder, None) is not None:
            self._give_up_at = time.monotonic() + FINISH
            self._inbox.ring()

    def finish(self) -> None:
        """Write what is queued and end; does not wait."""
        if not self._ending.is_set():
            self._give_up_at = time.monotonic() + FINISH
            self._ending.set()
            self._inbox.ring()
            for finishing in list(self._held.values()):
                self._ask(finishing)

    def close(self) -> None:
        """Write what is queued, end, and wait for it; JournalError if something could not be written."""
        self.finish()
        self._thread.join()
        unwritten = self._unwritten + len(self._inbox)
        if unwritten:
            why = self.trouble or Report("writer failed")
            raise JournalError(self.path, "unfinished", Report("unwritten", number=unwritten, why=why))

    def _is_given_up(self) -> bool:
        """Tell whether the end has waited for the disk long enough; asked while a statement runs."""
        return self._ending.is_set() and not self._held and time.monotonic() >= self._give_up_at

    def _ask(self, function: Callable[[], object]) -> None:
        """Have a function called in the reader's thread; one that is no more needs nothing."""
        with contextlib.suppress(RuntimeError):
            self._source.soon(function)

    # ------------------------------------------------------------ the writer's thread

    def _run(self) -> None:
        beat_at = time.monotonic() + WATERMARK_EVERY
        try:
            while not self._ending.is_set() or self._inbox.rung or self._held:
                self._inbox.wait(min(beat_at - time.monotonic(), ROLL_PAUSE if self._rolling else EVER))
                self._turn()
                if time.monotonic() >= beat_at and not self._ending.is_set():
                    beat_at = time.monotonic() + WATERMARK_EVERY
                    self._ask(self.beat)
        finally:
            self._tell_done(self._inbox.close(), durable=False)
            self._store.close()

    def _turn(self) -> None:
        """Write what is queued; a queue that lost something is brought up to date by the reader first."""
        batch, ask = self._inbox.pop(ending=self._ending.is_set())
        if ask:
            self._ask(self.catch_up)
        if batch is not None:
            self._persist(batch)
        if not self._ending.is_set():
            self._rolling = self.trouble is None and self._committer.roll_some()
        if self._prune_ns is not None and not self._ending.is_set():
            if self._committer.prune_some(*self._prune_ns):
                self._inbox.ring()
            else:
                self._prune_ns = None

    def _persist(self, batch: Batch) -> None:
        """Make events durable, however long it takes; only the end of the journal ends the attempts."""
        pause = PAUSES[0]
        while not self._given_up:
            try:
                commit = self._committer.commit(batch, failing=self.trouble is not None)
            except (sqlite3.Error, OSError, JournalError) as error:
                self._fail(error)
            else:
                self._succeed(commit)
                self._tell_done(batch.done, durable=True)
                return
            if self._ending.wait(pause):
                self._given_up = self._is_given_up()
                time.sleep(0.0 if self._given_up else PAUSES[0])
            pause = min(2 * pause, PAUSES[1])
        self._unwritten += len(batch.events)
        self._tell_done(batch.done, durable=False)

    def _tell_done(self, waiting: Sequence[Done], *, durable: bool) -> None:
        if waiting:
            self._ask(lambda: [done(durable) for done in waiting])

    def _fail(self, error: Exception) -> None:
        self._committer.failed(error)
        trouble = meaning_of(error)
        if trouble != self.trouble:
            logger.warning("%s: not written for now, trying again: %s", self.path, trouble)
        self.trouble = trouble
        now = time.monotonic()
        self._failing = self._failing or now
        if not self._stalled and now - self._failing >= STALLED:
            self._stalled = True
            self._notice("journal-stalled", trouble)

    def _notice(self, state: StateName, error: Report | None = None) -> None:
        """Tell the reader what befalls the file, stamped by the reader's clock."""
        self._ask(lambda: self._source.notice(State(self._source.now_ns(), state, error=error)))

    def _succeed(self, commit: Commit) -> None:
        self.committed = commit.last
        with self._following:
            self._committer.builder.settle()
            for taken in self._followers:
                taken(self.identity, commit)
        self._failing = None
        if self._stalled:
            self._stalled = False
            self._notice("journal-resumed")
        if commit.others and not self._ending.is_set():
            self._ask(self.beat)  # something happened that may mean that a picture is not right any more
        if self.trouble is not None:
            logger.warning("%s: written again", self.path)
            self.trouble = None
        lost = self._inbox.frames_lost()
        if lost:
            logger.warning("%s: %d raw frames were left out", self.path, lost)
