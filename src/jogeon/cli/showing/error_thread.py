"""Standard error: what people should know, written by a thread, so that a stalled reader of it stops nothing else."""

from __future__ import annotations

import sys
import threading
from collections import deque
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from jogeon.cli.showing.unbuffered import LineWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOM = 64 * 1024
"""Characters that may wait for a reader; what is older is dropped, counted, and the count is written in its place."""
PATIENCE = 1.0
"""Seconds after which a pipe that took nothing is left alone. A stopped terminal is waited for: Ctrl+C starts it."""


class Notices:
    """Writes notices in order.

    Closed, it writes at once and by itself. Open, a thread writes: a notice waits for it only while no loop runs.
    """

    def __init__(self) -> None:
        self._texts: deque[str] = deque()
        self._size = self._lost = 0
        self._lost_text: Callable[[int], str] = str
        self._changed = threading.Condition()
        self._stream: LineWriter | None = None
        self._thread: threading.Thread | None = None
        self._encoding, self._is_terminal = "utf-8", False
        self._writing = self._ending = self._looping = False
        self._stuck_at = -1
        """What the stream had taken when it was given up last."""

    # ------------------------------------------------------------ who tells

    def put(self, text: str) -> None:
        """Have a text written; where nobody can hear it, nothing happens."""
        if self._thread is None:
            with suppress(OSError, ValueError, AttributeError):
                sys.stderr.write(text)
                sys.stderr.flush()
            return
        with self._changed:
            self._texts.append(text)
            self._size += len(text)
            while self._size > ROOM and len(self._texts) > 1:
                self._size -= len(self._texts.popleft())
                self._lost += 1
            self._changed.notify_all()
        if not self._looping:
            self.drain()

    def drain(self) -> None:
        """Wait until everything is written, or nothing more is taken."""
        stream = self._stream
        while stream is not None and stream.taken != self._stuck_at:
            before = stream.taken
            with self._changed:
                if self._changed.wait_for(self._is_idle, PATIENCE):
                    return
            if stream.taken == before and not self._is_terminal:
                self._stuck_at = before

    def _is_idle(self) -> bool:
        return not self._texts and not self._writing

    # ------------------------------------------------------------ while it is open

    @contextmanager
    def opened(self, lost_text: Callable[[int], str]) -> Iterator[None]:
        """Write in a thread within this context; `lost_text(count)` says that so many notices were dropped."""
        try:
            self._stream = LineWriter(sys.stderr)
        except (OSError, ValueError, AttributeError):  # there is none
            yield
            return
        self._lost_text, self._ending, self._stuck_at = lost_text, False, -1
        self._encoding, self._is_terminal = sys.stderr.encoding, sys.stderr.isatty()
        self._thread = threading.Thread(target=self._run, name="jogeon notices", daemon=True)
        self._thread.start()
        try:
            yield
        finally:
            with suppress(KeyboardInterrupt):  # Ctrl+C while it waits: leave at once
                self.drain()
            self._close()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let nothing wait within this context, because a loop runs; at its end what is left is written."""
        self._looping = True
        try:
            yield
        finally:
            self._looping = False
            self.drain()

    def _close(self) -> None:
        thread, self._thread, self._stream = self._thread, None, None
        with self._changed:
            self._ending = True
            idle = self._is_idle()
            self._changed.notify_all()
        if thread is not None and idle:
            thread.join()

    # ------------------------------------------------------------ the thread

    def _run(self) -> None:
        stream = self._stream
        while stream is not None and (text := self._next()):
            with suppress(OSError, ValueError):
                stream.write(text.encode(self._encoding, "replace"))

    def _next(self) -> str:
        """Return what waits, as soon as there is something; nothing at the end."""
        with self._changed:
            self._writing = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._texts or self._ending)
            text, lost = "".join(self._texts), self._lost
            self._texts.clear()
            self._size = self._lost = 0
            self._writing = bool(text)
        return f"{self._lost_text(lost)}\n{text}" if lost else text


notices = Notices()
"""Those of this process, as it has one standard error."""
