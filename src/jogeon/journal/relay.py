"""Committed events for consumers in the writer's own process: recent ones from memory, older ones from the file.

Whoever gets a number gets what is durable. A consumer may be late; it never loses anything, and is refused only where
its position was deleted or is none of this journal.
"""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable

from msgspec import Struct

from jogeon.errors import PositionError
from jogeon.journal.commits import Commit
from jogeon.journal.fold import Fold
from jogeon.journal.following import Follower, Numbered
from jogeon.journal.position import Position
from jogeon.journal.writer import Journal
from jogeon.reports import Report

RING = 20_000
"""Events kept in memory: seconds of the liveliest market."""


class _Piece(Struct, frozen=True):
    """The events of one commit; `first` is the id of the first."""

    first: int
    events: list[Numbered]

    @property
    def last(self) -> int:
        return self.first + len(self.events) - 1


class Relay:
    """The committed events of one journal, for any number of cursors in one event loop.

    `soon` has a function called in that loop; the writer's thread uses it. Made while the journal is open.
    """

    def __init__(self, journal: Journal, soon: Callable[[Callable[[], None]], object], *, room: int = RING) -> None:
        self._journal = journal
        self._soon = soon
        self._room = room
        self._lock = threading.Lock()
        """Held for moments only, by the writer and by the loop."""
        self._ring: deque[_Piece] = deque()
        self._held = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        """Woken in this order."""
        self._rung = False
        with self._lock:
            self.identity, self._last = journal.follow(self._committed)

    def cursor(self, after: Position | None = None, *, first: bool = False) -> "Cursor":
        """Return a cursor behind a position, without one behind the last event that is durable now.

        Whoever is to be `first` is woken before the others.
        """
        return Cursor(self, self._journal, after, first=first)

    async def fold(self, position: Position) -> Fold:
        """Return what all up to a position adds up to, read in a thread. PositionError `foreign`, JournalError."""

        def read() -> Fold:
            with contextlib.closing(Follower(self._journal.path, position)) as follower:
                return follower.fold()

        return await asyncio.to_thread(read)

    def close(self) -> None:
        """Take nothing more; what waits goes on waiting until it is cancelled."""
        self._journal.unfollow(self._committed)

    # ------------------------------------------------------------ the writer's thread

    def _committed(self, identity: str | None, commit: Commit) -> None:
        """Take what is durable now."""
        with self._lock:
            if identity != self.identity or commit.first != self._last + 1:  # another journal was begun
                self._ring.clear()
                self._held = 0
                self.identity = identity
            if commit.events:
                epoch, n = commit.last
                start = n - len(commit.events) + 1
                numbered = [(epoch, start + place, event) for place, event in enumerate(commit.events)]
                self._ring.append(_Piece(commit.first, numbered))
                self._last = commit.first + len(numbered) - 1
                self._held += len(numbered)
            while self._held > self._room and len(self._ring) > 1:
                self._held -= len(self._ring.popleft().events)
            ring, self._rung = not self._rung, True
        if ring:
            with contextlib.suppress(RuntimeError):  # a loop that is no more needs nothing
                self._soon(self._wake)

    # ------------------------------------------------------------ the loop

    def _wake(self) -> None:
        with self._lock:
            self._rung = False
        waiting, self._waiting = self._waiting, deque()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    @property
    def last(self) -> int:
        """The id of the last event that is durable."""
        return self._last

    def recent(self, place: int) -> list[Numbered] | None:
        """Return what is behind an id, from memory; None if the file must be asked."""
        with self._lock:
            if place >= self._last:
                return []
            if not self._ring or self._ring[0].first > place + 1:
                return None
            pieces: deque[list[Numbered]] = deque()
            for piece in reversed(self._ring):
                if piece.last <= place:
                    break
                pieces.appendleft(piece.events[max(0, place + 1 - piece.first) :])
        return [numbered for piece in pieces for numbered in piece]

    async def more(self, place: int, *, first: bool = False) -> None:
        """Wait until something is durable behind an id; `first`: to be woken before the others."""
        while self._last <= place:
            future = asyncio.get_running_loop().create_future()
            (self._waiting.appendleft if first else self._waiting.append)(future)
            if self._last > place:  # it came between
                return
            await future


class Cursor:
    """One consumer's place in the stream; for one task. `position` is that of the last event it was given."""

    def __init__(self, relay: Relay, journal: Journal, after: Position | None, *, first: bool = False) -> None:
        self._relay = relay
        self._path = journal.path
        self._identity = relay.identity
        self._first = first
        self.position = after
        """None until the first read of a cursor that begins at the end."""
        self._place = relay.last if after is None else None
        self._file: Follower | None = None
        self._read: list[Numbered] = []
        """What was read from the file and is not given yet."""

    @property
    def place(self) -> int | None:
        """The id of the last event it was given; None until it was looked up."""
        return self._place

    async def read(self) -> list[Numbered]:
        """Return what comes next, in order; wait for it. PositionError as `Follower.read`, JournalError.

        One read at a time. What is older than memory holds is read from the file in a thread.
        """
        while not (found := await self.available()):
            await self._relay.more(self._place or 0, first=self._first)
            await self.close()
        return found

    async def within(self, seconds: float) -> list[Numbered]:
        """Return what comes next, nothing if none comes in time; raises as `read`."""
        if found := await self.available():
            return found
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._relay.more(self._place or 0, first=self._first)
        await self.close()
        return await self.available()

    async def available(self, limit: int | None = None) -> list[Numbered]:
        """Return what comes next, at most `limit` events, none at the end; raises as `read`."""
        if self._relay.identity != self._identity:
            raise PositionError(self.position, "foreign", Report("begun anew"))
        found = self._read or (None if self._place is None else self._relay.recent(self._place))
        if found is None:
            found = self._read = await asyncio.to_thread(self._from_file)
        found = found[:limit]
        if found:
            self._read = self._read[len(found) :]
            epoch, n, _ = found[-1]
            self.position = Position(epoch, n, self._identity)
            self._place = (self._place or 0) + len(found)
        return found

    async def close(self) -> None:
        """Close the file, if it is open."""
        file, self._file = self._file, None
        if file is not None:
            await asyncio.to_thread(file.close)

    def _from_file(self) -> list[Numbered]:
        """Read on in the file, called in a thread; it finds the place of a position first."""
        if self._file is None:
            self._file = Follower(self._path, self.position)
            self._place = self._file.place
        return self._file.read()
