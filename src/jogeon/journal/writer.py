"""The journal (기록): what a watch yields, durable. One thread writes, and commits what is queued when a commit ends.

The reader of the wire never waits for the disk: it puts events into a bounded queue. When the disk cannot take them the
thread keeps what it has and tries again, and the queue does what it does for any slow consumer: it forgets, and at last
tells a Gap (`lagged`), the difference and a Snapshot. A file that was deleted while open is written again in full; for
one that proves damaged while open another is begun, with what is known.
"""

import contextlib
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from jogeon.errors import JournalError
from jogeon.events import Condition, Event, Snapshot, State
from jogeon.journal.commits import Commit, CommitBuilder
from jogeon.journal.fold import Right
from jogeon.journal.reading import in_words, is_damage
from jogeon.journal.store import Store
from jogeon.live.queue import Queue
from jogeon.masks import masked_bytes, unmasked
from jogeon.reports import Report

MAX_EVENTS = 100_000
"""Events that may wait for the disk: twenty seconds of the liveliest market measured."""
MAX_BYTES = 64 * 2**20
MAX_FRAME_BYTES = 64 * 2**20
"""Bytes of raw frames that may wait; more are left out, events are not."""
WATERMARK_EVERY = 5.0
"""Seconds between the notes that say up to when the picture is right while nothing happens."""
LOOK = 1.0
"""Seconds between looks whether the file is still there."""
PAUSES = (0.2, 5.0)
"""First and longest pause between attempts to write to a disk that refuses."""
FINISH = 10.0
"""Seconds that `close` waits for such a disk."""

EVER_NS = 2**63 - 1

logger = logging.getLogger("jogeon.journal")
logger.addFilter(unmasked)


class Source(Struct, frozen=True):
    """What a journal asks the reader for, in the reader's thread, between two frames.

    `current(condition)` and `rights()` tell what is true now. `soon` is called from the writer's thread and has a
    function called in the reader's: a loop's `call_soon_threadsafe`. `listening_ns()` is the last moment at which the
    reader was listening; it is asked in the writer's thread. What was received later came out of a buffer that had
    filled while nobody listened: it proves nothing of what is right.
    """

    current: Callable[[Condition], Snapshot | None]
    rights: Callable[[], Mapping[Condition, Right]]
    soon: Callable[[Callable[[], None]], object]
    now_ns: Callable[[], int] = time.time_ns
    listening_ns: Callable[[], int] = lambda: EVER_NS


class Journal:
    """The writer of one journal file, and a sink of the watch that is recorded; made by `Journal.open`.

    `committed` is (epoch, n) of the last event that is durable; `trouble` says why nothing can be written at the
    moment, None if all is well; `last` is what everything recorded before adds up to, for who goes on from there;
    `notices` tells what befell the file, since it was opened.
    """

    def __init__(self, store: Store, source: Source, *, max_events: int) -> None:
        self.trouble: str | None = None
        self.last = store.head.fold.copy().known
        self._store = store
        self._builder = CommitBuilder(store.head)
        self._look_at = 0.0
        self._doubted = False
        """Whether what was written may not be there: the file is to be opened anew."""
        self._preface: list[Event] = []
        """What a journal that is begun anew says first."""
        self.committed = (self._builder.epoch, 0)
        self._source = source
        self._queue = Queue(source.current, source.now_ns, max_events=max_events, max_bytes=MAX_BYTES)
        self._lock = threading.Lock()
        """Held for moments only, by the reader and by the writer: between it and the queue nothing waits."""
        self._rights: Mapping[Condition, Right] | None = None
        self._frames: list[tuple[int, bytes]] = []
        self._frame_bytes = self._frames_lost = 0
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._rung = False
        """Whether the writer was told that there is work, and has not looked yet."""
        self._asked = False
        """Whether the reader was asked to catch up."""
        self._ending = threading.Event()
        self._give_up_at = 0.0
        self._unwritten = 0
        self._forget_ns: int | None = None
        """Before when everything is to be deleted, while that goes on."""
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
    def notices(self) -> tuple[Report, ...]:
        """What the user must know of the file: when it was opened, and since."""
        return tuple(self._store.file.notices)

    # ------------------------------------------------------------ the reader's side (Sink)

    def put(self, event: Event) -> None:
        """Take one event."""
        with self._lock:
            self._queue.put(event)
        if not self._rung:
            self._ring()

    def put_all(self, events: Sequence[Event]) -> None:
        """Take events of one read."""
        with self._lock:
            self._queue.put_all(events)
        if not self._rung:
            self._ring()

    def wake(self) -> None:
        """Do nothing: the writer was woken when it was given something."""

    def put_block(self, events: Sequence[Event]) -> None:
        """Take events that are committed together."""
        with self._lock:
            self._queue.put_block(events)
        self._ring()

    def renumbered(self, old: Condition, new: Condition) -> None:
        """Note that a condition goes on under another seq."""
        with self._lock:
            self._queue.renumbered(old, new)

    def put_frame(self, payload: bytes, at_ns: int) -> None:
        """Take a raw frame, kept beside the events."""
        with self._lock:
            if self._frame_bytes > MAX_FRAME_BYTES:
                self._frames_lost += 1
            else:
                self._frames.append((at_ns, payload))
                self._frame_bytes += len(payload)
        if not self._rung:
            self._ring()

    def beat(self) -> None:
        """Note up to when the picture is right, now; called in the reader's thread between two frames."""
        rights = self._source.rights()
        with self._lock:
            self._rights = rights
        self._ring()

    def catch_up(self) -> None:
        """Tell what was lost to the bound, now; called in the reader's thread between two frames."""
        with self._lock:
            self._asked = False
            if self._queue.lagging:
                self._queue.catch_up()
                self._rights = None
        self._ring()

    def forget(self, before_ns: int) -> None:
        """Have what was received before a moment deleted, bit by bit between the commits; does not wait."""
        self._forget_ns = before_ns
        self._ring()

    def finish(self) -> None:
        """Write what is queued and end; does not wait."""
        if not self._ending.is_set():
            self._give_up_at = time.monotonic() + FINISH
            self._ending.set()
            self._ring()

    def close(self) -> None:
        """Write what is queued, end, and wait for it; JournalError if something could not be written."""
        self.finish()
        self._thread.join()
        unwritten = self._unwritten + len(self._queue)
        if unwritten:
            detail = f"{unwritten} events were not written: {self.trouble or 'the writer failed'}"
            raise JournalError(self.path, "unfinished", detail)

    def _is_given_up(self) -> bool:
        """Tell whether the end has waited for the disk long enough; asked while a statement runs."""
        return self._ending.is_set() and time.monotonic() >= self._give_up_at

    def _ring(self) -> None:
        self._rung = True
        self._bell.put(None)

    def _ask(self, function: Callable[[], None]) -> None:
        """Have a function called in the reader's thread; one that is no more needs nothing."""
        with contextlib.suppress(RuntimeError):
            self._source.soon(function)

    # ------------------------------------------------------------ the writer's thread

    def _run(self) -> None:
        beat_at = time.monotonic() + WATERMARK_EVERY
        try:
            while not self._ending.is_set() or self._rung:
                with contextlib.suppress(queue.Empty):
                    self._bell.get(timeout=max(0.0, beat_at - time.monotonic()))
                self._rung = False  # before looking: what comes later rings again
                self._turn()
                if time.monotonic() >= beat_at:
                    beat_at = time.monotonic() + WATERMARK_EVERY
                    self._ask(self.beat)
        finally:
            self._store.close()

    def _turn(self) -> None:
        """Write what is queued; a queue that lost something is brought up to date by the reader first."""
        with self._lock:
            lagging = self._queue.lagging and not self._ending.is_set()
            ask, self._asked = lagging and not self._asked, lagging
            if not lagging:
                rights = None if self._queue.lagging else self._rights
                events, frames = self._queue.take_all(), self._frames
                self._frames, self._frame_bytes, self._rights = [], 0, None
        if ask:
            self._ask(self.catch_up)
        if not lagging and (events or frames or rights is not None):
            self._persist(events, frames, rights, self._source.listening_ns())  # the mark as it is after they were read
        if self._forget_ns is not None and not self._ending.is_set():
            self._forget_some(self._forget_ns)

    def _forget_some(self, before_ns: int) -> None:
        try:
            more = self._store.forget(before_ns)
        except sqlite3.Error as error:
            logger.warning("%s: what is old was not deleted: %s", self.path, in_words(error))
            more = False
        if more:
            self._ring()
        else:
            self._forget_ns = None

    def _persist(
        self,
        events: list[Event],
        frames: list[tuple[int, bytes]],
        rights: Mapping[Condition, Right] | None,
        listening_ns: int,
    ) -> None:
        """Make events durable, however long it takes; only the end of the journal ends the attempts."""
        commit: Commit | None = None
        pause = PAUSES[0]
        while True:
            durable = False
            try:
                if self._doubted:
                    commit, durable = self._reopened(commit)
                elif self._is_gone():
                    self._store.file.restore()
                    logger.warning("%s: %s", self.path, self._store.file.notices[-1])
                if commit is None:
                    safe = [(at_ns, masked_bytes(payload)) for at_ns, payload in frames]
                    commit = self._builder.enter([*self._preface, *events], rights, safe, listening_ns)
                if not durable:
                    self._store.write(commit)
            except (sqlite3.Error, OSError, JournalError) as error:
                self._fail(error)
            else:
                self._succeed(commit)
                return
            if self._ending.wait(pause):
                if self._is_given_up():
                    self._unwritten += len(events)
                    return
                time.sleep(PAUSES[0])
            pause = min(2 * pause, PAUSES[1])

    def _is_gone(self) -> bool:
        """Look now and then whether the file is still under its name; all that is in it can be written again."""
        if self._store.file.torn():
            return True
        now = time.monotonic()
        if self.trouble is None and now < self._look_at:
            return False
        self._look_at = now + LOOK
        return self._store.file.gone()

    def _reopened(self, commit: Commit | None) -> tuple[Commit | None, bool]:
        """Open a file in doubt anew; return the commit, None if it is to be made again, and whether it is in the file.

        A file that is sound but lacks what was durable is as damaged as one that cannot be read.
        """
        self._store.file.reopen()
        found, builder = self._store.head.last_id, self._builder
        if found not in (builder.settled_id, builder.last_id):
            if found:
                self._store.file.set_aside()
                self._store.file.reopen()
            self._begin_anew()
            commit = None
        self._doubted = False
        return commit, commit is not None and found == builder.last_id != builder.settled_id

    def _begin_anew(self) -> None:
        """Let the file that was begun in place of a damaged one say first what is known."""
        fold = self._builder.fold
        fold.undo()
        self._preface = self._preface or [
            State(self._source.now_ns(), "started", notices=(Report("journal damaged"),)),
            *(Snapshot(known.right_ns, condition, tuple(known.codes)) for condition, known in fold.known.items()),
        ]
        self._builder = CommitBuilder(self._store.head)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, sqlite3.Error) and is_damage(error) and not self._store.file.rescued:
            self._doubted = True
        trouble = in_words(error)
        if trouble != self.trouble:
            logger.warning("%s: not written for now, trying again: %s", self.path, trouble)
        self.trouble = trouble

    def _succeed(self, commit: Commit) -> None:
        self.committed = commit.last
        self._builder.settle()
        self._preface = []
        if commit.others and not self._ending.is_set():
            self._ask(self.beat)  # something happened that may mean that a picture is not right any more
        if self.trouble is not None:
            logger.warning("%s: written again", self.path)
            self.trouble = None
        with self._lock:
            lost, self._frames_lost = self._frames_lost, 0
        if lost:
            logger.warning("%s: %d raw frames were left out", self.path, lost)
