"""What the reader of the wire has put and the writer has not taken yet: events within bounds, frames, quotes, cursors.

Between the two there is a lock that is held for moments, and a bell.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from jogeon.events import Condition, Event, Snapshot, State
from jogeon.journal.beside import Done, Kept, SavedPlace, Tick
from jogeon.journal.fold import Right
from jogeon.journal.schema import Row
from jogeon.live.queue import Queue

MAX_EVENTS = 100_000
"""Events that may wait for the disk: twenty seconds of the liveliest market measured."""
MAX_BYTES = 64 * 2**20
MAX_FRAME_BYTES = 64 * 2**20
"""Bytes of raw frames that may wait; more are left out, events are not."""

MAX_QUOTES = 100_000
"""Quotes that may wait; more are left out."""
SECOND_NS = 1_000_000_000

EVER_NS = 2**63 - 1
EntrySource = Literal["quote", "trade", "snapshot"]
"""Where the price of an entry is from: asked for, the first trade since, or of a stock that was in when first seen."""


class Quoted(Protocol):
    """A price of a stock, as far as a journal keeps it: won, won against yesterday, percent, shares of the day."""

    @property
    def code(self) -> str: ...  # noqa: D102  # told by the class
    @property
    def at_ns(self) -> int: ...  # noqa: D102
    @property
    def price(self) -> int | None: ...  # noqa: D102
    @property
    def change(self) -> int | None: ...  # noqa: D102
    @property
    def rate(self) -> float | None: ...  # noqa: D102
    @property
    def volume(self) -> int | None: ...  # noqa: D102


class Source(Struct, frozen=True):
    """What a journal asks the reader for, in the reader's thread, between two frames.

    `current(condition)` and `rights()` tell what is true now. `soon` is called from the writer's thread and has a
    function called in the reader's: a loop's `call_soon_threadsafe`. `listening_ns()` is the last moment at which the
    reader was listening; it is asked in the writer's thread. What was received later came out of a buffer that had
    filled while nobody listened: it proves nothing of what is right. `notice` is called in the reader's thread with
    what the file itself cannot hold: that it stalled, and that it is written again.
    """

    current: Callable[[Condition], Snapshot | None]
    rights: Callable[[], Mapping[Condition, Right]]
    soon: Callable[[Callable[[], object]], object]
    now_ns: Callable[[], int] = time.time_ns
    listening_ns: Callable[[], int] = lambda: EVER_NS
    notice: Callable[[State], object] = lambda _: None


class Batch(Struct, frozen=True):
    """What is committed together, as it was taken from the reader."""

    events: list[Event]
    frames: list[tuple[int, bytes]]
    rights: Mapping[Condition, Right] | None
    cursors: Sequence[Row]
    """Name, id and moment of the durable cursors that moved."""
    names: Sequence[Row]
    """Code, moment and name of stocks."""
    quotes: Sequence[Row]
    """Code, moment, price, change, rate, volume and entry source."""
    listening_ns: int
    kept: Sequence[Kept] = ()
    ticks: Sequence[Tick] = ()
    done: Sequence[Done] = ()
    """To be told when all this is durable, or never will be."""


class Inbox:
    """Filled in the reader's thread (it is a sink of the watch), emptied in the writer's."""

    def __init__(self, source: Source, max_events: int) -> None:
        self._source = source
        self._queue = Queue(source.current, source.now_ns, max_events=max_events, max_bytes=MAX_BYTES)
        self.set_back = self._queue.set_backs.note
        self._lock = threading.Lock()
        """Held for moments only, by the reader and by the writer: between it and the queue nothing waits."""
        self._rights: Mapping[Condition, Right] | None = None
        self._frames: list[tuple[int, bytes]] = []
        self._frame_bytes = self._frames_lost = 0
        self._cursors: dict[str, tuple[int, int]] = {}
        self._kept: list[Kept] = []
        self._ticks: list[Tick] = []
        self._done: list[Done] = []
        self._closed = False
        self._names: dict[str, tuple[int, str]] = {}
        self._quotes: list[Row] = []
        self._sampled: dict[str, int] = {}
        """The second of each stock's last quote."""
        self._quoted = 0
        """The second of the last quote that rang."""
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.rung = False
        """Whether the writer was told that there is work, and has not looked yet."""
        self._asked = False
        """Whether the reader was asked to catch up."""

    def __len__(self) -> int:
        """Return how many events wait."""
        return len(self._queue)

    # ------------------------------------------------------------ the reader's side (Sink)

    def put(self, event: Event) -> None:
        """Take one event."""
        with self._lock:
            self._queue.put(event)
        if not self.rung:
            self.ring()

    def put_all(self, events: Sequence[Event]) -> None:
        """Take events of one read."""
        with self._lock:
            self._queue.put_all(events)

    def wake(self) -> None:
        """Tell the writer of what was read."""
        if not self.rung:
            self.ring()

    def put_block(self, events: Sequence[Event]) -> None:
        """Take events that are committed together."""
        with self._lock:
            self._queue.put_block(events)
        self.ring()

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
        if not self.rung:
            self.ring()

    def beat(self) -> None:
        """Note up to when the picture is right, now; called in the reader's thread between two frames."""
        rights = self._source.rights()
        with self._lock:
            self._rights = rights
        self.ring()

    def catch_up(self) -> None:
        """Tell what was lost to the bound, now; called in the reader's thread between two frames."""
        with self._lock:
            self._asked = False
            if self._queue.lagging:
                self._queue.catch_up()
                self._rights, self._ticks = None, []
        self.ring()

    def keep_cursor(self, name: str, place: int) -> None:
        """Have a durable cursor stand behind the event with an id; does not wait.

        It goes with the next commit, at the latest that of a beat: one of its own would be in the way of what comes.
        """
        now_ns = self._source.now_ns()
        with self._lock:
            self._cursors[name] = (place, now_ns)

    def keep(self, kept: Sequence[Kept], done: Done = lambda _: None) -> None:
        """Have alerts, marks and cursors become durable in one commit, in their order; does not wait."""
        now_ns = self._source.now_ns()
        with self._lock:
            closed = self._closed
            if not closed:
                self._kept += [each for each in kept if not isinstance(each, SavedPlace)]
                self._cursors.update({each.name: (each.place, now_ns) for each in kept if isinstance(each, SavedPlace)})
                self._done.append(done)
        if closed:
            self._source.soon(lambda: done(False))  # noqa: FBT003  # a Done
        self.ring()

    def tick(self, ticks: Sequence[Tick]) -> None:
        """Have ticks committed behind what was put so far; called in the reader's thread between two frames.

        Where events were lost to the bound they would be wrong, and are left out.
        """
        with self._lock:
            self._ticks += ticks
        self.ring()

    def names(self, names: Mapping[str, str], at_ns: int) -> None:
        """Keep names of stocks, by their codes, as seen at a moment; does not wait.

        A name that the journal holds already takes no room.
        """
        with self._lock:
            self._names |= {code: (at_ns, name) for code, name in names.items()}
        self.ring()

    def quote(self, quote: Quoted, entry: EntrySource | None = None) -> None:
        """Keep a price, sampled: of each stock the first of a second, and each that is the price of an entry.

        An entry's price is committed at once, the others about once a second. Does not wait.
        """
        second = quote.at_ns // SECOND_NS
        if entry is None and self._sampled.get(quote.code) == second:
            return
        self._sampled[quote.code] = second
        row = (quote.code, quote.at_ns, quote.price, quote.change, quote.rate, quote.volume, entry)
        with self._lock:
            if len(self._quotes) < MAX_QUOTES:
                self._quotes.append(row)
        if entry is not None or second != self._quoted:
            self._quoted = second
            self.ring()

    def ring(self) -> None:
        """Tell the writer that there is work."""
        self.rung = True
        self._bell.put(None)

    # ------------------------------------------------------------ the writer's side

    def wait(self, seconds: float) -> None:
        """Wait until there is work, or so long."""
        with contextlib.suppress(queue.Empty):
            self._bell.get(timeout=max(0.0, seconds))
        self.rung = False  # before looking: what comes later rings again

    def pop(self, *, ending: bool) -> tuple[Batch | None, bool]:
        """Return what is to be written, None for nothing, and whether the reader must be asked to catch up.

        From a queue that lost something nothing is taken before the reader has caught up, unless all is ending.
        """
        with self._lock:
            lagging = self._queue.lagging and not ending
            ask, self._asked = lagging and not self._asked, lagging
            if lagging:
                return None, ask
            rights, ticks = (None, []) if self._queue.lagging else (self._rights, self._ticks)
            events, frames, cursors = self._queue.pop_all(), self._frames, self._cursors
            kept, done = self._kept, self._done
            self._frames, self._frame_bytes, self._rights, self._cursors = [], 0, None, {}
            self._kept, self._ticks, self._done = [], [], []
            names, self._names = self._names, {}
            quotes, self._quotes = self._quotes, []
        if not (events or frames or cursors or names or quotes or kept or ticks or done) and rights is None:
            return None, False
        listening_ns = self._source.listening_ns()  # the mark as it is after they were read
        moved = [(name, *moved) for name, moved in cursors.items()]
        seen = [(code, *seen) for code, seen in names.items()]
        return Batch(events, frames, rights, moved, seen, quotes, listening_ns, kept, ticks, done), False

    def close(self) -> Sequence[Done]:
        """Take nothing more to be kept; return who waits for what will not be durable."""
        with self._lock:
            self._closed = True
            return self._done

    def frames_lost(self) -> int:
        """Return how many frames were left out since this was asked last."""
        with self._lock:
            lost, self._frames_lost = self._frames_lost, 0
        return lost
