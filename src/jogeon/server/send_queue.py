"""What a server sends to a peer: frames wait here until the end of the loop's turn, and go out in one write.

A broadcast is one write to each peer by itself and need not wait (`put_now`). A peer that does not read is cut when too
much waits for it, in bytes or for too long.
"""

import asyncio
import logging
from collections.abc import Callable

from picows import WSTransport

from jogeon.server.settings import ServerSettings

EARLY_BOUND = 64 * 1024
"""Bytes that may wait for a peer that has not logged in, and for one that floods while it does not read."""

logger = logging.getLogger("jogeon.server")


class SendQueue:
    """The frames that wait for a peer, which the log calls by `number`; `open` gives it the connection.

    `ready()` has it flushed at the end of this turn; `cut(why)` breaks the connection off.
    """

    _transport: WSTransport
    _write: Callable[[bytes], object]
    _left: Callable[[], int]

    def __init__(
        self,
        number: int,
        settings: ServerSettings,
        loop: asyncio.AbstractEventLoop,
        ready: Callable[[], object],
        cut: Callable[[str], object],
    ) -> None:
        self.closed = False
        """Whether nothing can be sent any more; what waits may still go out."""
        self.bound = min(settings.send_queue, EARLY_BOUND)
        """Bytes that may wait."""
        self._number = number
        self._lag = settings.lag
        self._loop = loop
        self._ready = ready
        self._cut = cut
        self._frames: list[bytes] = []
        self._waiting = 0
        self._lagging: asyncio.TimerHandle | None = None
        """Ends the time for which too much may wait; None while it is not too much."""

    def open(self, transport: WSTransport) -> None:
        """Write to a connection from now on."""
        self._transport = transport
        below = transport.underlying_transport
        self._write, self._left = below.write, below.get_write_buffer_size

    def put(self, frames: bytes) -> None:
        """Send ready-made frames (`text_frame`), any number at once."""
        if self.closed:
            return
        if not self._frames:
            self._ready()
        self._frames.append(frames)
        self._waiting += len(frames)
        if self._waiting > self.bound:
            self._overflow(self._waiting)

    def put_now(self, frames: bytes) -> None:
        """Write ready-made frames at once, behind what waits; a peer that keeps up costs no other check.

        A server that is frozen does not hold them back.
        """
        if self._frames or self.closed or self._lagging is not None:
            self.put(frames)
            return
        self._write(frames)
        if waiting := self._left():
            self._look_at(waiting)

    def flush(self) -> None:
        """Write what waits, in one piece."""
        frames = b"".join(self._frames)
        self._frames.clear()
        self._waiting = 0
        if not frames or self._transport.is_disconnected:
            return
        if self._lagging is not None:
            self._look_at_lag()  # it may have taken all meanwhile
        self._write(frames)
        waiting = self._left()
        if waiting or self._lagging is not None:
            self._look_at(waiting)

    def clear(self) -> None:
        """Drop what waits."""
        self._frames.clear()
        self._waiting = 0

    def release(self) -> None:
        """Let go of the peer, whose socket is gone, so that no reference cycle is left to the garbage collector.

        While the collector walks a large heap, nobody is served.
        """
        self.closed = True
        self.clear()
        self._ready = self._cut = _nothing
        del self._transport, self._write, self._left
        if self._lagging is not None:
            self._lagging.cancel()
            self._lagging = None

    @property
    def unsent(self) -> int:
        """Bytes that wait on this side for a peer that reads slowly."""
        return 0 if self.closed else self._waiting + self._left()

    def _overflow(self, waiting: int) -> None:
        """Cut the peer if more waits than may."""
        if waiting > self.bound and not self.closed:
            logger.warning("peer %d does not read: %d bytes wait, the bound is %d", self._number, waiting, self.bound)
            self._cut("too slow")

    def _look_at(self, waiting: int) -> None:
        """Look at a peer that has not taken all: so many bytes wait."""
        self._overflow(waiting)
        self._look_at_lag()

    def _look_at_lag(self) -> None:
        """Cut a peer for which too much waits for too long; once it is not too much, the time begins anew."""
        if self._lag is None:
            return
        most, seconds = self._lag
        if self.unsent <= most:
            if self._lagging is not None:
                self._lagging.cancel()
                self._lagging = None
        elif self._lagging is None and not self.closed:
            self._lagging = self._loop.call_later(seconds, self._lagged, most, seconds)

    def _lagged(self, most: int, seconds: float) -> None:
        self._lagging = None
        if self.unsent > most and not self.closed:
            logger.warning("peer %d does not keep up: %d bytes wait for %g s", self._number, self.unsent, seconds)
            self._cut("too slow")


def _nothing(*_: object) -> None:
    """Do nothing."""
