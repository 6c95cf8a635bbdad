"""Standard output while a loop runs: a thread writes, and only the consumer of events waits for it.

A pipe nobody reads or a terminal stopped by Ctrl+S blocks whoever writes to it, for seconds or for ever. The loop
answers the server's PINGs and must never wait for that; the consumer does, and its queue reports what it missed
(`lagged`). The threads of asyncio.to_thread would not do: they are waited for at the end, so one that is blocked for
good would keep the command from ending.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from jogeon.cli.showing.json_lines import StandardOutput

T = TypeVar("T")

PATIENCE = 1.0
"""Seconds in which a reader has to take something once the command was interrupted."""


class Output:
    """Does one piece of work after the other in a thread of its own, for one caller."""

    def __init__(self, lines: StandardOutput | None = None) -> None:
        self.hurried = False
        """Set when the command was interrupted: its reader is waited for only while it takes something."""
        self._lines = lines
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="jogeon output", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """End the thread; one that is blocked is left behind, because only its reader could end it."""
        self._work.put(None)
        self._thread.join(PATIENCE)

    async def do(self, work: Callable[[], T], *, hurried: bool = False) -> T:
        """Return what `work` returns, or raise what it raises; it is done even if the wait for it is cancelled.

        TimeoutError if this is `hurried`, and the work is not done and nothing was taken for PATIENCE.
        """
        done: Future[T] = Future()
        self._work.put(lambda: _settle(done, work))
        waited_for = asyncio.wrap_future(done)
        while not waited_for.done():
            taken = self._taken
            await asyncio.wait([waited_for], timeout=PATIENCE)
            if (hurried or self.hurried) and not waited_for.done() and taken == self._taken:
                raise TimeoutError
        return waited_for.result()

    async def write(self, text: bytes) -> None:
        """Write lines; BrokenPipeError when nobody reads any more, TimeoutError when `hurried`."""
        if self._lines is not None:
            await self.do(partial(self._lines.write, text))

    @property
    def _taken(self) -> int:
        return 0 if self._lines is None else self._lines.taken

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()


def _settle(done: Future[T], work: Callable[[], T]) -> None:
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001 - it is raised where the work was asked for
        done.set_exception(error)
